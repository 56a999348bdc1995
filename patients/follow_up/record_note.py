"""A note for the practice's own record system, as plain text to copy.

Made from the same numbers as the charts. It gives facts and no judgement of how well it went. It
does not name the patient: the record that it is pasted into has the name, and the clipboard keeps
the text for whatever comes next.
"""

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import MainActivity, Pause
from .progress import Counts, LineProgress, Progress, Score
from .timeline import Event


def text(
    progress: Progress,
    today: date,
    *,
    exas: int | None = None,
    activities: Sequence[MainActivity] = (),
    events: Sequence[Event] = (),
) -> str:
    """The note in the reader's language, line by line."""
    programme = _("Programme: %(title)s, started on %(started)s, version %(number)d of %(issued)s")
    period = _("Ticked off by the patient, %(first)s to %(last)s:")
    return "\n".join(
        [
            _("Home exercises, %(day)s") % {"day": _day(today)},
            programme
            % {
                "title": progress.sheet.title,
                "started": _day(progress.started_on),
                "number": progress.newest.number,
                "issued": _day(progress.newest.day),
            },
            *(paused(pause) for pause in progress.pauses),
            *(
                [_("Ended on %(day)s") % {"day": _day(progress.ended_on)}]
                if progress.ended_on
                else []
            ),
            "",
            _("Exercises and dosage:"),
            *(f"- {_dosage(line)}" for line in progress.lines if line.dosage),
            "",
            period % {"first": _day(progress.first), "last": _day(progress.last)},
            *_doing(progress),
            *([_("EXAS: %d of 100") % exas] if exas is not None else []),
            "",
            pain(progress),
            *_activities(activities),
            *_happened(events),
        ]
    )


def _activities(activities: Sequence[MainActivity]) -> list[str]:
    """The main activities, with the first and the last score of each."""
    lines = []
    for activity in activities:
        scores = list(activity.scores.all())
        if len(scores) > 1:
            scored = _("%(first)d (%(from)s), now %(last)d (%(until)s)") % {
                "first": scores[0].score,
                "from": _day(scores[0].day),
                "last": scores[-1].score,
                "until": _day(scores[-1].day),
            }
        elif scores:
            scored = f"{scores[0].score} ({_day(scores[0].day)})"
        else:
            scored = _("not scored yet")
        lines.append(f"- {activity.name}: {scored}")
    return ["", _("Main activities, 0 is no trouble, 10 is impossible:"), *lines] if lines else []


def _happened(events: Sequence[Event]) -> list[str]:
    """The events, without pauses and the end, which the note has above, and without messages, which
    nobody should copy by accident."""
    noted = [event for event in reversed(events) if event.kind not in ("life", "message")]
    lines = [f"- {_day(event.day)}: {event.words}" for event in noted]
    return ["", _("What happened:"), *lines] if lines else []


def _dosage(line: LineProgress) -> str:
    words = f"{line.title}: {line.dosage}"
    return f"{words} ({line.when[0].lower()}{line.when[1:]})" if line.when else words


def _doing(progress: Progress) -> list[str]:
    """Done of given for each exercise and in total. Without a tick there are no numbers: the
    patient may have kept a diary on paper."""
    if progress.is_silent:
        return [_("Nothing in this app; a diary on paper is not counted.")]
    lines = [f"- {line.title}: {counted(line.counts)}" for line in progress.lines]
    return [*lines, _("In total: %(counts)s") % {"counts": counted(progress.total)}]


def counted(counts: Counts) -> str:
    """Counts as a text, such as "26 of 42 times"."""
    if not counts.given and not counts.more:
        return _("nothing was agreed in this period")
    words = ngettext("%(done)d of %(given)d time", "%(done)d of %(given)d times", counts.given) % {
        "done": counts.done,
        "given": counts.given,
    }
    if counts.more:
        words += _(", and %(more)d more than agreed") % {"more": counts.more}
    return words


def pain(progress: Progress) -> str:
    """The first, the last and the highest score with their days. A day has its highest score."""
    if not progress.scores:
        return _("Pain while exercising, 0 to 10: not answered")
    return _(
        "Pain while exercising, 0 to 10: first %(first)s, last %(last)s, highest %(highest)s"
    ) % {
        "first": _score(progress.first_pain),
        "last": _score(progress.last_pain),
        "highest": _score(progress.highest_pain),
    }


def paused(pause: Pause) -> str:
    """A pause as a text."""
    if pause.until_on is None:
        return _("Paused since %(first)s") % {"first": _day(pause.from_on)}
    return _("Paused from %(first)s until %(until)s") % {
        "first": _day(pause.from_on),
        "until": _day(pause.until_on),
    }


def _score(score: Score) -> str:
    return f"{score.score} ({_day(score.day)})"


def _day(day: date) -> str:
    return date_format(day, "j F Y")
