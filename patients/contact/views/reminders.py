"""Pages of reminders: the times a patient chooses, the mails, and the calendar."""

from crispy_forms.layout import Hidden
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from rugpijn import audit
from rugpijn.backup import revocations
from rugpijn.saving import two_at_once
from rugpijn.web.middleware import unlisted

from ...access import find_own
from ...models import CalendarLink, Programme, ReminderPlan
from .. import calendar_feed
from .. import reminders as rules
from ..forms import ReminderForm
from ..mail import address_of, language_of


@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request, uuid):
    """The page on which a patient chooses times, mails and a calendar link."""
    programme = find_own(
        request,
        Programme.objects.select_related("patient__practice", "patient__user").prefetch_related(
            "pauses"
        ),
        uuid=uuid,
    )
    if programme.is_draft:
        raise Http404
    here = redirect("patients:reminders", programme.uuid)
    patient = programme.patient
    plan = ReminderPlan.objects.filter(patient=patient).first()
    what = request.POST.get("what", "")
    address = None
    if request.method == "POST" and not programme.is_running:
        return here  # the page says that it has ended
    if what == "calendar" and plan is not None:
        with transaction.atomic():
            token = CalendarLink.renew(patient)
            revocations.note("calendar", CalendarLink.objects.get(patient=patient))
            audit.record(request, "renew calendar", patient, thing=programme)
        address = reverse("patients:calendar", args=[token])
    elif what == "no calendar":
        with transaction.atomic():
            links = CalendarLink.objects.filter(patient=patient)
            for link in links:
                revocations.note("calendar", link, "")
            links.delete()
            audit.record(request, "revoke calendar", patient, thing=programme)
        messages.success(request, _("The link of your calendar no longer works."))
        return here
    sent = request.POST if request.method == "POST" and not what else None
    with transaction.atomic():
        conflict = _conflict_with_other_tab(request, programme) if sent else None
        form = ReminderForm(
            conflict.post if conflict else sent, plan=plan, address=address_of(patient)
        )
        if form.is_valid() and not (conflict and conflict.must_decide):
            _save(patient, form.cleaned_data)
            audit.record(request, "choose reminders", patient, thing=programme)
            messages.success(request, _("Your times are saved."))
            return here
    opened_with = two_at_once.as_text(two_at_once.snapshot(_as_stored(patient)))
    form.helper.add_input(Hidden(two_at_once.OPENED_WITH, opened_with))
    audit.record(request, "read reminders", patient, thing=programme)
    return render(
        request,
        "patients/reminders.html",
        {
            "programme": programme,
            "practice": patient.practice,
            "plan": plan,
            "conflict": conflict,
            "form": form,
            "has_address": bool(address_of(patient)),
            "has_calendar": CalendarLink.objects.filter(patient=patient).exists(),
            "address": address and settings.SITE_URL + address,
            "subscribe": address and _webcal(settings.SITE_URL + address),
        },
    )


@require_safe
def change_times(request):
    """Redirect from a mail, which names no programme, to the reminders of whoever logs in."""
    own = Programme.objects.of_person(request.user).running().order_by("pk")
    planned = own.filter(patient__reminder_plan__isnull=False).first() or own.first()
    if planned is None:
        return redirect("patients:home")
    return redirect("patients:reminders", planned.uuid)


def _as_stored(patient) -> ReminderForm:
    plan = ReminderPlan.objects.filter(patient=patient).first()
    return ReminderForm(plan=plan, address=address_of(patient))


def _conflict_with_other_tab(request, programme):
    """Return what another tab or a helper has changed since this page was opened, if anything."""
    base = two_at_once.read(request.POST)
    if base is None:
        return None
    patient = programme.patient
    type(patient).objects.select_for_update().get(pk=patient.pk)
    with translation.override(base["language"]):
        conflict = two_at_once.find_conflict(request, base, _as_stored(patient))
    if conflict is not None:
        conflict.last = two_at_once.who_changed(programme, request.user, "choose reminders")
    return conflict


def _save(patient, answers) -> None:
    plan, _is_new = ReminderPlan.objects.update_or_create(
        patient=patient,
        defaults={
            "first": answers["first"],
            "second": answers["second"],
            "third": answers["third"],
            "days": answers["days"],
            "by_mail": answers.get("by_mail", False),
            "changed_at": timezone.now(),
        },
    )
    revocations.note("reminders", plan)


def _webcal(address: str) -> str:
    """The same address, as a phone opens it in its calendar."""
    return "webcal://" + address.split("://", 1)[1]


@csrf_exempt  # RFC 8058: a mail program posts here without opening a page; the token authorises
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request, token):
    """Stop the mails by POST. A GET only shows the button: mail scanners open every link."""
    plan = rules.read_stop_token(token)
    if plan is None:
        return unlisted(render(request, "patients/stop_reminders_closed.html", status=404))
    patient = plan.patient
    language = language_of(patient)
    if request.method == "POST":
        with transaction.atomic():
            if rules.stop(plan):
                audit.record(request, "stop reminders", patient, thing=plan)
        plan.by_mail = False
    with translation.override(language):
        return unlisted(
            render(
                request,
                "patients/stop_reminders.html",
                {"plan": plan, "LANGUAGE_CODE": language},
            )
        )


@login_not_required
@never_cache
@require_safe
def calendar(request, token):
    """The calendar file. A wrong and a revoked address get the same answer."""
    link = CalendarLink.find(token)
    if link is None:
        return _bare(HttpResponse(status=404, content_type="text/plain"))
    patient = link.patient
    started = patient.programmes.filter(started_on__isnull=False).prefetch_related("pauses")
    programme = started.order_by("-started_on", "-pk").first()
    plan = getattr(patient, "reminder_plan", None)
    with translation.override(language_of(patient)):
        content = calendar_feed.feed(plan, programme, timezone.localdate())
    return _bare(HttpResponse(content, content_type="text/calendar; charset=utf-8"))


def _bare(response):
    response.headers["Referrer-Policy"] = "no-referrer"
    return unlisted(response)
