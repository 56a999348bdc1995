"""What was written for one patient is read by whoever holds the paper only when the therapist
ticked it, on the page and on its PDF."""

import copy
import io

import pypdf
import pytest
from django.urls import reverse

from exercises.models import ExerciseText
from patients.paper import handout
from patients.paper.variants import VARIANTS
from patients.prescribing import authoring

from .paper.papers import squeezed
from .patient_day.pages import text_of
from .prescribing.posting import as_posted, change

pytestmark = [pytest.mark.long, pytest.mark.django_db]
TITLE, NOTE, STEPS = "Kanarietitel", "Kanarieopmerking", "Kanariestap van Piet"
HINT = "Misschien staan op uw papier andere stappen"


@pytest.fixture
def written(cast, programme):
    """Issues a version with everything that can be written for one patient."""

    def write(on_share_page=False):
        programme.title = TITLE
        programme.save()
        line = programme.prescriptions.first()
        line.note, line.steps, line.on_share_page = NOTE, STEPS, on_share_page
        line.save()
        return authoring.issue(programme=programme, by=cast.anna)

    return write


def shown(client, version, name="share_page"):
    token = version.programme.share_link.token
    return client.get(reverse(f"patients:{name}", args=[token, version.number]))


def on_paper(response) -> str:
    assert response.status_code == 200
    pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
    return squeezed("".join(page.extract_text() for page in pages))


def test_nothing_of_it_is_there_unless_it_was_ticked(client, written):
    version = written()
    page, paper = shown(client, version), on_paper(shown(client, version, "share_handout"))
    for canary in (TITLE, NOTE, STEPS):
        assert canary not in page.content.decode()
        assert squeezed(canary) not in paper
    library = version.sheet.lines[0].library_steps
    assert library and all(step in text_of(page) for step in library)
    assert all(squeezed(step) in paper for step in library)
    assert text_of(page).count(HINT) == 1


@pytest.mark.parametrize("name", ["large", "compact", "exercises", "a5"])
def test_nor_in_another_variant(written, name):
    version = written()
    html = handout.render_html(
        version.nameless_sheet, handout.letterhead(version, nameless=True), VARIANTS[name]
    )
    assert not [canary for canary in (TITLE, NOTE, STEPS) if canary in html]


def test_note_and_steps_are_there_when_it_was_ticked(client, written):
    version = written(on_share_page=True)
    page, paper = shown(client, version), on_paper(shown(client, version, "share_handout"))
    for canary in (NOTE, STEPS):
        assert canary in text_of(page) and squeezed(canary) in paper
    assert TITLE not in page.content.decode() and squeezed(TITLE) not in paper
    assert HINT not in text_of(page)


def test_what_was_ticked_holds_for_that_version(client, written, programme, cast):
    """Taken back in the next version, and the other way round."""
    first = written(on_share_page=True)
    line = programme.prescriptions.first()
    line.on_share_page = False
    line.save()
    second = authoring.issue(programme=programme, by=cast.anna)
    assert second is not None and second.number == first.number + 1
    assert NOTE in text_of(shown(client, first))
    assert NOTE not in shown(client, second).content.decode()


def test_an_older_paper_does_not_tell_what_the_newer_version_says(client, written, programme):
    """“What changed since your paper” is made of the same words as the page."""
    version = written()
    old = programme.versions.get(number=1)
    page = shown(client, old).content.decode()
    assert version.number == 2
    assert not [canary for canary in (TITLE, NOTE, STEPS) if canary in page]


def test_the_librarys_steps_are_those_of_then(client, written):
    version = written()
    ExerciseText.objects.filter(language="nl").update(steps="Later veranderd.")
    assert "Later veranderd." not in shown(client, version).content.decode()


def test_a_version_that_did_not_record_them_shows_those_of_today(client, written):
    version = written()
    content = copy.deepcopy(version.content)
    content["schema"] = 3
    del content["symptoms"]
    for block in content["advice"]:
        del block["protocol"]
    for line in content["lines"]:
        del line["library_steps"], line["on_share_page"]
    type(version).objects.filter(pk=version.pk).update(content=content)
    version.handouts.all().delete()
    ExerciseText.objects.filter(language="nl").update(steps="Van vandaag.")
    page = shown(client, version)
    assert "Van vandaag." in text_of(page)
    assert squeezed("Van vandaag.") in on_paper(shown(client, version, "share_handout"))
    assert not [canary for canary in (TITLE, NOTE, STEPS) if canary in page.content.decode()]


class TestTick:
    @pytest.fixture
    def anna(self, client, cast):
        client.force_login(cast.anna)
        return client

    def test_it_stands_beside_the_field_and_is_kept(self, anna, programme):
        page = anna.get(change(programme))
        assert text_of(page).count("Mag ook achter de QR-code te lezen zijn") == 7
        data = {**as_posted(page), "prescriptions-0-on_share_page": "1"}
        assert anna.post(change(programme), data).status_code == 302
        assert [line.on_share_page for line in programme.prescriptions.all()] == [True] + [
            False
        ] * 5
        assert programme.current_version().sheet.lines[0].on_share_page
        again = anna.get(change(programme))
        assert again.content.decode().count("checked") == 1
        data = {**as_posted(again)}
        del data["prescriptions-0-on_share_page"]  # a browser leaves out what is not ticked
        anna.post(change(programme), data)
        assert not programme.prescriptions.filter(on_share_page=True).exists()

    @pytest.mark.parametrize("mine", [False, True])
    def test_a_colleagues_save_meanwhile_loses_no_tick(self, anna, cast, programme, mine):
        data = as_posted(anna.get(change(programme)))
        if mine:
            data["prescriptions-1-on_share_page"] = "1"
        line = programme.prescriptions.first()
        line.on_share_page = True
        line.save()
        authoring.touch(programme=programme, by=cast.anna)
        page = anna.post(change(programme), data, follow=True)
        assert page.redirect_chain and "QR-code: " in page.content.decode()
        ticked = [line.on_share_page for line in programme.prescriptions.all()]
        assert ticked == [True, mine, False, False, False, False]
