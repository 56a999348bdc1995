"""One table has the parts of a line: what is frozen, compared and corrected follows from it."""

from dataclasses import fields

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from exercises.media.films import Clip
from exercises.models import Film
from patients.admin import programme as programme_admin
from patients.follow_up import caseload, worklist
from patients.line import LIBRARY, PARTS, Line
from patients.sheet import Sheet
from patients.sheet_changes import PART_LABELS as NAMES
from patients.sheet_changes import changes

from .prescribing.posting import as_posted, change

pytestmark = pytest.mark.django_db
# Numbers and settings of the program: nobody compares them by name.
INSIDE = set("uuid exercise dosage period own_steps library_steps other_figure".split())
TEXTS = tuple(
    """
    title purpose start_position steps caution harder_when easier_when equipment
    """.split()
)


def corrected(exercise, name):
    """The library says this part otherwise."""
    if name in TEXTS:
        exercise.texts.filter(language="nl").update(**{name: "Anders gezegd."})
    elif name == "figure":
        figure = exercise.figure
        figure.data["strip"][0]["caption"]["nl"] = "Anders gezegd."
        figure.save()
    elif name == "film":
        Film.objects.create(
            exercise=exercise,
            texts={"title": {"nl": "Film"}, "alternative": {"nl": "Iemand."}},
            digest="a" * 64,
            media_type="video/mp4",
            size=1,
            width=16,
            height=9,
            seconds=2,
        )
    else:
        value = {"online_number": 99}.get(name, "https://video.example/anders")
        setattr(exercise, name, value)
        exercise.save()


def test_every_field_is_a_part_with_a_name_or_known_to_be_none():
    assert {one.name for one in fields(Line)} == {*PARTS, *INSIDE}
    with translation.override("nl"):
        assert all(str(part.label) for part in PARTS.values())
    assert set(PARTS) <= set(NAMES)


def test_every_difference_has_a_name(programme):
    """Of a line, a block, and the sheet itself."""
    assert {"title", "body", "figure", "line", "advice", "order", "symptoms"} <= set(NAMES)
    assert {"therapist", "language"} <= set(NAMES)


@pytest.mark.parametrize("name", LIBRARY)
def test_a_corrected_part_reaches_programme_and_worklist(programme, cast, name):
    """Whatever was corrected: the therapist reads it, and chooses."""
    line = programme.prescriptions.first()
    given = programme.current_version().sheet
    corrected(line.exercise, name)
    now = Sheet.of(programme)
    (found,) = changes(now.with_library_of(given), now)
    assert found.part == name
    assert getattr(Sheet.of(programme, library_as_in=given).lines[0], name) == (
        getattr(given.lines[0], name)
    )
    (case,) = caseload.cases(caseload.running(cast.anna), timezone.localdate())
    assert [one.title for one in case.corrected] == [given.lines[0].title]
    assert "library" in {item.reason for item in worklist.items(case)}


def test_a_drawing_that_is_drawn_better_is_offered_and_not_pushed(programme, cast):
    figure = programme.prescriptions.first().exercise.figure
    figure.data["strip"][0]["poses"] = "anders"
    figure.save()
    given = programme.current_version().sheet
    now = Sheet.of(programme)
    assert [one.part for one in changes(now.with_library_of(given), now)] == ["figure"]
    (case,) = caseload.cases(caseload.running(cast.anna), timezone.localdate())
    assert case.corrected == ()


def test_a_film_of_today_is_a_clip_like_the_stored_one(programme, cast):
    """Frozen and read again it is no correction."""
    corrected(programme.prescriptions.first().exercise, "film")
    from patients.prescribing import authoring

    version = authoring.issue(programme=programme, by=cast.anna)
    assert isinstance(version.sheet.lines[0].film, Clip)
    (case,) = caseload.cases(caseload.running(cast.anna), timezone.localdate())
    assert case.corrected == ()


class TestOnce:
    @pytest.fixture
    def compared(self, monkeypatch):
        made = []
        found = programme_admin._changes_of_library
        monkeypatch.setattr(
            programme_admin, "_changes_of_library", lambda one: made.append(one) or found(one)
        )
        return made

    @pytest.fixture
    def anna(self, client, cast, programme):
        corrected(programme.prescriptions.first().exercise, "caution")
        client.force_login(cast.anna)
        return client

    def test_the_programme_page_compares_with_the_library_once(self, anna, programme, compared):
        page = anna.get(change(programme))
        assert page.context["library_changes"] and len(compared) == 1
        compared.clear()
        data = {**as_posted(page), "prescriptions-0-note": "Rustig", "library": "take"}
        assert anna.post(change(programme), data).status_code == 302
        assert len(compared) == 1

    def test_the_worklist_reads_the_library_once(
        self, anna, make_programme, cast, django_assert_max_num_queries
    ):
        make_programme(cast.mo_patient)
        with django_assert_max_num_queries(60) as captured:
            assert anna.get(reverse("admin:index")).status_code == 200
        library = [
            q for q in captured.captured_queries if 'FROM "exercises_exercisetext"' in q["sql"]
        ]
        assert len(library) == 1
