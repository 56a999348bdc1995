"""Fifty acts that were done without a connection, arriving in any order."""

import json
import os
import random
import uuid

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from patients.models import SessionLog, SymptomAnswer
from rugpijn.web import rates

from ..access.access_world import client_for
from ..patients.patient_day.acts import state
from .house import House


def run(house: House, short: bool) -> None:
    times = int(os.environ.get("ORDERS", 8 if short else 2000))
    dice, programme = random.Random(50), house.world.programme
    rates.RATES["sync"] = 10**9
    acts, states = _acts(programme, dice), set()
    for time in range(times):
        if time % 50 == 0:  # what is taken back takes along that somebody was seen
            client = client_for(house.world, "piet")
        dice.shuffle(acts)
        with transaction.atomic():
            SessionLog.objects.filter(patient=programme.patient).delete()
            SymptomAnswer.objects.filter(patient=programme.patient).delete()
            for some in (acts[: dice.randrange(50)], acts):  # a part twice, as after a lost answer
                message = {
                    "patient": str(programme.patient.uuid),
                    "now": timezone.now().isoformat(),
                    "acts": some,
                }
                answer = client.post("/sync/", json.dumps(message), content_type="application/json")
                assert all(each["status"] == "stored" for each in answer.json()["results"])
            states.add(
                repr(
                    [
                        sorted(map(repr, each.items() if isinstance(each, dict) else each))
                        for each in state(programme)
                    ]
                )
            )
            transaction.set_rollback(True)
    cache.clear()
    house.say(f"50 acts in {times} orders, outcomes", len(states), len(states) == 1, 1)


def _acts(programme, dice) -> list[dict]:
    """Ticked, undone and scored anew, of three exercises and two moments."""
    version = programme.versions.get(number=2)
    acts = []
    for sequence in range(1, 51):
        done = dice.choice("110")
        act = {
            "operation": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
            "programme": str(programme.uuid),
            "version": version.number,
            "sequence": sequence,
            "line": dice.choice(version.sheet.lines[:3]).uuid,
            "moment": dice.choice("12"),
            "day": timezone.localdate().isoformat(),
            "performed_at": timezone.now().isoformat(),
            "done": done,
            "pain": dice.choice(["", "0", "7"]) if done == "1" else "",
        }
        if done == "1":
            act["symptoms"] = dice.choice([[], ["leg_pain"]])
        acts.append(act)
    return acts
