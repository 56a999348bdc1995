"""The link on paper, and the handout that a patient opens."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from exercises.dosage import Dosage
from patients.models.share_link import share_token
from patients.paper import handout
from patients.paper.press import PrintingError
from patients.prescribing import authoring, lifecycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def piet(client, cast, programme):
    client.force_login(cast.piet)
    return client


class TestShare:
    def page(self, programme, number=1):
        token = programme.share_link.token
        return Client().get(reverse("patients:share_page", args=[token, number]))

    def test_shows_the_exercises_and_no_name(self, programme, practice):
        line = programme.prescriptions.first()
        line.note = "Kanarie"
        line.save()
        response = self.page(programme)
        page = response.content.decode()
        for shown in programme.current_version().sheet.lines:
            assert shown.title in page and shown.sentence in page and shown.steps[0] in page
        for hidden in ("Piet", "Anna", "Lage rugpijn", "Kanarie"):
            assert hidden not in page
        assert practice.phone in page
        assert response["X-Robots-Tag"].startswith("noindex")
        assert "no-store" in response["Cache-Control"]

    def test_says_when_the_paper_is_outdated(self, programme, cast):
        assert "/2/" not in self.page(programme).content.decode()
        line = programme.prescriptions.first()
        line.dosage = Dosage.parse("3x8")
        line.save()
        authoring.issue(programme=programme, by=cast.anna)
        page = self.page(programme).content.decode()
        assert f"/s/{programme.share_link.token}/2/" in page
        assert "2 keer per dag: 2 series van 10 herhalingen" in page  # what that paper says

    def test_in_the_language_of_the_paper(self, make_programme, cast):
        programme = make_programme(cast.roos_patient, cast.bram)
        page = self.page(programme).content.decode()
        assert '<html lang="en"' in page and "2 times a day" in page

    def test_revoked_and_expired_say_whom_to_call_and_forged_tells_nothing(
        self, programme, practice
    ):
        old = reverse("patients:share_page", args=[programme.share_link.token, 1])
        authoring.revoke_share(programme.share_link)
        programme.share_link.refresh_from_db()
        revoked = Client().get(old)
        forged = Client().get(old.replace("/s/", "/s/A"))
        other = reverse("patients:share_page", args=["x" * 43, 1])
        expired_link = programme.share_link
        new = reverse("patients:share_page", args=[expired_link.token, 1])
        assert Client().get(new).status_code == 200
        expired_link.valid_from -= expired_link.VALID_AT_MOST * 2
        expired_link.save()
        expired = Client().get(new)
        answers = [revoked, expired, forged, Client().get(other)]
        assert {answer.status_code for answer in answers} == {404}
        *ours, forged, unknown = [strip_tokens(answer.content.decode()) for answer in answers]
        assert ours[0] == ours[1] and practice.name in ours[0] and "tel:0123456789" in ours[0]
        assert "Piet" not in ours[0] and "Lage rugpijn" not in ours[0]
        assert forged == unknown and practice.name not in forged

    def test_a_counter_that_was_never_printed_is_forged(self, programme, practice):
        token = share_token(programme.share_link.uuid, programme.share_link.counter + 1)
        page = Client().get(reverse("patients:share_page", args=[token, 1]))
        assert page.status_code == 404 and practice.name not in page.content.decode()

    def test_outdated_paper_leads_to_the_newest_in_one_touch(self, programme, cast):
        line = programme.prescriptions.first()
        line.dosage = Dosage.parse("3x8")
        line.save()
        authoring.issue(programme=programme, by=cast.anna)
        newest = reverse("patients:share_handout", args=[programme.share_link.token, 2])
        assert f'class="btn btn-primary" href="{newest}"' in self.page(programme).content.decode()

    def test_says_that_nothing_is_to_be_done_in_a_pause(self, programme, cast):
        assert "programma staat" not in strip_tags(self.page(programme).content.decode())
        lifecycle.pause(programme=programme, by=cast.anna, from_on=timezone.localdate())
        page = self.page(programme).content.decode()
        assert "Uw programma staat stil" in page and "U hoeft nu niet te oefenen." in page

    def test_no_other_version_and_no_draft(self, programme):
        token = programme.share_link.token
        assert Client().get(reverse("patients:share_page", args=[token, 2])).status_code == 404

    def test_one_changed_character_opens_nothing(self, programme):
        token = programme.share_link.token
        for place in (0, 10, 25, 41):
            changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
            assert (
                Client().get(reverse("patients:share_page", args=[changed, 1])).status_code == 404
            )

    def test_its_paper_has_no_name(self, programme, monkeypatch):
        printed = []
        monkeypatch.setattr(handout, "render_pdf", lambda html: printed.append(html) or b"%PDF-")
        token = programme.share_link.token
        response = Client().get(reverse("patients:share_handout", args=[token, 1]))
        assert response.status_code == 200
        assert "Superman" in printed[0] and "Piet" not in printed[0] and "Anna" not in printed[0]


def strip_tokens(page: str) -> str:
    """A page without what is different in every answer."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return re.sub(r"/s/[\w-]+/\d+/", "/s/", page)


class TestPaper:
    def test_printed_once_then_the_same_bytes(self, piet, programme, monkeypatch):
        made = []
        monkeypatch.setattr(
            handout, "render_pdf", lambda html: made.append(html) or f"%PDF- {len(made)}".encode()
        )
        programme.current_version().handouts.all().delete()
        address = reverse("patients:programme_handout", args=[programme.uuid])
        first, second = piet.get(address), piet.get(address)
        assert first.content == second.content == b"%PDF- 1"
        assert "Piet Jansen" in made[0]
        assert "Jansen" not in first["Content-Disposition"]
        assert first["Content-Disposition"].startswith("inline")

    def test_after_revoking_the_link_the_code_on_paper_is_new(self, piet, programme, monkeypatch):
        monkeypatch.setattr(handout, "render_pdf", lambda html: b"%PDF-" + html.encode())
        address = reverse("patients:programme_handout", args=[programme.uuid])
        old = programme.share_link.token
        piet.get(address)
        authoring.revoke_share(programme.share_link)
        page = piet.get(address).content.decode()
        assert old not in page and programme.share_link.token in page

    def test_when_it_fails_it_says_so_and_the_page_works(self, piet, programme, monkeypatch):
        def fail(html):
            raise PrintingError("Afdrukken lukt nu niet.")

        programme.current_version().handouts.all().delete()
        monkeypatch.setattr(handout, "render_pdf", fail)
        response = piet.get(reverse("patients:programme_handout", args=[programme.uuid]))
        assert (response.status_code, response["Retry-After"]) == (503, "300")
        assert "Afdrukken lukt nu niet." in response.content.decode()
        assert piet.get("/").status_code == 200
