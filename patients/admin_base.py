"""What the admin pages about patients share: whom they show, the access log, and refusals."""

from collections.abc import Callable
from functools import wraps

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rugpijn import audit
from rugpijn.admin_base import ScopedAdmin
from rugpijn.login.second_factor import answers_json

from .access import treats
from .writes import RefusedError


class CareAdmin(ScopedAdmin):
    """The admin of a model about patients: shows the rows of patients whom the therapist treats,
    and writes every read and change to the access log. The model has `record_of`, its patient."""

    def scope(self, request, queryset):
        return queryset.treated_by(request.user)

    def has_add_permission(self, request):
        """Only a therapist of a practice; being a superuser gives no access to patients."""
        return request.user.is_therapist and request.user.practice_id is not None

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """Also logs a form that is shown again with its errors: it shows the patient too."""
        if obj is not None:
            audit.record(request, "read", obj.record_of, thing=obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def render_delete_form(self, request, context):
        obj = context["object"]
        audit.record(request, "read", obj.record_of, thing=obj)
        return super().render_delete_form(request, context)

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        changelist = getattr(response, "context_data", {}).get("cl")
        if changelist is not None:
            audit.record(request, "list", *(row.record_of for row in changelist.result_list))
        return response

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        audit.record(request, "change" if change else "create", obj.record_of, thing=obj)

    def delete_model(self, request, obj):
        audit.record(request, "delete", obj.record_of, thing=obj)
        super().delete_model(request, obj)

    def page(self, view, suffix):
        """The URL of a page of ours about one object, with the access checks of Django's pages.

        `view(request, obj)` runs in one transaction, so that an act and its row in the access log
        are both stored or neither.
        """

        @transaction.atomic
        def guarded(request, object_id):
            if not self.has_view_permission(request):
                raise PermissionDenied
            obj = self.get_object(request, str(object_id))
            if obj is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
            return view(request, obj)

        name = f"{self.opts.app_label}_{self.opts.model_name}_{suffix}"
        address = f"<int:object_id>/{suffix}/"
        return path(address, self.admin_site.admin_view(guarded), name=name)


def programme_page(request, programme, name, title, act="read", **context):
    """The page `name` of templates/admin/patients/programme/; the access log gets `act`."""
    audit.record(request, act, programme.patient, thing=programme)
    context |= {"programme": programme, "patient": programme.patient, "subtitle": str(programme)}
    return _page(request, f"admin/patients/programme/{name}.html", title, context)


def patient_page(request, patient, name, title, **context):
    """The page `name` of templates/admin/patients/patient/."""
    context["patient"] = patient
    return _page(request, f"admin/patients/patient/{name}.html", title, context)


def _page(request, template, title, context):
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, template, context)


def refusals_as_messages(back: Callable, level: int = messages.ERROR, extra_tags: str = ""):
    """Decorator of `view(request, obj)`: a RefusedError becomes a message of that level.

    The answer is then a redirect to `back(request, obj)`. Each act of a room is one transaction
    (`@transaction.atomic`), so what it refused has left nothing in the database.
    """

    def decorator(view):
        @wraps(view)
        def guarded(request, obj):
            try:
                return view(request, obj)
            except RefusedError as error:
                messages.add_message(request, level, str(error), extra_tags=extra_tags)
                return back(request, obj)

        return guarded

    return decorator


def to_programme(request, programme):
    return redirect("admin:patients_programme_change", programme.pk)


def to_patient(request, patient):
    return redirect("admin:patients_patient_change", patient.pk)


def for_therapists(view):
    """Decorator of a view that answers a script with JSON, for therapists only.

    Without a session the answer is 401 and no login page.
    """

    @answers_json
    @require_safe
    @login_not_required  # checked below, so that the answer is JSON
    def guarded(request):
        if not request.user.is_authenticated:
            return JsonResponse({"error": _("Log in first.")}, status=401)
        if not treats(request.user):
            raise PermissionDenied
        return view(request)

    return guarded
