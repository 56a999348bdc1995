"""A therapist's favourites and a practice's own dosages, on the pages of exercises.

Both can be set for shared exercises too, which a practice cannot change.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rugpijn import audit
from rugpijn.saving import two_at_once

from ..dosage import Dosage
from ..forms import DosageField
from ..models import Exercise, Favourite, PracticeDosage


class FavouriteFilter(admin.SimpleListFilter):
    """Shows the user's own favourites only."""

    title = _("favourites")
    parameter_name = "favourites"

    def lookups(self, request, model_admin):
        return [("mine", gettext("My favourites"))]

    def queryset(self, request, queryset):
        return queryset.filter(starred=True) if self.value() == "mine" else queryset


class OurDosageForm(forms.Form):
    dosage = DosageField(
        required=False,
        label=_("Dosage in our practice"),
        help_text=_("Type it as “2x a day 3x8 5s l/r”. Empty: as in the library."),
    )


class WithOurs:
    """For the admin of exercises: the star and the practice's own dosage."""

    class Media:
        js = (forms.Script("exercises/favourites.js", type="module"),)

    def scope(self, request, queryset):
        return super().scope(request, queryset).with_favourites(request.user)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/star/", view(self.star_view), name="exercises_exercise_star"),
            path("<int:pk>/ours/", view(self.ours_view), name="exercises_exercise_ours"),
            *super().get_urls(),
        ]

    @admin.display(description=_("favourite"))
    def star(self, obj):
        """A button for the form with id "stars", which is outside the form of the list."""
        return format_html(
            '<button class="star" form="stars" formaction="{}" name="starred" value="{}"'
            ' aria-pressed="{}" aria-label="{}"></button>',
            reverse("admin:exercises_exercise_star", args=[obj.pk]),
            "" if obj.starred else "1",
            "true" if obj.starred else "false",
            gettext("Favourite: %s") % obj,
        )

    @method_decorator(require_POST)
    def star_view(self, request, pk):
        """Set or clear the star, as the request says. Repeating a request changes nothing."""
        exercise = self.get_object(request, str(pk))
        if exercise is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        starred = bool(request.POST.get("starred"))
        if starred:
            Favourite.objects.get_or_create(user=request.user, exercise=exercise)
        else:
            Favourite.objects.filter(user=request.user, exercise=exercise).delete()
        if request.accepts("text/html"):
            return HttpResponseRedirect(self._back(request, exercise))
        return JsonResponse({"starred": starred})

    def _back(self, request, exercise) -> str:
        back = request.POST.get("next", "")
        if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
            return back
        return self.change_url(exercise)

    def ours_view(self, request, pk):
        """The form for the dosage with which the practice begins this exercise."""
        exercise = self.get_object(request, str(pk))
        if exercise is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        practice = request.user.practice
        if practice is None:
            raise PermissionDenied
        with transaction.atomic():
            # The lock makes the second of two simultaneous requests see what the first saved.
            type(practice).objects.select_for_update(no_key=True).get(pk=practice.pk)
            ours = PracticeDosage.objects.of(practice.pk, [exercise]).get(exercise.pk)
            stored = OurDosageForm(initial={"dosage": ours})
            base, conflict = two_at_once.read(request.POST), None
            if base is not None:
                conflict = two_at_once.find_conflict(request, base, stored)
            data = conflict.post if conflict else request.POST
            form = OurDosageForm(data or None, initial={"dosage": ours})
            if conflict is not None:
                conflict.last = two_at_once.who_changed(exercise, request.user, "set our dosage")
            decide = conflict is not None and conflict.must_decide
            if request.method == "POST" and form.is_valid() and not decide:
                if conflict is not None:
                    messages.info(request, conflict.in_short)
                self._keep(request, exercise, form.cleaned_data["dosage"])
                return HttpResponseRedirect(self.change_url(exercise))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Dosage in our practice"),
            "subtitle": str(exercise),
            "exercise": exercise,
            "ours": ours,
            "form": form,
            "conflict": conflict if decide else None,
            two_at_once.OPENED_WITH: two_at_once.as_text(two_at_once.snapshot(stored)),
            two_at_once.RECORD: two_at_once.record_number(exercise),
        }
        return TemplateResponse(request, "admin/exercises/exercise/ours.html", context)

    def _keep(self, request, exercise: Exercise, dosage: Dosage | None) -> None:
        """Store the practice's own dosage.

        No dosage, or one equal to the library's, removes the practice's own, so that later
        corrections in the library are used.
        """
        which = {"practice": request.user.practice, "exercise": exercise}
        with transaction.atomic():
            audit.record(request, "set our dosage", thing=exercise)
            if dosage is None or dosage == exercise.dosage:
                PracticeDosage.objects.filter(**which).delete()
                sentence = gettext("“%(exercise)s” now begins as in the library: %(dosage)s.")
            else:
                columns = {part: getattr(dosage, part) for part in PracticeDosage.PARTS}
                PracticeDosage.objects.update_or_create(**which, defaults=columns)
                sentence = gettext("“%(exercise)s” now begins in your practice with: %(dosage)s.")
        words = {"exercise": exercise, "dosage": dosage or exercise.dosage}
        messages.success(request, sentence % words)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        exercise = self.get_object(request, object_id)
        if exercise is not None and request.user.practice_id is not None:
            ours = PracticeDosage.objects.of(request.user.practice_id, [exercise])
            context |= {"ours": ours.get(exercise.pk), "has_practice": True}
        return super().change_view(request, object_id, form_url, context)

    def get_form(self, request, obj=None, change=False, **options):
        """Offer as harder variants the exercises of the same region.

        For a shared exercise, which other practices see too, these are shared exercises only.
        """
        form = super().get_form(request, obj, change=change, **options)
        field = form.base_fields.get("harder")
        if field is None:
            return form
        variants = field.queryset.with_texts()
        if obj is not None:
            variants = variants.filter(Q(category=obj.category) | Q(easier=obj)).distinct()
            if obj.practice_id is None:
                variants = variants.filter(practice=None)
        field.queryset = variants
        return form
