"""Under which letter a name stands."""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from patients import names, search
from patients.models import Patient


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Piet Jansen", "jansen, piet"),
        ("Anke van der Berg", "berg, anke van der"),
        ("Anke van der Berg-Çelik", "berg celik, anke van der"),
        ("Bjørn 't Hooft", "hooft, bjorn t"),
        ("Berg, Anke van der", "berg, anke van der"),
        ("van der Berg, Anke", "berg, anke van der"),
        ("Anna Jansen-de Vries", "jansen de vries, anna"),
        ("O’Neill", "oneill"),
        ("", ""),
    ],
)
def test_a_surname_stands_without_its_particles(name, place):
    assert names.surname_first(name) == place


@pytest.mark.django_db
class TestLists:
    @pytest.fixture(autouse=True)
    def patients(self, cast):
        Patient.objects.all().delete()
        for name in ("Zeno Aalders", "Anke van der Berg", "Ab Zwart", "Éva Bos"):
            Patient.objects.create(
                practice=cast.anna.practice, name=name, birth_date=date(1970, 1, 1)
            )

    def test_a_list_stands_by_surname(self, client, cast):
        client.force_login(cast.anna)
        rows = client.get(reverse("admin:patients_patient_changelist")).context["cl"].result_list
        assert [row.name for row in rows] == [
            "Zeno Aalders",
            "Anke van der Berg",
            "Éva Bos",
            "Ab Zwart",
        ]

    def test_another_name_stands_at_another_place_and_is_found(self):
        patient = Patient.objects.get(name="Ab Zwart")
        patient.name, patient.phone = "Ab Achterberg", "06-12345678"
        patient.save()
        assert Patient.objects.values_list("name", flat=True)[1] == "Ab Achterberg"
        assert search.find(Patient.objects.all(), "achterberg 0612345678").get() == patient
        assert not search.find(Patient.objects.all(), "zwart").exists()

    def test_a_search_reads_the_rows_of_the_practice_only(self, cast):
        if connection.vendor != "sqlite":
            pytest.skip("the plan is read of SQLite here")
        plan = search.find(Patient.objects.treated_by(cast.anna), "berg").explain()
        assert "SCAN" not in plan
