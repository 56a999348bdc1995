"""What an owner does: colleagues, their invitations, the logo, and how long data is kept."""

import re

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from rugpijn.models import Practice, StaffInvitation, User

from ..pictures import picture

pytestmark = pytest.mark.django_db
DESK = "/admin/"


def owner(cast) -> Client:
    client = Client()
    client.force_login(cast.els)
    return client


def change(client, person, **changes):
    data = {
        "name": person.name,
        "language": "nl",
        "is_therapist": person.is_therapist,
        "is_owner": person.is_owner,
        "is_active": person.is_active,
        **changes,
    }
    return client.post(
        reverse("admin:rugpijn_user_change", args=[person.pk]),
        {name: "on" if value is True else value for name, value in data.items() if value},
        follow=True,
    )


class TestLeaving:
    def test_ends_every_open_session_at_once(self, cast):
        at_work, at_home, colleague = Client(), Client(), Client()
        at_work.force_login(cast.anna)
        at_home.force_login(cast.anna)
        colleague.force_login(cast.bram)
        page = change(owner(cast), cast.anna, is_active=False).content.decode()
        assert "Anna de Wit is overal uitgelogd" in page
        for client in (at_work, at_home):
            assert client.get(DESK).status_code == 302
        User.objects.filter(pk=cast.anna.pk).update(is_active=True)
        assert at_work.get(DESK).status_code == 302  # the session is gone, not only refused
        assert colleague.get(DESK).status_code == 200

    def test_a_role_that_is_gone_is_gone_at_the_next_page(self, cast):
        open_page = Client()
        open_page.force_login(cast.anna)
        address = reverse("admin:patients_patient_change", args=[cast.piet_patient.pk])
        assert open_page.get(address).status_code == 200
        change(owner(cast), cast.anna, is_therapist=False, is_owner=True)
        assert open_page.get(address).status_code == 403

    def test_an_owner_reads_how_many_patients_and_not_who(self, cast, programme):
        page = change(owner(cast), cast.anna, is_active=False).content.decode()
        assert "1 patiënt heeft nu geen actieve therapeut" in page
        assert "Piet" not in page and "whose=left" not in page

    def test_a_therapist_takes_them_over_from_the_first_page(self, cast, programme):
        User.objects.filter(pk=cast.els.pk).update(is_therapist=True)
        els = owner(cast)
        assert "whose=left" in change(els, cast.anna, is_active=False).content.decode()
        assert "Piet Jansen" in els.get(DESK, {"whose": "left"}).content.decode()
        take = reverse("admin:patients_programme_take", args=[programme.pk])
        answer = els.post(take, {"whose": "left"}, follow=True)
        assert "Elke patiënt heeft een therapeut" in answer.content.decode()
        programme.refresh_from_db()
        assert programme.therapist == cast.els

    def test_who_has_a_therapist_is_not_among_them(self, client, cast, programme):
        client.force_login(cast.anna)
        assert "Piet" not in client.get(DESK, {"whose": "left"}).content.decode()

    @pytest.mark.parametrize("role", ["is_owner", "is_active"])
    def test_the_last_owner_stays(self, client, cast, role):
        client.force_login(cast.root)
        data = {"is_therapist": True, "email": cast.els.email, role: False}
        page = change(client, cast.els, **data).content.decode()
        assert "De laatste eigenaar blijft eigenaar" in page
        cast.els.refresh_from_db()
        assert cast.els.is_owner and cast.els.is_active

    def test_one_of_two_owners_may_go(self, cast):
        User.objects.filter(pk=cast.anna.pk).update(is_owner=True)
        cast.anna.refresh_from_db()
        change(owner(cast), cast.anna, is_owner=False)
        cast.anna.refresh_from_db()
        assert not cast.anna.is_owner


class TestRights:
    def test_an_owner_cannot_take_over_a_colleagues_address(self, cast):
        """Or a new password would be mailed to the owner, who is then that therapist."""
        change(owner(cast), cast.anna, email="els+anna@linde.example")
        cast.anna.refresh_from_db()
        assert cast.anna.email == "anna@linde.example"

    def test_nor_raise_the_own_rights(self, cast):
        change(owner(cast), cast.els, is_therapist=True, is_superuser=True, email="x@y.example")
        cast.els.refresh_from_db()
        assert (cast.els.role, cast.els.email) == ("owner", "els@linde.example")

    @pytest.mark.parametrize("address", ["els@linde.example", "ELS@linde.example"])
    def test_nor_by_an_invitation_of_oneself(self, cast, address):
        add = reverse("admin:rugpijn_staffinvitation_add")
        data = {"name": "Els", "email": address, "is_therapist": "on", "is_superuser": "on"}
        assert owner(cast).post(add, data).context["adminform"].form.errors["email"]
        assert not StaffInvitation.objects.exists()

    def test_an_invitation_is_for_the_own_practice(self, cast):
        add = reverse("admin:rugpijn_staffinvitation_add")
        data = {
            "name": "Nina",
            "email": "nina@linde.example",
            "is_owner": "on",
            "practice": cast.bram.practice_id,
        }
        owner(cast).post(add, data)
        assert StaffInvitation.objects.get().practice == cast.els.practice


class TestInvitation:
    @pytest.fixture
    def invited(self, practice):
        return StaffInvitation.invite(
            practice=practice, name="Nina", email="nina@linde.example", is_therapist=True
        )

    def listing(self, cast):
        return owner(cast).get(reverse("admin:rugpijn_staffinvitation_changelist")).content.decode()

    def test_a_new_link_closes_the_old_one(
        self, client, cast, invited, django_capture_on_commit_callbacks
    ):
        invitation, token = invited
        invitation.created_at -= invitation.VALID_FOR
        invitation.tries = invitation.MOST_TRIES
        invitation.save()
        assert "verlopen" in self.listing(cast)
        renew = reverse("admin:rugpijn_staffinvitation_renew", args=[invitation.pk])
        with django_capture_on_commit_callbacks(execute=True):
            page = owner(cast).post(renew, follow=True).content.decode()
        link = re.search(r"/colleague/[\w-]+/", mail.outbox[0].body)[0]
        assert "open tot" in page
        assert client.get(link).status_code == 200
        assert client.get(reverse("staff_invitation", args=[token])).status_code == 410

    def test_an_accepted_one_stays_accepted(self, client, cast, invited):
        invitation, token = invited
        address = reverse("staff_invitation", args=[token])
        client.post(address, {"password": "een lange rustige zin"})
        renew = reverse("admin:rugpijn_staffinvitation_renew", args=[invitation.pk])
        assert "al aangenomen" in owner(cast).post(renew, follow=True).content.decode()
        delete = reverse("admin:rugpijn_staffinvitation_delete", args=[invitation.pk])
        assert owner(cast).post(delete, {"post": "yes"}).status_code == 403

    def test_withdrawn_it_opens_nothing(self, client, cast, invited):
        invitation, token = invited
        delete = reverse("admin:rugpijn_staffinvitation_delete", args=[invitation.pk])
        page = owner(cast).post(delete, {"post": "yes"}, follow=True).content.decode()
        assert "De uitnodiging is ingetrokken" in page
        assert client.get(reverse("staff_invitation", args=[token])).status_code == 410


class TestPractice:
    FIELDS = {
        "name": "De Linde",
        "paper": "full",
        "diary_weeks": 3,
        "emergency_phone": "112",
        "colour": "#14485a",
        "is_record": "False",
        "keep_months": 24,
        "idle_minutes": 30,
    }

    @pytest.fixture(autouse=True)
    def own_folder(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path

    def save(self, cast, **changes):
        address = reverse("admin:rugpijn_practice_change", args=[cast.els.practice_id])
        answer = owner(cast).post(address, {**self.FIELDS, **changes}, follow=True)
        cast.els.practice.refresh_from_db()
        return answer.content.decode()

    def test_a_logo_is_shown_replaced_and_removed(
        self, cast, tmp_path, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            page = self.save(cast, logo=SimpleUploadedFile("logo.png", picture()))
        assert 'src="data:image/png;base64,' in page and "Logo van De Linde" in page
        with django_capture_on_commit_callbacks(execute=True):
            self.save(cast, logo=SimpleUploadedFile("logo.png", picture("JPEG")))
        assert len(list(tmp_path.rglob("*.png"))) == 1  # the old one is gone from the disk
        both = self.save(cast, remove_logo="on", logo=SimpleUploadedFile("logo.png", picture()))
        assert "Kies één van beide" in both
        with django_capture_on_commit_callbacks(execute=True):
            page = self.save(cast, remove_logo="on")
        assert "Nog geen logo" in page
        assert not cast.els.practice.logo and not list(tmp_path.rglob("*.png"))

    def test_a_heading_is_shown_in_the_colour(self, cast):
        assert 'fill="#5a1446"' in self.save(cast, colour="#5a1446")

    def test_how_long_is_said_and_what_the_next_run_removes(self, cast):
        page = self.save(cast, keep_months=36)
        assert "36 maanden na de laatste activiteit" in page
        assert "Wie een lopend programma heeft" in page
        assert cast.els.practice.kept_for == 36
        assert "240 maanden" in self.save(cast, is_record="True")
        assert cast.els.practice.kept_for == 240

    @pytest.mark.parametrize("months", ["5", "121", "0", "-1", "veel", ""])
    def test_what_is_out_of_reason_is_refused_in_words(self, cast, months):
        assert "errorlist" in self.save(cast, keep_months=months)
        assert cast.els.practice.keep_months == 24

    def test_nor_does_the_database_take_it(self, practice):
        with pytest.raises(IntegrityError), transaction.atomic():
            Practice.objects.filter(pk=practice.pk).update(keep_months=1)


def test_the_access_log_is_in_words(client, cast):
    client.force_login(cast.anna)
    client.get(reverse("admin:patients_patient_change", args=[cast.piet_patient.pk]))
    log = reverse("admin:rugpijn_accessevent_changelist")
    page = owner(cast).get(log, {"act": "read"}).content.decode()
    assert "gelezen" in page and "therapeut" in page and "patiënt" in page


class TestFindingOnesWay:
    def test_from_the_colleagues_to_a_new_one(self, cast):
        page = owner(cast).get(reverse("admin:rugpijn_user_changelist")).content.decode()
        add = reverse("admin:rugpijn_staffinvitation_add")
        assert f'<a href="{add}" class="addlink">Nodig een collega uit</a>' in page

    def test_a_page_has_the_name_of_what_it_is_about(self, cast):
        els = owner(cast)
        page = els.get(reverse("admin:rugpijn_user_change", args=[cast.anna.pk])).content.decode()
        assert "<h1>Anna de Wit</h1>" in page
        page = els.get(reverse("admin:rugpijn_user_changelist")).content.decode()
        assert "<h1>Gebruikers</h1>" in page
