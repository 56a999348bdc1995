"""An estimate of how many minutes a day exercises take, shown to the therapist who prescribes them.

Patients stop when exercises take longer than they were told. No source gives these numbers: they
are working assumptions, named here so that a physiotherapist can correct them. The estimate is for
a day on which everything is done, so an exercise for every other day counts in full.
"""

from collections.abc import Iterable

from .dosage import Dosage

SECONDS_PER_REPETITION = 4  # slow and controlled; a hold is added to it
REST_BETWEEN_SETS = 30  # seconds, when the dosage states no rest
GETTING_READY = 20  # seconds to read the steps and take the position, each time of the day


def seconds_per_day(dosage: Dosage) -> int:
    """The seconds for one exercise on one day, with the time to get ready for it.

    A range of repetitions counts at its upper end. "Left and right" doubles the repetitions.
    """
    sides = 2 if dosage.side == "each" else 1
    return dosage.moments * (GETTING_READY + sides * _one_side(dosage))


def _one_side(dosage: Dosage) -> int:
    if dosage.duration is not None:
        return dosage.duration
    reps = dosage.reps if dosage.reps_max is None else dosage.reps_max
    one_set = reps * (SECONDS_PER_REPETITION + (dosage.hold or 0))
    if dosage.sets is None:  # a rest is then between the repetitions
        return one_set + (reps - 1) * (dosage.rest or 0)
    rest = REST_BETWEEN_SETS if dosage.rest is None else dosage.rest
    return dosage.sets * one_set + (dosage.sets - 1) * rest


def minutes_per_day(dosages: Iterable[Dosage]) -> int:
    """The whole minutes for all exercises on one day, rounded up."""
    return -(-sum(map(seconds_per_day, dosages)) // 60)
