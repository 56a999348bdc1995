"""The forms for what a therapist records at a visit or on the phone.

`what` is the form's name in the post, `act` its code in the access log. `write` stores the answer
and returns a sentence that says so; it raises RefusedError.

Two therapists may have the page open. `latest` returns what is stored when the page is opened,
and `meanwhile` returns a sentence for each answer that differs and was stored since.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rugpijn.models import User
from rugpijn.saving import two_at_once
from rugpijn.typed.text_fields import CharField
from rugpijn.validators import printable

from .. import clinical
from ..models import MainActivity, Programme, QualityRating, RecoveryCheck, RiskProfile
from ..models.follow_up import ACTIVITIES, SCALE
from ..sheet import Sheet
from . import judgements

POSITIONS = range(1, ACTIVITIES + 1)  # of the main activities


def _wrote(name: str, when, what: str) -> str:
    words = {"name": name, "when": two_at_once.at(when), "what": what}
    return gettext("%(name)s recorded at %(when)s: %(what)s") % words


class RecoveryAnswerForm(forms.Form):
    """The answer to a recovery check, `check_day` days after the start."""

    what, act = "recovery", "note recovery"

    answer = forms.ChoiceField(
        label=_("Are everyday activities easier?"),
        choices=RecoveryCheck.Answer,
        widget=forms.RadioSelect,
    )
    pain = forms.IntegerField(
        label=_("Pain in the last day, 0 to 10"),
        help_text=_("0 is no pain. Leave this empty if you did not ask."),
        min_value=clinical.PAIN_LEAST,
        max_value=clinical.PAIN_MOST,
        required=False,
    )

    def __init__(self, *args, check_day: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.check_day = check_day

    def write(self, programme: Programme, by: User) -> str:
        judgements.note_recovery(
            programme=programme, day=self.check_day, by=by, **self.cleaned_data
        )
        return gettext("The answer for day %d is recorded.") % self.check_day


class ProfileForm(forms.Form):
    what, act = "profile", "choose risk profile"

    profile = forms.ChoiceField(
        label=_("Risk of persistent complaints"),
        choices=RiskProfile.Profile,
        widget=forms.RadioSelect,
    )

    @staticmethod
    def latest(programme: Programme) -> dict[str, int]:
        last = programme.risk_profiles.last()
        return {"profile": last.pk if last else 0}

    def meanwhile(self, programme: Programme, opened: dict) -> list[str]:
        last = programme.risk_profiles.last()
        if opened == self.latest(programme) or last.profile == self.cleaned_data["profile"]:
            return []
        return [_wrote(last.chosen_name, last.chosen_at, last.get_profile_display())]

    def write(self, programme: Programme, by: User) -> str:
        last = programme.risk_profiles.last()
        if last is not None and last.profile == self.cleaned_data["profile"]:
            return gettext("Recorded: %s.") % last.get_profile_display()  # pressed twice
        chosen = judgements.choose_profile(programme=programme, by=by, **self.cleaned_data)
        return gettext("Recorded: %s.") % chosen.get_profile_display()


class StartBackForm(forms.Form):
    """Two numbers of a STarT Back list that was filled in elsewhere; we may not show its text."""

    what, act = "start_back", "note STarT Back score"

    total = forms.IntegerField(
        label=_("Total, 0 to 9"), min_value=0, max_value=clinical.START_BACK_MOST
    )
    part = forms.IntegerField(
        label=_("Questions 5 to 9, 0 to 5"), min_value=0, max_value=clinical.START_BACK_PART_MOST
    )

    def clean(self):
        cleaned = super().clean()
        total, part = cleaned.get("total"), cleaned.get("part")
        if total is not None and part is not None and part > total:
            self.add_error(
                "part", gettext("This is more than the total. Please check both numbers.")
            )
        return cleaned

    @staticmethod
    def latest(programme: Programme) -> dict[str, int]:
        last = programme.start_back_scores.last()
        return {"score": last.pk if last else 0}

    def meanwhile(self, programme: Programme, opened: dict) -> list[str]:
        last = programme.start_back_scores.last()
        mine = (self.cleaned_data["total"], self.cleaned_data["part"])
        if opened == self.latest(programme) or (last.total, last.part) == mine:
            return []
        score = gettext("STarT Back: %(total)d in all, %(part)d on questions 5 to 9.") % {
            "total": last.total,
            "part": last.part,
        }
        return [_wrote(last.noted_name, last.noted_at, score)]

    def write(self, programme: Programme, by: User) -> str:
        score = judgements.note_start_back(programme=programme, by=by, **self.cleaned_data)
        return gettext("Recorded. The score suggests: %s. You decide.") % (
            RiskProfile.Profile(score.suggests).label
        )


class ActivitiesForm(forms.Form):
    """Up to three main activities, each with today's score."""

    what, act = "activities", "note main activities"

    def __init__(self, *args, activities: dict[int, MainActivity], **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        for position in POSITIONS:
            activity = activities.get(position)
            scores = {score.day: score.score for score in activity.scores.all()} if activity else {}
            words = {"number": position}
            self.fields[f"name_{position}"] = CharField(
                label=gettext("Activity %(number)d") % words,
                max_length=MainActivity._meta.get_field("name").max_length,
                required=False,
                validators=[printable],
                initial=activity.name if activity else "",
            )
            self.fields[f"score_{position}"] = forms.IntegerField(
                label=gettext("Today's score for activity %(number)d, 0 to 10") % words,
                min_value=SCALE[0],
                max_value=SCALE[1],
                required=False,
                initial=scores.get(today),
            )

    @staticmethod
    def beside(post, base: dict, stored: "ActivitiesForm"):
        """The post, without overwriting an activity that somebody else wrote meanwhile.

        A name that was typed at such a place moves to a free place with its score, so that both
        are kept. `base` is what the page was opened with, `stored` the form as it is now.
        """
        post = post.copy()
        was = base["record"]
        now = {position: str(stored[f"name_{position}"].value() or "") for position in POSITIONS}
        typed = {position: post.get(f"name_{position}", "").strip() for position in POSITIONS}
        free = [position for position in POSITIONS if not now[position] and not typed[position]]
        for position, name in now.items():
            was_free = not was.get(f"name_{position}")
            if free and was_free and name and typed[position] not in ("", name):
                other = free.pop(0)
                for field in ("name", "score"):
                    post[f"{field}_{other}"] = post.get(f"{field}_{position}", "")
                    post[f"{field}_{position}"] = was.get(f"{field}_{position}", "")
        return post

    def rows(self):
        """The fields of each activity: name and score."""
        for position in POSITIONS:
            yield self[f"name_{position}"], self[f"score_{position}"]

    def clean(self):
        cleaned = super().clean()
        for position in POSITIONS:
            score = cleaned.get(f"score_{position}")
            if score is not None and not cleaned.get(f"name_{position}"):
                self.add_error(f"name_{position}", gettext("Which activity has this score?"))
        return cleaned

    def write(self, programme: Programme, by: User) -> str:
        scored = [
            (
                " ".join(self.cleaned_data[f"name_{position}"].split()),
                self.cleaned_data[f"score_{position}"],
            )
            for position in POSITIONS
        ]
        judgements.measure_activities(programme=programme, scored=scored, on=timezone.localdate())
        return gettext("The activities are recorded.")


class QualityForm(forms.Form):
    """How well each exercise is done. An empty field leaves the older rating as it is."""

    what, act = "quality", "rate quality"

    def __init__(self, *args, sheet: Sheet, ratings: dict[str, QualityRating], **kwargs):
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for line in sheet.lines:
            rating = ratings.get(line.uuid)
            self.fields[line.uuid] = forms.ChoiceField(
                label=line.title,
                choices=[("", gettext("not rated now")), *QualityRating.Quality.choices],
                required=False,
            )
            self.fields[line.uuid].rating = rating

    def rows(self):
        """Each field with its newest rating."""
        return [(self[line.uuid], self.fields[line.uuid].rating) for line in self.sheet.lines]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(gettext("Rate at least one exercise."))
        return cleaned

    @staticmethod
    def latest(programme: Programme) -> dict[str, int]:
        ratings = judgements.newest_ratings(programme)
        return {line: rating.pk for line, rating in ratings.items()}

    def meanwhile(self, programme: Programme, opened: dict) -> list[str]:
        ratings = judgements.newest_ratings(programme)
        mine = {line: quality for line, quality in self.cleaned_data.items() if quality}
        return [
            _wrote(one.rated_name, one.rated_at, f"{one.title}: {one.get_quality_display()}")
            for line, one in ratings.items()
            if one.pk != opened.get(line) and mine.get(line) not in (None, one.quality)
        ]

    def write(self, programme: Programme, by: User) -> str:
        judgements.rate_quality(
            programme=programme, lines=self.sheet.lines, ratings=self.cleaned_data, by=by
        )
        return gettext("The quality is recorded. It counts in “What was done”.")
