"""Forms for reminders, messages, and how pages look."""

from datetime import time
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from rugpijn.models import User
from rugpijn.typed.text_fields import CharField
from rugpijn.web.submit_form import SubmitForm

from ..models import Message, ReminderPlan
from ..models.reminder import EVERY_DAY

# Every half hour from 5:00 to 23:30, offered as a list so that nobody mistypes a time.
TIMES = [time(hour, minute) for hour in range(5, 24) for minute in (0, 30)]


def _read_time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


class TimeField(forms.TypedChoiceField):
    """A time of the day from `TIMES`. `nothing` is the label of the empty choice, if it has one."""

    def __init__(self, *, nothing: str = "", **kwargs):
        choices = [(f"{at:%H:%M}", f"{at:%H:%M}") for at in TIMES]
        if nothing:
            choices = [("", nothing), *choices]
        kwargs["error_messages"] = {"invalid_choice": _("Choose a time from the list.")}
        super().__init__(choices=choices, coerce=_read_time, empty_value=None, **kwargs)

    def prepare_value(self, value):
        return f"{value:%H:%M}" if isinstance(value, time) else value


class ReminderForm(SubmitForm, forms.Form):
    """At what times and on which days to exercise, and whether an e-mail comes then.

    `address` is where the e-mail goes; without it the form does not ask.
    """

    first = TimeField(label=_("First time of the day"))
    second = TimeField(
        label=_("Second time of the day"),
        nothing=_("no second time"),
        required=False,
    )
    third = TimeField(
        label=_("Third time of the day"),
        nothing=_("no third time"),
        required=False,
    )
    days = forms.MultipleChoiceField(
        label=_("On these days"),
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    # Consent (AVG 7): never ticked beforehand.
    by_mail = forms.TypedChoiceField(
        label=_("Do you want an e-mail at these times?"),
        choices=[("1", _("Yes")), ("0", _("No"))],
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )

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
            by_mail.choices = [("1", gettext("Yes, to %s") % address), ("0", gettext("No"))]
            by_mail.help_text = gettext("You get no e-mail if you have already started.")
        else:
            del self.fields["by_mail"]

    def clean_days(self):
        return "".join(day for day in EVERY_DAY if day in self.cleaned_data["days"])


class MessageForm(SubmitForm, forms.Form):
    """One short message. Its operation number makes a message that is sent twice count once."""

    operation = forms.UUIDField(widget=forms.HiddenInput)
    text = CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something first.")},
    )

    submit = ("send", _("Send"))

    def __init__(self, *args, sent="", **kwargs):
        """`sent` is this person's last message: a browser may restore it in the field after “Back”,
        and the script of the page then empties the field."""
        kwargs["initial"] = {"operation": uuid4()}
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["data-sent"] = sent

    def clean_text(self):
        """Count a line break as one character; a browser sends two."""
        text = self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > Message.LENGTH:
            raise ValidationError(
                gettext("This message has %(length)d characters. The maximum is %(most)d.")
                % {"length": len(text), "most": Message.LENGTH}
            )
        return text


class ReadingForm(SubmitForm, forms.ModelForm):
    """Text size and language of this person's pages."""

    language = forms.ChoiceField(
        label=_("Language of the pages"),
        choices=[
            (code, get_language_info(code)["name_local"].capitalize())
            for code, _name in settings.LANGUAGES
        ],
    )

    class Meta:
        model = User
        fields = ("text_size", "language")
        widgets = {"text_size": forms.RadioSelect}
