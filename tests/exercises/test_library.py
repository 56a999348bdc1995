"""The library files: every fact of the leaflet, and a load that never undoes anyone's work."""

import re
import time
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from exercises.dosage import Dosage
from exercises.library import copying, loading, reading
from exercises.models import (
    Advice,
    AdviceText,
    Exercise,
    ExerciseText,
    Figure,
    Protocol,
    ProtocolLine,
    ProtocolText,
)

MODELS = (Exercise, ExerciseText, Protocol, ProtocolText, ProtocolLine, Advice, AdviceText)
LEAFLET = [  # in its order: title, dosage, online number and title
    (
        "Hol en bol maken op handen en knieën",
        Dosage(per_day=2, sets=2, reps=10),
        6,
        "LWK mobiliserende oefening - hol bol maken",
    ),
    (
        "Kwispelen op handen en knieën",
        Dosage(per_day=2, sets=2, reps=10),
        5,
        "LWK mobiliserende oefening - kwispelen",
    ),
    ("Buigen lage rug", Dosage(per_day=2, reps=5, hold=5), None, ""),
    ("Rotatie lage rug", Dosage(per_day=2, sets=2, reps=10), 2, "lage rug rotatie 1"),
    (
        "McKenzie strekken rug",
        Dosage(per_day=2, reps=10),
        7,
        "LWK mobiliserende oefening – McKenzie: strekken van de rug",
    ),
    (
        "Superman",
        Dosage(per_day=2, sets=2, reps=5, hold=5, side="each"),
        17,
        "LWK spierversterkend – superman",
    ),
]


@pytest.fixture
def back(library_loaded):
    return Protocol.objects.get(key="lage-rugpijn")


def everything():
    """All rows of the library, column by column: equal means that nothing changed."""
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


def writes(queries):
    verbs = ("INSERT", "UPDATE", "DELETE")
    return [query["sql"] for query in queries if query["sql"].startswith(verbs)]


# The leaflet.


def test_the_leaflet_has_its_six_exercises_in_order(back):
    lines = [
        (
            line.exercise.text("title", "nl"),
            line.dosage,
            line.exercise.online_number,
            line.exercise.online_title,
        )
        for line in back.lines.all()
    ]
    assert lines == LEAFLET


def test_an_exercise_suggests_what_the_leaflet_gives(back):
    for line in back.lines.all():
        assert line.exercise.dosage == line.dosage


def test_the_leaflet_counts_as_many_repetitions_as_its_source(back):
    """As the leaflet counts: 95 a session, counting left and right apart, and 190 a day."""
    session = sum(
        (line.sets or 1) * line.reps * (2 if line.side == "each" else 1)
        for line in back.lines.all()
    )
    assert (session, session * 2) == (95, 190)


def test_the_dosages_read_as_sentences_in_dutch_and_english(back):
    superman = back.lines.last()
    with translation.override("en"):
        assert str(superman.dosage) == (
            "2 times a day: 2 sets of 5 repetitions, hold for 5 seconds, left and right"
        )
    with translation.override("nl"):
        assert str(superman.exercise) == "Superman"


def test_the_advice_covers_every_subject_in_order(back):
    assert [advice.kind for advice in back.advice.all()] == list(Advice.Kind.values)


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("cause", "90%"),
        ("cause", "aspecifieke lage rugpijn"),
        ("prognosis", "6 weken"),
        ("prognosis", "3 weken"),
        ("prognosis", "fysiotherapeut"),
        ("walking", "korte wandelingen"),
        ("sitting", "kussen"),
        ("lifting", "benen"),
        ("red_flags", "huisartsenpost"),
    ],
)
def test_the_advice_holds_the_facts(back, kind, fact):
    assert fact in back.advice.get(kind=kind).text("body", "nl")


def test_the_two_conditions_of_the_leaflet_are_there(back):
    """Pain towards the leg stops McKenzie; no pain lets the rotation grow."""
    mckenzie = Exercise.objects.get(key="mckenzie-strekken")
    assert "geen pijn naar uw been" in mckenzie.text("caution", "nl")
    rotation = Exercise.objects.get(key="rotatie-lage-rug")
    assert "geen pijn in uw lage rug" in rotation.text("harder_when", "nl")


def test_every_text_is_there_in_dutch_and_english(library_loaded):
    for model in (ExerciseText, ProtocolText, AdviceText):
        languages = list(model.objects.values_list("language", flat=True))
        assert languages.count("nl") == languages.count("en") > 0


def test_doubtful_advice_waits_for_a_physiotherapist(back):
    doubtful = {advice.kind for advice in back.advice.all() if advice.review_note}
    assert {"lifting", "sitting", "activities"} <= doubtful
    assert not Exercise.objects.exclude(reviewed_by="").exists()


def test_the_library_is_not_about_backs_alone(library_loaded):
    knee = Protocol.objects.get(key="knie")
    dosages = {line.exercise.key: line.dosage for line in knee.lines.all()}
    assert dosages == {
        "fietsen": Dosage(per_day=1, duration=600),
        "knie-strekken-zittend": Dosage(per_day=1, sets=3, reps=10, side="left"),
        "opstaan-uit-stoel": Dosage(per_day=1, sets=2, reps=10),
        "beenpers": Dosage(days_per_week=3, sets=3, reps=8, reps_max=12, load=Decimal(10)),
        "kuit-rekken": Dosage(per_day=2, reps=3, hold=30, side="each"),
    }


# Twice.


def test_loading_twice_changes_nothing(library_loaded):
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        for file in sorted(reading.DATA.glob("*.toml")):
            report = loading.load(file)
            assert (report.added, report.updated, report.kept) == ([], [], [])
    assert writes(queries) == []
    assert len(queries) <= 30
    assert everything() == before


def test_the_second_load_is_quick(library_loaded):
    began = time.perf_counter()
    for found in reading.read_all(sorted(reading.DATA.glob("*.toml"))):
        loading.load(found)
    assert time.perf_counter() - began < 5  # `make bench` holds the half second


def test_a_small_file_loads_whole(db, write_library):
    report = loading.load(write_library())
    assert report.added == ["een", "proef"]
    exercise = Exercise.objects.get(key="een")
    assert exercise.practice is None
    assert exercise.texts.get(language="nl").steps == "Sta op.\nGa zitten."
    assert exercise.texts.get(language="en").purpose == ""
    assert str(exercise.reviewed_on) == "2026-05-31"
    assert Protocol.objects.get(key="proef").lines.get().dosage.notation == "1x per dag 3x10x links"


def test_a_newer_file_updates_rows_in_place(db, write_library):
    loading.load(write_library())
    exercise, text = Exercise.objects.get(), ExerciseText.objects.get(language="nl")
    report = loading.load(
        write_library(
            ("2x per dag 2x10x", "3x per dag 2x10x"),
            ("Traint uw benen.", "Traint uw bovenbenen."),
            ("1x per dag 3x10 links", "1x per dag 3x12 rechts"),
            ("Beweeg zo veel als u kunt.", "Beweeg wat vaker."),
        )
    )
    assert report.updated == ["een", "proef"]
    assert Exercise.objects.get(pk=exercise.pk).per_day == 3
    assert ExerciseText.objects.get(pk=text.pk).purpose == "Traint uw bovenbenen."
    assert ProtocolLine.objects.get().dosage == Dosage(per_day=1, sets=3, reps=12, side="right")
    assert AdviceText.objects.get().body == "Beweeg wat vaker."


def test_a_language_that_left_the_file_leaves_the_row(db, write_library):
    loading.load(write_library())
    loading.load(write_library(("[exercises.en]", "[exercises.tr]")))
    assert set(ExerciseText.objects.values_list("language", flat=True)) == {"nl", "tr"}


def test_an_exercise_that_left_the_file_stays(db, write_library):
    loading.load(write_library())
    loading.load(
        write_library(('key = "een"', 'key = "twee"'), ('exercise = "een"', 'exercise = "twee"'))
    )
    assert set(Exercise.objects.values_list("key", flat=True)) == {"een", "twee"}
    assert ProtocolLine.objects.get().exercise.key == "twee"


# Changed here.


def test_an_exercise_that_was_changed_here_is_kept(db, write_library):
    loading.load(write_library())
    ExerciseText.objects.filter(language="nl").update(caution="Onze eigen waarschuwing.")
    before = everything()
    report = loading.load(write_library(("2x per dag 2x10x", "3x per dag 2x10x")))
    assert report.kept == ["een"]
    assert everything() == before
    with translation.override("en"):
        assert "not overwritten, because changed here: een" in str(report)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Advice.objects.update(review_note="Klopt dit?"),
        lambda: AdviceText.objects.update(body="Iets anders."),
        lambda: ProtocolLine.objects.update(sets=4),
        lambda: ProtocolLine.objects.all().delete(),
        lambda: ProtocolText.objects.update(summary="Iets anders."),
        lambda: Protocol.objects.update(category="hip"),
    ],
)
def test_a_protocol_that_was_changed_here_in_any_part_is_kept(db, write_library, change):
    loading.load(write_library())
    change()
    before = everything()
    report = loading.load(write_library(('source = "eigen tekst"', 'source = "een boek"')))
    assert (report.unchanged, report.kept) == (["een"], ["proef"])
    assert everything() == before


def test_the_same_change_here_and_in_the_file_is_no_difference(db, write_library):
    loading.load(write_library())
    ExerciseText.objects.filter(language="nl").update(purpose="Traint uw bovenbenen.")
    same = write_library(("Traint uw benen.", "Traint uw bovenbenen."))
    assert loading.load(same).unchanged == ["een", "proef"]
    newer = write_library(("Traint uw benen.", "Traint uw hele been."))
    assert loading.load(newer).updated == ["een"]


def test_a_practices_own_row_is_never_touched(practice, write_library):
    Exercise.objects.create(practice=practice, key="een", reps=10)
    before = everything()
    with pytest.raises(ValueError, match=r"proef\.toml.*een"):
        loading.load(write_library())
    assert everything() == before


def test_a_copy_is_not_the_loaders_business(practice, write_library):
    loading.load(write_library())
    own = copying.copy_for(practice.pk, Exercise.objects.get(key="een"))
    loading.load(write_library(("2x per dag 2x10x", "3x per dag 2x10x")))
    own.refresh_from_db()
    assert (own.per_day, own.key, own.loaded_digest) == (2, None, "")


# What a text may say of a dosage, and a dosage may lack.
OF_A_DOSAGE = re.compile(
    r"\bsecond|\bsecon|\bzo lang\b|\b(?:that|as) long\b|herhaling|\brepetition|\bseries?\b|\bsets\b"
    r"|\bminut|\bkilo|\bkg\b|dosering|\bdosage|\bd?at gewicht|\bthat weight|van (?:kant|been|arm)\b"
    r"|change (?:sides|legs|arms)|\b(?:boven|bij) (?:de|deze) oefening\b|above this exercise"
    r"|exercise (?:names|says)",
    re.I,
)
OTHERWISE = re.compile(r"\beven\b[^.]*, of zo lang|\bbriefly, or as long", re.I)
READ = ("start_position", "steps", "purpose", "caution", "harder_when", "easier_when", "equipment")


def promises(text: str) -> list[str]:
    """The sentences that are true of some dosages only: no question goes before them, and they say
    not what to do otherwise."""
    sentences, found, asked = re.findall(r"[^.?!]+[.?!]?", text), [], False
    for sentence in sentences:
        question = sentence.endswith("?")
        guarded = question or asked or OTHERWISE.search(sentence)
        if OF_A_DOSAGE.search(sentence) and not guarded:
            found.append(sentence.strip())
        asked = question
    return found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Hold this for as long as it says above this exercise.", 1),
        ("Hold this for a moment. Does the exercise name seconds? Then hold it that long.", 0),
        ("Houd dit vast, zo lang als boven deze oefening staat.", 1),
        ("Houd dit even vast, of zo lang als er bij de oefening staat.", 0),
        ("Wissel dan van kant.", 1),
        ("Doet u beide kanten? Wissel dan van kant. Wissel van been.", 1),
    ],
)
def test_what_a_promise_is(text, wrong):
    assert len(promises(text)) == wrong


def test_no_text_promises_what_a_dosage_may_lack(library_loaded):
    """Every text of the library and every caption, whatever a therapist makes of the dosage."""
    wrong = [
        (exercise.key, text.language, name, promise)
        for exercise in Exercise.objects.filter(practice=None).prefetch_related("texts")
        for text in exercise.texts.all()
        for name in READ
        for step in (getattr(text, name) or "").splitlines()
        for promise in promises(step)
    ]
    for figure in Figure.objects.filter(practice=None):
        for frame in figure.data.get("strip", []):
            for language, caption in frame["caption"].items():
                wrong += [(figure.key, language, "caption", each) for each in promises(caption)]
    assert wrong == []
