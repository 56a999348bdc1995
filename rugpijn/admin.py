"""The admin pages of a practice owner."""

import base64
from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Script
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from . import audit
from .admin_base import ScopedAdmin
from .backup import revocations
from .forms import ColleagueForm, PracticeForm
from .log import pages, search
from .login import access_changes, access_mail, access_pages, access_rules, factor_views, sessions
from .models import AccessEvent, Practice, StaffInvitation, User

ROLES = ("is_therapist", "is_owner")


@admin.register(Practice)
class PracticeAdmin(ScopedAdmin):
    """The practice as it is printed on paper. Owners edit their own practice."""

    form = PracticeForm
    readonly_fields = ("logo_now", "heading_now", "kept_now")
    fieldsets = (
        (_("On paper"), {"fields": ("name", "logo_now", "logo", "colour", "heading_now")}),
        (
            _("How patients reach you"),
            {
                "fields": (
                    "street",
                    ("postcode", "city"),
                    "phone",
                    "email",
                    "website",
                    "online_page",
                )
            },
        ),
        (
            _("Whom a patient calls about a red flag"),
            {
                "fields": ("doctor_phone", "out_of_hours_phone", "emergency_phone"),
                "description": _(
                    "A patient who reports a red flag reads at once to stop exercising and whom to "
                    "call, with a button for each number that is filled in here."
                ),
            },
        ),
        (_("Logging in"), {"fields": ("second_step", "idle_minutes")}),
        (_("What patients read of the access log"), {"fields": ("log_shows_names",)}),
        (
            _("What is printed when nothing else is asked for"),
            {"fields": (("paper", "diary_weeks"),)},
        ),
        (
            _("How long data is kept"),
            {
                "fields": ("is_record", "keep_months", "kept_now"),
                "description": _(
                    "A programme is usually part of a record that you keep in another system: then "
                    "programme and scores are kept here for 24 months after the last activity. If "
                    "this is the only place where you keep them, they are kept for 20 years."
                ),
            },
        ),
    )

    class Media:
        js = (Script("rugpijn/practice.js", type="module"),)

    def get_fieldsets(self, request, obj=None):
        """Offer to remove the logo only when there is one."""
        (title, paper), *others = super().get_fieldsets(request, obj)
        if obj is not None and obj.logo:
            fields = [*paper["fields"]]
            fields.insert(fields.index("logo") + 1, "remove_logo")
            paper = {**paper, "fields": fields}
        return [(title, paper), *others]

    @admin.display(description=_("logo"))
    def logo_now(self, practice):
        """Return the logo as part of the page, because its file has no address."""
        if not practice.logo:
            return gettext("No logo yet: paper has the name of the practice alone.")
        try:
            with practice.logo.open("rb") as picture:
                content = base64.b64encode(picture.read()).decode()
        except OSError:
            return gettext("The logo cannot be read. Please choose it again.")
        return format_html(
            '<img class="logo-now" src="data:image/png;base64,{}" alt="{}">',
            content,
            gettext("Logo of %s") % practice.name,
        )

    @admin.display(description=_("a heading on paper"))
    def heading_now(self, practice):
        """Return a preview of the heading. Its colour is an attribute: the content policy allows no
        inline style."""
        return format_html(
            '<svg class="heading-now" viewBox="0 0 320 56" role="img" aria-label="{title}">'
            '<rect width="320" height="56" fill="#ffffff"/>'
            '<g fill="{colour}"><text x="12" y="30" font-size="20" font-weight="700">{title}</text>'
            '<rect x="12" y="42" width="296" height="2"/></g></svg>',
            title=gettext("Your exercises"),
            colour=practice.colour,
        )

    @admin.display(description=_("now"))
    def kept_now(self, practice):
        """Return the current terms, and what the next run will remove."""
        kept = gettext("%d months after the last activity.") % practice.kept_for
        treated = gettext("Whoever has a running programme is never touched.")
        return f"{kept} {treated} {self.admin_site.next_removal(practice)}"

    def scope(self, request, queryset):
        if request.user.is_superuser:
            return queryset
        return queryset.filter(pk=request.user.practice_id)

    def has_add_permission(self, request):
        """Nobody: a practice is made with `manage.py start_practice`."""
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or request.user.is_superuser or obj.pk == request.user.practice_id

    def save_model(self, request, obj, form, change):
        before = form.initial.get("logo")
        super().save_model(request, obj, form, change)
        if before and before.name != obj.logo.name:
            transaction.on_commit(partial(obj.logo.storage.delete, before.name))
        if "second_step" in form.changed_data:
            revocations.note("practice", obj)
            act = "turn second step on" if obj.second_step else "turn second step off"
            audit.record(request, act, thing=obj)
        names = _columns(Practice, form.changed_data)
        for part in audit.parts({*names} - {"second_step"}):
            audit.record(request, "change", thing=obj, part=part)
        if names and not access_rules.may_decide(request.user, obj):
            access_mail.tell_changed(obj, names, request.user.name)

    def response_change(self, request, obj):
        """Stay on the page after saving for a user with one practice, whose list would have one
        row."""
        messages.success(request, gettext("Saved. New paper is printed like this from now on."))
        return redirect("admin:rugpijn_practice_change", obj.pk)


@admin.register(User)
class StaffAdmin(ScopedAdmin):
    """The people who work in a practice. New ones are invited."""

    list_display = ("name", "email", "is_therapist", "is_owner", "is_active")
    form = ColleagueForm
    fields = ("name", "email", "language", "is_therapist", "is_owner", "is_active")
    change_form_template = "admin/rugpijn/user/change_form.html"

    def scope(self, request, queryset):
        people = queryset.filter(practice__isnull=False)  # patients belong to no practice
        if request.user.is_superuser:
            return people
        return people.filter(practice=request.user.practice_id)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        """Someone who left is made inactive: what they signed keeps their name."""
        return False

    def get_readonly_fields(self, request, obj=None):
        """Nobody raises, or locks out, themselves.

        Nor does an owner change the address of a colleague: whoever reads its mail can ask
        for a new password, and would be that colleague. Who runs the server asks for it.
        """
        if obj is None or request.user.is_superuser:
            return ()
        own = obj.pk == request.user.pk
        return ("email", "is_therapist", "is_owner", "is_active") if own else ("email",)

    def save_model(self, request, obj, form, change):
        """Save what an owner changes at once. What the operator grants waits; see `WAYS`."""
        before = User.objects.select_for_update().get(pk=obj.pk)
        changed = set(form.changed_data)
        if not access_rules.may_decide(request.user, before.practice):
            changed -= self._ask(request, before, obj, changed)
        elif "email" in changed:
            changed -= self._ask(request, before, obj, {"email"})
        super().save_model(request, obj, form, change)
        revocations.note("account", obj)
        roles = {*ROLES, "is_active"} & changed
        for part in audit.parts(changed):
            audit.record(request, "change role" if roles else "change", thing=obj, part=part)
        others = sorted(changed - roles)
        if others and not access_rules.may_decide(request.user, before.practice):
            access_mail.tell_changed(obj, others, request.user.name)
        if roles:
            self._tell_roles(request, before, obj, roles)
        self._tell(request, obj, changed)

    def _ask(self, request, before, obj, changed) -> set:
        """Restore the fields that have to wait, and store the request. Returns their names."""
        given = {name for name in (*ROLES, "is_active") if name in changed and getattr(obj, name)}
        wanted = [
            ("email", "email" in changed, {"email": obj.email}),
            ("roles", bool(given - {"is_active"}), {"roles": given - {"is_active"}}),
            ("opened", "is_active" in given, {"roles": {"is_active"}}),
        ]
        waits = given | ({"email"} & changed)
        for name in waits:
            setattr(obj, name, getattr(before, name))
        for kind, is_wanted, what in wanted:
            if is_wanted:
                change = access_changes.ask(request, kind, person=before, **what)
                access_pages.say(request, change)
        return waits

    def _tell_roles(self, request, before, obj, roles):
        """Mail the person concerned, and also the owners when the operator made the change."""
        if access_rules.may_decide(request.user, before.practice):
            access_mail.tell_person("role_changed", obj)
            return
        lost = {name for name in roles if not getattr(obj, name)}
        if before.is_owner and "is_active" in lost:
            lost.add("is_owner")
        access_changes.took_away(request, obj, lost)

    def get_urls(self):
        reset = path(
            "<int:object_id>/second-step/",
            self.admin_site.admin_view(sessions.fresh_login_required(self.reset_factor)),
            name="rugpijn_user_factor",
        )
        waiting = path(
            "access/",
            self.admin_site.admin_view(
                sessions.fresh_login_required(partial(access_pages.waiting, self))
            ),
            name="rugpijn_user_access",
        )
        return [reset, waiting, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, access_pages.shown(request) | (extra_context or {}))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            context |= access_pages.shown(request, person=obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def reset_factor(self, request, object_id):
        """Remove the second step of a colleague who lost it. The next login sets up a new one."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        person = self.get_queryset(request).filter(pk=object_id).first()
        if person is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        if person == request.user:
            return redirect("login_devices")
        at_once = access_rules.may_decide(request.user, person.practice)
        if request.method == "POST":
            with transaction.atomic():
                if at_once:
                    factor_views.take_away(request, person)
                    text = gettext("%s is logged out, and sets up a second step at the next login.")
                    messages.success(request, text % person.name)
                else:
                    change = access_changes.ask(request, "factor", person=person)
                    access_pages.say(request, change)
            return redirect("admin:rugpijn_user_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "person": person,
            "at_once": at_once,
            "title": gettext("A new second step for %s") % person.name,
        }
        return TemplateResponse(request, "admin/rugpijn/user/factor.html", context)

    def _tell(self, request, person, changed):
        """Say what the change did to the person's sessions and to the patients."""
        if "is_active" in changed and not person.is_active:
            sessions.end_sessions(person)
            text = gettext("%s is logged out everywhere and cannot log in any more.")
        elif "is_active" in changed:
            text = gettext("%s may log in again.")
        else:
            text = gettext("The details of %s are saved.")
        if changed:
            messages.success(request, text % person.name)
        if {"is_active", "is_therapist"} & set(changed) and not person.may_treat:
            self._tell_of_patients(request, person)

    def _tell_of_patients(self, request, person):
        """Say how many patients have no therapist now. Only the number: an owner need not know who
        is treated."""
        number = self.admin_site.treated_by(person)
        if not number:
            return
        text = (
            ngettext(
                "%d patient has no active therapist now.",
                "%d patients have no active therapist now.",
                number,
            )
            % number
        )
        if not request.user.may_treat:
            text += " " + gettext("A therapist of the practice takes them over on the first page.")
            messages.warning(request, text)
            return
        link = reverse("admin:index") + "?whose=left"
        messages.warning(
            request, format_html('{} <a href="{}">{}</a>', text, link, gettext("Take them over"))
        )

    def response_change(self, request, obj):
        return redirect("admin:rugpijn_user_changelist")


@admin.register(StaffInvitation)
class StaffInvitationAdmin(ScopedAdmin):
    """Invites a colleague. The link is sent by mail."""

    list_display = ("name", "email", "is_therapist", "is_owner", "created_at", "state")
    form = ColleagueForm
    fields = ("name", "email", "is_therapist", "is_owner")
    readonly_fields = ("state",)
    change_form_template = "admin/rugpijn/staffinvitation/change_form.html"

    def get_fields(self, request, obj=None):
        return self.fields if obj is None else (*self.fields, "state")

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.practice = request.user.practice
        return form

    def get_changeform_initial_data(self, request):
        return {"is_therapist": True}

    @admin.display(description=_("state"))
    def state(self, invitation):
        if invitation.accepted_at is not None:
            return gettext("accepted on %s") % _day(invitation.accepted_at)
        if invitation.is_open:
            return gettext("open until %s") % _day(invitation.expires_at)
        return gettext("expired: mail a new link, or withdraw it")

    def scope(self, request, queryset):
        if request.user.is_superuser:
            return queryset
        return queryset.filter(practice=request.user.practice_id)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.practice_id is not None

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """Withdrawing; what was accepted is an account by now."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.accepted_at is None)

    def get_urls(self):
        renew = path(
            "<int:object_id>/renew/",
            self.admin_site.admin_view(self.renew),
            name="rugpijn_staffinvitation_renew",
        )
        return [renew, *super().get_urls()]

    def renew(self, request, object_id):
        """Make another link for the same colleague. The earlier link no longer works."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        with transaction.atomic():
            found = self.get_queryset(request).select_for_update(of=("self",))
            invitation = found.filter(pk=object_id).first()
            if invitation is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
            if request.method != "POST":
                return redirect("admin:rugpijn_staffinvitation_change", object_id)
            if invitation.accepted_at is not None:
                messages.error(request, gettext("This invitation was accepted already."))
            else:
                self._send(request, invitation)
        return redirect("admin:rugpijn_staffinvitation_changelist")

    def _send(self, request, invitation):
        """Send the link by mail only. A colleague who saw the link could answer it, and learn from
        the answer whether somebody has an account here."""
        if not access_rules.may_decide(request.user, invitation.practice):
            access_pages.say(
                request, access_changes.ask(request, "invitation", invitation=invitation)
            )
            return
        access_mail.invite(invitation)
        audit.record(request, "invite", thing=invitation)
        text = gettext("The invitation is mailed to %s. The link in it works once, for a week.")
        messages.success(request, text % invitation.email)

    def save_model(self, request, obj, form, change):
        fields = {name: form.cleaned_data[name] for name in self.fields}
        invitation, _token = StaffInvitation.invite(practice=request.user.practice, **fields)
        obj.pk, obj.token_hash, obj.practice_id = (
            invitation.pk,
            invitation.token_hash,
            invitation.practice_id,
        )
        self._send(request, invitation)

    def response_add(self, request, obj, post_url_continue=None):
        return self.response_post_save_add(request, obj)

    def delete_model(self, request, obj):
        audit.record(request, "withdraw invitation", thing=obj)
        if not access_rules.may_decide(request.user, obj.practice):
            access_mail.tell_withdrawn(obj, access_rules.owners(obj.practice), request.user.name)
        super().delete_model(request, obj)

    def response_delete(self, request, obj_display, obj_id):
        messages.success(request, gettext("The invitation is withdrawn; its link no longer works."))
        return redirect("admin:rugpijn_staffinvitation_changelist")


def _columns(model, names) -> list[str]:
    """Return the names of the form's fields that are stored, in the order of the form. Removing the
    logo counts as a change of the logo."""
    names = ["logo" if name == "remove_logo" else name for name in names]
    kept = {field.name for field in model._meta.get_fields()}
    return [name for name in dict.fromkeys(names) if name in kept]


def _day(moment) -> str:
    return date_format(timezone.localtime(moment), "j F")


@admin.register(AccessEvent)
class AccessEventAdmin(ScopedAdmin):
    """The access log of the practice, for its owner: a page to search, and a table to keep."""

    def get_urls(self):
        def page(view):
            @require_safe
            def guarded(request):
                if not self.has_view_permission(request):
                    raise PermissionDenied
                return view(self, request)

            return self.admin_site.admin_view(guarded)

        return [
            path("", page(pages.search), name="rugpijn_accessevent_changelist"),
            path(
                "file/",
                sessions.fresh_login_required(page(pages.download)),
                name="rugpijn_accessevent_download",
            ),
        ]

    def scope(self, request, queryset):
        return search.rows_for(search.practice_of(request.user))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
