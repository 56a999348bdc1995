"""In a real browser: a table with mistakes is sent, mended, looked over and imported."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from exercises.exchange import importing
from exercises.models import Exercise, LibraryImport

from ..environment import and_in_ci
from ..exercises.exchange.packages import table
from .pages import calm_and_accessible, log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work():
    """What the worker would do now."""
    for upload in LibraryImport.objects.all():
        importing.check_import.call(str(upload.uuid))
        importing.write_import.call(str(upload.uuid))


@pytest.mark.parametrize(("width", "scheme"), and_in_ci((1280, "light"), (768, "dark")))
def test_import_with_errors(page, site, complaints, own_exercise, width, scheme):
    """By keyboard and without loading a page anew."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    log_in(page, site, "anna@linde.example")
    page.goto(site + reverse("admin:exercises_exercise_changelist"))
    page.get_by_role("link", name="Exporteren").click()
    expect(page.locator(".exchange-choice").first).to_be_visible()
    calm_and_accessible(page, complaints)
    page.goto(site + reverse("admin:exercises_import"))
    calm_and_accessible(page, complaints)

    def choose(*rows):
        content = table(["key", "title_nl", "dosage"], *rows)
        file = {"name": "oefeningen.csv", "mimeType": "text/csv", "buffer": content}
        page.get_by_label("Bestand").set_input_files(file)
        page.get_by_role("button", name="Bekijk wat er zou wijzigen").press("Enter")
        expect(page.get_by_role("progressbar")).to_be_visible()
        calm_and_accessible(page, complaints)
        work()

    key = str(own_exercise.uuid)
    choose([key, "Andere titel", "2x10"], ["", "Bruggetje", "veel"])
    expect(page.locator(".finding")).to_contain_text("Rij 3")
    expect(page.locator(".finding .errorlist")).to_contain_text("dosage: “veel” past hier niet")
    expect(page.get_by_role("button", name="Importeren", exact=True)).to_have_count(0)
    calm_and_accessible(page, complaints)
    page.get_by_role("link", name="gewijzigd").press("Enter")
    expect(page.locator(".finding del").first).to_contain_text("was: ")
    expect(page.locator(".finding ins").first).to_contain_text("nu: ")
    calm_and_accessible(page, complaints)

    page.get_by_role("link", name="Kies een ander bestand").press("Enter")
    choose([key, "Andere titel", "2x10"], ["", "Bruggetje", "3x8"])
    page.get_by_role("button", name="Importeren", exact=True).press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    work()
    expect(page.get_by_text("Geïmporteerd: 1 nieuw, 1 gewijzigd.")).to_be_visible()
    page.get_by_role("link", name="Bruggetje").press("Enter")
    expect(page.locator("#id_dosage")).to_have_value("3x8x")
    assert {str(row) for row in Exercise.objects.exclude(practice=None)} == {
        "Andere titel",
        "Bruggetje",
    }
    assert complaints == []
