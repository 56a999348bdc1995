"""Every form that saves, and what happens when it was opened before somebody else saved.

A form without a row fails. What is merged or asked about names its check; what adds a row, and
what is done once, are tried here.
"""

from pathlib import Path

import pytest
from django.urls import resolve

from ..access.access_table import POSTS, ROLES
from ..access.access_world import client_for, come_before, data_for, sent, snapshot
from .page_forms import WALKED, forms_for

pytestmark = pytest.mark.django_db

MERGES = "merges"  # what only one of them changed is kept; where both did, a person decides
ASKS = "asks"  # the second is told what the first did, and decides
ADDS = "adds"  # each adds something of their own, so nothing is written over
ONCE = "once"  # one thing is done, and the second is told so
NOTHING = "nothing"  # stores nothing that a second person could write over

# Where the checks stand, by file and name.
TWO = "tests/rugpijn/saving/test_two_at_once.py::"
MEANWHILE = "tests/forms/test_meanwhile.py::"
OF_PROGRAMMES = "tests/forms/test_programme_meanwhile.py::"

TABLE = {
    # records, each on a page of its own
    "admin:patients_patient_change": (MERGES, TWO + "test_both_changed_the_same"),
    "admin:patients_programme_change": (
        MERGES,
        OF_PROGRAMMES + "test_nothing_in_conflict_is_saved_at_once",
    ),
    "admin:exercises_exercise_change": (MERGES, TWO + "test_both_changed_the_same"),
    "admin:exercises_protocol_change": (MERGES, TWO + "test_both_changed_the_same"),
    "admin:exercises_advice_change": (MERGES, TWO + "test_both_changed_the_same"),
    "admin:rugpijn_practice_change": (MERGES, TWO + "test_both_changed_the_same"),
    "admin:rugpijn_user_change": (MERGES, TWO + "test_both_changed_the_same"),
    "patients:reminders": (MERGES, TWO + "test_reminders_in_two_tabs"),
    "patients:my_data": (MERGES, MEANWHILE + "test_ones_own_settings"),
    # what is one whole, or one value
    "admin:exercises_figure_change": (
        ASKS,
        TWO + "test_a_drawing_is_not_written_over_in_silence",
    ),
    "admin:exercises_exercise_film": (
        ASKS,
        MEANWHILE + "test_a_film_that_was_replaced_is_not_removed",
    ),
    "admin:exercises_exercise_ours": (ASKS, MEANWHILE + "test_the_dosage_of_the_practice"),
    "admin:patients_programme_course": (ASKS, MEANWHILE + "test_another_judgement_is_asked_about"),
    "admin:patients_programme_take": (
        ASKS,
        MEANWHILE + "test_a_patient_who_was_taken_over_meanwhile",
    ),
    "admin:patients_programme_renew": (ASKS, MEANWHILE + "test_weeks_are_added_once"),
    "admin:patients_programme_messages": (
        ASKS,
        MEANWHILE + "test_the_second_to_answer_is_told_first",
    ),
    # a row of each
    "admin:patients_programme_seen": (ADDS, MEANWHILE + "test_the_note_of_the_second_is_kept_too"),
    "patients:messages": (ADDS, MEANWHILE + "test_what_was_sent_is_not_sent_twice"),
    "admin:patients_patient_add": ADDS,
    "admin:exercises_exercise_add": ADDS,
    "admin:exercises_protocol_add": ADDS,
    "admin:exercises_advice_add": ADDS,
    "admin:exercises_figure_add": ADDS,
    "admin:exercises_exercise_copy": ADDS,
    "admin:exercises_protocol_copy": ADDS,
    "admin:exercises_figure_copy": ADDS,
    "admin:rugpijn_staffinvitation_add": ADDS,
    "admin:exercises_import": ADDS,
    "admin:patients_patient_programme": ADDS,
    "admin:patients_programme_again": ADDS,
    "admin:patients_programme_protocol": ADDS,
    "patients:report_symptoms": ADDS,
    "patients:log_session": ADDS,
    "patients:sync": ADDS,
    # done once, however often it is pressed
    "admin:patients_programme_end": ONCE,
    "admin:patients_programme_pause": ONCE,
    "admin:patients_programme_resume": ONCE,
    "admin:patients_programme_reopen": ONCE,
    "admin:patients_patient_discharge": ONCE,
    "admin:patients_patient_readmit": ONCE,
    "admin:patients_patient_endproxy": ONCE,
    "admin:patients_patient_delete": ONCE,
    "admin:patients_programme_delete": ONCE,
    "admin:exercises_exercise_delete": ONCE,
    "admin:exercises_protocol_delete": ONCE,
    "admin:exercises_advice_delete": ONCE,
    "admin:exercises_figure_delete": ONCE,
    "admin:exercises_exercise_star": ONCE,
    "admin:rugpijn_staffinvitation_delete": ONCE,
    "admin:rugpijn_user_access": ONCE,
    "admin:glass_end": ONCE,
    "admin:patients_batch_act": ONCE,
    "admin:exercises_upload_act": ONCE,
    "admin:patients_data_patient": ONCE,
    "patients:ask_erasure": ONCE,
    "patients:recovery": ONCE,
    "patients:stop_reminders": ONCE,
    # a new key takes the place of the old one, by asking for it: nothing typed is lost
    "admin:patients_patient_invite": NOTHING,
    "admin:patients_programme_share": NOTHING,
    "admin:rugpijn_staffinvitation_renew": NOTHING,
    "admin:rugpijn_user_factor": NOTHING,
    "admin:glass": NOTHING,
    # one's own way in, and what only shows or makes a file
    "one_time_list": NOTHING,
    "account_login": NOTHING,
    "account_signup": NOTHING,
    "account_reauthenticate": NOTHING,
    "account_email": NOTHING,
    "account_change_password": NOTHING,
    "account_reset_password": NOTHING,
    "account_logout": NOTHING,
    "login_devices": NOTHING,
    "passkey_add": NOTHING,
    "staff_factor": NOTHING,
    "staff_invitation": NOTHING,
    "patients:patient_invitation": NOTHING,
    "patients:invitation_code": NOTHING,
    "patients:download": NOTHING,
    "set_language": NOTHING,
    "plain_language": NOTHING,
    "admin:exercises_export": NOTHING,
    "admin:exercises_figure_preview": NOTHING,
    "admin:patients_programme_preview": NOTHING,
    "admin:patients_programme_mail": NOTHING,
    "admin:rugpijn_staffinvitation_change": NOTHING,  # is read, renewed or withdrawn
    "mfa_login_webauthn": NOTHING,
    "admin:rugpijn_accessevent_download": NOTHING,
}


def kind(name) -> str:
    row = TABLE[name]
    return row if isinstance(row, str) else row[0]


def test_every_form_has_a_row(world):
    found = {
        resolve(address.partition("?")[0]).view_name
        for role in (*WALKED, "nobody")
        for address, _form in forms_for(world, role)
        if not address.startswith("#")  # of a page that is here itself
    }
    missing = (found | set(POSTS)) - set(TABLE)
    missing = {name for name in missing if not name.endswith("_changelist")}  # print, and no more
    assert sorted(missing) == [], "a form that saves needs a row, and a check"


def test_what_is_merged_or_asked_has_a_check_of_its_own():
    for name, row in TABLE.items():
        if kind(name) in (MERGES, ASKS):
            file, _, test = row[1].partition("::")
            assert f"\ndef {test}(" in Path(file).read_text(), name


# ------------------------------------------------------------ a row of each, or once


def tried(*kinds) -> list[str]:
    return sorted(name for name in TABLE if kind(name) in kinds and name in POSTS)


def may_press(name) -> str:
    """Somebody to whom this address does what it is for."""
    refusals = ("403", "404", "/accounts/login/", "/admin/login/", "/admin/")
    outcomes = zip(ROLES, POSTS[name], strict=True)
    return next(role for role, outcome in outcomes if outcome not in refusals)


@pytest.mark.parametrize("name", tried(ONCE))
def test_what_is_done_once_is_done_once(world, name):
    """Pressed a second time on the same page, nothing more happens."""
    come_before(world, name)
    address, data = world.address(name), data_for(world, name)
    client = client_for(world, may_press(name))
    assert client.post(address, data).status_code in (200, 302)
    after = snapshot()
    client.post(address, data)
    assert snapshot() == after


@pytest.mark.parametrize("name", tried(ADDS))
def test_what_adds_takes_nothing_away(world, name):
    """What the first has written is there after the second, as it was."""
    come_before(world, name)
    address = world.address(name)
    for role in (may_press(name),) * 2:
        before = snapshot()
        client_for(world, role).post(address, **sent(world, name))
        now = snapshot()
        lost = {model: set(rows) - set(now[model]) for model, rows in before.items()}
        assert not {model: rows for model, rows in lost.items() if rows}
