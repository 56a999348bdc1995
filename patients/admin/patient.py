"""The admin of patients. CareAdmin limits it to the patients whom the therapist treats."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn import audit
from rugpijn.typed.text import fold

from .. import search
from ..admin_base import CareAdmin
from ..follow_up import caseload
from ..follow_up.views import worklist
from ..joining.views import invite
from ..models import Patient, Programme
from ..prescribing import authoring, lifecycle
from ..prescribing.forms import NewProgrammeForm, PatientForm
from ..prescribing.views import lifecycle as life_pages
from ..privacy import retention
from ..privacy.views import emergency_access, office
from .programme import ProgrammeAdmin

__all__ = ["PatientAdmin", "ProgrammeAdmin"]

# The first page of a therapist, and what an owner's pages ask about patients.
admin.site.desk = worklist.first_page
admin.site.treated_by = caseload.number_treated
admin.site.next_removal = retention.next_removal


@admin.register(Patient)
class PatientAdmin(CareAdmin):
    form = PatientForm
    saves_anew = False  # a patient who was erased must not come back from an open form
    list_display = ("name", "birth_date", "programme_now", "day")
    search_fields = ("name",)
    search_help_text = _(
        "Name, phone number, date of birth such as 12-3-1958 or its year, or the word “discharged”"
    )
    change_form_template = "admin/patients/patient/change_form.html"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("programmes__pauses", "proxies__user")

    def get_fieldsets(self, request, obj=None):
        first = (
            ["name", "birth_date"] if obj else ["name", "birth_date", "somebody_else", "protocol"]
        )
        return [
            (None, {"fields": first}),
            (_("Optional details"), {"fields": ["email", "phone", "language"]}),
        ]

    def get_form(self, request, obj=None, **kwargs):
        kwargs["fields"] = PatientForm.Meta.fields
        form = super().get_form(request, obj, **kwargs)
        form.request = request
        return form

    def get_search_results(self, request, queryset, search_term):
        """By name, phone or date of birth; the word "discharged" lists who was discharged."""
        if fold(search_term) == fold(gettext("discharged")):
            return queryset.filter(discharged_on__isnull=False), False
        return search.find(queryset, search_term), False

    @admin.display(description=_("programme"))
    def programme_now(self, patient):
        """The title of the latest programme, as a link to it."""
        latest = _latest_programme(patient)
        if latest is None:
            return "–"
        address = reverse("admin:patients_programme_change", args=[latest.pk])
        return format_html('<a href="{}">{}</a>', address, latest.title)

    @admin.display(description=_("day"))
    def day(self, patient):
        if patient.discharged_on is not None:
            return gettext("discharged")
        latest = _latest_programme(patient)
        return "–" if latest is None else lifecycle.words(latest)

    def has_delete_permission(self, request, obj=None):
        """Not once a programme was given to the patient: that is a record that has to be kept."""
        if obj is None:
            return super().has_delete_permission(request)
        given = obj.programmes.filter(started_on__isnull=False).exists()
        return super().has_delete_permission(request, obj) and not given

    def get_urls(self):
        opened = self.admin_site.admin_view(emergency_access.patients_of_opened)
        return [
            path("glass/", opened, name="patients_patient_glass"),
            self.page(invite.invite, "invite"),
            self.page(life_pages.discharge, "discharge"),
            self.page(life_pages.readmit, "readmit"),
            self.page(self.new_programme, "programme"),
            self.page(invite.end_proxy, "endproxy"),
            path("data/", self.admin_site.admin_view(office.data), name="patients_data"),
            path(
                "data/<uuid:uuid>/",
                self.admin_site.admin_view(office.data_of_patient),
                name="patients_data_patient",
            ),
            *super().get_urls(),
        ]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """One button to save, and the form for another programme."""
        extra = {"new_programme_form": NewProgrammeForm(user=request.user), **(extra_context or {})}
        extra.update(show_save_and_add_another=False, show_save_and_continue=False)
        return super().changeform_view(request, object_id, form_url, extra)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.practice = request.user.practice
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            form.instance.new_draft = authoring.draft(
                patient=form.instance, by=request.user, protocol=form.cleaned_data["protocol"]
            )

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(
            request,
            gettext("%(name)s has been added. Check the programme, then start it.")
            % {"name": obj.name},
        )
        _warn_without_phone(request, obj)
        return redirect("admin:patients_programme_change", obj.new_draft.pk)

    def response_change(self, request, obj):
        _warn_without_phone(request, obj)
        return super().response_change(request, obj)

    def new_programme(self, request, patient):
        """Make a draft for a patient who has a record already."""
        form = NewProgrammeForm(request.POST, user=request.user)
        if request.method != "POST" or not form.is_valid():
            if request.method == "POST":
                messages.error(request, gettext("Choose a protocol from the list."))
            return redirect("admin:patients_patient_change", patient.pk)
        programme = authoring.draft(
            patient=patient, by=request.user, protocol=form.cleaned_data["protocol"]
        )
        audit.record(request, "create", patient, thing=programme)
        return redirect("admin:patients_programme_change", programme.pk)


def _warn_without_phone(request, patient) -> None:
    if not patient.phone:
        text = gettext(
            "%(name)s has no phone number. You cannot call if they report something that needs "
            "a doctor."
        )
        messages.warning(request, text % {"name": patient.name})


def _latest_programme(patient) -> Programme | None:
    """The running programme, or else the newest. Expects that `programmes` were prefetched."""
    programmes = sorted(patient.programmes.all(), key=lambda programme: programme.pk, reverse=True)
    running = [programme for programme in programmes if programme.is_running]
    return (running or programmes or [None])[0]
