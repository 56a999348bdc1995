"""Who looked at my record: the access log of one patient, for that patient and for the owner."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from rugpijn import audit, tables
from rugpijn.login.sessions import fresh_login_required, fresh_on_trusted_device
from rugpijn.web import rates
from rugpijn.web.numbers import number

from ...access import find_log
from ...models import Patient
from ..log_sentences import Reader

PAGE = 500  # rows; with the same lines of a day taken together that is some weeks
MOST_IN_FILE = 20_000


class PeriodForm(forms.Form):
    """What of the log. Wrong or nothing: the last three months, by others."""

    DAYS = {"30": 30, "90": 90, "365": 365, "all": None}

    days = forms.ChoiceField(
        label=gettext_lazy("Period"),
        required=False,
        choices=[
            ("30", gettext_lazy("the last 30 days")),
            ("90", gettext_lazy("the last 3 months")),
            ("365", gettext_lazy("the last year")),
            ("all", gettext_lazy("everything")),
        ],
    )
    own = forms.BooleanField(label=gettext_lazy("Also show what I did myself"), required=False)

    def __init__(self, data):
        chosen = data.get("days") if data.get("days") in self.DAYS else "90"
        super().__init__({"days": chosen, "own": data.get("own")}, use_required_attribute=False)
        self.chosen, self.with_own = chosen, bool(data.get("own"))

    @property
    def since(self):
        days = self.DAYS[self.chosen]
        return None if days is None else timezone.localdate() - timedelta(days=days)


def _patient(request, uuid) -> Patient:
    patients = Patient.objects.select_related("practice", "user")
    return find_log(request, patients, uuid=uuid)


def _asked_again(view):
    """An owner says anew who that is; a patient on a device that stays logged in."""
    at_a_desk, at_home = fresh_login_required(view), fresh_on_trusted_device(view)

    def asked(request, *args, **kwargs):
        return (at_a_desk if request.user.is_staff else at_home)(request, *args, **kwargs)

    return asked


@require_safe
@_asked_again
@rates.at_most("search")
def access_log(request, uuid):
    patient = _patient(request, uuid)
    form, reader = PeriodForm(request.GET), Reader(patient)
    rows = reader.events(since=form.since, others=not form.with_own)
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
    """The same lines, each by itself, as a table."""
    patient = _patient(request, uuid)
    form, reader = PeriodForm(request.GET), Reader(patient)
    rows = reader.events(since=form.since, others=not form.with_own)
    table = reader.table(rows[:MOST_IN_FILE])
    if not table:
        return redirect("patients:access_log", uuid)
    audit.record(request, "download log", patient, thing=patient)
    response = HttpResponse(tables.table(table), content_type=tables.CONTENT_TYPE)
    name = _("who-looked.csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
