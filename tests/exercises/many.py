"""A library as large as that of a chain of practices."""

from exercises.models import Exercise, ExerciseText

MOVES = ("buigen", "strekken", "draaien", "heffen", "zwaaien", "stappen", "rekken")
THINGS = ("met een stok", "op een bal", "tegen de muur", "in de deur", "op de trap")


def many_exercises(practice, count: int) -> list[Exercise]:
    """Exercises of this practice in Dutch and English, with words to search for."""
    regions = Exercise.Category.values
    made = Exercise.objects.bulk_create(
        Exercise(practice=practice, per_day=2, sets=2, reps=10, category=regions[i % len(regions)])
        for i in range(count)
    )
    ExerciseText.objects.bulk_create(
        ExerciseText(
            exercise=exercise,
            language=language,
            title=f"{MOVES[i % len(MOVES)]} {THINGS[i % len(THINGS)]} {i}",
            purpose="Maakt sterk en soepel.",
        )
        for i, exercise in enumerate(made)
        for language in ("nl", "en")
    )
    return made
