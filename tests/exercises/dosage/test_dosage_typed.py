"""What therapists type and paste: what each text means, or the refusal that says what to do.

Every refusal names the piece that is wrong and shows at least two texts that are read.
"""

import re

import pytest
from django.utils import translation

from exercises.dosage import Dosage

# The notation of what is read, and every text that means it.
MEANS = {
    "1x per dag 20 min": """
        20 min per dag|20 min/day|20 min. a day|dagelijks 20 min|20 minuten daily
        |elke dag 20 min|20 min elke dag|20' per dag|twintig minuten per dag
        |1 dd 20 min
    """,
    "1x per dag 30 min": """
        half uur per dag|een half uur per dag|half an hour a day|0,5 uur per dag
    """,
    "60 min": "1 uur|60 min.|1 hour",
    "15 min": "kwartier|een kwartier|15'",
    "90s": """1,5 min|1'30"|1 min 30 sek|90 tellen|1 minuut en 30 seconden|90''|90″""",
    "30s": """30"|30”|30''|30 sec.|30 sek|30 tellen|30 counts""",
    "3x 30s": """
        30s hold x3|3 series van 30 seconden|3x30"|3x30''|hold 30s x3|3x hold 30s
        |30s x 3|3 sets of 30s|3 sets 30 sec|3 series, 30 tellen|30 sec vasthouden 3x
        |3 sets hold 30s|30s hold, repeat 3 times|herhaal 3x 30s
        |houd 30 sec vast, 3 keer|3 reps x 30s|3 series à 30s|drie keer 30 seconden
        |3 ronden van 30s
    """,
    "3x10x": """
        10 reps x 3 sets|3 sets x 10 reps|3 sets 10 reps|10 reps, 3 sets|3 sets of 10
        |3 series à 10|3 series van tien|10x3 sets|10 x 3 series|3x10 hh|3 x 10 herh.
        |3 x 10 rep|3 sets met 10 herhalingen|10 herhalingen x 3 series|3x10.|(3x10)
        |3×10|3✕10|3 reeksen van 10|10 repetitions for 3 sets|3 sets, 10 reps|•3x10
        |\uf0b7 3x10|3x\u200b10|3x10\ufeff|3x\xad10
    """,
    "1x per dag 3x10x": """
        dagelijks 3x10|iedere dag 3x10|elke dag: 3x10|every day 3x10|daily 3x10
        |3x10 dagelijks|3x10 elke dag|once a day 3x10|1x daags 3x10|eenmaal daags 3x10
        |one time a day 3x10
    """,
    "2x per dag 10x": """
        2 maal daags 10x|tweemaal daags 10x|twice a day 10x|twice daily 10 reps
        |2x daags 10 hh|twee keer per dag 10x|2x/d 10x|2x p/d 10x|2x p.d. 10x
        |2 dd 10 herh|x10 2dd|2 times daily 10x|10x (2x per dag)
        |dagelijks 2x per dag 10x
    """,
    "3x per week 3x10x": """
        3x p/w 3x10|3x pw 3x10|3 d/w 3x10|3 keer in de week 3x10|3x weekly 3x10
        |three times a week 3x10|3x10, 3x/wk|3 dagen per week: 3x10
    """,
    "1x per week 10x": """
        wekelijks 10x|weekly 10x|once a week 10x|eens per week 10x|elke week 10x
    """,
    "om de dag 10x": """
        1x per 2 dagen 10x|every 2 days 10x|om de andere dag 10x|alternate days 10x
    """,
    "elke 3 dagen 10x": "1x per 3 dagen 10x|once every 3 days 10x|iedere 3 dagen 10x",
    "3x10x l/r": """
        3x10 (l/r)|3x10/kant|3x10 per kant|3x10 /side|3x10 per been|elk been 3x10
        |3x10 aan elke kant|3x10 on each side|3x10 elke zijde|3x10 l+r|3x10 L & R
        |3x10 per leg|3x10 links en rechts|3x10 right and left|3x10, iedere kant
    """,
    "10x l/r": "10 per side|10/kant|10x/been|10 per been|10 each side",
    "3x10x links": """
        3x10 linkerbeen|3x10 links|3x10 left arm|3x10 alleen links|3x10 (li)
        |3x10 op links
    """,
    "5x 5s": """
        5x 5 tellen|5 tellen vasthouden, 5 keer|5x 5s vast|houd 5s vast 5x
        |5 x 5 sec hold|5x hold for 5 seconds|5x5"|hold 5 secs 5 times
        |five times five seconds|5s x 5
    """,
    "3x10x 5s": """
        5 sec x 10 x 3 sets|10 reps x 3 sets hold 5s|3x10, 5 tellen vasthouden|3x10x5″
    """,
    "3x8x rust 60s": """
        3x8 60s rust|3x8 1 min rust|3x8 rust: 60s|3x8 pauze 60s|3x8 60 sec pauze
        |3x8 rest of 60s|3x8 60s rest between sets|3x8, 1 min rust tussen de series
    """,
    "3x 20s rust 40s": "3x 20s rust 40s|3x20s, rust 40s|3x 20 sec hold rest 40s",
    "3x8-12x": """
        8-12 reps x 3 sets|3x 8 à 12|3 sets of 8-12|3x8 to 12|3x8—12
        |3 series van 8 tot 12
    """,
    "3x8x 20kg": "3x8@20kg|3x8 met 20 kg|3x8 with 20 kilo|20 kg 3x8",
    "15 series van 3": "15 series van 3|15 sets of 3|15 sets x 3 reps",
    "15 series van 3-5": "15 sets of 3-5",
    "12x12x": "12x12",
    "11x 5s": "11x5s",
    "10x10x": "10x10",
}

TOGETHER, IN_ALL = "both together, or one by one?", "in all, or on each side?"
# What is said, and every text of which it is said with the piece that is wrong.
REFUSED = {
    TOGETHER: """
        3x15 [beide benen]|2x10 [both arms]|3x8 [5kg per hand]
        |[beide kanten samen] 3x10|2x10 [both sides]|2x10 [with both hands]
        |2x10 [2 benen]|3x10 [per arm]|[elke hand 5kg] 3x8|3x8 [5 kg in each hand]
        |3x8 [5kg/hand]|2x10 [twee armen]|3x10 [l/r samen]|3x10 [bilateraal]
        |3x10 [beiderzijds]|3x10 [allebei de benen]|3x10 [aan beide kanten]
        |3x8 [10kg elk been]|2x10 [both legs together]|3x10 [links en rechts tegelijk]
        |3x10 [elke hand]|3x10 [2 handen]|3x10 [/arm]|3x8 [5kg both hands]
        |3x10 [two legs]|3x10 [each arm]|3x10 [tegelijk]
    """,
    IN_ALL: """
        3x10 [om en om]|3x10 [afwisselend links en rechts]|3x10 [alternating]
        |10x [om beurten]
    """,
    "or the other way round?": """
        [15x3]|[12x10]|[11x1]|[15x3-5]|[20x10 reps]|2x per dag [15x3]
    """,
    "and a dosage has at most 20": "[30x10]|[50x3]",
    "days of the week cannot": """
        [ma/wo/vr] 3x10|3x10 [mon, wed, fri]|[maandag en donderdag] 3x10
        |3x10 [di + vr]|3x10 [Tuesday]|[zo] 3x10|3x10 [za en zo]|3x10 [zo/wo]
    """,
    "a time of day cannot": """
        ['s ochtends] 3x10|3x10 [elke ochtend]|3x10 [in the morning]
        |2x10 [voor het slapen]
    """,
    "as many as possible cannot": """
        3x [AMRAP]|3x [max]|[zo veel mogelijk]|[as many as possible] 30s
    """,
    "until one is tired cannot": """
        [tot vermoeidheid]|3x [tot vermoeidheid]|3x [until failure]|3x [to fatigue]
    """,
    "how hard it feels": """
        3x10 [Borg 13]|[RPE 7] 3x10|3x10 [RIR 2]|3x10 [@8]|3x10 [2 RIR]
        |3x10 [borg 3/10]
    """,
    "a tempo cannot": """
        3x8 [tempo 3-1-3]|3x8 [3-1-3]|3x8 [tempo 3010]|3x8 [2-0-2-0]
        |[tempo: 3/1/3] 3x8
    """,
    "work and rest in turns cannot": """
        [30 sec on/30 sec off]|[30s aan 30s uit]|[40s work 20s rest]|[30/30]|[tabata]
        |[30 sec werk, 30 sec rust]|[interval] 10 min
    """,
    "every so many hours cannot": """
        [10x per uur]|[elke 2 uur] 10x|[every hour] 10x|10x [elk uur]|[hourly] 10x
    """,
    "resistance of a band cannot": """
        3x10 [rode theraband]|3x10 [rood]|3x10 [with a blue band]|3x10 [elastiek]
    """,
    "a percentage or maximum cannot": "3x10 [50% 1RM]|3x10 [10RM]|3x8 [70%]",
    "a distance or steps cannot": "[500 m]|[2 km]|[5000 stappen]|[10 laps]",
    "give the load in kg": "3x10 [10 lbs]|3x10 [500 gram]",
    "for which weeks": "3x10 [6 weken]|[week 1-2] 3x10|3x10 [4 weeks]",
    "only repetitions can be a range": """
        10x [hold 5-10 seconds]|3x8 [5-10s]|[2-3x per dag] 10x|3x8 [rust 30-60 sec]
        |[10-15 min]|3x8 [5-10 kg]|[2-3 sets] 10 reps|10x [5 à 10 sec]
    """,
    "has two meanings": """
        [2x10 min]|[3 series van 5 min]|[2x10x per dag]|[om de 2 dagen] 3x8|[2x10kg]
    """,
    "on how many days?": "[150 min per week]|[2 uur per week]",
    "say first how many times": "[per dag] 3x10|[per week] 3x10",
    "write a rest with one time": "3x8 [rust]|3x8 [rust 1 min 5s]|3x8 [rest 60]",
    "write a hold in seconds": "10x [hold]|10x [hold 5]|10x [vasthouden]",
    "which side?": "3x10 [been]|3x10 [één been]|3x10 [arm]",
    "sets of what?": "[series] 10x",
    "has no unit": "3x10 [12]|[10]|3x8 [5.]",
    "does not fit": """
        3x10 [staan]|10 min [wandelen]|3x10 [foo]|[zo] vaak als het gaat|3x10 [zo] nodig
    """,
    "Choose every day or certain days": "3x per week dagelijks 10x",
    "states “Times a day” twice": "2dd [3x per dag] 10x",
}


def texts(joined):
    return [text.strip("\n ") for text in joined.split("|") if text.strip()]


READ = [(text, notation) for notation, joined in MEANS.items() for text in texts(joined)]
WRONG = [(text, says) for says, joined in REFUSED.items() for text in texts(joined)]


def refusal(text, language):
    with translation.override(language), pytest.raises(ValueError) as refused:
        Dosage.parse(text)
    return str(refused.value)


def test_there_are_many():
    assert len(READ) >= 100
    assert len(WRONG) >= 80


@pytest.mark.parametrize(("text", "notation"), READ, ids=[ascii(text) for text, _ in READ])
def test_one_meaning_is_read(text, notation):
    assert Dosage.parse(text).notation == notation
    assert Dosage.parse(text.upper()).notation == notation


@pytest.mark.parametrize(("marked", "says"), WRONG, ids=[text for text, _ in WRONG])
def test_the_rest_is_refused_with_what_is_wrong_and_what_to_type(marked, says):
    typed = re.sub(r"[\[\]]", "", marked)
    english, dutch = refusal(typed, "en"), refusal(typed, "nl")
    assert says in english
    for language, message in (("en", english), ("nl", dutch)):
        quoted = re.findall("“([^”]+)”", message)
        if piece := re.search(r"\[(.+)\]", marked):
            assert piece[1] in quoted
        examples = [text for text in quoted if _is_read(text)]
        assert len(examples) >= 2, message
        assert message.endswith(".") and "%(" not in message
        assert (language == "nl") == (message != english), message


def _is_read(text):
    try:
        Dosage.parse(text)
    except ValueError:
        return False
    return True
