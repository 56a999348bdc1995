"""Settings of a therapist or a practice for an exercise, shared exercises included."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from rugpijn.models import Practice, User

from ..dosage import Dosage
from .library import Dosed, Exercise


class Favourite(models.Model):
    """An exercise that one therapist wants to have first in lists."""

    user = models.ForeignKey(User, models.CASCADE, related_name="favourites")
    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [
            models.UniqueConstraint(fields=["user", "exercise"], name="a_favourite_once")
        ]

    def __str__(self):
        return str(self.exercise)


class PracticeDosageQuerySet(models.QuerySet):
    def of(self, practice_id: int | None, exercises: Iterable[Exercise]) -> dict[int, Dosage]:
        """The practice's own dosages, by the primary key of the exercise."""
        if practice_id is None:
            return {}
        rows = self.filter(practice=practice_id, exercise__in=[each.pk for each in exercises])
        return {row.exercise_id: row.dosage for row in rows}


class PracticeDosage(Dosed):
    """The dosage with which a practice begins an exercise, instead of the library's.

    The dosage of a protocol takes precedence, because it was chosen for the complaint.
    """

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="+")
    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="+")

    objects = PracticeDosageQuerySet.as_manager()

    class Meta(Dosed.Meta):
        verbose_name = _("dosage in our practice")
        verbose_name_plural = _("dosages in our practice")
        abstract = False
        constraints = [
            *Dosed.Meta.constraints,
            models.UniqueConstraint(
                fields=["practice", "exercise"], name="one_dosage_per_practice_and_exercise"
            ),
        ]

    def __str__(self):
        return self.dosage.notation


def suggested(exercise: Exercise, practice_id: int | None) -> Dosage:
    """The dosage with which this practice begins an exercise that no protocol prescribes."""
    ours = PracticeDosage.objects.of(practice_id, [exercise])
    return ours.get(exercise.pk, exercise.dosage)
