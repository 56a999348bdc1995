"""What kind of data each column of the record holds.

Names of staff who did something are clinical data: they are part of the record. `CLASSES` holds
the columns of all three apps.
"""

from django.apps import apps
from django.db.models import Field, Model

from exercises import classified as library
from rugpijn import classified as practice
from rugpijn.classified import Columns, DataKind, columns

_DOSAGE = "per_day days_per_week every_days sets reps reps_max hold side rest load duration "
_PERIOD = "from_week until_week from_date until_date "

RECORD: dict[str, Columns] = {
    "patients.Patient": columns(
        personal="name birth_date email phone language user sort_key search_key",
        clinical="created_at created_by discharged_on discharged_by practice",
        none="id uuid",
    ),
    "patients.PatientInvitation": columns(
        personal="who created_at accepted_at",
        keys="token_hash code_hash",
        none="id tries patient",
    ),
    "patients.Proxy": columns(
        personal="user relation from_on until_on ended_by", none="id patient"
    ),
    "patients.Programme": columns(
        clinical="therapist title started_on ended_on planned_until changed_at changed_by",
        none="id uuid patient revision",
    ),
    "patients.Prescription": columns(
        clinical=_DOSAGE + _PERIOD + "exercise position note steps side_open on_share_page",
        none="id uuid programme",
    ),
    "patients.RedFlagCheck": columns(
        clinical="checked_by checked_name checked_at", none="id programme"
    ),
    "patients.Version": columns(
        clinical="number content issued_at issued_by issued_name reason",
        none="id uuid programme digest",
    ),
    "patients.ShareLink": columns(personal="valid_from", none="id uuid programme counter"),
    "patients.StoredHandout": columns(
        clinical="pdf made_at", none="id version letterhead made_with issued"
    ),
    "patients.Batch": columns(none="id uuid practice made_by variant weeks created_at stopped_at"),
    "patients.BatchHandout": columns(clinical="made_at problem", none="id batch version position"),
    "patients.RecoveryCheck": columns(
        clinical="day answer pain answered_at noted_by noted_name", none="id programme"
    ),
    "patients.MainActivity": columns(clinical="name position", none="id programme"),
    "patients.ActivityScore": columns(clinical="day score", none="id activity"),
    "patients.SymptomAnswer": columns(
        clinical="line day moment symptoms answered_at",
        none="id patient operation version retracts sequence",
    ),
    "patients.RiskProfile": columns(
        clinical="profile chosen_by chosen_name chosen_at", none="id programme"
    ),
    "patients.StartBackScore": columns(
        clinical="total part noted_by noted_name noted_at", none="id programme"
    ),
    "patients.QualityRating": columns(
        clinical="line title quality rated_by rated_name rated_at", none="id programme"
    ),
    "patients.SeenMark": columns(
        clinical="reason occasion note by by_name at withdrawn_at", none="id programme"
    ),
    "patients.Message": columns(
        clinical="text written_at by_patient by by_name seen_at",
        none="id programme patient operation",
    ),
    "patients.Pause": columns(clinical="from_on until_on note by by_name at", none="id programme"),
    "patients.ReminderPlan": columns(
        personal="first second third days by_mail changed_at stopped_at", none="id uuid patient"
    ),
    "patients.Reminder": columns(
        personal="day slot taken_at tries refused_at sent_at", none="id patient"
    ),
    "patients.CalendarLink": columns(personal="made_at", keys="token_hash", none="id patient"),
    "patients.SessionLog": columns(
        clinical="line day moment done pain effort sets reps hold duration performed_at"
        " received_at clock_was_off",
        none="id patient operation version sequence",
    ),
    "patients.DataExport": columns(
        personal="made_for by_name reason asked_at finished_at",
        keys="session content",  # the content is a copy of all the others, made for one browser
        none="id uuid patient done total",
    ),
    "patients.ErasureRequest": columns(
        personal="asked_at asked_by words refused_at refused_by refused_name answer",
        none="id uuid patient",
    ),
    # Stays after an erasure and identifies nobody.
    "patients.Erased": columns(none="id patient practice at by_role asked_at reason"),
}

CLASSES = {**practice.CLASSES, **library.CLASSES, **RECORD}


def kind_of(field: Field) -> DataKind:
    return CLASSES[field.model._meta.label][field.name]


def fields_to_show(model: type[Model]) -> list[Field]:
    """Return the columns that are in a copy for the patient: all but the secrets."""
    return [field for field in model._meta.concrete_fields if kind_of(field) != DataKind.SECRET]


def unclassified() -> list[str]:
    """Return columns without a class, and classes of columns that do not exist."""
    stored = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
    }
    classified = {f"{label}.{name}" for label, names in CLASSES.items() for name in names}
    return sorted(stored ^ classified)
