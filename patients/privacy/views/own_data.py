"""The page with what is stored about a person, and how that person's pages look."""

from crispy_forms.layout import Hidden
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rugpijn import audit
from rugpijn.models import User
from rugpijn.saving import two_at_once

from ...access import represented_by
from ...contact.forms import ReadingForm
from ...models import Patient


@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request):
    sent = request.POST if request.method == "POST" else None
    with transaction.atomic():
        conflict = _conflict_with_other_tab(request) if sent else None
        form = ReadingForm(conflict.post if conflict else sent, instance=_fresh(request.user))
        if form.is_valid() and not (conflict and conflict.must_decide):
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            if changes:  # and nothing else: another tab may be changing the rest
                User.objects.filter(pk=request.user.pk).update(**changes)
            with translation.override(form.cleaned_data["language"]):
                messages.success(request, _("Saved."))
            return redirect("patients:my_data")
    stored = ReadingForm(instance=_fresh(request.user))
    opened_with = two_at_once.as_text(two_at_once.snapshot(stored))
    form.helper.add_input(Hidden(two_at_once.OPENED_WITH, opened_with))
    records = _records(request.user)
    audit.record(request, "read own data", *records)
    return render(
        request,
        "patients/my_data.html",
        {
            "form": form,
            "conflict": conflict,
            "records": records,
            "practice": records[0].practice if len(records) == 1 else None,
        },
    )


def _conflict_with_other_tab(request):
    """Return what this person changed in another tab since this page was opened, if anything."""
    base = two_at_once.read(request.POST)
    if base is None:
        return None
    User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
    with translation.override(base["language"]):
        conflict = two_at_once.find_conflict(
            request, base, ReadingForm(instance=_fresh(request.user))
        )
    if conflict is not None:
        conflict.only_oneself = True
    return conflict


def _fresh(user):
    """Return a copy to edit, so that refused values do not change how this page looks."""
    return User.objects.get(pk=user.pk)


def _records(user) -> list[Patient]:
    records = (
        Patient.objects.of_person(user)
        .select_related("practice")
        .prefetch_related("programmes__therapist")
        .order_by("sort_key", "pk")
    )
    records = list(records.prefetch_related("erasure_requests", "proxies__user"))
    today = timezone.localdate()
    represented = set(Patient.objects.filter(represented_by(user)).values_list("pk", flat=True))
    for record in records:
        record.may_decide = record.pk in represented
        record.acted_for = record.user_id != user.pk
        record.helpers = record.proxies_on(today)
        record.erasure_request = next(reversed(record.erasure_requests.all()), None)
        record.ticked = record.sessions.held().filter(done=True).count()
        record.given = [one for one in record.programmes.all() if one.started_on is not None]
        running = [one for one in record.given if one.is_running]
        record.current = next(iter(running + record.given), None)
    return records
