"""The weeks or dates of a programme for which a line holds, as a value without a database.

Most lines hold for the whole programme, and then nothing is written. Other lines hold for some
weeks ("week 1-2", "vanaf week 3") or from a date. Week 1 begins on the day the programme starts, so
weeks can be used in a protocol; dates only in the programme of one patient.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rugpijn.typed import dates
from rugpijn.typed import text as texts

WEEKS = (1, 52)
LONGEST = 60  # characters

_MONTH = "|".join(sorted(dates.MONTHS, key=len, reverse=True))
_DATE = (
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}} (?:{_MONTH})\.? \d{{4}}"
)
_THROUGH = r"t/m|t\.e\.m\.|tot en met|through|until|to|up to"
_FROM = r"vanaf|van|from|since"
_AND_ON = r"en verder|and on|and later|onwards"
_WEEK = r"(?:week|weken|weeks|wk)\.?"
_BETWEEN = rf"\s*(?:-|–|{_THROUGH}|(?P<both>\+|&|,|en|and))\s*"


def _shape(part: str, word: str) -> list[re.Pattern]:
    """The patterns of a period whose ends look like `part`, each end with an optional `word`.

    Their groups are `first` and `last`, or `only` for one week or date.
    """
    prefix = rf"(?:{word}\s*)?" if word else ""
    first, last = rf"(?P<first>{part})", rf"(?P<last>{part})"
    patterns = (
        rf"{prefix}{first}{_BETWEEN}{prefix}{last}",
        rf"(?:{_FROM})\s+{prefix}{first}\s+(?:{_THROUGH})\s+{prefix}{last}",
        rf"(?:{_FROM})\s+{prefix}{first}(?:\s+(?:{_AND_ON}))?",
        rf"{prefix}{first}\s*(?:-|–|\s(?:{_AND_ON}))",
        rf"(?:{_THROUGH}|-|–)\s*{prefix}{last}",
        rf"{prefix}(?P<only>{part})",
    )
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]


# The Dutch "tot" can mean "up to" or "through", so it is refused with a question.
_TOT = re.compile(rf"\btot ((?:{_WEEK} ?)?\d{{1,3}}|{_DATE})$")
_IN_WEEKS, _IN_DATES = _shape(r"\d{1,3}", _WEEK), _shape(_DATE, "")


@dataclass(frozen=True, slots=True)
class Period:
    """Weeks of the programme, or dates, both ends included. `Period()` is the whole programme.

    `Period(from_week=3)` is from week 3 on. `parse` reads "vanaf week 1" as the whole programme.
    """

    from_week: int | None = None
    until_week: int | None = None
    from_date: date | None = None
    until_date: date | None = None

    PARTS = ("from_week", "until_week", "from_date", "until_date")

    def __post_init__(self):
        weeks, dates = (self.from_week, self.until_week), (self.from_date, self.until_date)
        if weeks != (None, None) and dates != (None, None):
            raise ValueError(_("Give weeks or dates, not both."))
        for week in weeks:
            if week is not None and not WEEKS[0] <= week <= WEEKS[1]:
                raise ValueError(
                    _("A week is a number from %(least)d to %(most)d.")
                    % {"least": WEEKS[0], "most": WEEKS[1]}
                )
        for first, last in (weeks, dates):
            if first is not None and last is not None and last < first:
                raise ValueError(_("It cannot end before it begins."))

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read what a therapist types, such as "week 1-2", "vanaf week 3" or "vanaf 12-3-2027".

        Empty text is the whole programme. Raises ValueError with a sentence for the therapist that
        says what is accepted.
        """
        plain = texts.plain(text)
        if not plain:
            return cls()
        if len(plain) <= LONGEST:
            for shape in _IN_WEEKS:
                if match := shape.fullmatch(plain):
                    return cls._of_weeks(match.groupdict())
            for shape in _IN_DATES:
                if match := shape.fullmatch(plain):
                    return cls._of_dates(match.groupdict())
        if match := _TOT.search(plain):
            raise ValueError(
                _(
                    "Is “%(text)s” included? If so, write “t/m %(text)s”; if not, write the "
                    "one before it."
                )
                % {"text": match[1]}
            )
        raise _refused()

    @classmethod
    def _of_weeks(cls, groups: dict) -> "Period":
        only = groups.get("only")
        first, last = only or groups.get("first"), only or groups.get("last")
        if groups.get("both") and int(last) != int(first) + 1:
            raise _refused()  # "week 1 and 4" is not week 1 to 4
        if not first:
            first = str(WEEKS[0])
        whole = last is None and int(first) == WEEKS[0]
        return cls() if whole else cls(from_week=int(first), until_week=last and int(last))

    @classmethod
    def _of_dates(cls, groups: dict) -> "Period":
        only = groups.get("only")
        first, last = only or groups.get("first"), only or groups.get("last")
        if groups.get("both"):
            raise _refused()
        return cls(from_date=first and dates.read(first), until_date=last and dates.read(last))

    @property
    def is_whole(self) -> bool:
        return self == WHOLE

    @property
    def in_any_programme(self) -> "Period":
        """The same period without dates, which hold for one patient's programme only."""
        return Period(self.from_week, self.until_week)

    @property
    def notation(self) -> str:
        """The shorthand. `parse` reads it back to an equal value."""
        if self.is_whole:
            return ""
        if self.from_date or self.until_date:
            first, last = (
                day and f"{day.day}-{day.month}-{day.year:04}"
                for day in (self.from_date, self.until_date)
            )
        else:
            first, last = self.from_week, self.until_week
        week = "" if self.from_date or self.until_date else "week "
        if last is None:
            return f"vanaf {week}{first}"
        if first is None:
            return f"t/m {week}{last}"
        if first == last:
            return f"{week}{first}"
        return f"{week}{first}-{last}" if week else f"{first} t/m {last}"

    def __str__(self) -> str:
        """The text for the patient, in the active language; empty for the whole programme."""
        if self.is_whole:
            return ""
        if self.from_date or self.until_date:
            return self._dates_in_words()
        words = {"first": self.from_week, "last": self.until_week}
        if self.until_week is None:
            return _("From week %(first)d") % words
        if self.from_week == self.until_week:
            return _("Week %(first)d") % words
        if self.until_week == self.from_week + 1:
            return _("Weeks %(first)d and %(last)d") % words
        return _("Weeks %(first)d to %(last)d") % words

    def _dates_in_words(self) -> str:
        words = {
            "first": self.from_date and date_format(self.from_date, "j F Y"),
            "last": self.until_date and date_format(self.until_date, "j F Y"),
        }
        if self.until_date is None:
            return _("From %(first)s") % words
        if self.from_date is None:
            return _("Until %(last)s") % words
        return _("From %(first)s to %(last)s") % words

    def first_day(self, started_on: date) -> date:
        """The first day of the period, in a programme that started on `started_on`."""
        if self.from_date is not None:
            return max(self.from_date, started_on)
        return started_on + timedelta(weeks=(self.from_week or 1) - 1)

    def last_day(self, started_on: date) -> date | None:
        """The last day of the period; None when it lasts as long as the programme."""
        if self.until_date is not None:
            return self.until_date
        if self.until_week is None:
            return None
        return started_on + timedelta(weeks=self.until_week, days=-1)

    def holds_on(self, day: date, started_on: date) -> bool:
        last = self.last_day(started_on)
        return self.first_day(started_on) <= day and (last is None or day <= last)

    def in_week_day(self, number: int) -> bool:
        """Whether day `number` of the programme (1 is the first) is in its weeks. Ignores dates."""
        week = (number - 1) // 7 + 1
        return (self.from_week or 1) <= week and (
            self.until_week is None or week <= self.until_week
        )

    @property
    def place(self) -> tuple:
        """The sort key: the whole programme first, then by beginning and end."""
        return (
            not self.is_whole,
            self.from_week or 0,
            self.until_week or WEEKS[1],
            self.from_date or date.min,
            self.until_date or date.max,
        )

    def to_dict(self) -> dict:
        """The parts that are stated, as plain JSON."""
        stated = {name: getattr(self, name) for name in self.PARTS}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in stated.items()
            if value is not None
        }

    @classmethod
    def from_dict(cls, content: dict | None) -> "Period":
        stated = dict(content or {})
        for name in ("from_date", "until_date"):
            if name in stated:
                stated[name] = date.fromisoformat(stated[name])
        return cls(**stated)


WHOLE = Period()


def _refused() -> ValueError:
    return ValueError(
        _("Write “week 1-2”, “from week 3” or “from 12-3-2027”; empty is the whole programme.")
    )
