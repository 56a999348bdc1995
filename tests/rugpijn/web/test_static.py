"""What we ship to browser and paper: known files, licensed, and nothing from elsewhere."""

import hashlib
import re
import unicodedata
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont

from rugpijn.validators import printable_characters
from rugpijn.web.modules import with_imports
from rugpijn.web.pwa import WORKER
from rugpijn.web.static_files import StaticFilesMiddleware

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "rugpijn" / "static"
FONTS = ROOT / "rugpijn" / "fonts"
WEB_FONTS = STATIC / "rugpijn" / "fonts"
LIST = STATIC / "SHA256SUMS"  # made by: python -m tests.rugpijn.web.test_static
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
PAPER = ("paper/handout", "paper/_handout")  # printed, never sent to a browser
SCREEN = [
    path
    for path in TEMPLATES
    if path.suffix == ".html" and not any(part in str(path) for part in PAPER)
]
STATICS = (STATIC, ROOT / "exercises" / "static", ROOT / "patients" / "static")
STYLES = sorted(
    path
    for folder in STATICS
    for path in folder.rglob("*.css")
    if "vendor" not in path.relative_to(folder).parts
)
TOKENS = STATIC / "rugpijn" / "tokens.css"
NEVER_PRINTED = ("Cc", "Co", "Cs")  # control, private use, surrogate

# Vendored: what others made. Each has its licence beside it.
VENDORED = {
    STATIC / "vendor" / "bootstrap-5.3.9": "LICENSE",
    WEB_FONTS: "LICENSE",
    FONTS: "LICENSE",
    STATIC / "rugpijn": "icons.LICENSE",
}


def vendored_files() -> list[Path]:
    files = [path for path in (STATIC / "vendor").rglob("*") if path.is_file()]
    files += [*WEB_FONTS.iterdir(), STATIC / "rugpijn" / "icons.svg"]
    files += [path for path in FONTS.iterdir() if path.name != "coverage.txt"]
    return sorted(files)


def checksums() -> str:
    """In the format of `sha256sum -c`, to be run at the top of the repository."""
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT).as_posix()}\n"
        for path in vendored_files()
    )


def font_characters() -> set[int]:
    """What the fonts on paper can draw together, without control and private characters."""
    points: set[int] = set()
    for path in [*WEB_FONTS.glob("*.woff2"), *FONTS.glob("*.ttf")]:
        points.update(TTFont(path).getBestCmap())
    return {p for p in points if unicodedata.category(chr(p)) not in NEVER_PRINTED}


def ranges(points: set[int]) -> str:
    """Hexadecimal code points, one range a line: 20-7E."""
    lines: list[list[int]] = []
    for point in sorted(points):
        if lines and point == lines[-1][1] + 1:
            lines[-1][1] = point
        else:
            lines.append([point, point])
    return "".join(
        f"{first:X}-{last:X}\n" if first != last else f"{first:X}\n" for first, last in lines
    )


def test_vendored_files_are_the_ones_we_chose():
    assert LIST.read_text() == checksums()


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.name)
def test_what_others_made_has_its_licence_beside_it(folder):
    licence = (folder / VENDORED[folder]).read_text(errors="replace")
    assert re.search(r"(?i)permission is hereby granted|open font license", licence)


def test_every_vendored_folder_is_known():
    assert set((STATIC / "vendor").iterdir()) <= set(VENDORED)


def test_coverage_is_what_the_fonts_can_draw():
    assert (FONTS / "coverage.txt").read_text() == ranges(font_characters())
    assert printable_characters() == font_characters()


@pytest.mark.parametrize("text", ["é", "Ł", "ş", "Ж", "λ", "½", "→", "☐"])
def test_paper_has_these_characters(text):
    assert ord(text) in printable_characters()


@pytest.mark.parametrize("path", SCREEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_obeys_the_content_security_policy(path):
    """No inline style, script or handler, which the policy blocks; nothing from another site."""
    html = path.read_text()
    assert not re.search(r"<style\b", html)
    assert not re.search(r"""<[^>%{]*\sstyle\s*=""", html)
    assert not re.search(r"""\son[a-z]+\s*=\s*["']""", html)
    assert "javascript:" not in html
    for attributes in re.findall(r"<script\b([^>]*)>", html):
        assert "src=" in attributes or 'type="application/json"' in attributes
    assert not re.search(
        r"""<(?:script|img|link|iframe|source|video|audio|use|object|embed)\b[^>]*"""
        r"""(?:src|href|data)\s*=\s*["'](?:https?:)?//""",
        html,
    )


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_stylesheet_asks_nothing_of_others(path):
    assert not re.search(r"""(?:url\(\s*["']?|@import\s+["']?)(?:https?:)?//""", path.read_text())


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)


A_COLOUR = re.compile(r"(?:#|%23)[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(", re.I)


@pytest.mark.parametrize("path", STYLES, ids=lambda p: p.name)
def test_only_the_tokens_hold_colours(path):
    """So that a colour stands in one place, for the patients' pages and for the admin."""
    if path != TOKENS:
        assert not A_COLOUR.findall(without_comments(path))


def test_each_token_is_written_once_and_used():
    values = dict(re.findall(r"(--[\w-]+): ([^;]+);", without_comments(TOKENS)))
    colours = [value.lower() for value in values.values() if value.startswith("#")]
    assert len(colours) > 50 and len(set(colours)) == len(colours)
    used = {name for path in STYLES for name in re.findall(r"var\((--[\w-]+)", path.read_text())}
    assert set(values) - used == set()


def test_each_size_that_is_named_after_its_value_has_that_value():
    sizes = re.findall(r"--(?:text|space)-([\d-]+): (\S+)rem;", TOKENS.read_text())
    assert len(sizes) > 30
    for name, value in sizes:
        assert float(name.replace("-", ".")) == pytest.approx(100 * float(value))


# What Safari knows only after 16.0 and what breaks without it, in scripts and style of patients.
TOO_NEW = re.compile(
    r"color-mix\(|@scope|@starting-style|\bpopover\b|^\s*&|:user-(?:in)?valid|\bround\("
    r"|\.checkVisibility\(|groupBy\(|withResolvers|AbortSignal\.any|canParse\(|setHTMLUnsafe"
    r"|\.(?:union|intersection|difference)\(|\bOffscreenCanvas\b"
    r"|parse(?:Creation|Request)OptionsFromJSON|showPicker\(|\(\s*width\s*[<>]",
    re.MULTILINE,
)


def loaded_by_patients() -> set[Path]:
    """The scripts and stylesheets of each page outside the admin, and the worker."""
    names = {WORKER} | {
        name
        for page in SCREEN
        if "admin" not in page.parts
        for name in re.findall(
            r"""(?:static|module) ["']((?:rugpijn|exercises|patients)/\w+\.(?:js|css))["']""",
            page.read_text(),
        )
    }
    return {Path(finders.find(name)) for name in with_imports(names)}


def test_nothing_that_safari_16_lacks():
    """It is not run here, so this is a list of names and no proof: docs/browsers.md."""
    loaded = loaded_by_patients()
    assert len(loaded) > 20
    found = {path.name: TOO_NEW.findall(path.read_text()) for path in loaded}
    assert not {name: new for name, new in found.items() if new}


def test_the_list_of_names_is_not_served(settings, tmp_path):
    """It is for us alone, and tells which edition runs here."""
    settings.STATIC_ROOT, settings.DEBUG = tmp_path, False
    for name in ("site.css", "staticfiles.json"):
        (tmp_path / name).write_text("{}")
    served = StaticFilesMiddleware(lambda request: None, settings).files
    assert list(served) == ["/static/site.css"]


if __name__ == "__main__":
    LIST.write_text(checksums())
    (FONTS / "coverage.txt").write_text(ranges(font_characters()))
