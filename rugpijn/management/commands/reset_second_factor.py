"""The way back in for who runs the server, or for the only owner, after losing a telephone."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from rugpijn import audit
from rugpijn.login import access_changes
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
        if change.outcome == AccessChange.Outcome.DONE:
            self.stdout.write(self.done(person))
            return
        self.stdout.write(
            f"It works from {timezone.localtime(change.works_at):%d-%m-%Y %H:%M}, or as soon as an "
            f"owner of {person.practice.name} confirms it. Owners and {person.name} get a mail."
        )

    @staticmethod
    def done(person: User) -> str:
        return (
            f"{person.name} is logged out everywhere, and sets up a second step at the next login."
        )
