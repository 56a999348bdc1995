"""One exercise of a sheet, and the table of its parts.

Each part is a field of `Line` with a `LinePart`: its name, how to read it from the library, and
whether it is read with the exercise. What is frozen, compared, corrected and printed is made from
this table, so a new part is one more field.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from exercises.dosage import Dosage
from exercises.media.films import Clip
from exercises.models import Exercise
from exercises.period import WHOLE, Period
from exercises.pictures import Picture


@dataclass(frozen=True)
class LineSource:
    """The texts, pictures and links that the library has of an exercise, for one patient.

    `side` is the prescribed one. `online_page` is the web page on which the practice has its
    exercises by number. Without one the number and title on that page are left out.
    """

    exercise: Exercise
    language: str
    side: str = ""
    online_page: str = ""

    def text(self, name: str) -> str:
        return self.exercise.text(name, self.language)

    @property
    def steps(self) -> tuple[str, ...]:
        return lines_of(self.text("steps"))

    @property
    def video(self) -> str:
        """The address of the exercise's own video, or else of the page with videos by number."""
        numbered = self.exercise.online_number is not None or self.exercise.online_title
        return self.exercise.video or (self.online_page if numbered else "")

    @property
    def online_number(self) -> int | None:
        return self.exercise.online_number if self.video else None

    @property
    def online_title(self) -> str:
        return self.exercise.online_title if self.video else ""

    @property
    def figure(self) -> Picture | None:
        """The picture of the side that is done, and of the left one when both are."""
        side = "left" if self._shows_both else self.side
        return self._picture(side) if self.exercise.figure is not None else None

    @property
    def other_figure(self) -> Picture | None:
        """The picture of the other side, when both are done."""
        return self._picture("right") if self._shows_both else None

    @property
    def _shows_both(self) -> bool:
        figure = self.exercise.figure
        return self.side == "each" and figure is not None and figure.mirrored is not None

    def _picture(self, side: str) -> Picture:
        return Picture.of(self.exercise.figure, self.language, side)

    @property
    def film(self) -> Clip | None:
        film = getattr(self.exercise, "film", None)
        return Clip.of(film, self.language) if film is not None else None


@dataclass(frozen=True)
class LinePart:
    """What a field of a Line means to people.

    `label` is its name for a therapist. `library` reads it from the library; without it, the field
    was written for this patient. `is_read` says that its words are read with the exercise. A part
    with a `heading` is one that some people look up, and `is_level` says that it makes the
    exercise lighter or heavier.
    """

    label: str
    library: Callable[[LineSource], Any] | None = None
    is_read: bool = False
    heading: str = ""
    is_level: bool = False


def _part(label: str, library: Callable[[LineSource], Any] | None = None, **more) -> dict:
    return {"part": LinePart(label, library, **more)}


def _text(label: str, name: str, **more) -> dict:
    return _part(label, lambda library: library.text(name), is_read=True, **more)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One exercise with everything a patient reads about it, in the order in which it is read.

    `uuid` is that of the prescription, and is the same in every version. `sentence` is the dosage
    in words, and `when` the weeks in which it is done (empty for the whole programme), both in the
    language of the sheet.
    """

    uuid: str
    exercise: str
    title: str = field(metadata=_text(_("title"), "title"))
    dosage: Dosage
    sentence: str = field(metadata=_part(_("dosage"), is_read=True))
    figure: Picture | None = field(
        default=None,
        metadata=_part(_("drawing or photo"), lambda library: library.figure, is_read=True),
    )
    purpose: str = field(default="", metadata=_text(_("purpose"), "purpose"))
    start_position: str = field(metadata=_text(_("start position"), "start_position"))
    steps: tuple[str, ...] = field(
        metadata=_part(_("steps"), lambda library: library.steps, is_read=True)
    )
    caution: str = field(default="", metadata=_text(_("caution"), "caution"))
    note: str = field(default="", metadata=_part(_("note"), is_read=True))
    harder_when: str = field(
        default="",
        metadata=_text(_("make it harder when"), "harder_when", heading=_("Harder"), is_level=True),
    )
    easier_when: str = field(
        default="",
        metadata=_text(_("make it easier when"), "easier_when", heading=_("Easier"), is_level=True),
    )
    equipment: str = field(
        default="", metadata=_text(_("equipment"), "equipment", heading=_("You need"))
    )
    film: Clip | None = field(default=None, metadata=_part(_("film"), lambda library: library.film))
    video: str = field(default="", metadata=_part(_("video link"), lambda library: library.video))
    online_number: int | None = field(
        default=None, metadata=_part(_("online number"), lambda library: library.online_number)
    )
    online_title: str = field(
        default="", metadata=_part(_("online title"), lambda library: library.online_title)
    )
    other_figure: Picture | None = None  # the picture of the other side, when both are done
    period: Period = WHOLE
    when: str = field(default="", metadata=_part(_("weeks")))
    own_steps: bool = False  # the steps were written for this patient
    # The library's steps beside those; None in a version that did not record them.
    library_steps: tuple[str, ...] | None = None
    on_share_page: bool = field(
        default=False, metadata=_part(_("whoever holds the paper may read note and instruction"))
    )

    def words(self) -> list[str]:
        """Every text of this line, in the order in which it is read."""
        parts = (getattr(self, name) for name, part in PARTS.items() if part.is_read)
        return [text for part in parts for text in texts_of(part) if text]

    @classmethod
    def of(cls, prescription, language: str) -> "Line":
        """The line of a prescription, which comes from a query `with_library`."""
        exercise = prescription.exercise
        library = LineSource(exercise, language, prescription.side, prescription.online_page)
        own_steps = lines_of(prescription.steps)
        line = cls(
            uuid=str(prescription.uuid),
            exercise=str(exercise.uuid),
            dosage=prescription.dosage,
            sentence=str(prescription.dosage),
            note=prescription.note.strip(),
            own_steps=bool(own_steps),
            period=prescription.period,
            when=str(prescription.period),
            on_share_page=prescription.on_share_page,
            other_figure=library.other_figure,
            **of_library(library),
        )
        if not own_steps:
            return line
        return replace(line, steps=own_steps, library_steps=line.steps)

    def with_library_of(self, earlier: "Line") -> "Line":
        """This line with the library's texts of an earlier one about the same exercise."""
        kept = {name: getattr(earlier, name) for name in (*LIBRARY, "other_figure")}
        if earlier.dosage.side != self.dosage.side:  # the drawing shows the side that is done
            kept |= {"figure": self.figure, "other_figure": self.other_figure}
        if self.own_steps and not earlier.own_steps:
            kept["library_steps"] = earlier.steps
        elif self.own_steps and earlier.library_steps is not None:
            kept["library_steps"] = earlier.library_steps
        if self.own_steps or earlier.own_steps:
            kept["steps"] = self.steps  # one of the two has steps that are not the library's
        return replace(self, **kept)

    @property
    def is_replaced(self) -> bool:
        """Whether the page without a name shows the library's steps and not the patient's own."""
        return self.own_steps and not self.on_share_page

    @property
    def nameless(self) -> "Line":
        """The line for whoever holds the link on paper, without what was written for one person
        unless the therapist allowed it."""
        if self.on_share_page:
            return self
        steps = (self.library_steps or ()) if self.own_steps else self.steps
        return replace(self, note="", steps=steps)

    def without(self, cautions: Iterable[str]) -> "Line":
        """This line without the warnings that the sheet has for all exercises."""
        return replace(self, caution=without(self.caution, cautions))

    @property
    def levels(self) -> list[tuple[str, str]]:
        """Heading and text of each part about making the exercise lighter or heavier."""
        return self._looked_up(is_level=True)

    @property
    def extras(self) -> list[tuple[str, str]]:
        """Heading and text of each other part that some people look up."""
        return self._looked_up(is_level=False)

    def _looked_up(self, is_level: bool) -> list[tuple[str, str]]:
        return [
            (str(part.heading), getattr(self, name))
            for name, part in PARTS.items()
            if part.heading and part.is_level is is_level and getattr(self, name)
        ]

    @property
    def online(self) -> str:
        """Which video it is on the page of its video: “number 3, Plank”."""
        online = [self.online_title] if self.online_title else []
        if self.online_number is not None:
            online.insert(0, gettext("number %(number)d") % {"number": self.online_number})
        return ", ".join(online)

    @property
    def small_print(self) -> list[tuple[str, str]]:
        """Label and value of what is printed in small print under an exercise."""
        rows = [*self.levels, *self.extras]
        if self.film:
            rows.append((gettext("Film"), gettext("see the page behind the QR code")))
        if self.online:
            rows.append((pgettext("on paper", "Online"), self.online))
        return rows

    @property
    def other_side_follows(self) -> bool:
        """Whether the picture shows one side and the patient does both."""
        return bool(self.figure and self.figure.side and self.dosage.side == "each")


PARTS: dict[str, LinePart] = {
    one.name: one.metadata["part"] for one in fields(Line) if "part" in one.metadata
}
LIBRARY = tuple(name for name, part in PARTS.items() if part.library is not None)


def of_library(library: LineSource) -> dict[str, Any]:
    """The parts of a line that come from the library, by name."""
    return {name: PARTS[name].library(library) for name in LIBRARY}


def with_library(exercises: QuerySet, at: str = "") -> QuerySet:
    """The same rows with all that `LineSource` reads of an exercise, in one more query.

    `at` is the lookup from a row to its exercise, such as "exercise__". Photos are not fetched.
    """
    figures = [f"{at}figure__rendering", f"{at}figure__mirrored"]
    rows = exercises.select_related(*figures, f"{at}film")
    return rows.defer(*(f"{figure}__photo" for figure in figures)).prefetch_related(f"{at}texts")


def texts_of(value: Any) -> list[str]:
    """The texts of a part, which is a picture, a tuple of texts, or a text."""
    if isinstance(value, Picture):
        return value.words()
    if isinstance(value, tuple):
        return list(value)
    return [value] if value else []


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text, stripped, without the empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def without(caution: str, cautions: Iterable[str]) -> str:
    """A warning without those parts of its text that are in `cautions`."""
    for text in cautions:
        before, match, after = f" {caution} ".partition(f" {text} ")
        if match:
            caution = f"{before} {after}".strip()
    return caution
