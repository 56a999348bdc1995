"""For which weeks a line holds: read, said, and counted."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.period import WEEKS, Period

MARCH = date(2027, 3, 12)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("", Period()),
        ("  ", Period()),
        ("week 1-2", Period(1, 2)),
        ("1-2", Period(1, 2)),
        ("Weken 1 t/m 4", Period(1, 4)),
        ("week 1 en 2", Period(1, 2)),
        ("weeks 1 and 2", Period(1, 2)),
        ("vanaf week 1 t/m week 4", Period(1, 4)),
        ("vanaf week 3", Period(3)),
        ("from week 3", Period(3)),
        ("week 3 en verder", Period(3)),
        ("3-", Period(3)),
        ("vanaf week 1", Period()),
        ("t/m week 2", Period(1, 2)),
        ("until week 2", Period(1, 2)),
        ("week 3", Period(3, 3)),
        ("vanaf 12-3-2027", Period(from_date=MARCH)),
        ("from 2027-03-12", Period(from_date=MARCH)),
        ("t/m 12/3/2027", Period(until_date=MARCH)),
        ("12-3-2027 t/m 20-4-2027", Period(from_date=MARCH, until_date=date(2027, 4, 20))),
        ("12-3-2027", Period(from_date=MARCH, until_date=MARCH)),
        ("week 1\u20142", Period(1, 2)),
        ("WEEK 1\u00a0\u2013 2\u200b", Period(1, 2)),
        ("vanaf 12 maart 2027", Period(from_date=MARCH)),
        ("from 12 March 2027", Period(from_date=MARCH)),
        ("12 mrt. 2027 t/m 20 april 2027", Period(from_date=MARCH, until_date=date(2027, 4, 20))),
        ("tot en met week 3", Period(1, 3)),
    ],
)
def test_what_a_therapist_types(text, period):
    assert Period.parse(text) == period


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("straks", "Schrijf “week 1-2”"),
        ("vanaf 12-3", "Schrijf “week 1-2”"),  # of which year?
        ("week 1 en 4", "Schrijf “week 1-2”"),  # not 1 to 4
        ("1, 3", "Schrijf “week 1-2”"),
        ("12-3-2027 en 20-4-2027", "Schrijf “week 1-2”"),
        ("tot week 3", "Telt “week 3” ook mee"),
        ("week 1 tot week 3", "Telt “week 3” ook mee"),
        ("1 tot 3", "Telt “3” ook mee"),
        ("tot 12-3-2027", "Telt “12-3-2027” ook mee"),
        ("vanaf 31 februari 2027", "31 februari 2027"),
        ("week 0", "van 1 tot 52"),
        ("week 0-2", "van 1 tot 52"),
        ("week 53", "van 1 tot 52"),
        ("week 4-2", "eindigen voordat"),
        ("vanaf 31-2-2027", "31-2-2027"),
        ("x" * 5000, "Schrijf “week 1-2”"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(text, said):
    with pytest.raises(ValueError, match=said):
        Period.parse(text)


def test_weeks_and_dates_are_not_mixed():
    with pytest.raises(ValueError, match="niet allebei"):
        Period(from_week=3, until_date=MARCH)


@pytest.mark.parametrize(
    ("period", "dutch", "english"),
    [
        (Period(), "", ""),
        (Period(1, 2), "Week 1 en 2", "Weeks 1 and 2"),
        (Period(1, 4), "Week 1 t/m 4", "Weeks 1 to 4"),
        (Period(3, 3), "Week 3", "Week 3"),
        (Period(3), "Vanaf week 3", "From week 3"),
        (Period(from_date=MARCH), "Vanaf 12 maart 2027", "From 12 March 2027"),
        (Period(until_date=MARCH), "Tot en met 12 maart 2027", "Until 12 March 2027"),
    ],
)
def test_what_a_patient_reads(period, dutch, english):
    assert str(period) == dutch
    with translation.override("en"):
        assert str(period) == english


DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
NUMBERS = st.integers(*WEEKS)


@st.composite
def periods(draw):
    first, last = sorted(draw(st.tuples(NUMBERS, NUMBERS)))
    early, late = sorted(draw(st.tuples(DAYS, DAYS)))
    return draw(
        st.sampled_from(
            [
                Period(),
                Period(first, last),
                Period(last) if last > 1 else Period(),
                Period(from_date=early, until_date=late),
                Period(from_date=early),
                Period(until_date=late),
            ]
        )
    )


@given(periods())
def test_notation_and_json_give_it_back(period):
    assert Period.parse(period.notation) == period
    assert Period.from_dict(period.to_dict()) == period


@settings(max_examples=300)
@given(st.text(max_size=80) | st.text("0123456789-/ .weekvantmt", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        period = Period.parse(text)
    except ValueError as refused:
        assert str(refused)
    else:
        assert Period.parse(period.notation) == period


@pytest.mark.parametrize(
    ("period", "holds"),
    [
        (Period(), [1, 7, 8, 14, 15, 22]),
        (Period(1, 2), [1, 7, 8, 14]),
        (Period(3), [15, 22]),
        (Period(2, 2), [8, 14]),
        (Period(from_date=MARCH + timedelta(days=7)), [8, 14, 15, 22]),
        (Period(until_date=MARCH + timedelta(days=6)), [1, 7]),
    ],
)
def test_on_which_days_it_holds(period, holds):
    """Day 1 is the day the programme started."""
    found = [
        number
        for number in (1, 7, 8, 14, 15, 22)
        if period.holds_on(MARCH + timedelta(days=number - 1), MARCH)
    ]
    assert found == holds


def test_a_date_before_the_start_begins_with_the_programme():
    assert Period(from_date=date(2027, 1, 1)).first_day(MARCH) == MARCH
