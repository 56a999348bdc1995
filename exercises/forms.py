"""Forms in which a therapist edits the library: a dosage as one line, texts by language."""

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn.models import languages
from rugpijn.typed.text_fields import CleanTextMeta

from .dosage import Dosage
from .models import FALLBACK, Advice
from .period import Period
from .symptoms import catalogue


class DosageField(forms.Field):
    """A dosage in the clinic's notation. After an error the field still holds what was typed."""

    widget = forms.TextInput
    default_error_messages = {"required": _("Write a dosage, such as “2x a day 2x10x”.")}

    def __init__(self, **options):
        super().__init__(**({"label": capfirst(_("dosage"))} | options))

    def widget_attrs(self, widget):
        return {"autocomplete": "off", "spellcheck": "false", "size": 40}

    def to_python(self, value: str | Dosage | None) -> Dosage | None:
        if isinstance(value, Dosage):
            return value
        if value is None or not str(value).strip():
            return None
        try:
            return Dosage.parse(str(value))
        except ValueError as error:
            raise ValidationError(str(error), code="dosage") from error

    def prepare_value(self, value):
        return value.notation if isinstance(value, Dosage) else value


class PeriodField(forms.Field):
    """The weeks for which a line holds, in shorthand. Empty means the whole programme."""

    widget = forms.TextInput

    def __init__(self, **options):
        defaults = {"label": capfirst(_("weeks")), "required": False}
        super().__init__(**(defaults | options))

    def widget_attrs(self, widget):
        return {"autocomplete": "off", "spellcheck": "false", "placeholder": _("all weeks")}

    def to_python(self, value: str | Period | None) -> Period:
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(str(value or ""))
        except ValueError as error:
            raise ValidationError(str(error), code="period") from error

    def prepare_value(self, value):
        return value.notation if isinstance(value, Period) else value


class OneVariantField(forms.ModelChoiceField):
    """A choice of one for a many-to-many relation.

    `clean` returns a list of at most one object. A list from which one is chosen can be used with
    the keyboard alone.
    """

    def prepare_value(self, value):
        if isinstance(value, list | tuple):
            value = value[0] if value else None
        return super().prepare_value(value)

    def clean(self, value):
        if isinstance(value, list | tuple):
            value = value[0] if value else None
        chosen = super().clean(value)
        return [chosen] if chosen is not None else []

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class SourceForm(forms.ModelForm):
    """A form with the fields `source` and `review_note`, each wide enough for a sentence."""

    class Meta(CleanTextMeta):
        widgets = {
            "source": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "video": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "review_note": AdminTextareaWidget(attrs={"rows": 3}),
        }


class SymptomsWidget(forms.CheckboxSelectMultiple):
    """Checkboxes. Those of the values in `always` are checked and cannot be cleared."""

    always: tuple[str, ...] = ()

    def create_option(self, name, value, label, *args, **options):
        if value in self.always:
            label = gettext("%(symptom)s (always asked for this region)") % {"symptom": label}
        option = super().create_option(name, value, label, *args, **options)
        if value in self.always:
            option["attrs"] |= {"checked": True, "disabled": True}
        return option


class ProtocolForm(SourceForm):
    """A protocol without its texts and lines. Symptoms of its region are always included."""

    symptoms = forms.MultipleChoiceField(
        required=False,
        label=_("What is asked when an exercise goes wrong"),
        help_text=_(
            "Symptoms of the region are always asked about, even if they are not ticked here."
        ),
        widget=SymptomsWidget,
    )

    class Meta(SourceForm.Meta):
        pass

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "symptoms" not in self.fields:  # the user may only read
            return
        always = () if self.instance._state.adding else catalogue.of_region(self.instance.category)
        self.fields["symptoms"].choices = list(catalogue.words.items())
        self.fields["symptoms"].widget.always = always
        self.initial["symptoms"] = [n for n in self.instance.symptoms if n not in always]

    def clean_symptoms(self):
        """The chosen symptoms and those of the stored region.

        So a change of region removes no symptom that was asked about until now.
        """
        always = self.fields["symptoms"].widget.always
        return catalogue.in_order([*self.cleaned_data["symptoms"], *always])


class AdviceForm(SourceForm):
    """One block of advice. The kind of a protocol's only red flags cannot be changed."""

    class Meta(SourceForm.Meta):
        pass

    def clean_kind(self):
        kind = self.cleaned_data["kind"]
        if kind != Advice.Kind.RED_FLAGS and self.instance.is_last_red_flags:
            raise ValidationError(
                gettext(
                    "These are the only red flags of this protocol. Change their text, or add "
                    "other red flags first."
                ),
                code="red_flags",
            )
        return kind


class DosedForm(forms.ModelForm):
    """A form for a Dosed model: one text field instead of eleven columns."""

    dosage = DosageField(help_text=_("Type it as “2x a day 3x8 5s l/r”."))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            dosage = self.instance.dosage
            self.initial.setdefault("dosage", dosage)
            self.fields["dosage"].help_text = gettext("The patient reads: “%s”.") % dosage

    def clean(self):
        cleaned = super().clean()
        dosage = self.cleaned_data.get("dosage")
        if dosage is not None:
            self.instance.dosage = dosage
        return cleaned


class ExerciseForm(DosedForm, SourceForm):
    """An exercise without its texts, which have forms of their own."""

    class Meta(SourceForm.Meta):
        pass

    def clean_harder(self):
        """Refuse the exercise itself, and an exercise that has this one as its harder variant."""
        harder = self.cleaned_data["harder"]
        if self.instance.pk is None:
            return harder
        if self.instance in harder:
            raise ValidationError(gettext("An exercise cannot be a harder variant of itself."))
        if both := self.instance.easier.filter(pk__in=[each.pk for each in harder]).first():
            raise ValidationError(
                gettext(
                    "“%(other)s” already has this exercise as its harder variant, so it cannot "
                    "be a harder variant of this one."
                )
                % {"other": both}
            )
        return harder


class LineForm(DosedForm):
    """A line of a protocol. Without a dosage it gets the dosage of its exercise."""

    dosage = DosageField(
        required=False, help_text=_("Type it as “2x a day 3x8 5s l/r”. Empty: as in the library.")
    )

    period = PeriodField()

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance._state.adding:
            self.initial["position"] = None
        else:
            self.initial.setdefault("period", self.instance.period)
        if "position" in self.fields:
            self.fields["position"].required = False
        self.fields["dosage"].widget.attrs["size"] = 22
        self.fields["period"].widget.attrs["size"] = 14
        for field in self.fields.values():  # the table shows column headings instead of labels
            if field.label:
                widget = getattr(field.widget, "widget", field.widget)  # inside the admin's wrapper
                widget.attrs["aria-label"] = capfirst(field.label)

    def clean(self):
        cleaned = super().clean()
        exercise = self.cleaned_data.get("exercise")
        if exercise and "dosage" in self.cleaned_data and self.cleaned_data["dosage"] is None:
            self.instance.dosage = exercise.dosage
        period = self.cleaned_data.get("period")
        if period is not None and period.in_any_programme != period:
            self.add_error(
                "period", gettext("A protocol is for everybody: give weeks, such as “week 1-2”.")
            )
        elif period is not None:
            self.instance.period = period
        return cleaned


class LineFormSet(BaseInlineFormSet):
    """The lines of a protocol, in order. A line without a number is put last."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if deletion := form.fields.get(DELETION_FIELD_NAME):
            deletion.widget.attrs["aria-label"] = gettext("Delete this line")

    def clean(self):
        super().clean()
        filled = [form for form in self.forms if getattr(form, "cleaned_data", None)]
        last = max((form.cleaned_data.get("position") or 0 for form in filled), default=0)
        for form in filled:
            if form.cleaned_data.get("position") is None:
                last += 1
                form.instance.position = last


class LanguageField(forms.ChoiceField):
    """The language of a text. It is hidden, so it never makes a form count as changed."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        return False


class TextForm(forms.ModelForm):
    """The texts in one language, under a heading with its name."""

    language = LanguageField(choices=languages)

    ROWS = {"steps": 6, "body": 8}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            self.fields["language"].disabled = True
        for name, field in self.fields.items():
            if isinstance(field.widget, AdminTextareaWidget):
                field.widget.attrs["rows"] = self.ROWS.get(name, 2)
            elif not field.widget.is_hidden:
                field.widget.attrs["class"] = "vLargeTextField"
        if self.is_dutch and "title" in self.fields:
            self.fields["title"].error_messages["required"] = gettext(
                "Give a title in Dutch; every other language falls back to it."
            )

    @property
    def language_code(self) -> str:
        """The language code of the stored row, or of the empty form."""
        return self.initial.get("language") or self["language"].value() or ""

    @property
    def is_dutch(self) -> bool:
        return self.language_code == FALLBACK

    @property
    def heading(self) -> str:
        return capfirst(str(dict(languages()).get(self.language_code, self.language_code)))


class TextFormSet(BaseInlineFormSet):
    """One form for each language, empty where there is no text yet. Dutch is required."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        present = {text.language for text in self.get_queryset()}
        missing = [code for code, _name in languages() if code not in present]
        dutch = (self.initial_extra or [{}])[0]  # initial values given by the page are in Dutch
        self.extra = len(missing)
        self.initial_extra = [
            {"language": code} | (dutch if code == FALLBACK else {}) for code in missing
        ]

    def _construct_form(self, i, **options):
        form = super()._construct_form(i, **options)
        if form.is_dutch:
            form.empty_permitted = False
        return form

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.is_dutch:  # other languages fall back to Dutch, so it cannot be deleted
            form.fields.pop(DELETION_FIELD_NAME, None)

    def clean(self):
        """Refuse a request that leaves out the Dutch form."""
        super().clean()
        if not any(form.is_dutch for form in self.forms):
            raise ValidationError(
                gettext("Give a text in Dutch; every other language falls back to it.")
            )
