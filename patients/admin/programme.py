"""The admin of programmes: the form with its lines, merging, saving and giving to the patient."""

from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms import Script
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from rugpijn import audit
from rugpijn.admin_base import ScopedInline
from rugpijn.saving import given_back, two_at_once
from rugpijn.web import rates
from rugpijn.web.middleware import HOLDS_OUR_PAGE, content_policy
from rugpijn.web.numbers import number

from .. import search, writes
from ..admin_base import CareAdmin
from ..contact.views import share_link, thread
from ..follow_up import judgements
from ..follow_up.views import days, visit, worklist
from ..models import Patient, Prescription, Programme
from ..paper import batches, press, variants
from ..paper.views import batch
from ..patient_day import waiting
from ..prescribing import authoring as actions
from ..prescribing import lifecycle, phases
from ..prescribing.forms import PrescriptionForm, PrescriptionFormSet, ProgrammeForm
from ..prescribing.merge_form import (
    MERGED,
    PREFIX,
    has_own_changes,
    merge_post,
    must_decide,
    row_count,
    sentences_about,
    unsaid,
)
from ..prescribing.views import lifecycle as life_pages
from ..prescribing.views import suggestions, typing, versions
from ..search import MOST_FOUND
from ..sheet import Sheet
from ..sheet_changes import SheetChange, changes

# What was done while the page was open, for `two_at_once.who_did`: by the person who reads it in
# another tab, by somebody else, and by an unknown person.
ENDED = (
    _("You ended this programme in another tab or window at %(when)s."),
    _("%(who)s ended this programme at %(when)s, while you had it open."),
    _("This programme was ended while you had it open."),
)
STARTED = (
    _("You started this programme in another tab or window at %(when)s."),
    _("%(who)s started this programme at %(when)s, while you had it open."),
    _("This programme was started while you had it open."),
)
PAUSED = (
    _("You paused this programme in another tab or window at %(when)s."),
    _("%(who)s paused this programme at %(when)s, while you had it open."),
    _("This programme was paused while you had it open."),
)

# The views of prescribing/views/lifecycle.py about a programme.
LIFE = ("pause", "resume", "renew", "end", "reopen", "again")


class ExercisePicker(AutocompleteSelect):
    """Django's picker, with the results of `typing.find_exercises`."""

    url_name = "%s:patients_programme_exercises"


class PrescriptionInline(ScopedInline, admin.StackedInline):
    """The lines of a programme."""

    model = Prescription
    form = PrescriptionForm
    formset = PrescriptionFormSet
    template = "admin/patients/programme/prescriptions.html"
    fields = ("exercise", *MERGED)
    extra = 0
    verbose_name = _("exercise")
    verbose_name_plural = _("exercises")

    def scope(self, request, queryset):
        return (
            queryset.treated_by(request.user)
            .select_related("exercise__figure__rendering", "programme__patient")
            .defer("exercise__figure__rendering__photo")
            .prefetch_related("exercise__texts")
        )

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "exercise":
            kwargs["widget"] = ExercisePicker(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without Django's buttons to add or change an exercise: the library has its own pages."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for act in ("add", "change", "delete", "view"):
            if hasattr(field.widget, f"can_{act}_related"):
                setattr(field.widget, f"can_{act}_related", False)
        return field

    def get_formset(self, request, obj=None, **kwargs):
        kwargs["fields"] = PrescriptionForm.Meta.fields
        return super().get_formset(request, obj, **kwargs)


def _changes_of_library(programme: Programme | None) -> list[SheetChange]:
    version = programme.current_version() if programme is not None else None
    if version is None:
        return []
    as_now = Sheet.of(programme)
    return changes(as_now.with_library_of(version.sheet), as_now)


def _red_flags_missing(programme: Programme) -> dict:
    """Whether red flags are missing, which say when to call a doctor, and in which protocols."""
    protocols = list(programme.protocols.prefetch_related("advice", "texts"))
    without = [protocol for protocol in protocols if not protocol.has_red_flags]
    return {"protocols": without, "any": bool(without) or not protocols}


@admin.register(Programme)
class ProgrammeAdmin(CareAdmin):
    merges = False  # `_merge_with_others` does it instead
    saves_anew = False
    form = ProgrammeForm
    inlines = [PrescriptionInline]
    list_display = ("title", "patient", "state", "therapist", "changed_at")
    list_select_related = ("patient", "therapist")
    search_fields = ("patient__name", "title")
    search_help_text = _("Name of the patient, or title of the programme")
    change_form_template = "admin/patients/programme/change_form.html"
    actions = ["print_handouts"]

    class Media:
        js = tuple(
            Script(f"{name}.js", type="module")
            for name in (
                "patients/programme",
                "patients/programme_dosage",
                "patients/programme_period",
                "patients/programme_preview",
                "patients/programme_steps",
                "patients/programme_leave",
                "patients/exercise_picker",
                "exercises/favourites",
                "exercises/plain_language",
            )
        )

    def get_search_results(self, request, queryset, search_term):
        """By the name of the patient, or by the title."""
        if not search_term.strip():
            return queryset, False
        named = search.numbers_of(Patient.objects.treated_by(request.user), search_term)
        titled = queryset.filter(title__icontains=search_term.strip())
        # Two plain queries are quicker than one with OR, which reads every programme twice.
        numbers = set(queryset.filter(patient__in=named).values_list("pk", flat=True)[:MOST_FOUND])
        numbers |= set(titled.values_list("pk", flat=True)[:MOST_FOUND])
        return queryset.filter(pk__in=numbers), False

    @admin.display(description=_("state"))
    def state(self, programme):
        return lifecycle.words(programme)

    def has_add_permission(self, request):
        """Not here: a programme is made on its patient's page."""
        return False

    def has_change_permission(self, request, obj=None):
        """Not once it has ended."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.ended_on is None)

    def has_delete_permission(self, request, obj=None):
        """Only a draft: what was given to a patient is a record that has to be kept."""
        if obj is None:
            return False
        return super().has_delete_permission(request, obj) and obj.is_draft

    def get_queryset(self, request):
        programmes = super().get_queryset(request).prefetch_related("pauses")
        return programmes.select_related("patient__practice", "therapist")

    def get_fieldsets(self, request, obj=None):
        return [(None, {"fields": ["title"]})]

    def get_form(self, request, obj=None, **kwargs):
        kwargs["fields"] = ["title"]
        form = super().get_form(request, obj, **kwargs)
        form.request = request
        form.library_changes = self._library_changes(request, obj)
        return form

    def get_urls(self):
        return [
            path("dosage/", typing.read_dosage, name="patients_programme_dosage"),
            path("period/", typing.read_period, name="patients_programme_period"),
            path("exercises/", typing.find_exercises, name="patients_programme_exercises"),
            path("steps/", suggestions.suggestions, name="patients_programme_steps"),
            path("urgent/", worklist.urgent, name="patients_programme_urgent"),
            self.page(typing.protocol, "protocol"),
            self.page(self.preview, "preview"),
            self.page(versions.versions, "versions"),
            self.page(days.days, "days"),
            self.page(share_link.share, "share"),
            self.page(share_link.mail_link, "mail"),
            *(self.page(getattr(life_pages, name), name) for name in LIFE),
            self.page(visit.visit, "course"),
            self.page(thread.at_the_desk, "messages"),
            self.page(worklist.seen, "seen"),
            self.page(worklist.take, "take"),
            *self._batch_urls(),
            *super().get_urls(),
        ]

    def _batch_urls(self):
        """Pages that are not about one programme; the views check access to the batch."""
        guard = self.admin_site.admin_view
        return [
            path("batch/<uuid:uuid>/", guard(batch.batch), name="patients_batch"),
            path("batch/<uuid:uuid>/act/", guard(batch.batch_act), name="patients_batch_act"),
            path(
                "batch/<uuid:uuid>/exercises.<str:kind>",
                guard(batch.batch_file),
                name="patients_batch_file",
            ),
        ]

    # ---------------------------------------------------------------- several at once

    @admin.action(description=_("Print the handouts"), permissions=["view"])
    def print_handouts(self, request, queryset):
        """Print in the background, and go to the page that shows the progress."""
        if press.problem() is not None:
            messages.error(request, press.problem())
            return None
        if queryset.count() > batches.MOST:
            text = gettext("Please choose at most %d programmes at a time.")
            messages.error(request, text % batches.MOST)
            return None
        variant = variants.of_practice(request.user.practice)
        begun = batches.begin(programmes=queryset, by=request.user, variant=variant)
        if begun is None:
            messages.error(
                request, gettext("None of these has started, so there is nothing to print.")
            )
            return None
        return redirect("admin:patients_batch", begun.uuid)

    # ---------------------------------------------------------------- opening

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        extra = dict(extra_context or {})
        programme = self.get_queryset(request).filter(pk=number(object_id)).first()
        if programme is not None:
            if request.method == "POST" and programme.ended_on is not None:
                return self._ended_meanwhile(request, programme)
            version = programme.current_version()
            extra.update(
                title=programme.title,
                subtitle=None,
                version=version,
                opened_as=self._opened_as(programme),
                library_changes=self._library_changes(request, programme),
                red_flags_missing=programme.ended_on is None and _red_flags_missing(programme),
                cannot_reopen=programme.ended_on and actions.another_runs(programme),
                printing_problem=press.problem(),
            )
        response = super().changeform_view(request, object_id, form_url, extra)
        if programme is not None:  # the page frames the preview
            response.headers["Content-Security-Policy"] = content_policy(HOLDS_OUR_PAGE)
        return response

    def _library_changes(self, request, programme):
        """What the library corrected since the patient's last version; empty for a draft.

        Kept on the request, because form and page ask for it several times.
        """
        if not hasattr(request, "library_changes"):
            request.library_changes = _changes_of_library(programme)
        return request.library_changes

    # ---------------------------------------------------------------- two at once

    def _opened_as(self, programme) -> str:
        """The state in which a page is opened; what saving does depends on it."""
        if programme.is_draft:
            return "draft"
        return "paused" if programme.pause_now is not None else "running"

    def beside_words(self, request, obj=None) -> set[str]:
        """The fields to leave out where what was typed is shown again; see `unsaid`."""
        return unsaid(request.POST, named=obj is not None)

    def _ended_meanwhile(self, request, programme):
        """Refuse to save a programme that has ended, and show what was typed."""
        last = two_at_once.who_changed(programme, request.user, "end", "discharge")
        refusal = two_at_once.who_did(last, *ENDED)
        here = reverse("admin:patients_programme_change", args=[programme.pk])
        beside = self.beside_words(request, programme)
        readable = given_back.words(request, self, programme, beside)
        if not readable or not has_own_changes(request.POST):
            messages.error(request, f"{refusal} {gettext('Nothing was saved.')}")
            return redirect(here)
        leads = [(here, gettext("Open the programme"))]
        return given_back.page(
            request, refusal, readable, title=programme.patient.name, leads=leads
        )

    def _changeform_view(self, request, object_id, form_url, extra_context):
        """Merge first; Django calls this inside the transaction of a save."""
        if request.method == "POST":
            programme = self.get_queryset(request).filter(pk=number(object_id)).first()
            if programme is not None and self.has_change_permission(request, programme):
                answer = self._merge_with_others(request, programme)
                if answer is not None:
                    return answer
        return super()._changeform_view(request, object_id, form_url, extra_context)

    def _merge_with_others(self, request, programme):
        """Merge the post with what somebody else saved since this form was opened.

        Sets `request.POST` and `request.conflict`, where a person has to decide. Returns a response
        when there is nothing to save, else None.
        """
        post = request.POST
        if row_count(post.get(f"{PREFIX}-TOTAL_FORMS")) is None or not post.get("revision"):
            return None  # not our form; Django refuses it
        writes.hold(programme)  # locked until this save is done
        opened, now = post.get("opened_as"), self._opened_as(programme)
        started = opened == "draft" and now != "draft"
        if started and not has_own_changes(post):
            return self._started_meanwhile(request, programme)
        if opened == "running" and now == "paused":
            last = two_at_once.who_changed(programme, request.user, "pause")
            messages.warning(request, two_at_once.who_did(last, *PAUSED))
        unbound = self.get_form(request, programme, change=True)(instance=programme)
        profile = post.get("initial-profile", unbound["profile"].value() or "")
        if post["revision"] == str(programme.revision) and profile == (
            unbound["profile"].value() or ""
        ):
            return None
        formset = self._lines(request, programme)
        merged, post = merge_post(post, unbound, formset)
        sentences = sentences_about(merged, unbound, formset)
        if started:
            last = two_at_once.who_changed(programme, request.user, "start")
            sentences.insert(0, two_at_once.who_did(last, *STARTED))
            sentences.insert(1, gettext("When you save, the patient gets your changes."))
        by = programme.changed_by
        request.POST = post
        request.conflict = two_at_once.Conflict(
            post,
            sentences,
            # A therapist must have seen what is given to a patient.
            must_decide(merged)
            or started
            or opened is None
            or ("_start" in post and bool(sentences)),
            by and {"who": by.name, "when": programme.changed_at, "is_self": by == request.user},
        )
        if not request.conflict.must_decide and sentences:
            messages.info(request, request.conflict.in_short)
        return None

    def _started_meanwhile(self, request, programme):
        """Start was pressed twice, or by two people: say who started it, and go to the handout."""
        last = two_at_once.who_changed(programme, request.user, "start")
        messages.info(request, two_at_once.who_did(last, *STARTED))
        version = programme.current_version()
        if "_start" not in request.POST or press.problem() is not None:
            return redirect("admin:patients_programme_change", programme.pk)
        return redirect("patients:version_handout", programme.uuid, version.number)

    def _lines(self, request, programme, post=None):
        """The formset of the lines, bound to `post`."""
        inline = next(iter(self.get_inline_instances(request, programme)))
        formset_class = inline.get_formset(request, programme)
        return formset_class(post, instance=programme, queryset=inline.get_queryset(request))

    # ---------------------------------------------------------------- looking before saving

    def preview(self, request, programme):
        """The preview of what was saved, or of the form that is posted."""
        if (refused := rates.refusal(request, "preview")) is not None:
            return refused
        if request.method != "POST":
            return typing.preview(request, programme, Sheet.of(programme))
        lines = self._lines(request, programme, request.POST)
        sheet = typing.as_typed(programme, lines, request.POST.get("title", ""))
        return typing.preview(request, programme, sheet)

    # ---------------------------------------------------------------- saving

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        programme = form.instance
        side = form.cleaned_data.get("every_side", "")
        exercise = form.cleaned_data.get("add_exercise")
        if exercise is not None:
            actions.prescribe(programme=programme, exercise=exercise, side=side)
        protocol = form.cleaned_data.get("add_protocol")
        if protocol is not None:
            self._add_protocol(request, programme, protocol, side)
        edited = (
            bool({"title"} & set(form.changed_data))
            or exercise is not None
            or protocol is not None
            or any(formset.has_changed() for formset in formsets)
        )
        if edited:
            actions.number_lines(programme)
            actions.touch(programme=programme, by=request.user)
            for remark in phases.remarks(programme):
                messages.warning(request, remark)
        profile = form.cleaned_data.get("profile")
        if programme.is_draft and profile and "profile" in form.changed_data:
            judgements.choose_profile(programme=programme, profile=profile, by=request.user)
            audit.record(request, "choose risk profile", programme.patient, thing=programme)
        self._issue(request, form, programme, edited)

    def _add_protocol(self, request, programme, protocol, side):
        count = actions.add_protocol(programme=programme, protocol=protocol, side=side)
        sentence = ngettext(
            "%(count)d exercise was added from “%(protocol)s”.",
            "%(count)d exercises were added from “%(protocol)s”.",
            count,
        )
        messages.info(request, sentence % {"count": count, "protocol": protocol})

    def _issue(self, request, form, programme, edited):
        """Start a draft when that was asked, or issue the next version of a running programme."""
        request.started = None
        if form.is_start:
            try:
                request.started = actions.start(programme=programme, by=request.user)
            except writes.RefusedError as error:
                messages.error(request, str(error))
                return
            audit.record(request, "start", programme.patient, thing=programme)
            self._warn(request, programme)
        elif programme.is_running:
            keep = form.cleaned_data.get("library") == form.KEEP
            last = programme.current_version()
            version = actions.issue(
                programme=programme,
                by=request.user,
                keep_library_of=last.sheet if keep else None,
                reason=form.cleaned_data["reason"].strip(),
            )
            if version is None:
                text = gettext("Nothing has changed for the patient: version %d still applies.")
                messages.info(request, text % last.number)
                return
            audit.record(request, "issue", programme.patient, thing=version)
            messages.success(
                request,
                format_html(
                    "{} <a href='{}'>{}</a>",
                    gettext("Version %d is now available to the patient.") % version.number,
                    reverse("patients:version_handout", args=[programme.uuid, version.number]),
                    gettext("Print it, so that the paper is up to date too."),
                ),
            )
            self._warn(request, programme)
        elif edited:
            messages.success(request, gettext("The draft is saved."))
        else:
            messages.info(request, gettext("Nothing was changed."))

    def _warn(self, request, programme):
        """Warn of reports that nobody looked at: a new version does not clear them."""
        if warning := waiting.warning(programme.patient, request.user):
            messages.warning(request, warning)

    def response_change(self, request, obj):
        if getattr(request, "started", None) is None:
            return redirect("admin:patients_programme_change", obj.pk)
        if press.problem() is not None:
            messages.warning(request, gettext("The programme has started. %s") % press.problem())
            return redirect("admin:patients_programme_change", obj.pk)
        return redirect("patients:version_handout", obj.uuid, request.started.number)
