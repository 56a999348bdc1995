"""The programme as people read it.

Page, paper and export render a Sheet and never the tables behind it, so they cannot disagree. A
Sheet is frozen in a Version when a therapist issues it. What may change without a new version (the
practice's phone number, the patient's name) is not part of it.
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
# Kinds of advice that are warnings. Each is shown, also when two protocols have the same kind.
RED_FLAGS, CAUTIONS = Advice.Kind.RED_FLAGS.value, Advice.Kind.CAUTIONS.value


def _from_1_to_2(content: dict) -> dict:
    """Schema 2 has pictures. Older sheets have none."""
    return {**content, "schema": 2}


def _from_2_to_3(content: dict) -> dict:
    """Schema 3 has phases. The lines of older sheets are for the whole programme."""
    return {**content, "schema": 3}


def _from_3_to_4(content: dict) -> dict:
    """Schema 4 has the symptoms that are asked about. Before, they were the same for everybody."""
    return {**content, "schema": 4, "symptoms": _symptoms_before(content["language"])}


@cache
def _symptoms_before(language: str) -> list[dict]:
    return [asdict(one) for one in _questions(clinical.SYMPTOMS_BEFORE, language)]


# By schema, the function that brings a stored sheet to the next one.
UPGRADES = {1: _from_1_to_2, 2: _from_2_to_3, 3: _from_3_to_4}


@dataclass(frozen=True)
class Question:
    """A symptom that a sheet asks about, in the words that the patient got."""

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
    protocol: str = ""  # the uuid of its protocol; empty when that was not recorded

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
    """A stored sheet in the newest schema."""
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

        Five queries, however long the programme is. With `library_as_in`, lines that were on that
        sheet keep the texts that the library had then.
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
                    figure=block.figure and Picture.of(block.figure, language),
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
            symptoms=_questions(_symptoms_to_ask(protocols, prescriptions), language),
        )
        if library_as_in is not None:
            sheet = sheet.with_library_of(library_as_in)
        return sheet.with_cautions_once()

    def with_library_of(self, earlier: "Sheet") -> "Sheet":
        """This sheet with the library's texts of an earlier one, where that had them.

        A sheet in another language keeps nothing. What the earlier sheet did not have is added
        all the same when it is a red flag of a new protocol, or a symptom that is asked about.
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
        protocols = {block.protocol for block in earlier.advice}
        texts = [block.words() for block in earlier.advice]
        new_flags = tuple(
            block
            for block in self.red_flags
            if block.protocol not in protocols and block.words() not in texts
        )
        keys = {question.key for question in earlier.symptoms}
        new_symptoms = tuple(question for question in self.symptoms if question.key not in keys)
        return replace(
            self,
            lines=tuple(lines),
            advice=(*earlier.advice, *new_flags),
            symptoms=_in_order((*earlier.symptoms, *new_symptoms)),
        )

    def with_cautions_once(self) -> "Sheet":
        """This sheet, with the warnings for all exercises removed from the single exercises."""
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
        """The warnings for all exercises, which are read once, before them."""
        return tuple(block for block in self.advice if block.kind == CAUTIONS)

    @property
    def other_advice(self) -> tuple[AdviceBlock, ...]:
        return tuple(block for block in self.advice if block.kind not in (RED_FLAGS, CAUTIONS))

    @property
    def nameless(self) -> "Sheet":
        """The sheet for whoever holds the link on paper, without what was written for one person
        unless the therapist allowed it. Of a stored version use `Version.nameless_sheet`."""
        lines = tuple(line.nameless for line in self.lines)
        advice = (*self.cautions, *self.red_flags)
        return replace(self, title="", therapist="", lines=lines, advice=advice, symptoms=())

    @property
    def without_library_steps(self) -> set[str]:
        """The exercises whose steps were replaced for this patient, in a sheet that did not record
        the library's steps."""
        missing = (line for line in self.lines if line.is_replaced and line.library_steps is None)
        return {line.exercise for line in missing}

    def with_library_steps(self, steps: dict[str, tuple[str, ...]]) -> "Sheet":
        """This sheet with the library's steps where they were not recorded. `steps` is by
        exercise."""
        lines = tuple(
            replace(line, library_steps=steps.get(line.exercise, ()))
            if line.is_replaced and line.library_steps is None
            else line
            for line in self.lines
        )
        return replace(self, lines=lines)

    def pictures(self) -> list[Picture]:
        """The pictures of exercises and advice, in reading order."""
        return [item.figure for item in (*self.lines, *self.advice) if item.figure is not None]

    def _drawn(self) -> list[Picture]:
        """All pictures, with those of the other side that the counter shows."""
        others = [line.other_figure for line in self.lines if line.other_figure is not None]
        return self.pictures() + others

    def digests(self) -> set[str]:
        """The digests of all pictures, films and captions of this sheet. Their files are kept as
        long as the sheet is."""
        drawn = {picture.digest for picture in self._drawn()}
        return drawn.union(*(line.film.digests for line in self.lines if line.film is not None))

    def media(self) -> set[str]:
        """The digests of its photos and films, which not everyone may see."""
        drawn = {p.digest for p in self._drawn() if p.kind != Figure.Kind.PHOTO}
        return self.digests() - drawn

    @property
    def alarms(self) -> tuple[Question, ...]:
        """The symptoms of this sheet that need a doctor."""
        return tuple(one for one in self.symptoms if clinical.urgency([one.key]) == "doctor")

    def words_of(self, symptoms: Iterable[str]) -> tuple[str, ...]:
        """The words of these symptoms: as this sheet has them, and otherwise as the catalogue has
        them today."""
        given = {question.key: question.words for question in self.symptoms}
        return tuple(given.get(name) or str(clinical.SYMPTOMS[name].words) for name in symptoms)

    def line(self, uuid) -> Line | None:
        return next((line for line in self.lines if line.uuid == str(uuid)), None)

    def to_json(self) -> dict:
        """A dictionary that can be stored as JSON. `from_json` makes an equal Sheet of it."""
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
        """A digest of the whole sheet. Equal digests are equal sheets."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _tuple(steps: list[str] | None) -> tuple[str, ...] | None:
    return None if steps is None else tuple(steps)


def _symptoms_to_ask(protocols, prescriptions) -> tuple[str, ...]:
    """The symptoms that belong to the complaints of these protocols, or without a protocol to
    those of the exercises."""
    complaints = [(protocol.category, protocol.symptoms) for protocol in protocols]
    return clinical.symptoms_asked(
        complaints or [(line.exercise.category, ()) for line in prescriptions]
    )


def _questions(names: Iterable[str], language: str) -> tuple[Question, ...]:
    """Symptoms with their words in a language."""
    with translation.override(language):
        symptoms = ((name, clinical.SYMPTOMS[name]) for name in names)
        return tuple(Question(name, str(one.words), one.urgency) for name, one in symptoms)


def _in_order(questions: Iterable[Question]) -> tuple[Question, ...]:
    """The questions in the order of the catalogue of symptoms."""
    order = list(clinical.SYMPTOMS)
    return tuple(sorted(questions, key=lambda question: order.index(question.key)))


def _in_phases(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines for the whole programme first, then each phase by its beginning."""
    return tuple(sorted(lines, key=lambda line: line.period.place))


def _each_kind_once(blocks: tuple[AdviceBlock, ...]) -> tuple[AdviceBlock, ...]:
    """Of the advice of several protocols the first block of each kind, but all warnings."""
    seen: set[str] = set()
    kept = []
    for block in blocks:
        if block.kind in (RED_FLAGS, CAUTIONS) or block.kind not in seen:
            kept.append(block)
        seen.add(block.kind)
    return tuple(kept)
