"""Phone numbers in what people type, read by libphonenumber.

A field keeps what was typed: “030-2345678 toestel 12 (ma-do 9-17 uur)”. One number in it is
dialled, and the rest is shown as text beside it. A button shows the number that it dials.
"""

import re
from dataclasses import dataclass

import phonenumbers
from django.conf import settings
from phonenumbers import (
    Leniency,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    PhoneNumberType,
    shortnumberinfo,
)

from . import text as texts

EXTENSION = re.compile(
    r"[ ,;]*(?:\b(?:toestel(?:nummer)?|tst|ext(?:ension)?|doorkies(?:nummer)?|intern|x)\b"
    r"|#)[ .:]*([0-9]{1,7})",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"(?:t|tel|telefoon(?:nummer)?|phone|m|mob|mobiel|mobile|gsm)[ .:]*", re.IGNORECASE
)
ONLY_A_NUMBER = re.compile(r"[0-9 ().+/-]+")
FEWEST_DIGITS = 3  # of 112
# What may stand beside a number without being one: at what hours somebody answers.
HOUR = r"(?:[01]?[0-9]|2[0-4])(?:[.:][0-5][0-9])?"
HOURS = re.compile(rf"(?<![0-9]){HOUR}(?: ?[-–] ?{HOUR})?(?![0-9])")
DIGITS = re.compile(r"[+(]?[0-9](?:[0-9 ().+-]*[0-9])?")
APART = re.compile(r"\s/|/\s")  # “030/2345678” is one number, “112 / 113” are two
EMERGENCY = "112"
OF_AMERICA = "911"  # some networks outside America forward it, others do not
# These work from inside the country only, although libphonenumber gives them a country code.
AT_HOME = (
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
)
SEPARATORS = " \t\n/,;:|·–-"


@dataclass(frozen=True)
class Phone:
    """A number in a text: as it is written there, and as a phone dials it."""

    written: str
    dialled: str
    start: int
    stop: int

    @property
    def link(self) -> str:
        return f"tel:{self.dialled}"


@dataclass(frozen=True)
class Phones:
    """The numbers in a text, and the words beside the first of them."""

    numbers: tuple[Phone, ...]
    rest: str

    @property
    def first(self) -> Phone | None:
        """The number that is dialled. An older field may hold two."""
        return self.numbers[0] if self.numbers else None

    @property
    def link(self) -> str:
        return self.first.link if self.first else ""

    @property
    def written(self) -> str:
        return self.first.written if self.first else ""


def read(text: str | None) -> Phones:
    """Return every number in a text, in the order of the text."""
    text = texts.clean(text or "").strip()
    numbers = _short(text) or _found(text, Leniency.VALID) or _found(text, Leniency.POSSIBLE)
    numbers = numbers or _as_it_stands(text) or _short_among_words(text)
    if not numbers:
        return Phones((), text)
    numbers += _others(text, numbers)
    first = numbers[0]
    before, after = text[: first.start].strip(SEPARATORS), text[first.stop :].strip(SEPARATORS)
    if LABEL.fullmatch(before):
        before = ""
    return Phones(tuple(numbers), " ".join(filter(None, (before, after))))


def can_be_called(phone: Phone) -> bool:
    """Return whether a number of this length can exist, or is a short number of the country."""
    dialled = phone.dialled.partition(";")[0]
    try:
        number = phonenumbers.parse(dialled, settings.PHONE_REGION)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number) or _is_known_short(dialled)


def is_emergency(text: str | None) -> bool:
    """Return whether the text is one number, and that number calls an ambulance in the practice's
    country."""
    numbers = read(text).numbers
    if len(numbers) != 1 or not _calls_help(dialled := numbers[0].dialled):
        return False
    return dialled != OF_AMERICA or _country() == "1" or not _calls_help(EMERGENCY)


def _calls_help(dialled: str) -> bool:
    return shortnumberinfo.is_emergency_number(dialled, settings.PHONE_REGION)


def digits_to_find(text: str | None) -> str:
    """Return the digits of every number as people may type them in a search, with and without the
    country code."""
    found = []
    for phone in read(text).numbers:
        dialled = re.sub(r"[^0-9]", "", phone.dialled.partition(";")[0])
        found.append(dialled)
        found.append("0" + dialled.removeprefix(_country()) if phone.dialled[0] == "+" else "")
    return " ".join(filter(None, found))


def _country() -> str:
    return str(phonenumbers.country_code_for_region(settings.PHONE_REGION))


def _short(text: str) -> list[Phone]:
    """Read a short number such as 112 or 116 123 that stands alone. It is dialled as written."""
    digits = re.sub(r"[ .-]", "", text)
    if not re.fullmatch(r"[0-9]{3,6}", digits) or digits.startswith("14"):
        return []
    number = PhoneNumber(country_code=int(_country()), national_number=int(digits))
    region = settings.PHONE_REGION
    if not phonenumbers.is_possible_short_number_for_region(number, region):
        return []
    return [Phone(text, digits, 0, len(text))]


def _found(text: str, leniency: int) -> list[Phone]:
    found = []
    for match in PhoneNumberMatcher(text, settings.PHONE_REGION, leniency=leniency):
        if APART.search(match.raw_string):
            continue
        stop, extension = match.end, match.number.extension
        if not extension and (behind := EXTENSION.match(text, stop)):
            stop, extension = behind.end(), behind[1]
        dialled = _dialled(match.number, match.raw_string)
        if extension:
            dialled += f";ext={extension}"
        found.append(Phone(text[match.start : stop], dialled, match.start, stop))
    return found


def _dialled(number: PhoneNumber, raw: str) -> str:
    """Return the number with its country code where that works; 0900 and 14 030 work inside the
    country only."""
    if not phonenumbers.is_valid_number(number):
        return _signs(raw)
    plain = PhoneNumber(number.country_code, number.national_number)
    plain.italian_leading_zero = number.italian_leading_zero
    home = phonenumbers.number_type(plain) in AT_HOME
    if phonenumbers.can_be_internationally_dialled(plain) and not home:
        return phonenumbers.format_number(plain, PhoneNumberFormat.E164)
    return re.sub(r"[^0-9]", "", phonenumbers.format_number(plain, PhoneNumberFormat.NATIONAL))


def _as_it_stands(text: str) -> list[Phone]:
    """Return digits that libphonenumber does not know, such as a number without its area code."""
    if not ONLY_A_NUMBER.fullmatch(text) or APART.search(text):
        return []
    if len(re.sub(r"[^0-9]", "", text)) < FEWEST_DIGITS:
        return []
    return [Phone(text, _signs(text), 0, len(text))]


def _short_among_words(text: str) -> list[Phone]:
    """Read “112 (ambulance)”: a short number of the country, when nothing else in the text is a
    number."""
    return [
        Phone(run.group(), digits, run.start(), run.end())
        for run in DIGITS.finditer(text)
        if _is_known_short(digits := re.sub(r"[ .-]", "", run.group()))
    ]


def _is_known_short(digits: str) -> bool:
    if not re.fullmatch(r"[0-9]{3,6}", digits):
        return False
    number = PhoneNumber(country_code=int(_country()), national_number=int(digits))
    return phonenumbers.is_valid_short_number_for_region(number, settings.PHONE_REGION)


def _others(text: str, numbers: list[Phone]) -> list[Phone]:
    """Return what looks like another number although no such number exists. It may be a typing
    error."""
    left = list(text)
    for phone in numbers:
        left[phone.start : phone.stop] = "\n" * (phone.stop - phone.start)
    left = HOURS.sub(lambda hours: "\n" * len(hours.group()), "".join(left))
    return [
        Phone(run.group(), _signs(run.group()), run.start(), run.end())
        for run in DIGITS.finditer(left)
        if re.search(r"[0-9]{3}", run.group()) or len(re.sub(r"[^0-9]", "", run.group())) >= 6
    ]


def _signs(text: str) -> str:
    plus = "+" if text.strip().startswith("+") else ""
    return plus + re.sub(r"[^0-9]", "", text.replace("(0)", "") if plus else text)
