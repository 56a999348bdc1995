"""Who may see whom: every address, every role, every method, as one table.

A route without a row fails. Everything in the table is about Piet and practice 1:
Anna treats him, Els owns the practice, Piet is himself, Mo is another patient of
the same practice; Bram (therapist and owner) and Roos belong to practice 2; Root
runs the server; Nobody has not logged in.
"""

import copy
import json
import re
import time as clock
import uuid
from datetime import time, timedelta
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone, translation

from exercises.exchange import importing
from exercises.models import Figure, LibraryImport, Protocol, Rendering
from exercises.pose_editor import figure_of, new_frame, new_settings
from patients import actions, batches, handout, invitations, life, reminders, variants
from patients.models import CalendarLink, DataExport, Proxy, ReminderPlan, SymptomAnswer
from rugpijn.audit import AccessEvent
from rugpijn.login import second_step
from rugpijn.login.sessions import BEGAN, SEEN, SessionStore
from rugpijn.models import GlassBreak, LogHead, LoginSession, StaffInvitation, User

from .answers import wrong_headers
from .conftest import fresh_login, load_library, make_cast, make_own_exercise, make_practices
from .environment import and_in_ci
from .exercises.media import complete, sample, upload, words
from .rugpijn.test_technical_log import listening

pytestmark = pytest.mark.django_db

ROLES = ("anna", "els", "piet", "mo", "bram", "roos", "root", "nobody")

# What someone gets. A redirect is named after where it leads.
SEES, HIDDEN, REFUSED, WRONG_METHOD, GONE = "200", "404", "403", "405", "410"
LOGIN = "/accounts/login/"
DOOR = "/admin/login/"  # the admin's door: logs the refusal, and sends a patient home
DESK = "/admin/"  # Django's answer for an object out of reach
HOME = "/"
DONE = "/admin/#worklist"  # an act of the worklist, done: back to it
UPLOADS = "/admin/exercises/exercise/import/"

OPEN = (SEES,) * 8
SITE = (SEES, SEES, DOOR, DOOR, SEES, DOOR, SEES, DOOR)  # the admin's own pages
STAFF = (SEES, SEES, DOOR, DOOR, SEES, DOOR, SEES, LOGIN)  # a model's pages
OWN_OBJECT = (SEES, REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN)  # Piet's, in the admin
CARE_LIST = (SEES, REFUSED, DOOR, DOOR, SEES, DOOR, SEES, LOGIN)
CARE_ADD = (SEES, REFUSED, DOOR, DOOR, SEES, DOOR, REFUSED, LOGIN)
OFFICE = (REFUSED, SEES, DOOR, DOOR, SEES, DOOR, SEES, LOGIN)
OFFICE_OBJECT = (REFUSED, SEES, DOOR, DOOR, DESK, DOOR, SEES, LOGIN)
BATCH = (SEES, HIDDEN, DOOR, DOOR, HIDDEN, DOOR, HIDDEN, LOGIN)  # handouts of practice 1
NEVER = (REFUSED, REFUSED, DOOR, DOOR, REFUSED, DOOR, REFUSED, LOGIN)
PIETS_ALONE = (HIDDEN, HIDDEN, SEES, HIDDEN, HIDDEN, HIDDEN, HIDDEN, LOGIN)  # not his therapist's
PIETS = (SEES, HIDDEN, SEES, HIDDEN, HIDDEN, HIDDEN, HIDDEN, LOGIN)
LOG = (
    REFUSED,
    SEES,
    SEES,
    HIDDEN,
    HIDDEN,
    HIDDEN,
    HIDDEN,
    LOGIN,
)  # Piet's, and his practice's owner's
POST_ONLY = (WRONG_METHOD,) * 7 + (LOGIN,)
THERAPISTS_JSON = (SEES, REFUSED, REFUSED, REFUSED, SEES, REFUSED, REFUSED, "401")  # a script asks
LIBRARY_OWN = (SEES, SEES, DOOR, DOOR, DESK, DOOR, DESK, LOGIN)  # practice 1's own exercise

# name: what a GET gives to each of ROLES
TABLE = {
    "admin:index": SITE,
    "admin:login": (HOME,) * 7 + (LOGIN,),
    "admin:logout": ("/accounts/logout/",) * 2 + (DESK, DESK, "/accounts/logout/", DESK, "/accounts/logout/", DOOR),
    "admin:autocomplete": (REFUSED,) * 2 + (DOOR, DOOR, REFUSED, DOOR, REFUSED, DOOR),
    "admin:jsi18n": SITE,
    "admin:app_list": (SEES, HIDDEN, DOOR, DOOR, SEES, DOOR, SEES, DOOR),
    "admin:rugpijn_practice_changelist": OFFICE,
    "admin:rugpijn_practice_add": NEVER,
    "admin:rugpijn_practice_change": OFFICE_OBJECT,
    "admin:rugpijn_practice_delete": (REFUSED, REFUSED, DOOR, DOOR, REFUSED, DOOR, REFUSED, LOGIN),
    "admin:rugpijn_user_changelist": OFFICE,
    "admin:rugpijn_user_add": NEVER,
    "admin:rugpijn_user_change": OFFICE_OBJECT,
    "admin:rugpijn_user_delete": NEVER,
    "admin:rugpijn_user_factor": OFFICE_OBJECT,
    "admin:glass": (REFUSED, REFUSED, DOOR, DOOR, REFUSED, DOOR, SEES, LOGIN),
    "admin:glass_end": (WRONG_METHOD, WRONG_METHOD, DOOR, DOOR, WRONG_METHOD, DOOR, WRONG_METHOD, LOGIN),
    "admin:rugpijn_staffinvitation_changelist": OFFICE,
    "admin:rugpijn_staffinvitation_add": (REFUSED, SEES, DOOR, DOOR, SEES, DOOR, REFUSED, LOGIN),
    "admin:rugpijn_staffinvitation_change": OFFICE_OBJECT,
    "admin:rugpijn_staffinvitation_delete": OFFICE_OBJECT,
    "admin:rugpijn_staffinvitation_renew": (REFUSED, "/admin/rugpijn/staffinvitation/", DOOR, DOOR, DESK, DOOR, "/admin/rugpijn/staffinvitation/", LOGIN),
    "admin:rugpijn_accessevent_changelist": OFFICE,
    "admin:rugpijn_accessevent_download": OFFICE,
    "admin:exercises_exercise_changelist": STAFF,
    "admin:exercises_exercise_add": STAFF,
    "admin:exercises_exercise_change": LIBRARY_OWN,
    "admin:exercises_exercise_delete": LIBRARY_OWN,
    "admin:exercises_exercise_copy": (WRONG_METHOD,) * 2 + (DOOR, DOOR, WRONG_METHOD, DOOR, WRONG_METHOD, LOGIN),
    "admin:exercises_figure_changelist": STAFF,
    "admin:exercises_figure_add": (SEES, SEES, DOOR, DOOR, SEES, DOOR, REFUSED, LOGIN),
    "admin:exercises_figure_change": LIBRARY_OWN,
    "admin:exercises_figure_delete": LIBRARY_OWN,
    "admin:exercises_figure_copy": (WRONG_METHOD,) * 2 + (DOOR, DOOR, WRONG_METHOD, DOOR, WRONG_METHOD, LOGIN),
    "admin:exercises_figure_preview": (WRONG_METHOD,) * 2 + (DOOR, DOOR, WRONG_METHOD, DOOR, WRONG_METHOD, LOGIN),
    "admin:exercises_exercise_film": LIBRARY_OWN,
    "admin:exercises_exercise_ours": LIBRARY_OWN,
    "admin:exercises_exercise_star": (WRONG_METHOD,) * 2 + (DOOR, DOOR, WRONG_METHOD, DOOR, WRONG_METHOD, LOGIN),
    "admin:exercises_media": (SEES, SEES, DOOR, DOOR, HIDDEN, DOOR, HIDDEN, LOGIN),
    "admin:exercises_export": STAFF,
    "admin:exercises_import": STAFF,
    "admin:exercises_upload": BATCH,  # Anna's own
    "admin:exercises_upload_act": (WRONG_METHOD, WRONG_METHOD, DOOR, DOOR, WRONG_METHOD, DOOR, WRONG_METHOD, LOGIN),
    "admin:exercises_protocol_changelist": STAFF,
    "admin:exercises_protocol_add": STAFF,
    "admin:exercises_protocol_change": LIBRARY_OWN,
    "admin:exercises_protocol_delete": LIBRARY_OWN,
    "admin:exercises_protocol_copy": (WRONG_METHOD,) * 2 + (DOOR, DOOR, WRONG_METHOD, DOOR, WRONG_METHOD, LOGIN),
    "admin:exercises_advice_changelist": STAFF,
    "admin:exercises_advice_add": STAFF,
    "admin:exercises_advice_change": LIBRARY_OWN,
    "admin:exercises_advice_delete": LIBRARY_OWN,
    "admin:patients_patient_changelist": CARE_LIST,
    "admin:patients_patient_add": CARE_ADD,
    "admin:patients_patient_change": OWN_OBJECT,
    "admin:patients_patient_delete": (REFUSED, REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_patient_invite": ("/admin/patients/patient/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_patient_programme": ("/admin/patients/patient/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_patient_glass": (REFUSED, REFUSED, DOOR, DOOR, REFUSED, DOOR, "/admin/glass/", LOGIN),
    "admin:patients_patient_discharge": OWN_OBJECT,
    "admin:patients_patient_readmit": ("/admin/patients/patient/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_patient_endproxy": ("/admin/patients/patient/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_data": (REFUSED, SEES, DOOR, DOOR, SEES, DOOR, REFUSED, LOGIN),
    "admin:patients_data_patient": (REFUSED, SEES, DOOR, DOOR, HIDDEN, DOOR, REFUSED, LOGIN),  # an owner, with a reason
    "admin:patients_programme_changelist": CARE_LIST,
    "admin:patients_programme_add": NEVER,
    "admin:patients_programme_change": OWN_OBJECT,
    "admin:patients_programme_delete": NEVER,
    "admin:patients_programme_dosage": THERAPISTS_JSON,
    "admin:patients_programme_period": THERAPISTS_JSON,
    "admin:patients_programme_exercises": THERAPISTS_JSON,
    "admin:patients_programme_steps": ("400", REFUSED, REFUSED, REFUSED, "400", REFUSED, REFUSED, "401"),  # nothing is asked
    "admin:patients_programme_protocol": OWN_OBJECT,
    "admin:patients_programme_preview": OWN_OBJECT,
    "admin:patients_programme_versions": OWN_OBJECT,
    "admin:patients_programme_days": OWN_OBJECT,
    "admin:patients_programme_share": OWN_OBJECT,
    "admin:patients_programme_mail": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_end": OWN_OBJECT,
    "admin:patients_programme_pause": OWN_OBJECT,
    "admin:patients_programme_resume": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_renew": OWN_OBJECT,
    "admin:patients_programme_reopen": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_again": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_course": OWN_OBJECT,
    "admin:patients_programme_messages": OWN_OBJECT,
    "admin:patients_programme_seen": (DONE, REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_take": (DONE, REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_batch": BATCH,
    "admin:patients_batch_act": (WRONG_METHOD, WRONG_METHOD, DOOR, DOOR, WRONG_METHOD, DOOR, WRONG_METHOD, LOGIN),
    "admin:patients_batch_file": BATCH,
    "account_login": (HOME,) * 7 + (SEES,),
    "account_logout": (SEES,) * 7 + (LOGIN,),
    "account_inactive": OPEN,
    "account_signup": (HOME,) * 7 + (SEES,),
    "account_reauthenticate": (SEES,) * 7 + (LOGIN,),
    "account_email": (SEES,) * 7 + (LOGIN,),
    "account_email_verification_sent": OPEN,
    "account_confirm_email": OPEN,
    "account_change_password": (SEES,) * 7 + (LOGIN,),
    "account_set_password": ("/accounts/password/change/",) * 7 + (LOGIN,),
    "account_reset_password": OPEN,
    "account_reset_password_done": OPEN,
    "account_reset_password_from_key": OPEN,
    "account_reset_password_from_key_done": OPEN,
    "account_confirm_login_code": (HOME,) * 7 + (LOGIN,),
    "mfa_login_webauthn": (HOME,) * 7 + (LOGIN,),
    "mfa_reauthenticate_webauthn": ("/accounts/reauthenticate/",) * 7 + (LOGIN,),  # nobody has one
    "second_step": (HOME,) * 7 + (LOGIN,),
    "factor_again": ("/accounts/reauthenticate/",) * 7 + (LOGIN,),  # nobody has one
    "staff_factor": (SEES, SEES, "/account/devices/", "/account/devices/", SEES, "/account/devices/", SEES, LOGIN),
    "login_devices": (SEES,) * 7 + (LOGIN,),
    "passkey_add": (SEES,) * 7 + (LOGIN,),
    "one_time_list": POST_ONLY,
    "staff_invitation": OPEN,
    "set_language": (WRONG_METHOD,) * 8,
    "csp_report": (WRONG_METHOD,) * 8,
    "plain_language": (WRONG_METHOD,) * 8,
    "healthz": OPEN,
    "favicon": ("/static/rugpijn/favicon.svg",) * 8,
    "exercises:drawing": OPEN,
    "exercises:loop": OPEN,
    "patients:home": (DESK, DESK, SEES, SEES, DESK, SEES, DESK, LOGIN),
    "patients:programme_detail": PIETS,
    "patients:programme_yesterday": PIETS_ALONE,
    "patients:programme_session": PIETS_ALONE,
    "patients:recovery": PIETS_ALONE,
    "patients:report_symptoms": POST_ONLY,
    "patients:sync_start": (SEES,) * 7 + ("401",),
    "patients:sync": (WRONG_METHOD,) * 8,
    "manifest": OPEN,
    "service_worker": OPEN,
    "offline": OPEN,
    "patients:log_session": POST_ONLY,
    "patients:programme_handout": PIETS,
    "patients:version_handout": PIETS,
    "patients:programme_media": PIETS,
    "patients:patient_invitation": (DESK, DESK, SEES, SEES, DESK, SEES, DESK, SEES),
    "patients:invitation_code": (DESK, DESK, SEES, SEES, DESK, SEES, DESK, SEES),
    "patients:first_login": (HOME,) * 7 + ("/in/",),
    "patients:progress": PIETS,
    "patients:messages": PIETS_ALONE,
    "patients:reminders": PIETS_ALONE,
    "patients:change_times": (HOME, HOME, "/programmes/", HOME, HOME, HOME, HOME, LOGIN),
    "patients:stop_reminders": OPEN,  # the token of a mail
    "patients:calendar": OPEN,  # the token of a calendar
    "patients:my_data": (SEES,) * 7 + (LOGIN,),  # everybody's own
    "patients:download": POST_ONLY,
    "patients:export": (HIDDEN,) * 7 + (LOGIN,),  # for the browser that asked, and here nobody's
    "patients:export_file": (HIDDEN,) * 7 + (LOGIN,),
    "patients:ask_erasure": PIETS_ALONE,
    "patients:access_log": LOG,
    "patients:access_log_file": LOG,
    "patients:share_page": OPEN,
    "patients:share_handout": OPEN,
    "patients:share_media": OPEN,
}  # fmt: skip

# What a POST gives, for the addresses that change something; the others are tried too,
# and may change nothing. The data would be right if the right person sent it.
POSTS = {
    "admin:exercises_exercise_ours": ("/admin/exercises/exercise/", "/admin/exercises/exercise/", DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:exercises_exercise_star": ("/admin/exercises/exercise/", "/admin/exercises/exercise/", DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:exercises_import": (UPLOADS, UPLOADS, DOOR, DOOR, UPLOADS, DOOR, UPLOADS, LOGIN),
    "admin:exercises_upload_act": (UPLOADS, HIDDEN, DOOR, DOOR, HIDDEN, DOOR, HIDDEN, LOGIN),
    "admin:exercises_exercise_film": ("/admin/exercises/exercise/", "/admin/exercises/exercise/", DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "patients:report_symptoms": (HIDDEN, HIDDEN, "/programmes/", HIDDEN, HIDDEN, HIDDEN, HIDDEN, LOGIN),
    "patients:recovery": PIETS_ALONE,
    "patients:sync": (HIDDEN, HIDDEN, SEES, HIDDEN, HIDDEN, HIDDEN, HIDDEN, "401"),
    "one_time_list": (SEES,) * 7 + (LOGIN,),  # each one's own
    "patients:log_session": (HIDDEN, HIDDEN, "/programmes/", HIDDEN, HIDDEN, HIDDEN, HIDDEN, LOGIN),
    "patients:messages": (HIDDEN, HIDDEN, "/programmes/", HIDDEN, HIDDEN, HIDDEN, HIDDEN, LOGIN),
    "patients:reminders": (HIDDEN, HIDDEN, "/programmes/", HIDDEN, HIDDEN, HIDDEN, HIDDEN, LOGIN),
    "patients:stop_reminders": OPEN,
    "patients:my_data": ("/my-data/",) * 7 + (LOGIN,),
    "patients:ask_erasure": (HIDDEN, HIDDEN, "/my-data/", HIDDEN, HIDDEN, HIDDEN, HIDDEN, LOGIN),
    "admin:patients_data_patient": (REFUSED, "/admin/patients/patient/data/", DOOR, DOOR, HIDDEN, DOOR, REFUSED, LOGIN),
    "admin:patients_patient_endproxy": ("/admin/patients/patient/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_messages": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_patient_invite": OWN_OBJECT,
    "admin:patients_patient_programme": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_protocol": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_share": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_batch_act": ("/admin/patients/programme/batch/", HIDDEN, DOOR, DOOR, HIDDEN, DOOR, HIDDEN, LOGIN),
    "admin:patients_programme_end": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_pause": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_resume": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_renew": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_reopen": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_again": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_patient_discharge": ("/admin/patients/patient/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_patient_readmit": ("/admin/patients/patient/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_course": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_seen": (DONE, REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_take": (DONE, REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_patient_change": ("/admin/patients/patient/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:patients_programme_change": ("/admin/patients/programme/", REFUSED, DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:exercises_figure_add": ("/admin/exercises/figure/",) * 2 + (DOOR, DOOR, "/admin/exercises/figure/", DOOR, REFUSED, LOGIN),
    "admin:exercises_figure_change": ("/admin/exercises/figure/",) * 2 + (DOOR, DOOR, DESK, DOOR, DESK, LOGIN),
    "admin:rugpijn_user_change": (REFUSED, "/admin/rugpijn/user/", DOOR, DOOR, DESK, DOOR, "/admin/rugpijn/user/", LOGIN),
    "admin:rugpijn_staffinvitation_renew": (REFUSED, "/admin/rugpijn/staffinvitation/", DOOR, DOOR, DESK, DOOR, "/admin/rugpijn/staffinvitation/", LOGIN),
    "admin:rugpijn_user_factor": (REFUSED, "/admin/rugpijn/user/", DOOR, DOOR, DESK, DOOR, "/admin/rugpijn/user/", LOGIN),
    "admin:glass": (REFUSED, REFUSED, DOOR, DOOR, REFUSED, DOOR, "/admin/patients/patient/glass/", LOGIN),
    "admin:glass_end": (HIDDEN, "/admin/rugpijn/accessevent/", DOOR, DOOR, HIDDEN, DOOR, HIDDEN, LOGIN),
    "admin:rugpijn_practice_change": (REFUSED, "/admin/rugpijn/practice/", DOOR, DOOR, DESK, DOOR, "/admin/rugpijn/practice/", LOGIN),
}  # fmt: skip

# Addresses that hold a key: whoever reads one in a log could open it.
KEYS_IN = (
    "staff_invitation", "patients:patient_invitation", "patients:stop_reminders",
    "patients:calendar", "patients:share_page",
)  # fmt: skip
CANARIES = ("Piet Jansen", "Kanarie-notitie", "Geheime oefening", "ftypisom")  # the last: a film


def routes(resolver=None, namespace=""):
    """(name, pattern) of every address of the app."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name is not None:
                yield f"{namespace}{pattern.name}", pattern
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern, namespace + inner)


NAMES = sorted({name for name, _pattern in routes()})


def test_every_route_has_a_row():
    assert set(NAMES) == set(TABLE), "a new address needs a row in TABLE"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, library_rows):
    """The world, built once: each test takes back what it did to it."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7 " + html.encode())
        with translation.override(settings.LANGUAGE_CODE):
            load_library(library_rows)
            world = build()
            world.sessions = {role: session_of(world, role) for role in ROLES if role != "nobody"}
            world.rows = snapshot()
            yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db):
    """The people as they were: what a test changed of them was taken back in the database only."""
    world = copy.deepcopy(built, {id(built.rows): built.rows})
    world.rows = Rows(built.rows)
    with connection.execute_wrapper(world.rows):
        yield world


def build():
    """Piet's programme with a note, practice 1's own exercise, and the addresses to all of it."""
    practices = make_practices()
    cast = make_cast(*practices)
    own_exercise = make_own_exercise(practices[0])
    programme = actions.draft(
        patient=cast.piet_patient, by=cast.anna, protocol=Protocol.objects.get(key="lage-rugpijn")
    )
    three_weeks_ago = timezone.localdate() - timedelta(days=20)  # so that a question waits
    actions.start(programme=programme, by=cast.anna, on=three_weeks_ago)
    line = programme.prescriptions.first()
    line.note = "Kanarie-notitie"
    line.save()
    pain = SymptomAnswer.objects.create(
        patient=cast.piet_patient, operation=uuid.uuid4(), version=programme.current_version(),
        line=line.uuid, day=programme.started_on, symptoms=["leg_pain"],
    )  # fmt: skip
    colleague = User.objects.create_user(
        "kim@linde.example", name="Kim", practice=cast.anna.practice, is_therapist=True
    )
    taken = actions.draft(patient=cast.mo_patient, by=colleague)
    film = complete(own_exercise)
    actions.prescribe(programme=programme, exercise=own_exercise)
    actions.issue(programme=programme, by=cast.anna)
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
        patient=cast.piet_patient, made_for=cast.piet, by_name="Piet Jansen", session="another",
        finished_at=timezone.now(), content=b"Kanarie-notitie",
    )  # fmt: skip
    ids = {
        "patient": cast.piet_patient.pk, "programme": programme.pk, "exercise": own_exercise.pk,
        "protocol": protocol.pk, "advice": advice.pk, "practice": cast.anna.practice.pk,
        "user": cast.anna.pk, "staffinvitation": invitation.pk, "figure": figure.pk,
    }  # fmt: skip
    batch = batches.begin(programmes=[programme], by=cast.anna, variant=variants.FULL)
    batches.run(batch)
    table = b"title_nl;dosage\nGeheime oefening uit een bestand;10x\n"
    sent = importing.begin(by=cast.anna, name="nieuw.csv", format="csv", content=table)
    importing.check(sent)
    # An operator who is gone opened practice 1, and nobody has ended it yet.
    glass = GlassBreak.objects.create(
        practice=cast.anna.practice.uuid, actor=uuid.uuid4(), actor_name="Rob", reason="storing",
        until=timezone.now() + timedelta(minutes=50),
    )  # fmt: skip
    own = {
        "admin:glass": [],
        "admin:glass_end": [glass.uuid],
        "admin:patients_patient_glass": [],
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


def client_for(world, role) -> Client:
    """Somebody who logged in just now, and need not say once more who they are.

    In a session of its own, with what the login of this role left when the world was built.
    """
    client = Client()
    if role != "nobody":
        now, session = clock.time(), SessionStore()
        session.update(world.sessions[role])
        session[BEGAN] = session[SEEN] = now
        session["account_authentication_methods"] = [{"method": "password", "at": now}]
        session.create()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def outcome(response, expected):
    """What happened, in the table's own words."""
    if response.status_code not in (301, 302):
        return str(response.status_code)
    address = urlsplit(response["Location"])
    path = address.path
    if f"{path}#{address.fragment}" == DONE:
        return DONE
    longer = expected.startswith("/") and expected not in (HOME, DESK) and path.startswith(expected)
    return expected if longer else path


def text_of(response) -> str:
    """Everything that was sent, also when it came in pieces."""
    body = b"".join(response) if response.streaming else response.content
    return body.decode(errors="replace")


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


def is_logged_refusal(name, role, got):
    """A "no" about something that exists, to someone who is logged in."""
    if name in (
        "admin:app_list",
        "patients:home",
        "admin:logout",
        "patients:patient_invitation",
        "patients:invitation_code",
    ):
        return False
    return got in (HIDDEN, REFUSED) or (got == DESK and role in ("bram", "root"))


def is_denied(got, role):
    """Whether this is a "no" to someone about Piet; a page that sends one home is not."""
    return got in (HIDDEN, REFUSED, LOGIN, DOOR, "401") or (got == DESK and role != "nobody")


@pytest.mark.parametrize("name", NAMES)
def test_a_route(world, name):
    """Looked at, tried with every method, and posted to where nothing is to be done.

    What the technical log says meanwhile names nobody and opens nothing.
    """
    with listening() as said:
        look(world, name)
        try_other_methods(world, name)
        if name not in POSTS:
            post_nothing(world, name)
    logged = said.getvalue()
    people = (getattr(world, role) for role in ROLES if role != "nobody")
    personal = [part for person in people for part in (person.name, person.email) if part]
    personal += [*CANARIES, *LoginSession.objects.values_list("session_key", flat=True)]
    personal += [key for name in KEYS_IN for key in world.keys_in(name)]
    assert not [one for one in personal if one in logged], logged


def look(world, name):
    """Each role gets what the table says, no canary with a "no", and nothing is changed."""
    before = world.rows.now()
    for role, expected in zip(ROLES, TABLE[name], strict=True):
        denials = AccessEvent.objects.filter(outcome="denied").count()
        elsewhere = {"Origin": "https://evil.example"}
        response = client_for(world, role).get(world.address(name), headers=elsewhere)
        got = outcome(response, expected)
        assert got == expected, f"{role} at {name}: {got}, not {expected}"
        assert not wrong_headers(response, name=name, logged_in=role != "nobody"), (role, name)
        text = text_of(response)
        if got != SEES:
            assert not [canary for canary in CANARIES if canary in text + str(response.headers)]
        elif role in ("bram", "roos", "root"):
            shared = name.startswith("patients:share_")
            assert shared or not [canary for canary in CANARIES if canary in text], (role, name)
        if is_logged_refusal(name, role, got):
            added = AccessEvent.objects.filter(outcome="denied").count() - denials
            assert added == 1, f"{role} at {name}: {added} rows in the access log for one refusal"
    after = world.rows.now()
    assert before == {**after, **_printed_ahead(before)}, f"looking at {name} changed something"


def _printed_ahead(before):
    """A first print is kept: the only row that looking may add."""
    from patients.models import StoredHandout

    return {StoredHandout: before[StoredHandout]}


def try_other_methods(world, name):
    """They change nothing, and tell nothing to whom a look tells nothing."""
    before = world.rows.now()
    for role in ROLES:
        client = client_for(world, role)
        for method in ("delete", "options", *and_in_ci("put", "patch", "trace")):
            response = getattr(client, method)(world.address(name))
            assert response.status_code < 500
            assert not wrong_headers(response, name=name), (role, name, method)
            if TABLE[name][ROLES.index(role)] not in (SEES, WRONG_METHOD):
                text = text_of(response)
                assert not [canary for canary in CANARIES if canary in text], (role, method)
    after = world.rows.now()
    assert after == {**before, **_kept(after)}


def _kept(now):
    from patients.models import StoredHandout

    return {StoredHandout: now[StoredHandout]}


def come_before(world, name):
    """What has happened when somebody comes to do this."""
    programme, anna = world.programme, world.anna
    if name in ("admin:patients_programme_reopen", "admin:patients_programme_again"):
        life.end(programme=programme, by=anna)
    if name == "admin:patients_programme_resume":
        today = programme.started_on
        world.pause = life.pause(programme=programme, by=anna, from_on=today)
    if name == "admin:rugpijn_user_factor":
        second_step.new_list(anna)
    if name == "admin:patients_patient_readmit":
        life.discharge(patient=programme.patient, by=anna, running=programme.pk)


def data_for(world, name):
    """What the right person would send."""
    programme = world.programme
    act = {
        "operation": str(uuid.uuid4()), "version": 2, "done": "1", "moment": 1,
        "line": str(programme.prescriptions.first().uuid),
        "day": programme.started_on.isoformat(),
    }  # fmt: skip
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
            "title": "Nieuw", "initial-title": "Lage rugpijn", "revision": programme.revision,
            "prescriptions-TOTAL_FORMS": 0, "prescriptions-INITIAL_FORMS": 0,
        }  # fmt: skip
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
            "title_nl": "Nieuw", "view": "side", "build": "slim", "hair": "bun", "clothes": "shorts",
            "things": "mat", "frames": 1, "frames-0-preset": "prone", "frames-0-caption_nl": "Lig.",
        }  # fmt: skip
    if name == "admin:rugpijn_user_change":
        return {"name": "Anna", "email": "anna@linde.example", "language": "nl",
                "is_therapist": "on", "is_active": "on"}  # fmt: skip
    if name == "admin:glass":
        return {"practice": world.anna.practice.pk, "reason": "De server geeft een storing."}
    if name == "admin:rugpijn_practice_change":
        return {"name": "De Linde", "paper": "full", "diary_weeks": 3, "colour": "#14485a",
                "keep_months": 24, "idle_minutes": 30}  # fmt: skip
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


@pytest.mark.parametrize("name", sorted(POSTS))
def test_post(world, name):
    """The right person's act is done; from everybody else it changes nothing."""
    come_before(world, name)
    for role, expected in zip(ROLES, POSTS[name], strict=True):
        if not is_denied(expected, role):
            continue
        before = world.rows.now()
        response = client_for(world, role).post(world.address(name), **sent(world, name))
        got = outcome(response, expected)
        assert got == expected, f"{role} posting to {name}: {got}, not {expected}"
        assert world.rows.now() == before, f"{role} changed something at {name}"
    allowed = next(
        role for role, e in zip(ROLES, POSTS[name], strict=True) if not is_denied(e, role)
    )
    before = world.rows.now()
    response = client_for(world, allowed).post(world.address(name), **sent(world, name))
    expected = POSTS[name][ROLES.index(allowed)]
    assert outcome(response, expected) == expected
    assert world.rows.now() != before, (
        f"{allowed} could not do it either, so the test proves nothing"
    )


def post_nothing(world, name):
    """An empty post changes nothing anywhere, whoever sends it, and is never a crash."""
    before = world.rows.now()
    for role in ROLES:
        response = client_for(world, role).post(world.address(name))
        assert response.status_code < 500, (role, name)
        if name in ("admin:exercises_exercise_copy", "admin:exercises_protocol_copy"):
            assert role in ("anna", "els") or response.status_code != 200
    after = world.rows.now()
    if "_copy" in name or "_delete" in name:  # a real act: tested with its own page
        return
    if name in ("set_language", "patients:download"):  # of one's own, for whoever sends it
        return
    assert {**after, **_printed_ahead(before)} == before


def test_someone_without_a_practice_sees_no_one(world):
    """Two times nothing is not the same practice."""
    from patients.models import Patient, Programme

    assert not Patient.objects.visible_to(world.root).exists()
    world.anna.practice = None
    assert not Patient.objects.visible_to(world.anna).exists()
    assert not Programme.objects.treated_by(world.anna).exists()


@pytest.mark.parametrize("loss", ["is_active", "is_therapist", "practice"])
def test_losing_a_role_counts_at_the_next_request(world, loss):
    client = client_for(world, "anna")
    address = world.address("admin:patients_patient_change")
    assert client.get(address).status_code == 200
    if loss == "practice":
        world.anna.practice = world.bram.practice
    else:
        setattr(world.anna, loss, False)
    world.anna.save()
    response = client.get(address)
    assert response.status_code in (302, 403)
    assert "Piet Jansen" not in response.content.decode()


def test_a_patient_who_moved_on_sees_it_no_more(world):
    """A page and a PDF that were fetched before are not given again to whoever lost them."""
    client = client_for(world, "piet")
    addresses = [world.address(f"patients:programme_{page}") for page in ("detail", "handout")]
    for address in addresses:
        assert client.get(address).status_code == 200
    world.piet_patient.user = None
    world.piet_patient.save()
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 404
        assert "ETag" not in response.headers


def test_everything_behind_login_is_kept_by_nobody(world):
    client = client_for(world, "piet")
    for name in ("patients:home", "patients:programme_detail", "patients:programme_handout"):
        assert client.get(world.address(name))["Cache-Control"] == "no-store"


def test_a_therapist_who_is_a_patient_elsewhere_treats_nobody_there(world):
    """Being a patient of practice 1 opens one's own page, and nothing in the admin."""
    world.piet_patient.user = world.bram
    world.piet_patient.save()
    client = client_for(world, "bram")
    assert client.get(world.address("patients:programme_detail")).status_code == 200
    for name in ("patients_patient_change", "patients_programme_change"):
        before = world.rows.now()
        for answer in (
            client.get(world.address(f"admin:{name}")),
            client.post(world.address(f"admin:{name}"), data_for(world, f"admin:{name}")),
        ):
            assert answer["Location"] == DESK
        assert world.rows.now() == before


@pytest.mark.parametrize("rule", ["treated_by", "own_record"])
def test_who_may_no_longer_log_in_sees_nothing(world, rule):
    """Also on a path where no login is checked, such as background work."""
    from patients import access
    from patients.models import Patient

    user = world.anna if rule == "treated_by" else world.piet
    question = getattr(access, rule)
    assert Patient.objects.filter(question(user)).exists()
    user.is_active = False
    assert not Patient.objects.filter(question(user)).exists()
    assert not user.has_module_perms("patients")


def test_the_admins_door_logs_who_was_sent_away(world):
    client_for(world, "piet").get("/admin/", follow=True)
    assert AccessEvent.objects.filter(actor=world.piet.uuid, outcome="denied").count() == 1


def test_a_refusal_is_logged_where_the_patient_is(world):
    """The owner of practice 1 reads it, and a stranger's practice learns nothing."""
    client_for(world, "bram").get(world.address("admin:patients_patient_change"))
    refused = AccessEvent.objects.get(outcome="denied", patient=world.piet_patient.uuid)
    assert refused.practice == world.anna.practice.uuid
    client_for(world, "piet").get(world.address("patients:home"))
    own = AccessEvent.objects.get(actor=world.piet.uuid, patient=world.piet_patient.uuid)
    assert own.practice == world.anna.practice.uuid


def test_the_server_keepers_log_names_no_patient(world):
    client_for(world, "anna").get(world.address("admin:patients_patient_change"))
    page = client_for(world, "root").get(world.address("admin:rugpijn_accessevent_changelist"))
    assert str(world.piet_patient.uuid) not in page.content.decode()


def test_a_twin_in_another_practice_is_not_told(world):
    answer = client_for(world, "anna").post(
        reverse("admin:patients_patient_add"),
        {"name": "Roos Mulder", "birth_date": "14-9-2002", "language": "nl"},
    )
    assert answer.status_code == 302


@pytest.mark.parametrize("field", ["patient", "programme", "therapist"])
def test_a_picker_lists_no_patients(world, field):
    query = {"app_label": "patients", "model_name": "programme", "field_name": field, "term": ""}
    answer = client_for(world, "anna").get("/admin/autocomplete/", query)
    assert answer.status_code == 403


# What each page about Piet, and each act, writes in the access log: one row.
LOGGED_PAGES = {
    "admin:index": "list", "admin:patients_programme_course": "read course",
    "admin:patients_patient_change": "read", "admin:patients_programme_change": "read",
    "admin:patients_programme_versions": "read versions", "admin:patients_programme_days": "read days",
    "admin:patients_programme_protocol": "read", "admin:patients_programme_preview": "read",
    "admin:patients_programme_share": "share", "admin:patients_programme_end": "read",
    "admin:patients_programme_pause": "read", "admin:patients_programme_renew": "read",
    "admin:patients_patient_discharge": "read",
    "admin:patients_programme_messages": "read messages", "patients:progress": "read progress",
    "patients:programme_detail": "read", "patients:programme_handout": "print",
    "patients:version_handout": "print", "patients:programme_media": "read film",
}  # fmt: skip
LOGGED_ACTS = {
    "admin:patients_programme_seen": "seen", "admin:patients_programme_course": "choose risk profile",
    "admin:patients_patient_invite": "invite", "admin:patients_patient_programme": "create",
    "admin:patients_programme_protocol": "save as protocol",
    "admin:patients_programme_share": "revoke link", "admin:patients_programme_end": "end",
    "admin:patients_patient_change": "change", "admin:patients_programme_change": "issue",
    "admin:patients_programme_pause": "pause", "admin:patients_programme_resume": "resume",
    "admin:patients_programme_renew": "renew", "admin:patients_programme_reopen": "reopen",
    "admin:patients_programme_again": "create", "admin:patients_patient_discharge": "discharge",
    "admin:patients_patient_readmit": "take up again", "patients:log_session": "log",
    "patients:report_symptoms": "log", "patients:recovery": "log", "patients:sync": "log",
    "patients:messages": "send message", "admin:patients_programme_messages": "answer",
    "patients:reminders": "choose reminders", "patients:stop_reminders": "stop reminders",
}  # fmt: skip


@pytest.mark.parametrize("name", LOGGED_PAGES)
def test_a_page_that_shows_a_patient_is_logged(world, name):
    assert client_for(world, "anna").get(world.address(name)).status_code == 200
    rows = AccessEvent.objects.filter(patient=world.piet_patient.uuid, actor=world.anna.uuid)
    assert [row.action for row in rows] == [LOGGED_PAGES[name]]


@pytest.mark.parametrize("name", LOGGED_ACTS)
def test_an_act_is_logged(world, name):
    who = "piet" if name.startswith("patients:") else "anna"
    come_before(world, name)
    client_for(world, who).post(world.address(name), **sent(world, name))
    rows = AccessEvent.objects.filter(patient=world.piet_patient.uuid)
    assert [row.action for row in rows].count(LOGGED_ACTS[name]) == 1
