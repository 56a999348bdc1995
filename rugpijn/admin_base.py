"""The base of every admin class: whom it shows, and who is written down as refused."""

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import ImproperlyConfigured
from django.utils.text import capfirst

from . import audit, rates, text_fields
from .numbers import number


class ScopedMixin:
    """Lists, forms, pickers and posts touch only what `scope` allows.

    Limiting the list alone is not enough: a picker would show other practices'
    names, and a forged post with a foreign number would be accepted. So each
    relation is limited to what the related model's own admin shows this person.
    """

    def scope(self, request, queryset):
        raise NotImplementedError

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if form_class := text_fields.form_class_of(db_field):
            kwargs.setdefault("form_class", form_class)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

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


NARROWS = ("__exact", "__isnull", "__id__exact", "__gte", "__lt")  # what a filter's links say


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
        if (key := number(object_id)) is not None:
            hidden = self.model._default_manager.filter(pk=key).first()
            if hidden is not None:
                patient = getattr(hidden, "record_of", None)
                audit.deny(request, "open", *([patient] if patient else []), thing=hidden)
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    def get_object(self, request, object_id, from_field=None):
        """An empty `_to_field` asks for no other column than the key."""
        return super().get_object(request, object_id, from_field or None)

    def lookup_allowed(self, lookup, value, request=None):
        """A list is narrowed by its own filters and by nothing else.

        Django lets an address ask about every column of the rows, hashes of passwords and tokens
        included, a letter at a time, and by patterns that keep a server busy.
        """
        own = self.get_list_filter(request)
        columns = [each for each in own if isinstance(each, str)]
        ours = [each.parameter_name for each in own if not isinstance(each, str)]
        return lookup in {*ours, *(name + how for name in columns for how in NARROWS)}

    def changelist_view(self, request, extra_context=None):
        """A list that is searched is read to its end: so often, and no more."""
        if SEARCH_VAR in request.GET and (refused := rates.refusal(request, "search")) is not None:
            return refused
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Under the name of what it is about, instead of “Change patient”."""
        if obj is None:
            context["title"] = capfirst(context["title"])
        else:
            context |= {"title": str(obj), "subtitle": None}
        return super().render_change_form(request, context, add, change, form_url, obj)

    # The access log knows who did what. Django's own log would keep names and
    # values beside it, out of reach of retention.
    def log_addition(self, request, obj, message):
        return None

    def log_change(self, request, obj, message):
        return None

    def log_deletions(self, request, queryset):
        return None
