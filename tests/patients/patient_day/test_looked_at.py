"""The patient reads that somebody looked at a report, and what may be done again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from patients.models import SeenMark, SessionLog

from .channels import by_day_form
from .pages import text_of
from .reports import address, by_session_form, clear, take_back

pytestmark = [pytest.mark.long, pytest.mark.django_db]

# ---------------------------------------------------------------- a therapist looked at it

LOOKED = "Uw fysiotherapeut heeft uw melding van"
AGAIN = "U mag uw oefeningen weer doen."


def test_the_patient_reads_that_somebody_looked(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme, note="Gebeld met de huisarts: niets gevonden.")
    for page in ("home", "programme_detail", "stop"):
        told = text_of(piet.get(address(page, programme)))
        assert f"{LOOKED} {date_format(timezone.localdate(), 'j F')} bekeken." in told
        assert AGAIN in told and "niets gevonden" not in told
    assert LOOKED not in text_of(piet.get(address("programme_yesterday", programme)))


def test_it_is_said_until_something_is_done(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    by_day_form(piet, programme, line=1)
    assert LOOKED not in text_of(piet.get("/"))
    assert LOOKED in text_of(piet.get(address("stop", programme)))  # still true there


def test_it_is_said_for_a_week(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    for days, said in ((6, True), (8, False)):
        SeenMark.objects.update(at=timezone.now() - timedelta(days=days))
        SessionLog.objects.update(performed_at=timezone.now() - timedelta(days=9))
        assert (LOOKED in text_of(piet.get("/"))) is said


def test_the_exercise_that_was_given_back_says_so(piet, cast, programme):
    by_session_form(piet, programme, "leg_pain", line=1)
    clear(cast.anna, programme)
    lines = programme.current_version().sheet.lines
    again = f"U mag “{lines[1].title}” weer doen."
    assert text_of(piet.get("/")).count(again) == 2  # above the day, and at the exercise
    for page in ("home", "programme_session"):
        raw = piet.get(address(page, programme)).content.decode()
        at = [m.start() for m in re.finditer(r'data-line="', raw)]
        parts = [raw[one:two] for one, two in zip(at, [*at[1:], len(raw)], strict=True)]
        saying = {re.match(r'data-line="([^"]*)"', part)[1] for part in parts if again in part}
        assert saying == {lines[1].uuid}
    assert AGAIN not in text_of(piet.get("/"))


def test_not_while_something_else_holds(piet, cast, programme):
    by_session_form(piet, programme, "leg_pain", line=1)
    clear(cast.anna, programme)
    by_session_form(piet, programme, "numbness", line=1)
    SessionLog.objects.update(performed_at=timezone.now() - timedelta(days=1))
    assert LOOKED not in text_of(piet.get("/"))


def test_put_back_it_is_said_no_more(piet, cast, programme):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    SeenMark.objects.update(withdrawn_at=timezone.now())
    assert "Stop met oefenen" in text_of(piet.get("/")) and LOOKED not in text_of(piet.get("/"))


def test_the_stop_page_says_how_it_went(piet, cast, programme):
    def told():
        return text_of(piet.get(address("stop", programme))).partition("U mag gewoon oefenen")[2]

    nothing, back = "U heeft niets gemeld", "heeft u ingetrokken"
    assert nothing in told()
    by_session_form(piet, programme, "saddle")
    take_back(piet, programme)
    assert back in told() and nothing not in told() and LOOKED not in told()
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    assert LOOKED in told() and nothing not in told() and back not in told()


def test_another_record_under_the_same_login_says_it_too(piet, cast, programme, second):
    by_session_form(piet, programme, "saddle")
    clear(cast.anna, programme)
    assert AGAIN in text_of(piet.get(address("programme_detail", second)))
