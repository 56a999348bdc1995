"""The access log of one patient in sentences: who did what, when, and why.

Equal sentences of one day become one, with how often it happened and between which times.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from rugpijn.log.acts import sentence_of
from rugpijn.models import AccessEvent, User

WHY = {
    AccessEvent.Purpose.CARE: _("for your treatment"),
    AccessEvent.Purpose.ADMINISTRATION: _("to run the practice"),
    AccessEvent.Purpose.SUPPORT: _("to solve a technical problem"),
}
ROLES = {
    "therapist": _("physiotherapist"),
    "owner": _("owner of the practice"),
    "superuser": _("manager of the server"),
}


@dataclass
class LogSentence:
    """One kind of act by one person on one day, with each time it was done."""

    day: date
    sentence: str
    why: str
    denied: bool
    times: list[datetime] = field(default_factory=list)

    @property
    def when(self) -> str:
        first, last = (time_format(moment, "G:i") for moment in (min(self.times), max(self.times)))
        if len(self.times) == 1:
            return gettext("at %(time)s") % {"time": first}
        number = len(self.times)
        if first == last:
            text = ngettext(
                "%(number)d time, at %(first)s", "%(number)d times, at %(first)s", number
            )
        else:
            text = ngettext(
                "%(number)d time, between %(first)s and %(last)s",
                "%(number)d times, between %(first)s and %(last)s",
                number,
            )
        return text % {"number": number, "first": first, "last": last}


class Reader:
    """Reads the log of one patient, for that patient or for the practice owner."""

    def __init__(self, patient):
        self.patient, self.practice = patient, patient.practice
        self.own = patient.user.uuid if patient.user is not None else None
        self.colleagues = set(
            User.objects.filter(practice=self.practice).values_list("uuid", flat=True)
        )

    def events(self, *, since: date | None, others: bool):
        """Return the events since a day, the newest first; only those by `others` if asked."""
        rows = AccessEvent.objects.filter(patient=self.patient.uuid).order_by("-number")
        if since is not None:
            begin = datetime.combine(since, datetime.min.time())
            rows = rows.filter(at__gte=timezone.make_aware(begin))
        if others and self.own is not None:
            # Refusals stay: a failed login names the account that was tried, not who tried.
            rows = rows.exclude(actor=self.own, outcome=AccessEvent.Outcome.ALLOWED)
        return rows

    def days(self, events: Iterable[AccessEvent]) -> list[tuple[date, list[LogSentence]]]:
        """Return the sentences by day, the newest day and the newest act first."""
        days: dict[date, dict[tuple, LogSentence]] = {}
        for event in events:
            at = timezone.localtime(event.at)
            sentence, why = self.sentence(event), self.why(event)
            lines = days.setdefault(at.date(), {})
            key = (event.actor, sentence, why)
            if key not in lines:
                denied = event.outcome == AccessEvent.Outcome.DENIED
                lines[key] = LogSentence(at.date(), sentence, why, denied)
            lines[key].times.append(at)
        return [(day, list(lines.values())) for day, lines in days.items()]

    def sentence(self, event) -> str:
        if event.outcome == AccessEvent.Outcome.DENIED:
            if event.action == "log in":
                return gettext("Somebody tried to log in as you, with a wrong password.")
            refusal = gettext("%(who)s tried to open your details. That was refused.")
            return refusal % {"who": self.who(event)}
        done = sentence_of(event.action)
        if event.actor is not None and event.actor == self.own:
            return gettext("You have %(done)s.") % {"done": done}
        return gettext("%(who)s has %(done)s.") % {"who": self.who(event), "done": done}

    def who(self, event) -> str:
        """Name a colleague when the practice shows names in the log; otherwise the role."""
        if event.actor is not None and event.actor == self.own:
            return gettext("You")
        if event.actor_role == "system":
            return gettext("The program itself")
        if event.actor is None:
            return gettext("Somebody who was not logged in")
        if event.on_behalf == self.patient.uuid:
            return gettext("Somebody who acts for you")
        is_colleague = event.actor in self.colleagues
        roles = [str(ROLES[part]) for part in event.actor_role.split("+") if part in ROLES]
        if not is_colleague and not event.glass:
            return gettext("Somebody from outside your practice")
        role = gettext(" and ").join(roles) or gettext("somebody of the practice")
        words = {"role": role, "name": event.actor_name, "practice": self.practice.name}
        if self.practice.log_shows_names and event.actor_name:
            return gettext("%(name)s (%(role)s, %(practice)s)") % words
        return gettext("Somebody of %(practice)s (%(role)s)") % words

    def why(self, event) -> str:
        return str(WHY.get(event.purpose, ""))

    def table(self, events: Iterable[AccessEvent]) -> list[dict[str, str]]:
        """Return each event as a row of a table."""
        return [
            {
                gettext("Day"): (at := timezone.localtime(event.at)).date(),
                gettext("Time"): time_format(at, "G:i:s"),
                gettext("What happened"): self.sentence(event),
                gettext("Why"): self.why(event),
                gettext("Number"): str(event.event),
            }
            for event in events
        ]
