"""The rules of the trade, each with its source, for a physiotherapist to read and correct.

Nothing here knows a database or a page. Whoever uses a rule asks it here. What no source says
and we had to choose is called "our proposal": judge it first.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

PAIN_LEAST, PAIN_MOST = 0, 10
"""Numeric pain rating scale: whole numbers, 0 is no pain. KNGF Lage rugpijn 2021, measurement."""

DIARY_WEEKS = 3
"""The diary on paper covers the weeks after which improvement should be felt.

The leaflet "Lage rugpijn" and KNGF 2013 A.3: no improvement in three weeks is a
deviating course, and the patient should contact the therapist.
"""

# ---------------------------------------------------------------- pain

PAIN_MATTERS = 2
"""The smallest change of pain that matters, in points. Ostelo 2008: NRS 2."""

PAIN_MATTERS_SHARE = 0.30
"""Or this part of the pain at the start. Ostelo 2008: 30 % of baseline."""

SESSIONS_WITH_MORE_PAIN = 2
"""So many sessions in a row with more pain are looked at. Our proposal."""


def pain_change(at_start: int | None, now: int | None) -> str:
    """Says "less", "same" or "more"; empty when one of both was not answered.

    Less is a fall of 2 points or of 30 %, whichever comes first. More is a rise of 2 points: 30 %
    of little pain is less than anybody can tell.
    """
    if at_start is None or now is None:
        return ""
    fall = at_start - now
    if fall >= PAIN_MATTERS or (fall > 0 and fall >= at_start * PAIN_MATTERS_SHARE):
        return "less"
    return "more" if -fall >= PAIN_MATTERS else "same"


def raised_since(at_start: int | None, readings: Sequence[tuple[date, int]]) -> date | None:
    """Since which session the pain has been up; None when it is not.

    `readings` are the answered sessions from old to new, one a day with that day's worst pain.
    A day without an answer is no session here: it says nothing about the pain.
    """
    if at_start is None:
        return None
    raised: list[date] = []
    for day, pain in reversed(readings):
        if pain - at_start < PAIN_MATTERS:
            break
        raised.append(day)
    return raised[-1] if len(raised) >= SESSIONS_WITH_MORE_PAIN else None


# ---------------------------------------------------------------- what a patient reports


@dataclass(frozen=True)
class Symptom:
    """Something that went wrong during an exercise, in the patient's words.

    `urgency` is "stop" (leave this exercise and call the practice) or "doctor" (no exercises at
    all, and call now). For "doctor": `why` a doctor has to look, and whom to `call` first: the
    "doctor", or "emergency" where minutes count.
    """

    words: str
    urgency: str
    why: str = ""
    call: str = "doctor"
    source: str = "our proposal"


_NERVE = {
    "why": _(
        "A nerve may be trapped. A doctor has to judge today whether you need treatment quickly."
    ),
    "source": "KNGF 2021 B.1.3, a pressed nerve; the words are our proposal",
}

SYMPTOMS = {
    "leg_pain": Symptom(
        _("The pain spread into my leg or arm"), "stop", source="the leaflet, exercise 5"
    ),
    "numbness": Symptom(_("A numb or tingling feeling in a leg, foot, arm or hand"), "stop"),
    "locking": Symptom(_("My knee locks, or gives way"), "stop"),
    "swelling": Symptom(_("My knee clearly swells after the exercise"), "stop"),
    "calf": Symptom(
        _("My calf is swollen, warm or painful"),
        "doctor",
        why=_("You may have a blood clot in your leg. A doctor has to look at it today."),
        source="NHG guideline on deep vein thrombosis; the words are our proposal",
    ),
    "infection": Symptom(
        _("I have a fever, and the sore place is red, hot and swollen"),
        "doctor",
        why=_("The sore place may be infected. A doctor has to look at it today."),
        source="KNGF 2021 B.1.3, infection; the words are our proposal",
    ),
    "chest": Symptom(
        _("I am short of breath, or my chest hurts"),
        "doctor",
        why=_("Something may be wrong with your heart or lungs. Then every minute counts."),
        call="emergency",
    ),
    "saddle": Symptom(_("It feels numb around my anus or genitals"), "doctor", **_NERVE),
    "bladder": Symptom(_("I cannot hold or pass urine or stool"), "doctor", **_NERVE),
    "weakness": Symptom(_("My leg or arm is quickly losing strength"), "doctor", **_NERVE),
}
"""The catalogue: everything that can be asked about, in the order in which it is asked.

No name is ever taken out: stored reports refer to it. Whom to call is our proposal: the own doctor
at once, outside office hours the doctors' post, and the emergency number when neither can be
reached; where minutes count, the emergency number first.
"""

SYMPTOMS_BY_REGION = {
    "low_back": ("leg_pain", "numbness", "saddle", "bladder", "weakness"),
    "knee": ("numbness", "locking", "swelling", "calf", "infection", "chest"),
}
"""What is asked about for a complaint of this region, also after surgery. Our proposal."""

SYMPTOMS_ELSEWHERE = (
    "leg_pain", "numbness", "calf", "infection", "chest", "saddle", "bladder", "weakness",
)  # fmt: skip
"""For every other region: each red flag, whatever the complaint. Cautious. Our proposal."""

SYMPTOMS_BEFORE = SYMPTOMS_BY_REGION["low_back"]
"""What every programme asked about before a protocol named its own. Issued versions of those days
ask it still."""


def symptoms_of_region(region: str) -> tuple[str, ...]:
    """What is asked at least for a complaint of this region of `exercises.models.Protocol`."""
    return SYMPTOMS_BY_REGION.get(region, SYMPTOMS_ELSEWHERE)


def symptoms_asked(complaints: Iterable[tuple[str, Iterable[str]]]) -> tuple[str, ...]:
    """What is asked about several complaints together, in the order of the catalogue.

    Each complaint is a region and what its protocol asks beside the symptoms of that region.
    A protocol adds to those and takes none away.
    """
    asked: set[str] = set()
    for region, more in complaints:
        asked.update(symptoms_of_region(region), more)
    return tuple(name for name in SYMPTOMS if name in (asked or SYMPTOMS_ELSEWHERE))


URGENCIES = ("doctor", "stop")

ADVICE = {
    "stop": _("Stop this exercise. Call us before you do it again."),
    "doctor": _("Stop exercising. Call your doctor now, also in the evening or at the weekend."),
    "emergency": _("Stop exercising. Call %(phone)s now. Every minute counts."),
    "pain_up": _("You have had more pain for some days. Do less of this exercise, and call us."),
}
"""What the patient reads at once. The third: where minutes count, with the emergency number. The
last: two sessions in a row with more pain than at the start, as `raised_since` says. Our
proposal."""


def advice(emergency_phone: str) -> dict[str, str]:
    """The same sentences with the number to call where minutes count."""
    words = {name: str(sentence) for name, sentence in ADVICE.items()}
    return words | {"emergency": words["emergency"] % {"phone": emergency_phone}}


def advice_on(symptoms: Iterable[str], emergency_phone: str) -> str:
    """What the patient reads at once about these symptoms; empty when there is nothing to say."""
    names = tuple(symptoms)
    what = urgency(names)
    if what == "doctor" and calls_first(names) == "emergency":
        what = "emergency"
    return advice(emergency_phone).get(what, "")


def reason_of(symptom: str) -> str:
    """Under which name the worklist asks for a look: all that need a doctor are one red flag."""
    return "red_flag" if urgency([symptom]) == "doctor" else symptom


def calls_first(symptoms: Iterable[str]) -> str:
    """Whom to call first about these symptoms together: "emergency" or "doctor"."""
    calls = {SYMPTOMS[name].call for name in symptoms if urgency([name]) == "doctor"}
    return "emergency" if "emergency" in calls else "doctor"


def urgency(symptoms: Iterable[str]) -> str:
    """What to do about these symptoms together; empty when there is none."""
    found = {SYMPTOMS[name].urgency for name in symptoms if name in SYMPTOMS}
    return next((each for each in URGENCIES if each in found), "")


def pain_that_tells(at_start: int | None, readings: Sequence[tuple[date, int]]) -> int | None:
    """From which pain today's answer is one session too many with more pain; None for no answer.

    `readings` as in `raised_since`, up to yesterday.
    """
    if at_start is None:
        return None
    enough = SESSIONS_WITH_MORE_PAIN - 1
    before = [pain for _day, pain in readings[-enough:]]
    if len(before) < enough or any(pain - at_start < PAIN_MATTERS for pain in before):
        return None
    least = at_start + PAIN_MATTERS
    return least if least <= PAIN_MOST else None


# ---------------------------------------------------------------- recovery

RECOVERY_DAYS = (21, 42)
"""On these days the patient is asked whether daily things go better.

The leaflet: improvement in the first 3 weeks, often recovered within 6. KNGF 2013 A.3 and NHG 2017:
no clear improvement in 3 to 4 weeks is a deviating course. The question itself is our proposal.
They are days of the calendar from the start, also when the programme was paused in between: a
back heals on by itself. During a pause nobody is waited for. Our proposal.
"""

DAYS_TO_ANSWER = 3
"""An answer may come this much later before the therapist is told. Our proposal."""

NOT_BETTER = ("same", "worse")
"""Answers that ask for another look at the plan. From KNGF 2013 A.3, "no clear increase"."""


RECOVERY_ADVICE = {
    "better": _("That is how it usually goes. Go on like this, and do a little more each day."),
    "other": _("Call your physiotherapist. Together you look at what can be done differently."),
}
"""The leaflet: it should go better within three weeks; if not, get in touch."""


def recovery_asked(day: int) -> int | None:
    """Which recovery check was asked last on this day of the programme; None before the first."""
    return max((asked for asked in RECOVERY_DAYS if asked <= day), default=None)


def recovery_concern(day: int, answers: Mapping[int, str]) -> tuple[int, str] | None:
    """Which recovery check asks for attention on this day of the programme, and what was answered.

    `(21, "worse")`, or `(42, "")` when nobody answered in time. The newest check decides: who is
    better on day 42 is better, whatever day 21 said.
    """
    for asked in reversed(RECOVERY_DAYS):
        if asked > day:
            continue
        answer = answers.get(asked, "")
        if answer:
            return (asked, answer) if answer in NOT_BETTER else None
        if day >= asked + DAYS_TO_ANSWER:
            return asked, ""
    return None


# ---------------------------------------------------------------- doing

SILENT_DAYS = 7
"""So many whole days without anything ticked off are looked at. Our proposal."""


def silent_days(
    last_done: date | None, started_on: date, today: date, off: Container[date] = ()
) -> int:
    """Whole days on which nothing was done, up to yesterday: today may still bring something.

    The days `off` are those of a pause, on which nothing was asked. Our proposal.
    """
    first_empty = started_on if last_done is None else last_done + timedelta(days=1)
    empty = (first_empty + timedelta(days=number) for number in range((today - first_empty).days))
    return sum(day not in off for day in empty)


QUALITY = {"excellent": 1.0, "good": 0.8, "reasonable": 0.6, "moderate": 0.4, "poor": 0.2}
"""How well an exercise is done, judged by the therapist who sees it. EXAS: Arensman 2023."""


def rate(done: float, given: int) -> int | None:
    """Done of what was agreed, 0 to 100; None when nothing was asked. Doing more is not more."""
    return None if given <= 0 else round(min(1.0, done / given) * 100)


def intensity(amounts: Iterable[tuple[int, int]]) -> float:
    """Which part of an exercise was done, 0 to 1, from pairs (given, done) of sets, repetitions and
    seconds. EXAS counts frequency and intensity (Arensman 2023); doing more is not more."""
    part = 1.0
    for given, done in amounts:
        part *= done / given
    return min(1.0, part)


def exas(exercises: Iterable[tuple[int | None, str]]) -> int | None:
    """EXAS, 0 to 100: the mean over exercises of rate x quality. Arensman 2023.

    None as long as the quality of one of them was not rated: a rate alone is not EXAS. Exercises
    that nothing was asked of do not count.
    """
    asked = [(done, quality) for done, quality in exercises if done is not None]
    if not asked or any(quality not in QUALITY for _done, quality in asked):
        return None
    return round(sum(done * QUALITY[quality] for done, quality in asked) / len(asked))


EXAS_MEAN, EXAS_SPREAD = 59, 25
"""What others reached: mean and standard deviation of a cohort. Arensman 2023. Not a goal."""

COMPARED_DAYS, STEADY = 7, 0.1
"""So many whole days are compared with as many before; a difference of less than this part of what
was given is called "about as often". Our proposal."""

# ---------------------------------------------------------------- main activities

ACTIVITY_MATTERS = 2
"""The smallest change of one main activity (PSK, 0 to 10) that is called better or worse.
Our proposal, after the change that matters of a pain score."""


def activity_change(first: int, last: int) -> str:
    """Says "better", "same" or "worse"; 10 is impossible, so lower is better."""
    if first - last >= ACTIVITY_MATTERS:
        return "better"
    return "worse" if last - first >= ACTIVITY_MATTERS else "same"


# ---------------------------------------------------------------- risk

START_BACK_MOST, START_BACK_PART_MOST = 9, 5
"""STarT Back: nine questions, of which five about worries and mood (5 to 9), a point each."""

START_BACK_LOW, START_BACK_PART_LOW = 3, 3


def start_back_suggests(total: int, part: int) -> str:
    """The profile that a STarT Back score suggests: 3 or less in all is low; more, with 3 or less
    on questions 5 to 9, is medium; else high.

    It suggests and never decides: KNGF 2021 allows it beside the therapist's own judgement only.
    """
    if total <= START_BACK_LOW:
        return "low"
    return "medium" if part <= START_BACK_PART_LOW else "high"


# ---------------------------------------------------------------- the plan


@dataclass(frozen=True)
class TreatmentPlan:
    """What a risk profile suggests. The therapist decides."""

    weeks: int  # that the programme runs
    visits: int  # at most


PLANS = {"low": TreatmentPlan(3, 2), "medium": TreatmentPlan(12, 8), "high": TreatmentPlan(12, 12)}
"""By risk of persistent complaints. e-Exercise LBP (Koppenaal 2022), based on KNGF 2021.

The profile is chosen by the therapist; STarT Back may support, and never decides (KNGF 2021).
"""

EXERCISES_ENOUGH, EXERCISES_MANY = 4, 8
"""More than the first: a hint. The second or more: a clear word. Never a block.

e-Exercise low back pain, built on KNGF, gives 3 to 4 home exercises in all; two were done
better than eight (quality, n = 15). Where "many" begins is our own working assumption.
"""

# ---------------------------------------------------------------- the worklist

ENDS_SOON_DAYS = 7
"""A programme whose planned weeks end is announced so many days before. Our proposal."""

LINK_ENDS_SOON_DAYS = 14
"""A link on paper that stops working is announced earlier: it takes a visit to hand over a new
one. Our proposal."""

WEEKS_MORE = 6
"""A programme without a risk profile goes on for so many weeks, unless the therapist says
otherwise: within six weeks complaints have often gone (the leaflet). Our proposal."""

SEEN_HOLDS_DAYS = 7
"""More pain and silence come back so long after they were marked as seen, when they last.
Our proposal. An answer or a report that was seen does not come back; a new one is a new one."""


def day_of(started_on: date, today: date) -> int:
    """Day 1 is the day the programme started."""
    return (today - started_on).days + 1


def planned_end(started_on: date, profile: str) -> date | None:
    """The last day of the weeks that the risk profile suggests; None without a profile."""
    plan = PLANS.get(profile)
    return None if plan is None else started_on + timedelta(weeks=plan.weeks, days=-1)
