"""Settings of the pose editor, and how its form sends them."""

from django.urls import reverse

from exercises.models import Figure, Rendering
from exercises.pose_editor.sliders import new_frame, new_settings

ADD = reverse("admin:exercises_figure_add")


def frame(preset="hands_and_knees", **changes):
    return new_frame(preset) | {"caption_nl": "Maak uw rug hol."} | changes


def settings(*frames, **changes):
    return new_settings() | {"title_nl": "Proef", "frames": list(frames) or [frame()]} | changes


def posted(settings):
    """What a browser sends for these settings."""
    sent = {name: value for name, value in settings.items() if name != "frames"}
    sent["frames"] = len(settings["frames"])
    for i, one in enumerate(settings["frames"]):
        sent |= {f"frames-{i}-{name}": value for name, value in one.items()}
        sent[f"frames-{i}-was"] = one["preset"]
    return {name: "on" if v is True else v for name, v in sent.items() if v is not False}


def change(figure, page="change"):
    return reverse(f"admin:exercises_figure_{page}", args=[figure.pk])


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Figure, Rendering)]


def drawn_twice():
    return settings(frame(), frame(low_back=20, ghost=True, arrow_at="low_back", arrow_way="down"))
