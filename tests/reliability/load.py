"""Fifty patients who tick and look without a pause, and two therapists who change programmes."""

import threading
import time
import uuid
from html.parser import HTMLParser
from urllib.parse import urlencode

from django.urls import reverse

from rugpijn.audit import AccessEvent
from rugpijn.database.sqlite import wal_is_safe

from .house import House, is_sound, message, percentile, status_of, stored


def run(house: House, short: bool) -> None:
    seconds = 10 if short else 60
    stop = threading.Event()
    ticks, looks, edits, wrong, acknowledged = [], [], [], [], set()
    before = AccessEvent.objects.filter(action="log").count()
    there = len(stored())

    def patient(one, caller):
        number = 0
        while not stop.is_set():
            number += 1
            operation = str(uuid.uuid4())
            sent = message(one, operation=operation, sequence=number)
            answer = _timed(lambda sent=sent: caller.post("/sync/", sent), ticks, wrong)
            if status_of(answer) == "stored":
                acknowledged.add(operation)
            _timed(lambda: caller.get("/"), looks, wrong)

    def therapist(one, caller):
        address = reverse("admin:patients_programme_change", args=[one.programme.pk])
        number = 0
        while not stop.is_set():
            number += 1
            page = _timed(lambda: caller.get(address), edits, wrong)
            if page.status == 200:
                sent = fields(page.body.decode())
                sent["title"] = f"Lage rugpijn {number}"
                body, kind = urlencode(sent), "application/x-www-form-urlencoded"
                _timed(lambda body=body, kind=kind: caller.post(address, body, kind), edits, wrong)

    work = [(patient, one, house.caller(one.user)) for one in house.patients]
    work += [(therapist, one, house.caller(house.world.anna)) for one in house.patients[:2]]
    versions = house.patients[0].programme.versions.count()
    with house.served():
        threads = [threading.Thread(target=act, args=rest) for act, *rest in work]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        stop.set()
        for thread in threads:
            thread.join()
    rate, p95 = len(acknowledged) / seconds, percentile(ticks + looks, 0.95) * 1000
    least = 40 if house.is_sqlite and not wal_is_safe() else 100
    house.say("load, answers that were 5xx", len(wrong), not wrong, "0")
    # In short, and beside other work, seconds say nothing: they are shown and not judged.
    must = ("", "") if short else (least, "at most 1500 ms")
    enough, quick = short or rate >= least, short or p95 <= 1500
    house.say("load, ticks a second, as many looks beside them", f"{rate:.0f}", enough, must[0])
    house.say("load, 95 of 100 answers within", f"{p95:.0f} ms", quick, must[1])
    made = house.patients[0].programme.versions.count() - versions
    house.say("load, versions that a therapist gave meanwhile", made, made > 0, "more than 0")
    kept = stored()
    lost = len(acknowledged - kept)
    house.say("load, acknowledged and not stored", lost, lost == 0, "0")
    rows = AccessEvent.objects.filter(action="log").count() - before
    added = len(kept) - there
    house.say("load, rows of the log beside acts", f"{rows} of {added}", rows == added, "equal")
    house.say("load, the database is whole", is_sound(), is_sound())


def _timed(ask, times: list, wrong: list):
    began = time.monotonic()
    answer = ask()
    times.append(time.monotonic() - began)
    if answer.status >= 500:
        wrong.append(answer)
    return answer


class _Fields(HTMLParser):
    """What a browser would send of a form that nobody touched."""

    def __init__(self):
        super().__init__()
        self.found, self.select, self.text = {}, None, None

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        name = said.get("name")
        if tag == "input" and name and said.get("type") not in ("submit", "file", "button"):
            ticked = said.get("type") in ("checkbox", "radio")
            if not ticked or "checked" in said:
                self.found[name] = said.get("value", "on" if ticked else "")
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in said:
            self.found[self.select] = said.get("value", "")
        elif tag == "textarea":
            self.text = name
            self.found[name] = ""

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None

    def handle_data(self, data):
        if self.text:
            self.found[self.text] += data.removeprefix("\n")  # as a browser reads it


def fields(page: str) -> dict[str, str]:
    reader = _Fields()
    form = page[page.index('id="programme_form"') :] if 'id="programme_form"' in page else page
    reader.feed(form)
    return {name: value for name, value in reader.found.items() if not name.startswith("_")}
