"""The form of the pose editor: what a figure is, and its frames in their order.

A frame is a form of its own, with the prefix frames-0, frames-1 and so on. What a button does to
the frames (add, copy, remove, up, down) is done here, so that it works without a script.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn.typed.text_fields import CharField
from rugpijn.validators import printable
from rugpijn.web.numbers import number

from .sliders import (
    BUILDS,
    CAMERA_HEIGHT,
    CAMERA_TURN,
    CLOTHES,
    CONTROLS,
    GROUPS,
    HAIRS,
    HIGHLIGHTS,
    MOST,
    MOST_FRAMES,
    PLACES,
    PRESETS,
    SIDES_SHOWN,
    THINGS,
    VIEWS,
    WAYS,
    Control,
    defaults,
    new_frame,
    new_settings,
)


class SliderField(forms.IntegerField):
    """A control of the editor: a slider between two words."""

    def __init__(self, control: Control):
        self.control = control
        widget = forms.NumberInput(attrs={"min": 0, "max": MOST})
        widget.input_type = "range"
        super().__init__(
            label=capfirst(control.label), min_value=0, max_value=MOST, required=False,
            widget=widget,
        )  # fmt: skip


def choice_field(label, choices, **options):
    named = [
        (key, capfirst(value[0] if isinstance(value, tuple) else value))
        for key, value in choices.items()
    ]
    return forms.ChoiceField(label=label, choices=named, **options)


def line_field(label, required=False, **options):
    return CharField(
        label=label, required=required, max_length=120, validators=[printable],
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}), **options,
    )  # fmt: skip


def caption_field(label, required=False):
    return CharField(
        label=label, required=required, max_length=300, validators=[printable],
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class FigureForm(forms.Form):
    """What holds for all frames."""

    title_nl = line_field(
        _("Title in Dutch"), required=True, help_text=_("Patients and colleagues know it by this.")
    )
    title_en = line_field(_("Title in English"))
    view = choice_field(
        _("Seen"),
        {**VIEWS, "own": (_("as the two sliders say"), None)},
        help_text=_("One camera for all drawings."),
    )
    camera_turn = SliderField(CAMERA_TURN)
    camera_height = SliderField(CAMERA_HEIGHT)
    build = choice_field(_("Build"), BUILDS)
    hair = choice_field(_("Hair"), HAIRS)
    clothes = choice_field(_("Clothes"), CLOTHES)
    things = choice_field(_("Under and beside the body"), THINGS)
    side = choice_field(
        _("Which side does it show?"),
        SIDES_SHOWN,
        required=False,
        help_text=_("With a side, the other side is drawn too, for who has to train that one."),
    )
    title_nl.error_messages["required"] = _("Give the drawing a title in Dutch.")
    loop = forms.BooleanField(
        label=_("Also as a moving picture, through all drawings"), required=False
    )

    SLIDERS = ("camera_turn", "camera_height")

    def clean(self):
        cleaned = super().clean()
        for name in self.SLIDERS:
            if cleaned.get(name) is None:
                cleaned[name] = new_settings()[name]
        return cleaned


class FrameForm(forms.Form):
    """One drawing: a start position, what was moved, and what stands under and in it."""

    preset = choice_field(
        _("Start position"), PRESETS, help_text=_("Another start position puts the sliders back.")
    )
    was = CharField(widget=forms.HiddenInput, required=False)
    caption_nl = caption_field(_("Caption in Dutch"), required=True)
    caption_en = caption_field(_("Caption in English"))
    highlight = choice_field(_("Coloured"), HIGHLIGHTS, required=False)
    arrow_at = choice_field(_("Arrow at"), {"": _("no arrow"), **PLACES}, required=False)
    arrow_way = choice_field(
        _("Which way"), {"": _("choose a direction"), **WAYS}, required=False
    )  # fmt: skip
    ghost = forms.BooleanField(
        label=_("Show the first drawing behind it, dotted"), required=False
    )  # fmt: skip

    WORDS = ("caption_nl", "caption_en", "highlight", "arrow_at", "arrow_way", "ghost")

    def __init__(self, *args, number: int, **options):
        super().__init__(*args, **options)
        self.number = number
        for name, control in CONTROLS.items():
            self.fields[name] = SliderField(control)
        self.fields["caption_nl"].error_messages["required"] = gettext(
            "Write what the patient does in drawing %d."
        ) % number  # fmt: skip

    @property
    def start(self) -> str:
        """The start position that the sliders are shown for."""
        chosen = self["preset"].value()
        return chosen if chosen in PRESETS else next(iter(PRESETS))

    @property
    def has_signs(self) -> bool:
        names = ("arrow_at", "arrow_way", "highlight", "ghost")
        return any(self[name].value() for name in names)

    def groups(self):
        """The sliders of this start position, under the heading of their part of the body."""
        for key, label, controls in GROUPS:
            fields = [self[c.name] for c in controls if self.start in c.presets]
            if fields:
                yield {"key": key, "label": capfirst(label), "fields": fields,
                       "moved": self._moved(fields)}  # fmt: skip

    def _moved(self, fields) -> bool:
        still = defaults(self.start)
        return any(str(field.value()) != str(still[field.name]) for field in fields)

    def clean(self):
        cleaned = super().clean()
        still = defaults(self.start)
        for name in CONTROLS:
            if cleaned.get(name) is None:
                cleaned[name] = still[name]
        if cleaned.get("arrow_at") and not cleaned.get("arrow_way"):
            self.add_error("arrow_way", _("Choose which way the arrow points."))
        if cleaned.get("arrow_way") and not cleaned.get("arrow_at"):
            self.add_error("arrow_at", _("Choose where the arrow stands."))
        return cleaned


# What a drawing can do without, as long as it is not saved.
NOT_DRAWN = ("title_nl", "title_en", "caption_nl", "caption_en", "arrow_at", "arrow_way")
FRAME_FIELDS = ("preset", "was", *FrameForm.WORDS, *CONTROLS)


class PoseForm:
    """The whole form: of what was sent, or of the settings of a figure."""

    def __init__(self, data=None, settings: dict | None = None):
        self.selected, self.said = 0, ""
        self.is_bound = data is not None
        if data is None:
            settings = self.initial_settings = settings or new_settings()
            self.figure = FigureForm(initial=settings)
            self.frames = [
                FrameForm(initial=frame | {"was": frame["preset"]}, prefix=f"frames-{i}",
                          number=i + 1)
                for i, frame in enumerate(settings["frames"])
            ]  # fmt: skip
            return
        self._figure_data = {n: data[n] for n in FigureForm.base_fields if n in data}
        self._rows = [_settled(row) for row in _rows(data)]
        self._bind()

    def _bind(self):
        data = dict(self._figure_data)
        for i, row in enumerate(self._rows):
            data |= {f"frames-{i}-{name}": value for name, value in row.items()}
        self.figure = FigureForm(data)
        self.frames = [
            FrameForm(data, prefix=f"frames-{i}", number=i + 1) for i in range(len(self._rows))
        ]

    # What a button does.

    def do(self, command: str) -> None:
        """Add, copy, remove or move a frame: “up:1” moves the second one. `said` tells what."""
        name, _colon, which = command.partition(":")
        at = number(which, digits=2) or 0
        at = min(at, len(self._rows) - 1)
        acts = {"add": self._add, "copy": self._copy, "remove": self._remove,
                "up": self._up, "down": self._down, "reset": self._reset}  # fmt: skip
        self.selected = at
        if name in acts:
            acts[name](at)
        self._bind()

    def _reset(self, at: int) -> None:
        """Also asked for when another start position was chosen."""
        row = self._rows[at]
        if row.get("preset") in PRESETS:
            self._rows[at] = row | defaults(row["preset"])
        self.said = gettext("The sliders are back at the start position.")

    def _add(self, _at: int) -> None:
        preset = self._rows[-1].get("preset")
        frame = new_frame(preset if preset in PRESETS else "standing")
        row = {name: value for name, value in frame.items() if value is not False}
        self._insert(len(self._rows), row | {"was": frame["preset"]})

    def _copy(self, at: int) -> None:
        self._insert(at + 1, dict(self._rows[at]))

    def _insert(self, at: int, row: dict) -> None:
        if len(self._rows) >= MOST_FRAMES:
            self.said = gettext("A figure has at most %d drawings.") % MOST_FRAMES
            return
        self._rows.insert(at, row)
        self.selected = at
        self.said = gettext("Drawing %d was added.") % (at + 1)

    def _remove(self, at: int) -> None:
        if len(self._rows) == 1:
            self.said = gettext("A figure has at least one drawing.")
            return
        del self._rows[at]
        self.selected = min(at, len(self._rows) - 1)
        self.said = gettext("Drawing %d was removed.") % (at + 1)

    def _up(self, at: int) -> None:
        self._swap(at, at - 1)

    def _down(self, at: int) -> None:
        self._swap(at, at + 1)

    def _swap(self, at: int, to: int) -> None:
        if not 0 <= to < len(self._rows):
            self.said = gettext("Drawing %d stays where it is.") % (at + 1)
            return
        self._rows[at], self._rows[to] = self._rows[to], self._rows[at]
        self.selected = to
        self.said = gettext("Drawing %(number)d of %(count)d") % {
            "number": to + 1, "count": len(self._rows),
        }  # fmt: skip

    # What it says.

    def is_valid(self) -> bool:
        return all([self.figure.is_valid(), *[frame.is_valid() for frame in self.frames]])

    @property
    def settings(self) -> dict:
        """Of a valid form."""
        frames = [{n: f.cleaned_data[n] for n in FRAME_FIELDS if n != "was"} for f in self.frames]
        return self.figure.cleaned_data | {"frames": frames}

    def draft(self, number: int) -> tuple[dict, list[str]]:
        """Settings good enough to draw frame `number`, and what is wrong with what was sent."""
        frames, wrong = [], _problems(self.figure)
        for form in self.frames:
            mine = form.number in (1, number)
            if mine:
                wrong += _problems(form)
            cleaned = form.cleaned_data if mine else {}
            frame = new_frame(form.start) | {
                name: value for name, value in cleaned.items() if name != "was"
            }
            if not frame["arrow_at"] or not frame["arrow_way"]:
                frame |= {"arrow_at": "", "arrow_way": ""}
            frames.append(frame)
        return new_settings() | self.figure.cleaned_data | {"frames": frames, "loop": False}, wrong


def _problems(form: forms.Form) -> list[str]:
    return [
        f"{form.fields[name].label}: {' '.join(errors)}"
        for name, errors in form.errors.items()
        if name not in NOT_DRAWN
    ]


def _rows(data) -> list[dict]:
    """The frames as they were sent; a form that is not ours is refused."""
    count = data.get("frames", "")
    sent = number(count, digits=3) or 0
    if not 1 <= sent <= MOST_FRAMES:
        raise ValidationError(gettext("A figure has 1 to %d drawings.") % MOST_FRAMES)
    return [
        {name: data[f"frames-{i}-{name}"] for name in FRAME_FIELDS if f"frames-{i}-{name}" in data}
        for i in range(sent)
    ]


def _settled(row: dict) -> dict:
    """Another start position than the sliders were shown for puts them back."""
    preset = row.get("preset")
    if preset in PRESETS and row.get("was", preset) != preset:
        return row | defaults(preset) | {"was": preset}
    return row
