"""Parents and helpers who log in for a patient."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rugpijn.models import User

from .. import ages
from ..access import OfPatientQuerySet
from .of_patient import OfPatient
from .patient import Patient


class ProxyQuerySet(OfPatientQuerySet):
    def holding(self, day: date):
        """Return those that give access on this day. A parent's ends when the child turns 16."""
        return self.filter(
            Q(until_on__isnull=True) | Q(until_on__gt=day),
            ~Q(relation=ages.PARENT)
            | Q(patient__birth_date__gt=ages.latest_birth(ages.ALONE_FROM, day)),
            from_on__lte=day,
        )

    def over(self, day: date):
        """Return those that gave access earlier and no longer do."""
        holding = self.holding(day).values("pk")
        return self.filter(from_on__lte=day).exclude(pk__in=holding)


class Proxy(OfPatient):
    """Somebody acts for a patient with a login of their own, until the day `until_on`.

    The age is computed from the date of birth each time, so that a correction counts at once.
    """

    class Relation(models.TextChoices):
        PARENT = ages.PARENT, _("a parent")
        HELPER = ages.HELPER, _("somebody who helps")

    user = models.ForeignKey(User, models.CASCADE, related_name="proxies")
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="proxies")
    relation = models.CharField(_("who this is"), max_length=8, choices=Relation)
    from_on = models.DateField(_("since"), default=timezone.localdate)
    until_on = models.DateField(_("until"), null=True, blank=True)  # the first day without
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ProxyQuerySet.as_manager()

    class Meta:
        verbose_name = _("access for somebody else")
        verbose_name_plural = _("access for somebody else")
        ordering = ["from_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "patient"], name="one_proxy_a_user_and_patient")
        ]

    def __str__(self):
        return f"{self.user}, {self.get_relation_display()}"

    def holds_on(self, day: date) -> bool:
        if self.from_on > day or (self.until_on is not None and self.until_on <= day):
            return False
        return not self.outgrown_on(day)

    def outgrown_on(self, day: date) -> bool:
        grown = ages.is_so_old(self.patient.birth_date, ages.ALONE_FROM, day)
        return self.relation == ages.PARENT and grown
