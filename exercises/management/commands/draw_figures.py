from html import escape
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from exercises.figures.data import keys, load, mirrored
from exercises.figures.kept import keep
from exercises.figures.strip import draw_strip

PAGE = """<!DOCTYPE html>
<html lang="nl"><meta charset="utf-8"><title>Figures</title>
<style>
  @page {{ size: A3; margin: 10mm }}
  body {{ font: 10pt sans-serif }}
  section {{ break-inside: avoid }}
  h2 {{ font-size: 11pt; margin: 5mm 0 1mm }}
  .strip {{ display: flex; gap: 2mm }}
  figure {{ margin: 0; width: min-content }}
  svg {{ display: block }}
  .grey svg {{ filter: grayscale(1) }}
</style>
{sections}
</html>
"""


class Command(BaseCommand):
    help = "Draws every figure: on one contact sheet to look at, or ahead, for the library."

    def add_arguments(self, parser):
        parser.add_argument("figures", nargs="*", help="keys; all figures when left out")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--sheet", type=Path, help="the .html or .svg file to make")
        what.add_argument("--ahead", action="store_true", help="write figures/rendered/ anew")
        parser.add_argument("--grey", action="store_true", help="as on a black-and-white printer")

    def handle(self, *, figures, sheet, grey, **options):
        if sheet is not None and sheet.suffix not in (".html", ".svg"):
            raise CommandError("The sheet is an .html or an .svg file.")
        unknown = set(figures) - set(keys())
        if unknown:
            raise CommandError(f"There is no figure {', '.join(sorted(unknown))}.")
        if sheet is None:
            self.draw_ahead(figures or keys())
        else:
            self.draw_sheet(figures or keys(), sheet, grey)

    def draw_ahead(self, figures):
        for key in figures:
            figure = load(key)
            sides = [figure, mirrored(figure)] if "side" in figure else [figure]
            for one in sides:
                self.stdout.write(str(keep(one).name))

    def draw_sheet(self, figures, sheet, grey):
        strips = []
        for key in figures:
            figure = load(key)
            strip = draw_strip(figure)
            strips.append((figure, strip))
            for warning in strip.warnings:
                self.stderr.write(self.style.WARNING(warning))
        text = _page(strips, grey) if sheet.suffix == ".html" else _column(strips)
        sheet.write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(strips)} figures on {sheet}")


def _page(strips, grey: bool) -> str:
    sections = []
    for figure, strip in strips:
        pictures = "".join(
            f"<figure>{drawn.svg}<figcaption>{escape(frame['caption']['nl'])}</figcaption></figure>"
            for drawn, frame in zip(strip.frames, figure["strip"], strict=True)
        )
        size = sum(len(frame.svg) for frame in strip.frames) / 1024
        title = f"{escape(figure['title']['nl'])} · {size:.1f} kB · {strip.width:.0f} mm"
        classes = "strip grey" if grey else "strip"
        sections.append(
            f'<section><h2>{title}</h2><div class="{classes}">{pictures}</div></section>'
        )
    return PAGE.format(sections="\n".join(sections))


def _column(strips) -> str:
    """All strips below each other in one SVG, in their size in mm."""
    y, parts, widest = 0.0, [], 0.0
    for _figure, strip in strips:
        parts.append(strip.svg.replace("<svg ", f'<svg y="{y:.1f}mm" ', 1))
        y += strip.height + 6
        widest = max(widest, strip.width)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{widest:.1f}mm" height="{y:.1f}mm">'
        + "".join(parts)
        + "</svg>"
    )
