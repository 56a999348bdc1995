"""The forms with which somebody gets in for the first time."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from rugpijn.forms import PasswordForm
from rugpijn.typed.text_fields import CharField, EmailField
from rugpijn.validators import printable
from rugpijn.web.one_button import OneButton

from .. import clinical
from ..birth_dates import BirthDateField

SCORES = [("", ""), *((str(n), str(n)) for n in range(clinical.PAIN_LEAST, clinical.PAIN_MOST + 1))]


class WhoForm(OneButton, forms.Form):
    """The first question of an invitation: who are you?"""

    birth_date = BirthDateField(label=_("Your date of birth"))
    button = ("go", _("Go on"))


class InvitationCodeForm(WhoForm):
    """The short code from paper, and the same question."""

    code = CharField(
        label=_("Code of your practice"),
        help_text=_("For example ABCD-2345"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    field_order = ("code", "birth_date")


class FirstLoginForm(PasswordForm):
    """How do you want to log in? A passkey fills `credential`; otherwise there is a password."""

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
        help_text=_("You log in with this address. No e-mail? Leave it empty; you get a code."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    field_order = ("name", "own_device", "credential", "email", "password")

    def __init__(self, *args, ask_name=False, **kwargs):
        """Somebody who acts for the patient has a name of their own."""
        super().__init__(*args, **kwargs)
        if ask_name:
            self.fields["name"] = CharField(
                label=_("Your own name"),
                help_text=_("The practice sees by it who ticked off."),
                max_length=120,
                validators=[printable],
                widget=forms.TextInput(attrs={"autocomplete": "name"}),
            )
            self.order_fields(self.field_order)
        self.helper = FormHelper()
        self.helper.form_tag = False  # one form around both ways
        self.helper.disable_csrf = True
        if self.data.get("credential"):
            self.fields["password"].required = False

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean_password(self):
        """A passkey needs none."""
        return "" if self.data.get("credential") else super().clean_password()


class ClaimForm(OneButton, forms.Form):
    """Someone who already logs in adds this programme to the own account."""

    birth_date = BirthDateField()
    button = ("save", _("Add this programme"))
