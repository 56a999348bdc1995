"""Each rule of access finds its rows by an index, also where twenty thousand people are patients.

A rule that reads a whole table is right and slow: no other test notices.
"""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.utils import timezone

from patients import access
from patients.follow_up import caseload
from patients.joining import second_step
from patients.models import Patient, Programme
from patients.privacy import retention
from rugpijn.models import GlassBreak, Practice, User

from . import many

NUMBER = 12_360  # one patient of the twenty thousand: acts for others, the first of a practice


@pytest.fixture(scope="module")
def people(empty_ground, django_db_blocker):
    """Of each kind of login one, by name."""
    with django_db_blocker.unblock(), transaction.atomic():
        many.fill()
        yield make_people()
        transaction.set_rollback(True)


def make_people() -> dict[str, User | AnonymousUser]:
    person = User.objects.get
    practice = Practice.objects.get(pk=many.FIRST + NUMBER // many.OF_A_PRACTICE)

    def made(email, **fields):
        return User.objects.create(email=email, name="N", **fields)

    reading = made("reading@server.example", is_superuser=True)
    GlassBreak.objects.create(
        practice=practice.uuid,
        actor=reading.uuid,
        actor_name="N",
        reason="storing",
        until=timezone.now() + timedelta(minutes=50),
    )
    treated = made("both@linde.example", practice=practice, is_therapist=True, is_owner=True)
    Patient.objects.filter(pk=many.FIRST + NUMBER + 505).update(user=treated)
    return {
        "patient": person(pk=many.FIRST + NUMBER + 1),
        "acts for others": person(pk=many.FIRST + NUMBER),
        "therapist": person(pk=many.THERAPISTS + NUMBER // many.OF_A_PRACTICE),
        "owner": made("owner@linde.example", practice=practice, is_owner=True),
        "both, and a patient elsewhere": treated,
        "superuser": made("root@server.example", is_superuser=True),
        "superuser in emergency access": reading,
        "may not log in": made("former@linde.example", practice=practice, is_active=False),
        "nobody": AnonymousUser(),
    }


def models_of_patients() -> list:
    """Those that know their way to the patient."""
    return [
        model
        for model in apps.get_app_config("patients").get_models()
        if isinstance(model._default_manager.all(), access.CareQuerySet)
    ]


# How many patients each of them finds.
PATIENTS = {
    # rule: patient, acts for others, therapist, owner, both, superuser, emergency, former, nobody
    access.own_record: (1, 4, 0, 0, 1, 0, 0, 0, 0),
    access.treated_by: (0, 0, 20, 0, 20, 0, 0, 0, 0),
    access.opened_to: (0, 0, 0, 0, 0, 0, 20, 0, 0),
    access.answered_for: (0, 0, 0, 20, 20, 0, 0, 0, 0),
    access.cared_for: (1, 4, 20, 0, 21, 0, 20, 0, 0),
}
# Of patients only.
OF_PATIENTS = {
    access.represented_by: (1, 4, 0, 0, 1, 0, 0, 0, 0),
}
# Of one patient that is looked up: the first of that practice.
LOOKED_UP = {
    "find_of_person": (0, 1, 0, 0, 0, 0, 0, 0, 0),
    "find_visible": (0, 1, 1, 0, 1, 0, 1, 0, 0),
}


def test_every_rule_is_asked():
    """A rule or a way to the patient that comes later has its row here."""
    rules = {
        rule
        for name, rule in vars(access).items()
        if callable(rule)
        and getattr(rule, "__annotations__", {}).get("return") is access.Q
        and not name.startswith("_")
    }
    assert rules == {*PATIENTS, *OF_PATIENTS, access.may_take_along}
    assert {"Patient", "SessionLog", "ActivityScore", "Version"} <= {
        model.__name__ for model in models_of_patients()
    }


def test_a_rule_reads_what_it_finds(people, db):
    reads = many.Reads()
    with connection.execute_wrapper(reads):
        for model in models_of_patients():
            asked = PATIENTS | LOOKED_UP | (OF_PATIENTS if model is Patient else {})
            found = {
                rule: tuple(how_many(model, rule, user) for user in people.values())
                for rule in asked
            }
            assert found == asked, model
    assert not reads.too_much, "\n\n".join(reads.too_much)


def how_many(model, rule, user) -> int:
    rows = model._default_manager.order_by()
    if rule in LOOKED_UP:
        return int(getattr(rows, rule)(user, pk=many.FIRST + NUMBER) is not None)
    allowed = rule(user) if rule in OF_PATIENTS else rule(user, rows.path)
    return len(rows.filter(allowed).values_list("pk"))


def test_a_rule_for_one_patient_reads_no_other(people, db):
    """The access log, a copy that was asked for, and the second step of those who log in."""
    reads = many.Reads()
    one = Patient.objects.filter(pk=many.FIRST + NUMBER)
    with connection.execute_wrapper(reads):
        found = [one.filter(access.may_take_along(user)).exists() for user in people.values()]
        steps = [second_step.asks_second_step(user) for user in list(people.values())[:-1]]
    assert found == [False, True, False, True, True, False, False, False, False]
    assert steps == [True, True, False, False, True, False, False, False]
    assert not reads.too_much, "\n\n".join(reads.too_much)


def test_what_is_asked_of_a_practice_reads_no_other(people, db):
    """Its running programmes and drafts, and what is kept long enough."""
    therapist = people["therapist"]
    practice, now = therapist.practice, timezone.now()
    reads = many.Reads(least=6 * many.OF_A_PRACTICE)
    with connection.execute_wrapper(reads):
        for whole in (False, True):
            assert len(caseload.running(therapist, whole_practice=whole)) == many.OF_A_PRACTICE
        everyones = caseload.running(therapist, whole_practice=True)
        assert caseload.left(everyones).count() == 0
        drafts = Programme.objects.treated_by(therapist).filter(started_on=None)
        assert not drafts.select_related("patient", "therapist").exists()
        assert not retention.logins(practice, now).count()
        assert not retention.records(practice, now).count()
    assert not reads.too_much, "\n\n".join(reads.too_much)
