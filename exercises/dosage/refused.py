"""Texts that a dosage cannot hold, each with a sentence that says what to type instead.

They are matched before the rules of the grammar at each word, so that no rule reads a part of them.
A test reads every example in these sentences as a dosage, in both languages.
"""

import re
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .limits import LIMITS
from .words import (
    A_DAY,
    A_WEEK,
    AMOUNT,
    AN_HOUR,
    AND,
    ARM,
    BOTH,
    DAILY,
    DAYS,
    DD,
    EACH_ONE,
    END,
    HOLD,
    HOUR,
    KG,
    LEFT,
    LIMB,
    MIN,
    NO_UNIT,
    ON,
    PER,
    PER_DAY,
    REST,
    RIGHT,
    SEC,
    SETS,
    TIME,
    TOGETHER,
    WEIGHT,
    N,
    X,
    one_of,
)


def rules(*pairs: tuple[str, Any]) -> list[tuple[re.Pattern, Any]]:
    """The pairs with each pattern compiled so that it ends at the end of a word."""
    return [(re.compile(rf"(?:{pattern}){END}"), effect) for pattern, effect in pairs]


# One side after the other is twice the work of both at once, and the text does not tell which.
BOTH_OR_EACH = _(
    "“%(text)s”: both together, or one by one? Write “3x10” for both together, "
    "or “3x10 l/r” for left and then right."
)
LOAD_OF_EACH = _(
    "“%(text)s”: both together, or one by one? Write “3x8 5kg l/r” for left and then right. "
    "For both together, write “3x8 5kg” and put in the note what each of them holds."
)
IN_TURN = _(
    "“%(text)s”: in all, or on each side? Write “3x10” for 10 in all, "
    "or “3x10 l/r” for 10 left and 10 right."
)
SIDES = (
    (rf"{WEIGHT} ?{KG} ?{ON}(?:(?:{EACH_ONE}|{BOTH}) ?|/ ?){LIMB}", LOAD_OF_EACH),
    (rf"{ON}(?:{EACH_ONE}|{BOTH}) {LIMB} {ON}{WEIGHT} ?{KG}", LOAD_OF_EACH),
    (
        rf"{ON}(?:{LEFT}{AND}{RIGHT}|{RIGHT}{AND}{LEFT}|{EACH_ONE} {LIMB}) {TOGETHER}"
        rf"|{ON}{BOTH} ?{LIMB}(?: {TOGETHER})?|beiderzijds|bilatera(?:al|l)|bdz|{TOGETHER}"
        rf"|{ON}(?:{EACH_ONE} ?|/ ?){ARM}",
        BOTH_OR_EACH,
    ),
    (
        one_of(
            "om_en_om om_beurten om_de_beurt afwisselend beurtelings wisselend alternating "
            "alternately alternate(?!_days) in_turns?"
        )
        + rf"(?: {ON}(?:{LEFT}{AND}{RIGHT}|{RIGHT}{AND}{LEFT}|{LIMB}))?",
        IN_TURN,
    ),
)

TWO_MEANINGS = (
    (
        rf"{N}(?: ?(?:-|tot?|à) ?{N})? ?{X} ?{N}(?: ?{X})? ?(?:{PER_DAY}|{A_WEEK})",
        _("“%(text)s” has two meanings; start with how often: “2x a day 10x” or “3x a week 10x”."),
    ),
    (
        rf"(?:(?:{HOLD}|{REST})(?: (?:for|van|of))? )?{AMOUNT} ?(?:-|tot?|à) ?{AMOUNT} ?"
        rf"(?:(?:{X} ?)?(?:{A_DAY}|{A_WEEK})|{DD}|{DAYS}|{SEC}|{MIN}|{HOUR}|{KG}|{SETS}"
        rf"|{X} ?{N}{NO_UNIT})",
        _("“%(text)s”: only repetitions can be a range, as in “2x a day 3x8-12” or “8-12x 5s”."),
    ),
    (
        rf"{N} ?(?:{X}|{SETS} (?:van|of)) ?{N} ?{MIN}",
        _("“%(text)s” has two meanings; write “2x a day 10 min” or “2x 30s”."),
    ),
    (
        rf"{N}(?:{X}| {X} ){WEIGHT} ?{KG}",
        _("“%(text)s” has two meanings; write “2x10 5kg” or “10x 5kg”."),
    ),
    (
        rf"om de {N} {DAYS}",
        _("“%(text)s” has two meanings; write “every other day 10x” or “every 3 days 10x”."),
    ),
    (
        rf"{AMOUNT} ?(?:{MIN}|{HOUR}) ?{A_WEEK}",
        _("“%(text)s”: on how many days? Write “3x a week 20 min” or “every other day 20 min”."),
    ),
    (
        rf"per (?:dag|day|week)(?! ?{X})",
        _("“%(text)s”: say first how many times, as in “2x a day 10x” or “3x a week 3x10”."),
    ),
)

WEEKDAY = one_of(
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag monday tuesday wednesday thursday "
    "friday saturday sunday mon tues? wed thurs? fri sat sun ma di wo vr za"
)
# In Dutch "zo" is Sunday or "so", as in "zo vaak als het gaat". Here it is Sunday unless another
# word follows.
DAY = rf"(?:{WEEKDAY}|zo(?= *(?:$|[]/,.;:+&)-]|[0-9]|(?:en|and|do|{WEEKDAY})\b)))"
# "do" is English when alone, and Thursday in Dutch between other days.
DAYS_BETWEEN = r"(?: ?[/,+&-] ?| en | and )"
BEFORE_MOMENT = r"(?:'s |in the |in de |at |bij |na |voor |before |after |elke |every )?"
MOMENT = BEFORE_MOMENT + one_of(
    "ochtends ochtend(?:en)? morgens middags? namiddags? avonds? nachts mornings? afternoons? "
    "evenings? nights? noon ontbijt lunch diner breakfast dinner (?:het_)?slapen bedtime"
)
COLOUR = one_of(
    "rode? rood red gele? geel yellow groene? groen green blauwe? blauw blue zwarte? zwart black "
    "zilver(?:en)? silver gouden? goud gold oranje orange paarse? paars purple grijze? grijs grey "
    "gray witte? wit white roze pink beige"
)
BAND = one_of(
    "thera-?bands? (?:weerstands|fitness)?band(?:en|je)? elastiek(?:en|je)? dynaband tube(?:s)? "
    "(?:resistance_)?bands? elastics?"
)
EXERTION = one_of("borg(?:schaal|score)? rpe rir omni (?:reps|herhalingen)_in_reserve")
NOT_YET = (
    (
        rf"{DAY}(?:{DAYS_BETWEEN}(?:{DAY}|do))*|do(?:{DAYS_BETWEEN}(?:{DAY}|do))+",
        _(
            "“%(text)s”: days of the week cannot be part of a dosage yet. Write how many, as in "
            "“2x a week 3x10” or “every other day 3x10”. Put the days in the note."
        ),
    ),
    (
        MOMENT,
        _(
            "“%(text)s”: a time of day cannot be part of a dosage. Write how often, as in "
            "“1x a day 10x” or “2x a day 3x10”. Put the time in the note."
        ),
    ),
    (
        one_of(
            "amrap max(?:imaal|imum)? zo_veel_mogelijk zoveel_mogelijk onbeperkt unlimited "
            "as_many_as_(?:you_can|possible)"
        )
        + rf"(?: {X})?",
        _(
            "“%(text)s”: as many as possible cannot be a dosage yet. Write a number, as in “3x10” "
            "or “3x8-12”. Put the rest in the note."
        ),
    ),
    (
        r"(?:tot|to|until|till)(?: aan| de| het)? "
        + one_of(
            "vermoeidheid vermoeid uitputting falen moe(?:heid)? fatigued? failure exhaustion tired"
        ),
        _(
            "“%(text)s”: exercising until one is tired cannot be a dosage yet. Write a number, "
            "as in “3x10” or “3x8-12”. Put the rest in the note."
        ),
    ),
    (
        rf"(?:met |with |op |at |@ ?)?(?:{EXERTION}(?:[ :=@]*{AMOUNT}(?: ?[-/] ?{AMOUNT})?)?"
        rf"|{AMOUNT}(?: ?-? ?{AMOUNT})? ?{EXERTION})|@ ?{AMOUNT}",
        _(
            "“%(text)s”: how hard it feels (Borg, RPE, reserve) cannot be part of a dosage yet. "
            "Write “3x10” or “2x a day 10 min” here. Put it in the note."
        ),
    ),
    (
        rf"{AMOUNT}(?: ?- ?{AMOUNT})? ?%(?: ?(?:van |of )?(?:de |the )?(?:1 ?rm|max|hf|hr|hfmax))?"
        rf"|{N} ?rm",
        _(
            "“%(text)s”: a percentage or maximum cannot be part of a dosage. Write the load in kg, "
            "as in “3x8 20kg”, or leave it out, as in “3x8”. Put it in the note."
        ),
    ),
    (
        rf"tempo(?:[ :]*[0-9x]+(?: ?[-/:.] ?[0-9x]+)*)?|{N}-[0-9x]++(?:-[0-9x]++)+(?: tempo)?",
        _(
            "“%(text)s”: a tempo cannot be part of a dosage yet. Write “3x8” or “3x8 5s” here. "
            "Put the tempo in the note."
        ),
    ),
    (
        rf"{TIME} ?(?:on|aan|werk(?:en)?|work|op|inspanning)"
        rf"(?:[ ,/+-]*{TIME} ?(?:off|uit|{REST}|af))?"
        rf"|{N} ?/ ?{N}{NO_UNIT}|interval(?:len|s)?|hiit|tabata|emom",
        _(
            "“%(text)s”: work and rest in turns cannot be a dosage yet. Write “5x 30s rest 30s”, "
            "or only how long, as in “10 min”. Put the rest in the note."
        ),
    ),
    (
        rf"(?:{N}(?: ?{X})? ?)?{AN_HOUR}|(?:elk|ieder|every) (?:half )?(?:uur|hour)"
        rf"|(?:{N} ?{X} )?(?:om de|elke|ieder|iedere|every|per) {N} ?(?:uur|uren|hours?|h)",
        _(
            "“%(text)s”: every so many hours cannot be part of a dosage yet. Write how often a "
            "day, as in “6x a day 10x” or “8x a day 5x”. Put the hours in the note."
        ),
    ),
    (
        rf"(?:met |with |op )?(?:een |a |the |de )?"
        rf"(?:{COLOUR} ?{BAND}|{BAND} ?{COLOUR}|{COLOUR}|{BAND})",
        _(
            "“%(text)s”: the resistance of a band cannot be part of a dosage yet. Write “3x10” or "
            "“3x8-12” here. Put the band in the note."
        ),
    ),
    (
        rf"{AMOUNT} ?(?:m|km|meters?|metres?|kilometers?|stappen|steps|passen|baantjes|laps)",
        _(
            "“%(text)s”: a distance or steps cannot be a dosage. Write how long, as in “10 min”, "
            "or how often, as in “10x”. Put it in the note."
        ),
    ),
    (
        rf"(?:week|weken|weeks?|wk) {N}(?: ?(?:-|t/m|tot|to) ?{N})?"
        rf"|{N} (?:weken|weeks?|maanden|months?)",
        _(
            "“%(text)s”: for which weeks it holds is no part of a dosage. Write “3x10” or "
            "“3x a week 3x10” here, and the weeks in their own field."
        ),
    ),
    (
        rf"{AMOUNT} ?(?:lbs?|pounds?|pond|gram|gr|g)",
        _("“%(text)s”: give the load in kg, as in “3x8 2,5kg” or “10x 5kg”."),
    ),
)

# Incomplete parts of a dosage, matched after the rules of the grammar.
INCOMPLETE = rules(
    (
        rf"{REST}(?: {TIME} {TIME}| {AMOUNT} ?{MIN}(?: ?{AMOUNT} ?{SEC})?| {AMOUNT})?",
        _("“%(text)s”: write a rest with one time, as in “3x8 rest 30s” or “3x8 rest 1 min”."),
    ),
    (
        rf"{HOLD}(?: (?:for )?{AMOUNT} ?{MIN}? ?(?:{AMOUNT} ?{SEC})?)?",
        _("“%(text)s”: write a hold in seconds, as in “3x8 5s” or “10x hold 5s”."),
    ),
    (
        rf"{N} ?{SETS} (?:van|of)|{SETS}",
        _("“%(text)s”: sets of what? Write “3 sets of 10” or “3 sets of 30s”."),
    ),
    (
        rf"{ON}(?:(?:{EACH_ONE}|een|één|one|single|1) )?{LIMB}",
        _("“%(text)s”: which side? Write “3x10 left”, “3x10 right” or “3x10 l/r”."),
    ),
    (
        rf"{EACH_ONE}|{DAILY}|{PER}",
        _("“%(text)s”: say how often, as in “2x a day 10x” or “every 3 days 10x”."),
    ),
    (
        r"[0-9]+[.,;:]?(?= |$)",
        _("“%(text)s” has no unit; write “10x”, “10s”, “10 min” or “10x 10kg”."),
    ),
)
NOWHERE = _(
    "“%(text)s” does not fit; write it as in “2x a day 3x8 5s l/r 10kg rest 30s” or “10 min”."
)

TRAPS = rules(*SIDES, *NOT_YET, *TWO_MEANINGS)


def many_sets(sets: int, reps: int, reps_max: int | None, text: str) -> str:
    """The sentence that refuses `15x3`: by the grammar 15 sets of 3, but often meant as 3 of 15."""
    most = LIMITS["sets"][1]
    amount = f"{reps}-{reps_max}" if reps_max else reps
    values = {"text": text, "sets": sets, "reps": amount, "least": reps, "most": most}
    if sets > most:
        sentence = gettext(
            "“%(text)s” has %(sets)d sets, and a dosage has at most %(most)d. "
            "Write the sets first, as in “3x15” or “3 sets of 15”."
        )
    else:
        sentence = gettext(
            "“%(text)s”: %(sets)d sets of %(reps)s, or the other way round? "
            "Write “%(sets)d sets of %(reps)s” or “%(least)dx%(sets)d”."
        )
    return sentence % values
