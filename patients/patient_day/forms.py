"""The forms in which patients answer: about an exercise, a symptom, and their recovery."""

import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Field, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn.typed.text_fields import CharField
from rugpijn.web.submit_form import SubmitForm

from .. import clinical
from ..models import RecoveryCheck, SessionLog

SCORES = [("", ""), *((str(n), str(n)) for n in range(clinical.PAIN_LEAST, clinical.PAIN_MOST + 1))]


class Fold(Div):
    """Questions that few people need, in a part of the form that opens at its title."""

    template = "patients/fields/fold.html"

    def __init__(self, title, *fields, **kwargs):
        super().__init__(*fields, **kwargs)
        self.title = title


class SessionForm(forms.Form):
    """One act about one moment of an exercise: whether it was done, and how it went.

    The same fields come from a page without scripts, from the page with the counter, and from a
    phone that was offline.
    """

    operation = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    line = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)
    moment = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    done = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")],
        coerce=lambda text: text == "1",
        widget=forms.HiddenInput,
    )
    pain = CharField(required=False, label=_("How much pain did you have during this exercise?"))
    effort = forms.ChoiceField(
        required=False,
        label=_("How hard was it?"),
        choices=[("", ""), *SessionLog.Effort.choices],
    )
    symptoms = forms.MultipleChoiceField(
        required=False,
        label=_("What went wrong?"),
        choices=[(name, symptom.words) for name, symptom in clinical.SYMPTOMS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    sets = forms.IntegerField(required=False, min_value=0, max_value=99, label=_("Sets"))
    reps = forms.IntegerField(required=False, min_value=0, max_value=999, label=_("Repetitions"))
    hold = forms.IntegerField(
        required=False, min_value=0, max_value=3600, label=_("Hold in seconds")
    )
    duration = forms.IntegerField(
        required=False, min_value=0, max_value=14400, label=_("Duration in seconds")
    )
    sequence = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args, sheet=None, **kwargs):
        """Shows the symptoms that `sheet` asks about. Each one of the catalogue is accepted, as a
        page of an older version may send others."""
        super().__init__(*args, **kwargs)
        if sheet is not None:
            self.fields["symptoms"].widget.choices = [
                (one.key, format_html('<span lang="{}">{}</span>', sheet.language, one.words))
                for one in sheet.symptoms
            ]

    @classmethod
    def about(cls, version, card, moment, day) -> "SessionForm":
        """The form about a moment of a card, filled in with its answers, or else its dosage."""
        dosage = card.line.dosage
        given = {
            "sets": dosage.sets,
            "reps": dosage.reps_max or dosage.reps,
            "hold": dosage.hold,
            "duration": dosage.duration,
        }
        return cls(
            auto_id=f"id_{card.number}_%s",
            sheet=version.sheet,
            initial={
                **{name: moment.amounts.get(name, amount) for name, amount in given.items()},
                "operation": moment.operation,
                "version": version.number,
                "line": card.line.uuid,
                "day": day,
                "moment": moment.number,
                "done": "1",
                "pain": "" if moment.pain is None else str(moment.pain),
                "effort": moment.effort,
            },
        )

    @cached_property
    def helper(self) -> FormHelper:
        """The layout. It is made when it is asked for: an act that a phone sends is not drawn."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True  # the form around it has the token
        amounts = [name for name in SessionLog.AMOUNTS if self.initial.get(name) is not None]
        helper.layout = Layout(
            *("operation", "version", "line", "day", "moment", "done"),
            Field("pain", template="patients/fields/pain.html"),
            Field("effort", template="patients/fields/effort.html"),
            Fold(gettext("Something went wrong"), Field("symptoms")),
            *([Fold(gettext("I did more or less"), Row(*map(Column, amounts)))] if amounts else []),
        )
        return helper

    def clean_pain(self):
        """A whole number from 0 to 10; None for an empty field, which means "not answered".

        Only the digits 0 to 9 are accepted: Python also reads “３” and “1e0” as numbers.
        """
        text = self.cleaned_data["pain"]
        if text == "":
            return None
        if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > clinical.PAIN_MOST:
            raise ValidationError(gettext("Pain is a whole number from 0 to 10."))
        return int(text)

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(gettext("This day is still to come."))
        return day

    @property
    def amounts(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in SessionLog.AMOUNTS}


class SymptomForm(forms.Form):
    """A report of what went wrong, or that such a report was a mistake.

    Without an exercise only symptoms that need a doctor can be reported. Other symptoms stop one
    exercise, so they need to say which.
    """

    operation = forms.UUIDField()
    version = forms.IntegerField(min_value=1)
    line = forms.UUIDField(required=False)
    day = forms.DateField(input_formats=["%Y-%m-%d"])
    moment = forms.IntegerField(min_value=1)
    symptoms = forms.MultipleChoiceField(
        required=False, choices=[(name, name) for name in clinical.SYMPTOMS]
    )
    retracts = forms.UUIDField(required=False)
    clean_day = SessionForm.clean_day
    sequence = forms.IntegerField(required=False, min_value=1)

    def clean(self):
        """Either symptoms or the number of a report that was a mistake. A page from before reports
        had a number sends neither."""
        data = super().clean()
        symptoms = data.get("symptoms") or []
        is_mistake = bool(data.get("retracts"))
        has_no_line = "line" in data and data["line"] is None and not is_mistake
        if bool(symptoms) == is_mistake or (
            has_no_line and {clinical.urgency([name]) for name in symptoms} != {"doctor"}
        ):
            raise ValidationError(gettext("This page was out of date. Please try again."))
        return data


class RecoveryForm(SubmitForm, forms.Form):
    """The questions after three and six weeks: about recovery, pain and the main activities."""

    submit = ("save", _("Send my answer"))

    answer = forms.ChoiceField(
        label=_("Are everyday activities easier than at the start?"),
        choices=RecoveryCheck.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the answer that fits best.")},
    )
    pain = forms.TypedChoiceField(
        required=False,
        empty_value=None,
        coerce=int,
        label=_("How much pain did you have in the last 24 hours?"),
        choices=SCORES,
    )

    def __init__(self, *args, activities=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.activities = list(activities)
        for activity in self.activities:
            self.fields[self._name(activity)] = forms.TypedChoiceField(
                required=False,
                empty_value=None,
                coerce=int,
                label=gettext("How hard is this for you now: %s?") % activity.name,
                choices=SCORES,
            )
        self.helper.layout = Layout(
            Field("answer"),
            Field("pain", template="patients/fields/pain.html"),
            *(
                Field(self._name(activity), template="patients/fields/activity.html")
                for activity in self.activities
            ),
        )

    def scores(self) -> dict:
        """The scores that were answered, by main activity."""
        scores = {each: self.cleaned_data[self._name(each)] for each in self.activities}
        return {activity: score for activity, score in scores.items() if score is not None}

    @staticmethod
    def _name(activity) -> str:
        return f"activity_{activity.pk}"
