"""What the counter counts, for each kind of dosage."""

import pytest

from exercises.dosage import Dosage
from patients.patient_day.counter import GET_READY, INTO_POSITION, LET_GO, plan

DEFAULT = {
    "ready": GET_READY,
    "sides": ("",),
    "sets": 1,
    "least": 10,
    "reps": 10,
    "move": 4,
    "position": 0,
    "hold": 0,
    "rest_reps": 0,
    "rest_sets": 0,
    "duration": 0,
}
LEFT_RIGHT = ("left", "right")


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("10x", {}),
        ("2x per dag 2x10x", {"sets": 2, "rest_sets": 30}),
        (
            "2x per dag 5x5 seconden",
            {
                "least": 5,
                "reps": 5,
                "move": 0,
                "hold": 5,
                "position": INTO_POSITION,
                "rest_reps": LET_GO,
            },
        ),
        (
            "2x5x5s l/r",
            {
                "sides": LEFT_RIGHT,
                "sets": 2,
                "least": 5,
                "reps": 5,
                "move": 0,
                "hold": 5,
                "position": INTO_POSITION,
                "rest_reps": LET_GO,
                "rest_sets": 30,
            },
        ),
        ("3x8-12", {"sets": 3, "least": 8, "reps": 12, "rest_sets": 30}),
        ("3x8 rust 60s", {"sets": 3, "least": 8, "reps": 8, "rest_sets": 60}),
        (
            "3x30s rust 30s",
            {
                "least": 3,
                "reps": 3,
                "move": 0,
                "hold": 30,
                "rest_reps": 30,
                "position": INTO_POSITION,
            },
        ),
        ("10x links", {"sides": ("left",)}),
        ("10 min", {"least": 1, "reps": 1, "move": 0, "duration": 600}),
        ("30s l/r", {"least": 1, "reps": 1, "move": 0, "duration": 30, "sides": LEFT_RIGHT}),
    ],
)
def test_a_plan(written, other):
    assert plan(Dosage.parse(written)).as_data() == {**DEFAULT, **other}
