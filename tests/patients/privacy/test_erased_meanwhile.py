"""A handout that is being printed while its programme is erased."""

import pytest
from django.urls import reverse

from patients.models import Patient, StoredHandout
from patients.paper import batches, handout, variants

pytestmark = pytest.mark.django_db


@pytest.fixture
def erased_meanwhile(programme, monkeypatch):
    """Printing takes seconds; in them, the patient goes."""

    def render(html):
        Patient.objects.filter(pk=programme.patient_id).delete()
        return b"%PDF-1.7 "

    monkeypatch.setattr(handout, "render_pdf", render)
    return programme


@pytest.mark.parametrize("who", ["piet", "anna", "anybody"])
def test_there_is_nothing_to_hand_out(client, cast, erased_meanwhile, who):
    programme, address = erased_meanwhile, "patients:version_handout"
    arguments = [programme.uuid, 1]
    if who == "anybody":
        address, arguments = "patients:share_handout", [programme.share_link.token, 1]
    else:
        client.force_login(getattr(cast, who))
    assert client.get(reverse(address, args=arguments)).status_code == 404
    assert not StoredHandout.objects.exists()


def test_a_batch_goes_on_without_it(cast, make_programme, programme, erased_meanwhile):
    other = make_programme(cast.mo_patient)
    batch = batches.begin(programmes=[programme, other], by=cast.anna, variant=variants.FULL)
    batches.run(batch)
    assert [item.made_at is not None for item in batch.handouts.all()] == [True]
    assert batches.as_zip(batch)
