"""Takes the pictures of the README from a running demo, in a real browser."""

import io
import shutil
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from rugpijn.login import totp

from .demo import PASSWORD

PATIENT, THERAPIST = "patient@demo.example", "therapist@demo.example"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60  # seconds for the demo to start


class Command(BaseCommand):
    help = "Write docs/images/{patient,desk,programme,handout}.png from a running demo."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--url", required=True, help="where the demo runs")
        parser.add_argument("--to", type=Path, default=settings.BASE_DIR / "docs" / "images")

    def handle(self, *, url, to, **options):
        try:
            from playwright.sync_api import sync_playwright
        except ImportError as error:
            raise CommandError("Playwright is missing. Type `make screenshots`.") from error
        browser = next(filter(None, map(shutil.which, BROWSERS)), None)
        if browser is None or shutil.which("pdftoppm") is None:
            raise CommandError("Type `apt install chromium poppler-utils` first.")
        wait_for(url)
        to.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            telephone = chromium.new_context(
                viewport={"width": 390, "height": 1100}, device_scale_factor=2, locale="nl-NL"
            )
            page = log_in(telephone, url, PATIENT)
            save(page.screenshot(), to / "patient.png")
            self.handout(page, to / "handout.png")
            desk = chromium.new_context(viewport={"width": 1280, "height": 1000}, locale="nl-NL")
            page = log_in(desk, url, THERAPIST)
            save(page.screenshot(), to / "desk.png")
            page.goto(f"{url}/admin/patients/programme/")
            row = page.locator("#result_list tr", has_text="Piet Jansen")
            page.goto(url + row.locator("th a").get_attribute("href"))
            refuse_error(page)
            page.locator("details.preview summary").click()
            page.frame_locator("details.preview iframe").locator("main").wait_for()
            save(page.screenshot(), to / "programme.png")
            chromium.close()
        self.stdout.write(f"patient.png, handout.png, desk.png and programme.png are in {to}")

    def handout(self, page, file):
        link = page.locator("a[href*='handout.pdf']").first.get_attribute("href")
        answer = page.request.get(page.evaluate("link => new URL(link, location).href", link))
        if answer.headers["content-type"] != "application/pdf":
            raise CommandError(f"The handout is no PDF: {answer.text()[:200]}")
        with tempfile.TemporaryDirectory() as folder:
            paper = Path(folder) / "handout.pdf"
            paper.write_bytes(answer.body())
            command = ["pdftoppm", "-png", "-r", "100", "-f", "1", "-singlefile", paper, paper]
            subprocess.run(command, check=True)  # noqa: S603  our own words
            save(paper.with_suffix(".pdf.png").read_bytes(), file)


def wait_for(url):
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        with suppress(OSError), urllib.request.urlopen(f"{url}/healthz"):  # noqa: S310  the developer's own
            return
        time.sleep(0.3)
    raise CommandError(f"Nothing answers at {url}. Start the demo first: make run")


def log_in(context, url, email):
    page = context.new_page()
    page.goto(f"{url}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/login/" not in address)
    if "/second-step/" in page.url:
        page.fill("[name=code]", totp.demo_code())
        page.press("[name=code]", "Enter")
        page.wait_for_url(lambda address: "/second-step/" not in address)
    refuse_error(page)
    return page


def refuse_error(page):
    page.wait_for_load_state("networkidle")
    status = page.request.get(page.url).status
    if status != 200:
        raise CommandError(f"{page.url} answers {status}")


def save(picture, file):
    """Save with a palette, in a third of the bytes. The octree method keeps rare colours, such as
    that of an arrow."""
    colours = Image.open(io.BytesIO(picture)).convert("RGB")
    colours.quantize(256, Image.Quantize.FASTOCTREE).save(file, optimize=True)
