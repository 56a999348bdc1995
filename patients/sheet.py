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
from functools import cache

from django.db.models import F, Prefetch
from django.utils import translation

from exercises.dosage import Dosage
from exercises.media.films import Clip
from exercises.models import Advice, Figure
from exercises.period import Period
from exercises.pictures import Picture

from . import clinical
from .line import Line, lines_of, texts_of, with_library

SCHEMA = 4
# What is never kept back when a therapist keeps the library's text as it was given.
RED_FLAGS, CAUTIONS = Advice.Kind.RED_FLAGS.value, Advice.Kind.CAUTIONS.value


def _from_1_to_2(content: dict) -> dict:
    """Schema 2 knows pictures; what was issued before had none, and has none."""
    return {**content, "schema": 2}


def _from_2_to_3(content: dict) -> dict:
    """Schema 3 knows phases; what was issued before holds for the whole programme."""
    return {**content, "schema": 3}


def _from_3_to_4(content: dict) -> dict:
    """Schema 4 knows what is asked when something goes wrong; before, that was the same for all."""
    return {**content, "schema": 4, "symptoms": _asked_before(content["language"])}


@cache
def _asked_before(language: str) -> list[dict]:
    return [asdict(one) for one in _questions(clinical.SYMPTOMS_BEFORE, language)]


# An older schema keeps its way up here, one step a function.
UPGRADES = {1: _from_1_to_2, 2: _from_2_to_3, 3: _from_3_to_4}


@dataclass(frozen=True)
class Question:
    """A symptom that this version asks about, with its words as they were given."""

    key: str
    words: str
    urgency: str


@dataclass(frozen=True)
class AdviceBlock:
    """A piece of advice: a heading and paragraphs; a line starting with "- " is a list item."""

    kind: str
    title: str
    body: str
    version: int = 1
    figure: Picture | None = None
    protocol: str = ""  # which it came from; empty when that was not recorded

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """("paragraph", (text,)) or ("list", items), in reading order."""
        items: list[str] = []
        for line in lines_of(self.body):
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

    def texts(self) -> list[str]:
        """Its paragraphs and the items of its lists, in reading order."""
        return [text for _kind, texts in self.parts() for text in texts]

    def words(self) -> list[str]:
        return [self.title, *texts_of(self.figure), *self.texts()]


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
    advice: tuple[AdviceBlock, ...]
    symptoms: tuple[Question, ...] = ()

    @classmethod
    def of(cls, programme, library_as_in: "Sheet | None" = None) -> "Sheet":
        """The sheet as it would be issued now, in the patient's language.

        Five queries, however long the programme. With `library_as_in`, lines that
        were on that sheet keep the library's words of then.
        """
        language = programme.patient.language
        prescriptions = with_library(programme.prescriptions, "exercise__").annotate(
            online_page=F("programme__patient__practice__online_page")
        )
        blocks = Advice.objects.select_related("figure__rendering")
        blocks = blocks.defer("figure__rendering__photo")
        protocols = programme.protocols.prefetch_related(
            Prefetch("advice", blocks), "advice__texts"
        )
        with translation.override(language):
            lines = _in_phases(Line.of(prescription, language) for prescription in prescriptions)
            advice = tuple(
                AdviceBlock(
                    kind=block.kind,
                    title=block.text("title", language),
                    body=block.text("body", language),
                    version=block.version,
                    figure=_picture(block, language),
                    protocol=str(protocol.uuid),
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
            symptoms=_questions(_asked(protocols, prescriptions), language),
        )
        if library_as_in is not None:
            sheet = sheet.with_library_of(library_as_in)
        return sheet.with_cautions_once()

    def with_library_of(self, earlier: "Sheet") -> "Sheet":
        """This sheet with the library's words of an earlier one, where it had them.

        A sheet in another language keeps nothing: its words are a translation. Red flags of a
        protocol that was added since, and symptoms that are asked now, are never kept back.
        """
        if earlier.language != self.language:
            return self
        before = {line.uuid: line for line in earlier.lines}
        lines = []
        for line in self.lines:
            old = before.get(line.uuid)
            if old is not None and old.exercise == line.exercise:
                line = line.with_library_of(old)
            lines.append(line)
        known = {block.protocol for block in earlier.advice}
        said = [block.words() for block in earlier.advice]
        added = tuple(
            block
            for block in self.red_flags
            if block.protocol not in known and block.words() not in said
        )
        kept = {question.key for question in earlier.symptoms}
        asked = tuple(question for question in self.symptoms if question.key not in kept)
        return replace(
            self,
            lines=tuple(lines),
            advice=(*earlier.advice, *added),
            symptoms=_in_order((*earlier.symptoms, *asked)),
        )

    def with_cautions_once(self) -> "Sheet":
        """This sheet, where a warning that holds for all exercises stands at none of them."""
        cautions = [text for block in self.cautions for text in block.texts()]
        lines = tuple(line.without(cautions) for line in self.lines) if cautions else self.lines
        return replace(self, lines=lines)

    @property
    def has_phases(self) -> bool:
        return any(not line.period.is_whole for line in self.lines)

    @property
    def red_flags(self) -> tuple[AdviceBlock, ...]:
        return tuple(block for block in self.advice if block.kind == RED_FLAGS)

    @property
    def cautions(self) -> tuple[AdviceBlock, ...]:
        """What holds for all exercises: it is read once, before them."""
        return tuple(block for block in self.advice if block.kind == CAUTIONS)

    @property
    def other_advice(self) -> tuple[AdviceBlock, ...]:
        return tuple(block for block in self.advice if block.kind not in (RED_FLAGS, CAUTIONS))

    @property
    def nameless(self) -> "Sheet":
        """What whoever holds the link may read: nothing that was written for one person, but
        where the therapist said so. Of a stored version ask `Version.nameless_sheet`."""
        lines = tuple(line.nameless for line in self.lines)
        advice = (*self.cautions, *self.red_flags)
        return replace(self, title="", therapist="", lines=lines, advice=advice, symptoms=())

    @property
    def without_library_steps(self) -> set[str]:
        """The exercises with steps for one patient only: the library's were not recorded."""
        missing = (line for line in self.lines if line.is_replaced and line.library_steps is None)
        return {line.exercise for line in missing}

    def with_library_steps(self, steps: dict[str, tuple[str, ...]]) -> "Sheet":
        """This sheet with the library's steps, by exercise, where they were not recorded."""
        lines = tuple(
            replace(line, library_steps=steps.get(line.exercise, ()))
            if line.is_replaced and line.library_steps is None
            else line
            for line in self.lines
        )
        return replace(self, lines=lines)

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

    @property
    def alarms(self) -> tuple[Question, ...]:
        """The symptoms asked about that need a doctor, with an exercise or without one."""
        return tuple(one for one in self.symptoms if clinical.urgency([one.key]) == "doctor")

    def words_of(self, symptoms: Iterable[str]) -> tuple[str, ...]:
        """Symptoms in the words that were given; what another version asked in those of today."""
        given = {question.key: question.words for question in self.symptoms}
        return tuple(given.get(name) or str(clinical.SYMPTOMS[name].words) for name in symptoms)

    def line(self, uuid) -> Line | None:
        return next((line for line in self.lines if line.uuid == str(uuid)), None)

    def to_json(self) -> dict:
        """Plain JSON. `from_json` reads it back to an equal Sheet."""
        content = asdict(self)
        for line, raw in zip(self.lines, content["lines"], strict=True):
            raw["dosage"] = line.dosage.to_dict()
            raw["period"] = line.period.to_dict()
            raw["steps"] = list(line.steps)
            if line.library_steps is not None:
                raw["library_steps"] = list(line.library_steps)
        content["lines"] = list(content["lines"])
        content["advice"] = list(content["advice"])
        content["symptoms"] = list(content["symptoms"])
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
                        "library_steps": _tuple(raw.get("library_steps")),
                        "figure": Picture.from_json(raw.get("figure")),
                        "other_figure": Picture.from_json(raw.get("other_figure")),
                        "film": Clip.from_json(raw.get("film")),
                    }
                )
                for raw in content["lines"]
            ),
            advice=tuple(
                AdviceBlock(**{**raw, "figure": Picture.from_json(raw.get("figure"))})
                for raw in content["advice"]
            ),
            symptoms=tuple(Question(**raw) for raw in content["symptoms"]),
        )

    @property
    def digest(self) -> str:
        """What was frozen, as one number: equal digests are equal sheets."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _tuple(steps: list[str] | None) -> tuple[str, ...] | None:
    return None if steps is None else tuple(steps)


def _picture(block: Advice, language: str) -> Picture | None:
    return Picture.of(block.figure, language) if block.figure is not None else None


def _asked(protocols, prescriptions) -> tuple[str, ...]:
    """What is asked about the complaints of these protocols; without one, the exercises tell."""
    complaints = [(protocol.category, protocol.symptoms) for protocol in protocols]
    return clinical.symptoms_asked(
        complaints or [(line.exercise.category, ()) for line in prescriptions]
    )


def _questions(names: Iterable[str], language: str) -> tuple[Question, ...]:
    """Symptoms as they are asked in a language."""
    with translation.override(language):
        symptoms = ((name, clinical.SYMPTOMS[name]) for name in names)
        return tuple(Question(name, str(one.words), one.urgency) for name, one in symptoms)


def _in_order(questions: Iterable[Question]) -> tuple[Question, ...]:
    """As the catalogue has them."""
    order = list(clinical.SYMPTOMS)
    return tuple(sorted(questions, key=lambda question: order.index(question.key)))


def _in_phases(lines: Iterable[Line]) -> tuple[Line, ...]:
    """What holds for the whole programme first, then each phase by when it begins."""
    return tuple(sorted(lines, key=lambda line: line.period.place))


def _each_kind_once(blocks: tuple[AdviceBlock, ...]) -> tuple[AdviceBlock, ...]:
    """Advice of several protocols: the first text about a subject, but every warning."""
    seen: set[str] = set()
    kept = []
    for block in blocks:
        if block.kind in (RED_FLAGS, CAUTIONS) or block.kind not in seen:
            kept.append(block)
        seen.add(block.kind)
    return tuple(kept)
