"""The therapist's first page: what stands on it, for whom, and what its buttons do."""

import html
import re
import time
import uuid
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from patients.follow_up import caseload
from patients.follow_up.daily_totals import DayTotal
from patients.models import Patient, SeenMark, SessionLog, SymptomAnswer
from patients.prescribing import authoring, lifecycle
from patients.templatetags import desk as charts
from rugpijn.audit import AccessEvent
from rugpijn.models import User
from tests.forms.page_forms import forms_of

pytestmark = pytest.mark.django_db
DESK = reverse("admin:index")


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


@pytest.fixture
def alarm(programme):
    """Piet reported that the pain went into his leg."""
    version = programme.current_version()
    return SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[4].uuid,
        day=timezone.localdate(),
        symptoms=["leg_pain"],
    )


def words(response) -> str:
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(text).split())


def see(client, programme, *items, note="Called.", **more):
    address = reverse("admin:patients_programme_seen", args=[programme.pk])
    return client.post(address, {"item": items, "note": note, **more}, follow=True)


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


# ---------------------------------------------------------------- what stands there


def test_a_therapist_begins_with_the_worklist(anna, alarm):
    text = words(anna.get(DESK))
    assert "Who needs attention" in text
    assert "Pain spread into leg or arm during" in text
    assert text.index("Piet Jansen") < text.index("My patients", text.index("Piet Jansen"))


def test_with_the_action_beside_it(anna, alarm, programme):
    programme.patient.phone = "06 - 12 34 56 78"
    programme.patient.save()
    page = anna.get(DESK).content.decode()
    assert 'href="tel:+31612345678"' in page
    assert reverse("admin:patients_programme_change", args=[programme.pk]) in page
    assert reverse("admin:patients_programme_seen", args=[programme.pk]) in page
    assert "Take over" not in page  # she treats him


def test_without_a_phone_number_nothing_to_call(anna, alarm):
    response = anna.get(DESK)
    assert "no phone number" in words(response)
    assert "tel:" not in response.content.decode()


def test_nobody_needs_attention(anna, programme):
    assert "Nobody needs attention now." in words(anna.get(DESK))


def test_nobody_is_here_yet(anna):
    text = words(anna.get(DESK))
    assert "There are no patients yet. Add one" in text
    assert "My patients" not in text.partition("Who needs")[2]


def test_a_draft_stands_among_the_patients(anna, make_programme):
    make_programme(started=False)
    text = words(anna.get(DESK))
    assert "Piet Jansen" in text and "draft, not given yet" in text


def test_who_works_from_paper(anna, programme):
    Patient.objects.filter(pk=programme.patient_id).update(user=None)
    assert "Exercises from paper: ask for the diary." in words(anna.get(DESK))


def test_how_it_goes_with_a_patient(anna, make_programme, cast):
    today = timezone.localdate()
    programme = make_programme(on=today - timedelta(days=3))
    version = programme.current_version()
    for days_ago, pain in ((3, 0), (1, 2)):
        SessionLog.objects.create(
            patient=programme.patient,
            operation=uuid.uuid4(),
            version=version,
            moment=1,
            line=version.sheet.lines[0].uuid,
            day=today - timedelta(days=days_ago),
            done=True,
            pain=pain,
            performed_at=timezone.now(),
        )
    text = words(anna.get(DESK))
    assert "day 4" in text
    assert "pain 0 at the start, now 2: more" in text
    assert re.search(r"2 of \d+ done in 3 days", text)


def test_the_charts_carry_no_style_of_their_own(anna, programme):
    page = anna.get(DESK).content.decode()
    assert " style=" not in page and "<style" not in page


def test_two_pages_of_patients(anna, cast, make_programme):
    for number in range(31):
        patient = Patient.objects.create(
            name=f"Patient {number:02}",
            birth_date="1970-01-01",
            practice=cast.anna.practice,
            created_by=cast.anna,
        )
        authoring.draft(patient=patient, by=cast.anna)
    assert "Patient 30" not in words(anna.get(DESK))
    assert "Patient 30" in words(anna.get(DESK, {"page": 2}))
    for odd in ("0", "-1", "99", "x", ""):
        assert anna.get(DESK, {"page": odd}).status_code == 200


def test_search_finds_in_the_practice_only(anna, programme, cast):
    found = reverse("admin:patients_patient_changelist")
    assert f'action="{found}"' in anna.get(DESK).content.decode()
    for asked in ("piet", "12-3-1958"):
        assert "Piet Jansen" in words(anna.get(found, {"q": asked}))
    for asked in ("Roos", "14-9-2002"):
        assert "Roos Mulder" not in words(anna.get(found, {"q": asked}))


# ---------------------------------------------------------------- for whom


@pytest.mark.parametrize("who", ["els", "root"])
def test_who_treats_nobody_keeps_the_office(client, cast, alarm, who):
    client.force_login(getattr(cast, who))
    page = client.get(DESK, {"whose": "practice"})
    assert page.status_code == 200
    assert "Piet" not in page.content.decode()
    assert "worklist" not in page.content.decode()


def test_another_practice(client, cast, alarm):
    client.force_login(cast.bram)
    assert "Piet" not in client.get(DESK, {"whose": "practice"}).content.decode()


def test_another_practices_drafts(client, cast, make_programme):
    make_programme(started=False)
    client.force_login(cast.bram)
    assert "Piet" not in client.get(DESK, {"whose": "practice"}).content.decode()


def test_a_colleagues_patients_when_asked(client, kim, alarm):
    client.force_login(kim)
    assert "Piet" not in client.get(DESK).content.decode()
    text = words(client.get(DESK, {"whose": "practice"}))
    assert "Piet Jansen" in text and "Anna de Wit" in text and "Take over" in text


def test_a_colleague_may_be_away(client, cast, kim, alarm, programme):
    """How many, and no name: whoever looks further is logged."""
    client.force_login(kim)
    told_so = "1 patient of a colleague is urgent and needs attention today."
    page = client.get(DESK)
    assert told_so in words(page) and "Piet" not in page.content.decode()
    see(client, programme, f"leg_pain:{alarm.pk}")
    assert told_so not in words(client.get(DESK))


@pytest.mark.parametrize(
    ("answer", "urgent"), [("worse", True), ("same", False), ("better", False)]
)
def test_what_is_urgent_at_a_colleagues(client, kim, make_programme, answer, urgent):
    programme = make_programme(on=timezone.localdate() - timedelta(days=21))
    programme.recovery_checks.create(day=21, answer=answer)
    client.force_login(kim)
    assert ("needs attention today" in words(client.get(DESK))) is urgent


def test_another_practice_is_not_told_of_alarms(client, cast, alarm):
    for who in (cast.bram, cast.anna):  # nor is she told twice of her own
        client.force_login(who)
        assert "attention today" not in words(client.get(DESK))


def test_everybody_who_was_shown_is_in_the_access_log_once(anna, cast, alarm, make_programme):
    make_programme(cast.mo_patient, started=False)
    anna.get(DESK)
    rows = AccessEvent.objects.filter(action="list", actor=cast.anna.uuid)
    assert sorted(row.patient for row in rows) == sorted(
        [cast.piet_patient.uuid, cast.mo_patient.uuid]
    )


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


# ---------------------------------------------------------------- the drawing and its words


def day(given, done, pain=None):
    return DayTotal(timezone.localdate(), given, done, pain)


def test_a_bar_in_a_bar():
    svg = charts.done_chart([day(4, 4), day(4, 0), day(0, 0)])
    assert svg.count('class="given"') == 2  # a day that asked for nothing has no bar
    assert 'aria-hidden="true"' in svg
    assert charts.done_chart([day(0, 0)]) == charts.done_chart([]) == ""


def test_no_line_over_a_day_without_an_answer():
    svg = charts.pain_chart([day(1, 1, 3), day(1, 1, 4), day(1, 1), day(1, 1, 0)])
    assert svg.count("<circle") == 3
    assert svg.count("<line") == 2  # the floor, and one that joins the first two
    assert charts.pain_chart([day(1, 1)]) == ""


def test_zero_pain_is_drawn_and_told(cast):
    assert charts.pain_chart([day(1, 1, 0)]).count("<circle") == 1
    assert "0" in charts.pain_words([day(1, 1, 0)], 0)


# ---------------------------------------------------------------- the cost


def test_as_many_queries_for_three_patients_as_for_twelve(anna, cast, make_programme):
    def fill(count):
        for number in range(count):
            patient = Patient.objects.create(
                name=f"P {number}",
                birth_date="1970-01-01",
                practice=cast.anna.practice,
                user=cast.piet,
                created_by=cast.anna,
            )
            programme = make_programme(patient, on=timezone.localdate() - timedelta(days=24))
            version = programme.current_version()
            SymptomAnswer.objects.create(
                patient=patient,
                operation=uuid.uuid4(),
                version=version,
                line=version.sheet.lines[4].uuid,
                day=programme.started_on,
                symptoms=["leg_pain"],
            )

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert anna.get(DESK).status_code == 200
        return len(queries)

    fill(3)
    anna.get(DESK)
    few = cost()
    fill(9)
    assert cost() == few


def test_who_cannot_be_called_is_said_beforehand_and_on_the_list(anna, alarm):
    piet = alarm.patient
    assert "no phone number" in words(anna.get(DESK))
    page = reverse("admin:patients_patient_change", args=[piet.pk])
    assert f'href="{page}#id_phone"' in anna.get(DESK).content.decode()
    form = next(each for each in forms_of(anna.get(page)) if "phone" in each.data())
    saved = anna.post(page, form.data(), follow=True)
    assert "Piet Jansen has no phone number." in words(saved)
    saved = anna.post(page, form.data() | {"phone": "06 12345678"}, follow=True)
    assert "no phone number" not in words(saved).lower()
    assert 'href="tel:' in anna.get(DESK).content.decode()
