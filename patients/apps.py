from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    """The record: everything that belongs to one patient. `ready` connects it to the other apps."""

    name = "patients"
    verbose_name = _("Patients")

    def ready(self):
        from exercises.symptoms import catalogue
        from rugpijn import audit
        from rugpijn.backup import restore
        from rugpijn.log import search
        from rugpijn.login import second_step as login_step
        from rugpijn.operations import health

        from . import clinical
        from .joining import second_step
        from .paper import failed_papers, press
        from .privacy import ended, erasure, log_people

        catalogue.words = {name: symptom.words for name, symptom in clinical.SYMPTOMS.items()}
        catalogue.of_region = clinical.symptoms_of_region
        login_step.asked_by.append(second_step.asks_second_step)
        search.patients = log_people.PatientsInLog()
        audit.records_of.append(log_people.records_of)
        health.add("printing", press.problem)
        health.add("handouts", failed_papers.problem)
        restore.AFTER_RESTORE.append(ended.close_invitations)
        restore.AFTER_RESTORE.append(lambda restored: f"Erased again: {erasure.apply_ledger()}.")
