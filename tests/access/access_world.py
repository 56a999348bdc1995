"""The people of the table in access_table.py, what they have, and what each of them would send."""

import json
import re
import time as clock
import uuid
from datetime import time, timedelta

from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exercises.exchange import importing
from exercises.models import Figure, LibraryImport, Protocol, Rendering
from exercises.pose_editor.sliders import figure_of, new_frame, new_settings
from patients.contact import reminders
from patients.joining import invitations
from patients.models import CalendarLink, DataExport, Proxy, ReminderPlan, SymptomAnswer
from patients.paper import batches, variants
from patients.prescribing import authoring, lifecycle
from rugpijn.audit import AccessEvent
from rugpijn.login import second_step
from rugpijn.login.session_store import BEGAN, SEEN, SessionStore
from rugpijn.models import AccessChange, GlassBreak, LogHead, LoginSession, StaffInvitation, User

from ..conftest import fresh_login, make_cast, make_own_exercise, make_practices
from ..exercises.media.uploads import complete, sample, upload, words


def build():
    """Piet's programme with a note, practice 1's own exercise, and the addresses to all of it."""
    practices = make_practices()
    cast = make_cast(*practices)
    own_exercise = make_own_exercise(practices[0])
    programme = authoring.draft(
        patient=cast.piet_patient, by=cast.anna, protocol=Protocol.objects.get(key="lage-rugpijn")
    )
    three_weeks_ago = timezone.localdate() - timedelta(days=20)  # so that a question waits
    authoring.start(programme=programme, by=cast.anna, on=three_weeks_ago)
    line = programme.prescriptions.first()
    line.note = "Kanarie-notitie"
    line.save()
    pain = SymptomAnswer.objects.create(
        patient=cast.piet_patient,
        operation=uuid.uuid4(),
        version=programme.current_version(),
        line=line.uuid,
        day=programme.started_on,
        symptoms=["leg_pain"],
    )
    colleague = User.objects.create_user(
        "kim@linde.example", name="Kim", practice=cast.anna.practice, is_therapist=True
    )
    taken = authoring.draft(patient=cast.mo_patient, by=colleague)
    film = complete(own_exercise)
    authoring.prescribe(programme=programme, exercise=own_exercise)
    authoring.issue(programme=programme, by=cast.anna)
    protocol = type(programme.protocols.first()).objects.create(practice=own_exercise.practice)
    protocol.texts.create(language="nl", title="Geheime oefening als protocol")
    advice = protocol.advice.create(kind="movement")
    advice.texts.create(language="nl", title="Geheime oefening als advies", body="Beweeg.")
    invitation, staff_token = StaffInvitation.invite(
        practice=cast.anna.practice, name="Nieuw", email="nieuw@linde.example", is_therapist=True
    )
    _invitation, patient_token = invitations.invite(cast.mo_patient)
    rendering = Rendering.objects.exclude(loop="").first()
    frames = [new_frame() for _ in rendering.frames]
    title = {"title_nl": "Geheime oefening als tekening"}
    drawn = figure_of(new_settings() | title | {"frames": frames})
    figure = Figure.objects.create(practice=own_exercise.practice, data=drawn, rendering=rendering)
    plan = ReminderPlan.objects.create(patient=cast.piet_patient, first=time(9), by_mail=True)
    calendar = CalendarLink.renew(cast.piet_patient)
    helper = User.objects.create_user("hulp@mail.example", name="Hulp")
    cast.proxy = Proxy.objects.create(user=helper, patient=cast.piet_patient, relation="helper")
    asked = DataExport.objects.create(
        patient=cast.piet_patient,
        made_for=cast.piet,
        by_name="Piet Jansen",
        session="another",
        finished_at=timezone.now(),
        content=b"Kanarie-notitie",
    )
    ids = {
        "patient": cast.piet_patient.pk,
        "programme": programme.pk,
        "exercise": own_exercise.pk,
        "protocol": protocol.pk,
        "advice": advice.pk,
        "practice": cast.anna.practice.pk,
        "user": cast.anna.pk,
        "staffinvitation": invitation.pk,
        "figure": figure.pk,
    }
    batch = batches.begin(programmes=[programme], by=cast.anna, variant=variants.FULL)
    batches.run(batch)
    table = b"title_nl;dosage\nGeheime oefening uit een bestand;10x\n"
    sent = importing.begin(by=cast.anna, name="nieuw.csv", format="csv", content=table)
    importing.check(sent)
    # An operator who is gone opened practice 1, and nobody has ended it yet.
    glass = GlassBreak.objects.create(
        practice=cast.anna.practice.uuid,
        actor=uuid.uuid4(),
        actor_name="Rob",
        reason="storing",
        until=timezone.now() + timedelta(minutes=50),
    )
    # The operator asked that Anna owns the practice too, and Els has not answered yet.
    cast.access_change = AccessChange.objects.create(
        kind="roles",
        person=cast.anna,
        roles="is_owner",
        practice=cast.anna.practice,
        asked_by=cast.root,
        asked_name="Root",
        works_at=timezone.now() + timedelta(hours=24),
    )
    own = {
        "admin:glass": [],
        "typed_address": ["In"],
        "admin:glass_end": [glass.uuid],
        "admin:patients_patient_glass": [],
        "admin:rugpijn_user_access": [],
        "refuse_access_change": ["used:up:already"],
        "admin:exercises_upload": [sent.uuid],
        "admin:exercises_upload_act": [sent.uuid],
        "admin:patients_batch": [batch.uuid],
        "admin:patients_batch_act": [batch.uuid],
        "admin:patients_batch_file": [batch.uuid, "zip"],
        "admin:exercises_figure_preview": [],
        "admin:rugpijn_accessevent_download": [],
        "admin:patients_programme_take": [taken.pk],  # a colleague's, of Mo
        "admin:patients_programme_dosage": [],
        "admin:patients_programme_period": [],
        "admin:patients_programme_exercises": [],
        "admin:patients_programme_urgent": [],
        "admin:patients_programme_steps": [],
        "admin:app_list": ["patients"],
        "account_confirm_email": ["no-such-key"],
        "account_reset_password_from_key": ["abc", "no-such-key"],
        "staff_invitation": [staff_token],
        "admin:exercises_media": [film.digest],
        "exercises:drawing": [rendering.digest, 1],
        "exercises:loop": [rendering.digest],
        "patients:programme_detail": [programme.uuid],
        "patients:log_session": [programme.uuid],
        "patients:programme_yesterday": [programme.uuid],
        "patients:programme_session": [programme.uuid],
        "patients:stop": [programme.uuid],
        "patients:report_symptoms": [programme.uuid],
        "patients:recovery": [programme.uuid],
        "patients:programme_handout": [programme.uuid],
        "patients:version_handout": [programme.uuid, 2],
        "patients:programme_media": [programme.uuid, film.digest],
        "patients:patient_invitation": [patient_token],
        "admin:patients_data_patient": [cast.piet_patient.uuid],
        "patients:export": [asked.uuid],
        "patients:export_file": [asked.uuid],
        "patients:ask_erasure": [cast.piet_patient.uuid],
        "patients:progress": [programme.uuid],
        "patients:access_log": [cast.piet_patient.uuid],
        "patients:access_log_file": [cast.piet_patient.uuid],
        "patients:messages": [programme.uuid],
        "patients:reminders": [programme.uuid],
        "patients:stop_reminders": [reminders.stop_token(plan)],
        "patients:calendar": [calendar],
        "patients:share_page": [programme.share_link.token, 2],
        "patients:share_handout": [programme.share_link.token, 2],
        "patients:share_media": [programme.share_link.token, 2, film.digest],
    }

    def address(name):
        if name in own:
            return reverse(name, args=own[name])
        parts = name.rpartition(":")[2].split("_")
        if name.startswith("admin:") and len(parts) == 3 and parts[2] not in ("changelist", "add"):
            return reverse(name, args=[ids[parts[1]]])
        return reverse(name)

    cast.address, cast.programme, cast.leg_pain = address, programme, pain
    cast.keys_in = lambda name: [part for part in own[name] if isinstance(part, str)]
    return cast


def session_of(world, role) -> dict:
    """What a login leaves in the session."""
    client = Client()
    fresh_login(client, getattr(world, role))
    return dict(client.session)


def client_for(world, role, ago=0) -> Client:
    """Somebody who logged in just now, and need not say once more who they are.

    In a session of its own, with what the login of this role left when the world was built. Its
    last page was `ago` seconds ago.
    """
    client = Client()
    if role != "nobody":
        now, session = clock.time(), SessionStore()
        session.update(world.sessions[role])
        session[BEGAN] = session[SEEN] = now - ago
        session["account_authentication_methods"] = [{"method": "password", "at": now}]
        session.create()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def snapshot():
    """Every row of every table, but the access log and when and where people logged in.

    A rendering is its digest: what it holds is large, and never changes under its name.
    """
    return {
        model: sorted(map(repr, model.objects.values_list(*_columns(model))))
        for label in ("rugpijn", "exercises", "patients")
        for model in apps.get_app_config(label).get_models()
        if model not in (AccessEvent, LogHead, LoginSession)
    }


def _columns(model):
    if model is Rendering:
        return ["digest"]
    if model is LibraryImport:
        return ["uuid", "checked_at", "confirmed_at", "imported_at", "stopped_at"]
    return [field.name for field in model._meta.concrete_fields if field.name != "last_login"]


class Rows:
    """Every row as it was last seen, read anew when something was written since.

    It listens to each statement of the test. What only reads changes nothing, and neither does
    what is written to the tables that `snapshot` leaves out; all the rest counts as a change.
    """

    QUIET = {model._meta.db_table for model in (AccessEvent, LogHead, LoginSession)}
    READS = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT)\b")
    WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')

    def __init__(self, seen):
        self.seen, self.written = seen, False

    def __call__(self, execute, sql, params, many, context):
        if not self.READS.match(sql):
            into = self.WRITES.match(sql)
            self.written |= into is None or into[1] not in self.QUIET
        return execute(sql, params, many, context)

    def now(self):
        if self.written:
            self.seen, self.written = snapshot(), False
        return self.seen


def come_before(world, name):
    """What has happened when somebody comes to do this."""
    programme, anna = world.programme, world.anna
    if name in ("admin:patients_programme_reopen", "admin:patients_programme_again"):
        lifecycle.end(programme=programme, by=anna)
    if name == "admin:patients_programme_resume":
        today = programme.started_on
        world.pause = lifecycle.pause(programme=programme, by=anna, from_on=today)
    if name == "admin:rugpijn_user_factor":
        second_step.new_list(anna)
    if name == "admin:patients_patient_readmit":
        lifecycle.discharge(patient=programme.patient, by=anna, running=programme.pk)


def data_for(world, name):
    """What the right person would send."""
    programme = world.programme
    act = {
        "operation": str(uuid.uuid4()),
        "version": 2,
        "done": "1",
        "moment": 1,
        "line": str(programme.prescriptions.first().uuid),
        "day": programme.started_on.isoformat(),
    }
    if name == "patients:log_session":
        return act
    if name == "patients:report_symptoms":
        return {**act, "symptoms": ["leg_pain"]}
    if name == "patients:sync":
        now = timezone.now().isoformat()
        act |= {"programme": str(programme.uuid), "sequence": 1, "performed_at": now}
        return {"patient": str(world.piet_patient.uuid), "now": now, "acts": [act]}
    if name == "patients:recovery":
        return {"answer": "better"}
    if name in ("patients:messages", "admin:patients_programme_messages"):
        return {"operation": str(uuid.uuid4()), "text": "Kanarie-notitie: mag ik zwemmen?"}
    if name == "patients:reminders":
        return {"first": "08:00", "days": ["1"], "by_mail": "1"}
    if name == "patients:ask_erasure":
        return {"words": "Kanarie-notitie"}
    if name == "admin:patients_data_patient":
        return {"what": "erase", "erase-reason": "Op verzoek", "erase-birth_date": "12-3-1958"}
    if name == "admin:patients_patient_endproxy":
        return {"proxy": world.proxy.pk}
    if name == "patients:my_data":
        return {"text_size": "large", "language": "nl"}
    if name == "admin:patients_programme_course":
        return {"what": "profile", "profile": "low"}
    if name == "admin:patients_programme_seen":
        return {"item": f"leg_pain:{world.leg_pain.pk}", "note": "Kanarie-notitie: gebeld."}
    if name == "admin:patients_patient_change":
        return {"name": "Piet Janssen", "birth_date": "12-3-1958", "language": "nl"}
    if name == "admin:patients_programme_change":
        return {
            "title": "Nieuw",
            "initial-title": "Lage rugpijn",
            "revision": programme.revision,
            "prescriptions-TOTAL_FORMS": 0,
            "prescriptions-INITIAL_FORMS": 0,
        }
    if name == "admin:patients_programme_pause":
        return {"from_on": programme.started_on.isoformat()}
    if name == "admin:patients_programme_resume":
        return {"pause": world.pause.pk}
    if name == "admin:patients_programme_renew":
        return {"weeks": 6}
    if name == "admin:patients_patient_discharge":
        return {"running": programme.pk}
    if name == "admin:patients_programme_protocol":
        return {"title": "Rug, kort"}
    if name.startswith("admin:exercises_figure"):
        return {
            "title_nl": "Nieuw",
            "view": "side",
            "build": "slim",
            "hair": "bun",
            "clothes": "shorts",
            "things": "mat",
            "frames": 1,
            "frames-0-preset": "prone",
            "frames-0-caption_nl": "Lig.",
        }
    if name == "admin:rugpijn_user_change":
        return {
            "name": "Anna",
            "email": "anna@linde.example",
            "language": "nl",
            "is_therapist": "on",
            "is_active": "on",
        }
    if name == "admin:rugpijn_user_access":
        return {"change": world.access_change.pk, "confirm": "1"}
    if name == "admin:glass":
        return {"practice": world.anna.practice.pk, "reason": "De server geeft een storing."}
    if name == "admin:rugpijn_practice_change":
        return {
            "name": "De Linde",
            "paper": "full",
            "diary_weeks": 3,
            "emergency_phone": "112",
            "colour": "#14485a",
            "keep_months": 24,
            "idle_minutes": 30,
        }
    if name == "admin:patients_batch_act":
        return {"stop": ""}
    if name == "admin:exercises_exercise_ours":
        return {"dosage": "1x per dag 3x12"}
    if name == "admin:exercises_exercise_star":
        return {"starred": "1"}
    if name == "admin:exercises_import":
        return {"file": upload(b"title_nl;dosage\nBruggetje;10x\n", "nieuw.csv")}
    if name == "admin:exercises_upload_act":
        return {"import": ""}
    if name == "admin:exercises_exercise_film":
        return {**words(), "film": upload(sample("film.webm"), "film.webm")}
    return {}


def sent(world, name):
    """How the right person would send it."""
    data = data_for(world, name)
    if name == "patients:sync":
        return {"data": json.dumps(data), "content_type": "application/json"}
    return {"data": data}
