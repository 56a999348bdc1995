"""Left, right or both: asked before somebody gets it, and shown the same everywhere after that."""

import re

import pytest
from django.urls import reverse

from exercises.dosage import Dosage
from exercises.figures.data import SIDE_PATTERN, keys, load
from exercises.models import Exercise, Figure, Protocol
from exercises.pictures import Picture
from patients import writes
from patients.models import Prescription
from patients.paper import handout
from patients.prescribing import authoring, sides
from patients.sheet import Line

from ..paper.papers import letterhead
from .posting import as_posted, change, row

pytestmark = pytest.mark.django_db
QUESTION = "Kies links, rechts of beide"


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def knee(make_programme):
    """A draft of the knee protocol, with two lines that leave the side open."""
    draft = make_programme(started=False, protocol=Protocol.objects.get(key="knie"))
    straighten = Exercise.objects.get(key="knie-strekken-zittend")
    draft.second = authoring.prescribe(programme=draft, exercise=straighten)
    return draft


def open_lines(programme):
    return programme.prescriptions.filter(side_open=True)


def post(anna, programme, follow=True, **changes):
    data = as_posted(anna.get(change(programme)))
    return anna.post(change(programme), data | {"_save": "1"} | changes, follow=follow)


def start(anna, programme, **changes):
    data = as_posted(anna.get(change(programme)))
    data |= {"_start": "1", "red_flags_checked": "on"} | changes
    return anna.post(change(programme), data, follow=False)


def prefix(anna, programme, line):
    """How the fields of this row begin."""
    return row(as_posted(anna.get(change(programme))), line)


def test_a_suggestion_for_one_side_is_a_question(knee):
    assert open_lines(knee).count() == 2
    assert {line.side for line in open_lines(knee)} == {""}
    assert not knee.prescriptions.filter(side__in=["left", "right"]).exists()
    stretch = knee.prescriptions.get(exercise__key="kuit-rekken")
    assert (stretch.side, stretch.side_open) == ("each", False), "both is nobody's guess"


def test_the_draft_is_saved_without_an_answer_and_not_started(anna, knee):
    assert "concept is bewaard" in post(anna, knee, title="Knie").content.decode().lower()
    assert open_lines(knee).count() == 2
    refused = start(anna, knee)
    assert refused.status_code == 200 and refused.content.decode().count(QUESTION) == 2
    knee.refresh_from_db()
    assert knee.is_draft
    with pytest.raises(writes.RefusedError, match="Knie strekken op een stoel"):
        authoring.start(programme=knee, by=knee.therapist)


@pytest.mark.parametrize("side", ["left", "right", "each"])
def test_one_answer_serves_all_rows(anna, knee, side):
    page = anna.get(change(knee)).content.decode()
    assert "2 oefeningen laten het open" in page
    start(anna, knee, every_side=side)
    knee.refresh_from_db()
    assert knee.is_running and not open_lines(knee).exists()
    straighten = knee.prescriptions.filter(exercise__key="knie-strekken-zittend")
    assert set(straighten.values_list("side", flat=True)) == {side}
    assert knee.prescriptions.get(exercise__key="beenpers").side == "", "it has no side"


def test_a_row_has_its_own_answer_or_words(anna, knee):
    first, second = open_lines(knee)
    one, other = prefix(anna, knee, first), prefix(anna, knee, second)
    post(anna, knee, **{f"{one}-side": "right", f"{other}-dosage": "2x per dag 2x10x links"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.dosage.notation, first.side_open) == ("1x per dag 3x10x rechts", False)
    assert (second.dosage.notation, second.side_open) == ("2x per dag 2x10x links", False)


def test_another_dosage_without_a_side_is_no_answer(anna, knee):
    """Also not with the buttons that set how often a day for all rows at once."""
    line = open_lines(knee).first()
    post(anna, knee, **{f"{prefix(anna, knee, line)}-dosage": "2x per dag 3x12x"})
    line.refresh_from_db()
    assert (line.reps, line.side_open) == (12, True)


def test_two_answers_that_differ_are_asked_about(anna, knee):
    line = open_lines(knee).first()
    at = prefix(anna, knee, line)
    answer = post(anna, knee, **{f"{at}-side": "left", f"{at}-dosage": "3x10 rechts"})
    assert "Welke is goed?" in answer.content.decode()
    line.refresh_from_db()
    assert line.side_open and line.reps == 10


def test_a_new_row_asks_as_well(anna, knee):
    straighten = Exercise.objects.get(key="knie-strekken-zittend")
    found = anna.get(reverse("admin:patients_programme_exercises"), {"term": "strekken"}).json()
    told = {each["text"]: each["dosage"] for each in found["results"]}
    assert told["Knie strekken op een stoel"] == "1x per dag 3x10x"
    data = as_posted(anna.get(change(knee)))
    total = data["prescriptions-TOTAL_FORMS"]
    data |= {
        "prescriptions-TOTAL_FORMS": total + 1,
        f"prescriptions-{total}-exercise": straighten.pk,
        f"prescriptions-{total}-position": 9,
        f"prescriptions-{total}-programme": knee.pk,
        f"prescriptions-{total}-dosage": "",
        "every_side": "left",
        "_save": "1",
    }
    anna.post(change(knee), data | {"every_side": ""})
    assert open_lines(knee).count() == 3


def test_what_is_running_is_not_given_with_an_open_side(anna, programme):
    knee = Protocol.objects.get(key="knie")
    before = programme.current_version().number
    told = post(anna, programme, add_protocol=knee.pk).content.decode()
    assert QUESTION in told and "1 oefening laat het open" in told and 'name="every_side"' in told
    assert programme.current_version().number == before
    assert not open_lines(programme).exists()
    post(anna, programme, add_protocol=knee.pk, every_side="right")
    version = programme.current_version()
    assert version.number == before + 1
    line = programme.prescriptions.get(exercise__key="knie-strekken-zittend")
    assert version.sheet.line(line.uuid).dosage.side == "right"


def test_a_row_of_what_is_running_waits_for_its_answer(anna, programme):
    line = programme.prescriptions.first()
    programme.prescriptions.filter(pk=line.pk).update(side_open=True)
    assert QUESTION in post(anna, programme).content.decode()
    assert programme.current_version().number == 1
    post(anna, programme, **{f"{prefix(anna, programme, line)}-side": "left"})
    assert programme.current_version().sheet.line(line.uuid).dosage.side == "left"


def test_a_protocol_made_of_a_draft_asks_again(knee):
    made = authoring.save_as_protocol(programme=knee, by=knee.therapist, title="Knie, ons")
    line = made.lines.filter(exercise__key="knie-strekken-zittend").first()
    assert sides.asks(line.dosage)


# ------------------------------------------------------------ drawing and caption


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("key", keys())
def test_a_drawing_names_the_side_that_it_shows(key, language):
    """A figure of one side says so and has a twin; another names both sides, or none."""
    data = load(key)
    words = " ".join(frame["caption"].get(language, "") for frame in data["strip"])
    named = {_side_of(word) for word in SIDE_PATTERN.findall(words)}
    if data.get("side"):
        assert data["side"] in named or not named
    else:
        assert named in (set(), {"left", "right"}), "names one side: give the figure its “side”"


def _side_of(word):
    return "left" if word.lower() in ("links", "linker", "linkse", "left") else "right"


# Of the moving leg in a caption: what stands there for either side.
LEG = {"nl": {"left": "linker", "right": "rechter"}, "en": {"left": "left", "right": "right"}}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("side", ["left", "right", "each"])
def test_every_figure_of_one_side_shows_the_side_that_is_done(library_loaded, side, language):
    sided = list(Figure.objects.exclude(mirrored=None))
    assert {figure.key for figure in sided} == {"knie-strekken-zittend", "kuit-rekken", "superman"}
    for exercise in Exercise.objects.filter(figure__in=sided):
        line = Prescription(exercise=exercise)
        line.online_page = ""  # as `with_library` adds it
        line.dosage = Dosage(reps=10, side=side)
        read = Line.of(line, language)
        shown = [read.figure] if side != "each" else [read.figure, read.other_figure]
        assert [one.side for one in shown] == ([side] if side != "each" else ["left", "right"])
        for one in shown:
            assert LEG[language][one.side] in _moving_leg(one), one.words()
        assert (read.other_figure is None) == (side != "each")
        assert read.other_side_follows == (side == "each")
    assert Picture.of(sided[0], language, "left").digest != (
        Picture.of(sided[0], language, "right").digest
    )


def _moving_leg(picture):
    """The words of the caption that tells which leg; superman's other arm has its own caption."""
    return next(
        words.lower()
        for words in picture.words()
        if re.search(r"(linker|rechter)(been|knie|voet)|\b(left|right) (leg|knee|foot)", words)
    )


@pytest.mark.parametrize(("side", "leg"), [("left", "linkerbeen"), ("right", "rechterbeen")])
def test_paper_today_and_session_show_that_side(client, cast, programme, side, leg):
    line = programme.prescriptions.get(exercise__key="superman")
    line.dosage = Dosage(per_day=2, reps=5, hold=5, side=side)
    line.save()
    version = authoring.issue(programme=programme, by=cast.anna)
    other = {"linkerbeen": "rechterbeen", "rechterbeen": "linkerbeen"}[leg]
    digest = version.sheet.line(line.uuid).figure.digest
    client.force_login(cast.piet)
    for name in ("programme_detail", "programme_session"):
        page = client.get(reverse(f"patients:{name}", args=[programme.uuid])).content.decode()
        assert leg in page and other not in page and digest in page
    paper = handout.render_html(version.sheet, letterhead())
    assert leg in paper and other not in paper


def test_another_side_takes_its_drawing_along(cast, programme):
    """Also where the therapist keeps the library's words as they were given."""
    line = programme.prescriptions.get(exercise__key="superman")
    for side in ("left", "right"):
        line.dosage = Dosage(per_day=2, reps=5, hold=5, side=side)
        line.save()
        last = programme.current_version().sheet
        version = authoring.issue(programme=programme, by=cast.anna, keep_library_of=last)
        read = version.sheet.line(line.uuid)
        assert (read.figure.side, read.other_figure) == (side, None)


def test_the_other_side_is_kept_and_is_no_difference(programme):
    """Its drawing stays as long as the version, and a version from before reads as it was."""
    sheet = programme.current_version().sheet
    line = next(one for one in sheet.lines if one.other_figure)
    assert {line.figure.digest, line.other_figure.digest} <= sheet.digests()
    assert not sheet.media()
    content = sheet.to_json()
    for raw in content["lines"]:
        del raw["other_figure"]
    before = type(sheet).from_json(content)
    assert authoring.changes(before, sheet) == []
