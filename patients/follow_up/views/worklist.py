"""The therapist's first page: the worklist, and below it the therapist's patients.

It replaces the admin's list of tables (`PracticeAdminSite.desk`). The acts get a programme that
`CareAdmin.page` has already found for this therapist.
"""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn import audit
from rugpijn.saving import two_at_once
from rugpijn.typed.text_fields import CharField
from rugpijn.validators import printable
from rugpijn.web.numbers import number

from ... import writes
from ...admin_base import for_therapists, refusals_as_messages
from ...models import Programme, SeenMark
from ...prescribing import authoring
from .. import caseload, daily_totals, judgements, worklist
from ..caseload import Case
from ..daily_totals import DayTotal

CHART_DAYS = 14
ROWS = 30  # patients on a page, each with its charts
MOST_CARDS = 40  # of the worklist; the rest follows when these are seen
LATELY = timedelta(days=14)
WHOLE_PRACTICE = "practice"
LEFT = "left"  # the patients whose therapist no longer works here
WHOSE = (WHOLE_PRACTICE, LEFT)
HERE = "on-the-worklist"  # tag of a message that is shown in the section of the worklist
REFUSED_NOTE = "refused_note"  # key of the session, until the page is shown again


@dataclass(frozen=True)
class PatientRow:
    """A row of "My patients": a running programme with its charts, or a draft without."""

    programme: Programme
    case: Case | None = None
    days: tuple[DayTotal, ...] = ()


def first_page(request):
    """The page itself. The access log gets every patient who is shown."""
    whose = _whose(request.GET)
    whole = whose != ""
    today = timezone.localdate()
    newest = worklist.newest_report(request.user)  # read before the list, so that none is missed
    programmes = caseload.watched(request.user, whole_practice=whole)
    everyones = caseload.running(request.user, whole_practice=True)
    cases = caseload.cases(caseload.left(programmes) if whose == LEFT else programmes, today)
    attention = worklist.attention(cases)
    running = [case for case in cases if case.programme.is_running]
    cards = attention[:MOST_CARDS]
    page = Paginator(_everybody(request.user, whose, running), ROWS).get_page(
        request.GET.get("page")
    )
    days = daily_totals.last_days([row.programme for row in page if row.case], today, CHART_DAYS)
    page.object_list = [
        PatientRow(row.programme, row.case, tuple(days.get(row.programme.pk, ()))) for row in page
    ]
    lately = _seen_lately(cases, today)
    shown = {
        programme.patient.pk: programme.patient
        for programme in (
            *(card.programme for card in cards),
            *(row.programme for row in page),
            *(case.programme for case, _marks in lately),
        )
    }
    audit.record(request, "list", *shown.values())
    all_messages = list(messages.get_messages(request))
    return TemplateResponse(
        request,
        "admin/patients/desk.html",
        {
            **admin.site.each_context(request),
            "title": gettext("Today"),
            "app_list": admin.site.get_app_list(request),
            "cards": cards,
            "more": len(attention) - len(cards),
            "elsewhere": 0 if whole else worklist.colleagues_alarms(request.user, today),
            "page": page,
            "lately": lately,
            "whole_practice": whole,
            "whose": whose,
            "left": caseload.left(everyones).count(),
            "refused": request.session.pop(REFUSED_NOTE, {}),
            "chart_days": CHART_DAYS,
            "newest": newest,
            # The page comes back scrolled to the worklist, so messages about it are shown there.
            "messages": [message for message in all_messages if HERE not in message.tags.split()],
            "messages_here": [message for message in all_messages if HERE in message.tags.split()],
        },
    )


@for_therapists
def urgent(request):
    """JSON for the script of an open worklist: how many reports came in after report `since`.

    Names nobody, so nothing is logged. One query.
    """
    since = number(request.GET.get("since")) or 0
    whose = _whose(request.GET)
    new = worklist.reports_since(request.user, since)
    if not new:
        return JsonResponse({"new": 0})
    own = any(therapist == request.user.pk for _pk, therapist in new)
    query = {"new": max(pk for pk, _therapist in new)}
    if whose or not own:
        query["whose"] = whose or WHOLE_PRACTICE
    return JsonResponse(
        {"new": len(new), "page": f"{reverse('admin:index')}?{urlencode(query)}#worklist"}
    )


def _everybody(user, whose: str, cases: list[Case]) -> list[PatientRow]:
    """Running programmes and drafts, in the order of the patients' names."""
    drafts = Programme.objects.treated_by(user).filter(started_on=None)
    drafts = drafts.filter(patient__discharged_on=None)
    if whose == LEFT:
        drafts = caseload.left(drafts)
    elif not whose:
        drafts = drafts.filter(therapist=user)
    rows = [PatientRow(case.programme, case) for case in cases]
    rows += [PatientRow(draft) for draft in drafts.select_related("patient", "therapist")]
    return sorted(rows, key=lambda row: (row.programme.patient.sort_key, row.programme.pk))


def _seen_lately(cases: list[Case], today) -> list[tuple[Case, list[dict]]]:
    """For each case the marks since LATELY, newest first, each with all reasons it was set for."""
    seen_by_case = []
    for case in cases:
        seen = {}
        for mark in case.marks:
            if timezone.localdate(mark.at) > today - LATELY:
                row = seen.setdefault((mark.at, mark.note), {"mark": mark, "reasons": []})
                row["reasons"].append(worklist.REASONS.get(mark.reason, mark.reason))
        if seen:
            rows = sorted(seen.values(), key=lambda row: row["mark"].at, reverse=True)
            seen_by_case.append((case, rows))
    return sorted(seen_by_case, key=lambda pair: pair[1][0]["mark"].at, reverse=True)


def _back(request, _programme=None):
    """To the worklist, with the same choice of patients as before."""
    whose = _whose(request.POST)
    query = f"?whose={whose}" if whose else ""
    return redirect(f"{reverse('admin:index')}{query}#worklist")


class SeenForm(forms.Form):
    note = CharField(
        max_length=SeenMark.NOTE_LENGTH, required=False, strip=True, validators=[printable]
    )


def seen(request, programme):
    """Mark the reasons that the page showed about a patient as seen, with a note."""
    back = _back(request)
    if request.method != "POST":
        return back
    watched = caseload.watched(request.user, whole_practice=True)
    if not watched.filter(pk=programme.pk).exists():
        words = gettext("This programme has ended in the meantime; nothing was marked.")
        if note := request.POST.get("note", "").strip():
            words += " " + gettext("Your note is not stored: “%s”") % note[: SeenMark.NOTE_LENGTH]
        messages.error(request, words, extra_tags=HERE)
        return back
    if "put_back" in request.POST:
        return _put_back(request, programme, back)
    form = SeenForm(request.POST)
    if not form.is_valid():
        return _give_back(request, programme, form.errors["note"][0], back)
    [case] = caseload.cases(Programme.objects.filter(pk=programme.pk), timezone.localdate())
    # Only what the page showed: nobody has seen what came in since.
    shown = set(request.POST.getlist("item"))
    items = [item for item in worklist.unseen(case) if item.key in shown]
    if not items:
        return _seen_before(request, programme, shown, form.cleaned_data["note"], back)
    if any(item.is_alarm for item in items) and not form.cleaned_data["note"]:
        words = gettext("Write in the note what you did about it.")
        return _give_back(request, programme, words, back)
    judgements.mark_seen(
        programme=programme,
        reasons=[(item.reason, item.occasion) for item in items],
        note=form.cleaned_data["note"],
        by=request.user,
    )
    audit.record(request, "seen", programme.patient, thing=programme)
    messages.success(
        request, gettext("Marked as seen: %s.") % programme.patient.name, extra_tags=HERE
    )
    return back


SEEN = (
    _("You marked this as seen in another tab or window at %(when)s."),
    _("%(who)s already marked this as seen at %(when)s."),
    _("The worklist has changed since you opened this page."),
)


def _seen_before(request, programme, shown: set[str], note: str, back):
    """A colleague marked the same before: store the note of the second one beside the first."""
    marks = programme.seen_marks.filter(withdrawn_at=None).order_by("pk")
    earlier = [mark for mark in marks if f"{mark.reason}:{mark.occasion}" in shown]
    last = earlier[-1] if earlier else None
    who = last and {"who": last.by_name, "when": last.at, "is_self": last.by == request.user}
    sentence = two_at_once.who_did(who, *SEEN)
    if not note or any((mark.by, mark.note) == (request.user, note) for mark in earlier):
        messages.info(request, sentence, extra_tags=HERE)
    elif earlier:
        judgements.mark_seen(
            programme=programme,
            reasons=sorted({(mark.reason, mark.occasion) for mark in earlier}),
            note=note,
            by=request.user,
        )
        audit.record(request, "seen", programme.patient, thing=programme)
        added = gettext("Your note was added to it: “%s”") % note
        messages.success(request, f"{programme.patient.name}: {sentence} {added}", extra_tags=HERE)
    else:
        not_kept = gettext("Your note is not stored: “%s”") % note
        words = f"{programme.patient.name}: {sentence} {not_kept}"
        return _give_back(request, programme, words, back)
    return back


def _give_back(request, programme, words: str, back):
    """Show why a note was refused, and keep it for its field on the page that follows."""
    messages.error(request, words, extra_tags=HERE)
    typed = request.POST.get("note", "")
    request.session[REFUSED_NOTE] = {"programme": programme.pk, "note": typed}
    return back


def _put_back(request, programme, back):
    """Undo a mark, so that its reasons ask for attention again."""
    marks = programme.seen_marks.filter(withdrawn_at=None)
    mark = marks.filter(pk=number(request.POST["put_back"])).first()
    if mark is None:
        messages.info(request, gettext("This has already been put back."), extra_tags=HERE)
        return back
    judgements.put_back(mark)
    audit.record(request, "put back", programme.patient, thing=programme)
    messages.success(
        request, gettext("Back on the worklist: %s.") % programme.patient.name, extra_tags=HERE
    )
    return back


@refusals_as_messages(_back, extra_tags=HERE)
def take(request, programme):
    """Become the therapist of a colleague's patient, unless somebody just did so."""
    back = _back(request)
    if request.method != "POST":
        return back
    writes.hold(programme)
    opened = request.POST.get("therapist_then", "")
    if opened and opened != str(programme.therapist_id):
        messages.warning(request, _taken_before(request, programme))
        return back
    version = authoring.take_over(programme=programme, by=request.user)
    audit.record(request, "take over", programme.patient, thing=programme)
    taken = gettext("%s is your patient now.") % programme.patient.name
    if version is None:
        messages.success(request, taken, extra_tags=HERE)
        return back
    messages.success(
        request,
        format_html(
            "{} <a href='{}'>{}</a>",
            taken,
            reverse("patients:version_handout", args=[programme.uuid, version.number]),
            gettext("Your name is now on the programme; print it for the next appointment."),
        ),
        extra_tags=HERE,
    )
    return back


def _taken_before(request, programme) -> str:
    last = two_at_once.who_changed(programme, request.user, "take over")
    sentence = two_at_once.who_did(
        last,
        gettext("You took over this patient in another tab or window at %(when)s."),
        gettext("%(who)s took over this patient at %(when)s, while you had this page open."),
        gettext("Somebody took over this patient while you had this page open."),
    )
    if programme.therapist_id != request.user.pk:
        sentence += " " + gettext("Nothing was changed. Take over again if you still want to.")
    return f"{programme.patient.name}: {sentence}"


def _whose(query) -> str:
    """Whose patients are chosen: one of WHOSE, or empty for the therapist's own."""
    return query.get("whose") if query.get("whose") in WHOSE else ""
