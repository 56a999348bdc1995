"""The pages of emergency access: opening a practice with a reason, and ending it."""

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from ..login.sessions import fresh_login_required
from ..mailing import account
from ..models import GlassBreak, Practice, User
from ..typed.text_fields import CharField
from ..validators import printable
from ..web import hidden
from . import rules as emergency_access

LEAST_REASON = 15  # characters: enough for a reason


class GlassForm(forms.Form):
    practice = forms.ModelChoiceField(Practice.objects.all(), label=_("Practice"))
    reason = CharField(
        label=_("Reason"),
        min_length=LEAST_REASON,
        max_length=500,
        validators=[printable],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The owners of the practice read this. Name no patient here."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_login_required
def break_glass(request):
    """Open the records of one practice, for reading, for an hour."""
    if not request.user.is_superuser:
        raise PermissionDenied
    form = GlassForm(request.POST if request.method == "POST" else None)
    opened = None
    with transaction.atomic():
        User.objects.select_for_update().get(pk=request.user.pk)  # one press at a time
        emergency_access.write_down_ends(actor=request.user.uuid)
        now_open = emergency_access.of(request.user)
        if form.is_valid() and now_open is None:
            practice = form.cleaned_data["practice"]
            opened = emergency_access.begin(request, practice, form.cleaned_data["reason"])
        elif form.is_valid():
            form.add_error(None, gettext("One practice is open already. End that first."))
    if opened is not None:
        _tell_owners(request, practice, opened)
        return redirect("admin:patients_patient_glass")
    title = gettext("Read in the records of a practice")
    context = {
        **admin.site.each_context(request),
        "title": title,
        "form": form,
        "now_open": now_open,
        "practice": now_open and Practice.objects.filter(uuid=now_open.practice).first(),
        "minutes": int(emergency_access.LONGEST.total_seconds() // 60),
    }
    return TemplateResponse(request, "admin/rugpijn/emergency_access.html", context)


def _tell_owners(request, practice, opened):
    """Mail the owners. Their first page shows it too, in case the mail is lost."""
    owners = User.objects.filter(practice=practice, is_owner=True, is_active=True)
    for owner in owners.exclude(email=None):
        adapter, about = get_adapter(request), {"glass": str(opened.uuid)}
        if not adapter.send_mail(account.GLASS, owner.email, {"user": owner}, **about):
            messages.warning(
                request, gettext("The mail to an owner was not sent. Call the practice.")
            )


@require_POST
def end_glass(request, uuid):
    """End it before its time: for whoever opened it, or for an owner of the practice."""
    with transaction.atomic():
        opened = GlassBreak.objects.filter(uuid=uuid).first()
        if opened is None or not _may_end(request.user, opened):
            hidden.refuse(request, opened, "close glass")
        ended = emergency_access.end(request, opened)
    messages.success(
        request, gettext("It is closed.") if ended else gettext("It was closed already.")
    )
    # An owner sees next what was read; the operator sees the page where it was opened.
    own = request.user.uuid == opened.actor
    return redirect("admin:glass" if own else "admin:rugpijn_accessevent_changelist")


def _may_end(user, opened: GlassBreak) -> bool:
    own = user.is_superuser and user.uuid == opened.actor
    owner = user.is_owner and user.practice is not None and user.practice.uuid == opened.practice
    return own or owner
