"""A patient with a word of its own in every column, to be found again anywhere."""

import uuid
from datetime import date, datetime, time, timedelta

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.db import models
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from patients.contact import messages
from patients.models import (
    ActivityScore,
    Batch,
    BatchHandout,
    CalendarLink,
    DataExport,
    ErasureRequest,
    MainActivity,
    Patient,
    PatientInvitation,
    Prescription,
    Programme,
    Proxy,
    QualityRating,
    RecoveryCheck,
    Reminder,
    ReminderPlan,
    RiskProfile,
    SeenMark,
    SessionLog,
    StartBackScore,
    StoredHandout,
    SymptomAnswer,
)
from patients.prescribing import lifecycle
from patients.privacy import related_rows
from patients.privacy.classified import RECORD, kind_of
from rugpijn.classified import DataKind
from rugpijn.login.session_store import SessionStore
from rugpijn.models import KeptForm, OneTimeCode, TrustedDevice, User

CANARY = "Kanarie"
CHOSEN = {"days"}  # which days of the week: no free text


def canary(field) -> str:
    """A word that says where it belongs, as long as it may be there."""
    word = f"{CANARY}-{field.model.__name__}-{field.name}"
    if isinstance(field, models.EmailField):
        return f"{word.lower()}@mail.example"
    return word[: field.max_length] if field.max_length else word


def fill(row) -> None:
    """A word in each text of it that is a person's; in JSON and in bytes as well."""
    model = type(row)
    changed = {}
    for field in model._meta.concrete_fields:
        if kind_of(field) in (DataKind.NONE, DataKind.SECRET) or field.is_relation:
            continue
        if field.name in CHOSEN or field.choices:
            continue
        word = canary(field)
        if isinstance(field, models.CharField | models.TextField):
            changed[field.name] = word
        elif isinstance(field, models.JSONField) and isinstance(field.default, type(list)):
            changed[field.name] = [word]
        elif isinstance(field, models.BinaryField):
            changed[field.name] = b"%PDF-1.7 " + word.encode()
    if model._meta.label == "patients.Version":
        content = dict(row.content)
        content["title"] = canary(model._meta.get_field("content"))
        changed["content"] = content
    if changed:
        model._base_manager.filter(pk=row.pk).update(**changed)


def everywhere(patient: Patient, by: User, therapist_programme: Programme) -> list[str]:
    """A row in every table of this patient and of the login; returns the words that are there."""
    programme, user = therapist_programme, patient.user
    version, now, today = programme.current_version(), timezone.now(), timezone.localdate()
    line = uuid.UUID(version.sheet.lines[0].uuid)
    same = {"patient": patient, "operation": uuid.uuid4(), "version": version, "line": line}
    SessionLog.objects.create(**same, day=today, moment=1, done=True, pain=7, performed_at=now)
    SymptomAnswer.objects.create(**same, day=today, symptoms=["leg_pain"])
    messages.send_message(
        programme=programme, operation=uuid.uuid4(), text="x", by=user, by_patient=True
    )
    activity = MainActivity.objects.create(programme=programme, position=1, name="x")
    ActivityScore.objects.create(activity=activity, day=today, score=8)
    RecoveryCheck.objects.create(programme=programme, day=21, answer="better", noted_name="x")
    RiskProfile.objects.create(programme=programme, profile="low", chosen_name="x")
    StartBackScore.objects.create(programme=programme, total=3, part=1, noted_name="x")
    QualityRating.objects.create(
        programme=programme, line=line, title="x", quality="good", rated_name="x"
    )
    SeenMark.objects.create(programme=programme, reason="x", occasion="x", note="x", by_name="x")
    lifecycle.pause(programme=programme, by=by, from_on=today, until_on=today + timedelta(days=2))
    ReminderPlan.objects.create(patient=patient, first=time(9), by_mail=True)
    Reminder.objects.create(patient=patient, day=today, slot=time(9))
    CalendarLink.renew(patient)
    PatientInvitation.invite(patient=patient)
    parent = User.objects.create_user("kanarie-ouder@mail.example", name="Kanarie-Ouder")
    Proxy.objects.create(user=parent, patient=patient, relation="helper")
    DataExport.objects.create(
        patient=patient, made_for=by, by_name="x", session="x", content=b"Kanarie-DataExport-copy"
    )
    ErasureRequest.objects.create(patient=patient, words="x", answer="x", refused_name="x")
    StoredHandout.objects.create(version=version, letterhead="x", issued=True, pdf=b"x")
    batch = Batch.objects.create(practice=patient.practice, made_by=by, variant="full", weeks=3)
    BatchHandout.objects.create(batch=batch, version=version, position=1, problem="x")
    login(user)
    DBTaskResult.objects.create(
        task_path="patients.paper.handout.render_handout",
        args_kwargs={"args": [str(version.uuid)], "kwargs": {}},
        priority=0,
        queue_name="default",
        backend_name="default",
        run_after=now,
        traceback="Kanarie-Task",
    )
    Prescription.objects.filter(programme=programme).update(note="x", steps="x")
    for rows in related_rows.rows_of(patient):
        for row in rows:
            fill(row)
    User.objects.filter(pk=user.pk).update(
        name="Kanarie-User-name", email="kanarie-user@mail.example", login_code="Kanarie-code"
    )
    return sorted(
        canary(field)
        for model in (Patient, *related_rows.ways_to(Patient))
        for field in model._meta.concrete_fields
        if not field.is_relation
        and kind_of(field) in (DataKind.PERSONAL, DataKind.CLINICAL)
        and model._meta.label in RECORD
        and _is_text(field)
        and field.name not in CHOSEN
        and not field.choices
    )


def _is_text(field) -> bool:
    return isinstance(field, models.CharField | models.TextField) or (
        field.model._meta.label == "patients.Version" and field.name == "content"
    )


def login(user: User) -> None:
    """What a login leaves: devices, sessions, codes, a passkey, addresses."""
    now = timezone.now()
    device = TrustedDevice.objects.create(
        user=user, token_hash="k" * 64, name="Kanarie-device", expires_at=now + timedelta(days=30)
    )
    OneTimeCode.objects.create(user=user, code_hash="c" * 64)
    KeptForm.objects.create(user=user, content="Kanarie-typed")
    address = EmailAddress.objects.create(user=user, email="kanarie-address@mail.example")
    EmailConfirmation.objects.create(email_address=address, key="k" * 40)
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Kanarie-passkey"})
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session["device_name"] = "Kanarie-session"
    session["trusted_device"] = {"pk": device.pk}
    session.create()


def in_database(connection, words) -> list[str]:
    """Of these words, those that any column of any table of the database holds, with the table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  its own name
            text = "\n".join(_readable(value) for row in cursor.fetchall() for value in row).lower()
            found += [f"{table}: {word}" for word in words if word.lower() in text]
    return found


def _readable(value) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
