"""The programme as the therapist edits it, and its versions as they were issued."""

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from exercises.models import Exercise, Prescribed, Protocol
from rugpijn.models import User
from rugpijn.validators import NoCitizenNumber, printable

from ..access import OfPatientQuerySet
from ..line import lines_of
from ..sheet import Sheet
from .of_patient import OfPatient, OfProgramme
from .patient import Patient


class ProgrammeQuerySet(OfPatientQuerySet):
    def running(self):
        return self.filter(started_on__isnull=False, ended_on__isnull=True)


class Programme(NoCitizenNumber, OfPatient):
    """All prescriptions of one period. Its dates tell its state: draft, running or ended."""

    called = ("title",)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey(
        Patient,
        models.CASCADE,
        related_name="programmes",
        editable=False,
        verbose_name=_("patient"),
    )
    therapist = models.ForeignKey(
        User, models.PROTECT, related_name="caseload", editable=False, verbose_name=_("therapist")
    )
    title = models.CharField(_("title"), max_length=120, validators=[printable])
    protocols = models.ManyToManyField(
        Protocol,
        blank=True,
        editable=False,
        related_name="+",
        help_text=_("Where the exercises came from; the advice on the sheet comes from here."),
    )
    started_on = models.DateField(_("started on"), null=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    # Chosen by the therapist; otherwise it follows from the risk profile (clinical.planned_end).
    planned_until = models.DateField(_("planned until"), null=True, editable=False)
    # Raised by every save, to recognise a form that was opened before another save.
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(started_on__isnull=False, ended_on__isnull=True),
                name="one_running_programme_per_patient",
                violation_error_message=_("This patient already has a running programme."),
            ),
            models.CheckConstraint(
                name="programme_ends_after_it_started",
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=False, ended_on__gte=models.F("started_on")),
                violation_error_message=_("A programme ends after it started."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient"], condition=Q(started_on__isnull=True), name="programme_drafts"
            )
        ]

    def __str__(self):
        return f"{self.title} · {self.patient}"

    @property
    def is_draft(self) -> bool:
        return self.started_on is None

    @property
    def is_running(self) -> bool:
        return self.started_on is not None and self.ended_on is None

    def pause_on(self, day: date):
        """Return the pause on a day. Uses prefetched pauses."""
        if not self.is_running:
            return None
        return next((pause for pause in self.pauses.all() if pause.holds_on(day)), None)

    @property
    def pause_now(self):
        return self.pause_on(timezone.localdate())

    @property
    def pause_ahead(self):
        """The next planned pause that has not begun."""
        if not self.is_running:
            return None
        today = timezone.localdate()
        return next((pause for pause in self.pauses.all() if pause.from_on > today), None)

    def current_version(self) -> "Version | None":
        """Return the version that was issued last; None for a draft."""
        return self.versions.order_by("-number").first()


class Prescription(OfProgramme, Prescribed):
    """One exercise in a programme, with the dosage this patient was given."""

    # The same in every version, so that sessions still belong to the line after a change.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="prescriptions")
    exercise = models.ForeignKey(
        Exercise, models.PROTECT, related_name="+", verbose_name=_("exercise")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    note = models.TextField(
        _("note for this patient"), blank=True, max_length=1000, validators=[printable]
    )
    steps = models.TextField(
        _("instruction for this patient"),
        blank=True,
        max_length=3000,
        validators=[printable],
        help_text=_("Empty: the text of the library. One step on each line."),
    )
    # Whether the therapist must still choose a side (patients/prescribing/sides.py).
    side_open = models.BooleanField(default=False, editable=False)
    on_share_page = models.BooleanField(
        _("whoever holds the paper may read this note and instruction"),
        default=False,
        help_text=_("Without this they are not on the page behind the QR code."),
    )

    class Meta(Prescribed.Meta):
        verbose_name = _("prescription")
        verbose_name_plural = _("prescriptions")
        ordering = ["position", "id"]  # not unique: a swap in a form would be refused half-way
        abstract = False

    def __str__(self):
        return str(self.exercise)


class RedFlagCheck(OfProgramme):
    """A therapist's statement, before the start, that no red flag was found."""

    programme = models.OneToOneField(Programme, models.CASCADE, related_name="red_flag_check")
    checked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    checked_name = models.CharField(max_length=120)
    checked_at = models.DateTimeField(default=timezone.now)


class Version(OfProgramme):
    """A Sheet as it was issued. Written once, never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    issued_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    issued_name = models.CharField(_("issued by"), max_length=120)
    # For colleagues. It is not part of the sheet, so the patient does not read it.
    reason = models.CharField(
        _("why it was changed"), max_length=200, blank=True, validators=[printable]
    )

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["programme", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "number"], name="version_numbers_are_unique"
            )
        ]

    def __str__(self):
        return f"{self.programme} · {self.number}"

    @cached_property
    def sheet(self) -> Sheet:
        return Sheet.from_json(self.content)

    @property
    def nameless_sheet(self) -> Sheet:
        """The sheet that anyone with the link may read.

        Steps that were written for the patient are replaced by those of the library. An old
        version that did not record the library's steps gets the library's present ones.
        """
        sheet = self.sheet
        if missing := sheet.without_library_steps:
            exercises = Exercise.objects.filter(uuid__in=missing).prefetch_related("texts")
            sheet = sheet.with_library_steps(
                {str(one.uuid): lines_of(one.text("steps", sheet.language)) for one in exercises}
            )
        return sheet.nameless


class StoredHandout(models.Model):
    """A version as a PDF, so that printing it again renders nothing.

    It holds a name, so it is part of the record. `letterhead` is a digest of what surrounds the
    sheet: the patient's name, the practice, the QR code and the variant. When one of them changes,
    the next print is rendered again.

    An `issued` handout never changes. Other variants are rendered again when the code that prints
    them has changed (`made_with`).
    """

    version = models.ForeignKey(Version, models.CASCADE, related_name="handouts")
    letterhead = models.CharField(max_length=64)
    made_with = models.CharField(max_length=64, default="", blank=True)  # press.paper_digest()
    issued = models.BooleanField(default=False)
    pdf = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "letterhead"], name="one_stored_handout_per_letterhead"
            )
        ]
