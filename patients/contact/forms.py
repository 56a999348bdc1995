"""What a patient chooses and writes beside the exercises: times, messages, how pages look."""

from datetime import time
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from rugpijn.models import User
from rugpijn.typed.text_fields import CharField
from rugpijn.web.one_button import OneButton

from ..models import Message, ReminderPlan
from ..models.reminder import EVERY_DAY

# Every half an hour at which somebody may want to exercise; typed by nobody, so never mistyped.
TIMES = [time(hour, minute) for hour in range(5, 24) for minute in (0, 30)]


def _read_time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


class TimeField(forms.TypedChoiceField):
    """A time of the day, from a list: a wheel on a telephone, a menu elsewhere."""

    def __init__(self, *, nothing: str = "", **kwargs):
        choices = [(f"{at:%H:%M}", f"{at:%H:%M}") for at in TIMES]
        if nothing:
            choices = [("", nothing), *choices]
        kwargs["error_messages"] = {"invalid_choice": gettext_lazy("Choose a time from the list.")}
        super().__init__(choices=choices, coerce=_read_time, empty_value=None, **kwargs)

    def prepare_value(self, value):
        return f"{value:%H:%M}" if isinstance(value, time) else value


class ReminderForm(OneButton, forms.Form):
    """When, on which days, and whether a mail comes; the last only with an address."""

    first = TimeField(label=gettext_lazy("First time of the day"))
    second = TimeField(
        label=gettext_lazy("Second time of the day"),
        nothing=gettext_lazy("no second time"),
        required=False,
    )
    third = TimeField(
        label=gettext_lazy("Third time of the day"),
        nothing=gettext_lazy("no third time"),
        required=False,
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("On these days"),
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )
    # A consent: said by the patient, and never ticked beforehand.
    by_mail = forms.TypedChoiceField(
        label=gettext_lazy("Do you want an e-mail then?"),
        choices=[("1", gettext_lazy("Yes")), ("0", gettext_lazy("No"))],
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose yes or no.")},
    )
    button = ("save", gettext_lazy("Save"))

    def __init__(self, *args, plan: ReminderPlan | None, address: str, **kwargs):
        start = plan or ReminderPlan(first=time(9))
        kwargs["initial"] = {
            "first": start.first,
            "second": start.second,
            "third": start.third,
            "days": list(start.days),
            "by_mail": None if plan is None else str(int(plan.by_mail)),
        }
        super().__init__(*args, **kwargs)
        if address:
            by_mail = self.fields["by_mail"]
            by_mail.choices = [("1", _("Yes, to %s") % address), ("0", _("No"))]
            by_mail.help_text = _("No mail comes when you have begun already.")
        else:
            del self.fields["by_mail"]

    def clean_days(self):
        return "".join(day for day in EVERY_DAY if day in self.cleaned_data["days"])


class MessageForm(OneButton, forms.Form):
    """One short note. Its number makes that a note that is sent twice counts once."""

    operation = forms.UUIDField(widget=forms.HiddenInput)
    text = CharField(
        label=gettext_lazy("Your message"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )

    button = ("send", gettext_lazy("Send"))

    def __init__(self, *args, sent="", **kwargs):
        """`sent` is what this person sent last: a browser puts it back after “Back”."""
        kwargs["initial"] = {"operation": uuid4()}
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["data-sent"] = sent

    def clean_text(self):
        """Counted as a reader counts: a browser sends each new line as two characters."""
        text = self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > Message.LENGTH:
            raise ValidationError(
                _("This is %(length)d characters. Make it at most %(most)d.")
                % {"length": len(text), "most": Message.LENGTH}
            )
        return text


class ReadingForm(OneButton, forms.ModelForm):
    """How the pages look to this person."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the pages"),
        choices=[
            (code, get_language_info(code)["name_local"].capitalize())
            for code, _name in settings.LANGUAGES
        ],
    )

    class Meta:
        model = User
        fields = ("text_size", "language")
        widgets = {"text_size": forms.RadioSelect}

    button = ("save", gettext_lazy("Save"))
