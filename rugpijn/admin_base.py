"""The base of every admin class: which rows it shows, and that refusals are logged."""

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext

from .saving import given_back, kept, two_at_once
from .typed import text_fields
from .web import hidden, limits, rates, rows
from .web.numbers import number


class ScopedMixin:
    """Lists, forms, pickers and posts reach only the rows that `scope` allows.

    To limit the list alone is not enough: a picker would show names of other practices, and a
    forged post with their numbers would be accepted. So each relation offers what the admin of the
    related model shows this person.
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


class ScopedInline(ScopedMixin):
    """Rows of a record. Their number is limited before any form is made of them."""

    max_num = limits.ROWS

    def get_formset(self, request, obj=None, **kwargs):
        limit = {"absolute_max": limits.ROWS_SHOWN, "validate_max": True}
        return super().get_formset(request, obj, **(limit | kwargs))


class NotYet:
    """A form that is shown with its mistakes and is not saved, whatever was filled in."""

    def is_valid(self):
        super().is_valid()
        return False


NARROWS = (
    "__exact",
    "__isnull",
    "__id__exact",
    "__gte",
    "__lt",
)  # lookups in the links of a filter


class ScopedAdmin(ScopedMixin, admin.ModelAdmin):
    """An admin page that shows what this person may see, and logs who was refused."""

    view_on_site = False
    shows_as_typed = True  # a form that was kept during a login can be shown; see `get_form`
    actions = None
    show_full_result_count = False
    list_per_page = 50

    def get_urls(self):
        """Without Django's history page: the access log and the versions say more."""
        return [url for url in super().get_urls() if not str(url.name).endswith("_history")]

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Django's answer for a record that this person cannot see. It logs the attempt."""
        if (key := number(object_id)) is not None:
            thing = self.model._default_manager.filter(pk=key).first()
            hidden.write_down(request, thing)
            if thing is None and request.method == "POST":
                answer = given_back.of_removed(request, self, str(key))
                if answer is not None:
                    return answer
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    def get_object(self, request, object_id, from_field=None):
        """An empty `_to_field` means the primary key."""
        return super().get_object(request, object_id, from_field or None)

    def lookup_allowed(self, lookup, value, request=None):
        """Allow the list to be narrowed by its own filters and by nothing else.

        Django lets a query ask about every column of the rows, hashes of passwords and tokens
        included, a letter at a time, and by patterns that keep a server busy.
        """
        own = self.get_list_filter(request)
        columns = [each for each in own if isinstance(each, str)]
        ours = [each.parameter_name for each in own if not isinstance(each, str)]
        return lookup in {*ours, *(name + how for name in columns for how in NARROWS)}

    # ---------------------------------------------------------------- two at once

    merges = True  # a programme has its own way of merging
    saves_anew = True  # what was typed for a deleted record may begin a new one

    def beside_words(self, request, obj=None) -> set[str]:
        """Fields of a form that tell nothing to somebody who reads back what they typed."""
        return set()

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A form that is only looked at, or about which a person must decide, is not saved."""
        form = super().get_form(request, obj, change=change, **kwargs)
        conflict = getattr(request, "conflict", None)
        decide = conflict is not None and conflict.must_decide
        if kept.LOOK in request.POST or decide or hasattr(request, "too_many_rows"):
            return type(form.__name__, (NotYet, form), {})
        return form

    def _changeform_view(self, request, object_id, form_url, extra_context):
        """Within the transaction of the save: merge what somebody else saved meanwhile."""
        if kept.LOOK in request.POST:
            messages.warning(request, gettext("Nothing is saved yet. Check it, then save it."))
        if rows.claims_too_many(request.POST):
            request.POST, request.too_many_rows = rows.with_its_rows(request.POST), True
            text = gettext(
                "A form can have at most %d rows, so nothing was saved. Remove some of them."
            )
            messages.error(request, text % limits.ROWS)
        base = two_at_once.read(request.POST) if self.merges and object_id else None
        if base is not None:
            self._conflict_with_others(request, object_id, base)
        return super()._changeform_view(request, object_id, form_url, extra_context)

    def _conflict_with_others(self, request, object_id, base):
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.has_change_permission(request, obj):
            return
        # Locked until this save is done: of two at the same moment the second sees the first.
        self.model._base_manager.select_for_update().get(pk=obj.pk)
        obj = self.get_object(request, unquote(object_id))
        with translation.override(base["language"]):
            conflict = two_at_once.find_conflict(request, base, *self.as_stored(request, obj))
        if conflict is None:
            return
        request.POST, request.conflict = conflict.post, conflict
        conflict.last = two_at_once.who_changed(obj, request.user)
        if not conflict.must_decide:
            messages.info(request, conflict.in_short)

    def as_stored(self, request, obj) -> tuple:
        """The form and its rows as they would be opened now."""
        names = flatten_fieldsets(self.get_fieldsets(request, obj))
        form = self.get_form(request, obj, change=obj is not None, fields=names)(instance=obj)
        formsets = [
            formset(
                instance=obj,
                prefix=formset.get_default_prefix(),
                queryset=inline.get_queryset(request),
            )
            for formset, inline in self.get_formsets_with_inlines(request, obj)
            if inline.has_change_permission(request, obj)
        ]
        return form, formsets

    def _opened_with(self, request, context, stored) -> str:
        form = context["adminform"].form
        if form.is_bound:
            form, formsets = self.as_stored(request, stored)
        else:
            formsets = [
                each.formset
                for each in context["inline_admin_formsets"]
                if each.has_change_permission
            ]
        return two_at_once.as_text(two_at_once.snapshot(form, formsets))

    def changelist_view(self, request, extra_context=None):
        """A search reads the whole list, so its rate is limited."""
        if SEARCH_VAR in request.GET and (refused := rates.refusal(request, "search")) is not None:
            return refused
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Title the page with the name of the record, not with “Change patient”."""
        if obj is None:
            context["title"] = capfirst(context["title"])
        else:
            stored = obj
            if context["adminform"].form.is_bound:  # what was typed is not stored
                stored = self.get_object(request, str(obj.pk))
            context |= {"title": str(stored), "subtitle": None, "original": stored}
            context[two_at_once.RECORD] = two_at_once.record_number(obj)
            if self.merges and self.has_change_permission(request, obj):
                context[two_at_once.OPENED_WITH] = self._opened_with(request, context, stored)
            context["conflict"] = getattr(request, "conflict", None)
        return super().render_change_form(request, context, add, change, form_url, obj)

    # The access log has who did what. Django's own log would keep names and values
    # longer than the retention allows.
    def _log_nothing(self, request, *args):
        return None

    log_addition = log_change = log_deletions = _log_nothing
