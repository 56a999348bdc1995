"""The admin pages of exercises, protocols and advice.

A practice reads and copies shared objects and edits its own. A superuser edits the shared ones.
"""

from django.contrib import admin
from django.db.models import Case, Q, Value, When
from django.forms import Script, Select
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rugpijn.admin_base import ScopedInline
from rugpijn.models import languages
from rugpijn.typed.text_fields import StepsField
from rugpijn.web.numbers import number

from .. import search
from ..exchange import views as exchange
from ..forms import (
    AdviceForm,
    ExerciseForm,
    LineForm,
    LineFormSet,
    OneVariantField,
    ProtocolForm,
    TextForm,
    TextFormSet,
)
from ..library.copying import copy_for
from ..models import (
    Advice,
    AdviceText,
    Exercise,
    ExerciseText,
    Protocol,
    ProtocolLine,
    ProtocolText,
)
from ..symptoms import catalogue
from ..templatetags.pictures import thumbnail_address
from .base import LoggedAdmin, OwnedAdmin, OwnFilter, WithoutLinks
from .figures import WithFigure
from .films import film_context, film_view, media_view
from .own_choices import FavouriteFilter, WithOurs

TITLE_SEARCHED = 200  # characters of the search term that are used as a title


class TextInline(ScopedInline, admin.StackedInline):
    """The texts of an object, one form for each language."""

    form = TextForm
    formset = TextFormSet
    template = "admin/exercises/texts.html"

    class Media:
        js = (Script("exercises/plain_language.js", type="module"),)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "steps":
            kwargs["form_class"] = StepsField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def scope(self, request, queryset):
        """The texts in the languages of the settings, Dutch first. Others are left unchanged."""
        codes = [code for code, _name in languages()]
        order = Case(*[When(language=code, then=Value(i)) for i, code in enumerate(codes)])
        return queryset.filter(language__in=codes).order_by(order)

    def get_max_num(self, request, obj=None, **kwargs):
        return len(languages())


class ExerciseTextInline(TextInline):
    model = ExerciseText
    fields = (
        "language",
        "title",
        "purpose",
        "equipment",
        "start_position",
        "steps",
        "caution",
        "harder_when",
        "easier_when",
    )


class ProtocolTextInline(TextInline):
    model = ProtocolText
    fields = ("language", "title", "summary")


class AdviceTextInline(TextInline):
    model = AdviceText
    fields = ("language", "title", "body")


SOURCE_AND_REVIEW = (
    _("Source and review"),
    {"fields": ("source", "licence", ("reviewed_by", "reviewed_on"), "review_note")},
)


class LibraryAdmin(OwnedAdmin):
    """What the pages of exercises and protocols share."""

    list_filter = ("category", OwnFilter)

    def scope(self, request, queryset):
        return queryset.visible_to(request.user).with_texts()

    def save_model(self, request, obj, form, change):
        """A new object belongs to the user's practice."""
        if not change:
            obj.practice_id = request.user.practice_id
        super().save_model(request, obj, form, change)

    def make_copy(self, request, original):
        return copy_for(request.user.practice_id, original)

    def changelist_view(self, request, extra_context=None):
        """Add the links for the export and import of the library."""
        extra = {"has_exchange": True} | (extra_context or {})
        return super().changelist_view(request, extra)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        may_copy = request.user.practice_id is not None
        context = {"may_copy": may_copy} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)


@admin.register(Exercise)
class ExerciseAdmin(WithoutLinks, WithOurs, WithFigure, LibraryAdmin):
    form = ExerciseForm
    list_display = ("small", "title", "category", "notation", "whose", "reviewed", "star")
    list_display_links = ("title",)
    list_select_related = ("figure",)
    list_filter = (FavouriteFilter, *LibraryAdmin.list_filter)
    search_fields = ("texts__title", "texts__purpose", "texts__equipment")
    search_help_text = _("Search by title, purpose, equipment or region, in any language.")
    inlines = (ExerciseTextInline,)
    fieldsets = (
        (_("Dosage and region"), {"fields": ("dosage", "category", "harder")}),
        WithFigure.FIELDSET,
        (
            _("Film and website"),
            {"fields": ("own_film", "video", ("online_number", "online_title"))},
        ),
        SOURCE_AND_REVIEW,
    )
    readonly_fields = ("own_film",)

    class Media:  # Django would use the media of the first base class only
        css = WithFigure.Media.css
        js = (*WithOurs.Media.js, *WithFigure.Media.js)

    @admin.display(description=_("picture"))
    def small(self, obj):
        """A thumbnail of the drawing or photo."""
        address = thumbnail_address(obj.figure)
        picture = '<img class="thumbnail" src="{}" alt="" loading="lazy">'
        return format_html(picture, address) if address else ""

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Use the search term in the address as the title of a new exercise."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and obj.pk is None and "title" in request.GET:
            kwargs["initial"] = [{"title": request.GET["title"][:TITLE_SEARCHED]}]
        return kwargs

    def get_search_results(self, request, queryset, search_term):
        return search.find(queryset, search_term), False

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "harder":
            kwargs |= {"form_class": OneVariantField, "widget": Select}
            kwargs["label"] = gettext("Harder variant")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/film/", view(self.film_page), name="exercises_exercise_film"),
            path("media/<str:digest>/", view(self.media_page), name="exercises_media"),
            path("export/", view(exchange.export), name="exercises_export"),
            path("import/", view(exchange.send), name="exercises_import"),
            path("import/<uuid:uuid>/", view(exchange.upload), name="exercises_upload"),
            path("import/<uuid:uuid>/act/", view(exchange.act), name="exercises_upload_act"),
            *super().get_urls(),
        ]

    def film_page(self, request, pk):
        exercise = self.get_object(request, str(pk))
        if exercise is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        return film_view(request, self, exercise)

    @method_decorator(require_safe)
    def media_page(self, request, digest):
        return media_view(request, self, digest)

    @admin.display(description=_("own film"))
    def own_film(self, obj):
        """The player, and a link to the page where the film is chosen."""
        if obj.pk is None:
            return gettext("Save the exercise first; then you can add a film.")
        return render_to_string("admin/exercises/exercise/_film.html", film_context(obj))

    @admin.display(description=_("dosage"))
    def notation(self, obj):
        return obj.dosage.notation

    @admin.display(description=_("dosage"))
    def dosage(self, obj):
        """The dosage for a user who may only read; the form has a field of the same name."""
        return f"{obj.dosage.notation} ({obj.dosage})"


class LineInline(WithoutLinks, ScopedInline, admin.TabularInline):
    """The exercises of a protocol, chosen from the shared ones and those of its owner."""

    model = ProtocolLine
    form = LineForm
    formset = LineFormSet
    fields = ("position", "exercise", "dosage", "period", "sentence")
    readonly_fields = ("sentence",)
    autocomplete_fields = ("exercise",)
    verbose_name = _("exercise")
    verbose_name_plural = _("exercises")
    extra = 0

    def scope(self, request, queryset):
        return (
            queryset.select_related("exercise__figure__rendering")
            .defer("exercise__figure__rendering__photo")
            .prefetch_related("exercise__texts")
        )

    def get_formset(self, request, obj=None, **kwargs):
        """Offer shared exercises only for a shared protocol, which other practices see too."""
        formset = super().get_formset(request, obj, **kwargs)
        owner = request.user.practice_id if obj is None else obj.practice_id
        field = formset.form.base_fields["exercise"]
        field.queryset = field.queryset.filter(Q(practice=None) | Q(practice=owner))
        return formset

    @admin.display(description=_("dosage"))
    def dosage(self, obj):
        return obj.dosage.notation

    @admin.display(description=_("weeks"))
    def period(self, obj):
        return obj.period.notation or gettext("all weeks")

    @admin.display(description=_("the patient reads"))
    def sentence(self, obj):
        if obj._state.adding:
            return ""
        return ". ".join(part for part in (str(obj.period), str(obj.dosage)) if part)


@admin.register(Protocol)
class ProtocolAdmin(LibraryAdmin):
    list_display = ("title", "category", "whose", "reviewed")
    search_fields = ("texts__title", "texts__summary")
    search_help_text = _("Search by title or summary, in any language.")
    form = ProtocolForm
    inlines = (ProtocolTextInline, LineInline)
    readonly_fields = ("advice", "symptoms_asked")

    def get_fieldsets(self, request, obj=None):
        """Add a link to new advice, if the user may change the protocol."""
        advice = {"fields": ("advice",)}
        may_change = obj is None or self.has_change_permission(request, obj)
        if obj is not None and may_change:
            address = reverse("admin:exercises_advice_add", query={"protocol": obj.pk})
            advice["description"] = format_html(
                '<a class="addlink" href="{}">{}</a>', address, gettext("Add advice")
            )
        symptoms = "symptoms" if may_change else "symptoms_asked"
        region = (gettext("Region and red flags"), {"fields": ("category", symptoms)})
        return (region, (gettext("Advice"), advice), SOURCE_AND_REVIEW)

    @admin.display(description=_("advice"))
    def advice(self, obj):
        """The blocks of advice as a list of links, with a warning if there are no red flags."""
        if obj.pk is None:
            return gettext("Save the protocol first; then you can add advice, with red flags.")
        rows = format_html_join(
            "",
            '<li><a href="{}">{}</a> ({}){}</li>',
            (
                (
                    reverse("admin:exercises_advice_change", args=[advice.pk]),
                    advice,
                    advice.get_kind_display(),
                    f" · {gettext('to review')}" if advice.review_note else "",
                )
                for advice in obj.advice.prefetch_related("texts")
            ),
        )
        blocks = format_html("<ol>{}</ol>", rows) if rows else gettext("No advice yet.")
        if obj.has_red_flags:
            return blocks
        warning = gettext(
            "This protocol has no red flags: its patients do not read when to call a doctor. "
            "Add advice with the subject “red flags”."
        )
        return format_html('<p class="no-red-flags"><strong>{}</strong></p>{}', warning, blocks)

    @admin.display(description=_("What is asked when an exercise goes wrong"))
    def symptoms_asked(self, obj):
        """The symptoms as a list, for a user who may only read."""
        words = ((catalogue.words[name],) for name in obj.symptoms_asked)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", words))

    def get_deleted_objects(self, objs, request):
        """Protect a protocol that a programme was made from: the programme shows its advice."""
        to_delete, counts, missing, protected = super().get_deleted_objects(objs, request)
        used = 0
        for relation in self.model._meta.get_fields(include_hidden=True):
            if relation.many_to_many and relation.auto_created:
                rows = relation.through._base_manager
                protocol = relation.field.m2m_reverse_field_name()
                used += rows.filter(**{f"{protocol}__in": objs}).count()
        if used:
            reason = ngettext("%d programme uses it", "%d programmes use it", used) % used
            protected = [*protected, reason]
        return to_delete, counts, missing, protected


@admin.register(Advice)
class AdviceAdmin(WithoutLinks, WithFigure, LoggedAdmin):
    """One block of text of a protocol. Its page is opened from the protocol and returns to it."""

    list_display = ("title", "kind", "protocol", "reviewed_on")
    search_fields = ("texts__title", "texts__body")
    search_help_text = _("Search by title or text, in any language.")
    form = AdviceForm
    inlines = (AdviceTextInline,)
    fieldsets = (
        (_("Place"), {"fields": ("protocol", "kind", "position", "version")}),
        WithFigure.FIELDSET,
        (
            _("Source and review"),
            {"fields": ("source", ("reviewed_by", "reviewed_on"), "review_note")},
        ),
    )

    def scope(self, request, queryset):
        protocols = Protocol.objects.visible_to(request.user)
        return queryset.filter(protocol__in=protocols).prefetch_related("texts", "protocol__texts")

    def has_module_permission(self, request):
        """Leave advice out of the index of the admin: its pages are reached from a protocol."""
        return False

    def is_editable(self, request, obj) -> bool:
        protocols = Protocol.objects.editable_by(request.user)
        return protocols.filter(pk=obj.protocol_id).exists()

    def get_deleted_objects(self, objs, request):
        """Protect red flags whose deletion, with the rest of `objs`, leaves a protocol none."""
        to_delete, counts, missing, protected = super().get_deleted_objects(objs, request)
        ids = [advice.pk for advice in objs]
        flags = Advice.objects.filter(kind=Advice.Kind.RED_FLAGS)
        left = flags.exclude(pk__in=ids).values("protocol")
        only = flags.filter(pk__in=ids).exclude(protocol__in=left)
        reason = gettext("“%s”, the only red flags of its protocol: change the text instead")
        return to_delete, counts, missing, [*protected, *(reason % advice for advice in only)]

    def get_readonly_fields(self, request, obj=None):
        """The protocol of stored advice cannot be changed, and the version is counted."""
        own = ("version",) if obj is None else ("protocol", "version")
        return (*own, *super().get_readonly_fields(request, obj))

    def figures_of(self, request, obj):
        """The practice of the protocol. A superuser adds advice to shared protocols only."""
        if obj is not None:
            return obj.protocol.practice_id
        return None if request.user.is_superuser else request.user.practice_id

    def save_related(self, request, form, formsets, change):
        """A change of the texts makes a new version of the advice."""
        super().save_related(request, form, formsets, change)
        if change and any(formset.has_changed() for formset in formsets):
            form.instance.version += 1
            form.instance.save(update_fields=["version"])

    def get_changeform_initial_data(self, request):
        """Put new advice last in the protocol from whose page it is added."""
        initial = super().get_changeform_initial_data(request)
        if (protocol := number(initial.get("protocol"))) is not None:
            present = self.get_queryset(request).filter(protocol=protocol)
            initial["position"] = present.count() + 1
        return initial

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offer only protocols that the user may change, because advice changes its protocol."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "protocol":
            field.queryset = field.queryset.editable_by(request.user)
        return field

    def response_post_save_add(self, request, obj):
        address = reverse("admin:exercises_protocol_change", args=[obj.protocol_id])
        return HttpResponseRedirect(address)

    response_post_save_change = response_post_save_add
