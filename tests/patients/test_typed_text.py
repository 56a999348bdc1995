"""What is pasted is stored clean, and found, compared and logged in with as it is meant."""

import pytest
from django.urls import reverse

from exercises.models import Exercise, Protocol
from patients.models import Patient
from rugpijn.models import User

pytestmark = pytest.mark.django_db


def test_what_is_pasted_is_stored_clean_and_found(client, cast, lage_rugpijn):
    client.force_login(cast.anna)
    add = reverse("admin:patients_patient_add")
    born = {"birth_date": "12\u20133\u20131958\u200b", "language": "nl"}
    client.post(add, {"name": "Zoe\u0308 \u202eKuipers\u200b", **born, "phone": "030\u20112345678"})
    patient = Patient.objects.get(birth_date="1958-03-12", name="Zoë Kuipers")
    listing = client.get(reverse("admin:patients_patient_changelist"), {"q": "zoe 1958"})
    assert [row.pk for row in listing.context["cl"].result_list] == [patient.pk]
    twin = client.post(add, {"name": "ZOE KUIPERS", **born})
    assert "somebody_else" in twin.context["adminform"].form.errors


def test_a_name_that_differs_by_an_accent_is_taken(client, cast, programme):
    client.force_login(cast.anna)
    protocol = Protocol.objects.create(practice=cast.anna.practice)
    protocol.texts.create(language="nl", title="Knieën na operatie")
    address = reverse("admin:patients_programme_protocol", args=[programme.pk])
    client.post(address, {"title": "KNIEEN NA OPERATIE\u200b"})
    assert Protocol.objects.filter(practice=cast.anna.practice).count() == 1


@pytest.mark.parametrize("typed", ["73164482", "7316 4482", "7316\u20134482", " 7316-4482\u200b"])
def test_a_login_code_logs_in_however_it_is_typed(client, cast, typed):
    mo = User.objects.create_user(None, "geheime zin van mo", login_code="7316-4482", name="Mo")
    client.post(reverse("account_login"), {"login": typed, "password": "geheime zin van mo"})
    assert client.session.get("_auth_user_id") == str(mo.pk)


@pytest.mark.parametrize("term", ["knieen", "KNIEËN", "knie\u0308en", "een been"])
def test_an_exercise_is_found_without_its_accents(client, cast, term):
    exercise = Exercise.objects.create(practice=cast.anna.practice, reps=10, category="knee")
    exercise.texts.create(language="nl", title="Eén been en de knieën strekken")
    client.force_login(cast.anna)
    found = client.get(reverse("admin:patients_programme_exercises"), {"term": term})
    assert str(exercise.pk) in [str(row["id"]) for row in found.json()["results"]]
    listing = client.get(reverse("admin:exercises_exercise_changelist"), {"q": term})
    assert exercise in listing.context["cl"].result_list
