"""What the admin pages of the library share."""

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn import audit
from rugpijn.admin_base import ScopedAdmin

from .. import search


def without_links(field):
    """A picker without the small links beside it: what it picks has a page of its own."""
    if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    return field


class LoggedAdmin(ScopedAdmin):
    """Every change to the library is in the access log, inside its own transaction.

    A list names things in the reader's language, and `is_editable` says which may be changed.
    """

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record(request, "change" if change else "add", thing=obj)

    def delete_model(self, request, obj):
        audit.record(request, "delete", thing=obj)
        super().delete_model(request, obj)

    def get_search_results(self, request, queryset, search_term):
        """Whatever the accents and capitals."""
        return search.find_in(queryset, search_term, *self.search_fields), False

    def is_editable(self, request, obj) -> bool:
        """Whether this one may be changed and deleted by who may do so at all."""
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
    """What is shared or a practice's own: which of the two, and whether it was judged."""

    def is_editable(self, request, obj) -> bool:
        return self.model.objects.editable_by(request.user).filter(pk=obj.pk).exists()

    def is_to_review(self, obj) -> bool:
        """A note that is left to judge weighs more than a date."""
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
    """Ours or shared. A filter on the practice itself would show names of others."""

    title = _("whose")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("own", _("Ours")), ("shared", _("Shared"))]

    def queryset(self, request, queryset):
        if self.value() in ("own", "shared"):
            return queryset.filter(practice__isnull=self.value() == "shared")
        return queryset
