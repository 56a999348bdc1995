"""The day as a patient lives it: a session, afterwards, yesterday, and how it goes."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone

from patients import writes
from patients.follow_up import caseload, progress, worklist
from patients.models import ActivityScore, MainActivity, RecoveryCheck, SessionLog, SymptomAnswer
from patients.patient_day import recording
from patients.prescribing import lifecycle

from .pages import page, press, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def piet(client, cast, programme):
    client.force_login(cast.piet)
    return client


def carried_of(response):
    raw = response.content.decode()
    return json.loads(re.search(r'id="carried"[^>]*>(.*?)</script>', raw).group(1))


def begun(programme, days_ago):
    programme.started_on = timezone.localdate() - timedelta(days=days_ago)
    programme.save(update_fields=["started_on"])
    return programme


class TestSession:
    def test_every_exercise_with_its_caution_and_a_done_of_its_own(self, piet, programme):
        answer = piet.get(page("programme_session", programme))
        raw, sheet = answer.content.decode(), programme.current_version().sheet
        assert raw.count('class="box step"') == len(sheet.lines)
        for line in sheet.lines:
            assert line.title in raw and line.sentence in raw
            assert not line.caution or line.caution in text_of(answer)
        assert raw.count("Hoeveel pijn had u") == len(sheet.lines)
        assert "Wanneer belt u de huisarts" in raw

    def test_what_is_done_is_no_longer_asked(self, piet, programme):
        press(piet, programme)
        press(piet, programme, moment=2)
        steps = piet.get(page("programme_session", programme)).context["steps"]
        assert [step["now"] for step in steps] == [False] + [True] * 5

    def test_the_second_time_of_the_day_is_next(self, piet, programme):
        press(piet, programme)
        steps = piet.get(page("programme_session", programme)).context["steps"]
        assert [step["form"].initial["moment"] for step in steps] == [2, 1, 1, 1, 1, 1]

    def test_without_script_one_press_writes_it_all_down_and_goes_on(self, piet, programme):
        answer = press(
            piet, programme, session="1", pain="4", effort="hard", sets="1", symptoms=["numbness"]
        )
        row = SessionLog.objects.get()
        assert (row.pain, row.effort, row.sets, row.reps) == (4, "hard", 1, None)
        assert SymptomAnswer.objects.get().symptoms == ["numbness"]
        assert answer.redirect_chain[-1][0] == page("programme_session", programme)
        assert "Stop met deze oefening" in text_of(answer)
        assert "tel:" in answer.content.decode()

    def test_what_must_not_be_done_is_left_out(self, piet, programme):
        press(piet, programme, symptoms=["leg_pain"], pain="")
        steps = piet.get(page("programme_session", programme)).context["steps"]
        assert [step["card"].number for step in steps] == [2, 3, 4, 5, 6]

    @pytest.mark.parametrize("state", ["paused", "ended"])
    def test_when_there_is_nothing_to_do(self, piet, programme, cast, state):
        if state == "paused":
            lifecycle.pause(programme=programme, by=cast.anna, from_on=timezone.localdate())
        else:
            lifecycle.end(programme=programme, by=cast.anna)
        answer = piet.get(page("programme_session", programme), follow=True)
        assert answer.redirect_chain[-1][0] == page("programme_detail", programme)

    def test_all_done(self, piet, programme):
        for number in range(6):
            for moment in (1, 2):
                press(piet, programme, number, moment=moment)
        session = piet.get(page("programme_session", programme))
        assert "Klaar voor nu" in text_of(session)
        steps = re.findall(r'<section class="box step"[^>]*>', session.content.decode())
        assert len(steps) == 6 and all(" hidden" in step for step in steps)
        assert "Alles gedaan voor vandaag" in text_of(piet.get("/", follow=True))


class TestAfterwards:
    def test_the_questions_come_after_done_and_can_be_left(self, piet, programme):
        asked = press(piet, programme)
        assert "Hoe zwaar was het?" in text_of(asked)
        assert "Hoe zwaar was het?" not in text_of(piet.get("/"))
        assert SessionLog.objects.count() == 1 and not SymptomAnswer.objects.exists()

    def test_what_was_given_stands_there_already(self, piet, programme):
        form = press(piet, programme).context["after"]["form"]
        line = programme.current_version().sheet.lines[0]
        assert (form.initial["sets"], form.initial["reps"]) == (line.dosage.sets, line.dosage.reps)
        press(piet, programme, pain="", sets=str(line.dosage.sets), reps=str(line.dosage.reps))
        row = SessionLog.objects.last()
        assert (row.sets, row.reps) == (None, None)  # as given

    def test_nothing_of_it_was_done_stands_there_again(self, piet, programme):
        press(piet, programme, pain="", reps="0")
        line = programme.current_version().sheet.lines[0].uuid
        asked = piet.get(page("programme_detail", programme), {"after": f"{line}-1"})
        assert asked.context["after"]["form"].initial["reps"] == 0

    def test_zero_is_no_pain_and_empty_is_no_answer(self, piet, programme):
        press(piet, programme, pain="0")
        assert "Pijn: 0" in text_of(piet.get("/"))
        press(piet, programme, pain="")
        assert "Pijn: 0" not in text_of(piet.get("/"))
        assert [row.pain for row in SessionLog.objects.all()] == [0, None]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"effort": "very"}, "geldige"),
            ({"sets": "-1"}, "minstens 0"),
            ({"reps": "veel"}, "getal"),
            ({"symptoms": ["rash"]}, "geldige"),
        ],
    )
    def test_what_cannot_be_is_said_in_words(self, piet, programme, changes, said):
        answer = press(piet, programme, pain="", **changes)
        assert said in text_of(answer)
        assert not SessionLog.objects.exists()

    def test_nothing_of_it_belongs_to_what_was_not_done(self, piet, programme):
        press(piet, programme, done="0", effort="hard")
        assert not SessionLog.objects.exists()

    def test_the_therapist_reads_it_and_half_counts_as_half(self, piet, programme, cast):
        begun(programme, 2)
        yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
        line = programme.current_version().sheet.lines[0]
        press(piet, programme, pain="2", day=yesterday)
        press(
            piet,
            programme,
            moment=2,
            pain="",
            effort="hard",
            day=yesterday,
            reps=str(line.dosage.reps // 2),
        )
        read = progress.read(programme, timezone.localdate())
        of_line = read.lines[0]
        assert (of_line.counts.done, of_line.counts.given, of_line.less) == (2, 2, 0.5)
        good = dict.fromkeys((each.uuid for each in read.lines), "excellent")
        assert read.exas(good) == round(75 / 6)
        piet.force_login(cast.anna)
        shown = text_of(piet.get(reverse("admin:patients_programme_days", args=[programme.pk])))
        assert "(later ingevuld, zwaar, herhalingen: 5, later ingevuld)" in shown


class TestSymptoms:
    @pytest.mark.parametrize(
        ("symptoms", "advice", "reasons"),
        [
            (["leg_pain"], "Stop met deze oefening", ["leg_pain"]),
            (["numbness"], "Stop met deze oefening", ["numbness"]),
            (["saddle"], "Stop met oefenen Bel nu uw huisarts.", ["red_flag"]),
            (["leg_pain", "weakness"], "Bel nu uw huisarts.", ["leg_pain", "red_flag"]),
        ],
    )
    def test_the_right_sentence_at_once_and_on_the_worklist(
        self, piet, programme, cast, symptoms, advice, reasons
    ):
        answer = press(piet, programme, pain="", symptoms=symptoms)
        assert advice in text_of(answer)
        assert "tel:" in answer.content.decode()
        (found,) = worklist.attention(
            caseload.cases(caseload.running(cast.anna), timezone.localdate())
        )
        assert sorted(item.reason for item in found.items) == reasons

    def test_a_page_that_is_out_of_date(self, piet, programme):
        answer = piet.post(page("report_symptoms", programme), {"line": "x"}, follow=True)
        assert "niet meer actueel" in text_of(answer) or "verouderd" in text_of(answer)
        assert not SymptomAnswer.objects.exists()

    def test_pain_that_stays_up_gets_a_word(self, piet, programme):
        begun(programme, 5)
        today = timezone.localdate()
        for days_ago, pain in ((5, "2"), (1, "4")):
            press(piet, programme, pain=pain, day=(today - timedelta(days=days_ago)).isoformat())
        assert carried_of(piet.get("/"))["painTells"] == 4
        assert "al een paar dagen meer pijn" not in text_of(press(piet, programme, pain="3"))
        assert "al een paar dagen meer pijn" in text_of(press(piet, programme, pain="4"))


class TestYesterday:
    def test_it_is_filled_in_and_marked(self, piet, programme):
        begun(programme, 1)
        assert "Gisteren vergeten" in text_of(piet.get("/"))
        yesterday = timezone.localdate() - timedelta(days=1)
        shown = piet.get(page("programme_yesterday", programme))
        assert f'value="{yesterday.isoformat()}"' in shown.content.decode()
        answer = press(piet, programme, pain="1", day=yesterday.isoformat())
        assert answer.redirect_chain[-1][0].startswith(page("programme_yesterday", programme))
        assert "later ingevuld" in text_of(answer)
        row = SessionLog.objects.get()
        assert row.day == yesterday and row.filled_in_later
        assert piet.get("/").context["cards"][0].done == 0

    def test_what_was_ticked_off_on_the_day_itself_was_not_filled_in_later(self, piet, programme):
        begun(programme, 1)
        press(piet, programme)
        then = timezone.now() - timedelta(days=1)
        SessionLog.objects.update(day=timezone.localdate(then), performed_at=then)
        shown = text_of(piet.get(page("programme_yesterday", programme)))
        assert f"Eerste keer gedaan om {timezone.localtime(then):%H:%M}" in shown
        assert "later ingevuld" not in shown

    def test_before_the_start_there_is_no_yesterday(self, piet, programme):
        assert "Gisteren vergeten" not in text_of(piet.get("/"))
        assert piet.get(page("programme_yesterday", programme)).status_code == 404


class TestHowItGoes:
    @pytest.mark.parametrize(
        ("days_ago", "asked"), [(19, None), (20, 21), (40, 21), (41, 42), (90, 42)]
    )
    def test_when_it_is_asked(self, piet, programme, days_ago, asked):
        begun(programme, days_ago)
        assert piet.get("/").context["recovery"] == asked
        answer = piet.get(page("recovery", programme))
        assert answer.status_code == (302 if asked is None else 200)

    @pytest.mark.parametrize(
        ("answer", "advice", "reasons"),
        [
            ("much_better", "Ga zo door", []),
            ("better", "Ga zo door", []),
            ("same", "Bel uw fysiotherapeut", ["same"]),
            ("worse", "Bel uw fysiotherapeut", ["worse"]),
        ],
    )
    def test_an_answer_leads_to_advice_and_the_worklist(
        self, piet, programme, cast, answer, advice, reasons
    ):
        begun(programme, 20)
        activity = MainActivity.objects.create(programme=programme, position=1, name="Wandelen")
        asked = piet.get(page("recovery", programme))
        assert "Hoe moeilijk is dit nu voor u: Wandelen?" in text_of(asked)
        said = piet.post(
            page("recovery", programme),
            {"answer": answer, "pain": "0", f"activity_{activity.pk}": "10"},
        )
        assert advice in text_of(said)
        check = RecoveryCheck.objects.get()
        assert (check.day, check.answer, check.pain, check.noted_by) == (21, answer, 0, None)
        assert ActivityScore.objects.get().score == 10
        found = worklist.attention(
            caseload.cases(caseload.running(cast.anna), timezone.localdate())
        )
        told = [item.reason for one in found for item in one.items if item.reason != "silent"]
        assert told == reasons
        assert piet.get("/").context["recovery"] is None

    @pytest.mark.parametrize(
        "data",
        [{}, {"answer": "fine"}, {"answer": "same", "pain": "11"}, {"answer": "same", "pain": "x"}],
    )
    def test_what_is_no_answer_keeps_what_was_typed(self, piet, programme, data):
        begun(programme, 20)
        answer = piet.post(page("recovery", programme), data)
        assert answer.status_code == 200 and answer.context["form"].errors
        assert not RecoveryCheck.objects.exists()

    def test_the_first_answer_stays(self, piet, programme):
        begun(programme, 20)
        check = recording.answer_recovery(programme=programme, day=21, answer="better")
        again = recording.answer_recovery(programme=programme, day=21, answer="better")
        assert again == check
        with pytest.raises(writes.RefusedError):
            recording.answer_recovery(programme=programme, day=21, answer="worse")
        assert RecoveryCheck.objects.get().answer == "better"

    def test_not_during_a_pause(self, piet, programme, cast):
        begun(programme, 20)
        lifecycle.pause(programme=programme, by=cast.anna, from_on=timezone.localdate())
        assert piet.get("/").context["recovery"] is None


class TestCarried:
    """What a phone takes along: for two weeks ahead, which exercise is due on which day."""

    def test_days_that_are_due(self, piet, programme, cast):
        today = timezone.localdate()
        lifecycle.pause(
            programme=programme,
            by=cast.anna,
            from_on=today + timedelta(days=3),
            until_on=today + timedelta(days=5),
        )
        carried = carried_of(piet.get("/"))
        days = [(today + timedelta(days=n)).isoformat() for n in range(14) if n not in (3, 4)]
        assert carried["lines"][0]["due"] == days
        assert carried["keep"] is False and carried["zone"] == "Europe/Amsterdam"

    def test_the_therapist_carries_nothing(self, client, cast, programme):
        client.force_login(cast.anna)
        assert (
            'id="carried"' not in client.get(page("programme_detail", programme)).content.decode()
        )


def test_logging_out_leaves_nothing_in_the_browser(piet):
    answer = piet.post(reverse("account_logout"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in piet.get(reverse("account_login")).headers


def test_logging_out_leaves_what_others_did_and_could_not_send(piet):
    answer = piet.post(reverse("account_logout"), {"others_wait": "1"})
    assert answer["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize("asks", [True, False])
def test_behind_a_password_alone_it_says_neither_who_nor_what(piet, programme, asks):
    programme.patient.practice.second_step = asks
    programme.patient.practice.save()
    shown = text_of(piet.get("/"))
    assert ("Hallo Piet Jansen" in shown) is asks
    assert (programme.title in shown) is asks
    assert programme.current_version().sheet.lines[0].title in shown


class TestInstalled:
    def test_a_name_of_its_own_and_no_practice(self, client):
        for language, name in (("nl", "Mijn oefeningen"), ("en", "My exercises"), ("xx", "Mijn")):
            answer = client.get(reverse("manifest"), {"language": language})
            assert answer["Content-Type"] == "application/manifest+json"
            about = answer.json()
            assert about["name"].startswith(name) and about["start_url"] == "/"
            assert {icon["sizes"] for icon in about["icons"]} == {"192x192", "512x512"}

    def test_what_the_worker_keeps_is_there_and_nobodys(self, piet):
        worker = piet.get(reverse("service_worker")).content.decode()
        kept = json.loads(re.search(r"const SHELL = (\[.*?\]);", worker).group(1))
        assert reverse("offline") in kept and len(kept) == len(set(kept)) > 10
        assert all(finders.find(name.removeprefix("/static/")) for name in kept[:-1])
        page = piet.get(reverse("offline")).content.decode()
        assert "Geen verbinding" in page and "No connection" in page
        assert "<form" not in page and "csrf" not in page and "Piet" not in page

    def test_the_worker_keeps_what_the_kept_pages_load(self, piet, programme):
        """Else they stand without it where there is no connection."""
        worker = piet.get(reverse("service_worker")).content.decode()
        kept = json.loads(re.search(r"const SHELL = (\[.*?\]);", worker).group(1))
        addresses = [reverse("offline"), "/"] + [
            page(name, programme)
            for name in ("programme_detail", "programme_session", "stop", "report_symptoms")
        ]
        for address in addresses:
            html = piet.get(address, follow=True).content.decode()
            loaded = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', html)
            assert len(loaded) > 4 and set(loaded) <= set(kept), address
