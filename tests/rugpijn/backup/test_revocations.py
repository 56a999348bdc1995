"""What was taken away stays away when an older backup is put back.

Each act is done as people do it. Then the rows are as they were before it, which is what a restore
leaves, and what is done after a restore takes it away again.
"""

import json
import re
from datetime import time, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail, serializers
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.contact import reminders
from patients.joining import invitations
from patients.models import (
    CalendarLink,
    Patient,
    PatientInvitation,
    Proxy,
    ReminderPlan,
    ShareLink,
)
from patients.prescribing import authoring
from rugpijn import hooks
from rugpijn.backup import revocations
from rugpijn.login import access_changes
from rugpijn.models import AccessChange, GlassBreak, Practice, StaffInvitation, User

from ...conftest import PASSWORD, fresh_login
from .conftest import PRIVATE, elsewhere

TABLES = (
    Practice,
    User,
    Authenticator,
    EmailAddress,
    Patient,
    Proxy,
    ShareLink,
    CalendarLink,
    ReminderPlan,
    StaffInvitation,
    PatientInvitation,
    AccessChange,
    GlassBreak,
)
NEW = "een heel andere lange zin"


@pytest.fixture
def world(db, cast, programme, django_capture_on_commit_callbacks):
    """Everything that can be taken away, as a backup holds it."""
    helper = User.objects.create_user("hulp@mail.example", PASSWORD, name="Hulp")
    Authenticator.objects.create(user=cast.anna, type="totp", data={"secret": "a"})
    Authenticator.objects.create(
        user=cast.anna, type="webauthn", data={"name": "x", "credential": {"rawId": "b"}}
    )
    cast.helps = Proxy.objects.create(user=helper, patient=cast.piet_patient, relation="helper")
    cast.plan = ReminderPlan.objects.create(patient=cast.piet_patient, first=time(9), by_mail=True)
    CalendarLink.renew(cast.piet_patient)
    Practice.objects.filter(pk=cast.anna.practice_id).update(second_step=False)
    cast.colleague, cast.token = StaffInvitation.invite(
        practice=cast.els.practice, name="Nina", email="nina@linde.example", is_therapist=True
    )
    cast.asked = AccessChange.objects.create(
        kind="email",
        practice=cast.els.practice,
        person=cast.anna,
        email="x@y.example",
        asked_name="Root",
        works_at=timezone.now() + timedelta(hours=1),
    )
    cast.programme, cast.over = programme, django_capture_on_commit_callbacks
    return cast


def browser(user):
    client = Client()
    fresh_login(client, user)
    return client


def times(world):
    return reverse("patients:reminders", args=[world.programme.uuid])


def colleague(world, **changes):
    data = {"name": "Anna", "language": "nl", "is_therapist": "on", "is_active": "on", **changes}
    address = reverse("admin:rugpijn_user_change", args=[world.anna.pk])
    browser(world.els).post(address, {name: value for name, value in data.items() if value})


def shut_out(world):
    colleague(world, is_active="")


def another_role(world):
    colleague(world, is_therapist="", is_owner="on")


def another_password(world):
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    browser(world.piet).post("/accounts/password/change/", data)


def another_address(world):
    client = browser(world.piet)
    client.post("/accounts/email/", {"action_add": "", "email": "piet@elders.example"})
    link = re.search(r"http://\S+(/accounts/confirm-email/\S+)", mail.outbox[-1].body)[1]
    client.post(link)


def another_second_step(world):
    access_changes.take_factor_away(world.anna)


def second_step_for_patients(world):
    practice = world.els.practice
    data = {
        "name": practice.name,
        "paper": "full",
        "diary_weeks": 3,
        "emergency_phone": "112",
        "colour": "#14485a",
        "is_record": "False",
        "keep_months": 24,
        "idle_minutes": 30,
        "second_step": "on",
    }
    browser(world.els).post(reverse("admin:rugpijn_practice_change", args=[practice.pk]), data)


def helper_ends(world):
    invitations.end_proxy(world.helps, by=world.anna)


def link_on_paper(world):
    authoring.revoke_share(ShareLink.objects.get(programme=world.programme))


def calendar_ends(world):
    browser(world.piet).post(times(world), {"what": "no calendar"})


def calendar_anew(world):
    browser(world.piet).post(times(world), {"what": "calendar"})


def mails_stopped(world):
    reminders.stop(world.plan)


def mails_not_chosen(world):
    browser(world.piet).post(times(world), {"first": "08:00", "days": ["1"], "by_mail": "0"})


def another_login(world):
    made, _token = invitations.invite(world.piet_patient)
    invitations.accept_invitation(made, user=User.objects.create_user("p2@m.example", name="P"))


def change_refused(world):
    address = reverse("admin:rugpijn_user_access")
    browser(world.els).post(address, {"change": world.asked.pk, "refuse": "1"})


def invitation_withdrawn(world):
    address = reverse("admin:rugpijn_staffinvitation_delete", args=[world.colleague.pk])
    browser(world.els).post(address, {"post": "yes"})


def patients_invitation_withdrawn(world):
    world.open = PatientInvitation.invite(patient=world.mo_patient, who="patient")
    invitations.invite(world.mo_patient)


def operator_done(world):
    until = timezone.now() + timedelta(minutes=50)
    about = {"practice": world.els.practice.uuid, "actor_name": "Root", "until": until}
    GlassBreak.objects.get_or_create(actor=world.root.uuid, defaults=about)


def of(model, thing):
    return model.objects.get(pk=thing.pk)


# What was done, and what must hold after a restore of before it.
DONE = {
    shut_out: lambda w: not of(User, w.anna).is_active,
    another_role: lambda w: not of(User, w.anna).is_therapist and not of(User, w.anna).is_owner,
    another_password: lambda w: not of(User, w.piet).check_password(PASSWORD),
    another_address: lambda w: of(User, w.piet).email is None and of(User, w.piet).login_code,
    another_second_step: lambda w: not Authenticator.objects.filter(user=w.anna).exists(),
    second_step_for_patients: lambda w: of(Practice, w.els.practice).second_step,
    helper_ends: lambda w: not of(Proxy, w.helps).holds_on(timezone.localdate()),
    link_on_paper: lambda w: ShareLink.objects.get(programme=w.programme).counter == 1,
    calendar_ends: lambda w: not CalendarLink.objects.exists(),
    calendar_anew: lambda w: not CalendarLink.objects.exists(),
    mails_stopped: lambda w: not of(ReminderPlan, w.plan).by_mail,
    mails_not_chosen: lambda w: not of(ReminderPlan, w.plan).by_mail,
    another_login: lambda w: of(Patient, w.piet_patient).user is None,
    change_refused: lambda w: of(AccessChange, w.asked).outcome == "refused",
    invitation_withdrawn: lambda w: not of(StaffInvitation, w.colleague).is_open,
    patients_invitation_withdrawn: lambda w: (
        not any(one.is_open for one in PatientInvitation.objects.all())
    ),
    operator_done: lambda w: not GlassBreak.objects.open().exists(),
}


def put_back(world, act):
    """Do it, and then have the rows of before: what came since is gone as well."""
    made_at = timezone.now()
    if act is patients_invitation_withdrawn or act is operator_done:
        act(world)
    rows = {model: serializers.serialize("json", model.objects.all()) for model in TABLES}
    with world.over(execute=True):
        act(world)
    for model, kept in rows.items():
        objects = list(serializers.deserialize("json", kept))
        model.objects.exclude(pk__in=[one.object.pk for one in objects]).delete()
        for one in objects:
            one.save()
    return SimpleNamespace(made_at=made_at, rows=1, aside=None)


@pytest.mark.parametrize("act", DONE, ids=lambda act: act.__name__)
def test_what_was_taken_away_stays_away(world, act):
    restored = put_back(world, act)
    assert not DONE[act](world)  # the backup brought it back
    said = [sentence for after in hooks.after_restore if (sentence := after(restored))]
    assert DONE[act](world)
    assert said


def test_who_was_shut_out_and_came_back_stays(world):
    def act(world):
        colleague(world, is_active="")
        colleague(world)

    restored = put_back(world, act)
    assert revocations.apply(restored.made_at) == []
    assert of(User, world.anna).is_active


def test_what_was_done_before_the_backup_is_in_it(world):
    """A password that got a stronger hash later is the same one."""
    put_back(world, another_password)
    assert revocations.apply(timezone.now()) == []
    assert of(User, world.piet).check_password(PASSWORD)


def test_nobody_elses_is_touched(world):
    restored = put_back(world, another_password)
    revocations.apply(restored.made_at)
    assert of(User, world.anna).check_password(PASSWORD)


def test_twice_changes_nothing_and_the_command_does_the_same(world, capsys):
    put_back(world, helper_ends)
    call_command("apply_erasures")
    assert "Helpers and parents whose access was ended since: 1." in capsys.readouterr().out
    assert DONE[helper_ends](world)
    assert revocations.apply(None) == []


def test_the_file_names_nobody_and_stays_short(world):
    revocations.path().unlink(missing_ok=True)
    for act in (shut_out, another_address, helper_ends, mails_stopped, link_on_paper):
        with world.over(execute=True):
            act(world)
            act(world) if act is mails_stopped else None
    text = revocations.path().read_text()
    words = ("anna", "piet", "mail.example", "elders", str(world.anna.uuid))
    assert not [word for word in words if word in text.lower()]
    assert revocations.path().stat().st_mode & 0o077 == 0
    lines = [json.loads(line) for line in text.splitlines()]
    assert {len(line["of"]) for line in lines} == {64}
    revocations.path().write_text(text + '{"kind": "hal')  # a power cut
    revocations.shorten()
    assert len(revocations.path().read_text().splitlines()) == len(revocations.read()) < len(lines)


def test_too_old_a_line_goes(world):
    with world.over(execute=True):
        helper_ends(world)
    text = revocations.path().read_text()
    year = str(timezone.now().year)
    revocations.path().write_text(text.replace(f'"at": "{year}', f'"at": "{int(year) - 3}'))
    revocations.shorten()
    assert revocations.read() == {}


def test_an_act_is_done_also_when_the_file_cannot_be_written(world, settings, tmp_path):
    (tmp_path / "no").write_text("a file where a folder should be")
    settings.ERASURE_LEDGER = tmp_path / "no" / "erased.jsonl"
    with world.over(execute=True):
        helper_ends(world)
    assert DONE[helper_ends](world)


def test_the_guide_has_a_row_for_each_kind():
    guide = Path("docs/operate.md").read_text()
    for kind in hooks.revocation_kinds:
        assert f"| {kind.name} |" in guide, kind.name


@pytest.mark.django_db(transaction=True)
def test_the_drill(here, settings, cast, programme, capsys):
    """With a real backup: an ended helper and a colleague who left do not come back."""
    helper = User.objects.create_user("hulp@mail.example", PASSWORD, name="Hulp")
    helps = Proxy.objects.create(user=helper, patient=cast.piet_patient, relation="helper")
    PatientInvitation.invite(patient=cast.mo_patient, who="patient")
    call_command("backup", here)
    invitations.end_proxy(helps, by=cast.anna)
    colleague(cast, is_active="")
    (file,) = here.glob("rugpijn-*.backup")
    key = here / "key"
    key.write_text(PRIVATE)
    with elsewhere(settings, here / "elsewhere"):
        (here / "elsewhere").mkdir()
        call_command("restore", file, key=key)
        said = capsys.readouterr().out
        assert not Proxy.objects.get(pk=helps.pk).holds_on(timezone.localdate())
        assert not User.objects.get(pk=cast.anna.pk).is_active
        assert not PatientInvitation.objects.get(patient=cast.mo_patient).is_open
    assert "Helpers and parents whose access was ended since: 1." in said
    assert "Accounts or roles that were taken away since: 1." in said
    assert "Open invitations of patients are closed: 1." in said
