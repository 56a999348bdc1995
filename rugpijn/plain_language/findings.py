"""Finds what is hard to read in a text, with a simpler word where our list has one.

80 % of people understand level B1 (Pharos), with 10 to 12 words in a sentence on average and no
professional words. The length from which a sentence is marked is our proposal. The findings help
the writer; nothing is refused because of them. The words are in `plain_language.toml`.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONG, VERY_LONG = 15, 20  # words: more than this
WORDS = Path(__file__).with_name("plain_language.toml")

# A full stop in these does not end a sentence; in the second kind it does before a capital.
ABBREVIATION = re.compile(
    r"(?:\b(?:\w\.){2,}|\b(?:bijv|bv|evt|resp|ca|incl|excl|nr|dr|approx|vs)\.)$", re.IGNORECASE
)
MAY_CLOSE = re.compile(r"\b(?:enz|etc|e\.d|min|max|sec|herh)\.$", re.IGNORECASE)
END = re.compile(r"[.!?…]+[\"”’')]*(?=\s|$)|\n+")
LIST_SIGN = re.compile(r"\s*(?:[-•*]|\d+[.)])\s+")
SHOUTED_OR_SHORT = 4  # letters: “LWK” written so is no beginning of a sentence


@dataclass(frozen=True, slots=True)
class LanguageFinding:
    """A part of the text, the characters from `start` to `end`, and why it is hard to read."""

    start: int
    end: int
    text: str
    reason: str  # "long", "very long" or "word"
    words: int = 0  # of a sentence
    suggestion: str = ""  # for a word


def findings(text: str, language: str) -> list[LanguageFinding]:
    """Return what is hard to read, in the order of the text."""
    found = [*_long_sentences(text), *_hard_words(text, language)]
    return sorted(found, key=lambda finding: (finding.start, finding.end))


def _long_sentences(text: str) -> Iterator[LanguageFinding]:
    for start, end in sentences(text):
        words = sum(map(_is_word, text[start:end].split()))
        if words > LONG:
            reason = "very long" if words > VERY_LONG else "long"
            yield LanguageFinding(start, end, text[start:end], reason, words)


def _is_word(piece: str) -> bool:
    """Return whether this counts as a word: a number and a web address do, a dash does not."""
    return any(sign.isalnum() for sign in piece)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Return where each sentence begins and ends. A line of a list is a sentence of its own."""
    start = 0
    for mark in END.finditer(text):
        if not _is_end(text, start, mark):
            continue
        yield from _trimmed(text, start, mark.end())
        start = mark.end()
    yield from _trimmed(text, start, len(text))


def _is_end(text: str, start: int, mark: re.Match) -> bool:
    if mark.group() != ".":
        return True
    before = text[max(start, mark.end() - 12) : mark.end()]
    if MAY_CLOSE.search(before):
        return text[mark.end() : mark.end() + 2].strip()[:1].isupper()
    return not ABBREVIATION.search(before)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if sign := LIST_SIGN.match(text, start, end):
        start = sign.end()
    sentence = text[start:end]
    start += len(sentence) - len(sentence.lstrip())
    end = start + len(sentence.strip())
    if start < end:
        yield start, end


def _hard_words(text: str, language: str) -> Iterator[LanguageFinding]:
    words = _simpler(language)
    if not words:
        return
    for match in _pattern(language).finditer(text):
        word = match.group()
        yield LanguageFinding(
            match.start(), match.end(), word, "word", suggestion=_as(word, words[word.lower()])
        )


def _as(word: str, simpler: str) -> str:
    """Return the simpler word, with a capital where the hard word has one."""
    shouted = word.isupper() and len(word) <= SHOUTED_OR_SHORT
    return simpler[:1].upper() + simpler[1:] if word[0].isupper() and not shouted else simpler


@cache
def _simpler(language: str) -> dict[str, str]:
    """Return the simpler word for each hard word. Empty for a language without a list."""
    listed = tomllib.loads(WORDS.read_text(encoding="utf-8")).get(language, {})
    return {form.lower(): simpler for forms, simpler in listed.items() for form in forms.split("|")}


@cache
def _pattern(language: str) -> re.Pattern:
    """Return a pattern of whole words, the longest first, that matches nothing inside a web or
    e-mail address.

    It is grouped by first letter, so that most places in a text are rejected at the first
    character.
    """
    by_letter: dict[str, list[str]] = {}
    for form in sorted(_simpler(language), key=len, reverse=True):
        by_letter.setdefault(form[0], []).append(re.escape(form[1:]))
    any_of = "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())
    return re.compile(
        rf"(?<![\w./@:-])(?=[{''.join(by_letter)}])(?:{any_of})(?![\w/@-]|\.\w)", re.IGNORECASE
    )
