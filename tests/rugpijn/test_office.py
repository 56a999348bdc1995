"""The practice itself: headers, colleagues, the logo, language, and the access log."""

import io
import re
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from rugpijn.audit import AccessEvent
from rugpijn.models import StaffInvitation, User
from rugpijn.validators import contrast_with_white, readable_on_paper
from rugpijn.web.middleware import CONTENT_SECURITY_POLICY
from rugpijn.web.visitor import client_address

from .pictures import picture

pytestmark = pytest.mark.django_db


class TestHeaders:
    @pytest.mark.parametrize(
        "address", ["/accounts/login/", "/is-er-niet/", "/healthz", "/static/rugpijn/site.css", "/"]
    )
    def test_every_answer_carries_them(self, client, address):
        response = client.get(address)
        assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in response["Permissions-Policy"]

    def test_nothing_inline_is_allowed(self):
        assert "unsafe" not in CONTENT_SECURITY_POLICY
        assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")

    def test_cookies_are_closed_to_scripts(self, client, cast):
        client.force_login(cast.piet)
        for cookie in client.get("/accounts/password/change/").cookies.values():
            assert cookie["httponly"] and cookie["samesite"] == "Lax"

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b'{"csp-report": {"blocked-uri": "inline", "violated-directive": "script-src"}}', 204),
            (b"{}", 400),
            (b"not json", 400),
            (b"[1]", 400),
            (b'{"csp-report": {"blocked-uri": "' + b"x" * 20_000 + b'"}}', 400),
        ],
    )
    def test_reports_are_read_and_never_a_crash(self, client, body, status):
        response = client.post("/csp-report/", body, content_type="application/csp-report")
        assert response.status_code == status

    def test_a_stale_page_gets_a_sentence(self, cast):
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast.piet)
        response = client.post("/accounts/logout/")
        assert response.status_code == 403
        assert "niets opgeslagen" in response.content.decode()

    def test_a_crash_shows_no_trace(self, client, cast, monkeypatch):
        client.raise_request_exception = False
        client.force_login(cast.piet)

        def crash(*args):
            raise RuntimeError("geheim")

        monkeypatch.setattr("patients.patient_day.views.today.audit.record", crash)
        response = client.get("/")
        assert response.status_code == 500
        assert "geheim" not in response.content.decode()
        assert "Traceback" not in response.content.decode()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "10.0.0.1"),
        (0, "1.2.3.4", "10.0.0.1"),  # anyone can claim that
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # only our own proxy's word counts
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.9", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, "no address", None),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_the_visitors_address(settings, proxies, forwarded, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    meta = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(SimpleNamespace(META=meta)) == address


class TestColleague:
    GOOD = {"password": "een lange rustige zin"}

    @pytest.fixture
    def address(self, practice):
        _invitation, token = StaffInvitation.invite(
            practice=practice, name="Nina", email="Nina@linde.example", is_therapist=True
        )
        return reverse("staff_invitation", args=[token])

    def test_comes_in_with_the_role_of_the_invitation(self, client, address, practice):
        for _number in range(3):
            assert client.get(address).status_code == 200
        response = client.post(address, {**self.GOOD, "is_owner": "on", "is_superuser": "on"})
        assert response["Location"] == "/admin/"
        nina = User.objects.get(email="nina@linde.example")
        assert (nina.practice, nina.role) == (practice, "therapist")
        # And is led to a second step before anything else.
        assert client.get("/admin/")["Location"] == reverse("staff_factor")
        assert client.get(reverse("staff_factor")).status_code == 200
        assert Client().get(address).status_code == 410

    def test_after_a_week_it_is_over(self, client, address):
        invitation = StaffInvitation.objects.get()
        invitation.created_at -= invitation.VALID_FOR
        invitation.save()
        assert client.post(address, self.GOOD).status_code == 410
        assert not User.objects.exists()

    def test_an_address_that_has_an_account_is_refused_in_words(self, client, address, practice):
        User.objects.create_user("nina@linde.example", "x", name="Nina", practice=practice)
        response = client.post(address, self.GOOD)
        assert response.context["form"].non_field_errors()

    def test_the_owner_invites_and_the_link_goes_by_mail_only(
        self, client, cast, django_capture_on_commit_callbacks
    ):
        client.force_login(cast.els)
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(
                reverse("admin:rugpijn_staffinvitation_add"),
                {"name": "Nina", "email": "nina@linde.example", "is_therapist": "on"},
                follow=True,
            )
        assert "/colleague/" not in response.content.decode()
        assert mail.outbox[0].to == ["nina@linde.example"]
        link = re.search(r"/colleague/[\w-]+/", mail.outbox[0].body)[0]
        assert Client().get(link).status_code == 200
        assert StaffInvitation.objects.get().practice == cast.els.practice

    @pytest.mark.parametrize("changes", [{"email": ""}, {"is_therapist": ""}], ids=str)
    def test_someone_without_address_or_role_is_refused_in_words(self, client, cast, changes):
        client.force_login(cast.root)
        data = {
            "name": "Anna",
            "email": "Anna@Linde.example",
            "language": "nl",
            "is_therapist": "on",
            "is_active": "on",
        }
        change = reverse("admin:rugpijn_user_change", args=[cast.anna.pk])
        response = client.post(change, {key: v for key, v in {**data, **changes}.items() if v})
        assert response.context["adminform"].form.errors
        assert client.post(change, data).status_code == 302
        cast.anna.refresh_from_db()
        assert cast.anna.email == "anna@linde.example"

    def test_nobody_raises_themselves(self, client, cast):
        client.force_login(cast.els)
        client.post(
            reverse("admin:rugpijn_user_change", args=[cast.els.pk]),
            {
                "name": "Els",
                "email": "els@linde.example",
                "language": "nl",
                "is_therapist": "on",
                "is_superuser": "on",
                "practice": cast.bram.practice.pk,
            },
        )
        cast.els.refresh_from_db()
        assert cast.els.role == "owner" and cast.els.name == "Els"
        assert cast.els.practice == cast.anna.practice

    def test_the_owner_takes_a_role_away(self, client, cast):
        client.force_login(cast.els)
        client.post(
            reverse("admin:rugpijn_user_change", args=[cast.anna.pk]),
            {"name": "Anna", "email": "anna@linde.example", "language": "nl", "is_therapist": "on"},
        )
        cast.anna.refresh_from_db()
        assert not cast.anna.is_active


class TestLogo:
    def upload(self, client, cast, content, name="logo.png", **more):
        client.force_login(cast.els)
        return client.post(
            reverse("admin:rugpijn_practice_change", args=[cast.els.practice.pk]),
            {
                "name": "De Linde",
                "logo": SimpleUploadedFile(name, content),
                "paper": "full",
                "diary_weeks": 3,
                "emergency_phone": "112",
                "colour": "#14485a",
                "keep_months": 24,
                "idle_minutes": 30,
                **more,
            },
        )

    @pytest.fixture(autouse=True)
    def own_folder(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_is_drawn_anew(self, client, cast, kind):
        exif = Image.Exif()
        exif[0x010E] = "Kanarie"
        content = picture(kind, exif=exif) + b"<script>Kanarie</script>"
        assert self.upload(client, cast, content, "../../kanarie.php.jpg").status_code == 302
        cast.els.practice.refresh_from_db()
        logo = cast.els.practice.logo
        kept = logo.read()
        assert b"Kanarie" not in kept and Image.open(io.BytesIO(kept)).format == "PNG"
        assert re.fullmatch(r"logos/\w{20}\.png", logo.name)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"not a picture",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            picture("GIF"),
            picture("PNG")[:40],
            b"%!PS-Adobe-3.0 EPSF-3.0\n",
        ],
    )
    def test_anything_else_is_refused_in_words(self, client, cast, content, tmp_path):
        response = self.upload(client, cast, content)
        assert response.status_code == 200
        assert response.context["adminform"].form.errors["logo"]
        assert not list(tmp_path.rglob("*.*"))

    def test_too_many_pixels_are_refused_before_they_are_read(self, client, cast):
        response = self.upload(client, cast, picture(size=(6000, 5000)))
        assert "25 megapixel" in response.content.decode()


class TestColour:
    @pytest.mark.parametrize(
        ("colour", "ratio"), [("#ffffff", 1), ("#000000", 21), ("#767676", 4.54), ("#777777", 4.48)]
    )
    def test_contrast_as_wcag_counts_it(self, colour, ratio):
        assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.01)

    @pytest.mark.parametrize("colour", ["#14485a", "#000000", "#767676", "#5A1446"])
    def test_dark_enough(self, colour):
        readable_on_paper(colour)

    @pytest.mark.parametrize(
        "colour", ["#777777", "#ffff00", "red", "#123", "#14485a;", "", "#14485g"]
    )
    def test_refused_in_words(self, colour):
        with pytest.raises(ValidationError):
            readable_on_paper(colour)

    def test_the_owner_hears_it_at_the_field(self, client, cast):
        client.force_login(cast.els)
        address = reverse("admin:rugpijn_practice_change", args=[cast.els.practice.pk])
        fields = {
            "name": "Nieuwe naam",
            "paper": "full",
            "diary_weeks": 3,
            "emergency_phone": "112",
            "colour": "#ffff00",
            "keep_months": 24,
            "idle_minutes": 30,
        }
        page = client.post(address, fields).content.decode()
        assert "Kies een donkerder kleur" in page and "Nieuwe naam" in page
        client.post(address, fields | {"colour": "#5a1446"})
        cast.els.practice.refresh_from_db()
        assert (cast.els.practice.colour, cast.els.practice.name) == ("#5a1446", "Nieuwe naam")


class TestLanguage:
    def test_is_kept_with_the_account(self, client, cast):
        client.force_login(cast.piet)
        response = client.post("/language/", {"language": "en", "next": "/"})
        assert response["Location"] == "/"
        assert '<html lang="en"' in client.get("/").content.decode()

    def test_before_logging_in_in_a_cookie(self, client):
        client.post("/language/", {"language": "en"})
        assert '<html lang="en"' in client.get("/accounts/login/").content.decode()

    @pytest.mark.parametrize(
        "target", ["//evil.example", "https://evil.example", "/\\evil.example"]
    )
    def test_stays_on_this_site(self, client, target):
        assert client.post("/language/", {"language": "nl", "next": target})["Location"] == "/"

    def test_an_unknown_one_is_dutch(self, client, cast):
        client.force_login(cast.piet)
        client.post("/language/", {"language": "xx"})
        cast.piet.refresh_from_db()
        assert cast.piet.language == "nl"


class TestAccessLog:
    def test_the_owner_reads_the_own_practice_and_that_is_logged(self, client, cast):
        for name, patient in (("anna", cast.piet_patient), ("bram", cast.roos_patient)):
            client.force_login(getattr(cast, name))
            client.get(reverse("admin:patients_patient_change", args=[patient.pk]))
        client.force_login(cast.els)
        listing = reverse("admin:rugpijn_accessevent_changelist")
        page = client.get(listing).content.decode()
        assert "Anna de Wit" in page and "Bram Visser" not in page
        assert AccessEvent.objects.filter(
            action="list", actor=cast.els.uuid, object_type="accessevent"
        ).exists()

    def test_a_list_names_whom_it_showed(self, client, cast):
        client.force_login(cast.anna)
        client.get(reverse("admin:patients_patient_changelist"))
        shown = set(AccessEvent.objects.filter(action="list").values_list("patient", flat=True))
        assert shown == {cast.piet_patient.uuid, cast.mo_patient.uuid}

    def test_holds_no_content(self, client, cast, programme):
        client.force_login(cast.anna)
        client.get(reverse("admin:patients_programme_change", args=[programme.pk]))
        text = str(list(AccessEvent.objects.values()))
        assert "Piet" not in text and "lage rugpijn" not in text.lower()
