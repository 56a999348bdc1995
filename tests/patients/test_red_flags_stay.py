"""A protocol keeps the red flags of its complaint, and a programme may have none."""

import pytest
from django.urls import reverse

from exercises.library.copying import copy_for
from exercises.models import Advice, Protocol
from patients.prescribing import authoring

from .patient_day.pages import text_of
from .prescribing.posting import change

pytestmark = pytest.mark.django_db


@pytest.fixture
def knee(library_loaded):
    return Protocol.objects.get(key="knie")


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


class TestRedFlagsStay:
    @pytest.fixture
    def own(self, cast, knee):
        return copy_for(cast.anna.practice_id, knee)

    def address(self, what, advice):
        return reverse(f"admin:exercises_advice_{what}", args=[advice.pk])

    def posted(self, advice, **changes):
        text = advice.texts.get(language="nl")
        return {
            "kind": advice.kind,
            "position": advice.position,
            "source": advice.source,
            "review_note": "",
            "reviewed_by": "",
            "reviewed_on": "",
            "texts-TOTAL_FORMS": "1",
            "texts-INITIAL_FORMS": "1",
            "texts-0-id": text.pk,
            "texts-0-advice": advice.pk,
            "texts-0-language": "nl",
            "texts-0-title": text.title,
            "texts-0-body": text.body,
            **changes,
        }

    def test_the_last_ones_do_not_become_something_else(self, anna, own):
        flags = own.advice.get(kind="red_flags")
        answer = anna.post(self.address("change", flags), self.posted(flags, kind="bed"))
        assert "de enige rode vlaggen" in answer.context["adminform"].form.errors["kind"][0]
        answer = anna.post(
            self.address("change", flags), self.posted(flags, **{"texts-0-body": "Bel 112."})
        )
        assert answer.status_code == 302
        assert own.advice.get(kind="red_flags").text("body", "nl") == "Bel 112."

    def test_the_last_ones_are_not_deleted(self, anna, own):
        flags = own.advice.get(kind="red_flags")
        shown = anna.get(self.address("delete", flags))
        assert "de enige rode vlaggen" in text_of(shown)
        anna.post(self.address("delete", flags), {"post": "yes"})
        assert own.advice.filter(kind="red_flags").exists()
        own.advice.create(kind="red_flags").texts.create(language="nl", title="Meer", body="Bel.")
        anna.post(self.address("delete", flags), {"post": "yes"})
        assert own.advice.filter(kind="red_flags").count() == 1

    def test_all_of_them_at_once_are_not_deleted_either(self, anna, own):
        own.advice.create(kind="red_flags").texts.create(language="nl", title="Meer", body="Bel.")
        both = list(own.advice.filter(kind="red_flags").values_list("pk", flat=True))
        data = {"action": "delete_selected", "_selected_action": both, "post": "yes"}
        anna.post(reverse("admin:exercises_advice_changelist"), data)
        assert own.advice.filter(kind="red_flags").count() == 2

    def test_advice_of_another_kind_is_deleted_as_before(self, anna, own):
        anna.post(self.address("delete", own.advice.get(kind="movement")), {"post": "yes"})
        assert not own.advice.filter(kind="movement").exists()


class TestWithoutRedFlags:
    """A therapist is told, at the protocol and at the programme, and what to do about it."""

    @pytest.fixture
    def bare(self, cast, knee):
        own = copy_for(cast.anna.practice_id, knee)
        Advice.objects.filter(protocol=own, kind="red_flags").delete()
        return own

    def test_the_protocol_says_so(self, anna, bare, knee):
        address = "admin:exercises_protocol_change"
        shown = text_of(anna.get(reverse(address, args=[bare.pk])))
        assert "Dit protocol heeft geen rode vlaggen" in shown and "Voeg een advies toe" in shown
        assert "geen rode vlaggen" not in text_of(anna.get(reverse(address, args=[knee.pk])))

    @pytest.mark.parametrize("started", [False, True])
    def test_the_programme_says_so(self, anna, make_programme, bare, started):
        programme = make_programme(protocol=bare, started=started)
        answer = anna.get(change(programme))
        assert "heeft geen rode vlaggen: deze patiënt leest nergens" in text_of(answer)
        assert reverse("admin:exercises_protocol_change", args=[bare.pk]) in (
            answer.content.decode()
        )

    def test_a_programme_without_a_protocol_says_so(self, anna, cast):
        programme = authoring.draft(patient=cast.piet_patient, by=cast.anna)
        shown = text_of(anna.get(change(programme)))
        assert "Dit programma heeft geen rode vlaggen" in shown
        assert "Voeg hieronder een protocol" in shown

    def test_the_leaflet_says_nothing(self, anna, programme):
        assert "geen rode vlaggen" not in text_of(anna.get(change(programme)))
