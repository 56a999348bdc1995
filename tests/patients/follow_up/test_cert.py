"""The sixteen items of CERT, and what a programme knows of them."""

from dataclasses import replace

import pytest

from patients.follow_up import cert

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(programme):
    return cert.Facts(sheet=programme.current_version().sheet, versions=1, done=0, given=0)


def states(facts):
    return {part.number: part.state for part in cert.meter(facts).parts}


def test_sixteen_items_of_which_three_have_two_parts(facts):
    meter = cert.meter(facts)
    assert list(meter.items) == [str(number) for number in range(1, 17)]
    halves = [part.number for part in meter.parts if not part.number.isdigit()]
    assert halves == ["7a", "7b", "14a", "14b", "16a", "16b"]
    assert meter.counts.total() == len(meter.items)
    assert set(meter.counts) <= {cert.RECORDED, cert.PARTLY, cert.MISSING, cert.NOT_RECORDED}


def test_an_item_is_as_complete_as_its_worst_part(facts):
    assert states(facts)["16a"] == cert.PARTLY
    assert cert.meter(facts).items["16"] == cert.MISSING


def test_what_the_app_cannot_know_it_says_so(facts):
    known = states(facts)
    assert [n for n, state in known.items() if state == cert.NOT_RECORDED] == ["2"]
    assert all(part.words for part in cert.meter(facts).parts)


def test_exercises_without_it_are_named(facts):
    first, *others = facts.sheet.lines
    bare = replace(first, equipment="")
    some = replace(facts, sheet=replace(facts.sheet, lines=(bare, *others)))
    part = cert.meter(some).parts[0]
    assert part.state == cert.PARTLY
    assert bare.title in part.words and others[0].title not in part.words
    none = replace(facts, sheet=replace(facts.sheet, lines=(bare,)))
    assert states(none)["1"] == cert.MISSING


@pytest.mark.parametrize(
    ("number", "change"),
    [
        ("5", {"done": 3, "given": 12}),
        ("16b", {"done": 3, "given": 12}),
        ("7b", {"versions": 2}),
    ],
)
def test_what_was_followed_up_is_filled_in(facts, number, change):
    assert states(facts)[number] == cert.MISSING
    assert states(replace(facts, **change))[number] == cert.RECORDED


@pytest.mark.parametrize(
    ("number", "change"),
    [("6", {"goals": 3}), ("15", {"profile": True}), ("15", {"scored": True})],
)
def test_what_is_measured_at_a_visit_is_a_part(facts, number, change):
    """The app knows the goals and where somebody began, and not what was said about it."""
    assert states(facts)[number] == cert.MISSING
    assert states(replace(facts, **change))[number] == cert.PARTLY


def test_every_exercise_has_to_be_rated(facts):
    all_but_one = len(facts.sheet.lines) - 1
    assert states(replace(facts, rated=all_but_one))["16a"] == cert.PARTLY
    assert states(replace(facts, rated=all_but_one + 1))["16a"] == cert.RECORDED


def test_a_note_for_this_patient_is_tailoring(facts):
    assert states(facts)["14b"] == cert.MISSING
    first, *others = facts.sheet.lines
    noted = replace(facts.sheet, lines=(replace(first, note="Rustig aan."), *others))
    assert states(replace(facts, sheet=noted))["14b"] == cert.RECORDED


def test_a_sheet_without_advice(facts):
    assert states(facts)["10"] == cert.RECORDED
    assert states(replace(facts, sheet=replace(facts.sheet, advice=())))["10"] == cert.MISSING
