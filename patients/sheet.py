"""The programme as people read it.

Page, paper and export render a Sheet and never the tables behind it, so they
cannot disagree. A Sheet is frozen in a Version when a therapist issues it. What
may change later without a new version (the practice's phone, the patient's
name) is not part of it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace

from django.db.models import Prefetch
from django.utils import translation

from exercises.dosage import Dosage
from exercises.films import Clip
from exercises.models import Advice, Figure
from exercises.period import WHOLE, Period
from exercises.pictures import Picture

SCHEMA = 3


def _from_1_to_2(content: dict) -> dict:
    """Schema 2 knows pictures; what was issued before had none, and has none."""
    return {**content, "schema": 2}


def _from_2_to_3(content: dict) -> dict:
    """Schema 3 knows phases; what was issued before holds for the whole programme."""
    return {**content, "schema": 3}


# An older schema keeps its way up here, one step a function.
UPGRADES = {1: _from_1_to_2, 2: _from_2_to_3}


@dataclass(frozen=True)
class Line:
    """One exercise, with everything a patient reads about it.

    `uuid` is the prescription's and stays the same through every version.
    `sentence` is the dosage in words, and `when` the weeks for which it holds (empty for the whole
    programme), in the language of the sheet.
    """

    uuid: str
    exercise: str
    title: str
    start_position: str
    steps: tuple[str, ...]
    dosage: Dosage
    sentence: str
    purpose: str = ""
    caution: str = ""
    harder_when: str = ""
    easier_when: str = ""
    equipment: str = ""
    note: str = ""
    video: str = ""
    online_number: int | None = None
    online_title: str = ""
    own_steps: bool = False  # the steps were written for this patient
    figure: Picture | None = None
    other_figure: Picture | None = None  # of the side that follows, when both are done
    film: Clip | None = None
    period: Period = WHOLE
    when: str = ""

    # What the library says; the rest is this patient's own.
    LIBRARY = (
        "title", "start_position", "steps", "purpose", "caution", "harder_when",
        "easier_when", "equipment", "video", "online_number", "online_title", "figure",
        "other_figure", "film",
    )  # fmt: skip

    def words(self) -> list[str]:
        """Every text of this line, in the order in which it is read."""
        texts = [
            self.title, self.sentence, *_captions(self.figure), self.purpose,
            self.start_position, *self.steps, self.caution, self.note,
            self.harder_when, self.easier_when, self.equipment,
        ]  # fmt: skip
        return [text for text in texts if text]

    @classmethod
    def of(cls, prescription, language: str) -> "Line":
        exercise = prescription.exercise
        own_steps = prescription.steps.strip()
        figure, other_figure = _of_each_side(exercise, language, prescription.side)
        return cls(
            uuid=str(prescription.uuid),
            exercise=str(exercise.uuid),
            title=exercise.text("title", language),
            start_position=exercise.text("start_position", language),
            steps=tuple(_lines(own_steps or exercise.text("steps", language))),
            dosage=prescription.dosage,
            sentence=str(prescription.dosage),
            purpose=exercise.text("purpose", language),
            caution=exercise.text("caution", language),
            harder_when=exercise.text("harder_when", language),
            easier_when=exercise.text("easier_when", language),
            equipment=exercise.text("equipment", language),
            note=prescription.note.strip(),
            video=exercise.video,
            online_number=exercise.online_number,
            online_title=exercise.online_title,
            own_steps=bool(own_steps),
            figure=figure,
            other_figure=other_figure,
            film=_film(exercise, language),
            period=prescription.period,
            when=str(prescription.period),
        )

    @property
    def other_side_follows(self) -> bool:
        """The picture shows one side, and the patient does both."""
        return bool(self.figure and self.figure.side and self.dosage.side == "each")


@dataclass(frozen=True)
class Block:
    """A piece of advice: a heading and paragraphs; a line starting with "- " is a list item."""

    kind: str
    title: str
    body: str
    version: int = 1
    figure: Picture | None = None

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """("paragraph", (text,)) or ("list", items), in reading order."""
        items: list[str] = []
        for line in _lines(self.body):
            if line.startswith("- "):
                items.append(line[2:].strip())
                continue
            if items:
                yield "list", tuple(items)
                items = []
            yield "paragraph", (line,)
        if items:
            yield "list", tuple(items)

    @property
    def lists(self) -> int:
        return sum(kind == "list" for kind, _texts in self.parts())

    def words(self) -> list[str]:
        return [
            self.title,
            *_captions(self.figure),
            *(text for _kind, texts in self.parts() for text in texts),
        ]


def upgraded(content: dict) -> dict:
    """A stored sheet as it would be stored today."""
    while content["schema"] != SCHEMA:
        content = UPGRADES[content["schema"]](content)
    return content


@dataclass(frozen=True)
class Sheet:
    """What one version of a programme says."""

    language: str
    title: str
    therapist: str
    lines: tuple[Line, ...]
    advice: tuple[Block, ...]

    @classmethod
    def of(cls, programme, library_as_in: "Sheet | None" = None) -> "Sheet":
        """The sheet as it would be issued now, in the patient's language.

        Five queries, however long the programme. With `library_as_in`, lines that
        were on that sheet keep the library's words of then.
        """
        language = programme.patient.language
        prescriptions = programme.prescriptions.select_related(
            "exercise__figure__rendering", "exercise__figure__mirrored", "exercise__film"
        )
        # A sheet says where a photo is, and does not hold it.
        prescriptions = prescriptions.defer(
            "exercise__figure__rendering__photo", "exercise__figure__mirrored__photo"
        ).prefetch_related("exercise__texts")
        blocks = Advice.objects.select_related("figure__rendering")
        blocks = blocks.defer("figure__rendering__photo")
        protocols = programme.protocols.prefetch_related(
            Prefetch("advice", blocks), "advice__texts"
        )
        with translation.override(language):
            lines = _in_phases(Line.of(prescription, language) for prescription in prescriptions)
            advice = tuple(
                Block(
                    kind=block.kind,
                    title=block.text("title", language),
                    body=block.text("body", language),
                    version=block.version,
                    figure=_picture(block, language),
                )
                for protocol in protocols
                for block in protocol.advice.all()
            )
        sheet = cls(
            language=language,
            title=programme.title,
            therapist=programme.therapist.name,
            lines=lines,
            advice=_each_kind_once(advice),
        )
        return sheet.with_library_of(library_as_in) if library_as_in else sheet

    def with_library_of(self, earlier: "Sheet") -> "Sheet":
        """This sheet with the library's words of an earlier one, where it had them.

        A sheet in another language keeps nothing: its words are a translation.
        """
        if earlier.language != self.language:
            return self
        before = {line.uuid: line for line in earlier.lines}
        lines = []
        for line in self.lines:
            old = before.get(line.uuid)
            if old is not None and old.exercise == line.exercise:
                keep = {name: getattr(old, name) for name in Line.LIBRARY}
                if old.dosage.side != line.dosage.side:  # the drawing shows the side that is done
                    keep |= {"figure": line.figure, "other_figure": line.other_figure}
                if line.own_steps or old.own_steps:
                    keep["steps"] = line.steps  # somebody's words, then or now: not the library's
                line = replace(line, **keep)
            lines.append(line)
        return replace(self, lines=tuple(lines), advice=earlier.advice)

    @property
    def has_phases(self) -> bool:
        return any(not line.period.is_whole for line in self.lines)

    @property
    def red_flags(self) -> tuple[Block, ...]:
        return tuple(block for block in self.advice if block.kind == "red_flags")

    @property
    def other_advice(self) -> tuple[Block, ...]:
        return tuple(block for block in self.advice if block.kind != "red_flags")

    @property
    def nameless(self) -> "Sheet":
        """What whoever holds the link may read: nothing that was written for one person."""
        lines = tuple(replace(line, note="") for line in self.lines)
        return replace(self, title="", therapist="", lines=lines, advice=self.red_flags)

    def pictures(self) -> list[Picture]:
        """Of exercises and of advice, in reading order."""
        return [item.figure for item in (*self.lines, *self.advice) if item.figure is not None]

    def _drawn(self) -> list[Picture]:
        """The pictures that are read, and those of the other side, which a counter turns to."""
        others = [line.other_figure for line in self.lines if line.other_figure is not None]
        return self.pictures() + others

    def digests(self) -> set[str]:
        """All that this sheet shows and does not hold; it stays as long as the sheet."""
        drawn = {picture.digest for picture in self._drawn()}
        return drawn.union(*(line.film.digests for line in self.lines if line.film is not None))

    def media(self) -> set[str]:
        """What of it not everyone may see: photos and films."""
        drawn = {p.digest for p in self._drawn() if p.kind != Figure.Kind.PHOTO}
        return self.digests() - drawn

    def line(self, uuid) -> Line | None:
        return next((line for line in self.lines if line.uuid == str(uuid)), None)

    def to_json(self) -> dict:
        """Plain JSON. `from_json` reads it back to an equal Sheet."""
        content = asdict(self)
        for line, raw in zip(self.lines, content["lines"], strict=True):
            raw["dosage"] = line.dosage.to_dict()
            raw["period"] = line.period.to_dict()
            raw["steps"] = list(line.steps)
        content["lines"] = list(content["lines"])
        content["advice"] = list(content["advice"])
        return {"schema": SCHEMA, **content}

    @classmethod
    def from_json(cls, content: dict) -> "Sheet":
        content = upgraded(content)
        return cls(
            language=content["language"],
            title=content["title"],
            therapist=content["therapist"],
            lines=tuple(
                Line(
                    **{
                        **raw,
                        "dosage": Dosage.from_dict(raw["dosage"]),
                        "period": Period.from_dict(raw.get("period")),
                        "steps": tuple(raw["steps"]),
                        "figure": Picture.from_json(raw.get("figure")),
                        "other_figure": Picture.from_json(raw.get("other_figure")),
                        "film": Clip.from_json(raw.get("film")),
                    }
                )
                for raw in content["lines"]
            ),
            advice=tuple(
                Block(**{**raw, "figure": Picture.from_json(raw.get("figure"))})
                for raw in content["advice"]
            ),
        )

    @property
    def digest(self) -> str:
        """What was frozen, as one number: equal digests are equal sheets."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Change:
    """One difference between two sheets. `before` or `after` is empty for new and gone."""

    where: str
    part: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """One of added, removed and changed."""
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


def changes(before: Sheet, after: Sheet) -> list[Change]:
    """How two sheets differ for whoever reads them, in reading order.

    A sentence that an upgrade of the app words differently is no difference, nor
    is the version number of advice whose words are the same.

    `part` is a field of Sheet, Line or Block; "line", "advice" and "order" stand
    for a whole line, a whole block and the order of lines.
    """
    same_language = before.language == after.language
    found = [
        Change("", part, getattr(before, part), getattr(after, part))
        for part in ("title", "therapist", "language")
        if getattr(before, part) != getattr(after, part)
    ]
    found += _changed_parts(
        {line.uuid: line for line in before.lines},
        {line.uuid: line for line in after.lines},
        whole="line",
        skip=("uuid", "exercise", "dosage", "own_steps", "period", "other_figure"),
        same_language=same_language,
    )
    kept = [line.uuid for line in before.lines if after.line(line.uuid)]
    if kept != [line.uuid for line in after.lines if before.line(line.uuid)]:
        found.append(
            Change(
                "",
                "order",
                " · ".join(line.title for line in before.lines),
                " · ".join(line.title for line in after.lines),
            )
        )
    found += _changed_parts(
        _by_subject(before.advice),
        _by_subject(after.advice),
        whole="advice",
        skip=("kind", "version"),
        same_language=same_language,
    )
    return found


def _changed_parts(
    before: dict, after: dict, whole: str, skip: tuple[str, ...], same_language: bool
) -> list[Change]:
    found = []
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            found.append(
                Change(
                    (new or old).title,
                    whole,
                    "\n".join(old.words()) if old else "",
                    "\n".join(new.words()) if new else "",
                )
            )
            continue
        for part in old.__dataclass_fields__:
            if part == "sentence" and same_language and old.dosage == new.dosage:
                continue
            if part == "when" and same_language and old.period == new.period:
                continue
            if part == "figure" and _shows_the_same(old.figure, new.figure):
                continue
            if part not in skip and getattr(old, part) != getattr(new, part):
                found.append(
                    Change(new.title, part, _plain(getattr(old, part)), _plain(getattr(new, part)))
                )
    return found


def _shows_the_same(old: Picture | None, new: Picture | None) -> bool:
    """A picture that an upgrade of the app draws more finely is no difference."""
    if old is None or new is None:
        return old is new
    return old.source == new.source


def _by_subject(blocks: tuple[Block, ...]) -> dict:
    """Blocks by their kind and how many of that kind came before; red flags may come twice."""
    kinds = [block.kind for block in blocks]
    return {
        (block.kind, kinds[:index].count(block.kind)): block for index, block in enumerate(blocks)
    }


def _plain(value) -> str:
    if isinstance(value, Picture):
        return "\n".join([value.title, *value.words()])
    if isinstance(value, Clip):
        return f"{value.title}\n{value.alternative}"
    if isinstance(value, tuple):
        return "\n".join(value)
    return "" if value is None else str(value)


def _picture(item, language: str, side: str = "") -> Picture | None:
    """The picture of an exercise or of advice, if it has one."""
    return Picture.of(item.figure, language, side) if item.figure is not None else None


def _of_each_side(exercise, language: str, side: str) -> tuple[Picture | None, Picture | None]:
    """The picture of the side that is done, or of left and then of right when both are."""
    figure = exercise.figure
    if side == "each" and figure is not None and figure.mirrored is not None:
        return Picture.of(figure, language, "left"), Picture.of(figure, language, "right")
    return _picture(exercise, language, side), None


def _film(exercise, language: str) -> Clip | None:
    film = getattr(exercise, "film", None)
    return Clip.of(film, language) if film is not None else None


def _captions(figure: Picture | None) -> list[str]:
    return figure.words() if figure is not None else []


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _in_phases(lines: Iterable[Line]) -> tuple[Line, ...]:
    """What holds for the whole programme first, then each phase by when it begins."""
    return tuple(sorted(lines, key=lambda line: line.period.place))


def _each_kind_once(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Advice of several protocols: the first text about a subject, but every red flag."""
    seen: set[str] = set()
    kept = []
    for block in blocks:
        if block.kind == "red_flags" or block.kind not in seen:
            kept.append(block)
        seen.add(block.kind)
    return tuple(kept)
