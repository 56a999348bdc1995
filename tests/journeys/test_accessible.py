"""Every page in a real browser: accessible, wide enough, and asking nobody but us."""

import uuid
from datetime import date, time, timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from exercises.models import Figure
from exercises.pose_editor.sliders import figure_of, new_frame, new_settings
from patients.contact import messages, reminders
from patients.models import Patient, Programme, ReminderPlan, SessionLog
from rugpijn.login import access_mail
from rugpijn.models import AccessChange

from ..environment import and_in_ci
from .pages import log_in, shows_more, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = {
    "nobody": """
        account_login account_reset_password account_signup share closed stop refuse
        """.split(),
    "piet@mail.example": """
        patients:home progress messages reminders patients:my_data account_change_password
        account_logout login_devices log erase missing
        """.split(),
    "anna@linde.example": """
        admin:index admin:patients_patient_changelist admin:patients_patient_add patient draft
        running versions days share_admin end course keep desk_messages pause renew discharge
        discharged admin:exercises_exercise_changelist admin:exercises_exercise_add exercise
        admin:exercises_protocol_changelist protocol as_patient admin:exercises_figure_changelist
        admin:exercises_figure_add figure shared_figure figure_words advice
        """.split(),
    "els@linde.example": """
        admin:index practice admin:rugpijn_user_changelist admin:rugpijn_staffinvitation_add
        admin:rugpijn_accessevent_changelist admin:patients_data data factor staff_factor
        login_devices admin:rugpijn_user_access
        """.split(),
    "root@server.example": ["admin:index", "admin:glass"],
}


@pytest.fixture
def addresses(cast, programme, make_programme, lage_rugpijn, leg_pain):
    # Three weeks on, with something ticked off: the desk has its charts, and day 21 its question.
    version, today = programme.current_version(), timezone.localdate()
    Programme.objects.filter(pk=programme.pk).update(started_on=today - timedelta(days=24))
    SessionLog.objects.create(
        patient=programme.patient,
        version=version,
        line=version.sheet.lines[0].uuid,
        moment=1,
        day=today - timedelta(days=1),
        done=True,
        pain=4,
        operation=uuid.uuid4(),
        performed_at=timezone.now(),
    )
    # It stood still and will again, so that the sentences and the shaded days are there.
    for first, until in ((-12, -9), (5, 9)):
        programme.pauses.create(
            from_on=today + timedelta(days=first), until_on=today + timedelta(days=until)
        )
    plan = ReminderPlan.objects.create(patient=programme.patient, first=time(9), by_mail=True)
    for by, text in ((cast.piet, "Mag ik zwemmen?"), (cast.anna, "Ja, rustig.")):
        messages.send_message(
            programme=programme,
            operation=uuid.uuid4(),
            text=text,
            by=by,
            by_patient=by == cast.piet,
        )
    asked = AccessChange.objects.create(
        kind="email",
        practice=cast.anna.practice,
        person=cast.anna,
        email="a@elders.example",
        asked_by=cast.root,
        asked_name="Root",
        works_at=timezone.now() + timedelta(hours=24),
    )
    draft = make_programme(cast.mo_patient, started=False)
    gone = Patient.objects.create(
        practice=cast.anna.practice,
        name="Ina Bos",
        birth_date=date(1960, 1, 2),
        discharged_on=today,
        discharged_by=cast.anna,
    )
    line = programme.prescriptions.first()
    shared = Figure.objects.get(key="hol-bol")
    ours = {"practice": cast.anna.practice, "rendering": shared.rendering}
    copied = Figure.objects.create(data=shared.data, **ours)
    frames = [new_frame() | {"caption_nl": "Maak uw rug hol."} for _ in shared.data["strip"]]
    drawn = figure_of(new_settings() | {"title_nl": "Van ons", "frames": frames})
    figures = {
        "figure": Figure.objects.create(data=drawn, **ours),
        "shared_figure": shared,
        "figure_words": copied,
    }
    admin = {
        "patient": ("patient_change", cast.piet_patient.pk),
        "draft": ("programme_change", draft.pk),
        "running": ("programme_change", programme.pk),
        "versions": ("programme_versions", programme.pk),
        "days": ("programme_days", programme.pk),
        "share_admin": ("programme_share", programme.pk),
        "end": ("programme_end", programme.pk),
        "course": ("programme_course", programme.pk),
        "desk_messages": ("programme_messages", programme.pk),
        "pause": ("programme_pause", programme.pk),
        "renew": ("programme_renew", programme.pk),
        "discharge": ("patient_discharge", cast.piet_patient.pk),
        "discharged": ("patient_change", gone.pk),
        "keep": ("programme_protocol", programme.pk),
    }
    special = {
        name: reverse(f"admin:patients_{page}", args=[pk]) for name, (page, pk) in admin.items()
    } | {
        "exercise": reverse("admin:exercises_exercise_change", args=[line.exercise_id]),
        "protocol": reverse("admin:exercises_protocol_change", args=[lage_rugpijn.pk]),
        "practice": reverse("admin:rugpijn_practice_change", args=[cast.anna.practice.pk]),
        "as_patient": reverse("patients:programme_detail", args=[programme.uuid]),
        "share": reverse("patients:share_page", args=[programme.share_link.token, 1]),
        "closed": reverse("patients:share_page", args=["x" * 43, 1]),
        "missing": "/is-er-niet/",
        "log": reverse("patients:access_log", args=[cast.piet_patient.uuid]),
        "erase": reverse("patients:ask_erasure", args=[cast.piet_patient.uuid]),
        "data": reverse("admin:patients_data_patient", args=[cast.piet_patient.uuid]),
        "factor": reverse("admin:rugpijn_user_factor", args=[cast.anna.pk]),
        "refuse": urlsplit(access_mail.refusal_link(asked, str(cast.anna.uuid))).path,
        "stop": reverse("patients:stop_reminders", args=[reminders.stop_token(plan)]),
        **{
            name: reverse(f"patients:{name}", args=[programme.uuid])
            for name in ("progress", "messages", "reminders")
        },
        "advice": reverse("admin:exercises_advice_change", args=[lage_rugpijn.advice.first().pk]),
        **{
            name: reverse("admin:exercises_figure_change", args=[figure.pk])
            for name, figure in figures.items()
        },
    }
    return lambda name: special.get(name) or reverse(name)


CUT_OFF = """() => Array.from(document.querySelectorAll("button, input[type=submit], .btn"))
  .filter(one => one.checkVisibility() && !one.matches(".visually-hidden"))
  .filter(one => one.scrollWidth > one.clientWidth + 1)
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("who", list(PAGES))
def test_every_page_is_accessible_and_keeps_to_itself(
    browser, site, addresses, who, browser_context_args
):
    """Axe finds nothing, the content policy is not offended, and nobody else is asked.

    A page comes once, on a phone; then it is given the width of a desk.
    """
    context = browser.new_context(**browser_context_args)
    page, complaints = context.new_page(), []
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "status of 404" not in message.text
            else None
        ),
    )
    page.on(
        "request",
        lambda request: None if _ours(request.url, site) else complaints.append(request.url),
    )
    if who != "nobody":
        log_in(page, site, who)
    for name in PAGES[who]:
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(site + addresses(name), wait_until="networkidle")
        for width in and_in_ci(390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert complaints == [], (name, width)
            found = violations(page, colours=shows_more(page, afresh=width == 390))
            assert not found, (name, width, found)
            assert not page.evaluate(CUT_OFF), (name, width)
            overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0 or name.startswith("admin:"), (name, width, overflow)
            complaints.clear()  # axe adds a style of its own to look
    context.close()


def _ours(url: str, site: str) -> bool:
    return url.startswith((site, "data:", "about:", "blob:"))
