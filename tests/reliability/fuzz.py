"""What no person and no page of ours would send: an answer, and never a crash.

Everything is drawn with a seed, so that what went wrong can be drawn again: ARGS="fuzz" and SEED=.
"""

import json
import logging
import os
import random
import time
from urllib.parse import urlencode

from django.core.cache import cache
from django.db import transaction

from exercises.dosage import Dosage
from rugpijn.web import rates

from ..access.access_table import NAMES, POSTS
from ..access.access_world import client_for, data_for
from ..exercises.exchange.packages import sent as sent_for_import
from ..forms.payloads import QUERIES
from .house import House

PIECES = [
    "2",
    "x",
    "×",
    "*",
    "3",
    "10",
    "5",
    "s",
    "sec",
    " ",
    "per dag",
    "l/r",
    "links",
    "kg",
    "min",
    "-",
    "–",
    "\u00a0",
    "\u202e",
    "²",
    "٣",
    "om de dag",
    "rust",
    "week",
    "2x",
    "dd",
    "½",
    "\0",
    "é",
]
VALUES = [
    "",
    "0",
    "-1",
    "1e9",
    "9" * 30,
    "NaN",
    "é" * 300,
    "\0",
    "' OR 1=1 --",
    "<script>",
    "{{ 7*7 }}",
    "2026-02-30",
    "on",
    "null",
    "../../etc/passwd",
    "٣",
    "\ud83d\ude00",
    "x" * 20000,
    "true",
    "5",
]
NAMES_OF_FIELDS = """
    prescriptions-TOTAL_FORMS prescriptions-INITIAL_FORMS prescriptions-0-id
    prescriptions-0-DELETE prescriptions-1-exercise form-TOTAL_FORMS _save is_staff practice
    revision id user day moment operation pain line
    """.split()


def run(house: House, short: bool) -> None:
    seed = int(os.environ.get("SEED", "2026"))
    print(f"         (seed {seed})")
    logging.disable(logging.CRITICAL)
    rates.RATES.update(dict.fromkeys(rates.RATES, 10**9))  # a refusal would hide the page
    few = 1 if short else 0
    dosages(house, random.Random(seed), 20_000 if few else 1_000_000)
    for part, count in (
        (parameters, 150 if few else 26_000),
        (forms, 40 if few else 5_000),
        (acts, 80 if few else 10_000),
        (tables, 15 if few else 5_000),
    ):
        dice, crashed = random.Random(seed), []
        part(house.world, dice, count, crashed)
        title = f"fuzz, {part.__name__}, {count} times"
        house.say(f"{title}, 5xx or crashed", crashed[:3] or 0, not crashed, 0)
    logging.disable(logging.NOTSET)


def dosages(house: House, dice, count: int) -> None:
    wrong, slowest, read = [], 0.0, 0
    for _number in range(count):
        text = "".join(dice.choice(PIECES) for _ in range(dice.randrange(1, 12)))
        began = time.perf_counter()
        try:
            dosage = Dosage.parse(text)
        except ValueError:
            dosage = None
        except Exception as error:
            wrong.append((text, repr(error)))
            continue
        finally:
            slowest = max(slowest, time.perf_counter() - began)
        if dosage is not None:
            read += 1
            if Dosage.parse(dosage.notation) != dosage:
                wrong.append((text, "not itself again"))
    title = f"fuzz, {count} dosages ({read} had a meaning)"
    house.say(f"{title}, crashed or not itself again", wrong[:3] or 0, not wrong, 0)
    house.say(f"{title}, slowest", f"{slowest * 1000:.1f} ms", slowest < 0.25, "at most 250 ms")


def parameters(world, dice, count, crashed) -> None:
    clients = {role: client_for(world, role) for role in ("anna", "els", "piet", "root", "nobody")}
    for number in range(count):
        name = NAMES[number % len(NAMES)]
        role = dice.choice(list(clients))
        pair = f"{dice.choice(NAMES_OF_FIELDS)}={dice.choice(['%00', '%ff', '1', 'x' * 2000])}"
        query = dice.choice([*QUERIES, pair])
        ask = clients[role].get if dice.random() < 0.8 else clients[role].post
        _ask(
            crashed,
            (name, role, query),
            lambda a=ask, n=name, q=query: a(f"{world.address(n)}?{q}"),
        )


def forms(world, dice, count, crashed) -> None:
    roles = {name: "piet" if name.startswith("patients:") else "anna" for name in POSTS}
    names = [
        name for name in POSTS if name not in ("patients:sync", "admin:exercises_exercise_film")
    ]
    for number in range(count):
        name = names[number % len(names)]
        client = client_for(world, "els" if "rugpijn" in name else roles[name])
        if name in ("admin:patients_programme_resume",):
            data = {"pause": "1"}
        else:
            data = {
                key: value
                for key, value in (data_for(world, name) or {}).items()
                if not hasattr(value, "read")
            }
        for _change in range(dice.randrange(1, 5)):
            data[dice.choice([*data, *NAMES_OF_FIELDS])] = dice.choice(VALUES)
        if data and dice.random() < 0.3:
            del data[dice.choice(list(data))]
        body = urlencode(data, errors="replace")
        _ask(
            crashed,
            (name, data),
            lambda c=client, n=name, b=body: c.post(
                world.address(n), b, content_type="application/x-www-form-urlencoded"
            ),
        )


def acts(world, dice, count, crashed) -> None:
    client = client_for(world, "piet")
    odd = [None, True, [], {}, 0, -1, 10**20, 1.5, [[]], {"a": 1}, *VALUES]
    for _number in range(count):
        message = data_for(world, "patients:sync")
        for _change in range(dice.randrange(1, 4)):
            where = dice.choice([message, message["acts"][0] if message.get("acts") else message])
            if isinstance(where, dict) and where:
                where[dice.choice(list(where))] = dice.choice(odd)
            if not isinstance(message.get("acts"), list) or not message["acts"]:
                break
            if not isinstance(message["acts"][0], dict):
                break
        body = json.dumps(message)
        if dice.random() < 0.1:
            body = body[: dice.randrange(len(body))]
        _ask(
            crashed, body, lambda b=body: client.post("/sync/", b, content_type="application/json")
        )


def tables(world, dice, count, crashed) -> None:
    """A list of exercises, with bytes and cells in it that do not belong there."""
    right = "title_nl;dosage;category\nBruggetje;2x per dag 3x10;low_back\nKat;10x;low_back\n"
    for _number in range(count):
        content = bytearray(right.encode())
        for _change in range(dice.randrange(1, 6)):
            place = dice.randrange(len(content))
            piece = dice.choice(['"', ";", "\n", "=cmd()", "\0", *VALUES[:12]]).encode(
                "utf-8", "replace"
            )
            content[place : place + dice.randrange(4)] = piece
        if dice.random() < 0.1:
            content += b"\xff\xfe"
        with transaction.atomic():
            try:
                sent_for_import(world.anna, bytes(content), "csv")
            except ValueError:
                pass  # refused, in a sentence
            except Exception as error:
                crashed.append((bytes(content), repr(error)))
            transaction.set_rollback(True)


def _ask(crashed, what, ask) -> None:
    """Within a transaction that is taken back: the next one finds everything as it was."""
    with transaction.atomic():
        try:
            answer = ask()
            if answer.status_code >= 500:
                crashed.append((what, answer.status_code))
        except Exception as error:
            crashed.append((what, repr(error)[:300]))
        transaction.set_rollback(True)
    if len(crashed) > 50:
        raise SystemExit(f"Far too much goes wrong: {crashed[:5]}")
    cache.close()
