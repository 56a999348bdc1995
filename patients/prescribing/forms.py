"""What therapists type in the admin: a patient, a programme and its lines."""

from dataclasses import replace

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exercises.forms import DosageField, PeriodField
from exercises.models import FALLBACK, Exercise, Protocol, ProtocolText, suggested
from rugpijn import audit
from rugpijn.forms import say_what_is_dialled
from rugpijn.typed.text import fold, squeezed
from rugpijn.typed.text_fields import CharField, CleanTextMeta, StepsField
from rugpijn.validators import printable

from ..birth_dates import BirthDateField
from ..models import Patient, Prescription, Programme, RiskProfile, Version
from . import authoring, sides


def protocol_choice(user) -> forms.ModelChoiceField:
    """Protocols that this therapist may use, shared ones and the practice's own."""
    return forms.ModelChoiceField(
        Protocol.objects.visible_to(user).with_texts(),
        required=False,
        label=_("Protocol"),
        empty_label=_("no protocol: choose exercises yourself"),
    )


class PatientForm(forms.ModelForm):
    """Three fields are enough: name, date of birth, protocol."""

    birth_date = BirthDateField()
    somebody_else = forms.BooleanField(
        required=False,
        label=_("This is somebody else with the same name and date of birth"),
        widget=forms.HiddenInput,
    )

    class Meta(CleanTextMeta):
        model = Patient
        fields = ("name", "birth_date", "email", "phone", "language")

    request = None  # set by the admin

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        say_what_is_dialled(self, "phone")
        if self.instance.pk is None:
            self.fields["protocol"] = protocol_choice(self.request.user)
            self.fields["name"].widget.attrs["autofocus"] = True

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean(self):
        """Two records of one person split what was done; so the second is asked about."""
        cleaned = super().clean()
        name, birth_date = cleaned.get("name"), cleaned.get("birth_date")
        if not name or not birth_date or cleaned.get("somebody_else"):
            return cleaned
        born_that_day = Patient.objects.treated_by(self.request.user).filter(birth_date=birth_date)
        others = born_that_day.exclude(pk=self.instance.pk)
        twin = next((one for one in others if squeezed(one.name) == squeezed(name)), None)
        if twin is not None:
            audit.record(self.request, "list", twin)
            self.fields["somebody_else"].widget = forms.CheckboxInput()
            self.add_error(
                "somebody_else",
                format_html(
                    gettext(
                        "{name} with this date of birth is already here: "
                        "<a href='{address}'>open that record</a>, "
                        "or tick that it is somebody else."
                    ),
                    name=twin.name,
                    address=reverse("admin:patients_patient_change", args=[twin.pk]),
                ),
            )
        return cleaned


class NewProgrammeForm(forms.Form):
    """One more programme for a patient who is already known."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["protocol"] = protocol_choice(user)


class ProtocolNameForm(forms.Form):
    """What a programme is called when it becomes a protocol of the practice."""

    title = CharField(
        label=_("Name of the protocol"),
        max_length=120,
        validators=[printable],
        widget=forms.TextInput(attrs={"class": "vTextField", "autofocus": True}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_title(self):
        """Two of one name cannot be told apart in the list of a new patient."""
        title = " ".join(self.cleaned_data["title"].split())
        ours = Protocol.objects.visible_to(self.user)
        taken = ProtocolText.objects.filter(protocol__in=ours, language=FALLBACK)
        if fold(title) in map(fold, taken.values_list("title", flat=True)):
            raise ValidationError(gettext("There is already a protocol with this name."))
        return title


class ProgrammeForm(forms.ModelForm):
    """The programme itself. Its lines are a formset below it."""

    KEEP, TAKE = "keep", "take"

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = CharField(label=_("Title"), max_length=120, show_hidden_initial=True)
    red_flags_checked = forms.BooleanField(
        required=False,
        label=_("I have checked for red flags and found none"),
    )
    profile = forms.ChoiceField(
        required=False,
        label=_("Risk of persistent complaints"),
        choices=[("", _("judge it later")), *RiskProfile.Profile.choices],
        show_hidden_initial=True,
    )
    reason = CharField(
        required=False,
        max_length=Version._meta.get_field("reason").max_length,
        label=_("Why is it changed? For colleagues; the patient does not read it."),
        validators=[printable],
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "autocomplete": "off"}),
    )
    library = forms.ChoiceField(
        required=False,
        label=_("The library's text was corrected since the last version"),
        choices=[
            (TAKE, _("use the corrected text")),
            (KEEP, _("keep the text as it was given")),
        ],
        widget=forms.RadioSelect,
    )
    every_side = forms.ChoiceField(
        required=False,
        label=_("At all of them"),
        choices=[("left", _("left")), ("right", _("right")), ("each", _("both"))],
        widget=forms.RadioSelect,
    )
    add_exercise = forms.ModelChoiceField(
        Exercise.objects.none(), required=False, label=_("Add an exercise")
    )

    add_protocol = forms.ModelChoiceField(
        Protocol.objects.none(),
        required=False,
        label=_("Add the exercises of a protocol"),
        help_text=_("When you save, with its advice. An exercise above stays as it is."),
    )

    class Meta(CleanTextMeta):
        model = Programme
        fields = ("title",)

    request = None  # set by the admin, with what the library corrected
    library_changes = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].validators += Programme._meta.get_field("title").validators
        self.fields["add_exercise"].queryset = Exercise.objects.visible_to(
            self.request.user
        ).with_texts()
        self.fields["add_protocol"].queryset = (
            Protocol.objects.visible_to(self.request.user)
            .with_texts()
            .exclude(pk__in=self.instance.protocols.all())
        )
        self.initial["revision"] = self.instance.revision
        judged = self.instance.risk_profiles.last()
        self.initial["profile"] = judged.profile if judged else ""
        if not self.library_changes:
            del self.fields["library"]
        self.sides_open = self.instance.prescriptions.filter(side_open=True).count()
        self.asks_every_side = self.sides_open > 1

    @property
    def is_start(self) -> bool:
        return "_start" in self.data

    def clean(self):
        cleaned = super().clean()
        # The row stays locked until this save is done, so that of two saves at
        # the same moment the second one sees the first.
        current = (
            Programme.objects.select_for_update()
            .values_list("revision", flat=True)
            .get(pk=self.instance.pk)
        )
        if cleaned.get("revision") != current:
            raise ValidationError(
                gettext(
                    "Somebody else saved this programme just now. Please press save once more."
                ),
                code="stale",
            )
        if self.is_start:
            self._clean_start(cleaned)
        if self.is_start or self.instance.is_running:
            self._clean_added_sides(cleaned)
        if "library" in self.fields and not cleaned.get("library"):
            self.add_error("library", gettext("Choose which text the patient gets."))
        return cleaned

    def _clean_added_sides(self, cleaned):
        """What is added and given at once cannot leave the side open."""
        exercise, protocol = cleaned.get("add_exercise"), cleaned.get("add_protocol")
        practice_id = self.instance.patient.practice_id
        dosages = {
            "add_exercise": [suggested(exercise, practice_id)] if exercise else [],
            "add_protocol": [line.dosage for line in authoring.new_lines(self.instance, protocol)]
            if protocol
            else [],
        }
        for name, added in dosages.items():
            asking = sum(sides.asks(dosage) for dosage in added)
            if asking and not cleaned.get("every_side"):
                self.sides_open += asking
                self.asks_every_side = True
                self.add_error(name, sides.question())

    def _clean_start(self, cleaned):
        if not cleaned.get("red_flags_checked"):
            self.add_error(
                "red_flags_checked",
                gettext("Tick this before you start: without it no programme is given."),
            )
        if obstacle := authoring.another_runs(self.instance):
            raise ValidationError(obstacle, code="running")


class PrescriptionFormSet(forms.BaseInlineFormSet):
    """All lines together. What somebody follows is never empty."""

    def clean(self):
        super().clean()
        gone = [form for form in self.forms if self._should_delete_form(form)]
        new = [f for f in self.forms if f not in gone and f.instance.pk is None and f.has_changed()]
        stays = self.instance.prescriptions.exclude(pk__in=[form.instance.pk for form in gone])
        added = new or self.data.get("add_exercise") or self.data.get("add_protocol")
        if self.instance.is_running and not added and not stays.exists():
            raise ValidationError(
                gettext("Keep at least one exercise, or end the programme."), code="empty"
            )


TICKED = "1"  # a tick is text, like every field that is merged with a colleague's


class PrescriptionForm(forms.ModelForm):
    """One line: an exercise, its dosage in shorthand, and what is special for this patient."""

    position = forms.IntegerField(
        required=False, min_value=0, max_value=999, label=_("order"), show_hidden_initial=True
    )
    dosage = DosageField(required=False, label=_("dosage"), show_hidden_initial=True)
    side = forms.ChoiceField(
        required=False,
        label=_("side"),
        choices=[("left", _("left")), ("right", _("right")), ("each", _("both"))],
        widget=forms.RadioSelect,
        show_hidden_initial=True,
    )
    period = PeriodField(label=_("weeks"), show_hidden_initial=True)
    note = CharField(
        required=False,
        max_length=1000,
        label=_("note for this patient"),
        widget=forms.Textarea(attrs={"rows": 2}),
        show_hidden_initial=True,
    )
    steps = StepsField(
        required=False,
        max_length=3000,
        label=_("instruction, one step on each line"),
        widget=forms.Textarea(attrs={"rows": 5}),
        show_hidden_initial=True,
    )

    on_share_page = forms.BooleanField(
        required=False,
        label=_("may also be read behind the QR code"),
        widget=forms.CheckboxInput(attrs={"value": TICKED}),
        show_hidden_initial=True,
    )

    class Meta(CleanTextMeta):
        model = Prescription
        fields = ("exercise", "position", "note", "steps", "on_share_page")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.library_steps = ""
        self.was_open = self.instance.side_open
        if self.instance.pk is not None:
            self._begin_with_what_is_there()
        for name in ("note", "steps"):
            self.fields[name].validators += Prescription._meta.get_field(name).validators
        self._name_every_field()

    def _begin_with_what_is_there(self):
        """The instruction starts as the library's, so that changing a word is enough."""
        line = self.instance
        self.fields["exercise"].disabled = True
        language = line.programme.patient.language
        self.library_steps = line.exercise.text("steps", language)
        self.initial["dosage"] = line.dosage.notation
        self.initial["period"] = line.period.notation
        self.initial["steps"] = line.steps or self.library_steps
        self.initial["exercise"] = line.exercise_id
        self.initial["on_share_page"] = TICKED if line.on_share_page else ""

    def _name_every_field(self):
        """A row of fields has no visible labels of its own for each; a screen reader needs them."""
        title = str(self.instance.exercise) if self.instance.pk else gettext("new exercise")
        for form_field in self.fields.values():
            form_field.widget.attrs["aria-label"] = f"{form_field.label}: {title}"

    def has_changed(self):
        """A new row that holds nothing but its place is not there.

        Not asked of the values that the form was opened with: after a refusal
        they may be what was typed, and a row with text would look untouched.
        """
        if self.instance.pk is None:
            names = [name for name in self.base_fields if name != "position"]
            return any(str(self[name].data or "").strip() for name in names)
        return super().has_changed() or (self.was_open and bool(self._side_for_all()))

    def clean_steps(self):
        """Equal to the library's: nothing special, and later corrections arrive.

        Not touched: as it was, also when the library was corrected while this
        form was open, which would make the old text look like the patient's own.
        """
        if self.instance.pk is not None and "steps" not in self.changed_data:
            return self.instance.steps
        steps = "\n".join(self.cleaned_data["steps"].splitlines()).strip()
        if steps and self.instance.pk is None and (exercise := self.cleaned_data.get("exercise")):
            # A row that was duplicated brings its instruction along.
            language = self.instance.programme.patient.language
            self.library_steps = exercise.text("steps", language)
        library = "\n".join(self.library_steps.splitlines()).strip()
        return "" if steps == library else steps

    def clean(self):
        cleaned = super().clean()
        dosage = cleaned.get("dosage")
        if dosage is None and "dosage" not in self.errors and cleaned.get("exercise"):
            if self.instance.pk is not None:
                self.add_error(
                    "dosage", gettext("Write how much and how often, such as 2x per dag 2x10.")
                )
                return cleaned
            practice_id = self.instance.programme.patient.practice_id
            dosage = suggested(cleaned["exercise"], practice_id)
        if dosage is not None:
            self.instance.dosage = self._with_its_side(dosage, cleaned)
        if (period := cleaned.get("period")) is not None:
            self.instance.period = period
        return cleaned

    @property
    def asks_side(self) -> bool:
        """Whether the question stands at this row: left, right or both?"""
        answered = bool(self.data.get(self.add_prefix("side")))
        return self.was_open or answered or "side" in self.errors

    def _with_its_side(self, dosage, cleaned):
        """The dosage with the side that somebody chose: in its words, at the row, or for all.

        Without an answer the line stays open, and a programme with it is not given to anybody.
        """
        line, programme = self.instance, self.instance.programme
        if line.pk is None and cleaned.get("exercise"):
            begins = suggested(cleaned["exercise"], programme.patient.practice_id)
            line.side_open = sides.asks(begins)
            if cleaned.get("dosage") is None:
                dosage = sides.left_open(begins)
        if not line.side_open:
            return dosage
        chosen = cleaned.get("side") or self._side_for_all()
        if chosen and dosage.side and "side" in self.changed_data and chosen != dosage.side:
            self.add_error("side", gettext("The dosage says another side. Which one is right?"))
            return dosage
        side = dosage.side or chosen
        if side:
            line.side_open = False
            return replace(dosage, side=side)
        if programme.is_running or "_start" in self.data:
            self.add_error("side", sides.question())
        return dosage

    def _side_for_all(self) -> str:
        asked = self.data.get("every_side", "")
        return asked if asked in dict(self.fields["side"].choices) else ""

    def clean_position(self):
        """A line without a place goes to the end."""
        position = self.cleaned_data["position"]
        return 999 if position is None else position
