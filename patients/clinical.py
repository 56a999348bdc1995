"""The clinical rules, each with its source, for a physiotherapist to read and correct.

They are plain functions and numbers, without a database, and stand nowhere else. "Our proposal"
marks what no source says and we had to choose: check that first.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

PAIN_LEAST, PAIN_MOST = 0, 10
"""Numeric pain rating scale: whole numbers, 0 is no pain. KNGF Lage rugpijn 2021, measurement."""

DIARY_WEEKS = 3
"""How many weeks the diary on paper covers: after those the patient should feel improvement.

The leaflet "Lage rugpijn" and KNGF 2013 A.3: no improvement in three weeks is a
deviating course, and the patient should contact the therapist.
"""

# ---------------------------------------------------------------- pain

PAIN_MATTERS = 2
"""The smallest change of pain that matters, in points of the NRS. Ostelo 2008: 2."""

PAIN_MATTERS_SHARE = 0.30
"""A fall of this part of the pain at the start matters too. Ostelo 2008: 30 % of baseline."""

SESSIONS_WITH_MORE_PAIN = 2
"""How many sessions in a row with more pain put a patient on the worklist. Our proposal."""


def pain_change(at_start: int | None, now: int | None) -> str:
    """ "less", "same" or "more"; empty when one of the two was not answered.

    "less" is a fall of 2 points or of 30 %. "more" is a rise of 2 points only: 30 % of a low score
    is less than a patient can tell apart.
    """
    if at_start is None or now is None:
        return ""
    fall = at_start - now
    if fall >= PAIN_MATTERS or (fall > 0 and fall >= at_start * PAIN_MATTERS_SHARE):
        return "less"
    return "more" if -fall >= PAIN_MATTERS else "same"


def raised_since(at_start: int | None, readings: Sequence[tuple[date, int]]) -> date | None:
    """The first of the last sessions in a row with more pain; None with fewer than
    SESSIONS_WITH_MORE_PAIN of them.

    `readings` are (day, worst pain of that day) from old to new, without days that have no answer.
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
    """A symptom that a patient can report, in the patient's words.

    `urgency` is "stop" (stop this exercise and call the practice) or "doctor" (stop all exercises
    and call a doctor now). With "doctor", `why` says why a doctor has to examine it, and `call` is
    whom to call first: "doctor", or "emergency" where minutes count.
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
"""All symptoms that can be asked about, by name, in the order in which they are asked.

No name is ever removed, because stored reports refer to it. Whom to call is our proposal: at once
the patient's own doctor, outside office hours the out-of-hours service, and the emergency number
when neither can be reached; where minutes count, the emergency number first.
"""

SYMPTOMS_BY_REGION = {
    "low_back": ("leg_pain", "numbness", "saddle", "bladder", "weakness"),
    "knee": ("numbness", "locking", "swelling", "calf", "infection", "chest"),
}
"""The symptoms to ask about, by region of the complaint; also after surgery. Our proposal."""

_RED_FLAGS = (name for name, symptom in SYMPTOMS.items() if symptom.urgency == "doctor")
SYMPTOMS_ELSEWHERE = ("leg_pain", "numbness", *_RED_FLAGS)
"""For every other region: each red flag, to be careful. Our proposal."""

SYMPTOMS_BEFORE = SYMPTOMS_BY_REGION["low_back"]
"""What every programme asked about before protocols had symptoms of their own. Versions that were
issued then still ask it."""


def symptoms_of_region(region: str) -> tuple[str, ...]:
    """The symptoms for a region of `exercises.models.Protocol`."""
    return SYMPTOMS_BY_REGION.get(region, SYMPTOMS_ELSEWHERE)


def symptoms_asked(complaints: Iterable[tuple[str, Iterable[str]]]) -> tuple[str, ...]:
    """The symptoms for several complaints together, in the order of SYMPTOMS.

    A complaint is (region, what its protocol asks beside the symptoms of that region); a protocol
    cannot remove any of those.
    """
    names: set[str] = set()
    for region, more in complaints:
        names.update(symptoms_of_region(region), more)
    return tuple(name for name in SYMPTOMS if name in (names or SYMPTOMS_ELSEWHERE))


URGENCIES = ("doctor", "stop")

ADVICE = {
    "stop": _("Stop this exercise. Call us before you do it again."),
    "doctor": _("Stop exercising. Call your doctor now, also in the evening or at the weekend."),
    "emergency": _("Stop exercising. Call %(phone)s now. Every minute counts."),
    "pain_up": _("You have had more pain for some days. Do less of this exercise, and call us."),
}
"""What the patient reads at once. "emergency" is for symptoms where minutes count; "pain_up" is for
two sessions in a row with more pain than at the start (`raised_since`). Our proposal."""


def advice(emergency_phone: str) -> dict[str, str]:
    """ADVICE as text, with the emergency number filled in."""
    words = {name: str(sentence) for name, sentence in ADVICE.items()}
    return words | {"emergency": words["emergency"] % {"phone": emergency_phone}}


def advice_on(symptoms: Iterable[str], emergency_phone: str) -> str:
    """What the patient reads at once about these symptoms; empty without any."""
    names = tuple(symptoms)
    key = urgency(names)
    if key == "doctor" and calls_first(names) == "emergency":
        key = "emergency"
    return advice(emergency_phone).get(key, "")


def reason_of(symptom: str) -> str:
    """The reason on the worklist: "red_flag" for all that need a doctor, else the symptom."""
    return "red_flag" if urgency([symptom]) == "doctor" else symptom


def calls_first(symptoms: Iterable[str]) -> str:
    """Whom to call first about these symptoms together: "emergency" or "doctor"."""
    calls = {SYMPTOMS[name].call for name in symptoms if urgency([name]) == "doctor"}
    return "emergency" if "emergency" in calls else "doctor"


def urgency(symptoms: Iterable[str]) -> str:
    """The most urgent of these symptoms' urgencies; empty without any."""
    present = {SYMPTOMS[name].urgency for name in symptoms if name in SYMPTOMS}
    return next((one for one in URGENCIES if one in present), "")


def pain_that_tells(at_start: int | None, readings: Sequence[tuple[date, int]]) -> int | None:
    """The lowest score today with which `raised_since` would find more pain; None if there is none.
    `readings` are as there, up to yesterday."""
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
"""On these days of the programme the patient is asked whether daily things go better.

The leaflet: improvement in the first 3 weeks, often recovered within 6. KNGF 2013 A.3 and NHG 2017:
no clear improvement in 3 to 4 weeks is a deviating course. The question itself is our proposal.
They are calendar days from the start, also when the programme was paused: recovery goes on during
a pause. During a pause no answer is expected. Our proposal.
"""

DAYS_TO_ANSWER = 3
"""So many days after the question a missing answer is on the worklist. Our proposal."""

NOT_BETTER = ("same", "worse")
"""Answers after which the plan should be reviewed. From KNGF 2013 A.3, "no clear increase"."""


RECOVERY_ADVICE = {
    "better": _("That is how it usually goes. Go on like this, and do a little more each day."),
    "other": _("Call your physiotherapist. Together you look at what can be done differently."),
}
"""What the patient reads after a recovery check. The leaflet: it should go better within three
weeks; if not, get in touch."""


def recovery_asked(day: int) -> int | None:
    """The last recovery check up to this day of the programme; None before the first."""
    return max((check for check in RECOVERY_DAYS if check <= day), default=None)


def recovery_concern(day: int, answers: Mapping[int, str]) -> tuple[int, str] | None:
    """The recovery check that needs attention on this day of the programme, with its answer.

    `answers` are by day of the check. Returns `(21, "worse")`, or `(42, "")` when it was not
    answered in time, or None. The last check that was answered or is overdue decides: a patient
    who is better on day 42 needs no attention, whatever the answer on day 21.
    """
    for check in reversed(RECOVERY_DAYS):
        if check > day:
            continue
        answer = answers.get(check, "")
        if answer:
            return (check, answer) if answer in NOT_BETTER else None
        if day >= check + DAYS_TO_ANSWER:
            return check, ""
    return None


# ---------------------------------------------------------------- doing

SILENT_DAYS = 7
"""So many whole days without a tick put a patient on the worklist. Our proposal."""


def silent_days(
    last_done: date | None, started_on: date, today: date, off: Container[date] = ()
) -> int:
    """The number of days since the last tick, up to yesterday, without those of a pause (`off`).

    Today does not count, because it is not over. Our proposal.
    """
    first_empty = started_on if last_done is None else last_done + timedelta(days=1)
    empty = (first_empty + timedelta(days=number) for number in range((today - first_empty).days))
    return sum(day not in off for day in empty)


QUALITY = {"excellent": 1.0, "good": 0.8, "reasonable": 0.6, "moderate": 0.4, "poor": 0.2}
"""How well an exercise is done, as the therapist judged it. EXAS: Arensman 2023."""


def rate(done: float, given: int) -> int | None:
    """Done of given, in percent, at most 100; None when nothing was given."""
    return None if given <= 0 else round(min(1.0, done / given) * 100)


def intensity(amounts: Iterable[tuple[int, int]]) -> float:
    """Which part of an exercise was done, 0 to 1, from pairs (given, done) of sets, repetitions and
    seconds. EXAS counts frequency and intensity (Arensman 2023); more than given counts as 1."""
    part = 1.0
    for given, done in amounts:
        part *= done / given
    return min(1.0, part)


def exas(exercises: Iterable[tuple[int | None, str]]) -> int | None:
    """EXAS, 0 to 100: the mean over exercises of rate x quality. Arensman 2023.

    `exercises` are (rate, quality) pairs; those with rate None were not given and do not count.
    None when one of the others has no quality: a rate alone is not EXAS.
    """
    given = [(done, quality) for done, quality in exercises if done is not None]
    if not given or any(quality not in QUALITY for _done, quality in given):
        return None
    return round(sum(done * QUALITY[quality] for done, quality in given) / len(given))


EXAS_MEAN, EXAS_SPREAD = 59, 25
"""Mean and standard deviation in a cohort. Arensman 2023. It is no goal for a patient."""

COMPARED_DAYS, STEADY = 7, 0.1
"""The last so many whole days are compared with as many before; a difference of the rates smaller
than STEADY is called "about as often". Our proposal."""

# ---------------------------------------------------------------- main activities

ACTIVITY_MATTERS = 2
"""The smallest change of one main activity (PSK, 0 to 10) that is called better or worse.
Our proposal, after the change that matters of a pain score."""


def activity_change(first: int, last: int) -> str:
    """ "better", "same" or "worse". A lower score is better: 10 means impossible."""
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

    The therapist decides: KNGF 2021 allows the score beside their own judgement only.
    """
    if total <= START_BACK_LOW:
        return "low"
    return "medium" if part <= START_BACK_PART_LOW else "high"


# ---------------------------------------------------------------- the plan


@dataclass(frozen=True)
class TreatmentPlan:
    """What a risk profile suggests; the therapist decides."""

    weeks: int  # of the programme
    visits: int  # at most


PLANS = {"low": TreatmentPlan(3, 2), "medium": TreatmentPlan(12, 8), "high": TreatmentPlan(12, 12)}
"""By risk of persistent complaints. e-Exercise LBP (Koppenaal 2022), based on KNGF 2021.

The therapist chooses the profile; STarT Back may support the choice (KNGF 2021).
"""

EXERCISES_ENOUGH, EXERCISES_MANY = 4, 8
"""More exercises than the first give a hint, the second or more a clear warning. None is refused.

e-Exercise low back pain, built on KNGF, gives 3 to 4 home exercises in all; two were done
better than eight (quality, n = 15). The number for "many" is our own working assumption.
"""

# ---------------------------------------------------------------- the worklist

ENDS_SOON_DAYS = 7
"""So many days before its planned end a programme is on the worklist. Our proposal."""

LINK_ENDS_SOON_DAYS = 14
"""So many days before a link on paper stops working the programme is on the worklist: earlier,
because a new link is handed over at a visit. Our proposal."""

WEEKS_MORE = 6
"""The weeks that are suggested for a renewal without a risk profile: within six weeks complaints
have often gone (the leaflet). Our proposal."""

SEEN_HOLDS_DAYS = 7
"""More pain and silence that last come back on the worklist so many days after they were marked as
seen. An answer or a report does not come back. Our proposal."""


def day_of(started_on: date, today: date) -> int:
    """The day of the programme; day 1 is the day on which it started."""
    return (today - started_on).days + 1


def planned_end(started_on: date, profile: str) -> date | None:
    """The last day of the weeks that the risk profile suggests; None without a profile."""
    plan = PLANS.get(profile)
    return None if plan is None else started_on + timedelta(weeks=plan.weeks, days=-1)
