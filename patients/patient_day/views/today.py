"""The patient's own pages: the programme, and ticking it off."""

from datetime import timedelta
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rugpijn import audit
from rugpijn.login import devices, second_step
from rugpijn.models import Practice
from rugpijn.web import rates

from ... import clinical, writes
from ...access import find, find_own, note_who_acts
from ...models import Patient, Programme, Proxy, SessionLog
from ...sheet import Sheet
from ...sheet_media import of_programme
from .. import day_cards, recording, reports
from ..counter import plan
from ..forms import RecoveryForm, SessionForm, SymptomForm
from ..offline import carried
from ..reports import Standing, recovery_due, with_facts
from ..taking import advice_about, how_it_went, keep_report, take, take_report


@require_safe
def home(request):
    """Where everyone begins: staff in the admin, a patient in the programme."""
    if request.user.is_staff:
        return redirect("admin:index")
    programmes = _own_programmes(request.user)
    if len(programmes) == 1:
        note_who_acts(request, programmes[0].patient)
        return _programme_page(request, programmes[0], several=False)
    audit.record(request, "list", *(programme.patient for programme in programmes))
    for one in programmes:
        one.stands = reports.standing(one, request.user)
    stopped = [one for one in programmes if one.stands.red_flags]
    records = Patient.objects.of_person(request.user)
    over, practices = "", Practice.objects.filter(patients__in=records)
    if not records:
        over, practices = _over(request.user)
    return render(
        request,
        "patients/home.html",
        {
            "programmes": programmes,
            "stopped": stopped,
            "practices": practices.distinct(),
            "over": over,
            "finished": bool(records) and all(one.discharged_on for one in records),
        },
    )


def _over(user) -> tuple[str, QuerySet]:
    """Why somebody who acted for a patient sees nobody now, and whom to call about it."""
    today = timezone.localdate()
    over = Proxy.objects.filter(user=user).over(today).select_related("patient")
    why = ["age" if proxy.outgrown_on(today) else "ended" for proxy in over]
    return next(iter(why), ""), Practice.objects.filter(patients__proxies__in=over)


def _own_programmes(user) -> list[Programme]:
    """Of each record of this person the running programme, else the last one that ended."""
    given = (
        with_facts(Programme.objects.of_person(user), timezone.localdate())
        .filter(started_on__isnull=False)
        .select_related("patient__practice", "therapist")
        .prefetch_related("pauses")
        .order_by(F("ended_on").asc(nulls_last=True), "pk")
    )
    last = {programme.patient_id: programme for programme in given}
    return sorted(last.values(), key=lambda programme: programme.patient.name)


def _has_several(user) -> bool:
    """Whether there is something to choose at home."""
    given = Programme.objects.of_person(user).filter(started_on__isnull=False)
    return given.values("patient").distinct().count() > 1


@require_safe
def programme_detail(request, uuid):
    """A programme as its patient reads it. A therapist of the practice sees the same page."""
    programme = _readable(request, uuid)
    return _programme_page(request, programme, several=_has_several(request.user))


@require_safe
def programme_yesterday(request, uuid):
    """Yesterday as it was left, to fill in what was done and not ticked off."""
    programme = _own(request, uuid)
    yesterday = timezone.localdate() - timedelta(days=1)
    if programme.started_on is None or yesterday < programme.started_on:
        raise Http404
    return _programme_page(request, programme, several=False, day=yesterday)


def _readable(request, uuid) -> Programme:
    return find(request, _programmes(), uuid=uuid)


def _own(request, uuid) -> Programme:
    """A programme of this very person: a therapist may read it, and not act for the patient."""
    return find_own(request, _programmes(), uuid=uuid)


def _programmes():
    rows = Programme.objects.select_related("patient__practice", "therapist")
    return with_facts(rows.prefetch_related("pauses"), timezone.localdate())


def _programme_page(request, programme, *, several, day=None):
    version = programme.current_version()
    patient = programme.patient
    own = request.own
    if version is None and own:
        raise Http404
    audit.record(request, "read", patient, thing=programme)
    stands = reports.standing(programme, request.user) if own else Standing()
    if stands.red_flags and "read" not in request.GET:
        return _stop_page(request, programme, version, stands, several=several)
    sheet = version.sheet if version is not None else Sheet.of(programme)
    today = timezone.localdate()
    pause = programme.pause_on(day or today)
    logs = day_cards.lately(programme, day or today)
    cards = stands.held_back(day_cards.cards(programme, sheet, day or today, logs))
    # A page that was open when the pause began may still send what was done.
    may_log = own and programme.is_running and pause is None and not stands.red_flags
    holding = [card for card in cards if card.holds]
    context = {
        "programme": programme,
        "practice": patient.practice,
        "version": version,
        "sheet": sheet,
        "media": of_programme(programme, sheet),
        "today": today,
        "day": day or today,
        "yesterday": day is not None,
        "may_log": may_log,
        "may_fill_in": may_log and not day and programme.started_on < today,
        "pause": pause,
        "discharged": patient.discharged_on is not None,
        "cards": holding,
        "later": [card for card in cards if card.begins],
        "over": [card for card in cards if not card.holds and not card.begins],
        "after": _after(request, version, holding, day or today) if may_log else None,
        "several": own and several,
        # Behind a password alone: neither whose page it is nor for what complaint.
        "shows_less": own
        and not patient.practice.second_step
        and not second_step.by_passkey(request),
    }
    if own and version is not None:
        asked, trusted = recovery_due(programme, today), devices.is_trusted(request)
        context |= {
            "stands": stands,
            "recovery": asked,
            "recovery_weeks": asked and asked // 7,
            "carried": carried(
                programme, version, cards, logs, today, trusted, request.user, stands
            ),
        }
    return render(request, "patients/programme_detail.html", context)


@require_safe
def stop(request, uuid):
    """What to do after a red flag. Without one it says so: a phone keeps this page for later."""
    programme = _own(request, uuid)
    version = programme.current_version()
    if version is None:
        raise Http404
    audit.record(request, "read", programme.patient, thing=programme)
    stands = reports.standing(programme, request.user)
    several = _has_several(request.user)
    return _stop_page(request, programme, version, stands, several=several)


def _stop_page(request, programme, version, stands, *, several):
    """In the place of whatever page was asked for: nothing on it invites to exercise."""
    return _page_to_call(request, "patients/stop.html", programme, version, stands, several=several)


def _page_to_call(request, template, programme, version, stands, **more):
    today = timezone.localdate()
    logs = day_cards.lately(programme, today)
    cards = day_cards.cards(programme, version.sheet, today, logs)
    trusted = devices.is_trusted(request)
    return render(
        request,
        template,
        {
            "programme": programme,
            "practice": programme.patient.practice,
            "version": version,
            "today": today,
            "stands": stands,
            "carried": carried(
                programme, version, cards, logs, today, trusted, request.user, stands
            ),
            **more,
        },
    )


def _after(request, version, cards, day) -> dict | None:
    """The questions about a moment that was just done, where `?after=line-moment` asks them."""
    asked = request.GET.get("after", "")
    for card in cards:
        for moment in card.moments:
            if moment.done and asked == f"{card.line.uuid}-{moment.number}":
                form = how_it_went(version, card, moment, day, SessionForm)
                return {"line": card.line.uuid, "moment": moment.number, "form": form}
    return None


@require_safe
def programme_session(request, uuid):
    """The exercises of this moment one by one, with a counter; without script one below the other.

    All exercises of the days to come are there, for a phone that is offline tomorrow; those that
    are not asked for now are hidden.
    """
    programme = _own(request, uuid)
    version, today = programme.current_version(), timezone.localdate()
    if version is None:
        raise Http404
    stands = reports.standing(programme, request.user)
    if stands.red_flags:
        audit.record(request, "read", programme.patient, thing=programme)
        several = _has_several(request.user)
        return _stop_page(request, programme, version, stands, several=several)
    if not programme.is_running or programme.pause_on(today):
        messages.info(request, _("There is nothing to do today."))
        return redirect("patients:programme_detail", programme.uuid)
    audit.record(request, "read", programme.patient, thing=programme)
    sheet = version.sheet
    logs = day_cards.lately(programme, today)
    cards = stands.held_back(day_cards.cards(programme, sheet, today, logs))
    trusted = devices.is_trusted(request)
    steps = []
    for card in cards:
        if card.stopped:
            continue
        moment = next((each for each in card.moments if not each.done), card.moments[-1])
        steps.append(
            {
                "card": card,
                "plan": plan(card.line.dosage).as_data(),
                "form": how_it_went(version, card, moment, today, SessionForm),
                "now": card.due and not card.is_complete,
            }
        )
    return render(
        request,
        "patients/programme_session.html",
        {
            "programme": programme,
            "practice": programme.patient.practice,
            "version": version,
            "sheet": sheet,
            "media": of_programme(programme, sheet),
            "today": today,
            "steps": steps,
            "stands": stands,
            "any_now": any(step["now"] for step in steps),
            "ask_own_device": not trusted and _is_first_day(programme, today),
            "carried": carried(
                programme, version, cards, logs, today, trusted, request.user, stands
            ),
        },
    )


def _is_first_day(programme, today) -> bool:
    """Whether nothing was done on a day before: after the first session something is asked once."""
    return not programme.patient.sessions.filter(day__lt=today).exists()


@require_POST
@rates.at_most("act")
def log_session(request, uuid):
    """Done, undone, or how it went. Only the patient's own hand writes here."""
    programme = _own(request, uuid)
    form = SessionForm(request.POST)
    right = form.is_valid()
    version = programme.versions.filter(number=form.cleaned_data.get("version")).first()
    back = _page_of(programme, form.cleaned_data.get("day"))
    if version is None or not right or not programme.is_running:
        wrong = _sentence_of(form) or _("This page was out of date. Please try again.")
        return _refused(request, programme, version, form, wrong, back)
    try:
        with transaction.atomic():
            if take(programme.patient, version, form):
                audit.record(request, "log", programme.patient, thing=programme)
    except writes.RefusedError as error:
        return _refused(request, programme, version, form, str(error), back)
    asked = form.cleaned_data
    if clinical.urgency(asked["symptoms"]) == "doctor":
        return redirect("patients:stop", programme.uuid)
    here = f"{asked['line']}-{asked['moment']}"
    if asked["done"] and "pain" not in request.POST:
        return redirect(f"{back}?after={here}#line-{asked['line']}")
    if told := advice_about(version, asked):
        messages.warning(request, told)
    elif not asked["done"]:
        messages.success(request, _("Undone. You can tick it off again."))
    else:
        messages.success(request, _("Saved."))
    if "session" in request.POST:
        return redirect("patients:programme_session", programme.uuid)
    return redirect(f"{back}#line-{asked['line']}")


def _refused(request, programme, version, form, wrong: str, back: str):
    """Says what was wrong; what went wrong during an exercise is written down all the same."""
    messages.error(request, wrong)
    if version is None:
        return redirect(back)
    with transaction.atomic():
        if not keep_report(programme.patient, version, form):
            return redirect(back)
        audit.record(request, "log", programme.patient, thing=programme)
    if clinical.urgency(form.cleaned_data["symptoms"]) == "doctor":
        return redirect("patients:stop", programme.uuid)
    return redirect(back)


def _page_of(programme, day) -> str:
    """Today's page, or yesterday's when that was filled in."""
    yesterday = day is not None and day < timezone.localdate()
    name = "programme_yesterday" if yesterday else "programme_detail"
    return reverse(f"patients:{name}", args=[programme.uuid])


def _sentence_of(form) -> str:
    """What was wrong, for fields a person typed; the rest is an outdated page."""
    for field in ("pain", "effort", "symptoms", *SessionLog.AMOUNTS, "day"):
        if field in form.errors:
            return form.errors[field][0]
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@rates.at_most("act")
def report_symptoms(request, uuid):
    """What went wrong, with an exercise or without one, or that it was a mistake to say so.

    The page itself is for what came up without an exercise: only what needs a doctor.
    """
    programme = _own(request, uuid)
    if request.method != "POST":
        return _report_page(request, programme)
    if "line" not in request.POST and not request.POST.getlist("symptoms"):
        messages.error(request, _("Tick what you have."))
        return redirect("patients:report_symptoms", programme.uuid)
    form = SymptomForm(request.POST)
    back = reverse("patients:programme_detail", args=[programme.uuid])
    version = None
    if form.is_valid():
        version = programme.versions.filter(number=form.cleaned_data["version"]).first()
    if version is None:
        messages.error(request, _("This page was out of date. Please try again."))
        return redirect(back)
    try:
        with transaction.atomic():
            if take_report(programme.patient, version, form):
                audit.record(request, "log", programme.patient, thing=programme)
    except writes.RefusedError as error:
        messages.error(request, str(error))
        return redirect(back)
    if clinical.urgency(form.cleaned_data["symptoms"]) == "doctor":
        return redirect("patients:stop", programme.uuid)
    if form.cleaned_data["retracts"]:
        messages.success(request, _("Taken back."))
    return redirect(back)


def _report_page(request, programme):
    """What to tick, also while something is in force already: it may have become worse."""
    version = programme.current_version()
    if version is None:
        raise Http404
    audit.record(request, "read", programme.patient, thing=programme)
    stands = reports.standing(programme, request.user)
    return _page_to_call(
        request,
        "patients/report_symptoms.html",
        programme,
        version,
        stands,
        operation=uuid4(),
        sheet=version.sheet,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request, uuid):
    """How it goes, three and six weeks on."""
    programme = _own(request, uuid)
    day = recovery_due(programme, timezone.localdate())
    back = reverse("patients:programme_detail", args=[programme.uuid])
    if day is None:
        messages.info(request, _("There is no question for you now."))
        return redirect(back)
    sent = request.POST if request.method == "POST" else None
    form = RecoveryForm(sent, activities=programme.main_activities.all())
    if form.is_valid():
        answer = form.cleaned_data["answer"]
        try:
            with transaction.atomic():
                check = recording.answer_recovery(
                    programme=programme,
                    day=day,
                    answer=answer,
                    pain=form.cleaned_data["pain"],
                    scores=form.scores(),
                )
                if check.is_new:
                    audit.record(request, "log", programme.patient, thing=programme)
        except writes.RefusedError as error:
            messages.error(request, str(error))
            return redirect(back)
        worried = answer in clinical.NOT_BETTER
        return render(
            request,
            "patients/recovery_thanks.html",
            {
                "programme": programme,
                "practice": programme.patient.practice,
                "advice": clinical.RECOVERY_ADVICE["other" if worried else "better"],
                "worried": worried,
            },
        )
    audit.record(request, "read", programme.patient, thing=programme)
    return render(
        request,
        "patients/recovery.html",
        {
            "form": form,
            "weeks": day // 7,
            "programme": programme,
            "practice": programme.patient.practice,
        },
    )
