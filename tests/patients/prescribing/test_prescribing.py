"""The therapist's desk: from a new patient to a programme that runs, in the admin."""

from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from exercises.models import Exercise, ExerciseText, Protocol
from exercises.period import Period
from patients.models import Patient, Programme
from patients.paper import handout, press
from patients.prescribing import authoring, lifecycle
from patients.prescribing.merge_form import PREFIX
from rugpijn.audit import AccessEvent
from tests.environment import and_in_ci
from tests.forms.page_forms import forms_of

from .posting import as_posted, change, row

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


def from_browser(page) -> dict:
    """What the page's own HTML sends, and no field that it lacks or that is switched off."""
    [form] = [
        form
        for form in forms_of(page)
        if any(field.name == f"{PREFIX}-TOTAL_FORMS" for field in form.fields)
    ]
    return {name: values[-1] for name, values in form.data().items() if "__prefix__" not in name}


class TestTwoAtOnce:
    @pytest.fixture
    def both(self, anna, programme, cast):
        """Anna has the form open; then a colleague saves."""
        mine = as_posted(anna.get(change(programme)))
        theirs = dict(mine)
        cast.bram.practice = cast.anna.practice
        cast.bram.save()
        return mine, theirs

    def save_as_bram(self, programme, cast, data):
        from django.test import Client

        colleague = Client()
        colleague.force_login(cast.bram)
        assert colleague.post(change(programme), data).status_code == 302

    def test_the_second_is_told_and_both_are_kept(self, anna, programme, cast, both):
        mine, theirs = both
        theirs["prescriptions-0-dosage"] = "3x8"
        theirs["prescriptions-2-note"] = "van Bram"
        self.save_as_bram(programme, cast, theirs)
        mine["prescriptions-0-dosage"] = "4x6"
        mine["prescriptions-1-note"] = "van Anna"
        response = anna.post(change(programme), mine)
        page = response.content.decode()
        assert response.status_code == 200
        assert "Bram Visser" in page and "3x8x" in page
        assert 'value="4x6"' in page and "van Anna" in page and "van Bram" in page
        assert programme.prescriptions.all()[1].note == ""  # nothing saved behind her back

        response = anna.post(change(programme), as_posted(response))
        assert response.status_code == 302
        lines = list(programme.prescriptions.all())
        assert lines[0].dosage.notation == "4x6x"
        assert (lines[1].note, lines[2].note) == ("van Anna", "van Bram")

    def test_a_line_that_the_other_removed(self, anna, programme, cast, both):
        mine, theirs = both
        first = programme.prescriptions.first()
        at = row(mine, first)
        self.save_as_bram(programme, cast, {**theirs, f"{at}-DELETE": "on"})
        mine[f"{at}-note"] = "hier werkte Anna aan"
        response = anna.post(change(programme), mine)
        assert "hier werkte Anna aan" in response.content.decode()
        response = anna.post(change(programme), as_posted(response))
        assert response.status_code == 302
        assert programme.prescriptions.filter(note="hier werkte Anna aan").count() == 1

    def test_what_a_browser_sends_of_a_removed_line_comes_back_whole(self, anna, programme, cast):
        """With its exercise and all that stood in it; the second save gives it to the patient."""
        address = change(programme)
        line = programme.prescriptions.all()[2]
        title, exercise, dosage = str(line), line.exercise_id, line.dosage
        line.note, line.steps, line.on_share_page = "Met een kussen", "Ga liggen.", True
        line.period = Period.parse("week 2-4")
        line.save()
        authoring.touch(programme=programme, by=cast.anna)
        programme.refresh_from_db()
        others = list(programme.prescriptions.exclude(pk=line.pk).values_list("pk", flat=True))
        mine = from_browser(anna.get(address))
        at = row(mine, line)
        line.delete()
        authoring.number_lines(programme)
        authoring.touch(programme=programme, by=cast.anna)

        mine[f"{at}-note"] = "Met een dik kussen"
        page = anna.post(address, mine)
        text = page.content.decode()
        [told] = page.context["meeting"].told
        assert told == f"{title} is verwijderd. U had dat gewijzigd; het staat hieronder opnieuw."
        assert "De volgorde is gewijzigd" not in text and "verplicht" not in text

        page = anna.post(address, from_browser(page), follow=True)
        assert "Voor de patiënt verandert er niets" not in page.content.decode()
        rescued = programme.prescriptions.get(note="Met een dik kussen")
        assert (rescued.exercise_id, rescued.dosage, rescued.steps) == (
            exercise,
            dosage,
            "Ga liggen.",
        )
        assert rescued.period.notation == Period.parse("week 2-4").notation
        assert rescued.on_share_page and not rescued.side_open
        order = list(programme.prescriptions.values_list("pk", flat=True))
        assert order == [*others[:2], rescued.pk, *others[2:]]

    @pytest.mark.parametrize("side", ["left", "right", "each"])
    @pytest.mark.parametrize("answered", [False, True], ids=["asked", "answered before"])
    def test_the_side_comes_back_too(self, anna, make_programme, cast, side, answered):
        programme = make_programme(started=False)
        authoring.add_protocol(programme=programme, protocol=Protocol.objects.get(key="knie"))
        line = programme.prescriptions.filter(side_open=True).first()
        if answered:
            line.dosage, line.side_open = replace(line.dosage, side=side), False
            line.save()
        address = change(programme)
        mine = from_browser(anna.get(address))
        at = row(mine, line)
        exercise = line.exercise_id
        line.delete()
        authoring.touch(programme=programme, by=cast.anna)
        mine[f"{at}-{'note' if answered else 'side'}"] = "Rustig" if answered else side
        page = anna.post(address, mine)
        assert anna.post(address, from_browser(page)).status_code == 302
        rescued = programme.prescriptions.get(exercise=exercise)
        assert (rescued.dosage.side, rescued.side_open) == (side, False)

    def test_a_removed_line_without_work_is_named_and_stays_away(self, anna, programme, cast):
        address = change(programme)
        mine = from_browser(anna.get(address))
        line = programme.prescriptions.first()
        title = str(line)
        line.delete()
        authoring.number_lines(programme)
        authoring.touch(programme=programme, by=cast.anna)
        page = anna.post(address, mine, follow=True).content.decode()
        assert f"{title} is verwijderd." in page and "Uw wijzigingen zijn nog niet" not in page
        assert programme.prescriptions.count() == 5

    @pytest.mark.parametrize("stale", [False, True])
    @pytest.mark.parametrize(
        ("name", "value"),
        [("note", "Rustig"), ("steps", "Ga staan."), ("dosage", "3x8"), ("period", "week 2-4")],
    )
    def test_a_new_row_with_text_is_never_dropped(self, anna, programme, cast, name, value, stale):
        """Without its exercise it is refused, however often it is sent again."""
        address = change(programme)
        mine = from_browser(anna.get(address))
        new = {"exercise": "", "position": "6", "programme": str(programme.pk), name: value}
        mine |= {f"{PREFIX}-6-{field}": sent for field, sent in new.items()}
        mine[f"{PREFIX}-TOTAL_FORMS"] = "7"
        if stale:
            authoring.touch(programme=programme, by=cast.anna)
        for _time in range(3):
            page = anna.post(address, mine)
            assert page.status_code == 200
            last = page.context["inline_admin_formsets"][0].formset.forms[6]
            assert "exercise" in last.errors and last[name].value() == value
            mine = from_browser(page)

    def test_moving_rows_does_not_bring_back_what_the_other_removed(
        self, anna, programme, cast, both
    ):
        mine, theirs = both
        at = row(mine, programme.prescriptions.first())
        self.save_as_bram(programme, cast, {**theirs, f"{at}-DELETE": "on"})
        for number in range(6):
            mine[f"prescriptions-{number}-position"] = 5 - number
        assert anna.post(change(programme), mine).status_code == 302
        assert programme.prescriptions.count() == 5

    def test_an_instruction_is_rescued_too(self, anna, programme, cast, both):
        mine, theirs = both
        at = row(mine, programme.prescriptions.first())
        self.save_as_bram(programme, cast, {**theirs, f"{at}-DELETE": "on"})
        mine[f"{at}-steps"] = "Wat Anna schreef."
        response = anna.post(change(programme), mine)
        assert "Wat Anna schreef.</textarea>" in response.content.decode().replace("\n", "")

    def test_a_form_from_before_the_start_gives_nothing(self, anna, make_programme, cast):
        programme = make_programme(started=False)
        stale = as_posted(anna.get(change(programme)))
        authoring.start(programme=programme, by=cast.anna)
        stale["prescriptions-0-dosage"] = "3x8"
        assert anna.post(change(programme), stale).status_code == 200
        assert programme.versions.count() == 1

    def test_a_line_that_the_other_added(self, anna, programme, cast, both, own_exercise):
        mine, theirs = both
        self.save_as_bram(programme, cast, {**theirs, "add_exercise": own_exercise.pk})
        mine["title"] = "Rug, voor Piet"
        response = anna.post(change(programme), mine, follow=True)
        assert "Geheime oefening van De Linde is toegevoegd" in response.content.decode()
        programme.refresh_from_db()
        assert programme.title == "Rug, voor Piet"
        assert programme.prescriptions.count() == 7


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
