"""The demo clinic: made once, in a DEBUG installation, with a plausible history."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from patients.management.commands.seed_demo import MO_LOGIN_CODE, PASSWORD
from patients.models import Patient, Programme, SessionLog
from rugpijn.models import Practice, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, library_loaded):
    settings.DEBUG, settings.MFA_TOTP_INSECURE_BYPASS_CODE = True, "123456"
    call_command("seed_demo", verbosity=0)


def test_the_cast_and_their_logins(demo, client):
    for email, role, start in (
        ("therapist@demo.example", "therapist", "/admin/"),
        ("owner@demo.example", "owner", "/admin/"),
        ("patient@demo.example", "patient", "/"),
        ("therapist2@demo.example", "owner+therapist", "/admin/"),
        ("patient2@demo.example", "patient", "/"),
        ("root@demo.example", "superuser", "/admin/"),
    ):
        assert User.objects.get(email=email).role == role
        client.logout()
        answer = client.post(
            "/accounts/login/", {"login": email, "password": PASSWORD}, follow=True
        )
        if start == "/admin/":  # staff: with the demo's own code, which the page tells
            assert "123456" in answer.content.decode()
            answer = client.post("/accounts/second-step/", {"code": "123456"}, follow=True)
        assert answer.request["PATH_INFO"] == start, email
    assert User.objects.get(login_code=MO_LOGIN_CODE).email is None


def test_six_weeks_of_history(demo):
    programme = Programme.objects.running().get(patient__name="Piet Jansen")
    today = timezone.localdate()
    assert (today - programme.started_on).days == 41
    logs = SessionLog.objects.filter(patient=programme.patient)
    assert logs.count() > 200
    assert not logs.filter(day__gte=today).exists()  # today is still to be done
    assert logs.filter(pain=None).exists() and logs.filter(pain__gt=0).exists()
    assert programme.versions.count() == 2
    change = programme.versions.get(number=2).issued_at.date()
    assert not logs.filter(version__number=1, day__gt=change).exists()
    assert not logs.filter(version__number=2, day__lt=change).exists()


def test_a_second_time_changes_nothing(demo):
    before = list(SessionLog.objects.values_list()), list(User.objects.values_list())
    call_command("seed_demo", verbosity=0)
    assert before == (list(SessionLog.objects.values_list()), list(User.objects.values_list()))


def test_refuses_where_real_people_are(settings, library_loaded, practice):
    settings.DEBUG = True
    with pytest.raises(CommandError, match="real practice"):
        call_command("seed_demo")
    settings.DEBUG = False
    Practice.objects.all().delete()
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("seed_demo")
    assert not Patient.objects.exists()
