"""How a patient is doing: the patient's answers, and the therapist's judgements and marks."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rugpijn.models import User
from rugpijn.validators import printable

from .. import clinical
from ..access import OfActivityQuerySet
from ..phone_clock import day_can_be
from .of_patient import OfPatient, OfProgramme
from .patient import Patient
from .programme import Programme, Version

SCALE = (clinical.PAIN_LEAST, clinical.PAIN_MOST)
ACTIVITIES = 3  # of the patient-specific complaints (PSK); each is scored from 0 to 10


class RecoveryCheck(OfProgramme):
    """The patient's answer on day 21 or 42. Without a row, nothing was answered."""

    class Answer(models.TextChoices):
        MUCH_BETTER = "much_better", _("much better")
        BETTER = "better", _("better")
        SAME = "same", _("the same")
        WORSE = "worse", _("worse")

    is_new = False  # write_once() sets it on a row that it stored
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="recovery_checks")
    day = models.PositiveSmallIntegerField(_("day"))  # of the programme, one of RECOVERY_DAYS
    answer = models.CharField(_("answer"), max_length=12, choices=Answer)
    pain = models.PositiveSmallIntegerField(_("pain"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), default=timezone.now)
    # The therapist who wrote the answer down; empty when the patient did.
    noted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    noted_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["programme", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "day"], name="one_recovery_check_a_programme_and_day"
            ),
            models.CheckConstraint(
                name="recovery_check_on_its_days",
                condition=Q(day__in=clinical.RECOVERY_DAYS),
                violation_error_message=_("There is no recovery check on that day."),
            ),
            models.CheckConstraint(
                name="recovery_check_pain_from_0_to_10",
                condition=Q(pain__isnull=True) | Q(pain__range=SCALE),
                violation_error_message=_("Pain is a whole number from 0 to 10."),
            ),
        ]


class MainActivity(OfProgramme):
    """An activity that the patient wants to do again, in the patient's own words (PSK)."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="main_activities")
    position = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("activity"), max_length=120, validators=[printable])

    class Meta:
        ordering = ["programme", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "position"], name="main_activities_have_their_own_place"
            ),
            models.CheckConstraint(
                name="three_main_activities_at_most",
                condition=Q(position__range=(1, ACTIVITIES)),
                violation_error_message=_("Choose at most three activities."),
            ),
        ]

    def __str__(self):
        return self.name


class ActivityScore(models.Model):
    """How hard a main activity was on a day, from 0 (no trouble) to 10 (impossible)."""

    activity = models.ForeignKey(MainActivity, models.CASCADE, related_name="scores")
    day = models.DateField(_("day"))
    score = models.PositiveSmallIntegerField(_("score"))

    objects = OfActivityQuerySet.as_manager()

    class Meta:
        ordering = ["activity", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "day"], name="one_score_an_activity_and_day"
            ),
            models.CheckConstraint(
                name="activity_score_from_0_to_10",
                condition=Q(score__range=SCALE),
                violation_error_message=_("A score is a whole number from 0 to 10."),
            ),
        ]

    @property
    def record_of(self) -> Patient:
        return self.activity.programme.patient


class SymptomAnswer(OfPatient):
    """Symptoms that the patient reported, with an exercise or without one (no `line`).

    `symptoms` are names of `clinical.SYMPTOMS`. An empty list is an answer too; without a row,
    nothing was answered. Rows are added and never changed. A report is in force until a later row
    names it in `retracts`; no other answer takes it back.
    """

    is_new = False  # write_once() sets it on a row that it stored
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="symptom_answers")
    operation = models.UUIDField(_("operation"))  # stored once, as that of a session is
    version = models.ForeignKey(Version, models.CASCADE, related_name="symptom_answers")
    line = models.UUIDField(_("line"), null=True, blank=True)
    day = models.DateField(_("day"))
    moment = models.PositiveSmallIntegerField(_("moment of the day"), default=1)
    symptoms = models.JSONField(_("what went wrong"), default=list, blank=True)
    # The operation of the report that was a mistake, or of the act that it came with.
    retracts = models.UUIDField(_("takes back"), null=True, blank=True)
    sequence = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField(_("answered at"), default=timezone.now)

    class Meta:
        ordering = ["sequence", "operation"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "operation"], name="symptom_answer_counts_once_per_patient"
            )
        ]

    @classmethod
    def from_db(cls, db, field_names, values):
        """Read an impossible day as the day on which the row arrived."""
        row = super().from_db(db, field_names, values)
        loaded = not row.get_deferred_fields() & {"day", "answered_at"}
        if loaded and not day_can_be(row.day, row.answered_at):
            row.day = timezone.localdate(row.answered_at)
        return row


class RiskProfile(OfProgramme):
    """The risk of persistent complaints as a therapist judged it. The newest row counts."""

    class Profile(models.TextChoices):
        LOW = "low", _("low risk")
        MEDIUM = "medium", _("medium risk")
        HIGH = "high", _("high risk")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="risk_profiles")
    profile = models.CharField(_("risk profile"), max_length=6, choices=Profile)
    chosen_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    chosen_name = models.CharField(max_length=120)
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]


class StartBackScore(OfProgramme):
    """A STarT Back score: the total and a part. Its questions are its authors' and not stored.

    The newest row counts. The therapist's judgement decides, and not this score.
    """

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="start_back_scores")
    total = models.PositiveSmallIntegerField()
    part = models.PositiveSmallIntegerField()  # of questions 5 to 9
    noted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    noted_name = models.CharField(max_length=120)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="start_back_score_is_possible",
                condition=Q(total__range=(0, clinical.START_BACK_MOST))
                & Q(part__range=(0, clinical.START_BACK_PART_MOST))
                & Q(part__lte=models.F("total")),
                violation_error_message=_("There is no such score."),
            )
        ]

    @property
    def suggests(self) -> str:
        return clinical.start_back_suggests(self.total, self.part)


class QualityRating(OfProgramme):
    """How well an exercise was done, as a therapist saw it. The newest row of a line counts."""

    class Quality(models.TextChoices):
        EXCELLENT = "excellent", _("excellent")
        GOOD = "good", _("good")
        REASONABLE = "reasonable", _("reasonable")
        MODERATE = "moderate", _("moderate")
        POOR = "poor", _("poor")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="quality_ratings")
    line = models.UUIDField()
    title = models.CharField(max_length=120)  # of the exercise at that time
    quality = models.CharField(max_length=10, choices=Quality)
    rated_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    rated_name = models.CharField(max_length=120)
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]


class SeenMark(OfProgramme):
    """A reason on the worklist that a therapist marked as seen, with a note.

    Reasons are computed and not stored. `occasion` names the answer, the first day or the coming
    date that the reason was about; the mark does not cover another occasion.
    """

    NOTE_LENGTH = 500

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="seen_marks")
    reason = models.CharField(max_length=20)
    occasion = models.CharField(max_length=40)
    note = models.CharField(_("note"), max_length=NOTE_LENGTH, blank=True, validators=[printable])
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # put back on the worklist

    class Meta:
        ordering = ["id"]
