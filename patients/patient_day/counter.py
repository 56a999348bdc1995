"""How a counter leads through one exercise: what comes after what, and for how long.

Page and script share this: the plan is made here, and the script counts it down.
"""

from dataclasses import asdict, dataclass

from exercises.dosage import Dosage
from exercises.minutes import REST_BETWEEN_SETS, SECONDS_PER_REPETITION

GET_READY = 5  # seconds before counting begins, and to change sides. Our proposal.
INTO_POSITION = 2  # seconds to move into a position before it is held. Our proposal.
LET_GO = 2  # seconds between two repetitions that are held, when no rest is given. Our proposal.
# With a hold, both together are SECONDS_PER_REPETITION: the time that a repetition takes besides.


@dataclass(frozen=True)
class CountPlan:
    """Counted from the outside in: sides, sets, repetitions. Seconds, or 0 for what there is not.

    All sets of one side come before the other side, as the leaflet writes it. `move` is the pace
    of a repetition without a hold. A `hold` never starts before one is in position: `position` goes
    before each. A `duration` stands alone.
    """

    ready: int
    sides: tuple[str, ...]
    sets: int
    reps: int
    least: int  # repetitions, of a range: from here on it is enough
    move: int
    position: int
    hold: int
    rest_reps: int
    rest_sets: int
    duration: int

    def as_data(self) -> dict:
        return asdict(self)


def plan(dosage: Dosage) -> CountPlan:
    """The plan of a dosage; a range is counted to its upper end."""
    sides = {"each": ("left", "right"), "left": ("left",), "right": ("right",)}.get(
        dosage.side, ("",)
    )
    if dosage.duration is not None:
        return CountPlan(GET_READY, sides, 1, 1, 1, 0, 0, 0, 0, 0, dosage.duration)
    hold, sets = dosage.hold or 0, dosage.sets or 1
    between = LET_GO if hold else 0
    if dosage.sets is None and dosage.rest is not None:
        between = dosage.rest
    rest = REST_BETWEEN_SETS if dosage.rest is None else dosage.rest
    return CountPlan(
        ready=GET_READY,
        sides=sides,
        sets=sets,
        reps=dosage.reps_max or dosage.reps,
        least=dosage.reps,
        move=0 if hold else SECONDS_PER_REPETITION,
        position=INTO_POSITION if hold else 0,
        hold=hold,
        rest_reps=between,
        rest_sets=rest if sets > 1 else 0,
        duration=0,
    )
