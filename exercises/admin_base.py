"""What the admin pages of the library share."""

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.utils.translation import gettext_lazy as _

from rugpijn import audit
from rugpijn.admin import ScopedAdmin


def without_links(field):
    """A picker without the small links beside it: what it picks has a page of its own."""
    if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    return field


class LoggedAdmin(ScopedAdmin):
    """Every change to the library is in the access log, inside its own transaction."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record(request, "change" if change else "add", thing=obj)

    def delete_model(self, request, obj):
        audit.record(request, "delete", thing=obj)
        super().delete_model(request, obj)


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
