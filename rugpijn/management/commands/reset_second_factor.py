"""Resets the second step of whoever runs the server, or of the only owner, after they lost it."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from rugpijn import audit
from rugpijn.login import access_changes, access_rules
from rugpijn.models import AccessChange, User


class Command(BaseCommand):
    help = "Take away somebody's second step; the next login with the password sets up a new one."

    def add_arguments(self, parser):
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *, email, **options):
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody logs in with {email}.")
        if person.practice_id is None:
            access_changes.take_factor_away(person)
            audit.record_by_system("reset second factor", practice=None, thing=person)
            self.stdout.write(self.done(person))
            return
        change = access_changes.ask(None, AccessChange.Kind.FACTOR, person=person)
        when = f"It works from {timezone.localtime(change.works_at):%d-%m-%Y %H:%M}"
        if access_rules.can_be_confirmed(change):
            when += f", or as soon as another owner of {person.practice.name} confirms it"
        self.stdout.write(f"{when}. Owners and {person.name} get a mail, and can refuse it.")

    @staticmethod
    def done(person: User) -> str:
        return (
            f"{person.name} is logged out everywhere, and sets up a second step at the next login."
        )
