"""The page “Your devices and logins”: where somebody is logged in, and by which means."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from .. import audit
from ..backup import revocations
from ..models import User
from ..typed.text_fields import CharField
from ..validators import printable
from ..web.numbers import number
from ..web.visitor import shown_name
from . import accounts, devices, factor_views, passkeys, second_step, totp
from .sessions import fresh_login_required


class PasskeyNameForm(forms.Form):
    name = CharField(label=_("Name"), max_length=passkeys.NAME_LENGTH, validators=[printable])

    def __init__(self, *args, key, **kwargs):
        super().__init__(*args, initial={"name": shown_name(key.wrap().name)}, **kwargs)
        self.auto_id = f"id_{key.pk}_%s"  # one form for each passkey on the page
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.add_input(Submit("rename", gettext("Save the name"), css_class="btn-plain"))


@fresh_login_required
@require_http_methods(["GET", "HEAD", "POST"])
def login_devices(request):
    """Show the page, or do what one of its buttons asks and come back to it."""
    for action, act in ACTS.items():
        if action in request.POST:
            return act(request) or redirect("login_devices")
    return _page(request)


def _page(request, wrong=None):
    """Render the page. `wrong` is a passkey and its form, when the new name was refused."""
    user, keys = request.user, []
    for key in passkeys.of(user):
        form = wrong[1] if wrong and wrong[0] == key else PasskeyNameForm(key=key)
        keys.append({"key": key, "name": key.wrap().name, "form": form, "open": form.is_bound})
    return render(
        request,
        "account/devices.html",
        {
            "sessions": [
                {"row": row, "here": row.session_key == request.session.session_key}
                for row in devices.sessions_of(user)
            ],
            "trusted_here": devices.is_trusted(request),
            "keys": keys,
            "has_password": user.has_usable_password(),
            "may_remove": _has_another_way(user),
            "app": totp.of(user) if user.is_staff else None,
            "may_remove_app": factor_views.may_miss_one(user),
            "codes_left": second_step.codes_left(user),
            "asked": user.is_staff or second_step.is_asked(user),
        },
    )


def _has_another_way(user) -> bool:
    """Whether a passkey can be removed: the last way to log in cannot."""
    another = user.has_usable_password() or passkeys.of(user).count() > 1
    return another and factor_views.may_miss_one(user)


def _end_one(request):
    sessions = {session.public_id: session for session in devices.sessions_of(request.user)}
    session = sessions.get(request.POST["end"])
    if session is None:
        messages.info(request, gettext("That device was already logged out."))
    elif session.session_key == request.session.session_key:
        return redirect("account_logout")
    else:
        with transaction.atomic():
            if session.device is not None:
                devices.forget(request.user, device=session.device)  # with its sessions
            session.delete()
            audit.record(request, "end login")
        messages.success(request, gettext("That device is logged out."))


def _end_others(request):
    with transaction.atomic():
        ended = accounts.end_elsewhere(request, request.user)
        audit.record(request, "end login")
    messages.success(
        request,
        ngettext("%d other device is logged out.", "%d other devices are logged out.", ended)
        % ended
        if ended
        else gettext("You were not logged in anywhere else."),
    )


def _trust(request):
    """Remember the wish; `TrustMiddleware` sets the cookie on the answer."""
    if request.user.is_staff:
        raise Http404  # staff never stay logged in
    devices.wish(request, own_device=True)
    audit.record(request, "trust device")
    messages.success(request, gettext("You stay logged in on this device for 30 days."))


def _trust_no_longer(request):
    devices.forget_here(request)
    messages.success(
        request, gettext("On this device we will ask again who you are after half an hour.")
    )


def _key(request):
    """The passkey that a button is about. Raises Http404 when it is not this person's."""
    chosen = number(request.POST.get("passkey"))
    key = passkeys.of(request.user).filter(pk=chosen).first()
    if key is None:
        raise Http404
    return key


def _rename(request):
    key = _key(request)
    form = PasskeyNameForm(request.POST, key=key)
    if not form.is_valid():
        return _page(request, wrong=(key, form))
    key.data["name"] = form.cleaned_data["name"]
    key.save(update_fields=["data"])
    messages.success(request, gettext("The name is saved."))


def _remove(request):
    with transaction.atomic():
        User.objects.select_for_update().get(pk=request.user.pk)  # of two at once one waits
        key = _key(request)
        if not _has_another_way(request.user):
            messages.error(
                request,
                gettext("This is your only second step. First set up another one.")
                if request.user.is_staff
                else gettext("This is your only way in. First choose a password."),
            )
            return
        revocations.note("second step", key)
        key.delete()
        accounts.end_elsewhere(request, request.user)
        audit.record(request, "remove passkey")
    accounts.tell_owner(request, "account/email/passkey_removed")
    messages.success(request, gettext("It is removed. Other devices are logged out."))


ACTS = {
    "end": _end_one,
    "others": _end_others,
    "trust": _trust,
    "forget": _trust_no_longer,
    "rename": _rename,
    "remove": _remove,
    "remove_app": factor_views.remove_app,
}


@fresh_login_required
@require_http_methods(["GET", "HEAD", "POST"])
def passkey_add(request):
    """Add a passkey: the fingerprint, the face or the screen lock of this device."""
    if request.method == "POST":
        try:
            credential = passkeys.check_new(request.POST.get("credential", ""))
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("passkey_add")
        with transaction.atomic():
            passkeys.add(request, request.user, credential)
            accounts.end_elsewhere(request, request.user)
            audit.record(request, "add passkey")
        accounts.tell_owner(request, "account/email/passkey_added")
        messages.success(
            request,
            gettext("From now on you log in on this device with fingerprint, face or screen lock."),
        )
        return redirect("login_devices")
    options = passkeys.options_to_make(request.user)
    return render(request, "account/passkey_add.html", {"options": options})


@fresh_login_required
@require_POST
@sensitive_post_parameters()
def one_time_list(request):
    """Make ten codes, show them once to be printed, and store their hashes."""
    with transaction.atomic():
        codes = second_step.new_list(request.user)
        audit.record(request, "print codes")
    accounts.tell_owner(request, "account/email/codes_printed")
    return second_step.list_page(request, codes)
