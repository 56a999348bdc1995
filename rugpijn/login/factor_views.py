"""Pages of the second factor of staff: setting one up, and giving it again."""

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .. import audit
from ..backup import revocations
from ..models import User
from ..typed.text_fields import CharField
from ..web.submit_form import SubmitForm
from . import (
    access_changes,
    access_mail,
    accounts,
    allauth_private,
    devices,
    passkeys,
    second_factor,
    second_step,
    totp,
)
from .sessions import fresh_login_required


class AppForm(SubmitForm, forms.Form):
    """The first code of an authenticator app: it shows that the app has the secret."""

    code = CharField(
        label=_("Code in the app"),
        max_length=20,
        help_text=_("Six digits. There is a new code every half minute."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    submit = ("app", _("Use this app"))

    clean_code = second_step.CodeForm.clean_code


@fresh_login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "credential")
def staff_factor(request):
    """Where staff set up a second factor: their first, or another in its place."""
    if not request.user.is_staff:
        return redirect("login_devices")
    form = AppForm(request.POST if "code" in request.POST else None)
    if "credential" in request.POST:
        try:
            credential = passkeys.check_new(request.POST["credential"])
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("staff_factor")
        return _keep_passkey(request, credential)
    if form.is_valid():
        response = _keep_app(request, form.cleaned_data["code"])
        if response is not None:
            return response
        form.add_error("code", gettext("This code is not correct. Check the app and try again."))
    return render(
        request,
        "account/staff_factor.html",
        {
            "form": form,
            "setup": totp.setup(request),
            "options": passkeys.options_to_make(request.user),
            "first": not second_factor.has(request.user),
            "app": totp.of(request.user) is not None,
            "app_open": form.is_bound,
        },
    )


@transaction.atomic
def _keep_passkey(request, credential):
    key = passkeys.add(request, request.user, credential)
    allauth_private.record_authentication(request, request.user, "mfa", id=key.pk, type=key.type)
    return _kept(request, "add passkey", "account/email/passkey_added")


@transaction.atomic
def _keep_app(request, code):
    if not totp.confirm(request, code):
        return None
    allauth_private.record_authentication(request, request.user, "second_step", how="app")
    return _kept(request, "add authenticator app", "account/email/app_added")


def _kept(request, act, mail):
    """Mark this session, end every other one, and mail the owner of the account. Who has no codes
    on paper gets the page with a new list."""
    request.session.cycle_key()
    second_factor.mark(request.session, request.user)
    devices.wish(request, own_device=True)
    accounts.end_elsewhere(request, request.user)
    audit.record(request, act)
    accounts.tell_owner(request, mail)
    if second_step.codes_left(request.user):
        messages.success(request, gettext("It is saved. Other devices are logged out."))
        return redirect("login_devices")
    codes = second_step.new_list(request.user)
    audit.record(request, "print codes")
    return second_step.list_page(request, codes)


def remove_app(request):
    """The button of the page with devices that removes the authenticator app."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=request.user.pk)  # of two at once one waits
        app = totp.of(request.user)
        if app is None:
            return
        if not may_miss_one(request.user):
            messages.error(
                request, gettext("This is your only second step. First set up another one.")
            )
            return
        revocations.note("second step", app)
        app.delete()
        accounts.end_elsewhere(request, request.user)
        audit.record(request, "remove authenticator app")
    accounts.tell_owner(request, "account/email/app_removed")
    messages.success(request, gettext("It is removed. Other devices are logged out."))


def may_miss_one(user) -> bool:
    """Whether one factor can be removed: the last one of staff can only be replaced."""
    return not user.is_staff or second_factor.of(user).count() > 1


def take_away(request, person: User) -> None:
    """Remove the second step of a colleague who lost a telephone, for an owner. The colleague gets
    a mail. Call it within a transaction."""
    access_changes.take_factor_away(person)
    audit.record(request, "reset second factor", thing=person)
    access_mail.tell_person("factor_reset", person)


# ------------------------------------------------------------ confirming who you are


def _uses_factor(user) -> bool:
    return user.is_authenticated and user.is_staff and second_factor.has(user)


def password_again(request, *args, **kwargs):
    """Confirm who you are, with a password. Staff with a second factor are led to that."""
    if _uses_factor(request.user):
        way = get_adapter(request).get_reauthentication_methods(request.user)[0]
        query = request.GET.urlencode()
        return redirect(f"{way['url']}?{query}" if query else way["url"])
    return allauth_views.reauthenticate(request, *args, **kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
def code_again(request):
    """Confirm who you are, with a code of the app or of the printed list."""
    user = request.user
    if not _uses_factor(user):
        return redirect("account_reauthenticate")
    data = request.POST if request.method == "POST" else None
    form = second_step.CodeForm(data, staff=True)
    if form.is_valid() and second_step.is_right(
        request, user, form, lambda code: second_step.is_code_of_staff(user, code)
    ):
        allauth_private.record_authentication(
            request, user, "second_step", how="code", reauthenticated=True
        )
        second_factor.mark(request.session, user)
        audit.record(request, "second step")
        return redirect(get_next_redirect_url(request) or "/")
    ways = get_adapter(request).get_reauthentication_methods(user)
    context = {
        "form": form,
        "hint": totp.demo_code(),
        "redirect_field_name": "next",
        "redirect_field_value": request.POST.get("next") or request.GET.get("next") or "",
        "reauthentication_alternatives": [way for way in ways if way["id"] != "factor_again"],
    }
    return render(request, "account/code_again.html", context)
