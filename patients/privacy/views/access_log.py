"""The access log of one patient, for that patient and for the practice owner."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rugpijn import audit, tables
from rugpijn.login.sessions import fresh_login_required, fresh_on_trusted_device
from rugpijn.web import rates
from rugpijn.web.numbers import number

from ...access import find_log
from ...models import Patient
from ..log_sentences import Reader

PAGE = 500  # rows of the log: equal ones of a day are one line, so a page shows some weeks
MOST_IN_FILE = 20_000


class PeriodForm(forms.Form):
    """Chooses the period and whose acts; by default the last three months, by others."""

    DAYS = {"30": 30, "90": 90, "365": 365, "all": None}

    days = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[
            ("30", _("the last 30 days")),
            ("90", _("the last 3 months")),
            ("365", _("the last year")),
            ("all", _("everything")),
        ],
    )
    own = forms.BooleanField(label=_("Also show what I did myself"), required=False)

    def __init__(self, data):
        chosen = data.get("days")
        chosen = chosen if chosen in self.DAYS else "90"
        super().__init__({"days": chosen, "own": data.get("own")}, use_required_attribute=False)
        self.chosen, self.with_own = chosen, bool(data.get("own"))

    @property
    def since(self):
        days = self.DAYS[self.chosen]
        return None if days is None else timezone.localdate() - timedelta(days=days)


def _open_log(request, uuid):
    """Return the patient, the form, a reader of the log, and the events that were asked for."""
    patients = Patient.objects.select_related("practice", "user")
    patient = find_log(request, patients, uuid=uuid)
    form, reader = PeriodForm(request.GET), Reader(patient)
    return patient, form, reader, reader.events(since=form.since, others=not form.with_own)


def _fresh_login(view):
    """Ask an owner to log in again, and a patient only on a device that stays logged in."""
    of_staff, of_patient = fresh_login_required(view), fresh_on_trusted_device(view)

    def checked(request, *args, **kwargs):
        return (of_staff if request.user.is_staff else of_patient)(request, *args, **kwargs)

    return checked


@require_safe
@_fresh_login
@rates.at_most("search")
def access_log(request, uuid):
    patient, form, reader, rows = _open_log(request, uuid)
    if (before := number(request.GET.get("before"))) is not None:
        rows = rows.filter(number__lt=before)
    events = list(rows[: PAGE + 1])
    older = None
    if len(events) > PAGE:
        del events[PAGE:]
        query = request.GET.copy()
        query["before"] = events[-1].number
        older = f"?{query.urlencode()}"
    audit.record(request, "read log", patient, thing=patient)
    return render(
        request,
        "patients/access_log.html",
        {
            "patient": patient,
            "practice": patient.practice,
            "form": form,
            "days": reader.days(events),
            "older": older,
            "own": patient.user_id == request.user.pk,
        },
    )


@require_safe
@fresh_login_required
@rates.at_most("table")
def download(request, uuid):
    """The same events as a table, each in a row of its own."""
    patient, _form, reader, rows = _open_log(request, uuid)
    table = reader.table(rows[:MOST_IN_FILE])
    if not table:
        return redirect("patients:access_log", uuid)
    audit.record(request, "download log", patient, thing=patient)
    response = HttpResponse(tables.table(table), content_type=tables.CONTENT_TYPE)
    name = gettext("who-looked.csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
