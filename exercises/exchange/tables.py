"""Read and write CSV and XLSX, with a row for each exercise or for each protocol.

The columns are a Resource of django-import-export, and each cell is one of its widgets. Its dry run
and its differences are not used. The dry run saves every row in a transaction to undo it, which
blocks every other user on SQLite. The differences cover one table only, and use inline styles,
which the content security policy of our pages forbids.

A spreadsheet runs a cell that begins with = + - @, a tab or a return as a formula. Such a text is
exported with an apostrophe before it, which is removed on import.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import IntegerField
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.formats.base_formats import XLSX
from import_export.resources import Resource
from import_export.widgets import Widget
from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from rugpijn import tables
from rugpijn.typed.text import shown

from ..library.entries import FACTS, WORDS
from ..library.table import is_language
from ..models import Exercise, ExerciseText, Protocol, ProtocolText
from .content import MOST, Content, ContentRow

BYTES = 2 * 1024 * 1024
UNPACKED = 50 * 1024 * 1024  # bytes of an XLSX, which is a zip
COLUMNS = 200
CELL = 32_767  # characters, the most that a cell can hold
RUNS = re.compile(r"'*[=+\-@\t\r]")
NOT_PRACTICE = {"practice", "practice_id", "praktijk", "praktijk_id"}
BSN = {"bsn", "burgerservicenummer", "sofinummer"}
# What openpyxl raises for a damaged XLSX.
DAMAGED = (
    *(zipfile.BadZipFile, InvalidFileException, NotImplementedError, OSError, EOFError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError),
)


class Cell(Widget):
    """A text, which a spreadsheet does not run as a formula."""

    def clean(self, value, row=None, **options):
        text = "" if value is None else _text(value)
        return text[1:] if text.startswith("'") and RUNS.match(text) else text

    def render(self, value, obj=None, **options):
        text = str(tables.cell(value)) if isinstance(value, date) else str(value or "")
        return f"'{text}" if RUNS.match(text) else text


class NumberCell(Cell):
    """A whole number. Other text stays text, and is refused where the number is read."""

    def clean(self, value, row=None, **options):
        text = super().clean(value).strip()
        return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text


class StepsCell(Cell):
    """One step on each line."""

    def clean(self, value, row=None, **options):
        lines = super().clean(value).splitlines()
        return [line for line in lines if line.strip()]

    def render(self, value, obj=None, **options):
        return super().render("\n".join(value or []))


class LinesCell(Cell):
    """The exercises of a protocol, one on each line: dosage | key | weeks | title.

    The title is for the reader and is ignored on import.
    """

    def clean(self, value, row=None, **options):
        lines = [line.split("|") for line in super().clean(value).splitlines() if line.strip()]
        return [
            dict(zip(("dosage", "exercise", "weeks"), map(str.strip, parts), strict=False))
            for parts in lines
        ]

    def render(self, value, obj=None, **options):
        lines = [
            " | ".join(
                (line["dosage"], line["exercise"], line.get("weeks", ""), line.get("title", ""))
            ).rstrip(" |")
            for line in value or []
        ]
        return super().render("\n".join(lines))


class NamesCell(Cell):
    """Names of symptoms, separated by spaces, commas or semicolons."""

    def clean(self, value, row=None, **options):
        return re.split(r"[\s,;]+", text) if (text := super().clean(value).strip()) else []

    def render(self, value, obj=None, **options):
        return super().render(" ".join(value or []))


def _text(value: Any) -> str:
    """The value of a cell as text, where a spreadsheet has made a number or date of it."""
    if isinstance(value, datetime) and value == datetime(value.year, value.month, value.day):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\r\n", "\n")


class LibraryTable(Resource):
    """The columns of one kind. Each exported object is a dict made by `table_of`."""

    def __init__(self, kind: str, languages: Iterable[str] = ()):
        super().__init__()
        self.kind = kind
        model, texts = KINDS[kind]
        before = ("key", "dosage") if kind == "exercises" else ("key",)
        after = ("figure",) if kind == "exercises" else ("symptoms", "lines")
        for name in (*before, *FACTS[model], *after):
            self._add(name, name, self._widget(model, name))
        for language in languages or dict(settings.LANGUAGES):
            for name in WORDS[texts]:
                widget = StepsCell() if name == "steps" else Cell()
                self._add(f"{name}_{language}", f"{language}__{name}", widget)

    def _add(self, column: str, attribute: str, widget: Widget) -> None:
        self.fields[column] = Field(attribute, column, widget)

    def _widget(self, model, name: str) -> Widget:
        if name == "lines":
            return LinesCell()
        if name == "symptoms":
            return NamesCell()
        is_number = name in FACTS[model] and isinstance(model._meta.get_field(name), IntegerField)
        return NumberCell() if is_number else Cell()

    def iter_queryset(self, queryset):
        return iter(queryset)

    def values(self, cells: dict[str, Any]) -> dict[str, Any]:
        """The values of one row, in the shape of a table of a library file."""
        values: dict[str, Any] = {}
        for column in cells:
            field = self.fields[column]
            language, inside, name = field.attribute.rpartition("__")
            where = values.setdefault(language, {}) if inside else values
            where[name] = field.clean(cells)
        return values


KINDS = {"exercises": (Exercise, ExerciseText), "protocols": (Protocol, ProtocolText)}


# Writing.


def write(kind: str, format: str, things: list[dict[str, Any]]) -> bytes:
    """The file with `things`, which `table_of` made.

    Raises ValueError when a spreadsheet cannot hold a text.
    """
    others = {name for thing in things for name in thing if is_language(name)}
    languages = [*dict(settings.LANGUAGES), *sorted(others - dict(settings.LANGUAGES).keys())]
    dataset = LibraryTable(kind, languages).export(things)
    if format == "csv":
        return tables.written(dataset.headers, dataset).encode()
    if any(len(cell) > CELL for row in dataset for cell in row):
        raise ValueError(_("One of the texts is too long for a spreadsheet."))
    if any(ILLEGAL_CHARACTERS_RE.search(cell) for row in dataset for cell in row):
        raise ValueError(_("One of the texts has a character that a spreadsheet cannot hold."))
    dataset.title = kind
    return XLSX().export_data(dataset, column_width=28)


# Reading.


def read(content: bytes, format: str) -> Content:
    """The rows of a file. Raises ValueError with one sentence when it cannot be read."""
    headers, table, rows = _opened(content, format)
    filled = []
    for number, cells in rows:
        if any(str(cell).strip() for cell in cells[len(headers) :] if cell is not None):
            raise ValueError(
                _("Row %(row)d has more cells than there are columns.") % {"row": number}
            )
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        if len(filled) == MOST:
            raise ValueError(_("There are more than %d rows in this file. Split it.") % MOST)
        cells = [*cells, *[""] * (len(headers) - len(cells))]
        filled.append(ContentRow(number, table.values(dict(zip(headers, cells, strict=False)))))
    if not filled:
        raise ValueError(_("There are no rows in this file."))
    return Content(**{table.kind: filled}, partial=True)


def look(content: bytes, format: str) -> None:
    """Check a file before it is stored. Raises ValueError with one sentence.

    An XLSX takes seconds to open, so only its size and type are checked here.
    """
    if format == "csv":
        _opened(content, format)
    elif len(content) > BYTES or not zipfile.is_zipfile(io.BytesIO(content)):
        _refuse_size(content)
        raise ValueError(_no_xlsx())


def _opened(content: bytes, format: str) -> tuple[list[str], LibraryTable, Iterator]:
    _refuse_size(content)
    rows = _csv_rows(content) if format == "csv" else _xlsx_rows(content)
    headers = _headers(next(rows, (1, []))[1])
    table = LibraryTable(_kind_of(headers), _languages_of(headers))
    _check_columns(headers, table)
    return headers, table, rows


def _refuse_size(content: bytes) -> None:
    if len(content) > BYTES:
        raise ValueError(_("This file is larger than 2 MB. Split it, or use a zip."))


def _no_xlsx() -> str:
    return _("This is not a readable Excel file (XLSX).")


def _csv_rows(content: bytes) -> Iterator[tuple[int, list]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            _("This file is not in UTF-8. In Excel, save it as “CSV UTF-8”.")
        ) from error
    if "\0" in text:
        raise ValueError(_("This is not a CSV file."))
    first, _line_end, rest = text.partition("\n")
    skipped = 0
    if match := re.fullmatch(r"\"?sep=(.)\"?\r?", first, re.IGNORECASE):  # a line for Excel
        delimiter, text, skipped = match[1], rest, 1
    else:
        delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1 + skipped):
            yield number, cells
    except csv.Error as error:
        raise ValueError(
            _("Row %(row)d cannot be read: is a quotation mark missing?") % {"row": number + 1}
        ) from error


def _xlsx_rows(content: bytes) -> Iterator[tuple[int, list]]:
    """The numbers and cells of the only sheet with rows, up to the allowed number of rows."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            size = sum(entry.file_size for entry in files.infolist())
        rows = _only_sheet(content) if size <= UNPACKED else None
    except SheetsError as error:
        raise ValueError(str(error)) from error
    except DAMAGED as error:
        raise ValueError(_no_xlsx()) from error
    if rows is None:
        raise ValueError(_("Unpacked, this file is larger than 50 MB."))
    yield from ((number, list(cells)) for number, cells in enumerate(rows, start=1))


class SheetsError(Exception):
    """More than one sheet has rows. The message is a sentence for the user."""


def _only_sheet(content: bytes) -> list[tuple]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about colours and other features that are not read
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = {sheet.title: _rows_of(sheet) for sheet in book.worksheets}
    filled = [title for title, rows in sheets.items() if any(map(any, rows))]
    if len(filled) > 1:
        names = ", ".join(f"“{shown(title)}”" for title in filled)
        raise SheetsError(
            _("More than one sheet of this file has rows: %s. Keep the one to import.") % names
        )
    return sheets[filled[0]] if filled else []


def _rows_of(sheet) -> list[tuple]:
    sheet.reset_dimensions()
    return list(sheet.iter_rows(max_row=MOST + 2, max_col=COLUMNS, values_only=True))


def _headers(cells: list) -> list[str]:
    headers = ["" if cell is None else str(cell).strip() for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise ValueError(_("The first row must have the names of the columns."))
    for number, header in enumerate(headers, start=1):
        if not header:
            raise ValueError(_("Column %d has no name.") % number)
        if headers.count(header) > 1:
            raise ValueError(_("The column “%s” occurs twice.") % shown(header))
    return headers


def _kind_of(headers: list[str]) -> str:
    has_lines = "lines" in headers or any(header.startswith("summary_") for header in headers)
    return "protocols" if has_lines else "exercises"


def _languages_of(headers: list[str]) -> list[str]:
    suffixes = {header.rpartition("_")[2] for header in headers}
    return [*dict(settings.LANGUAGES), *sorted(filter(is_language, suffixes))]


def _check_columns(headers: list[str], table: LibraryTable) -> None:
    for header in headers:
        if header.lower() in BSN:
            raise ValueError(
                _("There is a column “%s”. Citizen service numbers (BSN) cannot be imported.")
                % shown(header)
            )
        if header.lower() in NOT_PRACTICE:
            raise ValueError(
                _("Remove the column “%s”: what you import is always for your own practice.")
                % shown(header)
            )
        if header not in table.fields:
            raise ValueError(
                _("The column “%(column)s” is unknown. The columns are %(columns)s.")
                % {"column": shown(header), "columns": ", ".join(table.fields)}
            )
