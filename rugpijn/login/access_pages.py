"""Pages of changes to somebody's way in: what waits for an owner, and refusing by mail."""

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

SETTLED_SHOWN = 10  # on the page of an owner, the last ones


def say(request, change: AccessChange) -> None:
    """What becomes of a change, to who asked for it."""
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
    """Which changes somebody may see: an owner those of the practice, the operator all."""
    if user.is_superuser:
        return {}
    return {"practice": user.practice_id}


def shown(request, person=None) -> dict:
    """What waits, for the list of colleagues and the page of one of them."""
    access_changes.settle_due()
    which = _seen_by(request.user) | ({"person": person} if person else {})
    return {"access_changes": list(access_changes.waiting(**which))}


def waiting(admin, request):
    """The page of an owner: what waits, with a button to confirm and one to refuse."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    access_changes.settle_due()
    if request.method == "POST":
        return _decide(request)
    mine = AccessChange.objects.filter(**_seen_by(request.user)).select_related(
        "person", "invitation", "practice"
    )
    open_now = access_changes.waiting(**_seen_by(request.user))
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": _("Changes to how colleagues log in"),
        "waiting": [
            {"change": change, "may_confirm": access_rules.may_confirm(request.user, change)}
            for change in open_now
        ],
        "settled": mine.exclude(outcome="").order_by("-settled_at")[:SETTLED_SHOWN],
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
    """The link in the mail to an owner, or to the address of before. Looking refuses nothing; a
    link that was used, is over or never was one gets the same answer."""
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
