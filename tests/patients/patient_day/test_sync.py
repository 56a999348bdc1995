"""What a phone sends later: each act once, in any order, and never lost for another's mistake."""

import json
import random
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises.dosage import Dosage
from patients.models import Proxy, SessionLog, SymptomAnswer
from patients.patient_day import day_cards
from patients.prescribing import authoring, lifecycle
from rugpijn.audit import AccessEvent

from .acts import act, send, state, statuses

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[1] / "samples"
NOBODYS = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def piet(client, cast, programme):
    client.force_login(cast.piet)
    return client


def test_who_is_logged_out_hears_so_and_is_sent_nowhere(programme, client):
    for answer in (client.get(reverse("patients:sync_start")), send(client, programme)):
        assert answer.status_code == 401
        assert answer.json() == {"error": "login"}
        assert "Location" not in answer.headers


def test_a_start_gives_a_token_that_works(cast, programme):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.piet)
    refused = send(client, programme, act(programme))
    assert (refused.status_code, refused.json()) == (403, {"error": "token"})
    assert not SessionLog.objects.exists()
    token = client.get(reverse("patients:sync_start")).json()["token"]
    answer = send(client, programme, act(programme), **{"x-csrftoken": token})
    assert statuses(answer) == ["stored"]
    assert SessionLog.objects.get().done


def test_a_start_says_for_whom_somebody_acts(cast, programme, piet):
    """By which a device knows what it may hold: one's own, and today's of others."""
    mo, today = cast.mo_patient, timezone.localdate()
    acting = Proxy.objects.create(user=cast.piet, patient=mo, relation="helper")

    def said():
        answer = piet.get(reverse("patients:sync_start")).json()
        assert answer["login"] == str(cast.piet.uuid)
        return set(answer["records"])

    assert said() == {str(cast.piet_patient.uuid), str(mo.uuid)}
    acting.until_on = today
    acting.save()
    assert said() == {str(cast.piet_patient.uuid)}


def test_sent_twice_counts_once(piet, programme):
    one = act(programme, pain="0", effort="easy")
    assert statuses(send(piet, programme, one)) == ["stored"]
    assert statuses(send(piet, programme, one)) == ["stored"]
    row = SessionLog.objects.get()
    assert (row.pain, row.effort) == (0, "easy")


def test_the_same_number_with_other_contents_keeps_the_first(piet, programme):
    one = act(programme, pain="3")
    send(piet, programme, one)
    assert statuses(send(piet, programme, {**one, "pain": "4"})) == ["conflict"]
    assert SessionLog.objects.get().pain == 3


def test_one_wrong_act_holds_back_no_other(piet, programme):
    acts = [act(programme, number) for number in range(1, 21)]
    acts[7]["pain"] = "eleven"
    answer = send(piet, programme, *acts)
    assert [number for number, s in enumerate(statuses(answer)) if s == "refused"] == [7]
    assert "van 0 tot en met 10" in answer.json()["results"][7]["message"]
    assert SessionLog.objects.count() == 19


@pytest.mark.parametrize(
    "change",
    [
        {"moment": "9"},
        {"line": NOBODYS},
        {"line": "x"},
        {"version": 99},
        {"day": ""},
        {"programme": NOBODYS},
        {"programme": None},
        {"sequence": None},
        {"sequence": -1},
        {"sequence": 10**9},
        {"sequence": "x"},
        {"performed_at": "yesterday"},
        {"done": "maybe"},
        {"performed_at": "2026-11-28T10:00:00"},
        {"pain": "5", "done": "0"},
        {"sets": "-1"},
        {"symptoms": ["rash"]},
        {"symptoms": "leg_pain"},
        {"symptoms": [{"a": 1}]},
        {"effort": "x"},
        {"operation": "1"},
        {"operation": [1]},
        {"duration": "60"},
        {"performed_at": "2026-02-30T10:00:00Z"},
        {"performed_at": "2026-11-28T25:00:00Z"},
        {"version": 10**30},
        {"moment": 10**30},
        {"sequence": 10**30},
        {"line": "\ud800"},
        {"effort": "\ud800"},
        {"programme": "\x00"},
        {"pain": float("nan")},
        {"day": [[]]},
        {"day": {"a": 1}},
        {"pain": [3]},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_words(piet, programme, change):
    answer = send(piet, programme, act(programme, **change))
    assert answer.status_code == 200 and statuses(answer) == ["refused"]
    assert answer.json()["results"][0]["message"]
    assert not SessionLog.objects.exists() and not SymptomAnswer.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"x"',
        b"\xff\xfe",
        b'{"acts": []}',
        b'{"patient": "x", "now": "2026-11-28T10:00:00Z", "acts": []}',
        b'{"patient": "00000000-0000-4000-8000-000000000000", "acts": []}',
        b'{"patient": "00000000-0000-4000-8000-000000000000", "now": "2026-11-28T10:00:00Z"}',
        b'{"patient": "00000000-0000-4000-8000-000000000000", "now": "2026-13-28T10:00:00Z", '
        b'"acts": {}}',
        b"[" * 90_000,
        b'{"a": "' + b"x" * 250_000 + b'"}',
    ],
    ids=lambda body: body[:40].decode(errors="replace"),
)
def test_what_cannot_be_read(piet, body):
    answer = piet.post(reverse("patients:sync"), body, content_type="application/json")
    assert (answer.status_code, answer.json()) == (400, {"error": "unreadable"})


def test_more_than_fits_in_one_message(piet, programme):
    assert send(piet, programme, *([{}] * 201)).status_code == 400


def test_too_much_in_a_minute_waits(piet, programme):
    answers = [send(piet, programme, *([{}] * 200)) for _number in range(8)]  # a minute may end
    refused = [answer.status_code for answer in answers].index(429)
    answer = answers[refused]
    assert refused >= 3
    assert answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= 60


def test_somebody_elses_acts_are_not_there(cast, programme, make_programme):
    """Mo's telephone with Piet's record, and Piet's programme under Mo's record."""
    mos = make_programme(cast.mo_patient)
    client = Client()
    client.force_login(cast.mo)
    assert send(client, programme, act(programme)).status_code == 404
    assert AccessEvent.objects.filter(outcome="denied", patient=programme.patient.uuid).exists()
    stray = act(programme)
    assert statuses(send(client, mos, stray)) == ["refused"]
    assert not SessionLog.objects.exists()


def test_any_order_of_arrival_gives_the_same_day(piet, programme):
    """Ticked, undone, scored anew: fifty acts of one device, sent in any order."""
    dice = random.Random(6)
    lines = programme.current_version().sheet.lines
    acts = []
    for sequence in range(1, 51):
        done = dice.choice("110")
        one = act(
            programme,
            sequence,
            done=done,
            line=dice.choice(lines[:3]).uuid,
            moment=dice.choice("12"),
            pain=dice.choice(["", "0", "7"]) if done == "1" else "",
        )
        if done == "1":
            one["symptoms"] = dice.choice([[], ["leg_pain"]])
        acts.append(one)
    first = None
    for _number in range(6):
        dice.shuffle(acts)
        cut = dice.randrange(50)
        for some in (acts[:cut], acts[cut:], acts[:5]):  # in parts, and a part once more
            assert set(statuses(send(piet, programme, *some))) <= {"stored"}
        assert SessionLog.objects.count() == 50
        first = first or state(programme)
        assert state(programme) == first
        SessionLog.objects.all().delete()
        SymptomAnswer.objects.all().delete()
        cache.clear()  # it is no test of the ceiling a minute


def test_two_devices_that_knew_nothing_of_each_other(piet, programme):
    """One number, two acts: the same one holds whichever came first."""
    one, other = act(programme, 5, pain="2"), act(programme, 5, pain="8")
    winners = set()
    for acts in ([one, other], [other, one]):
        for each in acts:
            send(piet, programme, each)
        (held,) = day_cards.latest(programme.patient.sessions.all()).values()
        winners.add(held.pain)
        assert programme.patient.sessions.held().get().pain == held.pain
        SessionLog.objects.all().delete()
    assert len(winners) == 1


def test_a_page_without_script_acts_after_what_is_known(piet, programme):
    send(piet, programme, act(programme, 40))
    form = {**act(programme), "done": "0"}
    del form["sequence"]
    piet.post(reverse("patients:log_session", args=[programme.uuid]), form)
    assert SessionLog.objects.last().sequence == 41
    assert not programme.patient.sessions.held().get().done


def test_a_programme_that_changed_meanwhile(piet, programme, cast):
    """The act keeps the version it was done by, also of an exercise that is no longer there."""
    old, gone = act(programme), programme.prescriptions.first()
    gone.delete()
    authoring.issue(programme=programme, by=cast.anna)
    assert statuses(send(piet, programme, old)) == ["archived"]
    row = SessionLog.objects.get()
    assert row.version.number == 1 and row.version.sheet.line(row.line) is not None
    piet.force_login(cast.anna)
    page = piet.get(reverse("admin:patients_programme_days", args=[programme.pk]))
    assert [e.title for e in page.context["progress"].days[-1].entries if e.done] == [
        row.version.sheet.line(row.line).title
    ]


def test_a_programme_that_ended_meanwhile(piet, programme, cast):
    late = act(programme)
    lifecycle.end(programme=programme, by=cast.anna)
    assert statuses(send(piet, programme, late)) == ["archived"]
    assert SessionLog.objects.count() == 1


def test_two_months_late(piet, programme):
    at = timezone.now() - timedelta(days=60)
    programme.started_on = timezone.localdate(at) - timedelta(days=1)
    programme.save(update_fields=["started_on"])
    old = act(programme, day=timezone.localdate(at).isoformat(), performed_at=at.isoformat())
    assert statuses(send(piet, programme, old)) == ["stored"]
    row = SessionLog.objects.get()
    assert row.performed_at == at and row.received_at - at > timedelta(days=59)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("sync_*.json")), ids=lambda path: path.stem)
def test_what_an_older_script_sends_is_understood(piet, programme, sample):
    """A phone keeps the script of the day on which it was last online."""
    version = programme.current_version()
    words = sample.read_text()
    for name, value in {
        "PATIENT": programme.patient.uuid,
        "PROGRAMME": programme.uuid,
        "LOGIN": NOBODYS,
        "LINE": version.sheet.lines[0].uuid,
        "OPERATION": uuid.uuid4(),
        "SECOND": uuid.uuid4(),
        "DAY": timezone.localdate(),
        "NOW": timezone.now().isoformat(),
    }.items():
        words = words.replace(name, str(value))
    answer = piet.post(reverse("patients:sync"), words, content_type="application/json")
    assert set(statuses(answer)) == {"stored"}
    if "symptoms_alone" in sample.stem:
        assert not SessionLog.objects.exists()
        rows = SymptomAnswer.objects.values_list("line", "symptoms", "sequence")
        line = uuid.UUID(version.sheet.lines[0].uuid)
        assert list(rows) == [(line, ["saddle"], 1), (None, ["bladder"], 2)]
        return
    row = SessionLog.objects.get()
    assert (row.done, row.pain, row.effort, row.sequence) == (True, 2, "right", 1)
    assert not row.clock_was_off


def test_an_act_that_is_sent_again_is_written_in_the_log_once(piet, programme):
    one = act(programme, symptoms=["leg_pain"])
    for _time in range(3):
        send(piet, programme, one)
    assert AccessEvent.objects.filter(action="log").count() == 1
    piet.post(reverse("patients:log_session", args=[programme.uuid]), {**one, "sequence": ""})
    assert AccessEvent.objects.filter(action="log").count() == 1


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.text(st.characters(categories=["Cs", "Cc", "Nd"]), max_size=5)
    | st.sampled_from(["9999-12-31", "0001-01-01T00:00:00+14:00", "-0001-01-01", "2026-02-30"])
    | st.just("HUGE"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = tuple(
    """
    operation programme version line day moment done sequence pain performed_at effort symptoms
    sets reps hold duration patient
    """.split()
)
BAD_ACTS = ANYTHING | st.dictionaries(st.sampled_from(FIELDS), ANYTHING, min_size=1)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=st.lists(BAD_ACTS, min_size=1, max_size=4), now=ANYTHING, place=st.integers(0, 4))
def test_whatever_an_act_holds_the_others_are_stored(piet, programme, changes, now, place):
    """An answer for each act, and never a page of an error; what is good counts once."""
    good = act(programme)
    acts = [act(programme) | change if isinstance(change, dict) else change for change in changes]
    acts.insert(place, good)
    cache.clear()  # it is no test of the ceiling a minute
    with transaction.atomic():
        message = {"patient": str(programme.patient.uuid), "now": now, "acts": [*acts, good]}
        words = json.dumps(message).replace('"HUGE"', "9" * 5000)  # Python reads no such number
        answer = piet.post(reverse("patients:sync"), words, content_type="application/json")
        assert answer.status_code == 200, answer.content
        results = answer.json()["results"]
        assert len(results) == len(acts) + 1
        assert {one["status"] for one in results} <= {"stored", "archived", "conflict", "refused"}
        assert all(one["message"] for one in results if one["status"] == "refused")
        kept = [one["status"] for one in results if one["operation"] == good["operation"]]
        assert kept == ["stored", "stored"]
        assert SessionLog.objects.filter(operation=good["operation"]).count() == 1
        transaction.set_rollback(True)


def test_yesterday_is_marked_as_filled_in_later(piet, programme):
    yesterday = timezone.localdate() - timedelta(days=1)
    programme.started_on = yesterday
    programme.save(update_fields=["started_on"])
    send(piet, programme, act(programme, day=yesterday.isoformat()))
    assert SessionLog.objects.get().filled_in_later


def test_what_went_wrong_comes_along(piet, programme):
    one = act(programme, symptoms=["numbness", "bladder"])
    send(piet, programme, one)
    send(piet, programme, one)
    assert SymptomAnswer.objects.get().symptoms == ["bladder", "numbness"]
    page = piet.get("/").content.decode()
    assert "Bel nu uw huisarts" in page


def test_less_than_was_given(piet, programme, cast):
    line = programme.prescriptions.first()
    line.dosage = Dosage.parse("3x8-12")
    line.save()
    authoring.issue(programme=programme, by=cast.anna)
    for sequence, (amounts, kept) in enumerate(
        [
            ({"sets": "3", "reps": "12"}, (None, None)),
            ({"sets": "3", "reps": "9"}, (None, None)),  # within the range is as given
            ({"sets": "2", "reps": "5"}, (2, 5)),
            ({"sets": "0", "reps": "15"}, (0, 15)),
        ],
        1,
    ):
        send(piet, programme, act(programme, sequence, **amounts))
        row = SessionLog.objects.last()
        assert (row.sets, row.reps) == kept
