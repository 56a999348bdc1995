"""The patient, and the invitation to log in."""

import secrets
import uuid

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from rugpijn.models import Invitation, Practice, User, languages
from rugpijn.typed.text import code as code_of
from rugpijn.validators import NoCitizenNumber, one_phone_number, printable

from .. import ages, names, search
from ..access import CareQuerySet
from .of_patient import OfPatient


class DerivedField:
    """A column that is computed from other columns when a row is saved. No form shows it.

    In migrations it is a plain column. `update()` and `bulk_update()` do not compute it, so code
    that changes a name, a date of birth or a phone number must save the patient.
    """

    def of(self, patient: "Patient") -> str:
        raise NotImplementedError

    def pre_save(self, patient, add):
        setattr(patient, self.attname, self.of(patient))
        return getattr(patient, self.attname)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.get_internal_type()}", args, kwargs


class SortKeyField(DerivedField, models.CharField):
    def of(self, patient):
        return names.surname_first(patient.name)


class SearchKeyField(DerivedField, models.TextField):
    def of(self, patient):
        born = patient._meta.get_field("birth_date").to_python(patient.birth_date)
        return search.key_of(patient.name, born, patient.phone)


class Patient(NoCitizenNumber, models.Model):
    """Somebody who is treated. E-mail and login are optional: a handout on paper is enough."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(
        Practice,
        models.PROTECT,
        related_name="patients",
        editable=False,
        verbose_name=_("practice"),
    )
    user = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="patients",
        verbose_name=_("login"),
    )
    name = models.CharField(_("name"), max_length=120, validators=[printable])
    birth_date = models.DateField(_("date of birth"))
    email = models.EmailField(
        _("e-mail"), blank=True, help_text=_("To reach the patient; two people may share one.")
    )
    phone = models.CharField(
        _("phone"), max_length=30, blank=True, validators=[printable, one_phone_number]
    )
    language = models.CharField(
        _("language"),
        max_length=7,
        choices=languages,
        default="nl",
        help_text=_("Programme, paper and screen are in this language."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    # Treated until this day; empty for somebody who is treated now.
    discharged_on = models.DateField(_("discharged on"), null=True, editable=False)
    discharged_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    # Computed by the columns themselves when the row is saved.
    sort_key = SortKeyField(max_length=400, default="", editable=False)
    search_key = SearchKeyField(default="", editable=False)

    objects = CareQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ["sort_key", "id"]
        indexes = [models.Index(fields=["practice", "sort_key"], name="patient_by_surname")]

    def __str__(self):
        return self.name

    @property
    def record_of(self) -> "Patient":
        """The patient whose record this row belongs to: itself."""
        return self

    def proxies_on(self, day) -> list:
        """Return who may act for this patient on a day. Uses prefetched proxies."""
        proxies = self.proxies.all()
        for proxy in proxies:
            proxy.patient = self
        return [proxy for proxy in proxies if proxy.holds_on(day)]

    @property
    def acting_now(self) -> list:
        return self.proxies_on(timezone.localdate())

    @property
    def has_login(self) -> bool:
        """Whether anybody logs in for this record: the patient, or somebody on their behalf."""
        return self.user_id is not None or bool(self.acting_now)

    @property
    def who_may_log_in(self) -> list[tuple[str, str]]:
        """Return whom an invitation may be for at this age, as choices of a form."""
        words = dict(PatientInvitation.Who.choices)
        allowed = ages.who_may_log_in(self.birth_date, timezone.localdate())
        return [(who, words[who]) for who in allowed]

    @property
    def open_invitation(self) -> "PatientInvitation | None":
        """The invitation that still works. Only hashes of its link and code are stored."""
        newest = self.invitations.order_by("-created_at").first()
        return newest if newest is not None and newest.is_open else None


class PatientInvitation(Invitation, OfPatient):
    """Lets a patient choose how to log in, after answering the date of birth.

    It is opened by its link, or by a short code that is typed from paper. Because the code is
    short, its hash is made with the server's key, and it opens nothing without the date of birth.
    """

    # Without characters that look alike: 0 and O; 1, I and L.
    SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    CODE_LENGTH = 8

    class Who(models.TextChoices):
        PATIENT = ages.PATIENT, _("the patient")
        PARENT = ages.PARENT, _("a parent")
        HELPER = ages.HELPER, _("somebody who helps the patient")

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    who = models.CharField(
        _("who will log in"), max_length=8, choices=Who, default=Who.PATIENT, editable=False
    )

    @property
    def for_somebody_else(self) -> bool:
        return self.who != self.Who.PATIENT

    def new_code(self) -> str:
        """Make and return a short code, of which only the hash is stored."""
        code = "".join(secrets.choice(self.SIGNS) for _sign in range(self.CODE_LENGTH))
        self.code_hash = self._code_digest(code)
        self.save(update_fields=["code_hash"])
        half = self.CODE_LENGTH // 2
        return f"{code[:half]}-{code[half:]}"

    @classmethod
    def find_code(cls, typed: str) -> "PatientInvitation | None":
        """Find and lock by a code as people type it: case, spaces and dashes do not matter."""
        digest = cls._code_digest(code_of(typed))
        rows = cls.objects.select_for_update(of=("self",)).select_related("patient__practice")
        return rows.filter(code_hash=digest).first()

    @staticmethod
    def _code_digest(code: str) -> str:
        return salted_hmac("patients.invitation", code, algorithm="sha256").hexdigest()
