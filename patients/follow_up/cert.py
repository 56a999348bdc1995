"""CERT: which items of a complete report of exercise therapy a programme has.

Consensus on Exercise Reporting Template: Slade and others, Physical Therapy 2016;96:1514, and its
explanation in the British Journal of Sports Medicine 2016. Seven categories, sixteen items, of
which 7, 14 and 16 have two parts. The wording of the items and what counts as filled in are our
own working assumptions, for a physiotherapist to correct.

Uses the sheet and the numbers of a programme, no database. An item that the app cannot know is
"not recorded", which is not the same as missing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..sheet import Line, Sheet

RECORDED, PARTLY, MISSING, NOT_RECORDED = "recorded", "partly", "missing", "not_recorded"
# The pages where an item is filled in or read.
PROGRAMME, LIBRARY, VERSIONS = "programme", "library", "versions"
COURSE, PATIENT, TIMELINE, VISIT = "course", "patient", "timeline", "visit"


@dataclass(frozen=True)
class Facts:
    """The numbers of a programme that the items are judged by."""

    sheet: Sheet
    versions: int
    done: int
    given: int
    goals: int = 0  # main activities that the patient wants to do again
    scored: bool = False  # one of them was scored
    profile: bool = False  # the risk was judged
    rated: int = 0  # exercises of which the quality was judged


@dataclass(frozen=True)
class CertItem:
    """An item or one of its two parts: its state, that state in words, and where to fill it in."""

    number: str
    title: str
    state: str
    words: str
    place: str = ""

    @property
    def item(self) -> str:
        return self.number.rstrip("ab")


@dataclass(frozen=True)
class Meter:
    parts: tuple[CertItem, ...]

    @property
    def items(self) -> dict[str, str]:
        """The state of each item by its number; of two parts the worse one counts."""
        worst = (MISSING, PARTLY, NOT_RECORDED, RECORDED)
        return {
            item: min((part.state for part in parts), key=worst.index)
            for item, parts in groupby(self.parts, key=lambda part: part.item)
        }

    @property
    def counts(self) -> Counter[str]:
        """How many items have each state."""
        return Counter(self.items.values())


def meter(facts: Facts) -> Meter:
    """The sixteen items in CERT's order, in the active language."""
    return Meter(
        (
            _of_lines(facts, "1", _("Equipment"), lambda line: bool(line.equipment), LIBRARY),
            CertItem(
                "2",
                _("Who gives the exercises, and their training"),
                NOT_RECORDED,
                _("The sheet names the therapist. Training is not recorded by this app."),
            ),
            CertItem(
                "3",
                _("Alone or in a group"),
                RECORDED,
                _("Alone: a programme belongs to one patient."),
            ),
            CertItem(
                "4",
                _("With or without supervision"),
                RECORDED,
                _(
                    "Without supervision, at home. "
                    "What is done in the practice is not recorded by this app."
                ),
            ),
            _adherence(facts),
            _motivated(facts),
            _of_lines(
                facts,
                "7a",
                _("When an exercise is made harder or easier"),
                lambda line: bool(line.harder_when or line.easier_when),
                LIBRARY,
            ),
            _progressed(facts),
            _of_lines(
                facts,
                "8",
                _("Each exercise can be repeated from its description"),
                lambda line: bool(line.steps and (line.figure or line.film or line.video)),
                LIBRARY,
            ),
            CertItem(
                "9",
                _("What is done at home"),
                RECORDED,
                _("The whole programme is done at home."),
                PROGRAMME,
            ),
            _advice(facts),
            CertItem(
                "11",
                _("Adverse events during exercise"),
                PARTLY,
                _(
                    "Pain scores and pain into the leg are recorded. "
                    "Other events belong in the practice's record system."
                ),
                TIMELINE,
            ),
            CertItem("12", _("Where the exercises are done"), RECORDED, _("At home.")),
            _of_lines(facts, "13", _("Dosage"), lambda line: bool(line.sentence), PROGRAMME),
            _tailored(facts),
            _how_tailored(facts),
            _starting_level(facts),
            _measured(facts),
            _as_planned(facts),
        )
    )


def _of_lines(
    facts: Facts, number: str, title: str, has: Callable[[Line], bool], place: str
) -> CertItem:
    """An item that every exercise should have; `has` tests a line. Names the ones that lack it."""
    without = [line.title for line in facts.sheet.lines if not has(line)]
    if not without:
        return CertItem(number, title, RECORDED, _("Stated for each exercise."), place)
    state = PARTLY if len(without) < len(facts.sheet.lines) else MISSING
    words = _("Not stated for: %(titles)s.") % {"titles": ", ".join(without)}
    return CertItem(number, title, state, words, place)


def _adherence(facts: Facts) -> CertItem:
    title = _("How what was done is measured")
    if not facts.done:
        words = _("Nothing was ticked off in this period. An invitation lets the patient do so.")
        return CertItem("5", title, MISSING, words, PATIENT)
    return CertItem("5", title, RECORDED, _("The patient ticks off what was done."), COURSE)


def _motivated(facts: Facts) -> CertItem:
    title = _("How the patient is motivated")
    if not facts.goals:
        words = _("No activity was chosen yet that the patient wants to do again.")
        return CertItem("6", title, MISSING, words, VISIT)
    words = _(
        "With the activities that the patient wants to do again. What is said about them is not "
        "recorded."
    )
    return CertItem("6", title, PARTLY, words, VISIT)


def _starting_level(facts: Facts) -> CertItem:
    """Partly at best: risk and first scores are recorded, how each dosage was chosen is not."""
    title = _("How the starting level was chosen")
    if not facts.profile and not facts.scored:
        words = _("No risk profile and no score of an activity have been recorded yet.")
        return CertItem("15", title, MISSING, words, VISIT)
    words = _("Where the patient started is recorded; how a dosage was chosen is not.")
    return CertItem("15", title, PARTLY, words, VISIT)


def _measured(facts: Facts) -> CertItem:
    title = _("How it is measured whether it was done as planned")
    words = _("The patient ticks off each moment of the day.")
    if facts.rated < len(facts.sheet.lines):
        missing = _("The quality of %(count)d of %(all)d exercises was judged.") % {
            "count": facts.rated,
            "all": len(facts.sheet.lines),
        }
        return CertItem("16a", title, PARTLY, f"{words} {missing}", VISIT)
    judged = _("A therapist judged the quality of each exercise.")
    return CertItem("16a", title, RECORDED, f"{words} {judged}", VISIT)


def _progressed(facts: Facts) -> CertItem:
    title = _("How the programme was made harder or easier")
    if facts.versions < 2:
        return CertItem("7b", title, MISSING, _("There is one version so far."), PROGRAMME)
    words = _("%(count)d versions, with what changed in each.") % {"count": facts.versions}
    return CertItem("7b", title, RECORDED, words, VERSIONS)


def _advice(facts: Facts) -> CertItem:
    title = _("What is given besides exercises")
    count = len(facts.sheet.advice)
    if not count:
        return CertItem("10", title, MISSING, _("There is no advice on the sheet."), PROGRAMME)
    words = ngettext(
        "%(count)d piece of advice on the sheet.", "%(count)d pieces of advice on the sheet.", count
    ) % {"count": count}
    return CertItem("10", title, RECORDED, words, PROGRAMME)


def _own(facts: Facts) -> int:
    return sum(bool(line.note or line.own_steps) for line in facts.sheet.lines)


def _tailored(facts: Facts) -> CertItem:
    words = _(
        "%(own)d of %(all)d exercises have a note or an instruction for this patient; "
        "each dosage can be this patient's own."
    ) % {"own": _own(facts), "all": len(facts.sheet.lines)}
    return CertItem("14a", _("The same for everyone, or tailored"), RECORDED, words, PROGRAMME)


def _how_tailored(facts: Facts) -> CertItem:
    title = _("How it was tailored")
    if _own(facts):
        return CertItem("14b", title, RECORDED, _("In the notes for this patient."), PROGRAMME)
    return CertItem("14b", title, MISSING, _("There is no note for this patient yet."), PROGRAMME)


def _as_planned(facts: Facts) -> CertItem:
    title = _("How much was done as planned")
    if not facts.done:
        return CertItem("16b", title, MISSING, _("Nothing was ticked off in this period."), COURSE)
    words = _("%(done)d of %(given)d agreed times were ticked off in this period.") % {
        "done": facts.done,
        "given": facts.given,
    }
    return CertItem("16b", title, RECORDED, words, COURSE)
