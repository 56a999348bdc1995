"""What this app changes in allauth: people are invited, and mails are sent by the worker."""

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.fields import EmailField
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.account.forms import LoginForm as PasswordLoginForm
from allauth.account.models import EmailAddress
from allauth.account.utils import user_username
from allauth.core import context
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..backup import revocations
from ..forms import PASSWORD_HELP
from ..log import events
from ..mailing import account
from ..mailing.sending import SendOutcome
from ..models import User
from ..typed.text import clean
from ..typed.text_fields import CleanText
from . import access_changes, devices, second_factor, sessions
from .models import TrustedDevice

ALLAUTHS_SECOND_STEP = "allauth.mfa.stages.AuthenticateStage"
OUR_SECOND_STEP = "rugpijn.login.second_step.SecondStepStage"


class LoginForm(PasswordLoginForm):
    own_device = forms.BooleanField(
        required=False,
        label=_("This is my own device"),
        help_text=_(
            "Only on your own phone or computer. Your exercises then work without internet too, "
            "and you stay logged in here for 30 days."
        ),
    )
    field_order = ("login", "password", "own_device")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def clean_login(self):
        """Accept a login code without its dash, and an address with invisible characters."""
        login = clean(super().clean_login())
        return User.login_code_of(login) or login

    def login(self, request, redirect_url=None):
        devices.wish(request, self.cleaned_data["own_device"])
        return super().login(request, redirect_url)


class WithPasswordHelp:
    """Replaces allauth's list of password rules by one sentence, the same on every page."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HELP


class ChangeForm(WithPasswordHelp, ChangePasswordForm):
    pass


class SetForm(WithPasswordHelp, SetPasswordForm):
    pass


class AddressField(CleanText, EmailField):
    """An e-mail address, from which invisible characters are removed."""


class NewAddressForm(AddEmailForm):
    """A new address for oneself.

    The present address is first stored as confirmed, which the invitation did. Otherwise allauth
    would take it for one that still waits, delete it, and send no notice to it.
    """

    email = AddressField()

    def save(self, request):
        if self.user.email:
            EmailAddress.objects.update_or_create(
                user=self.user,
                email=self.user.email,
                defaults={"verified": True, "primary": True},
            )
        return super().save(request)


class AskResetForm(ResetPasswordForm):
    """Asks for a link to reset a password. Changes of address that are due come first."""

    email = AddressField()

    def clean_email(self):
        access_changes.settle_due()
        return super().clean_email()


class ResetForm(WithPasswordHelp, ResetPasswordKeyForm):
    pass


class InvitedOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def get_login_redirect_url(self, request):
        """`/` redirects staff and patients to the first page of each."""
        return "/"

    def get_login_stages(self):
        return [
            OUR_SECOND_STEP if stage == ALLAUTHS_SECOND_STEP else stage
            for stage in super().get_login_stages()
        ]

    def is_reauthentication_required(self, *, app, **kwargs):
        """A recent login counts too, so that nobody types a password twice in a row."""
        return not sessions.is_fresh(context.request)

    def get_reauthentication_methods(self, user):
        """How somebody may confirm who they are, with our own labels. Staff with a second factor
        use that: see `sessions.is_fresh`."""
        types = {key.type for key in second_factor.of(user)} if user.is_authenticated else set()
        by_factor = user.is_staff and bool(types)
        ways = {}
        if not by_factor and user.has_usable_password():
            ways["account_reauthenticate"] = gettext("With your password")
        if Authenticator.Type.WEBAUTHN in types:
            label = gettext("With fingerprint, face or screen lock of this device")
            ways["mfa_reauthenticate_webauthn"] = label
        if by_factor:
            ways["factor_again"] = gettext("With a code")
        # An app works on every device, so it comes first.
        names = reversed(ways) if Authenticator.Type.TOTP in types else ways
        return [{"id": name, "description": ways[name], "url": reverse(name)} for name in names]

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Count wrong passwords for each account, and apart on a trusted device of its owner. So a
        stranger who guesses does not lock the owner out."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        device = _trusted_device_of(request, credentials)
        return key if device is None else f"{key}:{device.uuid}"

    def send_mail(self, template_prefix, email, context, **about) -> bool:
        """Send a mail, or queue it for the worker. Returns False when neither was possible.

        It never raises: a password that was changed must not end in an error page because the mail
        server is down. `about` holds the numbers from which the worker makes a link or a code.
        """
        outcome = account.send(template_prefix, email, context, **about)
        return outcome is not SendOutcome.FAILED

    def send_confirmation_mail(self, request, emailconfirmation, signup) -> None:
        address = emailconfirmation.email_address
        context = {"user": address.user}
        self.send_mail(account.CONFIRM, address.email, context, address=address.pk)

    def set_password(self, user, password):
        """Store a password that was changed, chosen, or reset by mail. In the same transaction
        every other session and trusted device ends, and the log gets a row."""
        user.set_password(password)  # hashing is slow: done before the transaction holds locks
        with transaction.atomic():
            user.save()
            revocations.note("password", user)
            end_elsewhere(self.request, user)
            events.password_changed(self.request, user)

    def send_password_reset_mail(self, user, email, context):
        events.asked_new_password(self.request, user)
        return self.send_mail(account.RESET, email, {"user": user})

    def get_reset_password_from_key_url(self, key):
        """The link in the mail begins with SITE_URL, never with the host of the request."""
        return settings.SITE_URL + reverse(
            "account_reset_password_from_key",
            kwargs=dict(zip(("uidb36", "key"), key.split("-", 1), strict=True)),
        )

    def get_email_confirmation_url(self, request, emailconfirmation):
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])


def _trusted_device_of(request, credentials) -> TrustedDevice | None:
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME)
    if not token:
        return None
    device = devices.by_token(token)
    if device is None:
        return None
    names = {(device.user.email or "").lower(), user_username(device.user) or ""}
    typed = {str(credentials.get(field, "")).lower() for field in ("email", "username")}
    return device if (names & typed) - {""} else None


def tell_owner(request, mail: str, person: User | None = None) -> None:
    """Mail somebody that their way of logging in changed, in case they did not do it."""
    person = person or request.user
    get_adapter(request).send_notification_mail(mail, person, {"user": person})


def end_elsewhere(request, user) -> int:
    """End every session but this one, and trust no other device. Returns how many ended."""
    here = request.user.is_authenticated and request.user.pk == user.pk
    device = devices.of_session(request.session) if here else {}
    ended = sessions.end_sessions(user, but=request.session.session_key if here else None)
    devices.forget(user, but=device.get("pk"))
    return ended
