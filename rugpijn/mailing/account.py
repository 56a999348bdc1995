"""Mails about logging in, as allauth requests them: queued without links and codes."""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from ..emergency_access.models import GlassBreak
from ..models import User
from . import sending
from .codes import CODE_MINUTES, code_from
from .models import Letter
from .sending import SendOutcome

KIND = "account"
RESET, CONFIRM = "account/email/password_reset_key", "account/email/email_confirmation"
CODE, GLASS = "account/email/second_step", "account/email/glass_broken"
KNOWN = "account/email/account_already_exists"
# Of what allauth gives a template, what a mail of ours says. Addresses, and nothing that opens.
WORDS = ("from_email", "to_email", "deleted_email")


def send(template: str, email: str, context: dict, **about) -> SendOutcome:
    """Queue a mail with this template. `about` has the numbers from which its secrets are made
    later."""
    user = context.get("user") or User.objects.filter(email__iexact=email).first()
    words = {name: str(context[name]) for name in WORDS if name in context}
    return sending.send(
        Letter(
            kind=KIND,
            about={"template": template, "words": words, **about},
            recipient=email,
            user=user,
        )
    )


def write(letter: Letter) -> EmailMessage | None:
    template = letter.about["template"]
    make = SECRETS.get(template, lambda letter: {})
    made = make(letter)
    if made is None:
        return None
    context = {"email": letter.recipient, "user": letter.user, **letter.about["words"], **made}
    return get_adapter().render_mail(template, letter.recipient, context)


# ------------------------------------------------------------ what is made when it is written


def _reset(letter: Letter) -> dict | None:
    user = letter.user
    if user is None or not user.is_active:
        return None
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return {"password_reset_url": get_adapter().get_reset_password_from_key_url(key)}


def _confirm(letter: Letter) -> dict | None:
    address = EmailAddress.objects.filter(pk=letter.about["address"], verified=False).first()
    if address is None:
        return None
    confirmation = EmailConfirmationHMAC(address)
    return {"activate_url": get_adapter().get_email_confirmation_url(None, confirmation)}


def _code(letter: Letter) -> dict | None:
    if timezone.now() - letter.created_at > timedelta(minutes=CODE_MINUTES):
        return None
    code = code_from(letter.user, letter.about["number"])
    return {"code": f"{code[:3]} {code[3:]}", "minutes": CODE_MINUTES}


def _glass(letter: Letter) -> dict | None:
    broken = GlassBreak.objects.filter(uuid=letter.about["glass"]).first()
    return broken and {"broken": broken}


def _known(letter: Letter) -> dict:
    return {"password_reset_url": settings.SITE_URL + reverse("account_reset_password")}


SECRETS: dict[str, Callable[[Letter], dict | None]] = {
    RESET: _reset,
    CONFIRM: _confirm,
    CODE: _code,
    GLASS: _glass,
    KNOWN: _known,
}
sending.WRITERS[KIND] = write
