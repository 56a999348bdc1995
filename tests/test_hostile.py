"""Addresses and parameters that no page of ours ever sends: an answer in words, never a crash."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

HUGE = 10**25
ADDRESSES = [
    "/admin/patients/patient/{}/change/",
    "/admin/patients/patient/{}/delete/",
    "/admin/patients/patient/{}/invite/",
    "/admin/patients/programme/{}/versions/",
    "/admin/patients/programme/{}/change/",
    "/admin/exercises/exercise/{}/change/",
    "/admin/exercises/exercise/{}/copy/",
    "/admin/rugpijn/user/{}/change/",
]
QUERIES = [
    "q='", "q=%00", "q=" + "x" * 5000, "q=99999999999999999999", "o=1.1,x",
    "o=-99", "p=abc", "p=-1", "all=", "_popup=1", "_to_field=user__password",
    "patient__name__startswith=P",
    "user__password__startswith=p", "_connector=OR", "e=1", "practice__name=x", "category=x%00",
]  # fmt: skip


@pytest.mark.parametrize("name", ["anna", "els", "root"])
@pytest.mark.parametrize("key", [HUGE, 0, -1, "x", "%00", "1/../2"])
def test_strange_numbers(client, cast, name, key):
    client.force_login(getattr(cast, name))
    for address in ADDRESSES:
        for method in (client.get, client.post):
            assert method(address.format(key)).status_code in (302, 400, 403, 404, 405), address


@pytest.mark.parametrize("query", QUERIES)
def test_strange_questions(client, cast, query):
    client.force_login(cast.anna)
    for model in (
        "patients_patient",
        "patients_programme",
        "exercises_exercise",
        "exercises_protocol",
    ):
        response = client.get(f"{reverse(f'admin:{model}_changelist')}?{query}")
        assert response.status_code in (200, 302, 400), (model, query)
        assert "Roos" not in response.content.decode()
    picker = (
        "/admin/autocomplete/?app_label=patients&model_name=prescription&field_name=exercise&term="
    )
    assert client.get(f"{picker}&{query}").status_code in (200, 400, 403, 404)
    assert client.get(f"/accounts/login/?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("number", [0, HUGE])
def test_versions_that_never_were(client, cast, programme, number):
    client.force_login(cast.piet)
    token = programme.share_link.token
    for address in (
        f"/programmes/{programme.uuid}/versions/{number}/handout.pdf",
        f"/s/{token}/{number}/",
        f"/s/{token}/{number}/handout.pdf",
        f"/s/{'é' * 43}/1/",
        f"/s/{'=' * 43}/1/",
        "/s/x/1/",
    ):
        assert client.get(address).status_code == 404, address


def test_hostile_birth_dates_and_names(client, cast, lage_rugpijn):
    client.force_login(cast.anna)
    add = reverse("admin:patients_patient_add")
    for name in (
        "<script>alert(1)</script>",
        "'; DROP TABLE patients;--",
        "{{ 7*7 }}",
        "x" * 121,
        "\x00",
    ):
        response = client.post(
            add, {"name": name, "birth_date": "1-1-1980", "language": "nl"}, follow=True
        )
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
    for born in ("1-1-0000", "99999999999", "-1", "1e9", "\u202e1-1-1980"):
        response = client.post(add, {"name": "Kees", "birth_date": born, "language": "nl"})
        assert response.context["adminform"].form.errors["birth_date"], born
