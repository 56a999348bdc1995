"""Read a table of a library file strictly.

A mistake raises Refused with a sentence that names the file, the exercise and the field. Each field
is validated by its model field, so a file and a form accept the same values.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from rugpijn.typed import dates
from rugpijn.typed.text import clean, shown, web_address, without_bullets
from rugpijn.validators import validate_web_address

from ..dosage import Dosage
from ..models import FALLBACK, Exercise, Protocol, Text
from ..period import Period
from ..pictures import shared_keys
from ..symptoms import catalogue, validate_complete, validate_names
from .entries import FACTS, WORDS, Facts, Texts, tidy


@dataclass(frozen=True)
class Problem:
    """One mistake: the place of the table, the field as the file names it, and what is wrong."""

    place: str
    field: str
    words: str
    inside: str = ""  # the table that the field is in, such as nl

    def __str__(self) -> str:
        return _("%(place)s, %(field)s: %(problem)s") % {
            "place": self.place,
            "field": self.field,
            "problem": self.words,
        }


class Refused(ValueError):
    """All mistakes in one object of a file. As text it is the sentence about the first one."""

    def __init__(self, *problems: Problem):
        super().__init__(str(problems[0]))
        self.problems = problems


def together(**reads: Callable[[], Any]) -> dict[str, Any]:
    """The result of each function by name. Raises one Refused with the mistakes of all of them."""
    results, problems = {}, []
    for name, read in reads.items():
        try:
            results[name] = read()
        except Refused as error:
            problems += error.problems
    if problems:
        raise Refused(*problems)
    return results


# An HTML tag, comment or entity, from the source of a web page.
MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-z]{2,8}|#[0-9]{1,6});")


@dataclass(frozen=True)
class FileTable:
    """A table of a file, with its place for the messages about mistakes."""

    place: str
    values: dict[str, Any]
    inside: str = ""  # the name of the table in its parent, such as nl
    known: frozenset[str] = frozenset()  # texts stored here already, which may contain markup

    def refuse(self, name: str, problem: str) -> Refused:
        """The exception to raise for a mistake in field `name`."""
        return Refused(Problem(self.place, name, problem.rstrip(".") + ".", self.inside))

    def allow(self, *names: str, texts: bool = True) -> None:
        """Refuse other names, because the text under a misspelt name would be lost."""
        for name in self.values:
            if name not in names and not (texts and name in _languages()):
                raise self.refuse(name, _("this name is unknown here."))

    def table(self, name: str, place: str) -> "FileTable":
        if not isinstance(self.values.get(name), dict):
            raise self.refuse(name, _("a table is expected here."))
        return FileTable(place, self.values[name], inside=name, known=self.known)

    def tables(self, name: str) -> list[dict[str, Any]]:
        tables = self.values.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(item, dict) for item in tables):
            raise self.refuse(name, _("a list of tables is expected here."))
        return tables

    def string(self, name: str) -> str:
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise self.refuse(name, _("text between quotation marks is expected here."))
        return self._storable(name, value)

    def _storable(self, name: str, text: str) -> str:
        """The cleaned text. Refuses NUL, half a surrogate pair, and markup of web pages."""
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise self.refuse(name, _("it has a character that cannot be stored."))
        if text not in self.known and (match := MARKUP.search(text)):
            raise self.refuse(
                name, _("“%s” is markup of a web page. Paste the text without it.") % match[0][:40]
            )
        return tidy("", clean(text))

    def dosage(self) -> Dosage:
        text = self.string("dosage")
        try:
            return Dosage.parse(text)
        except ValueError as error:
            raise self.refuse("dosage", str(error)) from error

    def weeks(self) -> str:
        """The notation of a period in weeks. Dates are refused: they hold for one patient."""
        try:
            period = Period.parse(self.string("weeks"))
        except ValueError as error:
            raise self.refuse("weeks", str(error)) from error
        if period.in_any_programme != period:
            raise self.refuse("weeks", _("A protocol is for everybody: give weeks, not dates."))
        return period.notation

    def key(self) -> str:
        key = self.string("key")
        if not key:
            raise self.refuse("key", _("a short name is missing, such as “hol-bol”."))
        return self._checked(Exercise, "key", key)

    def figure(self) -> str:
        figure = self.string("figure")
        if figure and figure not in shared_keys():
            raise self.refuse(
                "figure",
                _("there is no drawing “%(key)s”; the drawings are %(keys)s.")
                % {"key": figure, "keys": ", ".join(shared_keys())},
            )
        return figure

    def symptoms(self) -> tuple[str, ...] | None:
        """The symptoms that a protocol asks about; None for those of its region only.

        A list must include all symptoms of the region, so no red flag can be left out.
        """
        names = self.values.get("symptoms") or None
        if names is None:
            return None
        region = str(self.values.get("category") or Protocol._meta.get_field("category").default)
        try:
            validate_names(names)
            validate_complete(names, region)
        except ValidationError as error:
            raise self.refuse("symptoms", error.messages[0]) from error
        return tuple(catalogue.in_order(names))

    def facts(self, model: type[models.Model]) -> Facts:
        return together(**{name: partial(self._fact, model, name) for name in FACTS[model]})

    def _fact(self, model: type[models.Model], name: str) -> str | int | date | None:
        column, value = model._meta.get_field(name), self.values.get(name)
        if isinstance(value, str):
            value = self._storable(name, value)
        if value in (None, ""):
            value = column.get_default()
        elif isinstance(column, models.IntegerField):
            if type(value) is not int:  # true is an int in Python
                raise self.refuse(name, _("a whole number is expected here."))
        elif isinstance(column, models.DateField):
            if isinstance(value, datetime) or not isinstance(value, (str, date)):
                raise self.refuse(name, _("a date is expected here, such as 2026-05-31."))
            if isinstance(value, str):
                try:
                    value = dates.read(value)
                except ValueError as error:
                    raise self.refuse(name, str(error)) from error
        else:
            value = self.string(name)
            if validate_web_address in column.validators:
                value = web_address(value)
        return self._checked(model, name, value)

    def _checked(self, model: type[models.Model], name: str, value: Any) -> Any:
        """The value, cleaned by its model field. Refuses it with the message of that field."""
        column = model._meta.get_field(name)
        if value is None and column.null:
            return None
        try:
            return column.clean(value, None)
        except ValidationError as error:
            if column.choices and column.flatchoices:
                raise self.refuse(name, _not_among(value, column)) from error
            raise self.refuse(name, error.messages[0]) from error

    def texts(self, model: type[Text]) -> Texts:
        """The texts by language. A Dutch text is required, to which other languages fall back."""
        languages = [name for name in self.values if name in _languages()]
        if FALLBACK not in languages:
            raise self.refuse(FALLBACK, _("the Dutch text is missing."))
        codes = sorted(languages, key=_dutch_first)
        texts = together(**{code: partial(self._words, model, code) for code in codes})
        for code, words in texts.items():
            for name, text in words.items():
                if text and not texts[FALLBACK][name]:
                    raise self.refuse(
                        f"{FALLBACK}.{name}",
                        _("the Dutch text is missing; there is one in “%(language)s”.")
                        % {"language": code},
                    )
        return texts

    def _words(self, model: type[Text], language: str) -> dict[str, str]:
        table = self.table(language, f"{self.place}, {language}")
        table.allow(*WORDS[model], texts=False)
        return together(**{name: partial(table._text, model, name) for name in WORDS[model]})

    def _text(self, model: type[Text], name: str) -> str:
        text = self._steps() if name == "steps" else self.string(name)
        return self._checked(model, name, text)

    def _steps(self) -> str:
        steps = self.values.get("steps", [])
        if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
            raise self.refuse("steps", _("a list of texts is expected here, one for each step."))
        steps = [self._storable("steps", step) for step in steps]
        if any(not step or "\n" in step for step in steps):
            raise self.refuse("steps", _("each step must be one line, and not empty."))
        return without_bullets("\n".join(steps))


def _not_among(value: Any, column: models.Field) -> str:
    """The sentence that lists the codes of the choices."""
    return _("“%(value)s” is not one of these: %(choices)s.") % {
        "value": shown(str(value), 40),
        "choices": ", ".join(str(code) for code, _label in column.flatchoices if code != ""),
    }


def is_language(name: str) -> bool:
    return name in _languages()


def _languages() -> set[str]:
    """The codes of languages that a table may have: those of Django and of the settings."""
    return LANG_INFO.keys() | dict(settings.LANGUAGES).keys()


def _dutch_first(language: str) -> tuple[bool, str]:
    return language != FALLBACK, language
