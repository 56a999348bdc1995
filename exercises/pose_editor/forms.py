"""The form of the pose editor: the figure and its frames in order.

Each frame is a form with the prefix frames-0, frames-1 and so on. The buttons that add, copy,
remove and move frames are handled here, so that they work without a script.
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
        label = capfirst(control.label)
        super().__init__(label=label, min_value=0, max_value=MOST, required=False, widget=widget)


def choice_field(label, choices, **options):
    """A choice field. The values of `choices` are labels, or tuples that begin with one."""
    labels = [
        (key, capfirst(value[0] if isinstance(value, tuple) else value))
        for key, value in choices.items()
    ]
    return forms.ChoiceField(label=label, choices=labels, **options)


def line_field(label, required=False, **options):
    options |= {"max_length": 120, "validators": [printable]}
    widget = forms.TextInput(attrs={"class": "vLargeTextField"})
    return CharField(label=label, required=required, widget=widget, **options)


def caption_field(label, required=False):
    options = {"max_length": 300, "validators": [printable]}
    widget = forms.Textarea(attrs={"rows": 2})
    return CharField(label=label, required=required, widget=widget, **options)


class FigureForm(forms.Form):
    """The fields that hold for all frames."""

    title_nl = line_field(
        _("Title in Dutch"), required=True, help_text=_("Patients and colleagues see this title.")
    )
    title_en = line_field(_("Title in English"))
    view = choice_field(
        _("Seen"),
        {**VIEWS, "own": (_("as set with the two sliders"), None)},
        help_text=_("The same for all drawings."),
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
        help_text=_(
            "If you choose a side, the other side is drawn too, for patients who exercise "
            "that side."
        ),
    )
    title_nl.error_messages["required"] = _("Give the drawing a title in Dutch.")
    loop = forms.BooleanField(label=_("Also as a moving picture of all drawings"), required=False)

    SLIDERS = ("camera_turn", "camera_height")

    def clean(self):
        cleaned = super().clean()
        for name in self.SLIDERS:
            if cleaned.get(name) is None:
                cleaned[name] = new_settings()[name]
        return cleaned


class FrameForm(forms.Form):
    """One frame: a start position, the sliders, the captions and the signs."""

    preset = choice_field(
        _("Start position"),
        PRESETS,
        help_text=_("Choosing another start position resets the sliders."),
    )
    was = CharField(widget=forms.HiddenInput, required=False)
    caption_nl = caption_field(_("Caption in Dutch"), required=True)
    caption_en = caption_field(_("Caption in English"))
    highlight = choice_field(_("Coloured"), HIGHLIGHTS, required=False)
    arrow_at = choice_field(_("Arrow at"), {"": _("no arrow"), **PLACES}, required=False)
    arrow_way = choice_field(_("Which way"), {"": _("choose a direction"), **WAYS}, required=False)
    ghost = forms.BooleanField(label=_("Show the first drawing behind it, dotted"), required=False)

    WORDS = ("caption_nl", "caption_en", "highlight", "arrow_at", "arrow_way", "ghost")

    def __init__(self, *args, number: int, **options):
        super().__init__(*args, **options)
        self.number = number
        for name, control in CONTROLS.items():
            self.fields[name] = SliderField(control)
        required = gettext("Write what the patient does in drawing %d.") % number
        self.fields["caption_nl"].error_messages["required"] = required

    @property
    def start(self) -> str:
        """The start position for which the sliders are shown."""
        preset = self["preset"].value()
        return preset if preset in PRESETS else next(iter(PRESETS))

    @property
    def has_signs(self) -> bool:
        names = ("arrow_at", "arrow_way", "highlight", "ghost")
        return any(self[name].value() for name in names)

    def groups(self):
        """The sliders of this start position by part of the body, for the template."""
        start = defaults(self.start)
        for key, label, controls in GROUPS:
            fields = [self[c.name] for c in controls if self.start in c.presets]
            moved = any(str(field.value()) != str(start[field.name]) for field in fields)
            if fields:
                yield {"key": key, "label": capfirst(label), "fields": fields, "moved": moved}

    def clean(self):
        cleaned = super().clean()
        start = defaults(self.start)
        for name in CONTROLS:
            if cleaned.get(name) is None:
                cleaned[name] = start[name]
        if cleaned.get("arrow_at") and not cleaned.get("arrow_way"):
            self.add_error("arrow_way", gettext("Choose which way the arrow points."))
        if cleaned.get("arrow_way") and not cleaned.get("arrow_at"):
            self.add_error("arrow_at", gettext("Choose where the arrow goes."))
        return cleaned


# The fields whose errors do not prevent a preview.
NOT_DRAWN = ("title_nl", "title_en", "caption_nl", "caption_en", "arrow_at", "arrow_way")
FRAME_FIELDS = ("preset", "was", *FrameForm.WORDS, *CONTROLS)


class PoseForm:
    """The whole form, bound to request data, or filled with the settings of a figure."""

    def __init__(self, data=None, settings: dict | None = None):
        self.selected, self.announcement = 0, ""
        self.is_bound = data is not None
        if data is None:
            settings = self.initial_settings = settings or new_settings()
            self.figure = FigureForm(initial=settings)
            self.frames = [
                FrameForm(
                    initial=frame | {"was": frame["preset"]}, prefix=f"frames-{i}", number=i + 1
                )
                for i, frame in enumerate(settings["frames"])
            ]
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

    # The buttons.

    def do(self, command: str) -> None:
        """Add, copy, remove, move or reset a frame: "up:1" moves the second one up.

        `announcement` then has the sentence that tells the user what happened.
        """
        name, _colon, index = command.partition(":")
        at = min(number(index, digits=2) or 0, len(self._rows) - 1)
        self.selected = at
        if name == "add":
            self._add()
        elif name == "copy":
            self._insert(at + 1, dict(self._rows[at]))
        elif name == "remove":
            self._remove(at)
        elif name == "up":
            self._swap(at, at - 1)
        elif name == "down":
            self._swap(at, at + 1)
        elif name == "reset":
            self._reset(at)
        self._bind()

    def _reset(self, at: int) -> None:
        """The page also does this when another start position is chosen."""
        row = self._rows[at]
        if row.get("preset") in PRESETS:
            self._rows[at] = row | defaults(row["preset"])
        self.announcement = gettext("The sliders were set back to the start position.")

    def _add(self) -> None:
        preset = self._rows[-1].get("preset")
        frame = new_frame(preset if preset in PRESETS else "standing")
        row = {name: value for name, value in frame.items() if value is not False}
        self._insert(len(self._rows), row | {"was": frame["preset"]})

    def _insert(self, at: int, row: dict) -> None:
        if len(self._rows) >= MOST_FRAMES:
            self.announcement = gettext("A figure has at most %d drawings.") % MOST_FRAMES
            return
        self._rows.insert(at, row)
        self.selected = at
        self.announcement = gettext("Drawing %d was added.") % (at + 1)

    def _remove(self, at: int) -> None:
        if len(self._rows) == 1:
            self.announcement = gettext("A figure has at least one drawing.")
            return
        del self._rows[at]
        self.selected = min(at, len(self._rows) - 1)
        self.announcement = gettext("Drawing %d was removed.") % (at + 1)

    def _swap(self, at: int, to: int) -> None:
        if not 0 <= to < len(self._rows):
            self.announcement = gettext("Drawing %d cannot be moved any further.") % (at + 1)
            return
        self._rows[at], self._rows[to] = self._rows[to], self._rows[at]
        self.selected = to
        position = {"number": to + 1, "count": len(self._rows)}
        self.announcement = gettext("Drawing %(number)d of %(count)d") % position

    # The contents.

    def is_valid(self) -> bool:
        return all([self.figure.is_valid(), *[frame.is_valid() for frame in self.frames]])

    @property
    def settings(self) -> dict:
        """The settings of the figure. Only for a valid form."""
        frames = [{n: f.cleaned_data[n] for n in FRAME_FIELDS if n != "was"} for f in self.frames]
        return self.figure.cleaned_data | {"frames": frames}

    def draft(self, number: int) -> tuple[dict, list[str]]:
        """Settings with which frame `number` can be drawn, and the errors that prevent it."""
        frames, wrong = [], _problems(self.figure)
        for form in self.frames:
            is_drawn = form.number in (1, number)  # the first frame may be drawn as the ghost
            if is_drawn:
                wrong += _problems(form)
            cleaned = form.cleaned_data if is_drawn else {}
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
    """The data of each frame. Raises ValidationError when the number of frames is not allowed."""
    count = number(data.get("frames", ""), digits=3) or 0
    if not 1 <= count <= MOST_FRAMES:
        raise ValidationError(gettext("A figure has 1 to %d drawings.") % MOST_FRAMES)
    return [
        {name: data[f"frames-{i}-{name}"] for name in FRAME_FIELDS if f"frames-{i}-{name}" in data}
        for i in range(count)
    ]


def _settled(row: dict) -> dict:
    """The row with the sliders reset, if another start position was chosen."""
    preset = row.get("preset")
    if preset in PRESETS and row.get("was", preset) != preset:
        return row | defaults(preset) | {"was": preset}
    return row
