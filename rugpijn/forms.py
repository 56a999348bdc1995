"""Forms of the practice: its own details, its colleagues, and a colleague's first password."""

import io

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.crypto import get_random_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from .login import last_owner
from .models import Practice, User
from .typed import phones
from .typed.text_fields import CleanTextMeta
from .web.submit_form import SubmitForm

LOGO_FORMATS = ("JPEG", "PNG", "WEBP")
LOGO_BYTES = 5 * 1024 * 1024
LOGO_PIXELS = 25_000_000
LOGO_SIZE = (1200, 600)  # pixels: 60 mm on paper at more than 300 dpi

PRACTICE_FIELDS = """
    name street postcode city phone email website online_page doctor_phone out_of_hours_phone
    emergency_phone logo paper diary_weeks colour second_step idle_minutes log_shows_names
    is_record keep_months
"""


class LogoField(forms.ImageField):
    """Takes a picture and stores a newly drawn copy, without metadata or hidden content."""

    def to_python(self, data):
        if data in self.empty_values:
            return None
        if data.size > LOGO_BYTES:
            raise ValidationError(
                gettext("This file is larger than 5 MB. Please choose a smaller one.")
            )
        try:
            with Image.open(data, formats=LOGO_FORMATS) as picture:
                if picture.width * picture.height > LOGO_PIXELS:
                    raise ValidationError(gettext("This picture has more than 25 megapixels."))
                picture = ImageOps.exif_transpose(picture).convert("RGBA")
                picture.thumbnail(LOGO_SIZE)
                redrawn = io.BytesIO()
                picture.save(redrawn, "PNG")
        except (ValueError, OSError, SyntaxError, Image.DecompressionBombError) as error:
            raise ValidationError(
                gettext("This is not a picture we can read. Please use a JPEG, PNG or WebP file.")
            ) from error
        return ContentFile(redrawn.getvalue(), name=get_random_string(20) + ".png")


class PracticeForm(forms.ModelForm):
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta(CleanTextMeta):
        model = Practice
        fields = PRACTICE_FIELDS.split()
        field_classes = {"logo": LogoField}
        labels = {"logo": _("new logo")}
        help_texts = {"logo": _("JPEG, PNG or WebP, up to 5 MB. On paper at most 55 × 16 mm.")}
        # Without Django's link to the file, which has no address.
        widgets = {
            "logo": forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
            "colour": forms.TextInput(attrs={"type": "color"}),
            "is_record": forms.RadioSelect(
                choices=[
                    (False, _("No: the record is kept in another system")),
                    (True, _("Yes: keep everything for 20 years after the last change")),
                ]
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        say_what_is_dialled(self, "phone", "doctor_phone", "out_of_hours_phone", "emergency_phone")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("remove_logo"):
            if "logo" in self.changed_data:
                self.add_error(
                    "remove_logo", gettext("Choose one: a new logo replaces the old one already.")
                )
            else:
                cleaned["logo"] = False  # Django's word for an empty file field
        return cleaned


def say_what_is_dialled(form: forms.ModelForm, *names: str) -> None:
    """Tell at each phone field what is dialled: an older value may hold two numbers or words."""
    for name in names:
        phone = phones.read(getattr(form.instance, name))
        if phone.first and name in form.fields:
            help_text = gettext("“Call” dials %(number)s.") % {"number": phone.written}
            if phone.rest:
                help_text += " " + gettext("“%(words)s” is shown beside it.") % {
                    "words": phone.rest
                }
            form.fields[name].help_text = f"{form.fields[name].help_text} {help_text}".strip()


class ColleagueForm(forms.ModelForm):
    """Somebody who works here: one e-mail address, and at least one role.

    The page does not reveal whether the address of an invitation has an account in another
    practice. The mail to that address does.
    """

    practice = None  # that invites somebody

    @property
    def _is_account(self) -> bool:
        """Whether this is the account of a colleague, and not an invitation."""
        return isinstance(self.instance, User)

    def _gives_up_ownership(self, cleaned) -> bool:
        """Whether this would leave the practice without an owner who can log in."""
        stays = cleaned.get("is_owner", True) and cleaned.get("is_active", True)
        # Read again: the form has changed its own copy.
        return not stays and last_owner.is_last_owner(User.objects.get(pk=self.instance.pk))

    def clean_email(self):
        email = (self.cleaned_data["email"] or "").lower()
        if not email:
            raise ValidationError(gettext("Staff log in with an e-mail address. Please give one."))
        others = User.objects.filter(email__iexact=email)
        if self._is_account:  # changed by the operator, who can see every account
            if others.exclude(pk=self.instance.pk).exists():
                raise ValidationError(
                    gettext("There is already an account with this e-mail address.")
                )
        elif others.filter(practice=self.practice).exists():  # the owner sees these colleagues
            raise ValidationError(
                gettext("Somebody in your practice logs in with this e-mail address.")
            )
        return email

    def clean(self):
        cleaned = super().clean()
        if self._is_account and self._gives_up_ownership(cleaned):
            self.add_error(
                "is_owner",
                gettext("The last owner stays owner. Make somebody else an owner first."),
            )
        roles = {"is_therapist", "is_owner"} & self.fields.keys()
        if roles and not any(cleaned.get(role) for role in roles):
            self.add_error(
                "is_therapist",
                gettext("Choose at least one role; without one nothing can be opened."),
            )
        return cleaned


PASSWORD_HELP = _("At least 12 characters. A sentence that only you know works well.")


class PasswordForm(SubmitForm, forms.Form):
    """Chooses the first password. `about` is whom it may not resemble."""

    password = forms.CharField(
        label=_("Choose a password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=128,
        help_text=PASSWORD_HELP,
    )

    submit = ("save", _("Save and log in"))

    def __init__(self, *args, about=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.about = about

    def clean_password(self):
        password = self.cleaned_data["password"]
        password_validation.validate_password(password, self.about)
        return password
