from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatientsConfig(AppConfig):
    """The record: everything that belongs to one patient. `ready` connects it to the other apps."""

    name = "patients"
    verbose_name = _("Patients")

    def ready(self):
        from rugpijn import hooks

        from . import clinical
        from .joining import second_step
        from .paper import failed_papers, press
        from .privacy import erasure, log_people, revocations

        symptoms = {name: symptom.words for name, symptom in clinical.SYMPTOMS.items()}
        hooks.symptom_words.value = symptoms
        hooks.symptoms_of_region.value = clinical.symptoms_of_region
        hooks.asks_second_step.add(second_step.asks_second_step)
        hooks.patients_in_log.value = log_people.PatientsInLog()
        hooks.own_records.add(log_people.records_of)
        hooks.health_problems.add(("printing", press.problem), ("handouts", failed_papers.problem))
        hooks.revocation_kinds.add(*revocations.KINDS)
        hooks.after_restore.add(
            revocations.close_invitations,
            lambda restored: f"Erased again: {erasure.apply_ledger()}.",
        )
