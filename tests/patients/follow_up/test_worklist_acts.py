"""What the buttons of the worklist do: seen, put back, taken over; and who hears of a report."""

import html
import re
import time
import uuid
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from patients.follow_up import caseload
from patients.models import SeenMark, SymptomAnswer
from patients.prescribing import lifecycle
from rugpijn.audit import AccessEvent
from rugpijn.models import User

from .desk import DESK, see, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff_read_english(cast):
    User.objects.filter(is_therapist=True).update(language="en")
    cast.anna.refresh_from_db()


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def kim(practice):
    return User.objects.create_user(
        "kim@linde.example", name="Kim de Boer", practice=practice, is_therapist=True, language="en"
    )


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# ---------------------------------------------------------------- seen


def test_marked_as_seen_with_a_note(anna, cast, alarm, programme):
    response = see(anna, programme, f"leg_pain:{alarm.pk}", note="Called: stop exercise 5.")
    assert told(response) == ["Marked as seen: Piet Jansen."]
    mark = SeenMark.objects.get()
    assert (mark.by, mark.by_name, mark.note) == (
        cast.anna,
        "Anna de Wit",
        "Called: stop exercise 5.",
    )
    text = words(response)
    assert "Pain spread into leg or arm" not in text
    assert "“Called: stop exercise 5.” Anna de Wit" in text
    assert AccessEvent.objects.filter(action="seen", patient=cast.piet_patient.uuid).count() == 1


def test_what_came_in_meanwhile_was_not_seen(anna, alarm, programme):
    later = SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=alarm.version,
        line=alarm.line,
        day=alarm.day,
        symptoms=["leg_pain"],
        sequence=2,
    )
    response = see(anna, programme, f"leg_pain:{alarm.pk}")
    [said] = told(response)
    assert "The worklist has changed" in said and "not stored: “Called.”" in said
    assert not SeenMark.objects.exists()
    assert f"leg_pain:{later.pk}" in response.content.decode()


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ("  ", "Write in the note what you did about it."),
        ("x" * 501, "Ensure this value has at most 500 characters (it has 501)."),
    ],
)
def test_a_note_that_does_not_do(anna, alarm, programme, note, message):
    assert told(see(anna, programme, f"leg_pain:{alarm.pk}", note=note)) == [message]
    assert not SeenMark.objects.exists()


@pytest.mark.parametrize("item", ["", "leg_pain", "leg_pain:x", "silent:2026-01-01", "é\x1f:'"])
def test_a_reason_that_does_not_hold(anna, alarm, programme, item):
    assert see(anna, programme, item).status_code == 200
    assert not SeenMark.objects.exists()


def test_pressed_twice_counts_once(anna, alarm, programme):
    see(anna, programme, f"leg_pain:{alarm.pk}")
    see(anna, programme, f"leg_pain:{alarm.pk}")
    assert SeenMark.objects.count() == 1


def test_a_programme_that_ended_meanwhile(anna, cast, programme):
    lifecycle.end(programme=programme, by=cast.anna)
    response = see(anna, programme, "silent:2026-01-01")
    [said] = told(response)
    assert said.startswith("This programme has ended in the meantime; nothing was marked.")
    assert said.endswith("Your note is not stored: “Called.”")
    assert not SeenMark.objects.exists()


@pytest.mark.parametrize("over", ["ended", "discharged"])
def test_what_nobody_looked_at_outlives_the_programme(anna, cast, alarm, programme, over):
    if over == "ended":
        lifecycle.end(programme=programme, by=cast.anna)
    else:
        lifecycle.discharge(patient=programme.patient, by=cast.anna, running=programme.pk)
    page = anna.get(DESK)
    assert "Pain spread into leg or arm during" in words(page)
    assert "ended " in words(page) and "day 1" not in words(page)
    response = see(anna, programme, f"leg_pain:{alarm.pk}", note="Called.")
    assert told(response) == ["Marked as seen: Piet Jansen."]
    assert "Pain spread" not in words(response)
    # It can be put back, as before the end.
    back = {"put_back": SeenMark.objects.get().pk}
    response = anna.post(
        reverse("admin:patients_programme_seen", args=[programme.pk]), back, follow=True
    )
    assert "Pain spread into leg or arm during" in words(response)


def test_an_ended_programme_is_not_watched_for_what_was_seen_before(anna, cast, alarm, programme):
    see(anna, programme, f"leg_pain:{alarm.pk}")
    lifecycle.end(programme=programme, by=cast.anna)
    assert not caseload.watched(cast.anna).exists()


def test_the_card_says_all_that_one_press_marks(anna, alarm, programme):
    for place, name in ((0, "saddle"), (1, "weakness")):
        SymptomAnswer.objects.create(
            patient=programme.patient,
            operation=uuid.uuid4(),
            version=alarm.version,
            line=programme.current_version().sheet.lines[place].uuid,
            day=alarm.day,
            symptoms=[name],
            sequence=2 + place,
        )
    page = anna.get(DESK).content.decode()
    part = re.search(r'<div class="sees-all".*?</div>', page, re.S)
    listed = [html.unescape(one) for one in re.findall(r"<li>(.*?)</li>", part[0])]
    titles = [line.title for line in programme.current_version().sheet.lines]
    assert listed == [
        f"red flag during “{titles[0]}”: it feels numb around my anus or genitals",
        f"red flag during “{titles[1]}”: my leg or arm is quickly losing strength",
        f"“{titles[4]}”: the pain spread into my leg or arm",
    ]
    assert part.start() < page.index('name="note"')
    assert re.search(rf'name="note"[^>]*aria-describedby="sees-{programme.pk} holds-', page)


def test_one_reason_is_not_listed_twice(anna, alarm):
    assert "sees-all" not in anna.get(DESK).content.decode()


def test_what_was_done_is_said_where_the_page_comes_back_to(anna, alarm, programme):
    response = see(anna, programme, f"leg_pain:{alarm.pk}", note="")
    assert response.redirect_chain[-1][0].endswith("#worklist")
    for note in ("", "Called."):
        page = see(anna, programme, f"leg_pain:{alarm.pk}", note=note).content.decode()
        said = "Marked as seen: Piet Jansen." if note else "Write in the note what you did"
        assert page.count(said) == 1
        assert page.index('id="worklist"') < page.index(said) < page.index("</section>")


# ---------------------------------------------------------------- a list that stands open

URGENT = reverse("admin:patients_programme_urgent")


def asks(client):
    """What the page has its script ask."""
    page = client.get(DESK).content.decode()
    return html.unescape(re.search(r'data-urgent="([^"]*)"', page)[1])


def report(programme, *symptoms):
    version = programme.current_version()
    return SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        symptoms=symptoms,
        line=version.sheet.lines[0].uuid,
        day=timezone.localdate(),
    )


def test_an_open_list_hears_of_a_report(anna, alarm, programme, django_assert_max_num_queries):
    address = asks(anna)
    assert anna.get(address).json() == {"new": 0}  # what stands there already is not new
    new = report(programme, "saddle")
    with django_assert_max_num_queries(4):  # the session, the person, and one
        found = anna.get(address).json()
    assert found == {"new": 1, "page": f"{DESK}?new={new.pk}#worklist"}
    assert "numb around my anus" in words(anna.get(found["page"]))
    assert anna.get(asks(anna)).json() == {"new": 0}
    report(programme)  # that nothing went wrong
    assert anna.get(asks(anna)).json() == {"new": 0}


def test_of_a_colleagues_patient_it_leads_to_the_whole_practice(client, kim, programme):
    client.force_login(kim)
    address = asks(client)
    new = report(programme, "saddle")
    assert client.get(address).json()["page"] == f"{DESK}?new={new.pk}&whose=practice#worklist"
    assert "Piet" not in client.get(address).content.decode()


def test_nobody_hears_of_another_practice(client, cast, programme):
    client.force_login(cast.bram)
    address = asks(client)
    report(programme, "saddle")
    assert client.get(address).json() == {"new": 0}


def test_what_a_page_asks_by_itself_keeps_nobody_logged_in(anna, programme):
    long_ago = time.time() - 20 * 60
    session = anna.session
    session["seen"] = long_ago
    session.save()
    assert anna.get(f"{URGENT}?since=0").status_code == 200
    assert anna.session["seen"] == long_ago
    anna.get(DESK)
    assert anna.session["seen"] > long_ago


@pytest.mark.parametrize("since", ["", "x", "9" * 40, "-1"])
def test_a_strange_number_is_asked_about(anna, alarm, since):
    assert anna.get(URGENT, {"since": since}).status_code == 200


def test_a_stranger_marks_nothing(client, cast, alarm, programme):
    client.force_login(cast.bram)
    see(client, programme, f"leg_pain:{alarm.pk}")
    assert not SeenMark.objects.exists()
    assert AccessEvent.objects.filter(outcome="denied", patient=cast.piet_patient.uuid).exists()


def test_a_mistake_is_put_back_with_all_that_was_seen_in_it(anna, cast, alarm, programme):
    """Two reasons in one look; both ask for attention again, and the rows tell what happened."""
    day = timezone.localdate() - timedelta(days=24)
    type(programme).objects.filter(pk=programme.pk).update(started_on=day)
    items = [f"leg_pain:{alarm.pk}", f"silent:{day.isoformat()}", "unanswered:21"]
    text = words(see(anna, programme, *items, note="Called."))
    assert text.count("“Called.”") == 1  # one look, told once
    mark = SeenMark.objects.first()
    response = see(anna, programme, put_back=mark.pk)
    assert told(response) == ["Back on the worklist: Piet Jansen."]
    page = response.content.decode()
    assert all(item in page for item in items)
    assert "Called." not in words(response)
    assert SeenMark.objects.exclude(withdrawn_at=None).count() == 3
    assert AccessEvent.objects.filter(action="put back", patient=cast.piet_patient.uuid).exists()
    assert told(see(anna, programme, put_back=mark.pk)) == ["This has already been put back."]


@pytest.mark.parametrize("number", ["", "x", "-1", "99999", "9" * 30, "²"])
def test_a_mark_that_is_not_there(anna, programme, number):
    response = see(anna, programme, put_back=number)
    assert told(response) == ["This has already been put back."]


def test_a_mark_of_another_programme_is_not_put_back(anna, cast, alarm, programme, make_programme):
    see(anna, programme, f"leg_pain:{alarm.pk}")
    other = make_programme(cast.mo_patient)
    see(anna, other, put_back=SeenMark.objects.get().pk)
    assert SeenMark.objects.get().withdrawn_at is None


# ---------------------------------------------------------------- taking over


def take(client, programme, **data):
    address = reverse("admin:patients_programme_take", args=[programme.pk])
    return client.post(address, data, follow=True)


def test_taken_over(client, cast, kim, programme):
    client.force_login(kim)
    response = take(client, programme, whose="practice")
    programme.refresh_from_db()
    assert programme.therapist == kim
    version = programme.current_version()
    assert (version.number, version.sheet.therapist) == (2, "Kim de Boer")
    assert told(response)[0].startswith("Piet Jansen is your patient now.")
    assert response.redirect_chain[0][0] == f"{DESK}?whose=practice#worklist"
    event = AccessEvent.objects.get(action="take over")
    assert (event.actor, event.patient) == (kim.uuid, cast.piet_patient.uuid)


def test_taking_over_keeps_the_words_that_were_given(client, kim, programme):
    text = programme.prescriptions.first().exercise.texts.get(language="nl")
    before = programme.current_version().sheet.lines
    text.caution = "Iets anders."
    text.save()
    client.force_login(kim)
    take(client, programme)
    assert programme.current_version().sheet.lines == before


def test_a_draft_taken_over_stays_a_draft(client, kim, make_programme):
    programme = make_programme(started=False)
    client.force_login(kim)
    assert told(take(client, programme)) == ["Piet Jansen is your patient now."]
    programme.refresh_from_db()
    assert programme.therapist == kim and programme.is_draft


def test_ones_own_patient_is_not_taken_over(anna, programme):
    assert told(take(anna, programme)) == ["This is already your patient."]
    assert programme.versions.count() == 1


def test_an_ended_programme_is_not_taken_over(client, cast, kim, programme):
    lifecycle.end(programme=programme, by=cast.anna)
    client.force_login(kim)
    take(client, programme)
    programme.refresh_from_db()
    assert programme.therapist == cast.anna


def test_a_stranger_takes_nobody_over(client, cast, programme):
    client.force_login(cast.bram)
    take(client, programme)
    programme.refresh_from_db()
    assert programme.therapist == cast.anna
