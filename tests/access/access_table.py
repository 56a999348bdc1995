"""Who may see whom, as one table: what every address gives to every role.

Everything in it is about Piet and practice 1: Anna treats him, Els owns the practice, Piet is
himself, Mo is another patient of the same practice; Bram (therapist and owner) and Roos belong to
practice 2; Root runs the server; Nobody has not logged in. test_access.py tries it.
"""

from django.urls import URLPattern, get_resolver

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
    "admin:rugpijn_user_access": OFFICE,
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
    "admin:patients_programme_urgent": THERAPISTS_JSON,
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
    "kept_form": (HOME,) * 7 + (LOGIN,),  # nothing waits
    "passkey_add": (SEES,) * 7 + (LOGIN,),
    "one_time_list": POST_ONLY,
    "staff_invitation": OPEN,
    "refuse_access_change": (GONE,) * 8,  # a link that was used
    "set_language": (WRONG_METHOD,) * 8,
    "csp_report": (WRONG_METHOD,) * 8,
    "plain_language": (WRONG_METHOD,) * 8,
    "healthz": OPEN,
    "change_password": ("/accounts/password/change/",) * 8,
    "typed_address": ("/in/",) * 8,
    "favicon": ("/static/rugpijn/favicon.svg",) * 8,
    "exercises:drawing": OPEN,
    "exercises:loop": OPEN,
    "patients:home": (DESK, DESK, SEES, SEES, DESK, SEES, DESK, LOGIN),
    "patients:programme_detail": PIETS,
    "patients:programme_yesterday": PIETS_ALONE,
    "patients:programme_session": PIETS_ALONE,
    "patients:stop": PIETS_ALONE,
    "patients:recovery": PIETS_ALONE,
    "patients:report_symptoms": PIETS_ALONE,
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
    "admin:rugpijn_user_access": (REFUSED, "/admin/rugpijn/user/access/", DOOR, DOOR, "/admin/rugpijn/user/access/", DOOR, REFUSED, LOGIN),
    "admin:glass": (REFUSED, REFUSED, DOOR, DOOR, REFUSED, DOOR, "/admin/patients/patient/glass/", LOGIN),
    "admin:glass_end": (HIDDEN, "/admin/rugpijn/accessevent/", DOOR, DOOR, HIDDEN, DOOR, HIDDEN, LOGIN),
    "admin:rugpijn_practice_change": (REFUSED, "/admin/rugpijn/practice/", DOOR, DOOR, DESK, DOOR, "/admin/rugpijn/practice/", LOGIN),
}  # fmt: skip

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


def is_denied(got, role):
    """Whether this is a "no" to someone about Piet; a page that sends one home is not."""
    return got in (HIDDEN, REFUSED, LOGIN, DOOR, "401") or (got == DESK and role != "nobody")
