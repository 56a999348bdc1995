"""The therapist's desk: from a new patient to a programme that runs, in the admin."""

from datetime import date

import pytest
from django.urls import reverse

from exercises.models import Exercise, ExerciseText, Protocol
from patients.models import Patient, Programme
from patients.paper import handout, press
from patients.prescribing import authoring
from rugpijn.audit import AccessEvent
from tests.environment import and_in_ci

from .posting import as_posted, change

pytestmark = [pytest.mark.long, pytest.mark.django_db]
ADD = reverse("admin:patients_patient_add")


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


class TestNewPatient:
    def data(self, lage_rugpijn, **changes):
        return {
            "name": "Kees van der Wal",
            "birth_date": "12 maart 1958",
            "language": "nl",
            "protocol": lage_rugpijn.pk,
            **changes,
        }

    def test_three_fields_make_a_patient_and_a_draft(self, anna, cast, lage_rugpijn):
        response = anna.post(ADD, self.data(lage_rugpijn), follow=True)
        patient = Patient.objects.get(name="Kees van der Wal")
        programme = patient.programmes.get()
        assert response.redirect_chain[-1][0] == change(programme)
        assert (patient.birth_date, patient.practice) == (date(1958, 3, 12), cast.anna.practice)
        assert programme.is_draft and programme.therapist == cast.anna
        assert programme.prescriptions.count() == 6
        page = response.content.decode()
        assert 'value="2x per dag 2x5x 5s l/r"' in page
        assert (
            "2 keer per dag: 2 series van 5 herhalingen, 5 seconden vasthouden, links en rechts"
            in page
        )

    def test_what_was_typed_stays_when_something_is_wrong(self, anna, lage_rugpijn):
        response = anna.post(ADD, self.data(lage_rugpijn, birth_date="31-2-1958"))
        page = response.content.decode()
        assert "Deze datum bestaat niet" in page
        assert 'value="31-2-1958"' in page and 'value="Kees van der Wal"' in page
        assert not Patient.objects.filter(name__startswith="Kees").exists()

    def test_the_same_person_twice_is_asked_about(self, anna, cast, lage_rugpijn):
        again = self.data(lage_rugpijn, name="piet  jansen", birth_date="12031958")
        response = anna.post(ADD, again)
        assert reverse("admin:patients_patient_change", args=[cast.piet_patient.pk]) in (
            response.content.decode()
        )
        assert Patient.objects.filter(birth_date=date(1958, 3, 12)).count() == 1
        anna.post(ADD, {**again, "somebody_else": "on"})
        assert Patient.objects.filter(birth_date=date(1958, 3, 12)).count() == 2

    def test_a_name_that_cannot_be_printed_is_refused_in_words(self, anna, lage_rugpijn):
        response = anna.post(ADD, self.data(lage_rugpijn, name="Kees 🦴"))
        assert "🦴’ kan niet worden afgedrukt" in response.content.decode()
        assert not Patient.objects.filter(name__startswith="Kees").exists()

    def test_another_practices_protocol_is_refused(self, anna, cast, lage_rugpijn):
        lage_rugpijn.practice = cast.bram.practice
        lage_rugpijn.save()
        assert lage_rugpijn.text("title", "nl") not in anna.get(ADD).content.decode()
        response = anna.post(ADD, self.data(lage_rugpijn))
        assert response.status_code == 200
        assert not Patient.objects.filter(name__startswith="Kees").exists()

    def test_nobody_chooses_the_practice(self, anna, cast, lage_rugpijn):
        anna.post(ADD, self.data(lage_rugpijn, practice=cast.bram.practice.pk, user=cast.bram.pk))
        patient = Patient.objects.get(name="Kees van der Wal")
        assert (patient.practice, patient.user) == (cast.anna.practice, None)

    def test_found_by_date_of_birth_and_only_in_the_own_practice(self, anna, cast):
        listing = reverse("admin:patients_patient_changelist")
        assert "Piet Jansen" in anna.get(listing, {"q": "12-3-1958"}).content.decode()
        assert "Piet Jansen" not in anna.get(listing, {"q": "13-3-1958"}).content.decode()
        assert "Roos Mulder" not in anna.get(listing, {"q": "Roos"}).content.decode()


class TestStart:
    @pytest.fixture
    def printed(self, monkeypatch):
        monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-1.7 test")

    def test_starts_and_opens_the_handout(self, anna, make_programme, cast, printed):
        programme = make_programme(started=False)
        data = as_posted(anna.get(change(programme)))
        response = anna.post(
            change(programme), {**data, "_start": "", "red_flags_checked": "on"}, follow=True
        )
        programme.refresh_from_db()
        assert programme.is_running
        assert programme.red_flag_check.checked_name == "Anna de Wit"
        assert response["Content-Type"] == "application/pdf"
        assert response.redirect_chain[-1][0] == reverse(
            "patients:version_handout", args=[programme.uuid, 1]
        )
        assert AccessEvent.objects.filter(action="start", patient=programme.patient.uuid).exists()

    def test_not_without_the_tick_and_nothing_is_lost(self, anna, make_programme):
        programme = make_programme(started=False)
        data = as_posted(anna.get(change(programme)))
        data["prescriptions-0-note"] = "Niet vergeten"
        response = anna.post(change(programme), {**data, "_start": ""})
        assert "Niet vergeten" in response.content.decode()
        assert response.context["adminform"].form.errors["red_flags_checked"]
        programme.refresh_from_db()
        assert programme.is_draft

    def test_a_wrong_dosage_says_what_is_accepted_at_that_row(self, anna, make_programme):
        programme = make_programme(started=False)
        data = as_posted(anna.get(change(programme)))
        data["prescriptions-3-dosage"] = "2-3x per dag"
        data["prescriptions-1-note"] = "Blijft staan"
        response = anna.post(change(programme), {**data, "_start": "", "red_flags_checked": "on"})
        formset = response.context["inline_admin_formsets"][0].formset
        assert [bool(form.errors) for form in formset.forms] == [
            False,
            False,
            False,
            True,
            False,
            False,
        ]
        page = response.content.decode()
        assert 'value="2-3x per dag"' in page and "Blijft staan" in page
        assert programme.prescriptions.all()[3].dosage.notation == "2x per dag 2x10x"

    def test_printing_switched_off_still_starts_and_says_so(
        self, anna, make_programme, monkeypatch
    ):
        monkeypatch.setattr(press, "problem", lambda: "Afdrukken staat uit.")
        programme = make_programme(started=False)
        data = as_posted(anna.get(change(programme)))
        response = anna.post(
            change(programme), {**data, "_start": "", "red_flags_checked": "on"}, follow=True
        )
        programme.refresh_from_db()
        assert programme.is_running
        assert "Afdrukken staat uit." in response.content.decode()


class TestCorrectedLibrary:
    @pytest.fixture
    def corrected(self, programme):
        ExerciseText.objects.filter(
            language="nl", exercise=programme.prescriptions.first().exercise
        ).update(caution="Stop bij duizeligheid.")
        return programme

    def test_the_save_shows_the_difference_and_asks(self, anna, corrected):
        page = anna.get(change(corrected))
        assert "Stop bij duizeligheid." in page.content.decode()
        response = anna.post(change(corrected), as_posted(page))
        assert response.status_code == 200
        assert response.context["adminform"].form.errors["library"]
        assert corrected.versions.count() == 1

    def test_own_words_that_were_taken_back_do_not_return(self, anna, corrected, cast):
        line = corrected.prescriptions.last()
        line.steps = "Alleen voor u."
        line.save()
        given = authoring.issue(programme=corrected, by=cast.anna).sheet
        ExerciseText.objects.filter(
            language="nl", exercise=corrected.prescriptions.first().exercise
        ).update(caution="Nog een keer verbeterd.")
        data = as_posted(anna.get(change(corrected)))
        library = line.exercise.text("steps", "nl")
        anna.post(change(corrected), {**data, "prescriptions-5-steps": library, "library": "keep"})
        sheet = corrected.current_version().sheet
        assert sheet.lines[5].steps == tuple(library.splitlines())
        assert sheet.lines[0].caution == given.lines[0].caution

    @pytest.mark.parametrize("app_upgrade", ["sentence", "advice version"])
    def test_an_upgrade_of_the_app_changes_nothing(self, programme, cast, app_upgrade):
        version = programme.current_version()
        if app_upgrade == "sentence":
            version.content["lines"][0]["sentence"] = "twee maal daags"
        else:
            version.content["advice"][0]["version"] = 7
        version.save()
        assert authoring.issue(programme=programme, by=cast.anna) is None

    @pytest.mark.parametrize(
        ("choice", "versions", "told"), [("take", 2, True), ("keep", 1, False)]
    )
    def test_and_does_what_was_chosen(self, anna, corrected, choice, versions, told):
        data = as_posted(anna.get(change(corrected)))
        anna.post(change(corrected), {**data, "library": choice})
        assert corrected.versions.count() == versions
        caution = corrected.current_version().sheet.lines[0].caution
        assert (caution == "Stop bij duizeligheid.") is told


HOSTILE = (
    {"prescriptions-TOTAL_FORMS": "abc"},
    {"prescriptions-TOTAL_FORMS": "-1"},
    {"prescriptions-TOTAL_FORMS": "1000000000"},
    {"prescriptions-TOTAL_FORMS": "٣"},
    {"prescriptions-INITIAL_FORMS": "99"},
    {"prescriptions-0-id": "abc"},
    {"prescriptions-0-id": "999999999999999999999999"},
    {"prescriptions-0-position": "-5"},
    {"prescriptions-0-exercise": "x"},
    {"prescriptions-0-steps": "x" * 100_000},
    {"prescriptions-0-dosage": "1" * 100_000},
    {"prescriptions-0-note": "nul\x00teken"},
    {"title": ""},
    {"revision": "x"},
    {"revision": "99999999999999999999"},
    {"add_exercise": "x"},
)


# The two ways meet in the form, so that some of each will do; all of them in CI.
TAMPERED = [
    *((hostile, False) for hostile in HOSTILE),
    *((hostile, True) for hostile in and_in_ci(HOSTILE[1::4], HOSTILE)[-1]),
]


@pytest.mark.parametrize(
    ("hostile", "stale"), TAMPERED, ids=lambda value: f"{value}"[:60].replace("\0", "")
)
def test_a_tampered_form_is_never_a_crash(anna, programme, hostile, stale):
    data = {**as_posted(anna.get(change(programme))), **hostile}
    if stale:
        authoring.touch(programme=programme, by=programme.therapist)
    before = list(programme.prescriptions.values())
    response = anna.post(change(programme), data)
    assert response.status_code in (200, 302)
    assert list(programme.prescriptions.values()) == before


@pytest.mark.parametrize("lines", [1, 12])
def test_queries_do_not_grow_with_the_programme(
    anna, programme, cast, lines, django_assert_max_num_queries, client
):
    first = programme.prescriptions.first()
    programme.prescriptions.exclude(pk=first.pk).delete()
    for _number in range(lines - 1):
        authoring.prescribe(programme=programme, exercise=first.exercise)
    authoring.issue(programme=programme, by=cast.anna)
    with django_assert_max_num_queries(34):
        assert anna.get(change(programme)).status_code == 200


@pytest.mark.parametrize("patients", [1, 30])
def test_lists_cost_the_same_with_many(
    anna, cast, patients, django_assert_max_num_queries, lage_rugpijn
):
    for number in range(patients):
        patient = Patient.objects.create(
            name=f"Nummer {number}", birth_date=date(1990, 1, 1), practice=cast.anna.practice
        )
        authoring.draft(patient=patient, by=cast.anna)
    for name in ("patient", "programme"):
        with django_assert_max_num_queries(13):
            page = anna.get(reverse(f"admin:patients_{name}_changelist"))
        assert "Nummer 0" in page.content.decode()


def test_what_was_given_cannot_be_deleted(anna, programme, make_programme, cast):
    for model, obj in (("patient", programme.patient), ("programme", programme)):
        address = reverse(f"admin:patients_{model}_delete", args=[obj.pk])
        assert anna.post(address, {"post": "yes"}).status_code == 403
    draft = make_programme(cast.mo_patient, started=False)
    address = reverse("admin:patients_programme_delete", args=[draft.pk])
    assert anna.post(address, {"post": "yes"}).status_code == 302
    assert not Programme.objects.filter(pk=draft.pk).exists()
    assert Exercise.objects.exists()


class TestAnotherProtocol:
    """A back and a knee in one programme: what is new is added, what is there stays."""

    @pytest.fixture
    def knee(self, library_loaded):
        return Protocol.objects.get(key="knie")

    def test_its_exercises_and_advice_come_after_what_is_there(self, anna, make_programme, knee):
        programme = make_programme()
        before = list(programme.prescriptions.values_list("pk", flat=True))
        data = as_posted(anna.get(change(programme))) | {
            "add_protocol": knee.pk,
            "every_side": "left",
        }
        page = anna.post(change(programme), data, follow=True).content.decode()
        assert f"{knee.lines.count()} oefeningen zijn toegevoegd" in page
        lines = programme.prescriptions.all()
        assert [line.pk for line in lines][: len(before)] == before
        assert lines.count() == len(before) + knee.lines.count()
        sheet = programme.current_version().sheet
        assert programme.current_version().number == 2
        assert len(sheet.red_flags) == 2  # of the back, and of the knee

    def test_what_is_given_already_keeps_its_dosage(self, anna, cast, make_programme, lage_rugpijn):
        programme = make_programme(started=False)
        line = programme.prescriptions.first()
        line.reps = 7
        line.save()
        programme.protocols.clear()
        authoring.add_protocol(programme=programme, protocol=lage_rugpijn)
        assert programme.prescriptions.count() == lage_rugpijn.lines.count()
        line.refresh_from_db()
        assert line.reps == 7

    def test_it_is_offered_once(self, anna, make_programme, knee, lage_rugpijn):
        programme = make_programme(started=False)
        form = anna.get(change(programme)).context["adminform"].form
        offered = form.fields["add_protocol"].queryset
        assert knee in offered and lage_rugpijn not in offered

    def test_another_practices_protocol_is_refused(self, anna, cast, make_programme):
        programme = make_programme(started=False)
        theirs = Protocol.objects.create(practice=cast.bram.practice)
        data = as_posted(anna.get(change(programme))) | {"add_protocol": theirs.pk}
        page = anna.post(change(programme), data)
        assert page.context["adminform"].form.errors["add_protocol"]
        assert not programme.protocols.filter(pk=theirs.pk).exists()


class TestWayToTheProgramme:
    def test_from_the_list_in_one_click(self, client, cast, programme):
        client.force_login(cast.anna)
        page = client.get(reverse("admin:patients_patient_changelist")).content.decode()
        assert f'<a href="{change(programme)}">{programme.title}</a>' in page

    def test_from_the_patient_before_the_details(self, client, cast, programme):
        client.force_login(cast.anna)
        address = reverse("admin:patients_patient_change", args=[programme.patient_id])
        page = client.get(address).content.decode()
        assert "<h1>Piet Jansen</h1>" in page
        handout = reverse("patients:programme_handout", args=[programme.uuid])
        assert page.index(change(programme)) < page.index(handout) < page.index('name="name"')

    def test_a_draft_has_nothing_to_print_yet(self, client, cast, make_programme):
        draft = make_programme(started=False)
        client.force_login(cast.anna)
        address = reverse("admin:patients_patient_change", args=[draft.patient_id])
        page = client.get(address).content.decode()
        assert change(draft) in page
        assert reverse("patients:programme_handout", args=[draft.uuid]) not in page
