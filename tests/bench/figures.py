"""Drawings: time to draw a frame and a loop, and bytes as they are and compressed."""

from exercises.figures.data import keys, load
from exercises.figures.motion import draw_loop, moment_skeletons
from exercises.figures.strip import draw_strip

from .measure import kilobytes, milliseconds, table


def run() -> None:
    rows = []
    for key in keys():
        figure = load(key)
        frames = len(figure["strip"])
        strip = draw_strip(figure)
        svg = "".join(frame.svg for frame in strip.frames)
        row = [key, frames, milliseconds(lambda f=figure: draw_strip(f), 3) / frames]
        row += [*kilobytes(svg), strip.width, strip.height]
        if "loop" in figure:
            row += [milliseconds(lambda f=figure: draw_loop(f), 3), len(moment_skeletons(figure))]
            row += kilobytes(draw_loop(figure))
        else:
            row += ["-"] * 4
        rows.append(row)
    head = (
        "figure",
        "frames",
        "ms a frame",
        "kB",
        "kB gzip",
        "mm wide",
        "mm high",
        "ms the loop",
        "poses",
        "kB",
        "kB gzip",
    )
    table("Drawings", head, rows)
