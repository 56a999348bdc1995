from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    """The record: what belongs to one person."""

    name = "patients"
    verbose_name = _("Patients")

    def ready(self):
        from rugpijn import log_events, log_search, second_step

        from . import access, log_people

        second_step.asked_by.append(access.asks_second_step)
        log_search.patients = log_people.PatientsInLog()
        log_events.records_of.append(log_people.records_of)
