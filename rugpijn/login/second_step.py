"""The second step of a login with a password: a code by e-mail, one from a printed list, or a
passkey. A passkey without a password is both steps, and a trusted device is not asked.

Apps say which patients are asked (`hooks.asks_second_step`). Staff are
always asked, for a code of their app in the place of one by e-mail; who has nothing to answer with
yet is led to it by `StaffFactorMiddleware`.
"""

import secrets
import time
from functools import partial

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.stages import LoginStage, LoginStageController
from allauth.account.utils import get_login_redirect_url
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from .. import audit, hooks
from ..mailing import account
from ..mailing.codes import CODE_MINUTES, code_from
from ..models import User
from ..typed.text import digits
from ..typed.text_fields import CharField
from ..web.submit_form import SubmitForm
from . import allauth_private, devices, passkeys, second_factor, totp
from .models import OneTimeCode

MOST_TRIES = 5
LIST_LENGTH, LIST_DIGITS = 10, 8


def is_asked(user: User) -> bool:
    return any(asks(user) for asks in hooks.asks_second_step)


def by_passkey(request) -> bool:
    """Whether whoever is logged in used a passkey and no password."""
    return passkeys.was_used(request, request.user)


class SecondStepStage(LoginStage):
    """Takes the place of allauth's own stage, between the password and the login."""

    key = "rugpijn_second_step"
    urlname = "second_step"

    def handle(self):
        user = self.login.user
        if (
            user is None
            or passkeys.was_used(self.request, user)
            or not self._is_asked(user, devices.of_request(self.request, user))
        ):
            return None, True
        if not user.is_staff and email_of(user):
            mail_code(self)
        return redirect(self.urlname), True

    @staticmethod
    def _is_asked(user, device) -> bool:
        if user.is_staff:
            return second_factor.has(user) and devices.gave_factor_at(device) is None
        return device is None and is_asked(user)


def email_of(user: User) -> str | None:
    return EmailAddress.objects.get_primary_email(user)


# ------------------------------------------------------------ codes by e-mail


def _hash(user: User, code: str) -> str:
    """With the server's key: a plain hash of six or eight digits is soon guessed."""
    message = f"{user.pk}:{code}"
    return salted_hmac("rugpijn.one-time-code", message, algorithm="sha256").hexdigest()


def _digits(length: int) -> str:
    return f"{secrets.randbelow(10**length):0{length}}"


def mail_code(stage: SecondStepStage) -> bool:
    """Mail a new code, which replaces the one before. Returns whether it was sent or queued."""
    user, number = stage.login.user, secrets.token_urlsafe(16)
    if user.is_staff:
        return False
    if not ratelimit.consume(stage.request, action="second_step_mail", key=str(user.pk)):
        return False
    stage.state.update(code=_hash(user, code_from(user, number)), at=time.time(), tries=0)
    adapter, context = get_adapter(stage.request), {"user": user}
    return adapter.send_mail(account.CODE, email_of(user), context, number=number)


def _is_mailed_code(stage: SecondStepStage, code: str) -> bool:
    kept, at = stage.state.get("code"), stage.state.get("at", 0)
    in_time = time.time() - at < CODE_MINUTES * 60
    return bool(kept) and in_time and constant_time_compare(kept, _hash(stage.login.user, code))


# ------------------------------------------------------------ codes on paper


@transaction.atomic
def new_list(user: User) -> list[str]:
    """Make ten codes to print, each for one use. The list before it stops working."""
    user.one_time_codes.all().delete()
    codes = set()
    while len(codes) < LIST_LENGTH:
        codes.add(_digits(LIST_DIGITS))
    OneTimeCode.objects.bulk_create(
        OneTimeCode(user=user, code_hash=_hash(user, code)) for code in codes
    )
    return [f"{code[:4]} {code[4:]}" for code in sorted(codes)]


def end_lists_of_staff(restored) -> str | None:
    """After a restore: delete the codes on paper of staff, and say how many lists.

    A code that was used since the backup was made would work again. Staff have their app or
    passkey, and print a new list. Patients keep theirs: for some it is the only second step, and
    nobody is at hand to give them another.
    """
    staff = User.objects.filter(Q(is_therapist=True) | Q(is_owner=True) | Q(is_superuser=True))
    lists = OneTimeCode.objects.filter(user__in=staff)
    people = lists.values("user").distinct().count()
    lists.delete()
    if not people:
        return None
    return f"Codes on paper of staff no longer work; lists: {people}. New ones are printed."


def codes_left(user: User) -> int:
    return user.one_time_codes.filter(used_at=None).count()


def _use_listed_code(user: User, code: str) -> bool:
    """In one statement: of two people who type the same code at once, one gets in."""
    unused = user.one_time_codes.filter(code_hash=_hash(user, code), used_at=None)
    return unused.update(used_at=timezone.now()) == 1


def list_page(request, codes: list[str], **context):
    """The page with the codes of a new list, which is shown once."""
    return render(request, "account/one_time_list.html", {"codes": codes, **context})


# ------------------------------------------------------------ the page


class CodeForm(SubmitForm, forms.Form):
    submit = ("go", _("Go on"))
    code = CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )
    own_device = forms.BooleanField(
        required=False,
        label=_("Trust this device for 30 days"),
        help_text=_("Only on your own phone or computer. We will then not ask for a code here."),
    )

    def __init__(self, *args, staff=False, **kwargs):
        super().__init__(*args, **kwargs)
        if staff:  # their device is remembered for twelve hours, unasked
            del self.fields["own_device"]

    def clean_code(self):
        """Remove the spaces and dashes that people copy from paper."""
        return digits(self.cleaned_data["code"])


@sensitive_post_parameters("code")
@never_cache
@login_not_required
def second_step(request):
    """The password was right; now the second step."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    stage = LoginStageController.enter(request, SecondStepStage.key)
    if stage is None:
        return redirect("account_login")
    user = stage.login.user
    if request.method == "GET" and get_adapter(request).is_ajax(request):
        return JsonResponse({"request_options": allauth_private.begin_authentication(user)})
    if "send" in request.POST:
        return _send_again(request, stage)
    if "credential" in request.POST:
        return _by_passkey(request, stage)
    if "stop" in request.POST:
        return stage.abort()
    form = CodeForm(
        request.POST or None,
        staff=user.is_staff,
        initial={"own_device": request.session.get(devices.WISH, False)},
    )
    is_filled_in = request.method == "POST" and form.is_valid()
    if is_filled_in and is_right(request, user, form, partial(_fits, stage)):
        return _done(request, stage, "code", form.cleaned_data.get("own_device", False))
    return _page(request, stage, form)


def is_right(request, user: User, form: CodeForm, fits) -> bool:
    """Whether the code of a form fits. After five wrong ones this person waits ten minutes."""
    if not ratelimit.consume(request, action="second_step", key=str(user.pk)):
        form.add_error(
            "code", gettext("There were too many wrong codes. Wait ten minutes, then try again.")
        )
    elif fits(form.cleaned_data["code"]):
        ratelimit.clear(request, action="second_step", key=str(user.pk))
        return True
    else:
        form.add_error("code", gettext("This code is not correct. Check it and try again."))
    return False


def is_code_of_staff(user: User, code: str) -> bool:
    """Whether this is a code of the app or of the printed list. It works only once."""
    if len(code) == LIST_DIGITS:
        return _use_listed_code(user, code)
    return totp.accepts(user, code)


def _fits(stage, code) -> bool:
    """Whether a typed code fits. A mailed code stops working after five guesses."""
    if stage.login.user.is_staff:
        return is_code_of_staff(stage.login.user, code)
    if len(code) == LIST_DIGITS:
        return _use_listed_code(stage.login.user, code)
    stage.state["tries"] = stage.state.get("tries", 0) + 1
    allauth_private.stash_login(stage.request, stage.login)
    return stage.state["tries"] <= MOST_TRIES and _is_mailed_code(stage, code)


def _send_again(request, stage):
    sent = mail_code(stage)
    allauth_private.stash_login(request, stage.login)
    if sent:
        messages.success(request, gettext("We have sent a new code. The old one no longer works."))
    else:
        messages.error(
            request, gettext("The e-mail was not sent. Wait ten minutes, then try again.")
        )
    return redirect("second_step")


def _by_passkey(request, stage):
    form = passkeys.StepForm(request.POST, user=stage.login.user)
    if form.is_valid():
        own = bool(request.POST.get("own_device"))
        return _done(request, stage, "passkey", own)
    messages.error(request, gettext("That did not work. Try again, or type a code."))
    return redirect("second_step")


def _done(request, stage, how, own_device):
    user = stage.login.user
    allauth_private.record_authentication(request, user, "second_step", how=how)
    if user.is_staff:
        second_factor.mark(request.session, user)
        own_device = True
    devices.wish(request, own_device)
    response = stage.exit()
    if request.user.is_authenticated:
        audit.record(request, "second step")
    return response


def _page(request, stage, form):
    user = stage.login.user
    email = None if user.is_staff else email_of(user)
    return render(
        request,
        "account/second_step.html",
        {
            "form": form,
            "email": email and _masked(email),
            "listed": codes_left(user),
            "passkeys": passkeys.of(user).exists(),
            "app": user.is_staff and totp.of(user) is not None,
            "hint": totp.demo_code(),
            "minutes": CODE_MINUTES,
        },
    )


def _masked(email: str) -> str:
    """Enough of the address for its owner to know which mailbox to open."""
    name, _at, domain = email.partition("@")
    return f"{name[:2]}…@{domain}"
