"""What the programme's form fetches while somebody types, and saving a programme as a protocol.

Reading a dosage and finding an exercise involve no patient, so nothing is logged. The preview and
the protocol get a programme that `CareAdmin.page` has already found for this therapist.
"""

from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from exercises import search
from exercises.dosage import Dosage
from exercises.media.serving import library_address
from exercises.minutes import seconds_per_day
from exercises.models import FALLBACK, Exercise, PracticeDosage
from exercises.period import Period
from exercises.templatetags.pictures import thumbnail_address
from rugpijn import audit
from rugpijn.models import User, languages
from rugpijn.web import rates
from rugpijn.web.middleware import STANDS_IN_OUR_PAGE, content_policy
from rugpijn.web.numbers import number

from ...admin_base import for_therapists, programme_page, refusals_as_messages, to_programme
from ...models import Prescription, Programme
from ...sheet import Sheet
from .. import authoring, phases, sides
from ..forms import PrescriptionFormSet, ProtocolNameForm

LONG_AGO = 36_500  # days from today; a start further away is a mistake
PAGE = 20  # results of the picker; more are fetched when somebody scrolls


# ------------------------------------------------------------ while typing


@for_therapists
@rates.at_most("search", to_script=True)
def read_dosage(request):
    """JSON: the dosage as the patient will read it, or an error that says what is accepted.

    The status is 200 in both cases: text that is half typed is no failure. With `per_day` the
    dosage is first changed to so many times a day.
    """
    try:
        dosage = Dosage.parse(request.GET.get("text", ""))
        if "per_day" in request.GET:
            dosage = replace(dosage, per_day=_times(request.GET["per_day"]))
    except ValueError as error:
        return JsonResponse({"error": str(error)})
    with translation.override(language_of_patient(request)):
        sentence = str(dosage)
    return JsonResponse(
        {"sentence": sentence, "notation": dosage.notation, "seconds": seconds_per_day(dosage)}
    )


@for_therapists
@rates.at_most("search", to_script=True)
def read_period(request):
    """JSON: the weeks of a line as the patient will read them, or an error.

    `first` and `last` are days of the programme, from which the script adds up each phase.
    """
    try:
        period = Period.parse(request.GET.get("text", ""))
    except ValueError as error:
        return JsonResponse({"error": str(error)})
    with translation.override(language_of_patient(request)):
        sentence = str(period)
    first, last = phases.days_of(period, _day(request.GET.get("started", "")))
    return JsonResponse({"sentence": sentence, "first": first, "last": last})


def _day(text: str) -> date:
    """The day on which a programme started; today for a draft, and for any other text."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) < LONG_AGO else today


def _times(text: str) -> int:
    """A number for `Dosage`, which refuses 0 in words; 0 for text that is no number."""
    return number(text, digits=3) or 0


def language_of_patient(request) -> str:
    """The language of the patient, for sentences that the patient will read."""
    language = request.GET.get("language", "")
    return language if language in dict(languages()) else FALLBACK


# ------------------------------------------------------------ finding an exercise


@for_therapists
@rates.at_most("search", to_script=True)
def find_exercises(request):
    """JSON for Django's autocomplete widget: the therapist's favourites first, see `by_use`."""
    exercises = by_use(
        search.find(pickable(request.user), request.GET.get("term", "")), request.user
    )
    page = Paginator(exercises, PAGE).get_page(request.GET.get("page"))
    ours = PracticeDosage.objects.of(request.user.practice_id, page)
    return JsonResponse(
        {
            "results": [_result(exercise, ours.get(exercise.pk)) for exercise in page],
            "pagination": {"more": page.has_next()},
        }
    )


def pickable(user: User) -> QuerySet:
    exercises = Exercise.objects.visible_to(user).with_favourites(user)
    return exercises.select_related("figure").with_texts()


def by_use(exercises: QuerySet, user: User) -> QuerySet:
    """In this order: favourites, most prescribed in this practice, region."""
    prescribed = (
        Prescription.objects.treated_by(user)
        .filter(exercise=OuterRef("pk"))
        .order_by()
        .values("exercise")
        .annotate(times=Count("pk"))
        .values("times")
    )
    used = Coalesce(Subquery(prescribed, output_field=IntegerField()), 0)
    return exercises.annotate(used=used).order_by("-starred", "-used", "category", "id")


def _result(exercise: Exercise, ours: Dosage | None) -> dict:
    return {
        "id": str(exercise.pk),
        "text": called(exercise),
        "region": exercise.get_category_display(),
        "purpose": exercise.text("purpose"),
        "picture": thumbnail_address(exercise.figure),
        "dosage": sides.without_side(ours or exercise.dosage).notation,
        "ours": _("our practice's dosage") if ours else "",
        "starred": exercise.starred,
    }


def called(exercise: Exercise) -> str:
    """The title, with a mark for the practice's own copy of a shared exercise."""
    if exercise.practice_id is None:
        return str(exercise)
    return _("%(title)s (ours)") % {"title": exercise}


# ------------------------------------------------------------ a preview


def as_typed(programme: Programme, lines: PrescriptionFormSet, title: str) -> Sheet | None:
    """The sheet that saving this form would give; None while it has an error.

    It saves and rolls back, so that the preview and a save cannot disagree.
    """
    if not lines.is_valid():
        return None
    with transaction.atomic():
        lines.save()
        sheet = Sheet.of(programme)
        transaction.set_rollback(True)
    return replace(sheet, title=" ".join(title.split()) or programme.title)


@xframe_options_sameorigin
def preview(request, programme, sheet: Sheet | None):
    """The programme as its patient will read it, for a frame beside the form.

    It is the only page that may be framed, by our own pages only.
    """
    audit.record(request, "read", programme.patient, thing=programme)
    if sheet is None:
        problem = _("A row has a mistake. The preview stays as it was until it is corrected.")
        return HttpResponse(problem, content_type="text/plain; charset=utf-8")
    with translation.override(sheet.language):
        response = render(
            request,
            "admin/patients/programme/preview.html",
            {
                "practice": programme.patient.practice,
                "patient": programme.patient,
                "sheet": sheet,
                "media": {digest: library_address(digest) for digest in sheet.media()},
            },
        )
    response.headers["Content-Security-Policy"] = content_policy(STANDS_IN_OUR_PAGE)
    return response


# ------------------------------------------------------------ a protocol


@refusals_as_messages(to_programme)
def protocol(request, programme):
    """Save the exercises and dosages of a programme as a protocol of the practice."""
    form = ProtocolNameForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        saved = authoring.save_as_protocol(
            programme=programme, by=request.user, title=form.cleaned_data["title"]
        )
        audit.record(request, "save as protocol", programme.patient, thing=saved)
        messages.success(
            request,
            format_html(
                "{} <a href='{}'>{}</a>",
                _("“%s” is now a protocol of your practice.") % form.cleaned_data["title"],
                reverse("admin:exercises_protocol_change", args=[saved.pk]),
                _("Open the protocol."),
            ),
        )
        return to_programme(request, programme)
    lines = programme.prescriptions.select_related("exercise").prefetch_related("exercise__texts")
    return programme_page(
        request, programme, "protocol", _("Save as a protocol"), form=form, lines=lines
    )
