"""A programme that changes by week: what is asked, shown, printed and frozen."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from exercises.models import Protocol
from exercises.period import Period
from patients.models import Prescription
from patients.paper import handout, variants
from patients.patient_day import recording
from patients.prescribing import authoring, phases
from patients.sheet import Sheet
from patients.sheet_changes import changes

from ...reading import assert_in_order, words
from ..paper.papers import Paper
from .posting import as_posted, change

pytestmark = [pytest.mark.long, pytest.mark.django_db]
SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


def hold(programme, *periods):
    """Give the first lines these weeks, in shorthand."""
    for line, text in zip(programme.prescriptions.all(), periods, strict=False):
        line.period = Period.parse(text)
        line.save()


@pytest.fixture
def phased(make_programme):
    """Hol en bol in week 1-2, kwispelen from week 3, the other four all along; a draft."""
    programme = make_programme(started=False)
    hold(programme, "week 1-2", "vanaf week 3")
    return programme


def started(programme, by, days_ago=0):
    version = authoring.start(
        programme=programme, by=by, on=timezone.localdate() - timedelta(days=days_ago)
    )
    return version.sheet


class TestSheet:
    def test_the_whole_programme_first_then_by_when_it_begins(self, phased):
        sheet = Sheet.of(phased)
        assert [line.when for line in sheet.lines] == [
            "",
            "",
            "",
            "",
            "Week 1 en 2",
            "Vanaf week 3",
        ]
        assert [line.title for line in sheet.lines][4:] == [
            "Hol en bol maken op handen en knieën",
            "Kwispelen op handen en knieën",
        ]

    def test_it_is_frozen_as_numbers_and_as_words(self, phased):
        sheet = Sheet.of(phased)
        content = json.loads(json.dumps(sheet.to_json()))
        assert content["lines"][5]["period"] == {"from_week": 3}
        assert content["lines"][5]["when"] == "Vanaf week 3"
        assert Sheet.from_json(content) == sheet

    def test_a_stored_sheet_of_schema_3_still_opens(self):
        """The first schema with phases. Whatever comes later, this file stays as it is."""
        sheet = Sheet.from_json(json.loads((SAMPLES / "sheet_schema_3.json").read_text()))
        assert [line.period for line in sheet.lines] == [
            Period(),
            Period(1, 2),
            Period(from_date=date(2027, 3, 12)),
        ]
        assert sheet.has_phases

    def test_an_older_version_is_no_change(self, programme, cast):
        """What was issued before there were phases holds for the whole programme."""
        version = programme.current_version()
        for line in version.content["lines"]:
            del line["period"], line["when"]
        version.content["schema"] = 2
        version.save()
        assert authoring.issue(programme=programme, by=cast.anna) is None

    def test_other_weeks_are_a_change_with_a_name(self, programme):
        before = programme.current_version().sheet
        hold(programme, "week 1-2")
        found = changes(before, Sheet.of(programme))
        assert ("when", "", "Week 1 en 2") in [(c.part, c.before, c.after) for c in found]


class TestForm:
    def test_weeks_are_typed_and_given(self, anna, programme):
        post = as_posted(anna.get(change(programme)))
        anna.post(change(programme), post | {"prescriptions-0-period": "vanaf week 3"})
        assert programme.prescriptions.first().period == Period(3)
        assert programme.current_version().sheet.lines[5].when == "Vanaf week 3"

    def test_a_mistake_is_said_at_its_field_and_stays(self, anna, programme):
        post = as_posted(anna.get(change(programme)))
        page = anna.post(change(programme), post | {"prescriptions-0-period": "ooit"})
        formset = page.context["inline_admin_formsets"][0].formset
        assert "Schrijf “week 1-2”" in formset.forms[0].errors["period"][0]
        assert 'value="ooit"' in page.content.decode()
        assert programme.versions.count() == 1

    def test_two_therapists_and_the_weeks_of_one(self, anna, cast, programme):
        mine = as_posted(anna.get(change(programme)))
        hold(programme, "week 1-2")
        authoring.touch(programme=programme, by=cast.anna)
        answer = anna.post(change(programme), mine | {"prescriptions-0-note": "Rustig"})
        assert answer.status_code == 302
        line = programme.prescriptions.first()
        assert (line.period, line.note) == (Period(1, 2), "Rustig")

    def test_what_was_probably_not_meant_is_said(self, programme):
        first = programme.prescriptions.first()
        assert phases.remarks(programme) == []
        hold(programme, *["vanaf week 3"] * 6)
        assert phases.remarks(programme) == ["In week 1, 2 zijn er geen oefeningen. Klopt dat?"]
        authoring.prescribe(programme=programme, exercise=first.exercise, period=Period(1, 2))
        assert phases.remarks(programme) == []
        authoring.prescribe(programme=programme, exercise=first.exercise, period=Period(2, 3))
        assert phases.remarks(programme) == [
            f"“{first.exercise}” staat twee keer in dezelfde weken. Klopt dat?"
        ]

    def test_the_effort_is_that_of_the_fullest_weeks(self, anna, phased):
        page = anna.get(change(phased)).content.decode()
        assert re.search(r">5 oefeningen</strong>", page)
        assert re.search(r'class="effort-fullest">', page)

    @pytest.mark.parametrize(
        ("asked", "answer"),
        [
            ({"text": "vanaf week 3"}, {"sentence": "Vanaf week 3", "first": 15, "last": None}),
            (
                {"text": "1-2", "language": "en"},
                {"sentence": "Weeks 1 and 2", "first": 1, "last": 14},
            ),
            (
                {"text": "t/m 12-3-2027", "started": "2027-03-12"},
                {"sentence": "Tot en met 12 maart 2027", "first": 1, "last": 1},
            ),
            ({"text": "", "started": "nooit"}, {"sentence": "", "first": 1, "last": None}),
        ],
    )
    def test_it_is_read_back(self, anna, asked, answer):
        found = anna.get(reverse("admin:patients_programme_period"), asked)
        assert found.json() == answer

    @pytest.mark.parametrize("started", ["9999-12-31", "0001-01-01"])
    def test_a_start_that_cannot_be_is_no_crash(self, anna, started):
        asked = {"text": "week 40-52", "started": started}
        found = anna.get(reverse("admin:patients_programme_period"), asked)
        assert found.json()["first"] == 274

    def test_what_cannot_be_read_is_said(self, anna):
        found = anna.get(reverse("admin:patients_programme_period"), {"text": "ooit"})
        assert "Schrijf “week 1-2”" in found.json()["error"]


class TestProtocol:
    def test_its_weeks_are_copied_and_may_hold_an_exercise_twice(self, make_programme, cast):
        protocol = Protocol.objects.get(key="lage-rugpijn")
        line = protocol.lines.first()
        line.pk, line.period, line.position = None, Period(3), 99
        line.save()
        programme = make_programme(started=False, protocol=protocol)
        same = programme.prescriptions.filter(exercise=line.exercise)
        assert [one.period for one in same] == [Period(), Period(3)]

    def test_a_date_stays_with_the_patient(self, phased, cast):
        hold(phased, "vanaf 12-3-2027", "vanaf week 3")
        protocol = authoring.save_as_protocol(programme=phased, by=cast.anna, title="Rug, later")
        assert [line.period for line in protocol.lines.all()][:2] == [Period(), Period(3)]


class TestToday:
    def page(self, client, cast):
        client.force_login(cast.piet)
        return client.get("/").content.decode()

    @pytest.mark.parametrize(
        ("days_ago", "asked", "waits"),
        [
            (0, "Hol en bol", "Kwispelen"),
            (13, "Hol en bol", "Kwispelen"),
            (14, "Kwispelen", "Hol en bol"),
        ],
    )
    def test_what_is_current_can_be_ticked_off(self, client, cast, phased, days_ago, asked, waits):
        sheet = started(phased, cast.anna, days_ago)
        page = self.page(client, cast)
        uuids = {line.title: line.uuid for line in sheet.lines}
        buttons = {
            name: any(
                title.startswith(name) and f"line-{uuid}" in page for title, uuid in uuids.items()
            )
            for name in (asked, waits)
        }
        assert buttons == {asked: True, waits: False}
        assert waits in page  # to read

    def test_what_comes_later_says_when(self, client, cast, phased):
        started(phased, cast.anna)
        text = words(self.page(client, cast))
        assert_in_order(["Later in uw programma", "Vanaf week 3", "Kwispelen"], text)

    def test_what_was_done_outside_its_weeks_is_kept(self, cast, phased):
        """A telephone without a connection sends it later: nothing is lost, nothing is asked."""
        sheet = started(phased, cast.anna)
        line = sheet.lines[5]
        log = recording.log_session(
            patient=phased.patient,
            version=phased.current_version(),
            operation=line.uuid,
            line=line.uuid,
            day=timezone.localdate(),
            moment=1,
            done=True,
        )
        assert log.done


class TestPaper:
    def test_each_phase_has_a_heading_and_each_card_stands_once(self, cast, phased):
        sheet = started(phased, cast.anna)
        paper = words(handout.render_html(sheet, handout.letterhead(phased.current_version())))
        assert_in_order(
            [
                "Uw oefeningen",
                "Het hele programma",
                "Superman",
                "Week 1 en 2",
                "Hol en bol",
                "Vanaf week 3",
                "Kwispelen op handen en knieën",
                "Dagboek",
            ],
            paper,
        )

    def test_the_diary_asks_in_its_weeks_only(self, cast, phased):
        sheet = started(phased, cast.anna)
        paper = handout.render_html(sheet, handout.letterhead(phased.current_version()))
        assert "Dag 1 tot en met 14: 2 vakjes per dag" in paper
        assert "Dag 15 tot en met 21: 2 vakjes per dag" in paper
        assert "Dag 1 tot en met 21: 2 vakjes per dag" in paper

    @pytest.mark.parametrize("name", ["full", "large", "a5", "grey", "compact"])
    def test_no_heading_is_alone_on_a_page(self, cast, phased, name):
        """With this note, the card under it is a little longer than a page of large print."""
        hold(phased, *["week 1-2"] * 5, "week 7")
        phased.prescriptions.filter(exercise__key="superman").update(note="Niet doorgaan. " * 8)
        sheet = started(phased, cast.anna)
        head = handout.letterhead(phased.current_version())
        paper = Paper.of(sheet, head, variants.VARIANTS[name])
        pages = paper.ask("pdftotext", "-raw").split("\f")
        [page] = [page for page in pages if "Week 7\n" in page]
        assert "Superman" in page.split("Week 7\n")[1]

    def test_weeks_are_not_torn_apart_in_the_diary(self, cast, phased):
        hold(phased, "week 3-6")
        sheet = started(phased, cast.anna)
        paper = Paper.of(sheet, handout.letterhead(phased.current_version()))
        assert "3 t/m 6" in paper.ask("pdftotext", "-layout").split("Dagboek")[1]

    def test_without_phases_nothing_is_added(self, programme):
        version = programme.current_version()
        paper = handout.render_html(version.sheet, handout.letterhead(version))
        assert "Het hele programma" not in paper


class TestDatabase:
    @pytest.mark.parametrize(
        "columns",
        [
            {"from_week": 0},
            {"until_week": 53},
            {"from_week": 4, "until_week": 2},
            {"from_week": 2, "from_date": date(2027, 3, 12)},
            {"from_date": date(2027, 3, 12), "until_date": date(2027, 3, 11)},
        ],
    )
    def test_it_refuses_what_the_form_refuses(self, programme, columns):
        lines = Prescription.objects.filter(programme=programme)
        with pytest.raises(IntegrityError), transaction.atomic():
            lines.update(**columns)
