"""A programme kept as a protocol, and looked at as its patient will see it."""

import pytest
from django.urls import reverse

from exercises.models import Protocol
from patients.prescribing import authoring
from rugpijn.audit import AccessEvent

from .posting import as_posted, change

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


class TestProtocol:
    def address(self, programme):
        return reverse("admin:patients_programme_protocol", args=[programme.pk])

    @pytest.fixture
    def noted(self, programme):
        line = programme.prescriptions.first()
        line.note, line.steps = "Piet alleen", "Woorden voor Piet"
        line.save()
        return programme

    def test_exercises_and_dosages_and_no_word_about_the_patient(self, anna, cast, noted):
        noted.prescriptions.last().delete()
        first = noted.prescriptions.first()
        response = anna.post(self.address(noted), {"title": "  Rug,  kort "}, follow=True)
        made = Protocol.objects.get(practice=cast.anna.practice)
        assert made.text("title") == "Rug, kort"
        assert made.category == "low_back"
        lines = list(made.lines.all())
        assert [(line.exercise, line.dosage) for line in lines] == [
            (line.exercise, line.dosage) for line in noted.prescriptions.all()
        ]
        assert lines[0].exercise == first.exercise
        address = reverse("admin:exercises_protocol_change", args=[made.pk])
        assert address in response.content.decode()
        page = anna.get(address).content.decode()
        assert "Piet alleen" not in page and "Woorden voor Piet" not in page
        again = authoring.draft(patient=cast.mo_patient, by=cast.anna, protocol=made)
        assert again.title == "Rug, kort"
        assert [line.note + line.steps for line in again.prescriptions.all()] == [""] * 5

    def test_the_red_flags_go_along(self, anna, cast, noted):
        anna.post(self.address(noted), {"title": "Rug, kort"})
        made = Protocol.objects.get(practice=cast.anna.practice)
        kinds = [advice.kind for advice in made.advice.all()]
        assert "red_flags" in kinds
        assert kinds == [advice.kind for advice in noted.protocols.get().advice.all()]

    @pytest.mark.parametrize("title", ["", "   ", "x" * 121, "lage  rugpijn", "Rug 🦴"])
    def test_a_name_that_will_not_do_is_refused_and_stays(self, anna, noted, title):
        before = Protocol.objects.count()
        response = anna.post(self.address(noted), {"title": title})
        assert response.status_code == 200
        assert response.context["form"].errors["title"]
        assert Protocol.objects.count() == before

    def test_nothing_to_keep(self, anna, make_programme):
        programme = make_programme(started=False)
        programme.prescriptions.all().delete()
        before = Protocol.objects.count()
        assert anna.post(self.address(programme), {"title": "Leeg"}).status_code == 302
        assert Protocol.objects.count() == before
        assert "<form method" not in anna.get(self.address(programme)).content.decode()

    def test_a_name_in_another_practice_is_free_and_not_told(self, anna, cast, noted):
        theirs = Protocol.objects.create(practice=cast.bram.practice)
        theirs.texts.create(language="nl", title="Rug van Zuid")
        response = anna.post(self.address(noted), {"title": "Rug van Zuid"})
        assert response.status_code == 302

    def test_it_is_logged_where_the_patient_is(self, anna, noted):
        anna.post(self.address(noted), {"title": "Rug, kort"})
        event = AccessEvent.objects.get(action="save as protocol")
        assert event.patient == noted.patient.uuid


class TestPreview:
    def test_only_our_own_form_may_hold_it(self, anna, cast, programme):
        preview = anna.get(reverse("admin:patients_programme_preview", args=[programme.pk]))
        form = anna.get(change(programme))
        own = anna.get(reverse("admin:patients_programme_days", args=[programme.pk]))
        policies = [page["Content-Security-Policy"] for page in (preview, form, own)]
        assert ["frame-ancestors 'self'" in policy for policy in policies] == [True, False, False]
        assert ["frame-src 'self'" in policy for policy in policies] == [False, True, False]
        assert [page["X-Frame-Options"] for page in (preview, form, own)] == [
            "SAMEORIGIN",
            "DENY",
            "DENY",
        ]

    def test_it_reads_as_the_patient_will(self, client, cast, make_programme):
        programme = make_programme(cast.roos_patient, cast.bram, started=False)
        client.force_login(cast.bram)
        page = client.get(reverse("admin:patients_programme_preview", args=[programme.pk]))
        assert "Hello Roos Mulder" in page.content.decode()
        assert "2 times a day: 2 sets of 10 repetitions" in page.content.decode()

    def as_form(self, anna, programme, **changes):
        return as_posted(anna.get(change(programme))) | changes

    def test_it_shows_what_is_typed_and_saves_nothing(self, anna, programme):
        before = list(programme.prescriptions.values())
        post = self.as_form(
            anna,
            programme,
            **{
                "title": "Rug en heup",
                "prescriptions-0-dosage": "1x per dag 4x12",
                "prescriptions-1-DELETE": "on",
            },
        )
        page = anna.post(reverse("admin:patients_programme_preview", args=[programme.pk]), post)
        text = page.content.decode()
        assert page.status_code == 200
        assert "Rug en heup" in text
        assert "1 keer per dag: 4 series van 12 herhalingen" in text
        assert "Kwispelen" not in text
        programme.refresh_from_db()
        assert list(programme.prescriptions.values()) == before
        assert programme.title == "Lage rugpijn"
        assert programme.versions.count() == 1

    def test_what_cannot_be_saved_is_a_sentence(self, anna, programme):
        post = self.as_form(anna, programme, **{"prescriptions-0-dosage": "veel"})
        page = anna.post(reverse("admin:patients_programme_preview", args=[programme.pk]), post)
        assert page["Content-Type"] == "text/plain; charset=utf-8"
        assert "In een regel staat een fout." in page.content.decode()

    def test_a_line_of_somebody_else_is_not_shown(self, anna, cast, programme, make_programme):
        theirs = make_programme(cast.roos_patient, cast.bram).prescriptions.first()
        theirs.steps = "Alleen voor Roos"
        theirs.save()
        post = self.as_form(anna, programme, **{"prescriptions-0-id": theirs.pk})
        page = anna.post(reverse("admin:patients_programme_preview", args=[programme.pk]), post)
        assert "Alleen voor Roos" not in page.content.decode()
