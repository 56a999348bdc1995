"""The pose editor: time from a moved slider to its picture, on the server."""

from exercises.pose_editor.preview import preview
from exercises.pose_editor.sliders import PRESETS, new_frame, new_settings

from .measure import milliseconds, table


def run() -> None:
    rows = []
    for preset in PRESETS:
        settings = new_settings() | {"frames": [new_frame(preset)]}
        rows.append([preset, milliseconds(lambda s=settings: preview(s, 1), 9)])
    table("Preview in the pose editor", ("start position", "ms"), rows)
