"""A programme that is changed at the desk: what is saved, asked and said."""

import pytest
from django.urls import reverse

from exercises.models import ExerciseText
from patients.models import Patient
from patients.paper import handout
from patients.prescribing import lifecycle

from .posting import as_posted, change, row

pytestmark = [pytest.mark.long, pytest.mark.django_db]


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


class TestChanging:
    def test_a_changed_dosage_is_version_2(self, anna, programme):
        data = as_posted(anna.get(change(programme)))
        data["prescriptions-0-dosage"] = "3x/week 3x8-12 10kg"
        response = anna.post(change(programme), data, follow=True)
        page = response.content.decode()
        assert "Versie 2" in page
        assert reverse("patients:version_handout", args=[programme.uuid, 2]) in page
        assert programme.current_version().sheet.lines[0].sentence == (
            "3 dagen per week: 3 series van 8 tot 12 herhalingen, met 10 kg"
        )

    def test_saving_unchanged_is_no_version(self, anna, programme):
        revision = programme.revision
        response = anna.post(change(programme), as_posted(anna.get(change(programme))), follow=True)
        programme.refresh_from_db()
        assert (programme.versions.count(), programme.revision) == (1, revision)
        assert "versie 1 blijft" in response.content.decode()

    def test_up_and_down(self, anna, programme):
        first, second, *_rest = programme.prescriptions.all()
        data = as_posted(anna.get(change(programme)))
        data[f"{row(data, first)}-position"], data[f"{row(data, second)}-position"] = 1, 0
        anna.post(change(programme), data)
        assert list(programme.prescriptions.all())[:2] == [second, first]
        assert [line.uuid for line in programme.current_version().sheet.lines][:2] == [
            str(second.uuid),
            str(first.uuid),
        ]

    def test_remove_and_add(self, anna, programme, own_exercise):
        first = programme.prescriptions.first()
        data = as_posted(anna.get(change(programme)))
        data[f"{row(data, first)}-DELETE"] = "on"
        data.update(
            {
                "prescriptions-TOTAL_FORMS": 7,
                "prescriptions-6-exercise": own_exercise.pk,
                "prescriptions-6-dosage": "",
                "prescriptions-6-note": "",
                "prescriptions-6-steps": "",
                "prescriptions-6-position": "",
                "prescriptions-6-programme": programme.pk,
                "prescriptions-6-id": "",
            }
        )
        response = anna.post(change(programme), data)
        assert response.status_code == 302
        lines = list(programme.prescriptions.all())
        assert first not in lines and len(lines) == 6
        assert lines[-1].exercise == own_exercise and lines[-1].dosage == own_exercise.dosage
        assert [line.position for line in lines] == list(range(6))

    def test_without_javascript_an_exercise_is_added_too(self, anna, programme, own_exercise):
        data = as_posted(anna.get(change(programme)))
        anna.post(change(programme), {**data, "add_exercise": own_exercise.pk})
        assert programme.prescriptions.last().exercise == own_exercise

    def test_an_instruction_for_this_patient_alone(self, anna, programme, make_programme, cast):
        data = as_posted(anna.get(change(programme)))
        assert data["prescriptions-0-steps"].splitlines()  # begins as the library's
        data["prescriptions-0-steps"] = "Alleen hol.\r\nHeel langzaam."
        anna.post(change(programme), data)
        assert programme.current_version().sheet.lines[0].steps == ("Alleen hol.", "Heel langzaam.")
        other = make_programme(cast.mo_patient)
        assert "Alleen hol." not in other.current_version().sheet.lines[0].steps

    def test_an_untouched_instruction_stays_the_librarys(self, anna, programme):
        data = as_posted(anna.get(change(programme)))
        data["prescriptions-0-note"] = "iets"
        anna.post(change(programme), data)
        assert programme.prescriptions.first().steps == ""

    def test_another_practices_exercise_is_refused(self, anna, programme, own_exercise, cast):
        own_exercise.practice = cast.bram.practice
        own_exercise.save()
        page = anna.get(change(programme)).content.decode()
        assert "Geheime oefening" not in page
        data = as_posted(anna.get(change(programme)))
        for forged in (
            {"add_exercise": own_exercise.pk},
            {
                "prescriptions-TOTAL_FORMS": 7,
                "prescriptions-6-exercise": own_exercise.pk,
                "prescriptions-6-dosage": "2x10",
                "prescriptions-6-programme": programme.pk,
            },
        ):
            response = anna.post(change(programme), {**data, **forged})
            assert response.status_code == 200
            assert "Geheime oefening" not in response.content.decode()
        assert programme.prescriptions.count() == 6

    def test_another_programmes_line_is_refused(self, anna, programme, make_programme, cast):
        roos = make_programme(cast.roos_patient, cast.bram)
        theirs = roos.prescriptions.first()
        data = as_posted(anna.get(change(programme)))
        data["prescriptions-0-id"] = theirs.pk
        data["prescriptions-0-note"] = "gekaapt"
        response = anna.post(change(programme), data, follow=True)
        theirs.refresh_from_db()
        assert (theirs.note, theirs.programme) == ("", roos)
        assert "Roos" not in response.content.decode()

    def test_an_ended_programme_is_read_not_changed(self, anna, programme):
        lifecycle.end(programme=programme, by=programme.therapist)
        page = anna.get(change(programme)).content.decode()
        assert 'name="_save"' not in page and "Superman" in page
        response = anna.post(change(programme), {"title": "x"}, follow=True)
        assert "beëindigd" in response.content.decode()
        programme.refresh_from_db()
        assert programme.title == "Lage rugpijn"

    def test_what_somebody_follows_is_never_empty(self, anna, programme):
        data = as_posted(anna.get(change(programme)))
        for number in range(6):
            data[f"prescriptions-{number}-DELETE"] = "on"
        response = anna.post(change(programme), data)
        assert "ten minste één oefening" in response.content.decode()
        assert programme.prescriptions.count() == 6

    def test_an_empty_new_row_is_not_there(self, anna, programme):
        data = as_posted(anna.get(change(programme)))
        data.update(
            {
                "prescriptions-TOTAL_FORMS": 7,
                "prescriptions-6-exercise": "",
                "prescriptions-6-position": 6,
                "prescriptions-6-programme": programme.pk,
            }
        )
        assert anna.post(change(programme), data).status_code == 302
        assert programme.prescriptions.count() == 6

    def test_the_old_text_never_becomes_the_patients_own(self, anna, programme):
        """The library is corrected while the form stands open, and another field is changed."""
        data = as_posted(anna.get(change(programme)))
        line = programme.prescriptions.first()
        ExerciseText.objects.filter(language="nl", exercise=line.exercise).update(steps="Nieuw.")
        anna.post(change(programme), {**data, "prescriptions-0-dosage": "3x8", "library": "take"})
        line.refresh_from_db()
        assert line.steps == ""
        assert programme.current_version().sheet.lines[0].steps == ("Nieuw.",)

    def test_a_corrected_name_reaches_paper(self, anna, programme, monkeypatch):
        monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-" + html.encode())
        address = reverse("patients:programme_handout", args=[programme.uuid])
        first = anna.get(address).content
        assert anna.get(address).content == first
        Patient.objects.filter(pk=programme.patient.pk).update(name="Piet Janszen")
        assert "Piet Janszen" in anna.get(address).content.decode()
