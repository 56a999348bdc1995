"""The plan by which a counter leads through one exercise: its steps in order, and their seconds.

The plan is made here, and the script of the page counts it down.
"""

from dataclasses import asdict, dataclass

from exercises.dosage import Dosage
from exercises.minutes import REST_BETWEEN_SETS, SECONDS_PER_REPETITION

GET_READY = 5  # seconds before counting begins, and to change sides. Our proposal.
INTO_POSITION = 2  # seconds to move into a position before it is held. Our proposal.
LET_GO = 2  # seconds between two repetitions that are held, when no rest is given. Our proposal.
# INTO_POSITION and LET_GO together are SECONDS_PER_REPETITION, the time of a repetition
# besides its hold.


@dataclass(frozen=True)
class CountPlan:
    """Sides, in each side sets, in each set repetitions. Times are in seconds, 0 for none.

    All sets of one side come before the other side, as in the leaflet. `move` is the time of a
    repetition without a hold. Before each `hold` comes `position`, the time to get into position.
    With a `duration` there is nothing else to count.
    """

    ready: int
    sides: tuple[str, ...]
    sets: int
    reps: int
    least: int  # repetitions of a range, after which it is enough
    move: int
    position: int
    hold: int
    rest_reps: int
    rest_sets: int
    duration: int

    def as_data(self) -> dict:
        return asdict(self)


def plan(dosage: Dosage) -> CountPlan:
    """The plan of a dosage. A range of repetitions is counted to its end."""
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
