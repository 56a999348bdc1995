"""The reports of a patient that no therapist looked at yet, for the pages about that patient."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from rugpijn.models import User

from ..models import Patient
from . import reports
from .reports import Report


@dataclass(frozen=True)
class Waiting:
    """Reports in force, and the address of their card on the worklist."""

    reports: tuple[Report, ...]
    card: str = ""

    @property
    def red_flags(self) -> tuple[Report, ...]:
        return tuple(report for report in self.reports if report.urgency == "doctor")


def of(patient: Patient, reader: User) -> Waiting:
    """The reports in force in this record. Two queries, and one more when there are any."""
    in_force = reports.standing_in_record(patient.pk).reports
    if not in_force:
        return Waiting(())
    last = patient.programmes.filter(started_on__isnull=False).order_by("-pk").first()
    if last is None:
        return Waiting(in_force)
    whose = "" if last.therapist_id == reader.pk else "?whose=practice"
    return Waiting(in_force, f"{reverse('admin:index')}{whose}#programme-{last.pk}")


def warning(patient: Patient, reader: User) -> str:
    """A sentence, with a link to the worklist, that a report still waits; empty when none does.

    It is shown after an act of which a therapist could think that it ended the report.
    """
    waits = of(patient, reader)
    if not waits.reports:
        return ""
    report = (waits.red_flags or waits.reports)[-1]
    words = (
        _("%(patient)s still cannot exercise: nobody has looked at the red flag of %(day)s.")
        if waits.red_flags
        else _("An exercise of %(patient)s is stopped: nobody has looked at the report of %(day)s.")
    )
    sentence = words % {"patient": patient.name, "day": date_format(report.day, "j F")}
    return format_html("{} <a href='{}'>{}</a>", sentence, waits.card, _("To the worklist"))
