"""What a therapist writes down at a visit or on the phone: a form each.

Each knows its name in the post (`what`), its word in the access log (`act`), and how to write
itself down (`write`, which says in a sentence what was written, or raises RefusedError).
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rugpijn.models import User
from rugpijn.text_fields import CharField
from rugpijn.validators import printable

from . import clinical, judgement
from .models import MainActivity, Programme, QualityRating, RecoveryCheck, RiskProfile
from .models.course import ACTIVITIES, SCALE
from .sheet import Sheet


class RecoveryForm(forms.Form):
    what, act = "recovery", "note recovery"

    answer = forms.ChoiceField(
        label=gettext_lazy("Do daily things go better?"),
        choices=RecoveryCheck.Answer,
        widget=forms.RadioSelect,
    )
    pain = forms.IntegerField(
        label=gettext_lazy("Pain in the last day, 0 to 10"),
        help_text=gettext_lazy("0 is no pain. Leave it empty when it was not asked."),
        min_value=clinical.PAIN_LEAST,
        max_value=clinical.PAIN_MOST,
        required=False,
    )

    def __init__(self, *args, asked: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = asked  # day of the recovery check

    def write(self, programme: Programme, by: User) -> str:
        judgement.note_recovery(programme=programme, day=self.asked, by=by, **self.cleaned_data)
        return _("The answer of day %d is written down.") % self.asked


class ProfileForm(forms.Form):
    what, act = "profile", "choose risk profile"

    profile = forms.ChoiceField(
        label=gettext_lazy("Risk of persistent complaints"),
        choices=RiskProfile.Profile,
        widget=forms.RadioSelect,
    )

    def write(self, programme: Programme, by: User) -> str:
        chosen = judgement.choose_profile(programme=programme, by=by, **self.cleaned_data)
        return _("Written down: %s.") % chosen.get_profile_display()


class StartBackForm(forms.Form):
    """Two numbers from a list that was filled in elsewhere; its questions are not ours to show."""

    what, act = "start_back", "note STarT Back score"

    total = forms.IntegerField(
        label=gettext_lazy("Total, 0 to 9"), min_value=0, max_value=clinical.START_BACK_MOST
    )
    part = forms.IntegerField(
        label=gettext_lazy("Questions 5 to 9, 0 to 5"),
        min_value=0,
        max_value=clinical.START_BACK_PART_MOST,
    )

    def clean(self):
        cleaned = super().clean()
        total, part = cleaned.get("total"), cleaned.get("part")
        if total is not None and part is not None and part > total:
            self.add_error("part", _("This is more than the total. Please look at both once more."))
        return cleaned

    def write(self, programme: Programme, by: User) -> str:
        score = judgement.note_start_back(programme=programme, by=by, **self.cleaned_data)
        return _("Written down. The score suggests: %s. You decide.") % (
            RiskProfile.Profile(score.suggests).label
        )


class ActivitiesForm(forms.Form):
    """Up to three main activities, each with the score of today."""

    what, act = "activities", "note main activities"

    def __init__(self, *args, activities: dict[int, MainActivity], **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        for position in range(1, ACTIVITIES + 1):
            activity = activities.get(position)
            scores = {score.day: score.score for score in activity.scores.all()} if activity else {}
            words = {"number": position}
            self.fields[f"name_{position}"] = CharField(
                label=_("Activity %(number)d") % words,
                max_length=MainActivity._meta.get_field("name").max_length,
                required=False,
                validators=[printable],
                initial=activity.name if activity else "",
            )
            self.fields[f"score_{position}"] = forms.IntegerField(
                label=_("Score of today for activity %(number)d, 0 to 10") % words,
                min_value=SCALE[0],
                max_value=SCALE[1],
                required=False,
                initial=scores.get(today),
            )

    def rows(self):
        """Name and score of each activity, as they stand beside each other."""
        for position in range(1, ACTIVITIES + 1):
            yield self[f"name_{position}"], self[f"score_{position}"]

    def clean(self):
        cleaned = super().clean()
        for position in range(1, ACTIVITIES + 1):
            score = cleaned.get(f"score_{position}")
            if score is not None and not cleaned.get(f"name_{position}"):
                self.add_error(f"name_{position}", _("Which activity has this score?"))
        return cleaned

    def write(self, programme: Programme, by: User) -> str:
        asked = [
            (
                " ".join(self.cleaned_data[f"name_{position}"].split()),
                self.cleaned_data[f"score_{position}"],
            )
            for position in range(1, ACTIVITIES + 1)
        ]
        judgement.measure_activities(programme=programme, asked=asked, on=timezone.localdate())
        return _("The activities are written down.")


class QualityForm(forms.Form):
    """How well each exercise is done. What is left open keeps the rating that it has."""

    what, act = "quality", "rate quality"

    def __init__(self, *args, sheet: Sheet, ratings: dict[str, QualityRating], **kwargs):
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for line in sheet.lines:
            rating = ratings.get(line.uuid)
            self.fields[line.uuid] = forms.ChoiceField(
                label=line.title,
                choices=[("", _("not rated now")), *QualityRating.Quality.choices],
                required=False,
            )
            self.fields[line.uuid].rating = rating

    def rows(self):
        """Each field with the rating that holds."""
        return [(self[line.uuid], self.fields[line.uuid].rating) for line in self.sheet.lines]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(_("Rate at least one exercise."))
        return cleaned

    def write(self, programme: Programme, by: User) -> str:
        judgement.rate_quality(
            programme=programme, lines=self.sheet.lines, ratings=self.cleaned_data, by=by
        )
        return _("The quality is written down. It counts in “What was done”.")
