"""The readable part of a copy of somebody's data: JSON for programs, tables for people.

`record` is a Patient; this module imports no model. Each part is a function from a record to rows.
A part that is added to `PARTS` is in the JSON and becomes a table.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

Row = dict[str, object]


def whole(record) -> dict:
    return {"record": about(record)} | {
        name: list(part(record)) for name, part in PARTS.items() if name != "records"
    }


def about(record) -> Row:
    return {
        "name": record.name,
        "date_of_birth": record.birth_date,
        **_fields(record, "email phone language"),
        "practice": record.practice.name,
        "since": record.created_at,
        "login_email": (record.user.email or "") if record.user else "",
        "login_code": (record.user.login_code or "") if record.user else "",
    }


# ---------------------------------------------------------------- parts


def _fields(row, names: str) -> Row:
    """Return the values of these fields, under the same names."""
    return {name: getattr(row, name) for name in names.split()}


def _programmes(record) -> Iterator[Row]:
    for programme in _started(record):
        yield {
            "programme": str(programme.uuid),
            "title": programme.title,
            "therapist": programme.therapist.name,
            **_fields(programme, "started_on ended_on planned_until"),
        }


def _given(record) -> Iterator[Row]:
    """Each exercise of each version."""
    for programme in _started(record):
        for version in programme.versions.order_by("number"):
            for line in version.sheet.lines:
                yield {
                    "programme": str(programme.uuid),
                    "version": version.number,
                    "issued_at": version.issued_at,
                    "line": line.uuid,
                    "exercise": line.title,
                    "dosage": line.sentence,
                    "weeks": line.when,
                    "start_position": line.start_position,
                    "steps": "\n".join(line.steps),
                    **_fields(line, "caution note"),
                }


def _advice(record) -> Iterator[Row]:
    for programme in _started(record):
        for version in programme.versions.order_by("number"):
            sheet = version.sheet
            for block in (*sheet.other_advice, *sheet.red_flags):
                yield {
                    "programme": str(programme.uuid),
                    "version": version.number,
                    "title": block.title,
                    "text": block.body,
                }


def _sessions(record) -> Iterator[Row]:
    """Every act, also those undone later; the last one about a moment is in force."""
    logs = record.sessions.select_related("version__programme")  # in the order of the acts
    titles: dict[int, dict[str, str]] = {}
    for log in logs:
        if log.version_id not in titles:
            titles[log.version_id] = {line.uuid: line.title for line in log.version.sheet.lines}
        yield {
            "programme": str(log.version.programme.uuid),
            "version": log.version.number,
            **_fields(log, "day moment"),
            "line": str(log.line),
            "exercise": titles[log.version_id].get(str(log.line), ""),
            **_fields(log, "done pain effort sets reps hold duration"),
            **_fields(log, "performed_at received_at clock_was_off"),
        }


def _symptoms(record) -> Iterator[Row]:
    for answer in record.symptom_answers.all():
        yield {
            "day": answer.day,
            "line": str(answer.line or ""),
            "moment": answer.moment,
            "symptoms": ", ".join(answer.symptoms),
            "answered_at": answer.answered_at,
        }


def _recovery(record) -> Iterator[Row]:
    for programme in _started(record):
        for check in programme.recovery_checks.all():
            yield {
                "programme": str(programme.uuid),
                **_fields(check, "day answer pain answered_at"),
                "written_down_by": check.noted_name,
            }


def _activities(record) -> Iterator[Row]:
    for programme in _started(record):
        for activity in programme.main_activities.prefetch_related("scores"):
            for score in activity.scores.all():
                yield {
                    "programme": str(programme.uuid),
                    "activity": activity.name,
                    **_fields(score, "day score"),
                }


def _pauses(record) -> Iterator[Row]:
    for programme in _started(record):
        for pause in programme.pauses.all():
            yield {
                "programme": str(programme.uuid),
                "from": pause.from_on,
                "until": pause.until_on,
            }


def _messages(record) -> Iterator[Row]:
    for message in record.messages.select_related("programme").order_by("pk"):
        yield {
            "programme": str(message.programme.uuid),
            "written_at": message.written_at,
            "by": message.by_name,
            **_fields(message, "by_patient text seen_at"),
        }


def _reminders(record) -> Iterator[Row]:
    plan = getattr(record, "reminder_plan", None)
    if plan is not None:
        yield {
            "times": ", ".join(f"{at:%H:%M}" for at in plan.times),
            **_fields(plan, "days by_mail changed_at"),
        }


def _sent(record) -> Iterator[Row]:
    for reminder in record.reminders.exclude(sent_at=None).order_by("pk"):
        yield {
            "day": reminder.day,
            "time": reminder.slot,
            "sent_at": reminder.sent_at,
        }


PARTS: dict[str, Callable[..., Iterable[Row]]] = {
    "records": lambda record: [about(record)],
    "programmes": _programmes,
    "exercises": _given,
    "advice": _advice,
    "sessions": _sessions,
    "symptoms": _symptoms,
    "recovery": _recovery,
    "activities": _activities,
    "pauses": _pauses,
    "messages": _messages,
    "reminders": _reminders,
    "reminders_sent": _sent,
}


def explanation() -> str:
    return "\n".join(
        [
            _("This is what is stored about you."),
            "",
            _("data.json holds everything, for a computer program."),
            _(
                "The files that end in .csv hold the same data as tables. You can open them with a "
                "spreadsheet."
            ),
            "",
            _("records: who you are. programmes: which programmes you had."),
            _("exercises and advice: what you were given. sessions: what you ticked off."),
            _(
                "symptoms, recovery and activities: what you answered. pauses: when your programme "
                "was paused."
            ),
            _("messages: your messages. reminders: the times that you chose."),
        ]
    )


# ---------------------------------------------------------------- JSON


def as_json(content: dict) -> str:
    """Return JSON with dates and times in ISO 8601."""
    return json.dumps(content, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an export")


def _started(record):
    """The programmes without drafts, which are the therapist's until they are given."""
    return record.programmes.filter(started_on__isnull=False).order_by("pk")
