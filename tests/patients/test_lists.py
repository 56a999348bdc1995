"""Every list asks the database as often for many rows as for a few, and a name is found."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exercises.models import Exercise, ExerciseText, Protocol
from patients import search
from patients.models import Patient, Programme, Version
from patients.paper import batches, variants
from rugpijn.audit import AccessEvent
from rugpijn.log import chain
from rugpijn.models import StaffInvitation, User

pytestmark = [pytest.mark.long, pytest.mark.django_db]
MANY = 300

LISTS = {
    "desk": ("anna", "admin:index", {}),
    "whole practice": ("anna", "admin:index", {"whose": "practice"}),
    "left": ("anna", "admin:index", {"whose": "left"}),
    "patients": ("anna", "admin:patients_patient_changelist", {}),
    "patients found": ("anna", "admin:patients_patient_changelist", {"q": "muller"}),
    "programmes": ("anna", "admin:patients_programme_changelist", {}),
    "programmes found": ("anna", "admin:patients_programme_changelist", {"q": "muller"}),
    "exercises": ("anna", "admin:exercises_exercise_changelist", {}),
    "protocols": ("anna", "admin:exercises_protocol_changelist", {}),
    "advice": ("anna", "admin:exercises_advice_changelist", {}),
    "figures": ("anna", "admin:exercises_figure_changelist", {}),
    "staff": ("els", "admin:rugpijn_user_changelist", {}),
    "invitations": ("els", "admin:rugpijn_staffinvitation_changelist", {}),
    "access log": ("els", "admin:rugpijn_accessevent_changelist", {}),
}


def fill(cast, programme, many):
    """As many more of everything that stands in a list, in a query each."""
    anna, practice = cast.anna, cast.anna.practice
    kim = User.objects.create_user(
        f"kim{many}@linde.example",
        name="Kim",
        practice=practice,
        is_therapist=True,
        is_active=False,
    )
    patients = Patient.objects.bulk_create(
        Patient(practice=practice, name=f"Jürgen Müller {many}-{n}", birth_date=date(1970, 1, 1))
        for n in range(2 * many)
    )
    programmes = Programme.objects.bulk_create(
        Programme(
            patient=patient,
            therapist=anna if n < many else kim,
            title="Rug",
            started_on=timezone.localdate(),
        )
        for n, patient in enumerate(patients)
    )
    given = programme.current_version()
    Version.objects.bulk_create(
        Version(programme=each, number=1, content=given.content, digest=given.digest)
        for each in programmes
    )
    exercises = Exercise.objects.bulk_create(
        Exercise(practice=practice, category="low_back", per_day=2, reps=10) for _n in range(many)
    )
    ExerciseText.objects.bulk_create(
        ExerciseText(exercise=exercise, language="nl", title="Oefening") for exercise in exercises
    )
    Protocol.objects.bulk_create(Protocol(practice=practice) for _n in range(many))
    User.objects.bulk_create(
        User(name="C", email=f"c{many}-{n}@linde.example", practice=practice, is_therapist=True)
        for n in range(many)
    )
    StaffInvitation.objects.bulk_create(
        StaffInvitation(practice=practice, name="N", email="n@l.example", token_hash=f"{many}{n}")
        for n in range(many)
    )
    chain.append(
        AccessEvent(action="read", code="R", actor_role="therapist", practice=practice.uuid)
        for _n in range(many)
    )


def queries(client, address, data) -> int:
    client.get(address, data)  # what is asked once for all is asked now
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address, data).status_code == 200
    # The access log is written in blocks: on SQLite a full page may need one block more.
    return sum(query["sql"].startswith("SELECT") for query in asked.captured_queries)


def test_every_list_asks_as_often_for_many_as_for_a_few(client, cast, programme):
    fill(cast, programme, 10)
    few = {}
    for name, (who, route, data) in LISTS.items():
        client.force_login(getattr(cast, who))
        few[name] = queries(client, reverse(route), data)
    fill(cast, programme, MANY)
    for name, (who, route, data) in LISTS.items():
        client.force_login(getattr(cast, who))
        assert queries(client, reverse(route), data) <= few[name], name


def test_a_batch_asks_as_often_for_many_as_for_a_few(client, cast, programme):
    client.force_login(cast.anna)
    asked = []
    for many in (10, 100):
        fill(cast, programme, many)
        chosen = Programme.objects.filter(title="Rug")[: batches.MOST]
        begun = batches.begin(
            programmes=chosen, by=cast.anna, variant=variants.of_practice(cast.anna.practice)
        )
        asked.append(queries(client, reverse("admin:patients_batch", args=[begun.uuid]), {}))
    assert asked[1] <= asked[0]


class TestSearch:
    NAMES = (
        "Jürgen Müller",
        "Anke van der Berg-Çelik",
        "Bjørn 't Hooft",
        "Zoë Groß",
        "O’Neill",
        "Anne-Marie Kuipers",
        "Sigurður Þór",
    )

    @pytest.fixture(autouse=True)
    def patients(self, cast):
        for practice, born in ((cast.anna.practice, 1970), (cast.bram.practice, 1971)):
            Patient.objects.bulk_create(
                Patient(practice=practice, name=name, birth_date=date(born, 5, 1))
                for name in self.NAMES
            )
            kuipers = Patient.objects.get(practice=practice, name="Anne-Marie Kuipers")
            kuipers.birth_date, kuipers.phone = date(1968, 3, 12), "06-12 34 56 78 (moeder)"
            kuipers.save()

    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("muller", "Jürgen Müller"),
            ("MÜLLER", "Jürgen Müller"),
            ("jurg", "Jürgen Müller"),
            ("muller jurgen", "Jürgen Müller"),
            ("mu\u0308ller", "Jürgen Müller"),
            ("van der berg", "Anke van der Berg-Çelik"),
            ("berg celik", "Anke van der Berg-Çelik"),
            ("berg-celik", "Anke van der Berg-Çelik"),
            ("Berg, van", "Anke van der Berg-Çelik"),
            ("bjorn", "Bjørn 't Hooft"),
            ("t hooft", "Bjørn 't Hooft"),
            ("’t Hooft", "Bjørn 't Hooft"),
            ("zoe gross", "Zoë Groß"),
            ("oneill", "O’Neill"),
            ("o'neill", "O’Neill"),
            ("mu%ler", None),
            ("m_ller", None),
            ("muller zoe", None),
            ("annemarie", "Anne-Marie Kuipers"),
            ("Kuipers 1968", "Anne-Marie Kuipers"),
            ("1968 kuipers anne", "Anne-Marie Kuipers"),
            ("12-3-1968", "Anne-Marie Kuipers"),
            ("12 maart 1968", "Anne-Marie Kuipers"),
            ("kuipers 12 mrt '68", "Anne-Marie Kuipers"),
            ("1968-03-12", "Anne-Marie Kuipers"),
            ("19680312", "Anne-Marie Kuipers"),
            ("06 12 34 56 78", "Anne-Marie Kuipers"),
            ("0612345678", "Anne-Marie Kuipers"),
            ("+31612345678", "Anne-Marie Kuipers"),
            ("0031 6 12345678", "Anne-Marie Kuipers"),
            ("+31 (0)6-12345678", "Anne-Marie Kuipers"),
            ("345678", "Anne-Marie Kuipers"),
            ("kuipers 1969", None),
            ("sigurdur", "Sigurður Þór"),
            ("thor", "Sigurður Þór"),
            ("Sigur\u200bður", "Sigurður Þór"),
            ("vanderberg", "Anke van der Berg-Çelik"),
        ],
    )
    @pytest.mark.parametrize("kind", ["patient", "programme"])
    def test_finds_it_and_only_here(self, client, cast, typed, name, kind):
        for patient in Patient.objects.filter(name__in=self.NAMES):
            Programme.objects.create(patient=patient, therapist=cast.anna, title="Knie")
        client.force_login(cast.anna)
        answer = client.get(reverse(f"admin:patients_{kind}_changelist"), {"q": typed})
        rows = answer.context["cl"].result_list
        found = [(row if kind == "patient" else row.patient) for row in rows]
        assert [patient.name for patient in found] == ([name] if name else [])
        assert {patient.practice for patient in found} <= {cast.anna.practice}

    def test_a_date_of_birth_finds_within_the_practice(self, client, cast):
        client.force_login(cast.anna)
        listing = reverse("admin:patients_patient_changelist")
        found = client.get(listing, {"q": "1-5-1970"}).context["cl"].result_count
        assert found == len(self.NAMES) - 1
        assert client.get(listing, {"q": "1-5-1971"}).context["cl"].result_count == 0

    def test_nothing_typed_finds_everybody(self, cast):
        patients = Patient.objects.treated_by(cast.anna)
        assert search.find(patients, " - ").count() == patients.count()
