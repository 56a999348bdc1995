"""Base classes for the admin pages of the library."""

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rugpijn import audit
from rugpijn.admin_base import ScopedAdmin

from .. import search


class WithoutLinks:
    """For an admin whose select boxes have no links beside them to add or change an object."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class LoggedAdmin(ScopedAdmin):
    """Writes every change to the access log, in the transaction of the change.

    `is_editable` decides which objects may be changed or deleted.
    """

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record(request, "change" if change else "add", thing=obj)

    def delete_model(self, request, obj):
        audit.record(request, "delete", thing=obj)
        super().delete_model(request, obj)

    def get_search_results(self, request, queryset, search_term):
        """Search without regard to accents and capitals."""
        return search.find_in(queryset, search_term, *self.search_fields), False

    def is_editable(self, request, obj) -> bool:
        """Whether a user with the permission to change the model may change this object."""
        raise NotImplementedError

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.is_editable(request, obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or self.is_editable(request, obj))

    @admin.display(description=_("title"))
    def title(self, obj):
        return str(obj)


class OwnedAdmin(LoggedAdmin):
    """For objects that are shared or owned by a practice. A practice can copy a shared one."""

    def get_urls(self):
        copy = path(
            "<int:pk>/copy/",
            self.admin_site.admin_view(self.copy_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_copy",
        )
        return [copy, *super().get_urls()]

    def make_copy(self, request, original):
        """Store a copy of `original` owned by the user's practice, and return it."""
        raise NotImplementedError

    @method_decorator(require_POST)
    def copy_view(self, request, pk):
        """Copy an object to the library of the user's practice, and redirect to the copy."""
        original = self.get_object(request, str(pk))
        if original is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if request.user.practice_id is None or not self.has_add_permission(request):
            raise PermissionDenied
        with transaction.atomic():
            own = self.make_copy(request, original)
            audit.record(request, "copy", thing=original)
        messages.success(
            request, gettext("This is your own copy of “%s”. You can change it now.") % original
        )
        return HttpResponseRedirect(self.change_url(own))

    def change_url(self, obj) -> str:
        name = f"{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(f"{self.admin_site.name}:{name}", args=[obj.pk])

    def is_editable(self, request, obj) -> bool:
        return self.model.objects.editable_by(request.user).filter(pk=obj.pk).exists()

    def is_to_review(self, obj) -> bool:
        """Whether a note to the reviewer is left, also when there is a date of review."""
        return bool(obj.review_note)

    @admin.display(description=_("whose"))
    def whose(self, obj):
        return gettext("Shared") if obj.practice_id is None else gettext("Ours")

    @admin.display(description=_("reviewed"))
    def reviewed(self, obj):
        if self.is_to_review(obj):
            return gettext("to review")
        return date_format(obj.reviewed_on) if obj.reviewed_on else None


class OwnFilter(admin.SimpleListFilter):
    """Own or shared. A filter on `practice` would show the names of other practices."""

    title = _("whose")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("own", gettext("Ours")), ("shared", gettext("Shared"))]

    def queryset(self, request, queryset):
        if self.value() in ("own", "shared"):
            return queryset.filter(practice__isnull=self.value() == "shared")
        return queryset
