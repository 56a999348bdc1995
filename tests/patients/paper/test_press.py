"""The press: children that print, are kept, are stopped, and leave nothing behind."""

import errno
import io
import os
import re
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pypdf
import pytest
from PIL import Image, ImageChops

from patients.paper import handout, press, printing_places
from tests.environment import and_in_ci, needs

from .papers import leaflet, letterhead

pytestmark = [pytest.mark.long, pytest.mark.slow]

PAGE = "<!DOCTYPE html><html lang=nl><title>x</title><body><p>Rustig ademen</p>"
ENDLESS = "<div style='display: flex'>" * 14 + "x" + "</div>" * 14  # for WeasyPrint


@pytest.fixture(autouse=True)
def alone():
    """No child that another test left waiting, and none left for the next one."""
    press.end_children()
    yield
    press.end_children()


def waiting() -> list[int]:
    return [child.process.pid for child in press._waiting]


def test_a_child_is_kept_for_the_next_page():
    first = press.render_pdf(PAGE)
    kept = waiting()
    assert press.render_pdf(PAGE) == first
    assert waiting() == kept and len(kept) == 1


def test_a_child_of_its_own_writes_the_same_bytes():
    """Nothing of one page, and nothing of a process, is in another."""
    html = handout.render_html(leaflet(), letterhead())
    warm = [press.render_pdf(PAGE), press.render_pdf(html)][1]
    press.end_children()
    assert press.render_pdf(html) == warm


def test_two_at_once_have_a_child_each():
    pages = {}

    def work(name):
        pages[name] = press.render_pdf(PAGE.replace("Rustig", name))

    threads = [Thread(target=work, args=[name]) for name in ("Een", "Twee")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, pdf in pages.items():
        assert name in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_after_so_many_pages_a_child_goes(monkeypatch):
    monkeypatch.setattr(press, "PAGES", 1)
    press.render_pdf(PAGE)
    assert waiting() == []


def test_a_child_that_died_while_it_waited_is_replaced():
    press.render_pdf(PAGE)
    os.kill(waiting()[0], signal.SIGKILL)
    press._waiting[0].process.wait()
    assert press.render_pdf(PAGE).startswith(b"%PDF")


def test_a_child_that_goes_home_as_a_page_comes_is_replaced(monkeypatch):
    real, asked = press.Child.render, []

    def render(child, html):
        asked.append(child)
        if len(asked) == 1:
            raise press._EndedError(0)
        return real(child, html)

    monkeypatch.setattr(press.Child, "render", render)
    assert press.render_pdf(PAGE).startswith(b"%PDF")
    assert len(asked) == 2


def test_a_child_goes_when_nobody_holds_the_line():
    """As after a power cut of the process that asked: no process and no file stays behind."""
    press.render_pdf(PAGE)
    child = press._waiting[0]
    child.connection.close()
    assert child.process.wait(10) == 0
    assert not child.folder.exists()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_page_is_finished_when_all_processes_are_told_to_stop(stop):
    """Ctrl-C and systemd tell each process; the worker finishes its task first."""
    press.render_pdf(PAGE)
    os.kill(waiting()[0], stop)
    assert press.render_pdf(PAGE).startswith(b"%PDF")
    assert press._waiting[0].pages == 2


def test_a_child_of_another_process_is_left_alone():
    """After a fork both would talk to it."""
    press.render_pdf(PAGE)
    child = press._waiting[0]
    child.owner -= 1
    assert press._take_waiting() is None
    assert child.alive() and child.folder.exists()
    child.end()


def test_hostile_input_is_stopped_and_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(press, "SECONDS", 2)
    monkeypatch.setattr(press.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(press.PrintingError, match=r"too long|te lang"):
        press.render_pdf(PAGE + ENDLESS)
    assert waiting() == [] and list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert press.render_pdf(PAGE).startswith(b"%PDF")


USES = "".join(f"<g id='g{n}'>" + f"<use href='#g{n - 1}'/>" * 10 + "</g>" for n in range(1, 8))
BOMBS = {
    "a drawing of drawings": (
        f"<svg xmlns='http://www.w3.org/2000/svg'><rect id='g0' width='1' height='1'/>{USES}</svg>"
    ),
    "nested flex boxes": ENDLESS,
    "a megabyte of text": "<p>" + "oefening " * 115_000,
    "five thousand boxes in boxes": "<div>" * 5_000 + "x",
    "a table of a million cells": "<table>" + ("<tr>" + "<td>x" * 1_000) * 1_000,
    "more memory than there is": f"<p style='font-size: 1px'>{'<b>x</b>' * 600_000}",
}


@pytest.mark.parametrize("bomb", and_in_ci(*BOMBS))
def test_a_bomb_ends_in_a_sentence_or_a_pdf(bomb, monkeypatch, tmp_path):
    """Within the limits of clock and memory; no process and no file stays behind."""
    monkeypatch.setattr(press, "SECONDS", 2)
    monkeypatch.setattr(press.tempfile, "tempdir", str(tmp_path))
    before = children()
    began = time.monotonic()
    try:
        assert press.render_pdf(PAGE + BOMBS[bomb]).startswith(b"%PDF")
    except press.PrintingError as error:
        assert re.search("te lang|lukte nu niet|ruimte", str(error)), error
    assert time.monotonic() - began < 20  # ten times the limit: others are busy here
    press.end_children()
    assert list(tmp_path.iterdir()) == [] and children() == before


@pytest.mark.django_db
def test_other_pages_are_answered_meanwhile(monkeypatch, client, programme, cast):
    """Two bombs, one in each place; half a second is the aim, and this the ceiling of ten times."""
    monkeypatch.setattr(press, "SECONDS", 3)
    client.force_login(cast.piet)

    def print_it():
        with pytest.raises(press.PrintingError):
            press.render_pdf(PAGE + ENDLESS)

    bombs = [Thread(target=print_it) for _place in range(printing_places.AT_ONCE)]
    for bomb in bombs:
        bomb.start()
    took = []
    while any(bomb.is_alive() for bomb in bombs):
        began = time.monotonic()
        assert client.get("/").status_code == 200
        took.append(time.monotonic() - began)
    assert len(took) >= 5
    assert sorted(took)[int(len(took) * 0.95)] < 5


def test_the_memory_of_a_page_has_a_limit():
    """Asked of a process that runs: what the kernel refuses beyond."""
    press.render_pdf(PAGE)
    limits = Path(f"/proc/{waiting()[0]}/limits").read_text()
    assert re.search(rf"Max address space +{1024**3} ", limits), limits
    assert re.search(rf"Max file size +{32 * 1024**2} ", limits)
    assert re.search(r"Max core file size +0 ", limits)


def children() -> set[str]:
    """The processes of this one that still run."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {pid for pid in listed if "press_child" in Path(f"/proc/{pid}/cmdline").read_text()}


def test_the_processor_has_a_limit_for_each_page(monkeypatch):
    """The limit of a process counts from its start: a kept child gets room for the next page."""
    monkeypatch.setattr(press, "SECONDS", 3)
    with press._child():  # it begins with three seconds of the processor for each page
        pass
    monkeypatch.setattr(press, "SECONDS", 60)  # of waiting: the cores may be busy
    html = handout.render_html(leaflet(), letterhead())
    for _page in range(8):
        assert press.render_pdf(html).startswith(b"%PDF")
    assert press._waiting[0].pages == 8

    def wait_for_ever(child, html):  # so that only the processor's clock can stop it
        child.connection.send_bytes(html.encode())
        return child.connection.recv_bytes()

    with pytest.raises(EOFError):
        wait_for_ever(press._waiting[0], PAGE + ENDLESS)
    assert press._waiting[0].process.wait(60) == -signal.SIGXCPU


def test_nothing_is_fetched(tmp_path, caplog):
    asked = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=server.serve_forever, daemon=True).start()
    secret = tmp_path / "secret.css"
    secret.write_text("p::after { content: 'MARKER' } /* MARKER */")
    links = ""
    for address in (secret.as_uri(), f"http://127.0.0.1:{server.server_port}/x"):
        links += (
            f"<link rel=stylesheet href='{address}'><link rel=attachment href='{address}'>"
            f"<style>@import '{address}'; p {{ background: url({address}) }}</style>"
            f"<img src='{address}' alt=x><object data='{address}'></object>"
        )
    try:
        pdf = press.render_pdf(f"<html lang=nl><title>x</title><body><p>hello</p>{links}")
    finally:
        server.shutdown()
        server.server_close()
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert "hello" in reader.pages[0].extract_text()
    assert "MARKER" not in reader.pages[0].extract_text()
    assert not reader.attachments
    assert asked == []
    assert "disallowed protocol" in caplog.text


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setattr(press, "_missing_library", lambda: "pango-1.0")
    monkeypatch.setattr(press, "Child", None)
    assert press.INSTALL in press.problem()
    with pytest.raises(press.PrintingError, match=r"pango-1\.0"):
        press.render_pdf(PAGE)


def test_a_missing_font_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(press, "WEB_FONTS", tmp_path)
    monkeypatch.setattr(press, "Child", None)
    with pytest.raises(press.PrintingError, match=r"atkinson-hyperlegible-latin-400-normal"):
        press.render_pdf(PAGE)


def test_a_child_that_fails_is_a_sentence(monkeypatch, caplog):
    monkeypatch.setattr(press, "MODULE", "patients.nowhere")
    with pytest.raises(press.PrintingError, match=r"just now|nu niet"):
        press.render_pdf(PAGE)
    assert "No module named" in caplog.text
    assert waiting() == []


def full(*args, **kwargs):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("where", [(press.tempfile, "mkdtemp"), (Path, "write_text")])
def test_a_full_disk_is_a_sentence(monkeypatch, tmp_path, where):
    monkeypatch.setattr(press.tempfile, "tempdir", str(tmp_path))
    with monkeypatch.context() as patch, pytest.raises(press.PrintingError, match=r"room|ruimte"):
        patch.setattr(*where, full)
        press.render_pdf(PAGE)
    assert list(tmp_path.iterdir()) == []


# The quick way leans on WeasyPrint's inside: compared with the documented way.

BOTH_WAYS = """
import sys
from patients.paper import fast_weasyprint, press_child
def fail(*args):
    raise AttributeError("WeasyPrint asks for something else now")
html = sys.stdin.read()
if sys.argv[1]:
    name, method = sys.argv[1].split(".")
    setattr(getattr(fast_weasyprint, name), method, fail)
printer = press_child.Printer()
pages = printer.print(html), printer.plain(html)
kept = sum(form is not None for form in fast_weasyprint.Drawings.forms.values())
print(len(pages[0]), kept, pages[0] == pages[1])
for pdf in pages:
    sys.stdout.flush()
    sys.stdout.buffer.write(pdf)
"""


BROKEN = ("Form.draw", "Form.get_x_object", "Page._ua_stylesheets", "Page.__init__")


def both_ways(html: str, folder: Path, how: str) -> tuple[int, bool, bytes, bytes]:
    done = subprocess.run(
        [sys.executable, "-c", BOTH_WAYS, how],
        input=html.encode(),
        stdout=subprocess.PIPE,
        cwd=press.ROOT,
        env=press._environment(folder),
        check=True,
    )
    told, pdfs = done.stdout.split(b"\n", 1)
    size, kept, same = told.decode().split()
    return int(kept), same == "True", pdfs[: int(size)], pdfs[int(size) :]


def looks(pdf: bytes, folder: Path) -> list[Image.Image]:
    folder.mkdir()
    command = [needs("pdftoppm", "poppler-utils"), "-r", "60", "-gray", "-png", "-", folder / "p"]
    subprocess.run(command, input=pdf, check=True)
    return [Image.open(path) for path in sorted(folder.glob("*.png"))]


@pytest.fixture
def html(programme):
    version = programme.current_version()
    return handout.render_html(version.sheet, handout.letterhead(version))


def told(pdf: bytes, folder: Path) -> list:
    """All that is in a PDF beside its looks: text, tags, links, bookmarks, properties."""
    (folder / "told.pdf").write_bytes(pdf)
    commands = [["pdftotext", "-raw"], ["pdfinfo", "-struct-text"], ["pdfinfo", "-dests"]]
    texts = []
    for program, option in commands:
        command = [needs(program, "poppler-utils"), option, folder / "told.pdf"]
        command += ["-"] if program == "pdftotext" else []
        text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
        texts.append(re.sub(r"/BBox .*|\b\d+(?=-\d+-\d+[)>])", "", text))  # places, object numbers
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    links = [
        note.get_object()["/A"]["/URI"] for page in reader.pages for note in page.get("/Annots", [])
    ]
    bookmarks = [bookmark.split(",")[0] for bookmark in str(reader.outline).split("'/Title': ")]
    return [*texts, links, bookmarks[1:]]


@pytest.mark.django_db
def test_the_quick_way_is_as_the_plain_way(html, tmp_path):
    kept, same, quick, plain = both_ways(html, tmp_path, "")
    assert kept >= 20 and not same  # drawings, QR codes, boxes: compiled
    assert told(quick, tmp_path) == told(plain, tmp_path)
    pages = looks(quick, tmp_path / "a"), looks(plain, tmp_path / "b")
    for one, other in zip(*pages, strict=True):
        assert one.size == other.size
        apart = ImageChops.difference(one.convert("L"), other.convert("L"))
        different = sum(apart.histogram()[48:])
        assert different < 0.0005 * one.width * one.height


@pytest.mark.django_db
@pytest.mark.parametrize("broken", and_in_ci(*BROKEN))
def test_where_it_does_not_work_the_plain_way_is_taken(html, tmp_path, broken):
    _kept, same, quick, plain = both_ways(html, tmp_path, broken)
    assert same and quick == plain and plain.startswith(b"%PDF")


def test_a_page_that_is_not_well_formed_is_printed():
    for odd in ("<p>not closed", "&nbsp;", "\x0b"):
        assert press.render_pdf(PAGE + odd).startswith(b"%PDF"), odd
