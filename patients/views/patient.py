"""The patient's own pages: the programme, and ticking it off."""

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rugpijn import audit
from rugpijn.models import Practice

from .. import actions, clinical, progress
from ..access import find, refuse
from ..forms import SessionForm
from ..models import Patient, Programme
from ..sheet import Sheet
from .media import of_programme


@require_safe
def home(request):
    """Where everyone begins: staff in the admin, a patient in the programme."""
    if request.user.is_staff:
        return redirect("admin:index")
    programmes = _own_programmes(request.user)
    if len(programmes) == 1:
        return _programme_page(request, programmes[0], several=False)
    audit.record(request, "list", *(programme.patient for programme in programmes))
    records = Patient.objects.of_person(request.user)
    return render(
        request,
        "patients/home.html",
        {
            "programmes": programmes,
            "practices": Practice.objects.filter(patients__in=records).distinct(),
            "finished": bool(records) and all(one.discharged_on for one in records),
        },
    )


def _own_programmes(user) -> list[Programme]:
    """Of each record of this person the running programme, else the last one that ended."""
    given = (
        Programme.objects.of_person(user)
        .filter(started_on__isnull=False)
        .select_related("patient__practice", "therapist")
        .prefetch_related("pauses")
        .order_by(F("ended_on").asc(nulls_last=True), "pk")
    )
    last = {programme.patient_id: programme for programme in given}
    return sorted(last.values(), key=lambda programme: programme.patient.name)


@require_safe
def programme_detail(request, uuid):
    """A programme as its patient reads it. A therapist of the practice sees the same page."""
    programmes = Programme.objects.select_related("patient__practice", "therapist")
    programme = find(request, programmes.prefetch_related("pauses"), uuid=uuid)
    several = len(_own_programmes(request.user)) > 1
    return _programme_page(request, programme, several=several)


def _programme_page(request, programme, *, several):
    version = programme.current_version()
    own = programme.patient.user_id == request.user.pk
    if version is None and own:
        raise Http404
    audit.record(request, "read", programme.patient, thing=programme)
    sheet = version.sheet if version is not None else Sheet.of(programme)
    today, patient = timezone.localdate(), programme.patient
    pause = programme.pause_on(today)
    cards = progress.cards(programme, sheet, today)
    return render(
        request,
        "patients/programme_detail.html",
        {
            "programme": programme,
            "practice": programme.patient.practice,
            "version": version,
            "sheet": sheet,
            "media": of_programme(programme, sheet),
            "today": today,
            # A page that was open when the pause began may still send what was done.
            "may_log": own and programme.is_running and pause is None,
            "pause": pause,
            "discharged": patient.discharged_on is not None,
            "cards": [card for card in cards if card.holds],
            "later": [card for card in cards if card.begins],
            "over": [card for card in cards if not card.holds and not card.begins],
            "ask_pain": request.GET.get("pain", ""),
            "pain_scale": range(clinical.PAIN_LEAST, clinical.PAIN_MOST + 1),
            "several": own and several,
        },
    )


@require_POST
def log_session(request, uuid):
    """Done, undone, or how much it hurt. Only the patient's own hand writes here."""
    programmes = Programme.objects.select_related("patient")
    programme = programmes.of_person(request.user).filter(uuid=uuid).first()
    if programme is None:
        refuse(request, programmes, uuid=uuid)
    back = reverse("patients:programme_detail", args=[programme.uuid])
    form = SessionForm(request.POST)
    version = None
    if form.is_valid():
        version = programme.versions.filter(number=form.cleaned_data["version"]).first()
    if version is None or not programme.is_running:
        messages.error(
            request, _sentence_of(form) or _("This page was out of date. Please try again.")
        )
        return redirect(back)
    asked = form.cleaned_data
    try:
        with transaction.atomic():
            actions.log_session(
                patient=programme.patient,
                version=version,
                **{
                    name: asked[name]
                    for name in ("operation", "line", "day", "moment", "done", "pain")
                },
            )
            audit.record(request, "log", programme.patient, thing=programme)
    except actions.RefusedError as error:
        messages.error(request, str(error))
        return redirect(back)
    here = f"{asked['line']}-{asked['moment']}"
    if asked["done"] and "pain" not in request.POST:
        return redirect(f"{back}?pain={here}#line-{asked['line']}")
    if asked["pain"] is not None:
        messages.success(request, _("Your pain score is saved."))
    elif not asked["done"]:
        messages.success(request, _("Undone. You can tick it off again."))
    return redirect(f"{back}#line-{asked['line']}")


def _sentence_of(form) -> str:
    """What was wrong, for fields a person typed; the rest is an outdated page."""
    for field in ("pain", "day"):
        if field in form.errors:
            return form.errors[field][0]
    return ""
