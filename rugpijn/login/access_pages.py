"""Pages of access changes: the list for owners, and the page behind a link in a mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from .. import audit
from ..models import AccessChange
from ..web.numbers import number
from . import access_changes, access_mail, access_rules

SETTLED_SHOWN = 10  # the most recent ones, on the page of an owner


def say(request, change: AccessChange) -> None:
    """Show who asked for a change what happens next."""
    if change.outcome == AccessChange.Outcome.DONE:
        text = _(
            "%(name)s: %(what)s. It works at once: nobody has an account in this practice yet."
        )
    elif change.outcome == AccessChange.Outcome.FAILED:
        text = _("%(name)s: %(what)s is not possible: the address is in use.")
    elif access_rules.can_be_confirmed(change):
        text = _(
            "%(name)s: %(what)s is asked for. It works from %(when)s, or as soon as another owner "
            "of the practice confirms it. The owners and the colleague hear of it by mail, and can "
            "refuse it."
        )
    else:
        text = _(
            "%(name)s: %(what)s is asked for. It works from %(when)s: there is no other owner who "
            "can confirm it. The owners and the colleague hear of it by mail, and can refuse it."
        )
    moment = date_format(timezone.localtime(change.works_at), "j F H:i")
    about = {"name": change.who, "what": change.get_kind_display(), "when": moment}
    messages.success(request, text % about)


def _seen_by(user):
    """The filter of the changes somebody may see: an owner the practice's, the operator all."""
    if user.is_superuser:
        return {}
    return {"practice": user.practice_id}


def shown(request, person=None) -> dict:
    """The context of the list of colleagues, or of the page of one: the changes that wait."""
    access_changes.settle_due()
    which = _seen_by(request.user) | ({"person": person} if person else {})
    return {"access_changes": list(access_changes.waiting(**which))}


def waiting(admin, request):
    """The page of an owner: the changes that wait, each with buttons to confirm and to refuse."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    access_changes.settle_due()
    if request.method == "POST":
        return _decide(request)
    visible = _seen_by(request.user)
    changes = AccessChange.objects.filter(**visible)
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": _("Changes to how colleagues log in"),
        "waiting": [
            {"change": change, "may_confirm": access_rules.may_confirm(request.user, change)}
            for change in access_changes.waiting(**visible)
        ],
        "settled": changes.exclude(outcome="")
        .select_related("person", "invitation", "practice")
        .order_by("-settled_at")[:SETTLED_SHOWN],
    }
    return TemplateResponse(request, "admin/rugpijn/user/access.html", context)


def _decide(request):
    waiting_changes = access_changes.waiting(**_seen_by(request.user))
    change = waiting_changes.filter(pk=number(request.POST.get("change"))).first()
    if change is None:
        messages.info(request, _("This change does not wait any more."))
    elif "confirm" in request.POST:
        if not access_rules.may_confirm(request.user, change):
            audit.deny(request, access_changes.CONFIRM, thing=change.person or change.invitation)
            raise PermissionDenied
        access_changes.confirm(request, change)
        messages.success(request, _("Confirmed. It works from now on."))
    elif "refuse" in request.POST:
        access_changes.refuse(request, change)
        messages.success(request, _("Refused. Nothing is changed."))
    return redirect("admin:rugpijn_user_access")


@login_not_required
@never_cache
def refuse_by_mail(request, token):
    """The page behind the link in a mail to an owner or to the person. A GET refuses nothing. A
    link that was used, has expired or never existed gets the same answer."""
    access_changes.settle_due()
    change, by = access_mail.find(token)
    if change is None or by is None:
        return render(request, "account/access_change_closed.html", status=410)
    about = {"change": change, "mine": by == change.person}
    if request.method != "POST":
        about["confirmable"] = access_rules.can_be_confirmed(change)
        return render(request, "account/access_change.html", about)
    access_changes.refuse(request, change, by=by)
    return render(request, "account/access_change_refused.html", about)
