"""Receives the acts that a phone kept while it had no connection, each exactly once.

The phone first asks `start` for a fresh token (401 means: log in first), then sends its acts to
`receive`. Each act gets an answer of its own, and a wrong one does not hold back the others. The
phone keeps an act without an answer, and sends it again.
"""

import json
import uuid
from dataclasses import replace
from datetime import date
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rugpijn import audit
from rugpijn.login.second_factor import answers_json
from rugpijn.web import rates

from ... import writes
from ...access import note_who_acts, refuse
from ...models import Patient, Programme, SessionLog, Version
from ...phone_clock import PhoneClock, Stamp, When, read_stamp
from .. import recording, reports
from ..forms import SessionForm, SymptomForm
from ..offline import state_of
from ..recording import record_report, record_session, rescue_report

ACTS = 200  # in one message
BYTES = 200_000
AHEAD = 100_000  # how far a count of acts may be beyond the highest that is stored


@answers_json
@login_not_required
@require_GET
def start(request):
    """A fresh token, the time of the server, who is logged in, the records for which this login
    may act, and what is in force in each. A device forgets what it has of any other record."""
    if not request.user.is_authenticated:
        return _login_first()
    standing = reports.standing_by_patient(request.user)
    return JsonResponse(
        {
            "token": get_token(request),
            "now": timezone.now().isoformat(),
            "login": request.user.uuid,
            "records": list(standing),
            "standing": {record: state_of(stands) for record, stands in standing.items()},
        }
    )


@answers_json
@login_not_required
@require_POST
def receive(request):
    """Store the acts of one record, in any order. The answer says what became of each."""
    if not request.user.is_authenticated:
        return _login_first()
    message = _read(request)
    if message is None:
        return JsonResponse({"error": "unreadable"}, status=400)
    patients = Patient.objects.all()
    patient = patients.find_of_person(request.user, uuid=message["patient"])
    if patient is None:
        return _not_there(request, patients, message["patient"])
    note_who_acts(request, patient)
    # One transaction, so that there is one write to disk. Each act has a savepoint of its own.
    with transaction.atomic():
        if not rates.allows("sync", patient.uuid, len(message["acts"])):
            retry = {"Retry-After": str(rates.wait())}
            return JsonResponse({"error": "too many"}, status=429, headers=retry)
        clock = PhoneClock(message["now"])
        most = recording.last_sequence(patient) + AHEAD
        versions = _Versions(patient)
        results = [_store_act(request, versions, act, clock, most) for act in message["acts"]]
        answer = {"results": results, "sequence": recording.last_sequence(patient)}
        answer["standing"] = state_of(reports.standing_by_patient(request.user)[str(patient.uuid)])
    return JsonResponse(answer)


def _not_there(request, patients, uuid):
    """A 404 as JSON. An attempt at somebody else's record is written to the access log."""
    try:
        refuse(request, patients, uuid=uuid)
    except Http404:
        return JsonResponse({"error": "not found"}, status=404)


def _login_first():
    """A 401. A redirect would make the phone take the login page for an answer."""
    return JsonResponse({"error": "login"}, status=401)


def _read(request) -> dict | None:
    """The message, or None when it is unreadable or too large. Its acts are not checked here."""
    if len(request.body) > BYTES:
        return None
    try:
        message = json.loads(request.body, parse_int=_number)
        acts, patient, now = message["acts"], _uuid(message["patient"]), str(message["now"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(acts, list) or len(acts) > ACTS or patient is None:
        return None
    return {"patient": patient, "acts": acts, "now": now}


def _number(digits: str) -> int | str:
    """The number. One with too many digits for Python stays text, which the form refuses."""
    return int(digits) if len(digits) < 20 else digits


def _uuid(text) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def _unclear() -> str:
    return _("This could not be read.")


class _Versions:
    """The versions that the acts of one message name, each with one query."""

    def __init__(self, patient: Patient):
        self.patient = patient
        self.named = cache(self._named)
        self.current = cache(Programme.current_version)

    def _named(self, programme: uuid.UUID | None, number: int) -> Version | None:
        of_patient = Version.objects.filter(programme__patient=self.patient)
        named = of_patient.filter(programme__uuid=programme, number=number)
        return named.select_related("programme").first()

    def day_of(self, operation: uuid.UUID) -> date | None:
        """The day of an act that was stored before. On another day its contents would differ."""
        days = SessionLog.objects.filter(patient=self.patient, operation=operation)
        return days.values_list("day", flat=True).first()

    def is_over(self, version: Version, line: uuid.UUID | None) -> bool:
        """Whether the patient no longer has this exercise. It is stored all the same."""
        current = self.current(version.programme)
        gone = current is None or (line is not None and current.sheet.line(line) is None)
        return gone or not version.programme.is_running


def _store_act(request, versions: _Versions, act, clock: PhoneClock, most: int) -> dict:
    """Store one act. The answer has its status, and a sentence when it is refused."""
    act = act if isinstance(act, dict) else {}
    answer = {"operation": str(act.get("operation"))}
    form, stamp = _form_of(act)
    is_valid = form.is_valid()
    data = form.cleaned_data
    version = versions.named(_uuid(act.get("programme")), data.get("version") or 0)

    def refused(message: str, status: str = "refused") -> dict:
        """The answer to a refused act. A report in it is stored all the same."""
        kept = version is not None and rescue_report(versions.patient, version, form)
        if kept:
            audit.record(request, "log", versions.patient, thing=version.programme)
        return {**answer, "status": status, "message": message, "reported": kept}

    if stamp is None or not is_valid:
        errors = [error for field in form.errors.values() for error in field]
        return refused(errors[0] if errors else _unclear())
    if version is None or data["sequence"] is None or data["sequence"] > most:
        return refused(_unclear())
    when = clock.when(stamp, version.programme.started_on or timezone.localdate())
    if when.clock_was_off:
        when = replace(when, day=versions.day_of(data["operation"]) or when.day)
    data["day"] = when.day
    try:
        with transaction.atomic():
            if _record(versions.patient, version, form, when):
                audit.record(request, "log", versions.patient, thing=version.programme)
    except writes.StaleOperationError as error:
        return refused(str(error), "conflict")
    except writes.RefusedError as error:
        return refused(str(error))
    return {**answer, "status": "archived" if versions.is_over(version, data["line"]) else "stored"}


def _record(patient: Patient, version: Version, form, when: When) -> bool:
    """Write the act of a valid form, and return whether it is new."""
    if isinstance(form, SymptomForm):
        return record_report(patient, version, form)
    return record_session(patient, version, form, when)


def _form_of(act: dict) -> tuple[SessionForm | SymptomForm, Stamp | None]:
    """The form of an act, and its stamp, which is None when its time is unreadable.

    An act that does not say whether something was done is about symptoms alone. The day in the
    form is today; `PhoneClock` decides about the real one. So a report in an act with a wrong
    time can be stored.
    """
    is_report = act.get("retracts") or "done" not in act
    form_class = SymptomForm if is_report else SessionForm
    data = {name: _plain(name, value) for name, value in act.items()}
    form = form_class({**data, "day": timezone.localdate().isoformat()})
    try:
        return form, read_stamp(data.get("performed_at", ""), data.get("day", ""))
    except ValueError:
        return form, None


def _plain(name: str, value):
    """A JSON value as a form would send it: as text, or for symptoms as a list of texts."""
    if isinstance(value, list) and name == "symptoms":
        return [str(each) for each in value]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)
