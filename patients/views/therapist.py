"""The therapist's pages beside the forms: versions, the record of days, links on paper.

Each gets a programme or patient that the admin has already found for this
person (`CareAdmin.page`), and logs that it was shown.
"""

from itertools import zip_longest

from django.conf import settings
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rugpijn import audit
from rugpijn.mailing.sending import Outcome
from rugpijn.numbers import number

from .. import (
    actions,
    cert,
    charts,
    clinical,
    handout,
    invitations,
    judgement,
    mail,
    printed,
    record_note,
    timeline,
    writes,
)
from ..clinical import COMPARED_DAYS, PAIN_MATTERS
from ..course import PERIODS, USUAL
from ..course import read as read_course
from ..line import PARTS as LINE_PARTS
from ..models import PatientInvitation
from ..sheet import changes

# What a Change is about: of the sheet itself and its advice, and every part of a line.
PARTS = {
    "therapist": gettext_lazy("therapist"),
    "language": gettext_lazy("language"),
    "order": gettext_lazy("order"),
    "line": gettext_lazy("exercise"),
    "advice": gettext_lazy("advice"),
    "body": gettext_lazy("text"),
    "symptoms": gettext_lazy("what is asked when something goes wrong"),
} | {name: part.label for name, part in LINE_PARTS.items()}

PERIOD_LABELS = {
    "3": gettext_lazy("Last 3 weeks"),
    "6": gettext_lazy("Last 6 weeks"),
    "all": gettext_lazy("From the start"),
}


def versions(request, programme):
    """Every version, newest first, with what changed since the one before it; any two compared."""
    issued = list(programme.versions.order_by("-number"))
    sheets = {version.number: version.sheet for version in issued}
    rows = [
        {
            "version": version,
            "changes": named(changes(sheets[before.number], sheets[version.number]))
            if before is not None
            else None,
        }
        for version, before in zip_longest(issued, issued[1:])
    ]
    audit.record(request, "read versions", programme.patient, thing=programme)
    return programme_page(
        request,
        programme,
        "versions",
        _("Versions"),
        rows=rows,
        **_compared(request.GET, {version.number: version for version in issued}, sheets),
    )


def _compared(asked, versions, sheets) -> dict:
    """The two versions that were chosen and how they differ, or in words why there are none.

    The older one comes first, however they were chosen: what was added since is not removed.
    """
    if "from" not in asked and "to" not in asked:
        newest = sorted(versions)[-2:]
        return {"chosen": tuple(newest) if len(newest) == 2 else None}
    numbers = [number(asked.get(name)) for name in ("from", "to")]
    if any(number not in versions for number in numbers):
        return {"chosen": numbers, "problem": _("Choose two versions from the lists.")}
    if numbers[0] == numbers[1]:
        return {"chosen": numbers, "problem": _("Choose two different versions.")}
    older, newer = sorted(numbers)
    return {
        "chosen": (older, newer),
        "older": versions[older],
        "newer": versions[newer],
        "difference": named(changes(sheets[older], sheets[newer])),
    }


def named(found) -> list[dict]:
    """Differences with the name of the part in the reader's language."""
    return [
        {
            "where": change.where,
            "part": PARTS[change.part],
            "before": change.before,
            "after": change.after,
            "kind": change.kind,
        }
        for change in found
    ]


def days(request, programme):
    """How it went: charts and their tables, a note to copy, CERT, and every day."""
    audit.record(request, "read days", programme.patient, thing=programme)
    period = request.GET.get("weeks")
    period = period if period in PERIODS else USUAL
    today = timezone.localdate()
    course = read_course(programme, today, period)
    context = {} if course is None else _followed(programme, course, today)
    return programme_page(
        request,
        programme,
        "days",
        _("What was done"),
        course=course,
        period=period,
        periods=[(name, PERIOD_LABELS[name]) for name in PERIODS],
        compared_days=COMPARED_DAYS,
        pain_matters=PAIN_MATTERS,
        **context,
    )


def _followed(programme, course, today) -> dict:
    marks = [(issue.number, issue.day) for issue in course.issues]
    pauses = [(pause.from_on, pause.until_on) for pause in course.pauses]
    scale = (clinical.PAIN_LEAST, 5, clinical.PAIN_MOST)
    ratings = judgement.newest_ratings(programme)
    quality = {uuid: rating.quality for uuid, rating in ratings.items()}
    score = course.exas(quality)
    events = timeline.events(programme, course.first, course.last)
    activities = list(programme.main_activities.prefetch_related("scores"))
    meter = cert.meter(
        cert.Facts(
            sheet=course.sheet,
            versions=course.newest.number,
            done=course.total.done,
            given=course.total.given,
            goals=len(activities),
            scored=any(activity.scores.all() for activity in activities),
            profile=programme.risk_profiles.exists(),
            rated=len([line for line in course.sheet.lines if line.uuid in ratings]),
        )
    )
    places = {
        cert.PROGRAMME: reverse("admin:patients_programme_change", args=[programme.pk]),
        cert.LIBRARY: reverse("admin:exercises_exercise_changelist"),
        cert.VERSIONS: reverse("admin:patients_programme_versions", args=[programme.pk]),
        cert.COURSE: "#doing",
        cert.TIMELINE: "#timeline",
        cert.VISIT: reverse("admin:patients_programme_course", args=[programme.pk]),
        cert.PATIENT: reverse("admin:patients_patient_change", args=[programme.patient_id]),
    }
    note = record_note.text(course, today, exas=score, activities=activities, events=events)
    return {
        "doing": charts.bars(
            [(day.day, day.done, day.given) for day in course.days], marks, pauses
        ),
        "pain": charts.line(
            [(day.day, day.lowest, day.highest) for day in course.days], scale, marks, pauses
        ),
        "lines": [
            (line, charts.share(line.counts.done, line.counts.given), ratings.get(line.uuid))
            for line in course.lines
        ],
        "exas": score,
        "exas_mean": clinical.EXAS_MEAN,
        "exas_spread": clinical.EXAS_SPREAD,
        "rated": bool(ratings),
        "events": events,
        "note": note,
        "note_rows": note.count("\n") + 2,
        "meter": meter,
        "parts": [(part, places.get(part.place)) for part in meter.parts],
    }


def share(request, programme):
    """The link behind the QR code: to look at, to hand over, and to revoke."""
    version = programme.current_version()
    if version is None:
        messages.info(request, _("There is a link once the programme has started."))
        return redirect("admin:patients_programme_change", programme.pk)
    if request.method == "POST":
        actions.revoke_share(programme.share_link)
        audit.record(request, "revoke link", programme.patient, thing=programme)
        messages.success(
            request,
            _("QR codes printed before now no longer work. Print the programme again."),
        )
        return redirect("admin:patients_programme_share", programme.pk)
    audit.record(request, "share", programme.patient, thing=programme)
    address = handout.share_url(version)
    try:
        message, no_mail = mail.link(version), ""
    except mail.MailError as error:
        message, no_mail = None, str(error)
    return programme_page(
        request,
        programme,
        "share",
        _("Link without a name"),
        address=address,
        qr=printed.qr_code(address),
        valid_until=programme.share_link.valid_until,
        message=message,
        no_mail=no_mail,
    )


def mail_link(request, programme):
    """Mail that link to the patient: a button of the page above."""
    back = redirect("admin:patients_programme_share", programme.pk)
    version = programme.current_version()
    if request.method != "POST" or version is None:
        return back
    try:
        outcome = mail.send_link(version)
    except mail.MailError as error:
        messages.error(request, str(error))
        return back
    audit.record(request, "mail link", programme.patient, thing=version)
    said = {
        Outcome.SENT: _("The link was mailed to %s."),
        Outcome.WAITS: _("The link is mailed to %s in the next few minutes."),
    }
    messages.success(request, said[outcome] % programme.patient.email)
    return back


def invite(request, patient):
    """A way in for a patient: a link, its QR code and a short code, shown once; by mail too."""
    if request.method != "POST":
        return redirect("admin:patients_patient_change", patient.pk)
    if "mail" in request.POST:
        return _mail_invitation(request, patient)
    try:
        invitation, token = invitations.invite(patient, request.POST.get("who", ""))
    except writes.RefusedError as error:
        messages.error(request, str(error))
        return redirect("admin:patients_patient_change", patient.pk)
    audit.record(request, "invite", patient, thing=patient)
    mail.tell_of_invitation(patient, invitation)
    return _invitation_page(request, patient, invitation, token, invitation.new_code())


def end_proxy(request, patient):
    """Whoever acted for this patient does so no more: a button of the patient's page."""
    if request.method == "POST":
        proxies = patient.proxies.holding(timezone.localdate())
        proxy = proxies.filter(pk=number(request.POST.get("proxy"))).first()
        if proxy is None:
            messages.info(request, _("This access had ended already."))
        else:
            invitations.end_proxy(proxy, by=request.user)
            audit.record(request, "end proxy", patient, thing=proxy)
            messages.success(request, _("%s has no access any more.") % proxy.user.name)
    return redirect("admin:patients_patient_change", patient.pk)


def _invitation_page(request, patient, invitation, token, code, **context):
    """What is shown is known to nobody else: the page itself carries it to its own buttons."""
    address = settings.SITE_URL + reverse("patients:patient_invitation", args=[token])
    with translation.override(patient.language):
        day = date_format(timezone.localtime(invitation.expires_at), "j F Y")
    return patient_page(
        request,
        patient,
        "invite",
        _("Invitation for %s") % patient.name,
        address=address,
        invitation=invitation,
        qr=printed.qr_code(address),
        token=token,
        code=code,
        short_address=_spoken(settings.SITE_URL + reverse("patients:invitation_code")),
        expires_at=invitation.expires_at,
        last_day=day,
        practice=patient.practice,
        **context,
    )


def _spoken(address: str) -> str:
    """An address as people type it: without the https:// that every browser adds."""
    return address.partition("://")[2].rstrip("/")


def _mail_invitation(request, patient):
    """Mail the invitation that is on the screen: the paper beside it goes on working."""
    token, code = request.POST.get("token", ""), request.POST.get("code", "")
    invitation = patient.invitations.filter(token_hash=PatientInvitation.digest(token)).first()
    if invitation is None or not invitation.is_open:
        messages.error(request, _("This invitation no longer works. Make a new one."))
        return redirect("admin:patients_patient_change", patient.pk)
    mailed = None
    try:
        outcome = mail.send_invitation(invitation)
    except mail.MailError as error:
        messages.error(request, str(error))
    else:
        audit.record(request, "mail invitation", patient, thing=patient)
        mailed = patient.email
        said = {
            Outcome.SENT: _("The invitation was mailed to %s."),
            Outcome.WAITS: _("The invitation is mailed to %s in the next few minutes."),
        }
        messages.success(request, said[outcome] % mailed)
    return _invitation_page(request, patient, invitation, token, code, mailed=mailed)


def programme_page(request, programme, name, title, **context):
    return _render(
        request,
        f"admin/patients/programme/{name}.html",
        title=title,
        subtitle=str(programme),
        programme=programme,
        patient=programme.patient,
        **context,
    )


def patient_page(request, patient, name, title, **context):
    return _render(
        request,
        f"admin/patients/patient/{name}.html",
        title=title,
        patient=patient,
        **context,
    )


def _render(request, template, **context):
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})
