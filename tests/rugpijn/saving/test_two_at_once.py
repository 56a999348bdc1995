"""Two people, or two tabs, at one record: what each changed is kept, or a person decides.

Each form is read from its page and sent as a browser does, so what it carries is tried too.
"""

import re
import threading

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from exercises.models import Figure, Protocol, Rendering
from exercises.pose_editor.sliders import figure_of, new_frame, new_settings
from patients.models import Patient, ReminderPlan
from rugpijn.models import User
from tests.forms.page_forms import forms_of

pytestmark = pytest.mark.django_db


class Tab:
    """A page that somebody has open."""

    def __init__(self, user, address):
        self.client, self.address = Client(), address
        self.client.force_login(user)
        self.read(self.client.get(address))

    def read(self, response):
        self.page = response.content.decode()
        self.sent = next(
            data for form in forms_of(response) if "opened_with" in (data := form.data())
        )

    def save(self, *without, **changes):
        """With double underscores in the place of dashes."""
        for name in without:
            self.sent.pop(name)
        self.sent |= {name.replace("__", "-"): value for name, value in changes.items()}
        response = self.client.post(self.address, self.sent)
        if response.status_code == 200:
            self.read(response)
        return response

    @property
    def wrong(self) -> list[str]:
        """What the page says is wrong."""
        return re.findall(r'class="errorlist.*?</ul>|class="errornote.*?</', self.page, re.DOTALL)

    def next_page(self, response) -> str:
        return self.client.get(response["Location"], follow=True).content.decode()


def change_page(thing):
    return reverse(
        f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk]
    )


@pytest.fixture
def protocol(own_exercise):
    protocol = Protocol.objects.create(practice=own_exercise.practice, category="low_back")
    protocol.texts.create(language="nl", title="Rug, kort")
    for position in (1, 2, 3):
        protocol.lines.create(exercise=own_exercise, position=position, per_day=1, reps=10)
    return protocol


@pytest.fixture
def advice(protocol):
    advice = protocol.advice.create(kind="movement", position=1)
    advice.texts.create(language="nl", title="Bewegen", body="Beweeg.")
    return advice


CASES = {
    # who, the first one's field and value, the second one's, and where each stands in the end
    "patient": ("anna", ("phone", "0612345678"), ("email", "piet@nieuw.example")),
    "exercise": ("anna", ("source", "KNGF"), ("texts__0__purpose", "Sterker worden")),
    "protocol": ("anna", ("lines__0__dosage", "2x per dag 8x"), ("source", "KNGF")),
    "advice": ("anna", ("texts__0__body", "Beweeg veel."), ("source", "KNGF")),
    "practice": ("els", ("phone", "0101234567"), ("city", "Rhenen")),
    "user": ("els", ("name", "Anna de Witt"), ("language", "en")),
}


@pytest.fixture
def things(cast, own_exercise, protocol, advice):
    return {
        "patient": cast.piet_patient,
        "exercise": own_exercise,
        "protocol": protocol,
        "advice": advice,
        "practice": cast.anna.practice,
        "user": cast.anna,
    }


@pytest.mark.parametrize("kind", CASES)
def test_each_changed_something_else(cast, things, kind):
    who, (first, one), (second, other) = CASES[kind]
    user, address = getattr(cast, who), change_page(things[kind])
    early, late = Tab(user, address), Tab(user, address)
    assert early.save(**{first: one}).status_code == 302, early.wrong
    answer = late.save(**{second: other})
    assert answer.status_code == 302, late.wrong
    now = Tab(user, address).sent
    assert now[first.replace("__", "-")] == [one] and now[second.replace("__", "-")] == [other]
    assert "terwijl u het open had" in late.next_page(answer)


@pytest.mark.parametrize("kind", CASES)
def test_both_changed_the_same(cast, things, kind):
    """Nothing is saved, both values are said, and a second press takes one's own."""
    who, (name, one), _second = CASES[kind]
    field, user = name.replace("__", "-"), getattr(cast, who)
    other = {"lines-0-dosage": "3x per dag 9x", "phone": "0301234567", "name": "Anna W."}.get(
        field, "Heel anders"
    )
    address = change_page(things[kind])
    early, late = Tab(user, address), Tab(user, address)
    early.save(**{name: one})
    before = Tab(user, address).sent[field]
    assert late.save(**{name: other}).status_code == 200
    assert late.sent[field] == [other] and Tab(user, address).sent[field] == before
    assert user.name.split()[0] in late.page and "Of open het zoals het nu is" in late.page
    assert before[0] in late.page and "Uw wijzigingen zijn nog niet opgeslagen" in late.page
    assert late.save().status_code == 302, late.wrong
    assert Tab(user, address).sent[field] == [other]


def test_a_colleague_is_named_and_the_page_keeps_its_name(cast, things):
    """What was typed is not the name of the record yet."""
    kim = User.objects.create_user(
        "kim@linde.example", name="Kim de Boer", practice=cast.anna.practice, is_therapist=True
    )
    address = change_page(cast.piet_patient)
    early, late = Tab(cast.anna, address), Tab(kim, address)
    early.save(name="Piet de Jong")
    assert late.save(name="Piet Vos").status_code == 200
    assert "Anna de Wit heeft dit om" in late.page and "tabblad" not in late.page
    assert re.search(r"<h1>\s*Piet de Jong", late.page) and late.sent["name"] == ["Piet Vos"]


def test_a_row_that_goes_takes_nothing_over(cast, protocol):
    early, late = (Tab(cast.anna, change_page(protocol)) for _tab in "12")
    early.save(lines__1__dosage="3x per dag 12x")
    late.save(lines__1__DELETE="on")
    assert "U heeft" in late.page and "Overgenomen" not in late.page


def test_nobody_else_was_there(cast):
    tab = Tab(cast.anna, change_page(cast.piet_patient))
    assert "terwijl" not in tab.next_page(tab.save(phone="0612345678"))


def test_the_language_of_a_page_is_no_difference(cast):
    address = change_page(cast.piet_patient)
    tab = Tab(cast.anna, address)
    User.objects.filter(pk=cast.anna.pk).update(language="en")
    assert "while you had it open" not in tab.next_page(tab.save(phone="0612345678"))


# ------------------------------------------------------------ rows


def dosages(protocol) -> list[str]:
    return [line.dosage.notation for line in protocol.lines.order_by("position")]


def test_a_line_that_is_gone_and_was_not_touched_goes(cast, protocol):
    early, late = (Tab(cast.anna, change_page(protocol)) for _tab in "12")
    early.save(lines__1__DELETE="on")
    answer = late.save(source="KNGF")
    assert answer.status_code == 302 and protocol.lines.count() == 2
    assert "1 regel is weggehaald" in late.next_page(answer)


def test_a_line_that_is_gone_and_was_changed_comes_back_as_a_new_one(cast, protocol):
    early, late = (Tab(cast.anna, change_page(protocol)) for _tab in "12")
    early.save(lines__1__DELETE="on")
    assert late.save(lines__1__dosage="3x per dag 12x").status_code == 200
    assert "staat hieronder als nieuwe regel" in late.page and protocol.lines.count() == 2
    assert late.sent["lines-2-dosage"] == ["3x per dag 12x"] and late.sent["lines-2-id"] == [""]
    assert late.save().status_code == 302
    assert "3x per dag 12x" in dosages(protocol) and protocol.lines.count() == 3


def test_a_line_that_is_removed_and_was_changed_is_asked_about(cast, protocol):
    early, late = (Tab(cast.anna, change_page(protocol)) for _tab in "12")
    early.save(lines__1__dosage="3x per dag 12x")
    assert late.save(lines__1__DELETE="on").status_code == 200
    assert "3x per dag 12x" in dosages(protocol) and "U heeft" in late.page
    assert late.save().status_code == 302 and protocol.lines.count() == 2


def test_both_add_a_line_and_one_moves_them(cast, protocol, own_exercise):
    new = {
        "lines__TOTAL_FORMS": "4",
        "lines__3__id": "",
        "lines__3__protocol": str(protocol.pk),
        "lines__3__exercise": str(own_exercise.pk),
        "lines__3__position": "",
    }
    early, late = (Tab(cast.anna, change_page(protocol)) for _tab in "12")
    early.save(
        **new, lines__3__dosage="3x per dag 3x", lines__0__position="3", lines__2__position="1"
    )
    answer = late.save(**new, lines__3__dosage="4x per dag 4x")
    assert answer.status_code == 302 and protocol.lines.count() == 5
    assert {"3x per dag 3x", "4x per dag 4x"} <= set(dosages(protocol))
    assert protocol.lines.get(pk=late.sent["lines-0-id"][0]).position == 3


def test_both_write_the_text_in_the_same_new_language(cast, own_exercise):
    early, late = (Tab(cast.anna, change_page(own_exercise)) for _tab in "12")
    early.save(texts__1__title="Bridge")
    assert late.save(texts__1__title="Bridging").status_code == 200
    assert "Bridge" in late.page and "ander tabblad of venster" in late.page
    assert late.save().status_code == 302
    assert own_exercise.texts.get(language="en").title == "Bridging"


# ------------------------------------------------------------ what is one whole


def test_a_drawing_is_not_written_over_in_silence(cast, practice, library_loaded):
    rendering = Rendering.objects.exclude(loop="").first()
    frames = [new_frame() for _ in rendering.frames]
    drawn = figure_of(new_settings() | {"title_nl": "Zwaan", "frames": frames})
    figure = Figure.objects.create(practice=practice, data=drawn, rendering=rendering)
    early, late = (Tab(cast.anna, change_page(figure)) for _tab in "12")
    captions = {f"frames__{n}__caption_nl": "Sta." for n in range(len(frames))}
    early.save(**captions, title_nl="Zwaan, links")
    answer = late.save(**captions, title_nl="Zwaan, rechts")
    figure.refresh_from_db()
    assert answer.status_code == 200 and str(figure) == "Zwaan, links"
    assert "U heeft dit om" in late.page and "in een ander tabblad" in late.page
    assert late.sent["title_nl"] == ["Zwaan, rechts"]
    assert late.save().status_code == 302
    figure.refresh_from_db()
    assert str(figure) == "Zwaan, rechts"


def test_reminders_in_two_tabs(cast, programme):
    address = reverse("patients:reminders", args=[programme.uuid])
    choose = {"first": "08:00", "days": ["1", "2"], "by_mail": "1"}
    assert Tab(cast.piet, address).save(**choose).status_code == 302
    early, late = (Tab(cast.piet, address) for _tab in "12")
    early.save(first="07:30")
    assert late.save(days=["1", "2", "3"]).status_code == 302
    plan = ReminderPlan.objects.get()
    assert (str(plan.first)[:5], plan.days) == ("07:30", "123")
    late = Tab(cast.piet, address)
    Tab(cast.piet, address).save(first="09:00")
    assert late.save(first="10:00").status_code == 200 and "terwijl u het open had" in late.page
    assert late.save().status_code == 302
    assert str(ReminderPlan.objects.get().first)[:5] == "10:00"


# ------------------------------------------------------------ at the same moment


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_neither_is_lost(cast):
    """Two connections: the second waits for the first, and sees what it did."""
    address = change_page(cast.piet_patient)
    tabs = [Tab(cast.anna, address), Tab(cast.anna, address)]
    changes = [{"phone": "0612345678"}, {"email": "piet@nieuw.example"}]
    begin, answers = threading.Barrier(2), []

    def save(tab, change):
        begin.wait()
        answers.append(tab.save(**change).status_code)
        connections.close_all()

    threads = [threading.Thread(target=save, args=each) for each in zip(tabs, changes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    patient = Patient.objects.get(pk=cast.piet_patient.pk)
    assert answers == [302, 302], connection.vendor
    assert (patient.phone, patient.email) == ("0612345678", "piet@nieuw.example")
