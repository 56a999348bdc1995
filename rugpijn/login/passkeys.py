"""Passkeys: logging in with one touch. A passkey asks for finger, face or the lock of the device,
so it is both something one has and something one is or knows.

allauth keeps and checks them. Here stands what differs: the address they belong to is SITE_URL's,
and they name their owner by the opaque uuid, so that one can be made before the account is.
"""

import base64
import hashlib
import json
import uuid
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.utils.translation import gettext as _
from fido2.utils import websafe_decode

from ..models import User
from ..web.visitor import readable_name
from . import access_changes, devices

NAME_LENGTH = 60


def _keys() -> MultiFernet:
    """The first key of MFA_KEY encrypts, and each of them decrypts."""
    keys = (hashlib.sha256(b"rugpijn.mfa:" + key.encode()).digest() for key in settings.MFA_KEY)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


class PasskeyAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """The secret of an authenticator app: who reads the database cannot make its codes."""
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
    """What a browser needs to make a passkey. The challenge waits in the session."""
    return auth.begin_registration(user, passwordless=True)


def check_new(text: str) -> dict:
    """A passkey that a browser just made. Raises ValidationError in words for a person."""
    wrong = ValidationError(_("That did not work. Try again, or choose a password."))
    try:
        credential = json.loads(text)
        auth.parse_registration_response(credential)
        made = auth.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise wrong from error
    if not made.is_user_verified():
        raise wrong
    return credential


def add(request, user: User, credential: dict) -> Authenticator:
    """Keep it, named after the device it was made on; two of one name are told apart by number."""
    name = readable_name(request.META.get("HTTP_USER_AGENT", "")) or _("Passkey")
    taken = {key.wrap().name for key in of(user)}
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name} ({number})"
    return auth.WebAuthn.add(user, unique, credential).instance


def did_log_in(request, user: User, key: Authenticator) -> None:
    """Remember that this session began with a passkey."""
    record_authentication(request, user, "mfa", id=key.pk, type=key.type, passwordless=True)


def owner_of(response: dict) -> User:
    """Whose passkey this claims to be. The claim is checked afterwards, against its public key."""
    try:
        handle = websafe_decode(response["response"]["userHandle"])
        user = User.objects.filter(uuid=uuid.UUID(bytes=handle)).first()
    except (ValueError, TypeError, KeyError, AttributeError):
        user = None
    if user is None:
        raise account_adapter().validation_error("incorrect_code")
    return user


class PasskeyLoginForm(LoginWebAuthnForm):
    """The button on the login page: the passkey says whose it is."""

    def clean_credential(self):
        access_changes.settle_due()
        credential = self.cleaned_data["credential"]
        try:
            auth.parse_authentication_response(credential)
            user = self.user or owner_of(credential)
            return auth.complete_authentication(user, credential)
        except (ValidationError, KeyError, AttributeError) as error:
            raise ValidationError(
                _("Logging in without a password did not work. Use your password, or try again.")
            ) from error


class StepForm(PasskeyLoginForm):
    """As the second step after a password: it has to be this person's."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user


class AgainForm(ReauthenticateWebAuthnForm):
    """The same question to somebody who is logged in."""

    clean_credential = PasskeyLoginForm.clean_credential


class LoginView(LoginWebAuthnView):
    """What the button on the login page asks for, and where it sends its answer."""

    def form_valid(self, form):
        devices.wish(self.request, bool(self.request.POST.get("own_device")))
        return super().form_valid(form)


class AgainView(ReauthenticateWebAuthnView):
    """Is it really you? With a passkey."""

    def get(self, request, *args, **kwargs):
        if account_adapter().is_ajax(request):
            return JsonResponse({"request_options": auth.begin_authentication(request.user)})
        return super().get(request, *args, **kwargs)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form))
