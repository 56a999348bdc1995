"""Two people change one programme: nothing of either is lost, and what differs is asked."""

from dataclasses import replace

import pytest

from exercises.models import Protocol
from exercises.period import Period
from patients.prescribing import authoring
from patients.prescribing.merge_form import PREFIX
from tests.forms.page_forms import forms_of

from .posting import as_posted, change, row

pytestmark = [pytest.mark.long, pytest.mark.django_db]


@pytest.fixture
def anna(client, cast):
    client.force_login(cast.anna)
    return client


def from_browser(page) -> dict:
    """What the page's own HTML sends, and no field that it lacks or that is switched off."""
    [form] = [
        form
        for form in forms_of(page)
        if any(field.name == f"{PREFIX}-TOTAL_FORMS" for field in form.fields)
    ]
    return {name: values[-1] for name, values in form.data().items() if "__prefix__" not in name}


class TestTwoAtOnce:
    @pytest.fixture
    def both(self, anna, programme, cast):
        """Anna has the form open; then a colleague saves."""
        mine = as_posted(anna.get(change(programme)))
        theirs = dict(mine)
        cast.bram.practice = cast.anna.practice
        cast.bram.save()
        return mine, theirs

    def save_as_bram(self, programme, cast, data):
        from django.test import Client

        colleague = Client()
        colleague.force_login(cast.bram)
        assert colleague.post(change(programme), data).status_code == 302

    def test_the_second_is_told_and_both_are_kept(self, anna, programme, cast, both):
        mine, theirs = both
        theirs["prescriptions-0-dosage"] = "3x8"
        theirs["prescriptions-2-note"] = "van Bram"
        self.save_as_bram(programme, cast, theirs)
        mine["prescriptions-0-dosage"] = "4x6"
        mine["prescriptions-1-note"] = "van Anna"
        response = anna.post(change(programme), mine)
        page = response.content.decode()
        assert response.status_code == 200
        assert "Bram Visser" in page and "3x8x" in page
        assert 'value="4x6"' in page and "van Anna" in page and "van Bram" in page
        assert programme.prescriptions.all()[1].note == ""  # nothing saved behind her back

        response = anna.post(change(programme), as_posted(response))
        assert response.status_code == 302
        lines = list(programme.prescriptions.all())
        assert lines[0].dosage.notation == "4x6x"
        assert (lines[1].note, lines[2].note) == ("van Anna", "van Bram")

    def test_a_line_that_the_other_removed(self, anna, programme, cast, both):
        mine, theirs = both
        first = programme.prescriptions.first()
        at = row(mine, first)
        self.save_as_bram(programme, cast, {**theirs, f"{at}-DELETE": "on"})
        mine[f"{at}-note"] = "hier werkte Anna aan"
        response = anna.post(change(programme), mine)
        assert "hier werkte Anna aan" in response.content.decode()
        response = anna.post(change(programme), as_posted(response))
        assert response.status_code == 302
        assert programme.prescriptions.filter(note="hier werkte Anna aan").count() == 1

    def test_what_a_browser_sends_of_a_removed_line_comes_back_whole(self, anna, programme, cast):
        """With its exercise and all that stood in it; the second save gives it to the patient."""
        address = change(programme)
        line = programme.prescriptions.all()[2]
        title, exercise, dosage = str(line), line.exercise_id, line.dosage
        line.note, line.steps, line.on_share_page = "Met een kussen", "Ga liggen.", True
        line.period = Period.parse("week 2-4")
        line.save()
        authoring.touch(programme=programme, by=cast.anna)
        programme.refresh_from_db()
        others = list(programme.prescriptions.exclude(pk=line.pk).values_list("pk", flat=True))
        mine = from_browser(anna.get(address))
        at = row(mine, line)
        line.delete()
        authoring.number_lines(programme)
        authoring.touch(programme=programme, by=cast.anna)

        mine[f"{at}-note"] = "Met een dik kussen"
        page = anna.post(address, mine)
        text = page.content.decode()
        [told] = page.context["conflict"].told
        assert told == f"{title} is verwijderd. U had dat gewijzigd; het staat hieronder opnieuw."
        assert "De volgorde is gewijzigd" not in text and "verplicht" not in text

        page = anna.post(address, from_browser(page), follow=True)
        assert "Voor de patiënt verandert er niets" not in page.content.decode()
        rescued = programme.prescriptions.get(note="Met een dik kussen")
        assert (rescued.exercise_id, rescued.dosage, rescued.steps) == (
            exercise,
            dosage,
            "Ga liggen.",
        )
        assert rescued.period.notation == Period.parse("week 2-4").notation
        assert rescued.on_share_page and not rescued.side_open
        order = list(programme.prescriptions.values_list("pk", flat=True))
        assert order == [*others[:2], rescued.pk, *others[2:]]

    @pytest.mark.parametrize("side", ["left", "right", "each"])
    @pytest.mark.parametrize("answered", [False, True], ids=["asked", "answered before"])
    def test_the_side_comes_back_too(self, anna, make_programme, cast, side, answered):
        programme = make_programme(started=False)
        authoring.add_protocol(programme=programme, protocol=Protocol.objects.get(key="knie"))
        line = programme.prescriptions.filter(side_open=True).first()
        if answered:
            line.dosage, line.side_open = replace(line.dosage, side=side), False
            line.save()
        address = change(programme)
        mine = from_browser(anna.get(address))
        at = row(mine, line)
        exercise = line.exercise_id
        line.delete()
        authoring.touch(programme=programme, by=cast.anna)
        mine[f"{at}-{'note' if answered else 'side'}"] = "Rustig" if answered else side
        page = anna.post(address, mine)
        assert anna.post(address, from_browser(page)).status_code == 302
        rescued = programme.prescriptions.get(exercise=exercise)
        assert (rescued.dosage.side, rescued.side_open) == (side, False)

    def test_a_removed_line_without_work_is_named_and_stays_away(self, anna, programme, cast):
        address = change(programme)
        mine = from_browser(anna.get(address))
        line = programme.prescriptions.first()
        title = str(line)
        line.delete()
        authoring.number_lines(programme)
        authoring.touch(programme=programme, by=cast.anna)
        page = anna.post(address, mine, follow=True).content.decode()
        assert f"{title} is verwijderd." in page and "Uw wijzigingen zijn nog niet" not in page
        assert programme.prescriptions.count() == 5

    @pytest.mark.parametrize("stale", [False, True])
    @pytest.mark.parametrize(
        ("name", "value"),
        [("note", "Rustig"), ("steps", "Ga staan."), ("dosage", "3x8"), ("period", "week 2-4")],
    )
    def test_a_new_row_with_text_is_never_dropped(self, anna, programme, cast, name, value, stale):
        """Without its exercise it is refused, however often it is sent again."""
        address = change(programme)
        mine = from_browser(anna.get(address))
        new = {"exercise": "", "position": "6", "programme": str(programme.pk), name: value}
        mine |= {f"{PREFIX}-6-{field}": sent for field, sent in new.items()}
        mine[f"{PREFIX}-TOTAL_FORMS"] = "7"
        if stale:
            authoring.touch(programme=programme, by=cast.anna)
        for _time in range(3):
            page = anna.post(address, mine)
            assert page.status_code == 200
            last = page.context["inline_admin_formsets"][0].formset.forms[6]
            assert "exercise" in last.errors and last[name].value() == value
            mine = from_browser(page)

    def test_moving_rows_does_not_bring_back_what_the_other_removed(
        self, anna, programme, cast, both
    ):
        mine, theirs = both
        at = row(mine, programme.prescriptions.first())
        self.save_as_bram(programme, cast, {**theirs, f"{at}-DELETE": "on"})
        for number in range(6):
            mine[f"prescriptions-{number}-position"] = 5 - number
        assert anna.post(change(programme), mine).status_code == 302
        assert programme.prescriptions.count() == 5

    def test_an_instruction_is_rescued_too(self, anna, programme, cast, both):
        mine, theirs = both
        at = row(mine, programme.prescriptions.first())
        self.save_as_bram(programme, cast, {**theirs, f"{at}-DELETE": "on"})
        mine[f"{at}-steps"] = "Wat Anna schreef."
        response = anna.post(change(programme), mine)
        assert "Wat Anna schreef.</textarea>" in response.content.decode().replace("\n", "")

    def test_a_form_from_before_the_start_gives_nothing(self, anna, make_programme, cast):
        programme = make_programme(started=False)
        stale = as_posted(anna.get(change(programme)))
        authoring.start(programme=programme, by=cast.anna)
        stale["prescriptions-0-dosage"] = "3x8"
        assert anna.post(change(programme), stale).status_code == 200
        assert programme.versions.count() == 1

    def test_a_line_that_the_other_added(self, anna, programme, cast, both, own_exercise):
        mine, theirs = both
        self.save_as_bram(programme, cast, {**theirs, "add_exercise": own_exercise.pk})
        mine["title"] = "Rug, voor Piet"
        response = anna.post(change(programme), mine, follow=True)
        assert "Geheime oefening van De Linde is toegevoegd" in response.content.decode()
        programme.refresh_from_db()
        assert programme.title == "Rug, voor Piet"
        assert programme.prescriptions.count() == 7
