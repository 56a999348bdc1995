"""Online numbers belong to the practice that has a page for them: nobody else's patients are sent
there, by link, QR code, number or name."""

import pytest
from django.urls import reverse

from patients.paper import handout
from patients.prescribing import authoring
from rugpijn.models import Practice
from tests.conftest import LEAFLET_PAGE

from .patient_day.pages import text_of

pytestmark = pytest.mark.django_db
SITE = "koolehouten"
TITLES = ("hol bol maken", "kwispelen", "lage rug rotatie 1", "McKenzie: strekken", "superman")


def everything_of(client, user, programme) -> str:
    """Page, session, paper, page behind the QR code and the copy of all data."""
    version = programme.current_version()
    client.force_login(user)
    token = programme.share_link.token
    pages = [
        reverse("patients:programme_detail", args=[programme.uuid]),
        reverse("patients:programme_session", args=[programme.uuid]),
        reverse("patients:share_page", args=[token, version.number]),
    ]
    shown = [client.get(address).content.decode() for address in pages]
    for nameless in (False, True):
        head = handout.letterhead(version, nameless=nameless)
        shown.append(handout.render_html(version.sheet, head))
    return "\n".join([*shown, str(version.content)])


@pytest.mark.parametrize("language", ["nl", "en"])
def test_another_practice_shows_neither_site_nor_numbers(client, cast, make_programme, language):
    cast.roos_patient.language = cast.roos.language = language
    cast.roos_patient.save()
    cast.roos.save()
    programme = make_programme(cast.roos_patient, cast.bram)
    shown = everything_of(client, cast.roos, programme)
    assert SITE not in shown
    for said in ("LWK", "online nummer", "online number", "nummer 17", "number 17", *TITLES[2:4]):
        assert said not in shown
    for line in programme.current_version().sheet.lines:
        assert (line.video, line.online_number, line.online_title) == ("", None, "")


def test_the_practice_whose_page_it_is_shows_link_code_and_numbers(client, cast, programme):
    shown = everything_of(client, cast.piet, programme)
    assert f'href="{LEAFLET_PAGE}"' in shown
    assert "nummer 17" in shown and all(title in shown for title in TITLES)
    lines = programme.current_version().sheet.lines
    assert [line.online_number for line in lines] == [6, 5, None, 2, 7, 17]
    assert lines[2].video == ""  # the leaflet gives this one no number


def test_without_the_page_the_numbers_go_too(client, cast, programme, practice):
    practice.online_page = ""
    practice.save()
    programme.refresh_from_db()
    version = authoring.issue(programme=programme, by=cast.anna)
    assert version is not None
    assert {line.online_number for line in version.sheet.lines} == {None}


def test_an_exercise_with_a_video_of_its_own_keeps_its_number(cast, make_programme):
    programme = make_programme(cast.roos_patient, cast.bram)
    exercise = programme.prescriptions.first().exercise
    exercise.video = "https://video.example/6"
    exercise.save()
    line = authoring.issue(programme=programme, by=cast.bram).sheet.lines[0]
    assert (line.video, line.online_number) == ("https://video.example/6", 6)


class TestSetting:
    @pytest.fixture
    def els(self, client, cast):
        client.force_login(cast.els)
        return client

    def post(self, els, practice, address):
        url = reverse("admin:rugpijn_practice_change", args=[practice.pk])
        form = els.get(url).context["adminform"].form
        data = {
            name: "" if (value := form[name].value()) is None else value
            for name in form.fields
            if name not in ("logo", "remove_logo")
        }
        data = {name: value for name, value in data.items() if value is not False}
        return els.post(url, {**data, "online_page": address})

    @pytest.mark.parametrize("address", ["", "https://www.example.nl/rug/?a=1#oefening"])
    def test_an_owner_sets_it(self, els, practice, address):
        assert self.post(els, practice, address).status_code == 302
        assert Practice.objects.get(pk=practice.pk).online_page == address

    @pytest.mark.parametrize(
        "address",
        [
            "http://www.example.nl/",
            "www.example.nl",
            "javascript:alert(1)",
            "https://",
            "https:// a",
        ],
    )
    def test_what_is_no_secure_address_is_refused_at_its_field(self, els, practice, address):
        answer = self.post(els, practice, address)
        (sentence,) = answer.context["adminform"].form.errors["online_page"]
        assert "https://" in sentence
        assert address in answer.content.decode()
        assert Practice.objects.get(pk=practice.pk).online_page == LEAFLET_PAGE

    def test_it_says_what_it_is_for(self, els, practice):
        shown = text_of(els.get(reverse("admin:rugpijn_practice_change", args=[practice.pk])))
        assert "met een link en een QR-code" in shown
