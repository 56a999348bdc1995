"""The patient's calendar: what it says, to whom, and in whose time."""

import io
import logging
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from exercises.dosage import Dosage
from patients.contact import calendar_feed
from patients.models import CalendarLink, Pause, Programme, ReminderPlan
from patients.prescribing import authoring, lifecycle
from rugpijn.audit import AccessEvent

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def make_plan(patient, on=None, **fields):
    chosen = {"first": time(9), "second": time(19, 30)}
    chosen["changed_at"] = datetime.combine(on or timezone.localdate(), time(0), tzinfo=AMSTERDAM)
    return ReminderPlan.objects.create(patient=patient, **{**chosen, **fields})


def times_of(content: bytes) -> list[datetime]:
    """Every event as it stands in a calendar that follows the rules, in UTC."""
    found = []
    for event in Calendar.from_ical(content).walk("VEVENT"):
        start = event["DTSTART"].dt
        rule = event["RRULE"].to_ical().decode()
        away = event.get("EXDATE", [])
        left_out = {
            one.dt for part in (away if isinstance(away, list) else [away]) for one in part.dts
        }
        found += [at.astimezone(UTC) for at in rrulestr(rule, dtstart=start) if at not in left_out]
    return sorted(found)


def days_of(content):
    return [at.astimezone(AMSTERDAM).date() for at in times_of(content)]


@pytest.fixture
def link(programme):
    make_plan(programme.patient)
    return CalendarLink.renew(programme.patient)


def address(token):
    return reverse("patients:calendar", args=[token])


class TestWhatItSays:
    def test_one_word_and_nothing_else(self, client, programme, link, practice):
        programme.planned_until = timezone.localdate() + timedelta(days=20)
        programme.save()
        content = client.get(address(link)).content
        calendar = Calendar.from_ical(content)
        events = calendar.walk("VEVENT")
        assert {str(event["SUMMARY"]) for event in events} == {"Oefeningen"}
        assert {event["DTSTART"].dt.time() for event in events} == {time(9), time(19, 30)}
        for event in events:
            assert not {"DESCRIPTION", "LOCATION", "ORGANIZER", "ATTENDEE", "URL"} & set(event)
        said = content.decode().lower()
        sheet = programme.current_version().sheet
        for word in (
            "piet",
            "anna",
            practice.name,
            practice.phone,
            "linde",
            "rug",
            "fysio",
            "pijn",
            "localhost",
            sheet.title,
            *(line.title for line in sheet.lines),
        ):
            assert word.lower() not in said
        assert b"\r\n" in content
        assert all(len(line) <= 75 for line in content.split(b"\r\n"))

    def test_in_the_language_of_the_patient(self, client, make_programme, cast):
        make_programme(cast.roos_patient, by=cast.bram)
        make_plan(cast.roos_patient)
        said = client.get(address(CalendarLink.renew(cast.roos_patient))).content.decode()
        assert "SUMMARY:Exercises" in said and "Oefeningen" not in said

    def test_until_the_end_that_is_planned(self, client, programme, link):
        last = timezone.localdate() + timedelta(days=20)
        Programme.objects.update(planned_until=last)
        days = days_of(client.get(address(link)).content)
        assert (days[0], days[-1], len(days)) == (timezone.localdate(), last, 42)

    def test_a_programme_that_runs_on_has_a_week_more(self, client, programme, link):
        today = timezone.localdate()
        Programme.objects.update(
            started_on=today - timedelta(days=60), planned_until=today - timedelta(days=5)
        )
        assert days_of(client.get(address(link)).content)[-1] == today + timedelta(days=7)

    def test_after_the_end_there_is_nothing(self, client, programme, link, cast):
        lifecycle.end(programme=programme, by=cast.anna)
        content = client.get(address(link)).content
        assert times_of(content) == []
        assert Calendar.from_ical(content)["VERSION"] == "2.0"

    def test_no_events_during_a_pause(self, client, programme, link):
        today = timezone.localdate()
        Programme.objects.update(planned_until=today + timedelta(days=13))
        away = (today + timedelta(days=3), today + timedelta(days=8))
        Pause.objects.create(programme=programme, from_on=away[0], until_on=away[1])
        days = set(days_of(client.get(address(link)).content))
        assert days == {
            day
            for number in range(14)
            if not away[0] <= (day := today + timedelta(days=number)) < away[1]
        }

    def test_a_pause_without_an_end(self, client, programme, link):
        today = timezone.localdate()
        Pause.objects.create(programme=programme, from_on=today + timedelta(days=2))
        days = days_of(client.get(address(link)).content)
        assert sorted(set(days)) == [today, today + timedelta(days=1)]

    def test_only_the_chosen_days(self, client, programme):
        make_plan(programme.patient, days="24", second=None)
        days = days_of(client.get(address(CalendarLink.renew(programme.patient))).content)
        assert {day.isoweekday() for day in days} == {2, 4} and len(days) > 20

    def test_only_days_on_which_something_is_asked(self, client, programme, cast, link):
        for line in programme.prescriptions.all():
            line.dosage = Dosage.parse("om de dag 3x15")
            line.save()
        authoring.issue(programme=programme, by=cast.anna)
        days = sorted(set(days_of(client.get(address(link)).content)))
        assert days[:3] == [programme.started_on + timedelta(days=number) for number in (0, 2, 4)]


class TestTime:
    @pytest.mark.parametrize(
        ("change", "before", "after"),
        [(date(2026, 3, 29), 1, 2), (date(2026, 10, 25), 2, 1)],
    )
    def test_nine_stays_nine_when_the_clock_changes(self, programme, change, before, after):
        start = change - timedelta(days=3)
        Programme.objects.update(started_on=start, planned_until=change + timedelta(days=3))
        programme.refresh_from_db()
        plan = make_plan(programme.patient, on=start, second=time(2, 30))
        content = calendar_feed.feed(plan, programme, change - timedelta(days=2))
        times = times_of(content)
        nines = [at for at in times if at.astimezone(AMSTERDAM).time() == time(9)]
        assert len(nines) == 7
        assert {9 - at.hour for at in nines if at.date() < change} == {before}
        assert {9 - at.hour for at in nines if at.date() >= change} == {after}
        assert len(times) == 14  # 02:30 is once a day, also when it is skipped or comes twice

    def test_it_brings_its_own_rules_about_clocks_and_few(self, client, link):
        calendar = Calendar.from_ical(client.get(address(link)).content)
        (zone,) = calendar.walk("VTIMEZONE")
        assert zone["TZID"] == "Europe/Amsterdam"
        assert len(zone.to_ical()) < 2000  # not the changes of seventy years
        used = {event["DTSTART"].params["TZID"] for event in calendar.walk("VEVENT")}
        assert used == {"Europe/Amsterdam"}

    def test_a_time_keeps_its_number(self, client, programme, link):
        def numbers():
            events = Calendar.from_ical(client.get(address(link)).content).walk("VEVENT")
            return {str(event["UID"]) for event in events}

        before = numbers()
        Programme.objects.update(planned_until=timezone.localdate() + timedelta(days=9))
        assert numbers() == before and len(before) == 2


class TestTheAddress:
    def test_it_is_long_and_not_stored(self, programme, link):
        stored = programme.patient.calendar_link.token_hash
        assert len(link) == 43 and link not in stored and stored == CalendarLink.digest(link)

    def test_headers(self, client, link):
        answer = client.get(address(link))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"] and answer["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies

    def test_head(self, client, link):
        answer = client.head(address(link))
        assert answer.status_code == 200 and answer.content == b""

    def test_one_character_changed(self, client, link):
        wrong = ("a" if link[0] != "a" else "b") + link[1:]
        answer = client.get(address(wrong))
        assert answer.status_code == 404 and b"BEGIN" not in answer.content
        assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]

    def test_a_new_one_makes_the_old_one_worthless(self, client, programme, link):
        new = CalendarLink.renew(programme.patient)
        assert client.get(address(link)).status_code == 404
        assert client.get(address(new)).status_code == 200

    @pytest.mark.parametrize("who", ["wrong", "right"])
    def test_it_stands_in_no_log(self, client, programme, link, caplog, who, settings):
        written = io.StringIO()
        handler = logging.StreamHandler(written)
        logging.getLogger().addHandler(handler)
        try:
            token = link if who == "right" else "x" * 43
            client.get(address(token))
            logger = logging.getLogger("django.request")
            logger.warning("%s: %s", "Not Found", address(token))  # as Django writes it
            logging.getLogger("django.server").warning('"GET %s" 200', address(token))
        finally:
            logging.getLogger().removeHandler(handler)
        assert token not in written.getvalue() + caplog.text
        assert "/calendar/…" in caplog.text


class TestThePage:
    @pytest.fixture
    def piet(self, client, cast):
        client.force_login(cast.piet)
        return client

    @pytest.fixture
    def page(self, programme):
        return reverse("patients:reminders", args=[programme.uuid])

    def test_shown_once_then_renewed_then_stopped(self, piet, page, programme):
        make_plan(programme.patient)
        shown = piet.post(page, {"what": "calendar"})
        address = shown.context["address"]
        assert address in shown.content.decode() and shown["Cache-Control"] == "no-store"
        path = address.removeprefix("http://localhost:8000")
        assert piet.get(path).status_code == 200
        assert path not in piet.get(page).content.decode()
        renewed = piet.post(page, {"what": "calendar"}).context["address"]
        assert piet.get(path).status_code == 404
        piet.post(page, {"what": "no calendar"})
        assert piet.get(renewed.removeprefix("http://localhost:8000")).status_code == 404
        acts = AccessEvent.objects.filter(action__contains="calendar").values_list("action")
        assert [act for (act,) in acts.order_by("pk")] == [
            "renew calendar",
            "renew calendar",
            "revoke calendar",
        ]

    def test_first_the_times(self, piet, page):
        shown = piet.post(page, {"what": "calendar"})
        assert "Kies hierboven eerst uw tijden" in shown.content.decode()
        assert not CalendarLink.objects.exists()
