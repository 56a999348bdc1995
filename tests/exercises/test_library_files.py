"""Library files that are wrong, and the command that loads them."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from exercises.library import loading, reading
from exercises.models import Exercise, Protocol

# Broken files.


BROKEN = {
    "unknown key": ([('title = "Oefening een"', 'titel = "Oefening een"')], "“een”, nl, titel:"),
    "unknown key of an exercise": ([("online_number", "online_nr")], "“een”, online_nr:"),
    "unknown key at the top": ([("schema = 1", "schema = 1\nversie = 2")], "versie:"),
    "no schema": ([("schema = 1", "")], "schema:"),
    "a newer schema": ([("schema = 1", "schema = 3")], "schema: .*nieuwere versie"),
    "a schema that is no number": ([("schema = 1", 'schema = "1"')], "schema:"),
    "no Dutch": ([("[exercises.nl]", "[exercises.tr]")], "“een”, nl:"),
    "no Dutch title": ([('title = "Oefening een"', "")], "“een”, nl, title:"),
    "no Dutch caution": (
        [('title = "Exercise one"', 'title = "Exercise one"\ncaution = "Stop."')],
        "“een”, nl.caution:",
    ),
    "no such language": ([("[exercises.en]", "[exercises.engels]")], "“een”, engels:"),
    "a language is no table": (
        [
            ('[exercises.en]\ntitle = "Exercise one"\nsteps = ["Stand up.", "Sit down."]', ""),
            ('key = "een"', 'key = "een"\nen = "Exercise one"'),
        ],
        "“een”, en:",
    ),
    "dosage": ([("2x per dag 2x10x", "heel vaak")], "“een”, dosage:"),
    "dosage is no text": ([('"2x per dag 2x10x"', "20")], "“een”, dosage:"),
    "no dosage": ([('dosage = "2x per dag 2x10x"', "")], "“een”, dosage:"),
    "impossible line": ([("1x per dag 3x10 links", "0x")], "dosage:"),
    "unknown exercise": ([('exercise = "een"', 'exercise = "twee"')], "exercise:.*twee"),
    "category": ([('category = "knee"\nonline', 'category = "knie"\nonline')], "“een”, category:"),
    "kind": ([('kind = "movement"', 'kind = "beweging"')], "“beweging”, kind:"),
    "no kind": ([('kind = "movement"', "")], "kind:"),
    "date": ([("2026-05-31", '"31-05-26"')], "“een”, reviewed_on:"),
    "impossible date": ([("2026-05-31", '"2026-02-31"')], "“een”, reviewed_on:"),
    "month in words": ([("2026-05-31", '"31 mei"')], "“een”, reviewed_on:"),
    "markup": ([('"Oefening een"', '"<b>Oefening</b> een"')], "“een”, nl, title: .*<b>"),
    "choice": (
        [('category = "knee"\nonline', 'category = "elbow"\nonline')],
        "“een”, category: .*elbow.*low_back, ",
    ),
    "time for a date": ([("2026-05-31", "2026-05-31T12:00:00")], "“een”, reviewed_on:"),
    "address": ([("https://www", "javascript://www")], "“een”, video:"),
    "number": ([("online_number = 3", 'online_number = "3"')], "“een”, online_number:"),
    "true is no number": ([("online_number = 3", "online_number = true")], "online_number:"),
    "negative number": ([("online_number = 3", "online_number = -3")], "online_number:"),
    "too long": ([('"Oefening een"', '"' + "een" * 50 + '"')], "“een”, nl, title:"),
    "unprintable": ([('"Oefening een"', '"Oefening \\u4e00"')], "“een”, nl, title:"),
    "steps are no list": ([('["Sta op.", "Ga zitten."]', '"Sta op."')], "“een”, nl, steps:"),
    "a step of two lines": ([('"Sta op.",', '"Sta\\nop.",')], "“een”, nl, steps:"),
    "an empty step": ([('"Sta op.",', '" ",')], "“een”, nl, steps:"),
    "key": ([('key = "een"', 'key = "één oefening"')], "key:"),
    "no key": ([('key = "een"', "")], "exercise 1, key:|oefening 1, key:"),
    "key is no text": ([('key = "een"', "key = 1")], "key:"),
    "text is no text": ([('"Traint uw benen."', "5")], "“een”, nl, purpose:"),
    "no list": ([("[[exercises]]", "[exercises]")], "exercises:"),
    "protocol is no table": ([("[protocol]", "[other]")], "other:"),
    "not TOML": ([("schema = 1", "schema = ")], "TOML"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_in_a_file_is_one_sentence(db, write_library, name):
    replacements, expected = BROKEN[name]
    path = write_library(*replacements)
    with pytest.raises(ValueError, match=expected) as error:
        loading.load(path)
    sentence = str(error.value)
    assert sentence.startswith("proef.toml")
    assert sentence.endswith(".") and "\n" not in sentence.strip() and "['" not in sentence
    assert not Exercise.objects.exists()


def test_advice_without_a_protocol_is_refused(write_library):
    text = 'schema = 1\n[[advice]]\nkind = "bed"\n[advice.nl]\ntitle = "Bed"\nbody = "Slaap."'
    with pytest.raises(ValueError, match="advice:"):
        reading.read(write_library(text=text))


def test_exercises_without_a_protocol_are_fine(db, write_library):
    text = 'schema = 1\n[[exercises]]\nkey = "x"\ndosage = "10x"\n[exercises.nl]\ntitle = "X"'
    assert loading.load(write_library(text=text)).added == ["x"]


def test_an_exercise_stands_in_a_file_once(write_library):
    again = '\n[[exercises]]\nkey = "een"\ndosage = "10x"\n[exercises.nl]\ntitle = "Nog eens"\n'
    path = write_library()
    path.write_text(path.read_text() + again)
    with pytest.raises(ValueError, match=r"proef\.toml.*“een”"):
        reading.read(path)


def test_an_exercise_stands_in_one_file(write_library):
    with pytest.raises(ValueError, match=r"b\.toml.*“een”.*a\.toml"):
        reading.read_all([write_library(name="a.toml"), write_library(name="b.toml")])


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00", b"a = " + b"[" * 5000])
def test_a_file_that_is_no_text_is_one_sentence(tmp_path, content):
    path = tmp_path / "raar.toml"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"^raar\.toml"):
        reading.read(path)


# The command.


def run(*arguments):
    out = io.StringIO()
    call_command("load_library", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_loads_our_files_and_says_what_it_did(db):
    assert [line.split(":")[0] for line in run()] == ["knie.toml", "lage_rugpijn.toml"]
    assert Protocol.objects.count() == 2
    with translation.override("en"):
        assert run()[1] == "lage_rugpijn.toml: 0 new, 0 updated, 7 unchanged."


def test_the_command_names_a_missing_file(db, tmp_path):
    with pytest.raises(CommandError, match=r"weg\.toml"):
        run(str(tmp_path / "weg.toml"))


def test_one_broken_file_stops_before_anything_is_written(db, write_library):
    good = write_library(name="goed.toml")
    bad = write_library(("2x per dag 2x10x", "vaak"), name="stuk.toml")
    with pytest.raises(CommandError, match=r"stuk\.toml"):
        run(str(good), str(bad))
    assert not Exercise.objects.exists()
