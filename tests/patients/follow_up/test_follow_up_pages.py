"""What a therapist sees of how a programme went: charts, the note, CERT, two versions compared."""

import re
import uuid
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from exercises.dosage import Dosage
from patients.follow_up import cert, progress, record_note
from patients.models import SessionLog
from patients.prescribing import authoring, lifecycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(cast, client):
    """The therapist, who reads English here: the texts of this file are then the app's own."""
    cast.anna.language = "en"
    cast.anna.save()
    client.force_login(cast.anna)
    return client


@pytest.fixture
def followed(make_programme, cast):
    """Thirty days of which some were done, and a second version on day 11."""
    today = timezone.localdate()
    programme = make_programme(on=today - timedelta(days=29))
    first = programme.current_version()
    date_back(first, programme.started_on)
    line = programme.prescriptions.first()
    line.dosage = Dosage.parse("3x per dag 10x")
    line.note = "Rustig aan."
    line.save()
    second = authoring.issue(programme=programme, by=cast.anna)
    date_back(second, programme.started_on + timedelta(days=10))
    for day, times, pain in ((1, 2, 6), (4, 1, None), (9, 2, 8), (20, 3, 0), (28, 1, 3)):
        tick(programme, line, day, times, pain)
    return programme


def date_back(version, day):
    version.issued_at = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    version.save()


def tick(programme, line, number, times, pain):
    day = programme.started_on + timedelta(days=number)
    for moment in range(1, times + 1):
        SessionLog.objects.create(
            patient=programme.patient,
            version=programme.versions.get(number=1 if number < 10 else 2),
            operation=uuid.uuid4(),
            line=line.uuid,
            day=day,
            moment=moment,
            done=True,
            pain=pain,
            performed_at=timezone.now(),
        )


def page(client, name, programme, **query):
    answer = client.get(reverse(f"admin:patients_programme_{name}", args=[programme.pk]), query)
    assert answer.status_code == 200
    return answer


def words(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


class TestTheRecord:
    def test_charts_and_tables_have_the_same_numbers(self, anna, followed):
        answer = page(anna, "days", followed, weeks="all")
        found = answer.context["progress"]
        assert len(found.days) == 30
        assert [(day.number, day.done) for day in found.days if day.done] == [
            (2, 2),
            (5, 1),
            (10, 2),
            (21, 3),
            (29, 1),
        ]
        body = answer.content.decode()
        asked = [day for day in found.days if day.done or day.given]
        assert body.count('<rect class="done"') == len(asked) + len(found.lines) + 1  # the legend
        assert body.count("<circle") == len(found.scores) + 1
        table = body.partition('aria-labelledby="pain-heading"')[0]
        rows = re.findall(r"<th scope=\"row\">[^<]+</th>\s*<td>(\d+)</td>\s*<td>(\d+)</td>", table)
        assert [tuple(map(int, row)) for row in rows] == [(d.done, d.given) for d in found.days]

    def test_words_say_what_the_drawings_show(self, anna, followed):
        text = words(page(anna, "days", followed, weeks="all"))
        total = progress.read(followed, timezone.localdate(), "all").total
        assert f"{total.done} of {total.given} times" in text
        first, last = (f"{followed.started_on + timedelta(days=n):%-d %B}" for n in (1, 28))
        assert f"First 6 ({first}), last 3 ({last}), highest 8" in text
        assert "less often" in text or "about as often" in text

    def test_a_drawing_has_a_name_and_no_style_and_no_comma_in_a_number(self, anna, followed):
        with translation.override("nl"):
            followed.therapist.language = "nl"
            followed.therapist.save()
        body = page(anna, "days", followed).content.decode()
        assert "style=" not in body.split("<main", 1)[-1]
        numbers = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|r|width|height)="([^"]+)"', body)
        assert numbers and not [number for number in numbers if "," in number]
        drawings = [svg for svg in re.findall(r"<svg[^>]*>", body) if 'role="img"' in svg]
        assert len(drawings) == 2
        for drawing in drawings:
            for name in re.search(r'aria-labelledby="([^"]+)"', drawing)[1].split():
                assert f'id="{name}"' in body

    @pytest.mark.parametrize(
        ("weeks", "days"), [("3", 21), ("6", 30), ("all", 30), ("", 30), ("9999", 30), ("x'", 30)]
    )
    def test_a_period_is_chosen_by_link_and_nonsense_is_the_usual_one(
        self, anna, followed, weeks, days
    ):
        answer = page(anna, "days", followed, weeks=weeks)
        assert len(answer.context["progress"].days) == days
        assert answer.content.decode().count('aria-current="true"') == 1

    def test_every_week_is_there_and_days_without_a_tick_are_said(self, anna, followed):
        text = words(page(anna, "days", followed, weeks="all"))
        assert [f"Week {number}: " in text for number in range(1, 7)] == [True] * 5 + [False]
        assert "nothing was ticked off; 12 were agreed" in text

    def test_before_the_start_and_before_the_first_tick(self, anna, make_programme, cast):
        draft = make_programme(cast.mo_patient, started=False)
        assert "has not started" in words(page(anna, "days", draft))
        silent = words(page(anna, "days", make_programme(on=date(2026, 1, 5)), weeks="all"))
        assert "Nothing was ticked off in this period." in silent
        assert " of " not in silent.partition("A note for")[0].partition("Period")[2]  # no 0 of 400

    @pytest.mark.parametrize("more", [0, 12])
    def test_queries_do_not_grow(self, anna, followed, cast, more, django_assert_max_num_queries):
        line = followed.prescriptions.first()
        for number in range(more):
            tick(followed, line, 11 + number, 3, number % 11)
            followed.title = f"Rug {number}"
            followed.save()
            authoring.issue(programme=followed, by=cast.anna)
        with django_assert_max_num_queries(25):
            page(anna, "days", followed, weeks="all")


class TestTheNote:
    @pytest.fixture
    def english(self):
        with translation.override("en"):
            yield

    def test_has_the_numbers_of_the_charts_and_no_name(self, followed, english):
        found = progress.read(followed, timezone.localdate(), "3")
        text = record_note.text(found, date(2026, 11, 23))
        assert text.startswith("Home exercises, 23 November 2026\n")
        assert f"started on {followed.started_on:%-d %B %Y}, version 2 of" in text
        for line in found.lines:
            assert f"- {line.title}: {line.dosage}\n" in text
            assert f"- {line.title}: {line.counts.done} of {line.counts.given} times" in text
        assert f"In total: {found.total.done} of {found.total.given} times" in text
        period = f"{found.first:%-d %B %Y} to {found.last:%-d %B %Y}:"
        assert period in text
        high, last = (f"{followed.started_on + timedelta(days=n):%-d %B %Y}" for n in (9, 28))
        assert f"first 8 ({high}), last 3 ({last}), highest 8 ({high})" in text
        assert followed.patient.name not in text

    def test_of_a_programme_that_nobody_ticked_off(self, programme, english):
        text = record_note.text(
            progress.read(programme, timezone.localdate()), timezone.localdate()
        )
        assert text.endswith("not answered")
        assert "Nothing in this app; a diary on paper is not counted." in text
        assert " 0 of " not in text

    def test_of_an_ended_programme_says_when(self, followed, cast, english):
        ended = timezone.localdate() - timedelta(days=2)
        lifecycle.end(programme=followed, by=cast.anna, on=ended)
        text = record_note.text(progress.read(followed, timezone.localdate()), timezone.localdate())
        assert f"\nEnded on {ended:%-d %B %Y}\n" in text

    def test_is_in_the_therapists_language_though_the_patient_reads_another(
        self, followed, english
    ):
        found = progress.read(followed, timezone.localdate())
        assert followed.patient.language == "nl"
        assert "3 times a day: 10 repetitions" in record_note.text(found, timezone.localdate())

    def test_more_than_agreed_is_said_apart(self, english):
        assert (
            record_note.counted(progress.Counts(2, 2, 3)) == "2 of 2 times, and 3 more than agreed"
        )
        assert record_note.counted(progress.Counts(1, 1)) == "1 of 1 time"

    def test_stands_on_the_page_as_it_is(self, anna, followed):
        answer = page(anna, "days", followed)
        shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.content.decode(), re.S)[1]
        with translation.override("en"):
            note = record_note.text(
                answer.context["progress"], timezone.localdate(), events=answer.context["events"]
            )
        assert unescape(shown) == note
        assert re.search(r"<textarea[^>]* readonly", answer.content.decode())


def test_cert_says_each_item_and_leads_to_its_place(anna, followed):
    answer = page(anna, "days", followed)
    table = answer.content.decode().partition('id="cert"')[2]
    for part, address in answer.context["parts"]:
        assert f"<td>{part.number}</td>" in table
        if address:
            assert f'href="{address}"' in table
            if address.startswith("/"):
                assert anna.get(address).status_code == 200
    assert {address is None for part, address in answer.context["parts"] if not part.place} == {
        True
    }
    counts = answer.context["meter"].counts
    assert table.count("not recorded by this app") >= counts[cert.NOT_RECORDED]
    assert answer.context["meter"].items["14"] == cert.RECORDED


class TestTwoVersions:
    @pytest.fixture
    def revised(self, followed, cast):
        """Three versions: an exercise harder and with a note, then one off and one on."""
        lines = list(followed.prescriptions.all())
        lines[-1].delete()
        authoring.prescribe(programme=followed, exercise=lines[1].exercise, dosage=lines[1].dosage)
        authoring.issue(programme=followed, by=cast.anna)
        return followed

    def test_differ_in_words_and_signs(self, anna, revised):
        answer = page(anna, "versions", revised, **{"from": 1, "to": 3})
        kinds = {change["kind"] for change in answer.context["difference"]}
        assert kinds == {"added", "removed", "changed"}
        text = words(answer)
        assert "From version 1 to version 3" in text
        for word in ("+ added", "− removed", "± changed"):
            assert word in text

    def test_the_older_one_comes_first_however_they_were_chosen(self, anna, revised):
        one = page(anna, "versions", revised, **{"from": 1, "to": 3})
        other = page(anna, "versions", revised, **{"from": 3, "to": 1})
        assert one.context["difference"] == other.context["difference"]

    def test_say_who_when_and_can_be_printed(self, anna, revised):
        body = page(anna, "versions", revised, **{"from": 2, "to": 3}).content.decode()
        difference = body.partition('id="difference"')[2].partition("</section>")[0]
        assert difference.count("Anna de Wit") == 2
        for number in (2, 3):
            address = reverse("patients:version_handout", args=[revised.uuid, number])
            assert address in difference

    def test_that_say_the_same_are_said_to(self, anna, followed, cast):
        line = followed.prescriptions.first()
        line.dosage, line.note = Dosage.parse("2x per dag 2x10"), ""
        line.save()
        authoring.issue(programme=followed, by=cast.anna)
        text = words(page(anna, "versions", followed, **{"from": 1, "to": 3}))
        assert "These two versions have the same content." in text

    @pytest.mark.parametrize(
        "query",
        [
            {"from": "1"},
            {"to": "2"},
            {"from": "1", "to": "99"},
            {"from": "0", "to": "1"},
            {"from": "-1", "to": "2"},
            {"from": "", "to": ""},
            {"from": "een", "to": "2"},
            {"from": "²", "to": "1"},
            {"from": "9" * 40, "to": "1"},
        ],
    )
    def test_wrong_numbers_are_a_sentence(self, anna, revised, query):
        answer = page(anna, "versions", revised, **query)
        assert "difference" not in answer.context
        assert "Choose two versions from the lists." in words(answer)

    def test_the_same_one_twice_is_a_sentence(self, anna, revised):
        answer = page(anna, "versions", revised, **{"from": 2, "to": 2})
        assert "Choose two different versions." in words(answer)

    def test_one_version_has_nothing_to_compare(self, anna, programme):
        assert "Compare" not in words(page(anna, "versions", programme))

    def test_of_another_programme_are_not_found(self, anna, followed, make_programme, cast):
        """Numbers are looked up in this programme, not among all versions."""
        roos = make_programme(cast.roos_patient, by=cast.bram)
        for title in ("Een", "Twee", "Drie"):
            roos.title = title
            roos.save()
            authoring.issue(programme=roos, by=cast.bram)
        answer = page(anna, "versions", followed, **{"from": 1, "to": 4})
        assert "Choose two versions from the lists." in words(answer)

    @pytest.mark.parametrize("more", [0, 8])
    def test_queries_do_not_grow(self, anna, revised, cast, more, django_assert_max_num_queries):
        for number in range(more):
            revised.title = f"Rug {number}"
            revised.save()
            authoring.issue(programme=revised, by=cast.anna)
        with django_assert_max_num_queries(13):
            page(anna, "versions", revised, **{"from": 1, "to": 3})


@pytest.mark.parametrize(
    ("name", "query"), [("days", {"weeks": "3"}), ("versions", {"from": 1, "to": 2})]
)
@pytest.mark.parametrize("who", ["els", "piet", "mo", "bram", "roos", "root"])
def test_a_question_in_the_address_opens_no_door(cast, followed, name, query, who):
    client = Client()
    client.force_login(getattr(cast, who))
    answer = client.get(
        reverse(f"admin:patients_programme_{name}", args=[followed.pk]), query, follow=True
    )
    assert "Hol en bol" not in answer.content.decode() or who == "piet"
    assert "progress" not in (answer.context or {})
