"""Forms for accepting an invitation and choosing a first login."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn.forms import PasswordForm
from rugpijn.typed.text_fields import CharField, EmailField
from rugpijn.validators import printable
from rugpijn.web.submit_form import SubmitForm

from ..birth_dates import BirthDateField


class WhoForm(SubmitForm, forms.Form):
    """Asks the date of birth of whoever opens an invitation."""

    birth_date = BirthDateField(label=_("Your date of birth"))
    submit = ("go", _("Go on"))


class InvitationCodeForm(WhoForm):
    """Asks the short code that is on paper, and the date of birth."""

    code = CharField(
        label=_("Code from your practice"),
        help_text=_("For example ABCD-2345"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    field_order = ("code", "birth_date")


class FirstLoginForm(PasswordForm):
    """Chooses how to log in: a passkey fills `credential`, otherwise there is a password."""

    own_device = forms.BooleanField(
        required=False,
        label=_("This is my own device"),
        help_text=_(
            "Only on your own phone or computer. Your exercises then work without internet too, "
            "and you stay logged in here for 30 days."
        ),
    )
    credential = CharField(required=False, widget=forms.HiddenInput, max_length=20_000)
    email = EmailField(
        required=False,
        label=_("E-mail"),
        help_text=_("You log in with this address. No e-mail? Leave it empty and you get a code."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    field_order = ("name", "own_device", "credential", "email", "password")

    def __init__(self, *args, ask_name=False, **kwargs):
        """`ask_name` is for somebody who acts for the patient and has a name of their own."""
        super().__init__(*args, **kwargs)
        if ask_name:
            self.fields["name"] = CharField(
                label=gettext("Your own name"),
                help_text=gettext("It shows the practice who ticked off the exercises."),
                max_length=120,
                validators=[printable],
                widget=forms.TextInput(attrs={"autocomplete": "name"}),
            )
            self.order_fields(self.field_order)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the template has one form around passkey and password
        self.helper.disable_csrf = True
        if self.data.get("credential"):
            self.fields["password"].required = False

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean_password(self):
        """Return an empty password when there is a passkey."""
        return "" if self.data.get("credential") else super().clean_password()


class ClaimForm(SubmitForm, forms.Form):
    """Asks the date of birth before a programme is added to an account that is logged in."""

    birth_date = BirthDateField()
    submit = ("save", _("Add this programme"))
