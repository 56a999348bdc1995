"""The practice, and the people who log in."""

import hashlib
import re
import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from .emergency_access.models import GlassBreak
from .log.models import AccessEvent, LogHead, LogSegment
from .login.models import AccessChange, KeptForm, LoginSession, OneTimeCode, TrustedDevice
from .mailing.models import Letter
from .typed import phones, text
from .validators import (
    NoCitizenNumber,
    emergency_number,
    one_phone_number,
    printable,
    readable_on_paper,
    validate_secure_address,
    validate_web_address,
)

__all__ = [
    "AccessChange",
    "AccessEvent",
    "GlassBreak",
    "Heartbeat",
    "KeptForm",
    "Letter",
    "LogHead",
    "LogSegment",
    "LoginSession",
    "OneTimeCode",
    "Practice",
    "StaffInvitation",
    "TrustedDevice",
    "User",
]


def languages():
    """Return the languages that people can read. A callable, so that a new language needs no
    migration."""
    return settings.LANGUAGES


COLOUR = "#14485a"  # of paper, when a practice has none of its own
IDLE_LEAST, IDLE_MOST = 15, 60  # minutes without a page after which staff are logged out
# How long a programme and its scores are kept, in months. The twenty years of a medical record
# are the law's (WGBO, BW 7:454); the others are our proposal.
KEEP_MONTHS, LEAST_MONTHS, MOST_MONTHS, RECORD_MONTHS = 24, 6, 120, 240
# The access log: five years at least (Stcrt. 2019, 38007), and no longer than the record itself.
LOG_MONTHS = 60
MAILED_TOKEN = re.compile(r"(\d{1,18})-[0-9a-f]{64}", re.ASCII)


class Practice(models.Model):
    """A physiotherapy practice: the heading on paper, and the border of who sees whom."""

    class Paper(models.TextChoices):
        """What patients/paper/variants.py can print and a practice may choose for everyone."""

        FULL = "full", _("everything")
        LARGE = "large", _("large print")
        GREY = "grey", _("without colour")
        A5 = "a5", _("small paper (A5)")
        EXERCISES = "exercises", _("exercises only")
        COMPACT = "compact", _("short version, on one page")

    class DiaryWeeks(models.IntegerChoices):
        THREE = 3, _("3 weeks")
        SIX = 6, _("6 weeks")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, validators=[printable])
    street = models.CharField(
        _("street and number"), max_length=120, blank=True, validators=[printable]
    )
    postcode = models.CharField(_("postcode"), max_length=12, blank=True, validators=[printable])
    city = models.CharField(_("town"), max_length=80, blank=True, validators=[printable])
    phone = models.CharField(
        _("phone"),
        max_length=30,
        blank=True,
        validators=[printable, one_phone_number],
        help_text=_("Stands on every sheet, next to “when to call”."),
    )
    # On the page that a patient reads after reporting a red flag.
    doctor_phone = models.CharField(
        _("phone of the doctors' practice"),
        max_length=30,
        blank=True,
        validators=[printable, one_phone_number],
        help_text=_(
            "Only when nearly all your patients have the same doctors' practice, as in a health "
            "centre. Without a number the page says: call your own doctor."
        ),
    )
    out_of_hours_phone = models.CharField(
        _("phone of the out-of-hours doctors"),
        max_length=30,
        blank=True,
        validators=[printable, one_phone_number],
        help_text=_("The doctors' post of your region, for the evening, the night and weekends."),
    )
    emergency_phone = models.CharField(
        _("emergency number"),
        max_length=30,
        default=phones.EMERGENCY,
        validators=[printable, emergency_number],
        help_text=_("What patients call when minutes count. It is never empty."),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.CharField(
        _("website"), max_length=200, blank=True, validators=[validate_web_address]
    )
    online_page = models.CharField(
        _("page with your exercises"),
        max_length=200,
        blank=True,
        validators=[validate_secure_address],
        help_text=_(
            "Where your own website has the exercises by number, as on your leaflet. Patients then "
            "read the number of each exercise, with a link and a QR code. Empty: neither."
        ),
    )
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    paper = models.CharField(
        _("programme on paper"),
        max_length=12,
        choices=Paper,
        default=Paper.FULL,
        help_text=_("How a programme is printed when nothing else is asked for."),
    )
    diary_weeks = models.PositiveSmallIntegerField(
        _("diary on paper"), choices=DiaryWeeks, default=DiaryWeeks.THREE
    )
    colour = models.CharField(
        _("colour on paper"),
        max_length=7,
        default=COLOUR,
        validators=[readable_on_paper],
        help_text=_("Of headings and lines. It must be dark enough to read on white."),
    )
    is_record = models.BooleanField(_("Is this the medical record?"), default=False)
    keep_months = models.PositiveSmallIntegerField(
        _("months to keep"),
        default=KEEP_MONTHS,
        validators=[MinValueValidator(LEAST_MONTHS), MaxValueValidator(MOST_MONTHS)],
        help_text=_("After the last activity, from 6 to 120. Counts when this is not the record."),
    )
    second_step = models.BooleanField(
        _("ask patients for a second step"),
        default=True,
        help_text=_(
            "After the password a patient gives a code, from an e-mail or from a printed list, "
            "once on each device of their own. A passkey needs no code. Without this step a "
            "password that somebody finds or guesses opens the record: the patient's first page "
            "then shows no name and no complaint."
        ),
    )

    idle_minutes = models.PositiveSmallIntegerField(
        _("minutes until staff are logged out"),
        default=30,
        validators=[MinValueValidator(IDLE_LEAST), MaxValueValidator(IDLE_MOST)],
        help_text=_("Without opening a page, from 15 to 60. What was typed is kept for an hour."),
    )
    log_shows_names = models.BooleanField(
        _("show patients who looked"),
        default=True,
        help_text=_(
            "Patients can read who looked at their record. Without this they read the role, such "
            "as “a therapist”, and no name."
        ),
    )

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="practice_logs_staff_out_in_time",
                condition=Q(idle_minutes__range=(IDLE_LEAST, IDLE_MOST)),
                violation_error_message=_("Choose between 15 and 60 minutes."),
            ),
            models.CheckConstraint(
                name="practice_keeps_for_a_reasonable_time",
                condition=Q(keep_months__range=(LEAST_MONTHS, MOST_MONTHS)),
                violation_error_message=_("Choose between 6 and 120 months."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def kept_for(self) -> int:
        """Months that a programme and its scores are kept after the last activity."""
        return RECORD_MONTHS if self.is_record else self.keep_months

    @property
    def log_kept_for(self) -> int:
        """Months that the access log is kept."""
        return max(LOG_MONTHS, self.kept_for)

    @property
    def emergency(self) -> str:
        """The emergency number for patients. Never empty, also when an older form accepted an empty
        one."""
        stored = self.emergency_phone
        return stored if phones.is_emergency(stored) else phones.EMERGENCY

    @property
    def address(self) -> str:
        """Street, postcode and town on one line, without a comma for a missing part."""
        town = f"{self.postcode} {self.city}".strip()
        return ", ".join(part for part in (self.street, town) if part)


class UserManager(BaseUserManager):
    def create_user(self, email=None, password=None, **fields):
        email = self.normalize_email(email).lower() if email else None
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(NoCitizenNumber, AbstractBaseUser):
    """Someone who logs in: by e-mail, or by a code that the practice printed.

    Permissions follow from the roles in this table; there are no groups and no single permissions.
    `is_superuser` runs the server, which is not a treatment relationship and gives access to no
    patient.
    """

    # What each role may reach in the admin, by app. What of it (whose rows,
    # which acts) is answered by the admin classes and patients/access.py.
    APPS_OF_ROLE = {
        "is_therapist": {"patients", "exercises"},
        "is_owner": {"rugpijn", "exercises"},
        "is_superuser": {"rugpijn", "exercises", "patients"},
    }

    class TextSize(models.TextChoices):
        """Text size of the patient's pages. It becomes a class of the page, and site.css sets the
        size."""

        NORMAL = "normal", _("normal")
        LARGE = "large", _("large")
        LARGEST = "largest", _("very large")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    login_code = models.CharField(
        _("login code"),
        max_length=20,
        unique=True,
        null=True,
        blank=True,
        help_text=_("For someone without e-mail; the practice prints it."),
    )
    name = models.CharField(_("name"), max_length=120, validators=[printable])
    language = models.CharField(_("language"), max_length=7, choices=languages, default="nl")
    text_size = models.CharField(
        _("size of the letters"), max_length=10, choices=TextSize, default=TextSize.NORMAL
    )
    practice = models.ForeignKey(
        Practice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="staff",
        verbose_name=_("practice"),
    )
    is_therapist = models.BooleanField(_("therapist"), default=False)
    is_owner = models.BooleanField(_("practice owner"), default=False)
    is_superuser = models.BooleanField(_("runs the server"), default=False)
    is_active = models.BooleanField(_("may log in"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="user_has_a_way_to_log_in",
                condition=Q(email__isnull=False) | Q(login_code__isnull=False),
                violation_error_message=_("Give an e-mail address or a login code."),
            ),
            models.CheckConstraint(
                name="user_staff_belong_to_a_practice",
                condition=Q(is_therapist=False, is_owner=False) | Q(practice__isnull=False),
                violation_error_message=_("A therapist or an owner belongs to a practice."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name

    @classmethod
    def new_login_code(cls) -> str:
        """Return a new login name for someone without e-mail. It is easy to read aloud, and not
        secret."""
        while True:
            code = f"{secrets.randbelow(10_000):04}-{secrets.randbelow(10_000):04}"
            if not cls.objects.filter(login_code=code).exists():
                return code

    @staticmethod
    def login_code_of(typed: str) -> str:
        """Return `7316-4482` for `73164482`, `7316 4482` and the like; empty for any other text."""
        if "@" in typed or len(text.code(typed)) != 8:
            return ""
        code = text.digits(typed)
        return f"{code[:4]}-{code[4:]}" if len(code) == 8 else ""

    @property
    def is_staff(self) -> bool:
        """Whether this person may open the admin."""
        return self.is_therapist or self.is_owner or self.is_superuser

    @property
    def may_treat(self) -> bool:
        """Whether this is a therapist of a practice who may log in."""
        return self.is_active and self.is_therapist and self.practice_id is not None

    @property
    def role(self) -> str:
        """The role in which this person acts, for the access log."""
        names = {"is_superuser": "superuser", "is_owner": "owner", "is_therapist": "therapist"}
        held = [name for field, name in names.items() if getattr(self, field)]
        return "+".join(held) or "patient"

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(
            getattr(self, role) and app_label in apps for role, apps in self.APPS_OF_ROLE.items()
        )

    def has_perm(self, perm: str, obj=None) -> bool:
        return self.has_module_perms(perm.partition(".")[0])

    def has_perms(self, perms, obj=None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)


class Invitation(models.Model):
    """A link for the first login of a person. It can be used once, within a week.

    The database has only the hash of the token, which cannot be used to log in.
    """

    VALID_FOR = timedelta(days=7)
    MOST_TRIES = 5

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @staticmethod
    def digest(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def invite(cls, **fields) -> tuple["Invitation", str]:
        """Return a new invitation and its token, which cannot be read again later."""
        token = secrets.token_urlsafe(32)
        return cls.objects.create(token_hash=cls.digest(token), **fields), token

    @classmethod
    def find(cls, token: str, *, lock: bool = False) -> "Invitation | None":
        invitations = cls.objects.select_for_update(of=("self",)) if lock else cls.objects
        found = invitations.filter(token_hash=cls.digest(token)).first()
        if found is None and (mailed := MAILED_TOKEN.fullmatch(token)):
            found = invitations.filter(pk=mailed[1]).first()
            if found is not None and not constant_time_compare(found.mailed_token(), token):
                found = None
        return found

    def mailed_token(self) -> str:
        """Return another token of this invitation, for a mail that is written later, when nobody
        has the first one any more. It is derived from the digest of the first, and expires with it.
        """
        message = f"{self._meta.label}:{self.pk}:{self.token_hash}"
        made = salted_hmac("rugpijn.mailed-invitation", message, algorithm="sha256")
        return f"{self.pk}-{made.hexdigest()}"

    def renew(self) -> str:
        """Return a new token for the same invitation. The earlier token no longer works."""
        token = secrets.token_urlsafe(32)
        self.token_hash, self.created_at, self.tries = self.digest(token), timezone.now(), 0
        self.save(update_fields=["token_hash", "created_at", "tries"])
        return token

    @property
    def expires_at(self):
        return self.created_at + self.VALID_FOR

    @property
    def is_open(self) -> bool:
        return (
            self.accepted_at is None
            and self.tries < self.MOST_TRIES
            and timezone.now() < self.expires_at
        )


class StaffInvitation(NoCitizenNumber, Invitation):
    """Invites a therapist or an owner into a practice, with the role they will have."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="invitations")
    name = models.CharField(_("name"), max_length=120, validators=[printable])
    email = models.EmailField(_("e-mail"))
    is_therapist = models.BooleanField(_("therapist"), default=False)
    is_owner = models.BooleanField(_("practice owner"), default=False)

    class Meta:
        verbose_name = _("invitation of a colleague")
        verbose_name_plural = _("invitations of colleagues")
        ordering = ["-created_at"]

    def __str__(self):
        return f"{self.name} ({self.practice})"


class Heartbeat(models.Model):
    """One row: when a nightly run last trusted the clock, and why a later one did not."""

    at = models.DateTimeField(null=True)
    doubt = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "heartbeat of the nightly run"
        verbose_name_plural = "heartbeats of the nightly run"
