"""Exercises, protocols and advice, with their texts in each language."""

from dataclasses import fields

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rugpijn.models import languages
from rugpijn.validators import printable, validate_web_address

from ..dosage import LIMITS, Dosage
from ..period import WEEKS, Period
from ..symptoms import catalogue, validate_names
from .figure import Figure
from .sharing import FALLBACK, LibraryQuerySet, Owned, Reviewed, in_language


class Dosed(models.Model):
    """The columns of a Dosage: suggested on an Exercise, given on a Prescription.

    The database checks the range of each part, and that either repetitions or a duration is
    stated. The other rules between parts are in `Dosage` only; columns are written through the
    `dosage` property, so those rules always apply.
    """

    SIDES = [
        ("", _("not stated")),
        ("each", _("each side")),
        ("left", _("left")),
        ("right", _("right")),
    ]

    per_day = models.PositiveSmallIntegerField(_("times a day"), null=True, blank=True)
    days_per_week = models.PositiveSmallIntegerField(_("days a week"), null=True, blank=True)
    every_days = models.PositiveSmallIntegerField(_("every so many days"), null=True, blank=True)
    sets = models.PositiveSmallIntegerField(_("sets"), null=True, blank=True)
    reps = models.PositiveSmallIntegerField(_("repetitions"), null=True, blank=True)
    reps_max = models.PositiveSmallIntegerField(_("repetitions, at most"), null=True, blank=True)
    hold = models.PositiveSmallIntegerField(_("hold, in seconds"), null=True, blank=True)
    side = models.CharField(_("side"), max_length=5, choices=SIDES, blank=True, default="")
    rest = models.PositiveSmallIntegerField(_("rest, in seconds"), null=True, blank=True)
    load = models.DecimalField(
        _("load, in kg"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    duration = models.PositiveSmallIntegerField(_("duration, in seconds"), null=True, blank=True)

    PARTS = tuple(part.name for part in fields(Dosage))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name=f"%(app_label)s_%(class)s_{name}_in_range",
                condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": limits}),
                violation_error_message=_("This dosage is out of range."),
            )
            for name, limits in LIMITS.items()
        ] + [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_reps_or_duration",
                condition=Q(reps__isnull=False, duration__isnull=True)
                | Q(reps__isnull=True, duration__isnull=False),
                violation_error_message=_("Give repetitions or a duration."),
            )
        ]

    @property
    def dosage(self) -> Dosage:
        return Dosage(**{part: getattr(self, part) for part in self.PARTS})

    @dosage.setter
    def dosage(self, dosage: Dosage) -> None:
        for part in self.PARTS:
            setattr(self, part, getattr(dosage, part))


def _both_stated(first: str, last: str) -> Q:
    """That neither column is NULL: in a CHECK a comparison with NULL counts as true."""
    return Q(**{f"{first}__isnull": False}, **{f"{last}__isnull": False})


class Prescribed(Dosed):
    """A line of a programme or protocol: a dosage, and the weeks or dates for which it holds."""

    from_week = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    until_week = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    from_date = models.DateField(null=True, blank=True, editable=False)
    until_date = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            *Dosed.Meta.constraints,
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_weeks_in_range",
                condition=(Q(from_week__isnull=True) | Q(from_week__range=WEEKS))
                & (Q(until_week__isnull=True) | Q(until_week__range=WEEKS)),
                violation_error_message=_("There is no such week."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_begins_before_it_ends",
                condition=(
                    ~_both_stated("from_week", "until_week")
                    | Q(until_week__gte=models.F("from_week"))
                )
                & (
                    ~_both_stated("from_date", "until_date")
                    | Q(until_date__gte=models.F("from_date"))
                ),
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_weeks_or_dates",
                condition=Q(from_week__isnull=True, until_week__isnull=True)
                | Q(from_date__isnull=True, until_date__isnull=True),
                violation_error_message=_("Give weeks or dates, not both."),
            ),
        ]

    @property
    def period(self) -> Period:
        return Period(**{part: getattr(self, part) for part in Period.PARTS})

    @period.setter
    def period(self, period: Period) -> None:
        for part in Period.PARTS:
            setattr(self, part, getattr(period, part))


class Translated(models.Model):
    """A model whose texts are rows of another table, one for each language."""

    class Meta:
        abstract = True

    def __str__(self):
        return self.text("title")

    def text(self, field: str, language: str | None = None) -> str:
        """One field of the texts in this language, or in Dutch where it is empty.

        This is done field by field, so a caution without a translation is still shown.
        Reads `texts.all()`, which makes no query when it is prefetched.
        """
        texts = {text.language: getattr(text, field) for text in self.texts.all()}
        return in_language(texts, language)


class LibraryItem(Translated, Owned):
    """What exercises and protocols share: the region of the body, the source and the review."""

    class Category(models.TextChoices):
        LOW_BACK = "low_back", _("low back")
        NECK = "neck", _("neck")
        SHOULDER = "shoulder", _("shoulder")
        HIP = "hip", _("hip")
        KNEE = "knee", _("knee")
        ANKLE = "ankle", _("ankle and foot")
        GENERAL = "general", _("general")

    # The digest of the row as it was loaded from a library file. A row that differs from it was
    # changed here, and loading the file again does not overwrite it.
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)
    category = models.CharField(
        _("region"), max_length=20, choices=Category.choices, default=Category.GENERAL
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    licence = models.CharField(_("licence"), max_length=80, blank=True)
    review_note = models.CharField(
        _("to review"),
        max_length=300,
        blank=True,
        help_text=_("What a physiotherapist should judge."),
    )

    class Meta:
        abstract = True


class ExerciseQuerySet(LibraryQuerySet):
    def with_favourites(self, user):
        """Annotate `starred`: whether the exercise is a favourite of this user."""
        favourites = user.favourites.filter(exercise=models.OuterRef("pk"))
        return self.annotate(starred=models.Exists(favourites))


class Exercise(LibraryItem, Dosed):
    """One movement, with the dosage that is suggested for it."""

    video = models.CharField(
        _("video link"), max_length=300, blank=True, validators=[validate_web_address]
    )
    online_number = models.PositiveSmallIntegerField(_("online number"), null=True, blank=True)
    online_title = models.CharField(_("online title"), max_length=160, blank=True)
    figure = models.ForeignKey(
        Figure,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="exercises",
        verbose_name=_("drawing or photo"),
    )
    harder = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="easier",
        verbose_name=_("harder variants"),
        help_text=_("An exercise to go on with; this one is then its easier variant."),
    )

    objects = ExerciseQuerySet.as_manager()

    class Meta(Dosed.Meta):
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        ordering = ["category", "id"]
        abstract = False


class Text(models.Model):
    """The texts of one object in one language."""

    language = models.CharField(_("language"), max_length=7, choices=languages, default=FALLBACK)
    title = models.CharField(_("title"), max_length=120, validators=[printable])

    class Meta:
        abstract = True

    def __str__(self):
        return self.title


def _once_per_language(owner: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=[owner, "language"],
        name=f"one_text_per_{owner}_and_language",
        violation_error_message=_("There is already a text in this language."),
    )


class ExerciseText(Text):
    """The explanation of an exercise. `steps` has one step on each line."""

    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="texts")
    start_position = models.TextField(_("start position"), blank=True, validators=[printable])
    steps = models.TextField(
        _("steps"), blank=True, help_text=_("One step on each line."), validators=[printable]
    )
    purpose = models.TextField(_("purpose"), blank=True, validators=[printable])
    caution = models.TextField(
        _("caution"), blank=True, help_text=_("When to stop."), validators=[printable]
    )
    harder_when = models.TextField(_("make it harder when"), blank=True, validators=[printable])
    easier_when = models.TextField(_("make it easier when"), blank=True, validators=[printable])
    equipment = models.CharField(_("equipment"), max_length=200, blank=True, validators=[printable])

    class Meta:
        verbose_name = _("exercise text")
        verbose_name_plural = _("exercise texts")
        ordering = ["exercise", "id"]
        constraints = [_once_per_language("exercise")]


class Protocol(LibraryItem):
    """A reusable set of exercises with their dosages, such as “Lage rugpijn”."""

    symptoms = models.JSONField(
        _("what is asked when something goes wrong"),
        default=list,
        blank=True,
        validators=[validate_names],
        help_text=_("Names of symptoms, beside those that are always asked for its region."),
    )

    class Meta:
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")
        ordering = ["category", "id"]

    @property
    def symptoms_asked(self) -> list[str]:
        """The names of symptoms to ask about: its own and those of its region."""
        return catalogue.in_order([*catalogue.of_region(self.category), *self.symptoms])

    @property
    def has_red_flags(self) -> bool:
        """Reads `advice.all()`, which makes no query when it is prefetched."""
        return any(block.kind == Advice.Kind.RED_FLAGS for block in self.advice.all())


class ProtocolText(Text):
    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="texts")
    summary = models.TextField(_("summary"), blank=True, validators=[printable])

    class Meta:
        verbose_name = _("protocol text")
        verbose_name_plural = _("protocol texts")
        ordering = ["protocol", "id"]
        constraints = [_once_per_language("protocol")]


class ProtocolLine(Prescribed):
    """One exercise of a protocol, with the dosage that the protocol suggests."""

    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="lines")
    exercise = models.ForeignKey(
        Exercise, models.PROTECT, related_name="+", verbose_name=_("exercise")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(Prescribed.Meta):
        verbose_name = _("protocol line")
        verbose_name_plural = _("protocol lines")
        ordering = ["position", "id"]
        abstract = False

    def __str__(self):
        return str(self.exercise)


class Advice(Translated, Reviewed):
    """One block of text of a protocol that a patient reads beside the exercises."""

    class Kind(models.TextChoices):
        CAUSE = "cause", _("cause")
        MOVEMENT = "movement", _("movement")
        WALKING = "walking", _("walking")
        BED = "bed", _("getting in and out of bed")
        LIFTING = "lifting", _("lifting")
        SITTING = "sitting", _("sitting")
        ACTIVITIES = "activities", _("activities")
        PROGNOSIS = "prognosis", _("what to expect")
        WHY_EXERCISE = "why_exercise", _("why exercise")
        CAUTIONS = "cautions", _("what holds for all exercises")
        RED_FLAGS = "red_flags", _("red flags")

    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="advice")
    kind = models.CharField(_("subject"), max_length=20, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    source = models.CharField(_("source"), max_length=300, blank=True)
    review_note = models.CharField(_("to review"), max_length=300, blank=True)
    figure = models.ForeignKey(
        Figure,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="advice",
        verbose_name=_("drawing or photo"),
    )

    class Meta:
        verbose_name = _("advice")
        verbose_name_plural = _("advice")
        ordering = ["position", "id"]

    @property
    def is_last_red_flags(self) -> bool:
        """Whether this is the only stored block of red flags of its protocol."""
        stored = Advice.objects.filter(kind=self.Kind.RED_FLAGS, protocol=self.protocol_id)
        return stored.filter(pk=self.pk).exists() and not stored.exclude(pk=self.pk).exists()


class AdviceText(Text):
    advice = models.ForeignKey(Advice, models.CASCADE, related_name="texts")
    body = models.TextField(
        _("text"),
        help_text=_("A line that starts with “- ” becomes a list item."),
        validators=[printable],
    )

    class Meta:
        verbose_name = _("advice text")
        verbose_name_plural = _("advice texts")
        ordering = ["advice", "id"]
        constraints = [_once_per_language("advice")]
