"""The forms of the admin for a patient, a programme and its lines."""

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

SIDES = [("left", _("left")), ("right", _("right")), ("each", _("both"))]


def protocol_choice(user) -> forms.ModelChoiceField:
    """A field with the protocols that this therapist may use: shared and the practice's own."""
    return forms.ModelChoiceField(
        Protocol.objects.visible_to(user).with_texts(),
        required=False,
        label=_("Protocol"),
        empty_label=_("no protocol: choose exercises yourself"),
    )


class PatientForm(forms.ModelForm):
    """A patient. A name and a date of birth are enough."""

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
        """Ask before somebody with the same name and date of birth gets a second record."""
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
    """The name for a protocol that is made from a programme."""

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
        """Refuse a name that a protocol has already: a list could not tell them apart."""
        title = " ".join(self.cleaned_data["title"].split())
        ours = Protocol.objects.visible_to(self.user)
        taken = ProtocolText.objects.filter(protocol__in=ours, language=FALLBACK)
        if fold(title) in map(fold, taken.values_list("title", flat=True)):
            raise ValidationError(gettext("There is already a protocol with this name."))
        return title


class ProgrammeForm(forms.ModelForm):
    """The programme itself, what is added to it, and starting it. Its lines are a formset."""

    KEEP, TAKE = "keep", "take"

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = CharField(label=_("Title"), max_length=120, show_hidden_initial=True)
    red_flags_checked = forms.BooleanField(
        required=False, label=_("I have checked for red flags and found none")
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
        choices=[(TAKE, _("use the corrected text")), (KEEP, _("keep the text as it was given"))],
        widget=forms.RadioSelect,
    )
    every_side = forms.ChoiceField(
        required=False, label=_("For all of them"), choices=SIDES, widget=forms.RadioSelect
    )
    add_exercise = forms.ModelChoiceField(
        Exercise.objects.none(), required=False, label=_("Add an exercise")
    )

    add_protocol = forms.ModelChoiceField(
        Protocol.objects.none(),
        required=False,
        label=_("Add the exercises of a protocol"),
        help_text=_(
            "They are added when you save, with the protocol's advice. An exercise above stays as "
            "it is."
        ),
    )

    class Meta(CleanTextMeta):
        model = Programme
        fields = ("title",)

    request = None  # set by the admin, as is the next
    library_changes = ()  # what the library corrected since the last version

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
        # The row stays locked until this save is done, so that of two saves at the same moment
        # the second one sees the first.
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
        """Ask for the side of exercises that are added to a programme that is given at once."""
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
    """All lines of a programme. One that runs keeps at least one."""

    def clean(self):
        super().clean()
        deleted = [form for form in self.forms if self._should_delete_form(form)]
        kept = [form for form in self.forms if form not in deleted]
        new = any(form.instance.pk is None and form.has_changed() for form in kept)
        stored = self.instance.prescriptions.exclude(pk__in=[form.instance.pk for form in deleted])
        added = new or self.data.get("add_exercise") or self.data.get("add_protocol")
        if self.instance.is_running and not added and not stored.exists():
            raise ValidationError(
                gettext("Keep at least one exercise, or end the programme."), code="empty"
            )


TICKED = "1"  # a tick as text: merging with a colleague's changes compares text


class PrescriptionForm(forms.ModelForm):
    """One line: an exercise, its dosage as notation, and what was written for this patient."""

    position = forms.IntegerField(
        required=False, min_value=0, max_value=999, label=_("order"), show_hidden_initial=True
    )
    dosage = DosageField(required=False, label=_("dosage"), show_hidden_initial=True)
    side = forms.ChoiceField(
        required=False,
        label=_("side"),
        choices=SIDES,
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
            self._set_initial()
        for name in ("note", "steps"):
            self.fields[name].validators += Prescription._meta.get_field(name).validators
        self._name_every_field()

    def _set_initial(self):
        """The stored values; an instruction that was not changed starts as the library's."""
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
        """Name the exercise in each field's label for screen readers; the visible labels do not."""
        title = str(self.instance.exercise) if self.instance.pk else gettext("new exercise")
        for form_field in self.fields.values():
            form_field.widget.attrs["aria-label"] = f"{form_field.label}: {title}"

    def has_changed(self):
        """Whether there is something to save; a new row with nothing but its position has nothing.

        A new row is not compared with its initial values: after an error these may be what was
        typed, so that a row with text would look unchanged.
        """
        if self.instance.pk is None:
            names = [name for name in self.base_fields if name != "position"]
            return any(str(self[name].data or "").strip() for name in names)
        return super().has_changed() or (self.was_open and bool(self._side_for_all()))

    def clean_steps(self):
        """The instruction for this patient; empty when it equals the library's, so that later
        corrections of the library arrive.

        A field that was not changed keeps what is stored: the library may have been corrected
        while the form was open, and its old text would look like one for this patient.
        """
        if self.instance.pk is not None and "steps" not in self.changed_data:
            return self.instance.steps
        steps = "\n".join(self.cleaned_data["steps"].splitlines()).strip()
        if steps and self.instance.pk is None and (exercise := self.cleaned_data.get("exercise")):
            # A duplicated row has the instruction of the row that it was made from.
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
        """Whether this row asks for the side: left, right or both."""
        answered = bool(self.data.get(self.add_prefix("side")))
        return self.was_open or answered or "side" in self.errors

    def _with_its_side(self, dosage, cleaned):
        """The dosage with the side that was typed in it, chosen at the row, or chosen for all rows.

        Without any of these the line stays `side_open`, which is an error when the programme is
        given to the patient.
        """
        line, programme = self.instance, self.instance.programme
        if line.pk is None and cleaned.get("exercise"):
            suggestion = suggested(cleaned["exercise"], programme.patient.practice_id)
            line.side_open = sides.asks(suggestion)
            if cleaned.get("dosage") is None:
                dosage = sides.without_side(suggestion)
        if not line.side_open:
            return dosage
        chosen = cleaned.get("side") or self._side_for_all()
        if chosen and dosage.side and "side" in self.changed_data and chosen != dosage.side:
            self.add_error("side", gettext("The dosage names another side. Which one is right?"))
            return dosage
        side = dosage.side or chosen
        if side:
            line.side_open = False
            return replace(dosage, side=side)
        if programme.is_running or "_start" in self.data:
            self.add_error("side", sides.question())
        return dosage

    def _side_for_all(self) -> str:
        side = self.data.get("every_side", "")
        return side if side in dict(self.fields["side"].choices) else ""

    def clean_position(self):
        """A line without a position goes to the end."""
        position = self.cleaned_data["position"]
        return 999 if position is None else position
