"""Passkeys: logging in with a fingerprint, a face or the screen lock of a device.

Somebody has the device, and unlocks it with what they are or know: a passkey is two factors.
allauth stores and checks passkeys. Here they are tied to the host of SITE_URL, and name their owner
by the random uuid, so that one can be made before the account exists.
"""

import base64
import hashlib
import json
import uuid
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.utils.translation import gettext as _
from fido2.utils import websafe_decode

from ..models import User
from ..web.visitor import readable_name
from . import access_changes, allauth_private, devices

NAME_LENGTH = 60


def _keys() -> MultiFernet:
    """The first key of MFA_KEY encrypts, and each of them decrypts."""
    keys = (hashlib.sha256(b"rugpijn.mfa:" + key.encode()).digest() for key in settings.MFA_KEY)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


class PasskeyAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """Encrypt the secret of an authenticator app, which the database alone cannot reveal."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self):
        return "Rugpijn"

    def get_public_key_credential_rp_entity(self):
        return {"id": urlsplit(settings.SITE_URL).hostname, "name": "Rugpijn"}

    def get_public_key_credential_user_entity(self, user):
        name = user.email or user.login_code or user.name
        return {"id": user.uuid.bytes, "display_name": user.name, "name": name}


def of(user):
    """Somebody's passkeys, the oldest first."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("pk")


def options_to_make(user: User) -> dict:
    """The options with which a browser makes a passkey. The session keeps the challenge."""
    return allauth_private.begin_registration(user, passwordless=True)


def check_new(text: str) -> dict:
    """Return the passkey that a browser just made, from its JSON. Raises a ValidationError with a
    sentence when it is not valid."""
    refusal = ValidationError(_("That did not work. Try again, or choose a password."))
    try:
        credential = json.loads(text)
        made = allauth_private.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise refusal from error
    if not made.is_user_verified():
        raise refusal
    return credential


def add(request, user: User, credential: dict) -> Authenticator:
    """Store a passkey, named after the device that made it; a name that is taken gets a number."""
    name = readable_name(request.META.get("HTTP_USER_AGENT", "")) or _("Passkey")
    taken = {key.wrap().name for key in of(user)}
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name} ({number})"
    data = {"name": unique, "credential": credential}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


def note_login(request, user: User, key: Authenticator) -> None:
    """Note in the session that it began with this passkey."""
    allauth_private.record_authentication(
        request, user, "mfa", id=key.pk, type=key.type, passwordless=True
    )


def was_used(request, user: User) -> bool:
    """Whether a passkey without a password began this session, or the login under way."""
    by_passkey = ("mfa", Authenticator.Type.WEBAUTHN, True)
    return any(
        (record.get("method"), record.get("type"), record.get("passwordless")) == by_passkey
        for record in get_authentication_records(request, user)
    )


def owner_of(response: dict) -> User:
    """The person whose passkey this claims to be; its signature is checked afterwards. Raises a
    ValidationError when there is no such person."""
    try:
        handle = websafe_decode(response["response"]["userHandle"])
        user = User.objects.filter(uuid=uuid.UUID(bytes=handle)).first()
    except (ValueError, TypeError, KeyError, AttributeError):
        user = None
    if user is None:
        raise account_adapter().validation_error("incorrect_code")
    return user


class PasskeyLoginForm(LoginWebAuthnForm):
    """The answer to the passkey button of the login page. The passkey names its owner."""

    def clean_credential(self):
        access_changes.settle_due()
        credential = self.cleaned_data["credential"]
        try:
            allauth_private.parse_authentication_response(credential)
            user = self.user or owner_of(credential)
            return allauth_private.complete_authentication(user, credential)
        except (ValidationError, KeyError, AttributeError) as error:
            raise ValidationError(
                _("Logging in without a password did not work. Use your password, or try again.")
            ) from error


class StepForm(PasskeyLoginForm):
    """A passkey as the second step after a password. It has to be this person's."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user


class AgainForm(ReauthenticateWebAuthnForm):
    """A passkey of somebody who is logged in, to confirm who they are."""

    clean_credential = PasskeyLoginForm.clean_credential


class LoginView(LoginWebAuthnView):
    """Gives the login page a challenge, and takes the answer to it."""

    def form_valid(self, form):
        devices.wish(self.request, bool(self.request.POST.get("own_device")))
        return super().form_valid(form)


class AgainView(ReauthenticateWebAuthnView):
    """Confirm who you are, with a passkey."""

    def get(self, request, *args, **kwargs):
        if account_adapter().is_ajax(request):
            options = allauth_private.begin_authentication(request.user)
            return JsonResponse({"request_options": options})
        return super().get(request, *args, **kwargs)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form))
