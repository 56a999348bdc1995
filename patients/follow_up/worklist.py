"""Who needs attention today, and why: one sentence for each reason, the most urgent first.

caseload.py reads the programmes, clinical.py has the rules. Reasons are computed anew each time
and never stored; only that a therapist has seen one is stored (`SeenMark`).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import ages, clinical
from ..models import Programme, RecoveryCheck, SymptomAnswer
from ..models.pause import days_off
from ..patient_day.reports import WITHDRAWN
from .caseload import Case, cases, watched

MOST_NEW = 100  # new reports that are counted at most
MESSAGE_SHOWN = 140  # characters of a message; its own page has the rest

# The symptoms that stop an exercise, with their names: short ones, or else the patient's words.
STOPS = {
    **{
        name: symptom.words
        for name, symptom in clinical.SYMPTOMS.items()
        if symptom.urgency == "stop"
    },
    "leg_pain": _("pain into the leg"),
    "numbness": _("a numb or tingling feeling"),
}
# The reasons, the most urgent first, with their names in the list of what was seen.
REASONS = {
    "red_flag": _("a red flag"),
    WITHDRAWN: _("a red flag that was withdrawn"),
    **STOPS,
    "worse": _("getting worse"),
    "message": _("a message"),
    "pain_up": _("more pain"),
    "same": _("no improvement"),
    "unanswered": _("no answer to how it is going"),
    "silent": _("nothing ticked off"),
    "ends": _("programme about to end"),
    "link_ends": _("link on paper about to end"),
    "grown": _("parent's access about to end"),
    "library": _("library text corrected"),
}
URGENCY = {reason: rank for rank, reason in enumerate(REASONS)}
# Reasons that need action the same day; whoever marks one as seen has to write a note.
ALARMS = {"red_flag", WITHDRAWN, "worse", *STOPS}
GROWN_SOON = timedelta(days=30)  # before and after the birthday; our proposal
RETURN = {"pain_up", "silent"}  # come back when they last, SEEN_HOLDS_DAYS after they were seen


# The page on which a therapist acts on a reason (its URL name), and the label of the link.
PROGRAMME = ("admin:patients_programme_change", _("Open the programme"))  # for all that lack one
DAYS = ("admin:patients_programme_days", _("See what was done"))
PAGES = {
    "message": ("admin:patients_programme_messages", _("Read and answer")),
    "pain_up": DAYS,
    "silent": DAYS,
    "unanswered": ("admin:patients_programme_course", _("Record the answer")),
    "ends": ("admin:patients_programme_renew", _("Extend the programme")),
    "link_ends": ("admin:patients_programme_share", _("Make a new link")),
}


@dataclass(frozen=True)
class Item:
    """One reason for attention, as a sentence.

    `occasion` distinguishes it from an earlier one of the same reason, so that a new one has not
    been seen. `about` names it in a few words where a patient may have several of one reason.
    """

    reason: str
    occasion: str
    sentence: str
    about: str = ""

    @property
    def key(self) -> str:
        return f"{self.reason}:{self.occasion}"

    @property
    def name(self) -> str:
        """Its name in the list of what is marked as seen."""
        return self.about or str(REASONS[self.reason])

    @property
    def is_alarm(self) -> bool:
        return self.reason in ALARMS

    @property
    def holds_back(self) -> str:
        """What the patient may not do until this is seen: "all" exercises, "one", or "" (none)."""
        return "all" if self.reason == "red_flag" else "one" if self.reason in STOPS else ""


@dataclass(frozen=True)
class Attention:
    """A patient on the worklist, with every unseen reason, the most urgent first."""

    case: Case
    items: tuple[Item, ...]

    @property
    def programme(self) -> Programme:
        return self.case.programme

    @property
    def is_alarm(self) -> bool:
        return any(item.is_alarm for item in self.items)

    @property
    def holds_back(self) -> str:
        """The most that any of the reasons holds back, as in Item."""
        return next((item.holds_back for item in self.items if item.holds_back), "")

    @property
    def stopped(self) -> int:
        """How many of the reasons hold back one exercise."""
        return sum(item.holds_back == "one" for item in self.items)

    @property
    def sees_more(self) -> bool:
        """Whether one button marks several reasons that have to be listed above it."""
        return len(self.items) > 1 and any(item.about for item in self.items)

    @property
    def describes(self) -> str:
        """For aria-describedby of the note: the ids of what stands above it."""
        names = ["sees"] * self.sees_more + ["holds-back"] * bool(self.holds_back)
        return " ".join(f"{name}-{self.programme.pk}" for name in names)

    @property
    def page(self) -> str:
        return PAGES.get(self.items[0].reason, PROGRAMME)[0]

    @property
    def page_label(self) -> str:
        return str(PAGES.get(self.items[0].reason, PROGRAMME)[1])


def attention(cases: list[Case]) -> list[Attention]:
    """The worklist: the cases with a reason that nobody has seen yet, the most urgent first."""
    cards = [Attention(case, tuple(unseen(case))) for case in cases]
    return sorted(
        (card for card in cards if card.items),
        key=lambda card: (URGENCY[card.items[0].reason], card.case.patient.sort_key),
    )


def unseen(case: Case) -> Iterator[Item]:
    """The reasons of one case that nobody has seen yet or that came back, the most urgent first."""
    for item in sorted(items(case), key=lambda item: URGENCY[item.reason]):
        seen = [
            mark.at
            for mark in case.marks
            if (mark.reason, mark.occasion) == (item.reason, item.occasion)
        ]
        if not seen or (item.reason in RETURN and not _still_holds(max(seen), case.today)):
            yield item


def _still_holds(seen_at: datetime, today: date) -> bool:
    return (today - timezone.localdate(seen_at)).days < clinical.SEEN_HOLDS_DAYS


def colleagues_alarms(user, today: date) -> int:
    """How many patients of colleagues have an alarm: a colleague may be away.

    Only programmes of patients with a report, also of an earlier programme, or with the answer
    "worse" are read: others have no alarm.
    """
    reported = SymptomAnswer.objects.filter(patient=OuterRef("patient")).exclude(symptoms=[])
    worse = RecoveryCheck.objects.filter(
        programme=OuterRef("pk"), answer=RecoveryCheck.Answer.WORSE
    )
    others = watched(user, whole_practice=True).exclude(therapist=user)
    cards = attention(cases(others.filter(Exists(reported) | Exists(worse)), today))
    return sum(card.is_alarm for card in cards)


def newest_report(user) -> int:
    """The primary key of the practice's last report, for `reports_since`; 0 without one."""
    newest = SymptomAnswer.objects.treated_by(user).exclude(symptoms=[]).order_by("-pk")
    return newest.values_list("pk", flat=True).first() or 0


def reports_since(user, number: int) -> list[tuple[int, int]]:
    """(primary key, therapist) of the reports after `number`. All of them are alarms."""
    new = SymptomAnswer.objects.treated_by(user).filter(pk__gt=number).exclude(symptoms=[])
    return list(new.order_by("pk").values_list("pk", "version__programme__therapist")[:MOST_NEW])


# ---------------------------------------------------------------- the rules, in sentences


def items(case: Case) -> Iterator[Item]:
    """Every reason that holds today, seen or not."""
    yield from _symptoms(case)
    yield from _withdrawn(case)
    if not case.programme.is_running:
        return  # a programme that has ended is on the list for its reports only
    yield from _messages(case)
    yield from _pain_up(case)
    yield from _recovery(case)
    yield from _silent(case)
    yield from _ends(case)
    yield from _link_ends(case)
    yield from _grown(case)
    yield from _library(case)


def _symptoms(case: Case) -> Iterator[Item]:
    """The last report of each reason about each exercise, with its symptoms in full."""
    sentences = {
        "red_flag": gettext("A red flag during “%(exercise)s”, on %(day)s: %(symptoms)s."),
        "leg_pain": gettext("Pain spread into leg or arm during “%(exercise)s”, on %(day)s."),
        "numbness": gettext("A numb or tingling feeling during “%(exercise)s”, on %(day)s."),
    }
    alone = gettext("A red flag, reported without an exercise, on %(day)s: %(symptoms)s.")
    other = gettext("“%(exercise)s” was stopped on %(day)s: %(symptoms)s.")
    last = {
        (clinical.reason_of(name), report.line): report
        for report in case.reports
        for name in report.symptoms
    }
    for (reason, line), report in last.items():
        names = [name for name in report.symptoms if clinical.reason_of(name) == reason]
        words = words_of(report, names)
        sentence, about = sentences.get(reason, other), gettext("“%(exercise)s”: %(symptoms)s")
        if reason == "red_flag" and line is None:
            sentence, about = alone, gettext("red flag: %(symptoms)s")
        elif reason == "red_flag":
            about = gettext("red flag during “%(exercise)s”: %(symptoms)s")
        yield Item(reason, str(report.pk), sentence % words, about % words)


def _withdrawn(case: Case) -> Iterator[Item]:
    """Red flags that the patient took back as a mistake: a therapist has to check that it was."""
    for report, retraction in case.withdrawn:
        words = words_of(report, report.symptoms) | {"back": _day(retraction.day)}
        sentence = gettext(
            "A red flag during “%(exercise)s”, on %(day)s: %(symptoms)s. The patient said on "
            "%(back)s that it was a mistake."
        )
        about = gettext("withdrawn, during “%(exercise)s”: %(symptoms)s")
        if report.line is None:
            sentence = gettext(
                "A red flag, reported without an exercise, on %(day)s: %(symptoms)s. The patient "
                "said on %(back)s that it was a mistake."
            )
            about = gettext("withdrawn: %(symptoms)s")
        yield Item(WITHDRAWN, str(report.pk), sentence % words, about % words)


def words_of(report: SymptomAnswer, names: Iterable[str]) -> dict[str, str]:
    """Exercise, day and symptoms `names` of a report, for the sentences about it."""
    line = report.line and report.version.sheet.line(report.line)
    return {
        "exercise": line.title if line else "?",
        "day": _day(report.day),
        "symptoms": ", ".join(str(clinical.SYMPTOMS[name].words).lower() for name in names),
    }


def _messages(case: Case) -> Iterator[Item]:
    """One item for all messages without an answer; the next message is a new occasion."""
    if not case.messages:
        return
    last, more = case.messages[-1], len(case.messages) - 1
    sentence = gettext("Wrote on %(day)s: “%(text)s”")
    if more:
        sentence = ngettext(
            "Wrote on %(day)s, after %(more)d other message: “%(text)s”",
            "Wrote on %(day)s, after %(more)d other messages: “%(text)s”",
            more,
        )
    yield Item(
        "message",
        str(last.pk),
        sentence
        % {
            "day": _day(timezone.localdate(last.written_at)),
            "text": Truncator(" ".join(last.text.split())).chars(MESSAGE_SHOWN),
            "more": more,
        },
    )


def _pain_up(case: Case) -> Iterator[Item]:
    since = clinical.raised_since(case.pain_at_start, case.readings)
    if since is None:
        return
    before, last = case.readings[-2:]
    yield Item(
        "pain_up",
        since.isoformat(),
        gettext(
            "Pain was %(before)d and %(last)d in the last two sessions, and %(start)d at the start."
        )
        % {"before": before[1], "last": last[1], "start": case.pain_at_start},
    )


def _recovery(case: Case) -> Iterator[Item]:
    concern = clinical.recovery_concern(case.day, case.answers)
    if concern is None:
        return
    check_day, answer = concern
    if not answer and case.pause is not None:
        return
    sentence = {
        "worse": gettext("On day %d the answer was that everyday activities are harder."),
        "same": gettext("On day %d the answer was that everyday activities are as before."),
        "": gettext("On day %d the question how it is going was not answered."),
    }[answer]
    yield Item(answer or "unanswered", str(check_day), sentence % check_day)


def _silent(case: Case) -> Iterator[Item]:
    off = days_off(case.programme.pauses.all(), case.today)
    since = case.last_done or case.programme.started_on
    days = clinical.silent_days(case.last_done, case.programme.started_on, case.today, off)
    if not case.logs_in or case.pause is not None or days < clinical.SILENT_DAYS:
        return
    if case.last_done is None:
        sentence = ngettext(
            "Nothing has been ticked off since the start, %d day ago.",
            "Nothing has been ticked off since the start, %d days ago.",
            days,
        )
    else:
        sentence = ngettext(
            "Nothing has been ticked off for %d day.",
            "Nothing has been ticked off for %d days.",
            days,
        )
    sentence %= days
    if any(day > since for day in off):
        sentence += " " + gettext("The days of the pause are not counted.")
    yield Item("silent", since.isoformat(), sentence)


def _ends(case: Case) -> Iterator[Item]:
    end = case.planned_end
    if end is None or case.today < end - timedelta(days=clinical.ENDS_SOON_DAYS):
        return
    if case.programme.planned_until is not None:
        sentence = (
            gettext("This programme is planned until %s.")
            if case.today <= end
            else gettext("This programme was planned until %s.")
        )
        yield Item("ends", end.isoformat(), sentence % _day(end))
        return
    weeks = clinical.PLANS[case.profile].weeks
    sentence = (
        gettext("The %(weeks)d weeks of this programme end on %(day)s.")
        if case.today <= end
        else gettext("The %(weeks)d weeks of this programme ended on %(day)s.")
    )
    yield Item("ends", end.isoformat(), sentence % {"weeks": weeks, "day": _day(end)})


def _link_ends(case: Case) -> Iterator[Item]:
    link = getattr(case.programme, "share_link", None)
    if link is None:
        return
    until = link.valid_until
    if case.today < until - timedelta(days=clinical.LINK_ENDS_SOON_DAYS):
        return
    sentence = (
        gettext("The link on paper works until %s. Make a new one and print it.")
        if case.today <= until
        else gettext("The link on paper worked until %s. Make a new one and print it.")
    )
    yield Item("link_ends", until.isoformat(), sentence % _day(until))


def _grown(case: Case) -> Iterator[Item]:
    """From 16 a parent has no access any more (WGBO, BW 7:447). It ends by itself; the therapist is
    told before, to invite the patient."""
    day = ages.birthday(case.patient.birth_date, ages.ALONE_FROM)
    near = day - GROWN_SOON <= case.today <= day + GROWN_SOON
    parents = [
        proxy
        for proxy in case.patient.proxies.all()
        if proxy.relation == proxy.Relation.PARENT and proxy.until_on is None
    ]
    if not near or not parents:
        return
    sentence = (
        gettext("Turns 16 on %s: the parent's access ends then. Invite the patient.")
        if case.today < day
        else gettext("Turned 16 on %s: the parent's access has ended. Invite the patient.")
    )
    yield Item("grown", day.isoformat(), sentence % _day(day))


def _library(case: Case) -> Iterator[Item]:
    """A correction is one occasion, also when a newer version kept the old text."""
    if not case.corrected:
        return
    first, more = case.corrected[0].title, len(case.corrected) - 1
    if more:
        sentence = ngettext(
            "The library's text of “%(exercise)s” and %(more)d other was corrected since version "
            "%(version)d.",
            "The library's text of “%(exercise)s” and %(more)d others was corrected since version "
            "%(version)d.",
            more,
        )
    else:
        sentence = gettext(
            "The library's text of “%(exercise)s” was corrected since version %(version)d."
        )
    words = "\n".join(correction.words for correction in case.corrected)
    yield Item(
        "library",
        hashlib.sha256(words.encode()).hexdigest()[:16],
        sentence % {"exercise": first, "more": more, "version": case.version.number},
    )


def _day(day: date) -> str:
    return date_format(day, "j F")
