"""What patients answer about an exercise and about how it goes."""

import re

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Field, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from rugpijn.typed.text_fields import CharField
from rugpijn.web.submit_form import SubmitForm

from .. import clinical
from ..models import RecoveryCheck, SessionLog

SCORES = [("", ""), *((str(n), str(n)) for n in range(clinical.PAIN_LEAST, clinical.PAIN_MOST + 1))]


class Fold(Div):
    """Questions that most people have no answer to: behind a word that says what they are."""

    template = "patients/fields/fold.html"

    def __init__(self, title, *fields, **kwargs):
        super().__init__(*fields, **kwargs)
        self.title = title


class SessionForm(forms.Form):
    """One act about one exercise: this moment, done or not, and how it went.

    The same fields come from a page without script, from the page that counts along, and from a
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
        """Shows the symptoms that this sheet asks about. Every one of the catalogue is taken: a
        page that was open since an older version may send another."""
        super().__init__(*args, **kwargs)
        if sheet is not None:
            self.fields["symptoms"].widget.choices = [
                (one.key, format_html('<span lang="{}">{}</span>', sheet.language, one.words))
                for one in sheet.symptoms
            ]

    @cached_property
    def helper(self) -> FormHelper:
        """How it is drawn; a phone that sends fifty acts draws none."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True  # the page's own form has it
        amounts = [name for name in SessionLog.AMOUNTS if self.initial.get(name) is not None]
        helper.layout = Layout(
            *("operation", "version", "line", "day", "moment", "done"),
            Field("pain", template="patients/fields/pain.html"),
            Field("effort", template="patients/fields/effort.html"),
            Fold(_("Something went wrong"), Field("symptoms")),
            *([Fold(_("I did more or less"), Row(*map(Column, amounts)))] if amounts else []),
        )
        return helper

    def clean_pain(self):
        """A whole number from 0 to 10; empty is "not answered", which is an answer too.

        Digits only: “３”, “1e0” and “true” are numbers to Python and not to people.
        """
        text = self.cleaned_data["pain"]
        if text == "":
            return None
        if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) > clinical.PAIN_MOST:
            raise ValidationError(_("Pain is a whole number from 0 to 10."))
        return int(text)

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        return day

    @property
    def amounts(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in SessionLog.AMOUNTS}


class SymptomForm(forms.Form):
    """What went wrong, or that a report of it was a mistake.

    Without an exercise only what needs a doctor is reported: the rest stops one exercise.
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
        """One of both. Nothing at all came from a page of before reports had a number."""
        said = super().clean()
        symptoms = said.get("symptoms") or []
        stops_what = "line" in said and said["line"] is None and not said.get("retracts")
        if bool(symptoms) == bool(said.get("retracts")) or (
            stops_what and {clinical.urgency([name]) for name in symptoms} != {"doctor"}
        ):
            raise ValidationError(_("This page was out of date. Please try again."))
        return said


class RecoveryForm(SubmitForm, forms.Form):
    """How it goes, three and six weeks on: one question, pain, and what somebody wants to do."""

    submit = ("save", _("Send my answer"))

    answer = forms.ChoiceField(
        label=_("Are your daily things going better than at the start?"),
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
                label=_("How hard is this for you now: %s?") % activity.name,
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
        """By main activity, what was answered."""
        answered = {each: self.cleaned_data[self._name(each)] for each in self.activities}
        return {activity: score for activity, score in answered.items() if score is not None}

    @staticmethod
    def _name(activity) -> str:
        return f"activity_{activity.pk}"
