"""The words of the grammar, as parts of patterns for the output of `rugpijn.typed.text.plain`.

Only 0-9 are digits. Digits of other scripts and superscripts match no pattern, so they are refused.
"""

NUMBERS = {
    word: number
    for number, words in {
        1: "een één one",
        2: "twee two",
        3: "drie three",
        4: "vier four",
        5: "vijf five",
        6: "zes six",
        7: "zeven seven",
        8: "acht eight",
        9: "negen nine",
        10: "tien ten",
        11: "elf eleven",
        12: "twaalf twelve",
        15: "vijftien fifteen",
        20: "twintig twenty",
        30: "dertig thirty",
    }.items()
    for word in words.split()
}


def one_of(words: str) -> str:
    """A pattern for any of the patterns in `words`, separated by spaces; `_` is a space in one."""
    return f"(?:{'|'.join(word.replace('_', ' ') for word in words.split())})"


END = r"(?![^\W\d])"  # a word ends here; a digit may follow, as in 2x5x5s
# The quantifiers are possessive, so a number is read as a whole or not at all.
N = rf"(?:[0-9]++|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
WEIGHT = r"[0-9]++(?:[.,][0-9]{1,2}+)?+"
X = one_of("x maal keer times? time")
SETS = one_of("series? sets? reeks(?:en)? ronden? rondes rounds?")
REPS = rf"(?:{X}|{one_of('herhaling(?:en)? herh hrh hh repetities? repetitions? reps?')})"
OF = one_of("van of à a met with x")
SEC = one_of("""seconden? seconds? secs? sek s tellen tel counts? " ''""")
MIN = one_of("""minuut minuten minutes? mins? '(?!')""")
HOUR = one_of("uur uren u hours? hrs? h")
KG = one_of("kg kilo's kilos? kilogram")
DD = one_of(r"dd d\.d\.?")
DAYS = one_of("dagen dag days? d")
PER = r"(?:per ?|/ ?|p/|een |één |a |an |each |every |elke |iedere |in een |in de |in a )"
A_DAY = rf"(?:{PER}(?:dag|day|d)|p/?d|p\.d\.?|daags|daily|dagelijks)"
PER_DAY = r"(?:(?:per ?|/ ?|p/?|a )(?:dag|day|d)|p\.d\.?|daags)"  # A_DAY without "every day"
A_WEEK = rf"(?:{PER}(?:week|wk|w)|p/?w|p\.w\.?|wekelijks|weekly)"
AN_HOUR = rf"(?:{PER}(?:uur|hour|h|u)|hourly)"
DAILY = one_of("dagelijks daily elke_dag iedere_dag every_day each_day everyday")
AMOUNT = r"[0-9]++(?:[.,][0-9]{1,2}+)?+"
OR_SECONDS = rf" ?(?:en |and )?{N} ?{SEC}"
# Not minutes and seconds together: `rust 1 min 5s` has two meanings.
TIME = rf"(?:(?:{N}|{AMOUNT}) ?{SEC}|(?:{N}|{AMOUNT}) ?{MIN}(?!{OR_SECONDS}))"
RANGE = rf"(?P<reps>{N})(?: ?(?:-|tot?|à) ?(?P<reps_max>{N}))?+"
NO_UNIT = rf"(?!(?:[.,][0-9]++)? ?(?:{SEC}|{MIN}|{HOUR}|{KG}|{DAYS}|{DD}|%|lbs?){END})"

LEG = one_of("been beenen benen legs? voet(?:en)? foot feet knie(?:ën|en)? knees?")
ARM = one_of("arm(?:en|s)? hand(?:en|s)? schouders? shoulders?")
SIDE = one_of("kant(?:en)? zij(?:de(?:n|s)?)? sides?")
LIMB = rf"(?:{LEG}|{ARM}|{SIDE})"
LEFT, RIGHT = one_of("links left li l"), one_of("rechts right re r")
AND = r"(?: ?[/+&] ?| en | and )"
ON = r"(?:aan |op |in |met |on |with |voor |for )?"
EACH_ONE = one_of("elke? ieder iedere per each every")
BOTH = one_of("beide(?:_de)? both(?:_the)? allebei(?:_de)? de_twee the_two 2 twee two")
TOGETHER = one_of("samen tegelijk tegelijkertijd together at_once at_the_same_time simultaneously")

REST = one_of("rust(?:tijd)? rest pauze(?:ren)? pause break")
HOLD = one_of("vasthouden vast aanhouden hold(?:ing)? houden held")
LOAD = rf"(?P<load>{WEIGHT}) ?{KG}"
