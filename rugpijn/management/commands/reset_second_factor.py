"""The way back in for who runs the server, or for the only owner, after losing a telephone."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from rugpijn.login import devices, sessions
from rugpijn.models import User


class Command(BaseCommand):
    help = "Take away somebody's second step; the next login with the password sets up a new one."

    def add_arguments(self, parser):
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *, email, **options):
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody logs in with {email}.")
        Authenticator.objects.filter(user=person).delete()
        person.one_time_codes.all().delete()
        sessions.end_sessions(person)
        devices.forget(person)
        self.stdout.write(
            f"{person.name} is logged out everywhere, and sets up a second step at the next login."
        )
