"""How long exercises take: an estimate, for whoever decides how many somebody gets.

Patients drop what takes longer than they were told, so a therapist sees the minutes
while building. No source gives these numbers: they are working assumptions, named
here so that a physiotherapist can correct them. The estimate is for a day on which
everything is done; exercises of every other day count in full.
"""

from collections.abc import Iterable

from .dosage import Dosage

SECONDS_PER_REPETITION = 4  # slow and controlled; a hold comes on top
REST_BETWEEN_SETS = 30  # when the dosage does not say
GETTING_READY = 20  # reading the step, taking the position; once each time it is done


def seconds_per_day(dosage: Dosage) -> int:
    """One exercise on one day, with getting ready for it.

    A range counts at its upper end, and "left and right" is all of it twice.
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
    """Whole minutes, rounded up: nobody is late for having been told too much."""
    return -(-sum(map(seconds_per_day, dosages)) // 60)
