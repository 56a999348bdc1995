"""What a therapist judges and measures at a visit, and the time line that shows it."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from patients import clinical
from patients.follow_up import judgements, progress, record_note, timeline
from patients.models import ActivityScore, QualityRating, StartBackScore
from patients.patient_day import recording
from patients.prescribing import authoring
from rugpijn.audit import AccessEvent

from ...reading import words
from ..prescribing.posting import as_posted, change

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


def address(programme, name="course"):
    return reverse(f"admin:patients_programme_{name}", args=[programme.pk])


def post(client, programme, what, **data):
    return client.post(address(programme), {"what": what, **data}, follow=True)


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


class TestActivities:
    def test_three_with_the_scores_of_today(self, anna, programme):
        response = post(
            anna,
            programme,
            "activities",
            name_1="Naar de winkel lopen",
            score_1="8",
            name_2="Tuinieren",
            score_2="0",
            name_3="",
            score_3="",
        )
        assert told(response) == ["De activiteiten zijn genoteerd."]
        scores = ActivityScore.objects.values_list("activity__name", "day", "score")
        today = timezone.localdate()
        assert set(scores) == {("Naar de winkel lopen", today, 8), ("Tuinieren", today, 0)}
        assert AccessEvent.objects.filter(action="note main activities").count() == 1

    def test_a_second_score_on_one_day_is_a_correction(self, anna, programme):
        for score in ("8", "7"):
            post(anna, programme, "activities", name_1="Tuinieren", score_1=score)
        assert [row.score for row in ActivityScore.objects.all()] == [7]

    def test_what_was_measured_is_not_thrown_away(self, anna, programme):
        post(anna, programme, "activities", name_1="Tuinieren", score_1="7", name_2="Lopen")
        response = post(anna, programme, "activities", name_1="", name_2="")
        assert "heeft al scores" in told(response)[0]
        names = [activity.name for activity in programme.main_activities.all()]
        assert names == ["Tuinieren", "Lopen"]  # all of a form, or nothing
        post(anna, programme, "activities", name_1="Tuinieren", name_2="")
        assert programme.main_activities.count() == 1

    def test_scores_are_not_given_to_another_activity(self, anna, programme):
        day = timezone.localdate() - timedelta(days=7)
        judgements.measure_activities(programme=programme, scored=[("Tuinieren", 7)], on=day)
        response = post(anna, programme, "activities", name_1="Autorijden", score_1="2")
        assert "“Tuinieren” heeft al scores" in told(response)[0]
        assert programme.main_activities.get().name == "Tuinieren"
        assert [row.score for row in ActivityScore.objects.all()] == [7]

    def test_a_slip_of_today_is_mended(self, anna, programme):
        for name in ("Tuiniern", "Tuinieren"):
            post(anna, programme, "activities", name_1=name, score_1="7")
        assert programme.main_activities.get().name == "Tuinieren"

    @pytest.mark.parametrize("score", ["11", "-1", "3.5", "veel", "５5"])
    def test_a_score_that_is_none_is_said_at_its_field(self, anna, programme, score):
        page = post(anna, programme, "activities", name_1="Tuinieren", score_1=score)
        assert page.context["forms"]["activities"].errors["score_1"]
        assert "Tuinieren" in page.content.decode()
        assert not ActivityScore.objects.exists()

    def test_a_score_without_its_activity(self, anna, programme):
        page = post(anna, programme, "activities", score_1="4")
        assert page.context["forms"]["activities"].errors["name_1"]

    @pytest.mark.parametrize(
        ("first", "last", "word"),
        [(8, 6, "better"), (8, 7, "same"), (5, 7, "worse"), (0, 0, "same")],
    )
    def test_in_words(self, first, last, word):
        assert clinical.activity_change(first, last) == word


class TestRisk:
    def test_it_is_chosen_when_the_programme_starts(self, anna, cast, make_programme):
        draft = make_programme(started=False)
        data = as_posted(anna.get(change(draft)))
        anna.post(
            change(draft), data | {"profile": "high", "red_flags_checked": "on", "_start": ""}
        )
        draft.refresh_from_db()
        assert draft.is_running
        profile = draft.risk_profiles.get()
        assert (profile.profile, profile.chosen_name) == ("high", "Anna de Wit")

    def test_it_may_stay_open(self, anna, make_programme):
        draft = make_programme(started=False)
        data = as_posted(anna.get(change(draft)))
        anna.post(change(draft), data | {"profile": "", "red_flags_checked": "on", "_start": ""})
        assert not draft.risk_profiles.exists()

    @pytest.mark.parametrize(
        ("total", "part", "profile"),
        [
            (0, 0, "low"),
            (3, 3, "low"),
            (4, 3, "medium"),
            (9, 3, "medium"),
            (4, 4, "high"),
            (9, 5, "high"),
        ],
    )
    def test_what_a_start_back_score_suggests(self, total, part, profile):
        assert clinical.start_back_suggests(total, part) == profile

    def test_a_score_supports_and_decides_nothing(self, anna, programme):
        response = post(anna, programme, "start_back", total="6", part="4")
        assert told(response) == ["Genoteerd. De score wijst op: hoog risico. U beslist."]
        assert not programme.risk_profiles.exists()
        assert "STarT Back: 6 in totaal, 4 op vraag 5 tot en met 9." in words(
            response.content.decode()
        )

    def test_a_part_that_is_more_than_the_whole(self, anna, programme):
        page = post(anna, programme, "start_back", total="2", part="4")
        assert page.context["forms"]["start_back"].errors["part"]
        with pytest.raises(IntegrityError), transaction.atomic():
            StartBackScore.objects.create(programme=programme, total=2, part=4, noted_name="x")


class TestQuality:
    @pytest.fixture
    def rated(self, programme, cast):
        lines = programme.current_version().sheet.lines
        judgements.rate_quality(
            programme=programme,
            lines=lines,
            by=cast.anna,
            ratings={line.uuid: "good" for line in lines},
        )
        return programme

    def test_what_was_seen_is_written_down_and_the_newest_holds(self, anna, cast, programme):
        line = programme.current_version().sheet.lines[0].uuid
        for quality in ("poor", "excellent"):
            response = post(anna, programme, "quality", **{line: quality})
        assert "De kwaliteit is genoteerd." in told(response)[0]
        assert QualityRating.objects.count() == 2
        assert judgements.newest_ratings(programme)[line].quality == "excellent"
        assert QualityRating.objects.first().rated_name == "Anna de Wit"

    def test_nothing_rated_is_said(self, anna, programme):
        page = post(anna, programme, "quality")
        assert page.context["forms"]["quality"].non_field_errors()

    def test_exas_is_there_when_every_exercise_was_rated(self, anna, cast, rated):
        version = rated.current_version()
        rated.started_on = timezone.localdate() - timedelta(days=3)
        rated.save()
        for line in version.sheet.lines:
            recording.log_session(
                patient=rated.patient,
                version=version,
                operation=line.uuid,
                line=line.uuid,
                day=timezone.localdate() - timedelta(days=1),
                moment=1,
                done=True,
            )
        page = words(anna.get(address(rated, "days")).content.decode())
        # One of four moments of two whole days: a quarter, times 0.8.
        assert "EXAS 20 van 100" in page
        QualityRating.objects.last().delete()
        page = words(anna.get(address(rated, "days")).content.decode())
        assert "EXAS 20" not in page and "Gedaan van wat is afgesproken." in page

    def test_a_line_that_was_taken_off_is_not_asked_for(self, rated, cast):
        rated.prescriptions.last().delete()
        authoring.issue(programme=rated, by=cast.anna)
        read = progress.read(rated, timezone.localdate())
        ratings = judgements.newest_ratings(rated)
        assert len(read.sheet.lines) == 5
        assert read.exas({uuid: rating.quality for uuid, rating in ratings.items()}) is None


class TestWhy:
    def test_colleagues_read_it_and_the_patient_does_not(self, anna, cast, client, programme):
        data = as_posted(anna.get(change(programme)))
        reason = "Rustiger aan na een zware week"
        anna.post(change(programme), data | {"title": "Rug", "reason": reason})
        version = programme.current_version()
        assert version.reason == reason
        versions = reverse("admin:patients_programme_versions", args=[programme.pk])
        assert f"Waarom: {reason}" in words(anna.get(versions).content.decode())
        compared = anna.get(versions, {"from": 1, "to": 2}).content.decode()
        assert compared.count(reason) == 2
        assert reason not in str(version.content)
        client.force_login(cast.piet)
        assert reason not in client.get("/").content.decode()

    def test_a_reason_alone_is_no_version(self, anna, programme):
        data = as_posted(anna.get(change(programme)))
        anna.post(change(programme), data | {"reason": "Zomaar"})
        assert programme.versions.count() == 1


class TestTimeline:
    def test_all_that_happened_the_newest_first(self, programme, cast):
        today = timezone.localdate()
        programme.started_on = today - timedelta(days=21)
        programme.save()
        judgements.measure_activities(
            programme=programme, scored=[("Tuinieren", 0)], on=today - timedelta(days=3)
        )
        judgements.note_recovery(programme=programme, day=21, answer="same", pain=0, by=cast.anna)
        judgements.choose_profile(programme=programme, profile="low", by=cast.anna)
        judgements.mark_seen(
            programme=programme,
            reasons=[("same", "21"), ("silent", "x")],
            note="Gebeld",
            by=cast.anna,
        )
        found = timeline.events(programme, today - timedelta(days=30), today)
        assert [event.day for event in found] == sorted((e.day for e in found), reverse=True)
        assert {event.words for event in found} == {
            "Versie 1 is meegegeven.",
            "Dagelijkse dingen op dag 21: hetzelfde, pijn 0.",
            "Risicoprofiel: laag risico.",
            "Gezien: geen verbetering, niets afgevinkt. Gebeld",
            "Activiteiten, 0 tot 10: Tuinieren 0.",
        }
        some = timeline.events(programme, today - timedelta(days=9), today - timedelta(days=1))
        assert [event.words for event in some] == ["Activiteiten, 0 tot 10: Tuinieren 0."]

    def test_what_was_taken_back_is_told_with_that(self, programme, cast):
        version, line = programme.current_version(), programme.prescriptions.first().uuid
        report = uuid.uuid4()
        for symptoms, retracts in ((["leg_pain"], None), ([], report)):
            recording.answer_symptoms(
                patient=programme.patient,
                version=version,
                line=line,
                symptoms=symptoms,
                operation=report if symptoms else uuid.uuid4(),
                day=programme.started_on,
                retracts=retracts,
            )
            told = [
                e.words
                for e in timeline.events(programme, programme.started_on, programme.started_on)
            ]
            reported = (
                "Gemeld bij “Hol en bol maken op handen en knieën”: "
                "de pijn straalde uit naar mijn been of arm."
            )
            back = " De patiënt zei op " + date_format(programme.started_on, "j F")
            back += " dat het een vergissing was."
            assert (reported if symptoms else reported + back) in told
        read = progress.read(programme, timezone.localdate())
        note = record_note.text(
            read, timezone.localdate(), events=timeline.events(programme, read.first, read.last)
        )
        assert reported + back in note

    def test_the_note_for_the_record_has_it(self, programme, cast):
        judgements.measure_activities(
            programme=programme, scored=[("Tuinieren", 7)], on=programme.started_on
        )
        read = progress.read(programme, timezone.localdate())
        with translation.override("nl"):
            note = record_note.text(
                read,
                timezone.localdate(),
                exas=0,
                activities=programme.main_activities.all(),
                events=timeline.events(programme, read.first, read.last),
            )
        assert "EXAS: 0 van 100" in note
        assert "- Tuinieren: 7 (" in note
        assert "Versie 1 is meegegeven." in note
        assert "Piet" not in note
