"""Harder or easier, for a row of a programme: what the therapist may choose from."""

from django.http import JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from exercises.dosage import Dosage
from exercises.models import Exercise, PracticeDosage
from exercises.progression import EASIER, HARDER, Step, steps
from exercises.templatetags.pictures import thumbnail_address
from rugpijn.web import hidden, rates
from rugpijn.web.numbers import number

from ...admin_base import for_therapists
from .. import sides
from .typing import called, language_of_patient, pickable

MOST = 3  # suggestions; more is choosing from a list, which the picker does
EXERCISES = 2  # of them at most, so that a step of the dosage has its place


@for_therapists
@rates.at_most("search", to_script=True)
def suggestions(request):
    """Steps of the dosage that is typed, and variants of the exercise in our own library.

    With the library's own words on when to do so. A dosage that cannot be read has no steps:
    the row itself says what is wrong with it.
    """
    direction, asked = request.GET.get("direction"), request.GET.get("exercise", "")
    if direction not in (HARDER, EASIER) or number(asked) is None:
        return JsonResponse({"error": _("Choose an exercise first.")}, status=400)
    exercise = _exercise(request, asked)
    variants = _variants(request.user, exercise, direction)
    language = language_of_patient(request)
    found = _steps(request.GET.get("text", ""), direction)[: MOST - len(variants)]
    ours = PracticeDosage.objects.of(request.user.practice_id, variants)
    return JsonResponse(
        {
            "when": exercise.text(f"{direction}_when"),
            "suggestions": [
                *(_step(step, language) for step in found),
                *(_variant(each, ours.get(each.pk, each.dosage), language) for each in variants),
            ],
        }
    )


def _exercise(request, asked: str) -> Exercise:
    """One of our own library; another practice's is not there, and the attempt is logged."""
    exercise = pickable(request.user).filter(pk=asked).first()
    if exercise is None:
        hidden.refuse(request, Exercise.objects.filter(pk=asked).first())
    return exercise


def _variants(user, exercise: Exercise, direction: str) -> list[Exercise]:
    """Those that this practice may see: a shared exercise can be the easier one of many."""
    related = getattr(exercise, direction).all()
    return list(pickable(user).filter(pk__in=related).order_by("-practice", "id")[:EXERCISES])


def _steps(text: str, direction: str) -> list[Step]:
    try:
        return list(steps(Dosage.parse(text), direction))
    except ValueError:
        return []


def _step(step: Step, language: str) -> dict:
    with translation.override(language):
        sentence = str(step.dosage)
    return {"dosage": step.dosage.notation, "says": step.says, "sentence": sentence}


def _variant(exercise: Exercise, dosage: Dosage, language: str) -> dict:
    with translation.override(language):
        sentence = str(sides.left_open(dosage))
    return {
        "id": str(exercise.pk),
        "text": called(exercise),
        "says": _("another exercise"),
        "sentence": sentence,
        "dosage": sides.left_open(dosage).notation,
        "picture": thumbnail_address(exercise.figure),
    }
