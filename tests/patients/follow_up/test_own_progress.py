"""How it goes, as the patient reads it: numbers in calm words, and nothing to be ashamed of."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.follow_up import judgements
from patients.models import Pause, Programme, RecoveryCheck, SessionLog
from rugpijn.audit import AccessEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def piet(client, cast):
    client.force_login(cast.piet)
    return client


@pytest.fixture
def followed(programme):
    """It began 20 days ago, so it is in its third week."""
    started = timezone.localdate() - timedelta(days=20)
    Programme.objects.filter(pk=programme.pk).update(started_on=started)
    programme.versions.update(issued_at=timezone.now() - timedelta(days=20))
    programme.refresh_from_db()
    return programme


def log(programme, days_ago, pain=None, moment=1, line=0):
    version = programme.current_version()
    SessionLog.objects.create(
        patient=programme.patient,
        version=version,
        line=version.sheet.lines[line].uuid,
        day=timezone.localdate() - timedelta(days=days_ago),
        moment=moment,
        done=True,
        pain=pain,
        operation=uuid.uuid4(),
        performed_at=timezone.now(),
    )


def read(client, programme):
    answer = client.get(reverse("patients:progress", args=[programme.uuid]))
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


def test_by_week_the_newest_first(piet, followed):
    log(followed, 20)
    log(followed, 20, line=1)
    log(followed, 10)
    words = read(piet, followed)
    assert words.index("Week 3") < words.index("Week 2") < words.index("Week 1")
    # Day 1 counts only what was done: 2, and 6 days of 12 follow it.
    assert "U oefende 2 van de 74 keer." in words and "U oefende 1 van de 84 keer." in words
    assert "Deze week is nog niet voorbij." in words


def test_a_week_of_nothing_is_said_kindly(piet, followed):
    words = read(piet, followed)
    assert "Dat kan gebeuren. U kunt elke dag weer beginnen." in words
    assert "0 van" not in words
    for blame in ("helaas", "gemist", "te weinig", "jammer", "op een rij", "reeks", "slecht"):
        assert blame not in words.lower()


def test_more_than_given_is_not_more_than_all(piet, followed):
    for moment in (1, 2):
        for line in range(6):
            for days_ago in range(7, 14):
                log(followed, days_ago, line=line, moment=moment)
    assert "U oefende 84 van de 84 keer." in read(piet, followed)


def test_a_week_of_pause(piet, followed):
    today = timezone.localdate()
    Pause.objects.create(
        programme=followed, from_on=today - timedelta(days=13), until_on=today - timedelta(days=6)
    )
    assert "Uw programma stond stil." in read(piet, followed)


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ([], "U heeft nog geen pijncijfer ingevuld. Dat hoeft ook niet."),
        ([(9, 0)], "U vulde uw pijn op één dag in: 0 op"),
        ([(9, 6), (2, 3)], "Dat is minder dan in het begin."),
        ([(9, 3), (2, 6)], "Dat is meer dan in het begin. Maakt u zich zorgen? Bel ons dan."),
        ([(9, 3), (2, 4)], "Dat is ongeveer hetzelfde als in het begin."),
    ],
)
def test_pain_in_words(piet, followed, scores, sentence):
    for days_ago, pain in scores:
        log(followed, days_ago, pain=pain)
    assert sentence in read(piet, followed)


def test_the_picture_has_a_table_beside_it(piet, followed):
    for days_ago, pain in ((9, 6), (2, 0)):
        log(followed, days_ago, pain=pain)
    page = piet.get(reverse("patients:progress", args=[followed.uuid])).content.decode()
    assert page.count("<circle") == 2 and 'role="img"' in page
    rows = re.findall(r"<tr><th scope=\"row\">.*?</th><td>(\d+)</td></tr>", page)
    assert rows == ["0", "6"]


def test_before_the_first_week(piet, programme):
    words = read(piet, programme)
    assert "U bent net begonnen." in words and "Na de eerste week ziet u hier" in words
    assert "Week 1" not in words
    log(programme, 0)
    assert "U heeft tot nu toe 1 keer iets afgevinkt." in read(piet, programme)


def test_answers_and_activities(piet, followed):
    RecoveryCheck.objects.create(programme=followed, day=21, answer="better", pain=0)
    today = timezone.localdate()
    for on, score in ((followed.started_on, 7), (today, 4)):
        judgements.measure_activities(programme=followed, scored=[("Fietsen", score)], on=on)
    words = read(piet, followed)
    assert "Dag 21 Beter. Pijn: 0." in words
    assert re.search(r"Fietsen 7 op .+, 4 op ", words)


def test_the_therapist_sees_what_the_patient_sees(client, cast, followed):
    client.force_login(cast.anna)
    assert "U ziet wat Piet Jansen ziet" in read(client, followed)
    event = AccessEvent.objects.get(action="read progress")
    assert event.actor == cast.anna.uuid and event.patient == followed.patient.uuid


def test_few_queries_however_long(piet, followed, django_assert_max_num_queries):
    for days_ago in range(18):
        log(followed, days_ago, pain=3)
    read(piet, followed)  # the first look of a day is written in the access log
    with django_assert_max_num_queries(13):
        read(piet, followed)
