from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    """The record: what belongs to one person."""

    name = "patients"
    verbose_name = _("Patients")
