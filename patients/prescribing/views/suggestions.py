"""The suggestions for making a row of a programme harder or easier."""

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

MOST = 3  # suggestions
EXERCISES = 2  # other exercises among them, so that a step of the dosage has room


@for_therapists
@rates.at_most("search", to_script=True)
def suggestions(request):
    """JSON: steps of the dosage that is typed, variants of the exercise, and when to use them.

    "When" is the library's text. A dosage that cannot be read has no steps; its row says what is
    wrong with it.
    """
    direction, pk = request.GET.get("direction"), request.GET.get("exercise", "")
    if direction not in (HARDER, EASIER) or number(pk) is None:
        return JsonResponse({"error": _("Choose an exercise first.")}, status=400)
    exercise = _exercise(request, pk)
    variants = _variants(request.user, exercise, direction)
    language = language_of_patient(request)
    dosage_steps = _steps(request.GET.get("text", ""), direction)[: MOST - len(variants)]
    ours = PracticeDosage.objects.of(request.user.practice_id, variants)
    return JsonResponse(
        {
            "when": exercise.text(f"{direction}_when"),
            "suggestions": [
                *(_step(step, language) for step in dosage_steps),
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
    """The easier or harder exercises that this practice may see, its own first."""
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
        sentence = str(sides.without_side(dosage))
    return {
        "id": str(exercise.pk),
        "text": called(exercise),
        "says": _("another exercise"),
        "sentence": sentence,
        "dosage": sides.without_side(dosage).notation,
        "picture": thumbnail_address(exercise.figure),
    }
