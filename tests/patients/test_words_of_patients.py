"""What patients read: easy, without mistakes, and the same in both languages.

Every text of the catalogues that is not staff's own counts as a patient's, so a new page is
measured from its first day. Flesch-Douma is the reading ease of Flesch, measured anew for Dutch
by Douma (1960); 70 and more is easy.
"""

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from django.utils import translation

from rugpijn.log.acts import ACTS
from rugpijn.plain_language.findings import VERY_LONG, sentences

from ..catalogues import collected
from ..environment import missing, needs

ROOT = Path(__file__).parents[2]
OWN_WORDS = Path(__file__).with_name("words_nl.txt")
OF_LIBRARIES = ROOT / "rugpijn" / "locale_of_libraries" / "nl" / "LC_MESSAGES" / "django.po"
DICTIONARY = Path("/usr/share/hunspell/nl_NL.aff")
EASY = 70
LONG_ENOUGH = 40  # words: below this one long word decides the figure

# Read by staff only, or names of columns that no patient meets.
STAFF = """
    templates/admin/* templates/staff_invitation.html
    exercises/admin/* exercises/exchange/* exercises/management/* exercises/models/*
    exercises/media/captions.py exercises/media/film*.py exercises/forms.py
    exercises/library/* exercises/period.py exercises/media/photo*.py exercises/pose_editor/*
    exercises/progression.py exercises/apps.py
    patients/admin* patients/admin/* patients/apps.py patients/contact/views/share_link.py
    patients/follow_up/cert.py patients/follow_up/forms.py patients/follow_up/judgements.py
    patients/follow_up/record_note.py patients/follow_up/timeline.py
    patients/follow_up/views/days.py patients/follow_up/views/visit.py
    patients/follow_up/views/worklist.py patients/follow_up/worklist.py
    patients/joining/views/invite.py patients/models/batch.py patients/models/patient.py
    patients/models/pause.py patients/models/programme.py patients/paper/batches.py
    patients/paper/press.py patients/paper/variants.py patients/paper/views/batch.py
    patients/prescribing/forms.py patients/prescribing/merge_form.py
    patients/prescribing/phases.py patients/prescribing/views/lifecycle.py
    patients/prescribing/views/suggestions.py patients/prescribing/views/typing.py
    patients/prescribing/views/versions.py patients/privacy/data_export.py
    patients/privacy/export_tables.py patients/privacy/retention.py
    patients/privacy/views/office.py patients/sheet_changes.py patients/templatetags/desk.py
    rugpijn/admin.py rugpijn/apps.py rugpijn/audit.py rugpijn/log/*.py rugpijn/models.py
    rugpijn/site.py
    rugpijn/validators.py rugpijn/plain_language/views.py
"""


# ------------------------------------------------------------ the texts


def staff_only(file: str) -> bool:
    return any(fnmatch(file, pattern) for pattern in STAFF.split())


def entries(catalogue: str) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Of each text of a catalogue: the files that use it, the English, and the Dutch."""
    for block in catalogue.split("\n\n"):
        files = " ".join(re.findall(r"^#: (.*)$", block, re.MULTILINE)).split()
        parts = re.findall(r'^(msg\w+(?:\[\d\])?) ((?:".*"\n?)+)', block, re.MULTILINE)
        texts = [(kind, "".join(map(ast.literal_eval, text.splitlines()))) for kind, text in parts]
        english = [text for kind, text in texts if kind.startswith("msgid")]
        dutch = [text for kind, text in texts if kind.startswith("msgstr")]
        if english and english[0]:
            yield files, english, dutch


@cache
def interface() -> dict[str, dict[str, list[str]]]:
    """File by file, what patients read of the interface, by language."""
    found = {}
    for catalogue in (collected(), OF_LIBRARIES.read_text(encoding="utf-8")):
        for files, english, dutch in entries(catalogue):
            for file in files or ["libraries"]:
                if not staff_only(file):
                    texts = found.setdefault(file, {"en": [], "nl": []})
                    texts["en"] += english
                    texts["nl"] += dutch
    found["rugpijn/log/acts.py"] = sentences_of_acts()
    return found


def sentences_of_acts() -> dict[str, list[str]]:
    """What a patient reads in the log; the labels beside it are for the owner of a practice."""
    found = {}
    for language in ("en", "nl"):
        with translation.override(language):
            sentences = [act.sentence for act in ACTS.values() if act.sentence is not None]
            found[language] = [str(sentence) for sentence in sentences]
    return found


def leaves(value) -> Iterator[str]:
    """Every text in a table of a library file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)


def tables(value, where: str) -> Iterator[tuple[str, dict]]:
    """Every table that holds texts by language, wherever it stands in a file."""
    if isinstance(value, dict):
        name = f"{where}, {value['key']}" if "key" in value else where
        if "nl" in value:
            yield name, value
        else:
            for part in value.values():
                yield from tables(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from tables(part, where)


@cache
def library() -> dict[str, dict[str, list[str]]]:
    """Exercise by exercise, what patients read of it, by language; advice file by file."""
    found = {}
    for path in sorted((ROOT / "exercises").rglob("*")):
        if path.suffix == ".toml":
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            for language in ("nl", "en"):  # a summary is for who chooses the protocol
                content["protocol"].get(language, {}).pop("summary", None)
        elif path.suffix == ".json" and path.parent.name in ("data", "by_hand"):
            content = json.loads(path.read_text(encoding="utf-8"))
        else:
            continue
        for name, table in tables(content, path.name):
            texts = found.setdefault(name, {"en": [], "nl": []})
            for language in texts:
                texts[language] += filter(None, leaves(table.get(language, "")))
    return found


def every_text() -> dict[str, dict[str, list[str]]]:
    return interface() | library()


def plain(text: str) -> str:
    """Without tags and addresses; a place to be filled in stays one word."""
    text = re.sub(r"https?://\S+|\S+\.nl/\S*|\S+@\S+\.\w+|<[^>]+>", " ", text)
    text = re.sub(r"%\(\w+\)[sd]|%[sd]|\{\w*\}", " 0 ", text).replace("%%", "%")
    return re.sub(r"(?<=\d) (?=[.,;:!?”’)%])", "", text)


# ------------------------------------------------------------ how easy


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*", text)


VOWELS = re.compile(
    r"ij|aai|ooi|oei|eeuw|ieuw|aa|ee|oo|uu|oe|ie|ei|ui|eu|au|ou|[aeiouyàáâäèéêëìíîïòóôöùúûü]",
    re.IGNORECASE,
)


def syllables(word: str) -> int:
    """As many as there are groups of vowels. Stricter than counting where a word may be broken."""
    return max(1, len(VOWELS.findall(word)))


def ease(texts: list[str]) -> float:
    """Flesch-Douma. A label of one or two words is no sentence, and would make all look easy."""
    found = [
        words(text[start:end])
        for text in map(plain, texts)
        for start, end in sentences(text)
        if len(text[start:end].split()) > 2
    ]
    said = [word for sentence in found for word in sentence]
    if not said:
        return 100.0
    length = len(said) / len(found)
    return 206.84 - 0.93 * length - 77 * sum(map(syllables, said)) / len(said)


def too_long(texts: list[str]) -> list[str]:
    return [
        sentence
        for text in map(plain, dict.fromkeys(texts))
        for sentence in (text[start:end] for start, end in sentences(text))
        if sum(any(map(str.isalnum, word)) for word in sentence.split()) > VERY_LONG
    ]


def test_the_measure_itself():
    assert [syllables(word) for word in ("pijn", "oefening", "knieën", "geïrriteerd")] == [
        1,
        3,
        2,
        4,
    ]
    easy = ["Ga op uw rug liggen. Buig uw knieën. Adem rustig door."]
    hard = ["Aspecifieke rugklachten manifesteren zich doorgaans zonder aantoonbare pathologie."]
    assert ease(easy) > 90 > 30 > ease(hard)
    assert too_long(["Een " * 21, "Twee. " * 21]) == ["Een " * 20 + "Een"]


def test_every_text_of_patients_is_found():
    texts = every_text()
    for file in (
        "templates/patients/_today.html",
        "patients/clinical.py",
        "patients/contact/mail.py",
    ):
        assert len(texts[file]["nl"]) > 2, file
    assert len(texts["lage_rugpijn.toml, superman"]["nl"]) > 5
    assert len(texts["hol-bol.json, hol-bol"]["nl"]) > 3
    assert len(texts) > 100


def test_dutch_is_easy_in_all_and_page_by_page():
    texts = {name: list(dict.fromkeys(both["nl"])) for name, both in every_text().items()}
    together = dict.fromkeys(text for dutch in texts.values() for text in dutch)
    assert ease(list(together)) >= EASY
    hard = {
        name: round(ease(dutch), 1)
        for name, dutch in texts.items()
        if sum(len(words(plain(text))) for text in dutch) >= LONG_ENOUGH and ease(dutch) < EASY
    }
    assert not hard


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_sentence_is_long(language):
    found = {name: too_long(both[language]) for name, both in every_text().items()}
    assert not {name: long for name, long in found.items() if long}


def test_english_is_as_complete_as_dutch():
    """A table of a library file that lacks a language, or has fewer texts in it."""
    lacking = [name for name, both in library().items() if len(both["nl"]) != len(both["en"])]
    assert not lacking
    dutch = re.compile(r"\b(?:de|het|een|uw|niet|wordt|voor|oefening)\b")
    left = {
        text
        for both in every_text().values()
        for text in both["en"]
        if len(dutch.findall(plain(text))) > 1
    }
    assert not left


def test_dutch_is_spelled_as_it_should_be():
    """What the dictionary lacks stands in a list of our own, for a reader to judge."""
    hunspell = needs("hunspell", "hunspell hunspell-nl")
    if not DICTIONARY.exists():
        missing("the Dutch dictionary", "hunspell-nl")
    own = {word for line in OWN_WORDS.read_text("utf-8").splitlines() if (word := line.strip())}
    texts = [plain(text) for both in every_text().values() for text in both["nl"]]
    asked = "\n".join(sorted({word for text in texts for word in words(text)}))
    answer = subprocess.run(
        [hunspell, "-d", "nl_NL", "-i", "utf-8", "-l"],
        input=asked,
        capture_output=True,
        text=True,
        check=True,
    )
    unknown = set(answer.stdout.split())
    assert unknown - own == set(), "misspelled, or a word for words_nl.txt"
    assert own - unknown == set(), "no longer used, or known by now"
