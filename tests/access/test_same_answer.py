"""Whether an address has an account here is told to its mailbox only: every form that takes an
address answers alike, with as many queries, whoever has it or nobody.
"""

import re
from itertools import count

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from patients.joining import invitations
from patients.models import Patient
from rugpijn.models import StaffInvitation, User

from ..conftest import PASSWORD, fresh_login

pytestmark = pytest.mark.django_db
# Whose it is; practice 1 asks, of which Els is the owner and Anna a therapist.
ADDRESSES = {
    "nobody": "nobody@elders.example",
    "a patient of the practice": "piet@mail.example",
    "a patient of another practice": "roos@mail.example",
    "staff of another practice": "bram@zuid.example",
}
MORE_QUERIES = 3  # that an answer may cost, which is far below what a network hides
# A row in the access log of whoever is known: 1 to 2 ms, measured in test_sessions_of_staff.py.
A_ROW = {"new_password": 12, "log_in": 8}
numbers = count(1)
# A field that is made in a form, of Django, of allauth or of ours.
TAKES_AN_ADDRESS = re.compile(r"= (forms\.)?(Email|Address)Field\(|(AddEmail|ResetPassword)Form\)")


@pytest.fixture
def post(django_capture_on_commit_callbacks):
    """Answers with what a page says and how much was asked of the database."""

    def send(client, address, data):
        mail.outbox.clear()
        over = django_capture_on_commit_callbacks(execute=True)
        with CaptureQueriesContext(connection) as asked, over:
            answer = client.post(address, data, follow=True)
        typed = next(iter(email for email in data.values() if "@" in email))
        page = re.sub(r"<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL)
        body = re.sub(r"<[^>]+>", " ", page).replace(typed, "ADDRESS")
        body = re.sub(r"\b[\w-]{43,}\b|\b\d{4}-\d{4}\b", "KEY", body)
        said = (answer.status_code, [place for place, _ in answer.redirect_chain], body.split())
        return said, len(asked), [message.to for message in mail.outbox]

    return send


def invite_colleague(cast, email, post):
    client = Client()
    fresh_login(client, cast.els)
    data = {"name": "Nina", "email": email, "is_therapist": "on"}
    answer = post(client, reverse("admin:rugpijn_staffinvitation_add"), data)
    StaffInvitation.objects.all().delete()  # the next one finds the same list
    return answer


def mail_a_new_link(cast, email, post):
    made, _token = StaffInvitation.invite(
        practice=cast.els.practice, name="Nina", email=email, is_therapist=True
    )
    client = Client()
    fresh_login(client, cast.els)
    address = reverse("admin:rugpijn_staffinvitation_renew", args=[made.pk])
    answer = post(client, address, {"of": email})
    made.delete()
    return answer


def first_login(cast, email, post, who="", **data):
    """Of a patient, or of somebody who acts for one; each has an invitation of their own."""
    patient = Patient.objects.create(
        name="Nieuw", birth_date="1960-01-02", practice=cast.anna.practice, created_by=cast.anna
    )
    _invitation, token = invitations.invite(patient, who)
    client = Client()
    client.post(reverse("patients:patient_invitation", args=[token]), {"birth_date": "2-1-1960"})
    data |= {"email": email, "password": "een lange rustige zin"}
    return post(client, reverse("patients:first_login"), data)


def first_login_of_a_helper(cast, email, post):
    return first_login(cast, email, post, "helper", name="Hulp")


def page_of_first_login(cast, email, post):
    """What the practice wrote down stands in the form, whoever has it."""
    patient = Patient.objects.create(
        name="Nieuw",
        birth_date="1960-01-02",
        practice=cast.anna.practice,
        created_by=cast.anna,
        email=email,
    )
    _invitation, token = invitations.invite(patient)
    client = Client()
    client.post(reverse("patients:patient_invitation", args=[token]), {"birth_date": "2-1-1960"})
    page = client.get(reverse("patients:first_login"))
    assert page.context["form"].initial["email"] == email
    return post(client, reverse("patients:first_login"), {"email": email, "password": "kort"})


def own_address(cast, email, post):
    client = Client()
    fresh_login(client, cast.mo)
    return post(client, "/accounts/email/", {"action_add": "", "email": email})


def own_address_of_staff(cast, email, post):
    client = Client()
    fresh_login(client, cast.els)
    return post(client, "/accounts/email/", {"action_add": "", "email": email})


def new_password(cast, email, post):
    return post(Client(), "/accounts/password/reset/", {"email": email})


def log_in(cast, email, post):
    return post(Client(), "/accounts/login/", {"login": email, "password": "verkeerd-wachtwoord"})


def sign_up(cast, email, post):
    data = {"email": email, "password1": PASSWORD, "password2": PASSWORD}
    return post(Client(), "/accounts/signup/", data)


def patients_record(cast, email, post):
    client = Client()
    fresh_login(client, cast.anna)
    data = {
        "name": f"Nieuw {next(numbers)}",
        "birth_date": "2-1-1960",
        "language": "nl",
        "email": email,
    }
    address = reverse("admin:patients_patient_change", args=[cast.mo_patient.pk])
    said, asked, told = post(client, address, data)
    words = [re.sub(r"\d+", "N", word) for word in said[2]]
    return (*said[:2], words), asked, told


# What each tells, and to whom: to the address, or to nobody.
FORMS = {
    invite_colleague: True,
    mail_a_new_link: True,
    first_login: True,
    first_login_of_a_helper: True,
    page_of_first_login: False,
    own_address: True,
    own_address_of_staff: True,
    new_password: True,
    log_in: False,
    sign_up: False,
    patients_record: False,
}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_form_answers_alike_whoever_has_the_address(cast, post, form):
    for staff in ("els@linde.example", "bram@zuid.example"):  # the log of each practice has begun
        Client().post("/accounts/login/", {"login": staff, "password": PASSWORD})
    form(cast, "warm@elders.example", post)  # what is asked once a process
    answers = {whose: form(cast, email, post) for whose, email in ADDRESSES.items()}
    said, asked, _told = answers["nobody"]
    for whose, (theirs, queries, told) in answers.items():
        assert theirs == said, whose
        most = A_ROW.get(form.__name__, MORE_QUERIES)
        assert abs(queries - asked) <= most, (whose, queries, asked)
        assert told == ([[ADDRESSES[whose]]] if FORMS[form] else []), whose


def test_every_form_with_an_address_is_tried():
    """A field for an address that comes tomorrow belongs in the table above."""
    from pathlib import Path

    fields = [
        path.as_posix()
        for app in ("rugpijn", "exercises", "patients")
        for path in Path(app).rglob("*.py")
        if TAKES_AN_ADDRESS.search(path.read_text())
    ]
    assert sorted(fields) == ["patients/joining/forms.py", "rugpijn/login/accounts.py"]


def test_who_shares_a_mailbox_gets_a_code_by_mail(cast, post):
    """A couple with one address: each has a login of their own, and neither is sent away."""
    first_login(cast, "piet@mail.example", post)
    made = User.objects.latest("pk")
    assert made.email is None and made.login_code in mail.outbox[0].body
    client = Client()
    data = {"login": made.login_code, "password": "een lange rustige zin"}
    assert client.post("/accounts/login/", data)["Location"] == "/"
    piet = Client()
    piet.post("/accounts/login/", {"login": "piet@mail.example", "password": PASSWORD})
    assert piet.session["_auth_user_id"] == str(cast.piet.pk)


def test_a_colleague_of_ones_own_practice_is_named(cast, post):
    """The owner sees that list anyway."""
    client = Client()
    fresh_login(client, cast.els)
    data = {"name": "Anna", "email": "ANNA@linde.example", "is_therapist": "on"}
    answer = client.post(reverse("admin:rugpijn_staffinvitation_add"), data)
    assert answer.context["adminform"].form.errors["email"]


@pytest.mark.parametrize("whose", ["a patient of another practice", "staff of another practice"])
def test_whoever_invites_cannot_answer_the_invitation(cast, post, whose):
    invite_colleague(cast, ADDRESSES[whose], post)
    assert "/colleague/" not in mail.outbox[0].body
    assert "heeft hier al een account" in mail.outbox[0].body
