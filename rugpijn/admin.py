"""The base of every admin class, and the pages of a practice owner."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from . import audit
from .forms import ColleagueForm, PracticeForm
from .models import AccessEvent, Practice, StaffInvitation, User


class ScopedMixin:
    """Lists, forms, pickers and posts touch only what `scope` allows.

    Limiting the list alone is not enough: a picker would show other practices'
    names, and a forged post with a foreign number would be accepted. So each
    relation is limited to what the related model's own admin shows this person.
    """

    def scope(self, request, queryset):
        raise NotImplementedError

    def get_queryset(self, request):
        return self.scope(request, super().get_queryset(request))

    def _scoped_choices(self, db_field, request):
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if not isinstance(related, ScopedMixin):
            raise ImproperlyConfigured(f"{db_field} points to a model without a scope")
        return related.get_queryset(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = self._scoped_choices(db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = self._scoped_choices(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ScopedAdmin(ScopedMixin, admin.ModelAdmin):
    """An admin page that asks who is looking, and logs who was refused."""

    view_on_site = False
    actions = None
    show_full_result_count = False
    list_per_page = 50

    def get_urls(self):
        """Without Django's history page: the access log and the versions say more."""
        return [url for url in super().get_urls() if not str(url.name).endswith("_history")]

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Django's answer for what is not there for this person; here also the place
        where the attempt on somebody else's is written down."""
        key = str(object_id)
        if key.isascii() and key.isdigit() and len(key) < 19:
            hidden = self.model._default_manager.filter(pk=key).first()
            if hidden is not None:
                patient = getattr(hidden, "record_of", None)
                audit.deny(request, "open", *([patient] if patient else []), thing=hidden)
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    # The access log knows who did what. Django's own log would keep names and
    # values beside it, out of reach of retention.
    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None


@admin.register(Practice)
class PracticeAdmin(ScopedAdmin):
    """The practice as it stands on paper. An owner edits the own one."""

    form = PracticeForm
    fields = (
        "name", "street", ("postcode", "city"), "phone", "email", "website", "logo",
        ("paper", "diary_weeks"), "colour",
    )  # fmt: skip

    def scope(self, request, queryset):
        if request.user.is_superuser:
            return queryset
        return queryset.filter(pk=request.user.practice_id)

    def has_add_permission(self, request):
        """A practice begins with `manage.py start_practice`."""
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or request.user.is_superuser or obj.pk == request.user.practice_id

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record(request, "change", thing=obj)


@admin.register(User)
class StaffAdmin(ScopedAdmin):
    """The people who work in a practice. New ones are invited."""

    list_display = ("name", "email", "is_therapist", "is_owner", "is_active")
    form = ColleagueForm
    fields = ("name", "email", "language", "is_therapist", "is_owner", "is_active")

    def scope(self, request, queryset):
        staff = queryset.filter(practice__isnull=False)  # patients belong to no practice
        if request.user.is_superuser:
            return staff
        return staff.filter(practice=request.user.practice_id)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        """Someone who left is made inactive: what they signed keeps their name."""
        return False

    def get_readonly_fields(self, request, obj=None):
        """Nobody raises, or locks out, themselves."""
        own = obj is not None and obj.pk == request.user.pk
        return ("is_therapist", "is_owner", "is_active") if own else ()

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            # allauth's own list would keep the old address good for logging in.
            EmailAddress.objects.filter(user=obj).delete()
        audit.record(request, "change", thing=obj)


@admin.register(StaffInvitation)
class StaffInvitationAdmin(ScopedAdmin):
    """Inviting a colleague: the link is shown once and handed over."""

    list_display = ("name", "email", "is_therapist", "is_owner", "created_at", "accepted_at")
    form = ColleagueForm
    fields = ("name", "email", "is_therapist", "is_owner")

    def get_changeform_initial_data(self, request):
        return {"is_therapist": True}

    def scope(self, request, queryset):
        if request.user.is_superuser:
            return queryset
        return queryset.filter(practice=request.user.practice_id)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.practice_id is not None

    def has_change_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        fields = {name: form.cleaned_data[name] for name in self.fields}
        invitation, token = StaffInvitation.invite(practice=request.user.practice, **fields)
        obj.pk, obj.token_hash, obj.practice_id = (
            invitation.pk,
            invitation.token_hash,
            invitation.practice_id,
        )
        audit.record(request, "invite", thing=invitation)
        link = settings.SITE_URL + reverse("staff_invitation", args=[token])
        messages.success(
            request,
            format_html(
                _("Give this link to {name}. It works once, for a week: {link}"),
                name=invitation.name,
                link=link,
            ),
        )

    def response_add(self, request, obj, post_url_continue=None):
        return self.response_post_save_add(request, obj)


@admin.register(AccessEvent)
class AccessEventAdmin(ScopedAdmin):
    """The access log of the practice, for its owner. Reading it is logged too."""

    list_display = ("at", "actor_name", "actor_role", "action", "outcome", "object_type", "patient")
    list_filter = ("outcome", "action")
    search_fields = ("patient", "actor_name")
    list_display_links = None  # a row says all there is

    def get_urls(self):
        return [url for url in super().get_urls() if str(url.name).endswith("_changelist")]

    def scope(self, request, queryset):
        if request.user.is_superuser:
            return queryset.filter(patient__isnull=True)
        return queryset.filter(practice=request.user.practice.uuid)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        audit.record(request, "list", thing=AccessEvent())
        return response
