"""Writing the access log that NEN 7513 requires: who opened which record, and when.

`record` writes an act in the transaction of the act, so that neither is stored without the other.
`deny` writes a refusal outside of it, since a refused act is rolled back and its row must stay.
"""

import logging
import uuid
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from . import hooks
from .log import chain
from .log.acts import ACTS
from .log.models import AccessEvent
from .web.visitor import client_address, readable_name

logger = logging.getLogger(__name__)

ROLES = {
    "superuser": _("runs the server"),
    "owner": _("practice owner"),
    "therapist": _("therapist"),
    "patient": _("patient"),
    "anonymous": _("not logged in"),
    "system": _("the program itself"),
}

Purpose = AccessEvent.Purpose
READ_TODAY = "read_today"  # in the session
PART_LENGTH = AccessEvent._meta.get_field("object_part").max_length


def record(
    request,
    action: str,
    *patients,
    thing=None,
    outcome=AccessEvent.Outcome.ALLOWED,
    actor=None,
    part: str = "",
    query: str = "",
) -> None:
    """Write one row for each patient that an act changed or showed, or one row without a patient.

    A row belongs to the practice of the patient or the thing, also when somebody of another
    practice acted: its owner is responsible for it, and the other practice must not learn of it.

    `action` is a name in `ACTS`, or KeyError is raised. `thing` is the object acted on and `part`
    names a part of it. Of `query`, the search text, only a digest is stored. `actor` is given when
    the person is not logged in yet. Call this inside the transaction of the act itself, so that
    neither is stored without the other.
    """
    actor = actor or request.user
    patients = patients or _own_records(action, actor)
    if outcome == AccessEvent.Outcome.ALLOWED and action.split(" ")[0] in ("read", "list"):
        patients = _not_read_today(request, action, actor, patients)
        if patients is None:
            return
    chain.append(
        _rows(
            request, action, patients, actor, thing=thing, outcome=outcome, part=part, query=query
        )
    )


def parts(names: Iterable[str]) -> list[str]:
    """Join names of changed fields for `part`: as many as its column holds, then the next row."""
    rows: list[str] = []
    for name in sorted(names):
        if rows and len(rows[-1]) + 1 + len(name) <= PART_LENGTH:
            rows[-1] += f" {name}"
        else:
            rows.append(name)
    return rows


def deny(request, action: str, *patients, thing=None, actor=None) -> None:
    """Write a refusal. For somebody who is not logged in, only the technical log has a line.

    During a request the rows are added to `request.refusals` and stored at its end, since the
    transaction of the view may be rolled back because of the refusal.
    """
    actor = actor or request.user
    if not actor.is_authenticated:
        logger.info("refused to someone who is not logged in: %s", action)
        return
    patients = patients or _own_records(action, actor)
    outcome = AccessEvent.Outcome.DENIED
    rows = _rows(request, action, patients, actor, thing=thing, outcome=outcome)
    waiting = getattr(request, "refusals", None)
    if waiting is None:
        chain.append(rows)
    else:
        waiting.extend(rows)


def record_by_system(
    action: str, *, practice: uuid.UUID | None, patient=None, thing=None, part: str = ""
) -> None:
    """Write what a command did without a person, such as a backup or erasing after a term."""
    chain.append(
        [
            AccessEvent(
                action=action,
                code=ACTS[action].code,
                actor_role="system",
                authorised=True,
                glass=False,
                purpose=Purpose.ADMINISTRATION,
                practice=practice,
                patient=patient,
                source=_source(),
                **_about(thing, part),
            )
        ]
    )


def _own_records(action, actor) -> tuple:
    """A patient's login belongs to no practice, so a change to it is written in the log of each
    practice that treats this person."""
    if not ACTS[action].of_login or not actor.is_authenticated or actor.is_staff:
        return ()
    return tuple(record for find in hooks.own_records for record in find(actor))


def _rows(request, action, patients, actor, *, thing, outcome, part="", query=""):
    known = actor.is_authenticated
    broken = getattr(request, "glass", None)
    glass = broken is not None
    common = {
        "at": timezone.now(),
        "action": action,
        "code": ACTS[action].code,
        "outcome": outcome,
        "authorised": outcome == AccessEvent.Outcome.ALLOWED,
        "glass": glass,
        "actor": actor.uuid if known else None,
        "actor_name": actor.name if known and actor.is_staff else "",
        "actor_role": actor.role if known else "anonymous",
        "on_behalf": getattr(request, "on_behalf", None),
        "address": client_address(request),
        "device": _device(request),
        "source": _source(),
        "request": getattr(request, "id", ""),
        "query": digest_of(query) if query else "",
        **_about(thing, part or (action.removeprefix("read ") if "read " in action else "")),
    }
    return [
        AccessEvent(
            patient=patient.uuid if patient is not None else None,
            practice=_practice_of(patient or thing, actor, broken),
            treatment=(treats := _treats(actor, patient, own := _is_own(request, actor, patient))),
            purpose=_purpose(action, actor, own, treats, glass),
            **common,
        )
        for patient in patients or (None,)
    ]


def _about(thing, part="") -> dict:
    if thing is None:
        return {"object_part": part}
    version = getattr(thing, "number", None) or getattr(thing, "revision", None)
    return {
        "object_type": thing._meta.model_name,
        "object_id": str(getattr(thing, "uuid", None) or getattr(thing, "pk", None) or ""),
        "object_version": version if isinstance(version, int) else None,
        "object_part": part,
    }


def _device(request) -> str:
    return readable_name(request.META.get("HTTP_USER_AGENT", ""))


def _source() -> str:
    """The name of the program and its host; a practice may have other systems too."""
    return f"Rugpijn, {urlsplit(settings.SITE_URL).netloc}"[:80]


def digest_of(query: str) -> str:
    """A keyed digest of a search text, in hexadecimal. It can be compared and not read.

    Without a key, somebody could try all names until the digest is the same.
    """
    return salted_hmac("rugpijn.log.query", query, algorithm="sha256").hexdigest()


def _practice_of(about, user, broken) -> uuid.UUID | None:
    """The practice of the patient or the thing that an act is about.

    Without one it is the practice of the actor, or the one opened in an emergency.
    """
    own = getattr(user, "practice", None)
    about = getattr(about, "record_of", None) or about
    if own is not None and own.pk == getattr(about, "practice_id", None):
        return own.uuid  # the usual case, without a query for each row of a list
    theirs = about if _is_practice(about) else getattr(about, "practice", None)
    if theirs is not None:
        return theirs if isinstance(theirs, uuid.UUID) else theirs.uuid
    if own is None and broken is not None:
        return broken.practice
    return own.uuid if own is not None else None


def _is_practice(thing) -> bool:
    return hasattr(thing, "_meta") and thing._meta.label == "rugpijn.Practice"


def _is_own(request, actor, patient) -> bool:
    """Whether the record is the actor's own, or of the person the actor acts for."""
    if patient is None or not actor.is_authenticated:
        return False
    return actor.pk == patient.user_id or getattr(request, "on_behalf", None) == patient.uuid


def _treats(actor, patient, own: bool) -> bool | None:
    """Whether the actor treats this patient; None without a patient and for one's own record."""
    if patient is None or not actor.is_authenticated or own:
        return None
    return actor.may_treat and actor.practice_id == patient.practice_id


def _purpose(action, actor, own, treats, glass) -> str:
    if glass:
        return Purpose.SUPPORT
    if ACTS[action].of_login:
        return Purpose.LOGIN
    if own:
        return Purpose.OWN
    if treats:
        return Purpose.CARE
    if not actor.is_authenticated or not actor.is_staff:
        return ""  # a stranger: we cannot know
    return Purpose.SUPPORT if actor.is_superuser else Purpose.ADMINISTRATION


def _not_read_today(request, action, actor, patients):
    """The patients for whom a row must still be written; None when there are none.

    Reading one's own record is logged once a day in each session. A row for each visit of the
    patient would hide who else read the record.
    """
    session = getattr(request, "session", None)
    if session is None or not any(_is_own(request, actor, patient) for patient in patients):
        return patients
    today = timezone.localdate().isoformat()
    seen = session.get(READ_TODAY, {})
    if seen.get("day") != today:
        seen = {"day": today, "what": []}
    left = []
    for patient in patients:
        key = f"{action}:{patient.pk}"
        if not _is_own(request, actor, patient):
            left.append(patient)
        elif key not in seen["what"]:
            seen["what"].append(key)
            left.append(patient)
    if len(left) > 0:
        session[READ_TODAY] = seen
    return tuple(left) or None
