"""Printing for several patients: each once, one failure named, stopped and gone on with."""

import io
import zipfile
from datetime import timedelta

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from patients.models import Batch, Programme
from patients.paper import batches, handout, variants
from patients.paper.press import PrintingError
from rugpijn.audit import AccessEvent

pytestmark = pytest.mark.django_db

VARIANT = variants.VARIANTS["compact"]


def paper(name: str, pages: int = 1) -> bytes:
    """A PDF that says whose it is."""
    writer = pypdf.PdfWriter()
    for number in range(pages):
        writer.add_blank_page(100, 100 + number)
    writer.add_metadata({"/Title": name})
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.fixture
def printed(monkeypatch):
    """Whose handouts were rendered, in order."""
    names = []

    def render(html):
        name = next(n for n in ("Piet Jansen", "Mo el Idrissi", "Roos Mulder") if n in html)
        names.append(name)
        return paper(name, pages=3 if name == "Piet Jansen" else 2)

    monkeypatch.setattr(handout, "render_pdf", render)
    return names


@pytest.fixture
def two(cast, make_programme):
    return [make_programme(), make_programme(patient=cast.mo_patient)]


@pytest.fixture
def batch(cast, two, printed):
    return batches.begin(programmes=two, by=cast.anna, variant=VARIANT)


def progress(batch):
    batch.refresh_from_db()
    return batches.progress(batch, list(batch.handouts.all()))


def test_each_once_in_the_order_of_names(batch, printed):
    batches.run(batch)
    assert printed == ["Mo el Idrissi", "Piet Jansen"]
    batches.run(batch)  # the queue may deliver a task twice
    assert printed == ["Mo el Idrissi", "Piet Jansen"]
    assert progress(batch) == batches.BatchProgress(2, 2, 0, stopped=False, stalled=False)


def test_what_has_no_version_is_left_out(cast, make_programme, printed):
    draft = make_programme(started=False)
    assert batches.begin(programmes=[draft], by=cast.anna, variant=VARIANT) is None
    assert not Batch.objects.exists()


def test_one_failure_is_named_and_the_rest_is_done(batch, monkeypatch, printed):
    real = handout.render_pdf

    def fail_once(html):
        if "Mo el Idrissi" in html:
            raise PrintingError("Te lang.")
        return real(html)

    with monkeypatch.context() as patch:
        patch.setattr(handout, "render_pdf", fail_once)
        batches.run(batch)
    assert progress(batch) == batches.BatchProgress(2, 1, 1, stopped=False, stalled=False)
    assert [bool(item.problem) for item in batch.handouts.all()] == [True, False]
    batches.go_on(batch)
    batches.run(batch)
    assert progress(batch).made == 2 and printed.count("Piet Jansen") == 1


def test_stopped_means_no_other_is_made(batch, printed):
    batches.stop(batch)
    batches.run(batch)
    assert printed == [] and progress(batch).stopped and progress(batch).over
    batches.go_on(batch)
    batches.run(batch)
    assert len(printed) == 2


def test_after_two_minutes_of_nothing_it_is_called_stalled(batch):
    assert not progress(batch).stalled
    Batch.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    assert progress(batch).stalled
    batches.run(batch)
    assert not progress(batch).stalled


def test_in_one_file_each_begins_on_a_new_sheet(batch):
    batches.run(batch)
    heights = [
        float(p.mediabox.height) for p in pypdf.PdfReader(io.BytesIO(batches.as_pdf(batch))).pages
    ]
    assert heights == [100, 101, 100, 101, 102, 102]  # Mo's two; Piet's three, and an empty one


def test_in_a_zip_each_has_a_number_and_no_name(batch):
    batches.run(batch)
    with zipfile.ZipFile(io.BytesIO(batches.as_zip(batch))) as files:
        names = files.namelist()
        titles = [pypdf.PdfReader(io.BytesIO(files.read(n))).metadata.title for n in names]
    assert titles == ["Mo el Idrissi", "Piet Jansen"]
    assert names[0].startswith("001-") and "Mo" not in "".join(names)


# The page.


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


def begin(client, programmes):
    return client.post(
        reverse("admin:patients_programme_changelist"),
        {"action": "print_handouts", "_selected_action": [p.pk for p in programmes]},
    )


def test_from_the_list_to_the_paper(anna, cast, two, printed, django_capture_on_commit_callbacks):
    response = begin(anna, two)
    batch = Batch.objects.get()
    assert response.url == reverse("admin:patients_batch", args=[batch.uuid])
    page = anna.get(response.url).content.decode()
    assert "0 van de 2 folders zijn klaar" in page and "Piet Jansen" in page
    assert "<noscript>" in page
    batches.run(batch)
    page = anna.get(response.url).content.decode()
    assert "2 van de 2 folders zijn klaar" in page and "<noscript>" not in page
    for kind, begins in (("pdf", b"%PDF"), ("zip", b"PK")):
        answer = anna.get(reverse("admin:patients_batch_file", args=[batch.uuid, kind]))
        assert answer.content.startswith(begins)
        assert "Piet" not in answer["Content-Disposition"]
    told = AccessEvent.objects.filter(action="print", object_type="batch")
    assert {event.patient for event in told} == {cast.piet_patient.uuid, cast.mo_patient.uuid}


def test_the_worker_makes_it(anna, two, printed, settings, django_capture_on_commit_callbacks):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        begin(anna, two)
    assert sorted(printed) == ["Mo el Idrissi", "Piet Jansen"]


def test_stop_and_go_on_are_buttons(anna, batch):
    page, act = (reverse(f"admin:patients_{n}", args=[batch.uuid]) for n in ("batch", "batch_act"))
    assert 'name="stop"' in anna.get(page).content.decode()
    anna.post(act, {"stop": ""})
    assert 'name="go_on"' in anna.get(page).content.decode()
    anna.post(act, {"go_on": ""})
    assert Batch.objects.get().stopped_at is None


def test_nothing_to_print_is_said(anna, cast, make_programme, printed):
    draft = make_programme(started=False)
    page = anna.get(begin(anna, [draft]).url or "").content.decode()
    assert "niets af te drukken" in page


def test_nothing_made_is_no_file(anna, batch):
    assert (
        anna.get(reverse("admin:patients_batch_file", args=[batch.uuid, "pdf"])).status_code == 404
    )
    assert (
        anna.get(reverse("admin:patients_batch_file", args=[batch.uuid, "exe"])).status_code == 404
    )


def test_somebody_elses_patients_are_not_printed(client, cast, two, printed):
    client.force_login(cast.bram)
    begin(client, two)
    assert not Batch.objects.exists()


def test_the_list_asks_the_database_as_often_for_two_as_for_one(
    anna, cast, two, batch, django_assert_num_queries, django_assert_max_num_queries
):
    one = batches.begin(programmes=two[:1], by=cast.anna, variant=VARIANT)
    anna.get(reverse("admin:patients_batch", args=[one.uuid]))
    with django_assert_max_num_queries(12) as first:
        anna.get(reverse("admin:patients_batch", args=[one.uuid]))
    with django_assert_num_queries(len(first.captured_queries)):
        anna.get(reverse("admin:patients_batch", args=[batch.uuid]))
    assert Programme.objects.count() == 2
