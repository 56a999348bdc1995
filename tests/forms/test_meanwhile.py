"""Two people, or two tabs, at the small forms: a note, a score, a message, a value.

test_meanwhile_table.py has every form that saves, and which of these checks is its own. Each form
is read from its page and sent as a browser does.
"""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exercises.models import Film, PracticeDosage
from patients.follow_up import judgements
from patients.models import (
    ActivityScore,
    MainActivity,
    Message,
    RiskProfile,
    SeenMark,
    SymptomAnswer,
)
from patients.prescribing import lifecycle
from rugpijn.models import User

from ..exercises.media.uploads import complete
from .page_forms import forms_of
from .tab import Tab, course, opened, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(practice):
    return User.objects.create_user(
        "kim@linde.example", name="Kim de Boer", practice=practice, is_therapist=True
    )


@pytest.fixture
def alarm(programme):
    version = programme.current_version()
    return SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[4].uuid,
        day=timezone.localdate(),
        symptoms=["leg_pain"],
    )


def card(user, programme):
    to = reverse("admin:patients_programme_seen", args=[programme.pk])
    client = Client()
    client.force_login(user)
    tab = Tab.__new__(Tab)
    tab.client, tab.page, tab.to, tab.having = client, reverse("admin:index"), to, {}
    tab.read(client.get(tab.page + "?whose=practice"))
    return tab


# ------------------------------------------------------------ the worklist


def test_the_note_of_the_second_is_kept_too(cast, kim, programme, alarm):
    first, second = card(cast.anna, programme), card(kim, programme)
    first.save(note="Gebeld.")
    said = second.save(note="Naar de SEH gestuurd.")
    assert "Anna de Wit heeft dit om" in said and "al afgevinkt" in said
    assert "Uw notitie is erbij gezet: “Naar de SEH gestuurd.”" in said
    marks = list(SeenMark.objects.values_list("by_name", "note", "occasion"))
    assert marks == [
        ("Anna de Wit", "Gebeld.", str(alarm.pk)),
        ("Kim de Boer", "Naar de SEH gestuurd.", str(alarm.pk)),
    ]
    client = Client()
    client.force_login(cast.anna)
    page = words(client.get(reverse("admin:index")))
    assert "“Naar de SEH gestuurd.” Kim de Boer" in page and "“Gebeld.” Anna de Wit" in page


def test_two_tabs_at_one_card(cast, programme, alarm):
    first, second, third = (card(cast.anna, programme) for _tab in "123")
    first.save(note="Gebeld.")
    assert "in een ander tabblad of venster" in second.save(note="Komt morgen.")
    assert [mark.note for mark in SeenMark.objects.all()] == ["Gebeld.", "Komt morgen."]
    third.save(note="Gebeld.")  # the same words say nothing more
    assert SeenMark.objects.count() == 2


def test_put_back_with_the_note_of_a_colleague(cast, kim, programme, alarm):
    first, second = card(cast.anna, programme), card(kim, programme)
    first.save(note="Gebeld.")
    second.save(note="Naar de SEH gestuurd.")
    judgements.put_back(SeenMark.objects.last())
    assert card(cast.anna, programme).sent["item"] == [f"leg_pain:{alarm.pk}"]


def test_a_note_that_cannot_be_kept_is_given_back(cast, programme, alarm):
    tab = card(cast.anna, programme)
    SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=alarm.version,
        line=alarm.line,
        day=alarm.day,
        symptoms=["leg_pain"],
        sequence=2,
    )
    said = tab.save(note="Gebeld.")
    assert "Uw notitie is niet opgeslagen: “Gebeld.”" in said and not SeenMark.objects.exists()
    lifecycle.end(programme=programme, by=cast.anna)
    assert "Uw notitie is niet opgeslagen: “Gebeld.”" in tab.save(note="Gebeld.")


def test_a_patient_who_was_taken_over_meanwhile(cast, kim, practice, programme, alarm):
    third = User.objects.create_user(
        "jo@linde.example", name="Jo", practice=practice, is_therapist=True
    )
    to = reverse("admin:patients_programme_take", args=[programme.pk])
    early, late = card(kim, programme), card(third, programme)
    for tab in (early, late):
        tab.to, tab.having = to, {}
        tab.read(tab.client.get(tab.page + "?whose=practice"))
    early.save()
    assert "Kim de Boer heeft deze patiënt om" in late.save()
    programme.refresh_from_db()
    assert programme.therapist == kim
    late.read(late.client.get(late.page + "?whose=practice"))
    late.save()
    programme.refresh_from_db()
    assert programme.therapist == third


def test_two_different_activities_are_both_kept(cast, kim, programme):
    early, late = (course(user, programme, "activities") for user in (cast.anna, kim))
    early.save(name_1="Wandelen", score_1=5)
    assert "Anna de Wit heeft dit om" in late.save(name_1="Fietsen", score_1=7) and late.saved
    assert list(MainActivity.objects.values_list("position", "name")) == [
        (1, "Wandelen"),
        (2, "Fietsen"),
    ]
    assert list(ActivityScore.objects.order_by("activity").values_list("score", flat=True)) == [
        5,
        7,
    ]


def test_another_score_of_one_activity_is_asked_about(cast, kim, programme):
    course(cast.anna, programme, "activities").save(name_1="Wandelen")
    early, late = (course(user, programme, "activities") for user in (cast.anna, kim))
    early.save(score_1=5)
    said = late.save(score_1=8)
    assert not late.saved and "Uw wijzigingen zijn nog niet opgeslagen" in said
    assert late.sent["score_1"] == ["8"] and ActivityScore.objects.get().score == 5
    late.save()
    assert late.saved and ActivityScore.objects.get().score == 8


@pytest.mark.parametrize(
    ("what", "one", "other"),
    [
        ("profile", {"profile": "low"}, {"profile": "high"}),
        ("start_back", {"total": 3, "part": 1}, {"total": 8, "part": 4}),
    ],
)
def test_another_judgement_is_asked_about(cast, kim, programme, what, one, other):
    def written():
        return RiskProfile.objects.count() + programme.start_back_scores.count()

    early, late = (course(user, programme, what) for user in (cast.anna, kim))
    early.save(**one)
    said = late.save(**other)
    assert not late.saved and "Anna de Wit noteerde om" in said and written() == 1
    late.save()
    assert late.saved and written() == 2


def test_another_rating_of_one_exercise_is_asked_about(cast, kim, programme):
    first, second = (line.uuid for line in programme.current_version().sheet.lines[:2])
    early, late, apart = (course(user, programme, "quality") for user in (cast.anna, kim, kim))
    early.save(**{first: "good"})
    assert "Anna de Wit noteerde om" in late.save(**{first: "poor"}) and not late.saved
    apart.save(**{second: "poor"})  # another exercise
    assert apart.saved and programme.quality_ratings.count() == 2


def test_the_risk_on_an_old_page_of_a_draft_undoes_no_judgement(cast, kim, make_programme):
    draft = make_programme(started=False)
    early, late = (opened(user, draft) for user in (kim, kim))
    course(cast.anna, draft, "profile").save(profile="high")
    said = early.save(profile="low")
    assert not early.saved and "hoog risico" in said and draft.risk_profiles.count() == 1
    late.save(title="Rug")
    assert late.saved and draft.risk_profiles.last().profile == "high"


# ------------------------------------------------------------ one value


def test_the_dosage_of_the_practice(cast, own_exercise):
    early, late = (Tab(cast.anna, "admin:exercises_exercise_ours", own_exercise.pk) for _ in "12")
    early.save(dosage="2x8")
    said = late.save(dosage="3x12")
    assert not late.saved and "U heeft dit om" in said and "in een ander tabblad" in said
    assert PracticeDosage.objects.get().dosage.reps == 8
    late.save()
    assert late.saved and PracticeDosage.objects.get().dosage.reps == 12


def test_ones_own_settings(cast):
    early, late, same = (Tab(cast.piet, "patients:my_data") for _tab in "123")
    larger = [field.value for field in early.form.fields if field.name == "text_size"]
    early.save(text_size=larger[-1])
    late.save(language="en")
    cast.piet.refresh_from_db()
    assert (cast.piet.text_size, cast.piet.language) == (larger[-1], "en")
    assert "another tab or window" in same.save(text_size=larger[1]) and not same.saved
    same.save()
    cast.piet.refresh_from_db()
    assert cast.piet.text_size == larger[1]


def test_weeks_are_added_once(cast, kim, programme):
    early, late = (
        Tab(user, "admin:patients_programme_renew", programme.pk) for user in (cast.anna, kim)
    )
    early.save(weeks=6)
    programme.refresh_from_db()
    until = programme.planned_until
    assert "Anna de Wit heeft dit om" in late.save(weeks=6) and not late.saved
    programme.refresh_from_db()
    assert programme.planned_until == until
    late.save()
    programme.refresh_from_db()
    assert programme.planned_until == until + timedelta(weeks=6)


def test_a_film_that_was_replaced_is_not_removed(cast, own_exercise):
    complete(own_exercise)
    tab = Tab(cast.anna, "admin:exercises_exercise_film", own_exercise.pk)
    Film.objects.update(seconds=99, changed_at=timezone.now())
    said = tab.save(remove=1)
    assert Film.objects.exists() and "terwijl u het open had" in said


# ------------------------------------------------------------ messages


@pytest.fixture
def asked(cast, programme):
    return Message.objects.create(
        programme=programme,
        patient=programme.patient,
        operation=uuid.uuid4(),
        by_patient=True,
        text="Mag ik fietsen?",
        by=cast.piet,
        by_name="Piet Jansen",
    )


def test_the_second_to_answer_is_told_first(cast, kim, programme, asked):
    def tab(user):
        found = Tab.__new__(Tab)
        found.client, found.having = Client(), {}
        found.page = found.to = reverse("admin:patients_programme_messages", args=[programme.pk])
        found.client.force_login(user)
        found.read(found.client.get(found.page))
        return found

    early, late = tab(cast.anna), tab(kim)
    early.save(text="Ja, rustig aan.")
    said = late.save(text="Nee, nog niet.")
    assert not late.saved and "Anna de Wit" in said and "“Ja, rustig aan.”" in said
    assert "Uw antwoord is nog niet verstuurd" in said and late.sent["text"] == ["Nee, nog niet."]
    assert programme.messages.count() == 2
    late.save()
    assert late.saved and programme.messages.count() == 3


def test_what_was_sent_is_not_sent_twice(cast, programme):
    for text, count in (("Het gaat goed.", 1), ("Het gaat goed.", 1), ("Nog iets.", 2)):
        tab = Tab(cast.piet, "patients:messages", programme.uuid)
        said = tab.save(text=text)  # a page that was asked for anew has another number
        assert programme.messages.count() == count
    assert "nog een keer" not in said
    assert tab.form.named("text").attributes["data-sent"] == "Het gaat goed."


def test_a_message_that_came_in_is_not_seen_unread(cast, programme, asked):
    to = reverse("admin:patients_programme_messages", args=[programme.pk])
    client = Client()
    client.force_login(cast.anna)
    form = next(
        form
        for form in forms_of(client.get(to))
        if any(each.name == "seen" for each in form.fields)
    )
    Message.objects.create(
        programme=programme,
        patient=programme.patient,
        operation=uuid.uuid4(),
        by_patient=True,
        text="En zwemmen?",
        by=cast.piet,
        by_name="Piet Jansen",
    )
    said = words(client.post(to, form.pressed(), follow=True))
    assert "Er is intussen een nieuw bericht gekomen" in said and not SeenMark.objects.exists()
