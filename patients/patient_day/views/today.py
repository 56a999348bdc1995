"""The patient's pages of a day: the exercises, the session, reports, and questions on recovery."""

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
from ..offline import offline_data
from ..recording import record_report, record_session, rescue_report
from ..reports import Standing, advice_on_act, recovery_due, with_facts


@require_safe
def home(request):
    """The first page: the admin for staff, and for a patient the only programme or a choice."""
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
    """Why somebody no longer acts for a patient ("age", "ended" or empty), and the practices that
    can be called about it."""
    today = timezone.localdate()
    proxies = Proxy.objects.filter(user=user).over(today).select_related("patient")
    reasons = ["age" if proxy.outgrown_on(today) else "ended" for proxy in proxies]
    return next(iter(reasons), ""), Practice.objects.filter(patients__proxies__in=proxies)


def _own_programmes(user) -> list[Programme]:
    """The running programme of each record of this person, or else the last that ended."""
    programmes = (
        with_facts(Programme.objects.of_person(user), timezone.localdate())
        .filter(started_on__isnull=False)
        .select_related("patient__practice", "therapist")
        .prefetch_related("pauses")
        .order_by(F("ended_on").asc(nulls_last=True), "pk")
    )
    last = {programme.patient_id: programme for programme in programmes}
    return sorted(last.values(), key=lambda programme: programme.patient.name)


def _has_several(user) -> bool:
    """Whether the first page has more than one programme to choose from."""
    programmes = Programme.objects.of_person(user).filter(started_on__isnull=False)
    return programmes.values("patient").distinct().count() > 1


@require_safe
def programme_detail(request, uuid):
    """A programme as its patient reads it. A therapist of the practice sees the same page."""
    programme = find(request, _programmes(), uuid=uuid)
    return _programme_page(request, programme, several=_has_several(request.user))


@require_safe
def programme_yesterday(request, uuid):
    """The exercises of yesterday, to fill in what was done and not ticked off."""
    programme = _own(request, uuid)
    yesterday = timezone.localdate() - timedelta(days=1)
    if programme.started_on is None or yesterday < programme.started_on:
        raise Http404
    return _programme_page(request, programme, several=False, day=yesterday)


def _own(request, uuid) -> Programme:
    """A programme of this person, or 404. A therapist can read it but not act for the patient."""
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
    # This decides about buttons only: a page from before a pause may still send what was done.
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
        # With a password alone the page shows neither the name nor the complaint.
        "shows_less": own
        and not patient.practice.second_step
        and not second_step.by_passkey(request),
    }
    if own and version is not None:
        due_on = recovery_due(programme, today)
        context |= {
            "stands": stands,
            "recovery": due_on,
            "recovery_weeks": due_on and due_on // 7,
            "carried": _carried(request, programme, version, cards, logs, stands),
        }
    return render(request, "patients/programme_detail.html", context)


@require_safe
def stop(request, uuid):
    """What to do after a red flag. Without one the page says so: a phone keeps it for later."""
    programme = _own(request, uuid)
    version = programme.current_version()
    if version is None:
        raise Http404
    audit.record(request, "read", programme.patient, thing=programme)
    stands = reports.standing(programme, request.user)
    return _stop_page(request, programme, version, stands, several=_has_several(request.user))


def _stop_page(request, programme, version, stands, template="patients/stop.html", **more):
    """The page that says who to call, shown instead of any page with exercises."""
    today = timezone.localdate()
    logs = day_cards.lately(programme, today)
    cards = day_cards.cards(programme, version.sheet, today, logs)
    return render(
        request,
        template,
        {
            "programme": programme,
            "practice": programme.patient.practice,
            "version": version,
            "today": today,
            "stands": stands,
            "carried": _carried(request, programme, version, cards, logs, stands),
            **more,
        },
    )


def _carried(request, programme, version, cards, logs, stands) -> dict:
    """The data for the scripts of a page."""
    today, keep = timezone.localdate(), devices.is_trusted(request)
    return offline_data(programme, version, cards, logs, today, keep, request.user, stands)


def _after(request, version, cards, day) -> dict | None:
    """The questions about a moment that was just done: the one in `?after=line-moment`."""
    after = request.GET.get("after", "")
    for card in cards:
        for moment in card.moments:
            if moment.done and after == f"{card.line.uuid}-{moment.number}":
                form = SessionForm.about(version, card, moment, day)
                return {"line": card.line.uuid, "moment": moment.number, "form": form}
    return None


@require_safe
def programme_session(request, uuid):
    """The exercises of this moment one by one, with a counter; without scripts all in a column.

    Exercises of other days are in the page too, but hidden: a phone may be offline tomorrow.
    """
    programme = _own(request, uuid)
    version, today = programme.current_version(), timezone.localdate()
    if version is None:
        raise Http404
    stands = reports.standing(programme, request.user)
    if stands.red_flags:
        audit.record(request, "read", programme.patient, thing=programme)
        return _stop_page(request, programme, version, stands, several=_has_several(request.user))
    if not programme.is_running or programme.pause_on(today):
        messages.info(request, _("You don't need to exercise today."))
        return redirect("patients:programme_detail", programme.uuid)
    audit.record(request, "read", programme.patient, thing=programme)
    sheet = version.sheet
    logs = day_cards.lately(programme, today)
    cards = stands.held_back(day_cards.cards(programme, sheet, today, logs))
    steps = []
    for card in cards:
        if card.stopped:
            continue
        moment = next((each for each in card.moments if not each.done), card.moments[-1])
        steps.append(
            {
                "card": card,
                "plan": plan(card.line.dosage).as_data(),
                "form": SessionForm.about(version, card, moment, today),
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
            "ask_own_device": not devices.is_trusted(request) and _is_first_day(programme, today),
            "carried": _carried(request, programme, version, cards, logs, stands),
        },
    )


def _is_first_day(programme, today) -> bool:
    """Whether nothing was done on an earlier day."""
    return not programme.patient.sessions.filter(day__lt=today).exists()


@require_POST
@rates.at_most("act")
def log_session(request, uuid):
    """Store that a moment was done or undone, and how it went. Only for the patient, or who acts
    for the patient."""
    programme = _own(request, uuid)
    form = SessionForm(request.POST)
    is_valid = form.is_valid()
    data = form.cleaned_data
    version = programme.versions.filter(number=data.get("version")).first()
    back = _page_of(programme, data.get("day"))
    if version is None or not is_valid or not programme.is_running:
        problem = _problem_of(form) or _("This page was out of date. Please try again.")
        return _refused(request, programme, version, form, problem, back)
    try:
        with transaction.atomic():
            if record_session(programme.patient, version, form):
                audit.record(request, "log", programme.patient, thing=programme)
    except writes.RefusedError as error:
        return _refused(request, programme, version, form, str(error), back)
    if clinical.urgency(data["symptoms"]) == "doctor":
        return redirect("patients:stop", programme.uuid)
    here = f"{data['line']}-{data['moment']}"
    if data["done"] and "pain" not in request.POST:
        return redirect(f"{back}?after={here}#line-{data['line']}")
    if advice := advice_on_act(version, data):
        messages.warning(request, advice)
    elif not data["done"]:
        messages.success(request, _("Undone. You can tick it off again."))
    else:
        messages.success(request, _("Saved."))
    if "session" in request.POST:
        return redirect("patients:programme_session", programme.uuid)
    return redirect(f"{back}#line-{data['line']}")


def _refused(request, programme, version, form, problem: str, back: str):
    """Show what was wrong with the form. A report in it is stored all the same."""
    messages.error(request, problem)
    if version is None:
        return redirect(back)
    with transaction.atomic():
        if not rescue_report(programme.patient, version, form):
            return redirect(back)
        audit.record(request, "log", programme.patient, thing=programme)
    if clinical.urgency(form.cleaned_data["symptoms"]) == "doctor":
        return redirect("patients:stop", programme.uuid)
    return redirect(back)


def _page_of(programme, day) -> str:
    """The address of today's page, or of yesterday's for a day before today."""
    yesterday = day is not None and day < timezone.localdate()
    name = "programme_yesterday" if yesterday else "programme_detail"
    return reverse(f"patients:{name}", args=[programme.uuid])


def _problem_of(form) -> str:
    """The first error of a field that people fill in; empty when another field is wrong."""
    for field in ("pain", "effort", "symptoms", *SessionLog.AMOUNTS, "day"):
        if field in form.errors:
            return form.errors[field][0]
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@rates.at_most("act")
def report_symptoms(request, uuid):
    """Store a report, with an exercise or without one, or that a report was a mistake.

    The page itself is for reports without an exercise, of symptoms that need a doctor.
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
            if record_report(programme.patient, version, form):
                audit.record(request, "log", programme.patient, thing=programme)
    except writes.RefusedError as error:
        messages.error(request, str(error))
        return redirect(back)
    if clinical.urgency(form.cleaned_data["symptoms"]) == "doctor":
        return redirect("patients:stop", programme.uuid)
    if form.cleaned_data["retracts"]:
        messages.success(request, _("Your report has been withdrawn."))
    return redirect(back)


def _report_page(request, programme):
    """The page with symptoms to tick. It is shown while a report is in force too: there may be
    something else."""
    version = programme.current_version()
    if version is None:
        raise Http404
    audit.record(request, "read", programme.patient, thing=programme)
    stands = reports.standing(programme, request.user)
    template = "patients/report_symptoms.html"
    more = {"operation": uuid4(), "sheet": version.sheet}
    return _stop_page(request, programme, version, stands, template, **more)


@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request, uuid):
    """The questions about recovery, after three and six weeks, and the thanks for the answers."""
    programme = _own(request, uuid)
    day = recovery_due(programme, timezone.localdate())
    back = reverse("patients:programme_detail", args=[programme.uuid])
    if day is None:
        messages.info(request, _("There are no questions for you right now."))
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
