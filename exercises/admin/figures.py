"""Drawings and photos in the admin: made with sliders, reviewed, and chosen in an exercise.

Shared figures come from files. Here they can be read, copied and reviewed, but not changed. `PAGES`
names the method for the page of each kind; `?kind=` in the address of the add page chooses one.
"""

import copy
from urllib.parse import quote, urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rugpijn import audit
from rugpijn.saving import two_at_once
from rugpijn.typed.text_fields import CleanTextMeta
from rugpijn.web import rates

from .. import pictures
from ..models import Exercise, Figure
from ..pose_editor.forms import PoseForm
from ..pose_editor.preview import preview
from ..pose_editor.sliders import check, figure_of, settings_of
from ..pose_editor.words_form import FigureWordsForm
from ..templatetags.pictures import small_picture
from .base import OwnedAdmin, OwnFilter
from .photos import photo_view


class ReviewForm(forms.ModelForm):
    """Who reviewed the figure, and on which day."""

    class Meta(CleanTextMeta):
        model = Figure
        fields = ("reviewed_by", "reviewed_on")
        widgets = {"reviewed_on": AdminDateWidget}


def _review_content(figure: Figure) -> list:
    """The data that is reviewed, with the present review, to detect that another user saved."""
    return [figure.data, figure.reviewed_by, figure.reviewed_on]


def drawing_urls(figure: Figure) -> list[str]:
    """The addresses of its frames for staff."""
    if figure.kind == Figure.Kind.PHOTO:
        return [reverse("admin:exercises_media", args=[figure.rendering_id])]
    count = len(figure.data["strip"]) if figure.kind == Figure.Kind.POSES else 1
    return [
        reverse("exercises:drawing", args=[figure.rendering_id, number])
        for number in range(1, count + 1)
    ]


def strip(figure: Figure | None) -> str:
    """Its frames with their captions as HTML, in the active language."""
    if figure is None:
        return ""
    frames = pictures.Picture.of(figure, get_language()).frames
    rows = zip(drawing_urls(figure), frames, strict=True)
    return format_html(
        '<ol class="figure-strip">{}</ol>',
        format_html_join(
            "",
            '<li><img src="{}" alt="{}"><p>{}</p></li>',
            ((url, frame.alternative, frame.caption) for url, frame in rows),
        ),
    )


class FigureSelect(forms.Select):
    """A select box whose options carry the addresses of their pictures, for `figure_choice.js`."""

    def create_option(self, name, value, *args, **options):
        option = super().create_option(name, value, *args, **options)
        if getattr(value, "instance", None) is not None:
            option["attrs"]["data-pictures"] = " ".join(drawing_urls(value.instance))
        return option


class WithFigure:
    """For the admin of a model with a figure, which is chosen from a list and shown below it."""

    FIELDSET = (_("Drawing or photo"), {"fields": ("figure", "pictures")})

    class Media:
        css = {"all": ("exercises/pose_editor.css",)}
        js = (forms.Script("exercises/figure_choice.js", type="module"),)

    def figures_of(self, request, obj) -> int | None:
        """The practice whose figures may be chosen beside the shared ones."""
        return request.user.practice_id if obj is None else obj.practice_id

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), "pictures")

    def get_fieldsets(self, request, obj=None):
        """Add a link to a new drawing, if the user may make one."""
        figures = self.admin_site._registry[Figure]
        if not figures.has_add_permission(request) or not self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        link = format_html(
            '<a class="addlink" href="{}" data-comes-back>{}</a>',
            reverse("admin:exercises_figure_add", query={"back": request.get_full_path()}),
            gettext("New drawing"),
        )
        return [
            (name, options | {"description": link} if name == self.FIELDSET[0] else options)
            for name, options in super().get_fieldsets(request, obj)
        ]

    def get_form(self, request, obj=None, change=False, **options):
        form = super().get_form(request, obj, change=change, **options)
        if field := form.base_fields.get("figure"):
            owner = self.figures_of(request, obj)
            field.queryset = field.queryset.filter(Q(practice=None) | Q(practice=owner))
            field.label_from_instance = _label
            field.widget = FigureSelect(attrs={"data-figures": ""})
            field.widget.choices = field.choices
        return form

    @admin.display(description=_("what the patient sees"))
    def pictures(self, obj):
        return format_html('<div class="chosen-figure">{}</div>', strip(obj.figure))


def _label(figure: Figure) -> str:
    if figure.practice_id is None:
        return str(figure)
    return gettext("%(title)s (ours)") % {"title": figure}


@admin.register(Figure)
class FigureAdmin(OwnedAdmin):
    shows_as_typed = False  # it has forms of its own
    list_display = ("small", "title", "kind", "whose", "reviewed")
    list_display_links = ("title",)
    list_filter = ("kind", OwnFilter)
    list_select_related = ("rendering",)
    search_fields = ("data__title__nl", "data__title__en")
    search_help_text = _("Search by title, in any language.")

    # The method that shows and saves the practice's own figure, by kind. It gets the request, and
    # the figure or None for a new one.
    PAGES = {Figure.Kind.POSES: "poses_page", Figure.Kind.PHOTO: "photo_page"}
    # The links to the other kinds on the page of a new figure.
    OFFERS = {
        Figure.Kind.POSES: _("Draw with sliders instead"),
        Figure.Kind.PHOTO: _("Upload a photo instead"),
    }

    def scope(self, request, queryset):
        """Leave out the bytes of photos and the moving drawings, which no list shows."""
        return queryset.visible_to(request.user).defer("rendering__photo", "rendering__loop")

    def has_add_permission(self, request):
        return super().has_add_permission(request) and request.user.practice_id is not None

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes a shared figure, not even a superuser, who may change its review."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or self._is_ours(request, obj))

    def _is_ours(self, request, obj) -> bool:
        return obj.practice_id is not None and obj.practice_id == request.user.practice_id

    def get_urls(self):
        def route(address, view, name):
            return path(address, self.admin_site.admin_view(view), name=f"exercises_figure_{name}")

        return [route("preview/", self.preview_view, "preview"), *super().get_urls()]

    # The list.

    @admin.display(description=_("picture"))
    def small(self, obj):
        return small_picture(obj)

    def is_to_review(self, obj):
        """A figure has no note to the reviewer, so the date of review decides."""
        return obj.reviewed_on is None

    # The pages.

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return getattr(self, self.PAGES[self._new_kind(request)])(request, None)

    def _new_kind(self, request) -> str:
        kind = request.GET.get("kind")
        return kind if kind in self.PAGES else Figure.Kind.POSES

    def _offers(self, request):
        """The address and text of the links to the other kinds of figure."""
        query = request.GET.dict()
        return [
            ("?" + urlencode(query | {"kind": kind}), self.OFFERS[kind])
            for kind in self.PAGES
            if kind != self._new_kind(request)
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        figure = self.get_object(request, object_id)
        if figure is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, figure):
            raise PermissionDenied
        if "_review" in request.POST:
            return self._review(request, figure)
        if self._is_ours(request, figure) and figure.kind in self.PAGES:
            return getattr(self, self.PAGES[figure.kind])(request, figure)
        if request.method == "POST":
            raise PermissionDenied
        return self._page(request, figure, "figure")

    def _page(self, request, figure, template, **context):
        """A page about this figure, with its use, its review and the copy button beside it."""
        may_review = figure is not None and self.has_change_permission(request, figure)
        stamps = {"stamp": "", "judged": ""}
        if figure is not None:
            reviews = "_review" in request.POST  # each of the two forms on the page has its stamp
            stamps = {
                name: two_at_once.stamp_for(request, content)
                if reviews == is_review
                else two_at_once.stamp(content)
                for name, content, is_review in (
                    ("stamp", figure.data, False),
                    ("judged", _review_content(figure), True),
                )
            }
        context = {
            **self.admin_site.each_context(request),
            **stamps,
            "opts": self.opts,
            "figure": figure,
            "title": str(figure) if figure is not None else gettext("New drawing"),
            "strip": strip(figure),
            two_at_once.RECORD: two_at_once.record_number(figure) if figure else "",
            "ours": figure is None or self._is_ours(request, figure),
            "may_copy": figure is not None and self.has_add_permission(request),
            "review": ReviewForm(instance=figure) if may_review else None,
            "used_in": self._used_in(request, figure),
            "offers": self._offers(request) if figure is None else [],
            "media": self.media + ReviewForm().media,
        } | context
        return TemplateResponse(request, f"admin/exercises/figure/{template}.html", context)

    def _used_in(self, request, figure):
        if figure is None:
            return []
        return Exercise.objects.visible_to(request.user).filter(figure=figure).with_texts()

    def _review(self, request, figure):
        if not self.has_change_permission(request, figure):
            raise PermissionDenied
        form = ReviewForm(request.POST, instance=figure)
        if not form.is_valid():
            return self._page(request, self.get_object(request, figure.pk), "figure", review=form)
        try:
            with transaction.atomic():
                stored = Figure.objects.select_for_update().get(pk=figure.pk)
                two_at_once.refuse_if_another(request, stored, _review_content(stored))
                figure.save(update_fields=form.Meta.fields)
                audit.record(request, "review", thing=figure)
        except two_at_once.ChangedMeanwhileError as error:
            form.add_error(None, str(error))
            return self._page(request, self.get_object(request, figure.pk), "figure", review=form)
        messages.success(request, gettext("The review was saved."))
        return HttpResponseRedirect(self.change_url(figure))

    # Poses.

    def poses_page(self, request, figure):
        """The editor with sliders, or the form for texts when sliders cannot express the figure."""
        settings = settings_of(figure.data) if figure is not None else None
        if figure is not None and settings is None:
            return self._words_page(request, figure)
        if request.method != "POST":
            form = PoseForm(settings=settings)
            self._draw(form, drawing_urls(figure) if figure is not None else None)
            return self._editor(request, figure, form)
        try:
            form = PoseForm(request.POST)
        except ValidationError as error:
            form = PoseForm(settings=settings)
            return self._editor(request, figure, form, refused=error.messages)
        if "_do" in request.POST:
            form.do(request.POST["_do"])
        elif "_show" not in request.POST:
            refused = self._refusal(form)
            if refused is None:
                try:
                    return self._keep(request, figure, figure_of(form.settings))
                except two_at_once.ChangedMeanwhileError as error:
                    refused = [str(error)]
            self._draw_within_limit(request, form)
            return self._editor(request, figure, form, refused=refused)
        if "_partial" not in request.POST:
            self._draw_within_limit(request, form)
        return self._editor(request, figure, form, forgiving=True)

    def _refusal(self, form) -> list[str] | None:
        """The errors of the figure as a whole; None when it can be saved.

        An empty list means that the errors are shown at the fields.
        """
        if not form.is_valid():
            return []
        try:
            check(figure_of(form.settings))
        except ValueError as error:
            return [str(error)]
        return None

    def _editor(self, request, figure, form, refused=(), forgiving=False):
        errors = form.is_bound and not forgiving and not form.is_valid()
        context = {"form": form, "refused": refused, "errors": errors, "forgiving": forgiving}
        return self._page(request, figure, "pose_form", **context)

    def _draw_within_limit(self, request, form):
        if within_limit(request.user, len(form.frames)):
            self._draw(form)

    def _draw(self, form, urls=None):
        """Give every frame of the form its picture: from `urls`, or else drawn now."""
        for number, frame in enumerate(form.frames, 1):
            frame.warnings = []
            if urls is not None:
                frame.picture = urls[number - 1]
                continue
            if form.is_bound:
                settings, wrong = form.draft(number)
            else:
                settings, wrong = form.initial_settings, []
            if not wrong:
                drawn = preview(settings, number)
                frame.picture, frame.warnings = as_image(drawn.svg), drawn.warnings

    def _keep(self, request, figure, data):
        """Draw the figure, save it, and respond. Drawing is done before the transaction."""
        pictures.draw_ahead(data)
        with transaction.atomic():
            if figure is None:
                figure, action = Figure(practice=request.user.practice), "add"
            else:
                ours = Figure.objects.editable_by(request.user).select_for_update()
                figure, action = ours.get(pk=figure.pk), "change"
                two_at_once.refuse_if_another(request, figure, figure.data)
            was_reviewed = figure.reviewed_on is not None
            pictures.save_poses(figure, data)
            audit.record(request, action, thing=figure)
        messages.success(
            request, gettext("“%s” was saved. You can choose it in an exercise now.") % figure
        )
        if was_reviewed and figure.reviewed_on is None:
            messages.warning(
                request, gettext("It was changed after its review. Please review it again.")
            )
        return self.back_to_form(request, figure) or HttpResponseRedirect(self.change_url(figure))

    def back_to_form(self, request, figure):
        """Redirect to the form that asked for a new drawing, with the drawing chosen, or None."""
        back = request.GET.get("back", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
            return None
        path = back.partition("?")[0]
        return HttpResponseRedirect(f"{path}?{urlencode({'figure': figure.pk})}")

    def photo_page(self, request, figure):
        return photo_view(request, self, figure)

    def _words_page(self, request, figure):
        form = FigureWordsForm(request.POST or None, data_of=figure.data)
        if request.method == "POST" and form.is_valid():
            data = form.changed()
            check(data)
            try:
                return self._keep(request, figure, data)
            except two_at_once.ChangedMeanwhileError as error:
                form.add_error(None, str(error))
        return self._page(request, figure, "words_form", form=form)

    # Requests of the pages above.

    @method_decorator(require_POST)
    def preview_view(self, request):
        """Draw one frame of the posted form. Responds with the picture and its warnings as JSON."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if not within_limit(request.user):
            sentence = gettext("That is a lot of drawings. Wait a minute, then go on.")
            response = _error_response(sentence, status=429)
            response.headers["Retry-After"] = str(rates.wait())
            return response
        try:
            form = PoseForm(request.POST)
        except ValidationError as error:
            return _error_response(error.messages[0])
        number = request.POST.get("number", "")
        if number not in [str(frame.number) for frame in form.frames]:
            return _error_response(gettext("There is no such drawing."))
        settings, wrong = form.draft(int(number))
        if wrong:
            return _error_response(*wrong)
        drawn = preview(settings, int(number))
        return JsonResponse({"picture": as_image(drawn.svg), "warnings": drawn.warnings})

    def make_copy(self, request, original):
        return Figure.objects.create(
            practice=request.user.practice,
            kind=original.kind,
            data=copy.deepcopy(original.data),
            rendering_id=original.rendering_id,
            mirrored_id=original.mirrored_id,
        )


def within_limit(user, drawings: int = 1) -> bool:
    """Whether the user may draw so many more. One takes a fifth of a second of processor time."""
    return rates.allows("preview", user.uuid, drawings)


def as_image(svg: str) -> str:
    """A data address for <img>, in which an SVG cannot run scripts or load anything."""
    return "data:image/svg+xml," + quote(svg)


def _error_response(*sentences: str, status=400):
    return JsonResponse({"errors": list(sentences)}, status=status)
