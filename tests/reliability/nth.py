"""The n-th statement fails, for n = 1, 2, 3 … until the request comes through.

SQLite tests its own I/O errors like this. After each failure the act must be whole or not there at
all, its row in the access log with it, and the answer must be in words.
"""

import logging
import shutil

from django.db import OperationalError, connection, connections

from rugpijn.audit import AccessEvent
from rugpijn.models import Practice

from ..access.access_world import client_for, come_before, data_for, snapshot
from .house import House

REQUESTS = [
    ("patients:log_session", "piet"),
    ("patients:sync", "piet"),
    ("patients:report_symptoms", "piet"),
    ("patients:recovery", "piet"),
    ("patients:messages", "piet"),
    ("patients:reminders", "piet"),
    ("admin:patients_programme_change", "anna"),
    ("admin:patients_programme_pause", "anna"),
    ("admin:patients_programme_end", "anna"),
    ("admin:patients_programme_again", "anna"),
    ("admin:patients_patient_discharge", "anna"),
    ("admin:patients_patient_change", "anna"),
]
NOT_ACTS = ("read", "open", "list", "login")  # of these rows there is no act that could be half


class _Disk(Exception):
    sqlite_errorname = "SQLITE_IOERR_WRITE"
    sqlstate = "53100"


class Fails:
    """Refuses the n-th statement. `reached` says whether there was one."""

    def __init__(self, n: int):
        self.left, self.reached = n, False

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0:
            self.reached = True
            raise OperationalError("disk I/O error") from _Disk()
        return execute(sql, params, many, context)


def run(house: House, short: bool) -> None:
    if not house.is_sqlite:
        print("skip   n-th failure: it puts the file of SQLite back after each try")
        return
    logging.disable(logging.CRITICAL)
    tries, half, mute = 0, [], []
    for name, role in REQUESTS[:4] if short else REQUESTS:
        with _kept(house.file, "start"):
            come_before(house.world, name)
            sent, step = data_for(house.world, name), 7 if short else 1
            with _kept(house.file, "try"):
                _send(house.world, name, role, sent)
                done = _state()
            before = _state()
            assert done != before, name
            n = 1
            while True:
                with _kept(house.file, "try"):
                    fails = Fails(n)
                    answer = _send(house.world, name, role, sent, fails)
                    tries += 1
                    now = _state()
                    acknowledged = answer.status_code < 400
                    is_whole = _same(now, done, before)
                    if not is_whole and (now != before or (acknowledged and not fails.reached)):
                        half.append((name, n, sorted(_changed(now, before))))
                    if not acknowledged and not _in_words(answer):
                        mute.append((name, n, answer.status_code))
                if not fails.reached:
                    break
                n += step
    logging.disable(logging.NOTSET)
    house.say(f"n-th failure, {tries} tries, half an act", half or 0, not half, 0)
    house.say(f"n-th failure, {tries} tries, an answer without words", mute or 0, not mute, 0)
    assert Practice.objects.exists()


class _kept:
    """The database as it was, afterwards."""

    def __init__(self, file, name):
        self.file, self.copy = file, file.with_name(f"{name}.copy")

    def __enter__(self):
        connections.close_all()
        shutil.copyfile(self.file, self.copy)

    def __exit__(self, *_):
        connections.close_all()
        shutil.copyfile(self.copy, self.file)


def _send(world, name, role, sent, fails=None):
    client = client_for(world, role)
    client.raise_request_exception = False
    more = {"content_type": "application/json"} if name == "patients:sync" else {}
    if fails is None:
        return client.post(world.address(name), sent, **more)
    with connection.execute_wrapper(fails):
        return client.post(world.address(name), sent, **more)


def _state() -> dict:
    """Every row, and what the access log says was done."""
    acts = AccessEvent.objects.exclude(action__in=NOT_ACTS).exclude(action__startswith="read")
    return {
        **snapshot(),
        AccessEvent: sorted(acts.values_list("action", "patient", "object_type"), key=repr),
    }


def _changed(now, before) -> set:
    return {model.__name__ for model in now if now[model] != before[model]}


def _same(now, done, before) -> bool:
    """As when it came through: the same tables changed, by as many rows."""
    return _changed(now, before) == _changed(done, before) and all(
        len(now[model]) == len(done[model]) for model in now
    )


def _in_words(answer) -> bool:
    page = answer.content.decode()
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        return "error" in page
    return "<h1" in page and "Traceback" not in page
