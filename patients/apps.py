from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    """The record: what belongs to one person."""

    name = "patients"
    verbose_name = _("Patients")

    def ready(self):
        from rugpijn import health, second_step

        from . import access, press

        second_step.asked_by.append(access.asks_second_step)
        health.add("printing", press.problem)
