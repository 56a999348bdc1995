"""What all pages of patients are held to: axe, targets, large letters, narrow screens, bytes.

One tour past every page in every state. axe looks at each of them on a phone; CI adds the desk,
dark, and letters of twice the size.
"""

import uuid
from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from patients.clinical import SYMPTOMS
from patients.contact import messages, reminders
from patients.joining import invitations
from patients.models import Programme, ReminderPlan, SessionLog, SymptomAnswer
from patients.prescribing import authoring
from rugpijn.login import second_step

from ..conftest import PASSWORD
from ..environment import and_in_ci
from ..weight import weigh
from .pages import log_in, shows_more, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
# Width, how large the letters are, colours: every two of these meet.
LOOKS = and_in_ci((390, 1, "light"), (1280, 1, "dark"), (390, 2, "dark"), (1280, 2, "light"))

# What is too small for a finger: under 44 px. A link inside a sentence may be as high as its line.
TOO_SMALL = """() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  return Array.from(document.querySelectorAll(wanted)).filter(one => {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".skip-link")) {
      return false;
    }
    if (one.matches("a") && getComputedStyle(one).display === "inline") {
      const around = one.parentElement.innerText.trim();
      if (around.length > one.innerText.trim().length + 3) return false;
    }
    const boxes = [one, ...(one.labels || [])].map(part => part.getBoundingClientRect());
    const size = (from, to) =>
      Math.max(...boxes.map(box => box[to])) - Math.min(...boxes.map(box => box[from]));
    return size("left", "right") < 43.5 || size("top", "bottom") < 43.5;
  }).map(one => {
    const box = one.getBoundingClientRect();
    return `${Math.round(box.width)} x ${Math.round(box.height)}: ${one.outerHTML.slice(0, 160)}`;
  });
}"""
LETTERS = """times => {
  const root = document.documentElement;
  root.style.fontSize = "";
  const now = parseFloat(getComputedStyle(root).fontSize);
  root.style.fontSize = times === 1 ? "" : now * times + "px";
}"""
ARRIVED = """() => Promise.all(document.getAnimations()
  .filter(one => one instanceof CSSTransition)
  .map(one => one.finished.catch(() => null)))"""
OVERFLOW = """() => {
  const much = document.documentElement.scrollWidth - innerWidth;
  const wide = Array.from(document.querySelectorAll("body *"))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => one.outerHTML.slice(0, 90));
  return much > 0 ? [much, ...wide.slice(0, 3)] : [];
}"""


class Tour:
    """Looks at a page as it stands, in several ways, and goes on; in the end it says all."""

    def __init__(self):
        self.found, self.states = [], 0

    def look(self, page, name: str) -> None:
        self.states += 1
        for width, letters, colours in LOOKS:
            self._show(page, width, letters, colours)
            more = shows_more(page, colours, afresh=(width, letters, colours) == LOOKS[0])
            self._say(name, (width, letters, colours), violations(page, colours=more))
            self._say(name, width, page.evaluate(TOO_SMALL))
        self._show(page, 320, 2, "light")
        self._say(name, "320 px, letters twice as large", page.evaluate(OVERFLOW))
        self._show(page, PHONE["width"], 1, "light")
        self._say(name, "phone", page.evaluate(OVERFLOW))

    def _show(self, page, width, letters, colours) -> None:
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        page.emulate_media(color_scheme=colours)
        page.evaluate(LETTERS, letters)
        page.evaluate(ARRIVED)  # a button that fades from dark to light has no colour to measure

    def _say(self, name, how, wrong) -> None:
        self.found += [(name, how, one) for one in wrong]

    def open(self, page, address: str, name: str) -> None:
        page.goto(address, wait_until="networkidle")
        self.look(page, name)


@pytest.fixture
def tour():
    tour = Tour()
    yield tour
    assert tour.found == [], "\n".join(map(str, tour.found))


@pytest.fixture
def phone(browser, site):
    # Nothing moves: what is looked at is not on its way from one colour to another.
    context = browser.new_context(locale="nl-NL", viewport=PHONE, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def and_then(page, act, *args) -> None:
    """Do what leads to another page, and wait until that is there."""
    with page.expect_navigation(wait_until="networkidle"):
        act(*args)


def unfold(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def sent_empty(page) -> None:
    """As a browser that does not check what is required."""
    form = page.locator("main form[method=post]:has(.btn-primary)").last
    and_then(page, form.evaluate, "form => HTMLFormElement.prototype.submit.call(form)")


def done(programme, line, moment=1, days_ago=0, **how) -> None:
    version = programme.current_version()
    SessionLog.objects.create(
        patient=programme.patient,
        version=version,
        line=version.sheet.lines[line].uuid,
        moment=moment,
        day=timezone.localdate() - timedelta(days=days_ago),
        done=True,
        operation=uuid.uuid4(),
        performed_at=timezone.now(),
        **how,
    )


def reported(programme, line, *symptoms) -> None:
    version = programme.current_version()
    SymptomAnswer.objects.create(
        patient=programme.patient,
        operation=uuid.uuid4(),
        version=version,
        line=version.sheet.lines[line].uuid,
        day=timezone.localdate(),
        symptoms=list(symptoms),
    )


def test_today_and_its_session(phone, site, cast, programme, tour):
    log_in(phone, site, "piet@mail.example")
    tour.look(phone, "today, first day")
    phone.emulate_media(reduced_motion="no-preference")
    phone.reload(wait_until="networkidle")
    unfold(phone)
    phone.locator(".motion [data-do=play]:visible").first.click()
    expect(phone.locator(".stage:visible").first).to_be_visible()
    tour.look(phone, "today, all unfolded, a drawing moving")
    phone.emulate_media(reduced_motion="reduce")
    phone.reload(wait_until="networkidle")
    and_then(phone, phone.locator("article .btn-do").first.click)
    expect(phone.locator(".how-it-went").first).to_be_visible()
    unfold(phone)
    tour.look(phone, "today, how did it go")

    phone.goto(site + reverse("patients:programme_session", args=[programme.uuid]))
    phone.wait_for_load_state("networkidle")
    tour.look(phone, "session, about to begin")
    step = phone.locator(".step:visible")
    step.locator("[data-do=run]").click()
    expect(step.locator(".counter")).to_have_attribute("data-state", "running")
    tour.look(phone, "session, counting")
    step.locator("[data-do=run]").click()
    tour.look(phone, "session, paused")
    step.locator("[data-do=finish]").click()
    expect(step.locator(".step-after")).to_be_visible()
    unfold(phone)
    step.locator(f"[name=symptoms][value={list(SYMPTOMS)[-1]}]").check()
    step.locator(".step-after .btn-primary:visible").click()
    phone.wait_for_url("**" + reverse("patients:stop", args=[programme.uuid]))
    phone.wait_for_load_state("networkidle")
    unfold(phone)
    tour.look(phone, "a red flag")
    and_then(phone, phone.get_by_role("link", name="Uw oefeningen lezen").click)
    tour.look(phone, "a red flag, to read")
    SymptomAnswer.objects.all().delete()

    # Three weeks on: messages, the question of day 21, what was reported, pauses to come.
    Programme.objects.update(started_on=timezone.localdate() - timedelta(days=24))
    for line, how in enumerate(({"pain": 0}, {"pain": 4, "effort": "hard"}, {})):
        done(programme, line, moment=2, **how)
        done(programme, line, days_ago=1, **how)
    reported(programme, 0, "leg_pain")
    for by, text in ((cast.piet, "Mag ik zwemmen?"), (cast.anna, "Ja, rustig.")):
        messages.send_message(
            programme=programme,
            operation=uuid.uuid4(),
            text=text,
            by=by,
            by_patient=by == cast.piet,
        )
    tour.open(phone, site, "today, much to say")
    own = {
        name: site + reverse(f"patients:{name}", args=[programme.uuid])
        for name in ("programme_yesterday", "recovery", "progress", "messages", "reminders")
    }
    tour.open(phone, own["programme_yesterday"], "yesterday")
    tour.open(phone, own["recovery"], "how it goes")
    sent_empty(phone)
    tour.look(phone, "how it goes, nothing answered")
    tour.open(phone, own["progress"], "progress")
    tour.open(phone, own["messages"], "messages")
    tour.open(phone, own["reminders"], "reminders")

    for line in range(len(programme.current_version().sheet.lines)):
        for moment in (1, 2):
            done(programme, line, moment=moment)
    SymptomAnswer.objects.all().delete()
    tour.open(phone, site, "today, all done")
    tour.open(
        phone, site + reverse("patients:programme_session", args=[programme.uuid]), "session, done"
    )
    today = timezone.localdate()
    pause = programme.pauses.create(from_on=today, until_on=today + timedelta(days=7))
    tour.open(phone, site, "today, a pause")
    pause.delete()
    Programme.objects.update(ended_on=today)
    tour.open(phone, site, "today, ended")
    assert tour.states == 19


def test_what_else_is_a_patients_own(phone, site, cast, programme, make_programme, tour):
    log_in(phone, site, "piet@mail.example")
    ReminderPlan.objects.create(patient=programme.patient, first=time(9), by_mail=True)
    tour.open(phone, site + reverse("patients:reminders", args=[programme.uuid]), "reminders, on")
    and_then(phone, phone.get_by_role("button", name="Maak een link").click)
    tour.look(phone, "reminders, a calendar")
    tour.open(phone, site + reverse("patients:progress", args=[programme.uuid]), "progress, none")
    tour.open(phone, site + reverse("patients:messages", args=[programme.uuid]), "messages, none")
    sent_empty(phone)
    tour.look(phone, "messages, nothing written")
    tour.open(phone, site + reverse("patients:my_data"), "my data")
    tour.open(phone, site + reverse("login_devices"), "devices")
    tour.open(phone, site + reverse("passkey_add"), "another passkey")
    tour.open(phone, site + reverse("account_change_password"), "password")
    sent_empty(phone)
    tour.look(phone, "password, nothing typed")
    tour.open(phone, site + reverse("account_logout"), "log out")
    tour.open(phone, site + "/is-er-niet/", "not found")
    cast.mo_patient.user = cast.piet
    cast.mo_patient.save()
    make_programme(cast.mo_patient)
    tour.open(phone, site, "two programmes")
    programme.patient.programmes.all().delete()
    cast.mo_patient.programmes.all().delete()
    tour.open(phone, site, "no programme")


def test_the_doors_and_the_paper(phone, site, cast, programme, make_programme, practice, tour):
    login = site + reverse("account_login")
    tour.open(phone, login, "login")
    phone.get_by_label("E-mailadres of inlogcode").fill("piet@mail.example")
    phone.get_by_label("Wachtwoord").fill("verkeerd wachtwoord")
    and_then(phone, phone.keyboard.press, "Enter")
    tour.look(phone, "login, refused")
    tour.open(phone, site + reverse("account_reset_password"), "forgotten")
    phone.get_by_label("E-mail").fill("iemand@mail.example")
    and_then(phone, phone.keyboard.press, "Enter")
    tour.look(phone, "forgotten, sent")

    cast.mo_patient.user = None
    cast.mo_patient.save()
    make_programme(cast.mo_patient)
    invitation, token = invitations.invite(cast.mo_patient)
    code = invitation.new_code()
    tour.open(phone, site + reverse("patients:patient_invitation", args=[token]), "invitation")
    tour.open(
        phone, site + reverse("patients:patient_invitation", args=["x" * 43]), "no invitation"
    )
    tour.open(phone, site + reverse("patients:invitation_code"), "code")
    phone.get_by_label("Code van uw praktijk").fill(code)
    phone.get_by_label("Uw geboortedatum").fill("1-1-1986")
    and_then(phone, phone.keyboard.press, "Enter")
    tour.look(phone, "code, another date")
    phone.get_by_label("Code van uw praktijk").fill(code)
    phone.get_by_label("Uw geboortedatum").fill("2-11-1986")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**" + reverse("patients:first_login"))
    unfold(phone)
    tour.look(phone, "first login")

    token = programme.share_link.token
    share = site + reverse("patients:share_page", args=[token, 1])
    tour.open(phone, share, "shared")
    unfold(phone)
    tour.look(phone, "shared, all unfolded")
    line = programme.prescriptions.first()
    line.reps = 7
    line.save()
    authoring.issue(programme=programme, by=cast.anna)
    tour.open(phone, share, "shared, outdated")
    tour.open(phone, site + reverse("patients:share_page", args=["x" * 43, 1]), "shared, closed")
    plan = ReminderPlan.objects.create(patient=programme.patient, first=time(9), by_mail=True)
    stop = site + reverse("patients:stop_reminders", args=[reminders.stop_token(plan)])
    tour.open(phone, stop, "stop reminders")
    tour.open(phone, site + reverse("patients:stop_reminders", args=["x"]), "stop, closed")
    tour.open(phone, site + reverse("offline"), "offline")

    practice.second_step = True
    practice.save()
    second_step.new_list(cast.piet)
    phone.goto(login)
    phone.get_by_label("E-mailadres of inlogcode").fill("piet@mail.example")
    phone.get_by_label("Wachtwoord").fill(PASSWORD)
    phone.keyboard.press("Enter")
    phone.wait_for_url("**" + reverse("second_step"))
    tour.look(phone, "second step")


FOCUS = """() => {
  const one = document.activeElement;
  const shown = [one, one.nextElementSibling].filter(each => each !== null)
    .some(each => getComputedStyle(each).outlineStyle === "solid");
  return one === document.body ? "" : (shown ? "seen: " : "unseen: ") + (one.name || one.innerText);
}"""


def test_the_keyboard_is_seen_wherever_it_is(phone, site, cast, programme):
    unseen, fields = [], set()

    def walk(address):
        phone.goto(address, wait_until="networkidle")
        for _step in range(60):
            phone.keyboard.press("Tab")
            said = phone.evaluate(FOCUS)
            if not said:
                break
            fields.add(said.partition(": ")[2])
            if said.startswith("unseen"):
                unseen.append((address, said))

    walk(site + reverse("account_login"))
    log_in(phone, site, "piet@mail.example")
    walk(site + reverse("patients:my_data"))
    walk(site + reverse("patients:reminders", args=[programme.uuid]))
    assert unseen == []
    assert {"own_device", "text_size", "days", "by_mail"} <= fields, fields


def test_the_first_view_of_today_is_light(browser, phone, site, programme):
    """On a phone that has nothing yet: 100 kB without drawings, 200 kB with them."""
    log_in(phone, site, "piet@mail.example")
    weight = weigh(browser, phone.context.storage_state(), site)
    assert 50_000 < weight.page < 100_000, weight
    assert weight.drawings > 5_000 and weight.both < 200_000, weight
