"""Makes a practice and an invitation for its first owner."""

import sys

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone, translation

from rugpijn import audit
from rugpijn.login import access_changes, access_rules
from rugpijn.models import AccessChange, Practice, StaffInvitation, User

NAME, OWNER, EMAIL = "Name of the practice", "Name of its owner", "E-mail of the owner"
INVITATION = AccessChange.Kind.INVITATION
TAKEN = "There is already an account with this e-mail address."


class Command(BaseCommand):
    help = "Make a practice, and a link for its owner to choose a password. Asks what is missing."

    def add_arguments(self, parser):
        parser.add_argument("--name", help=NAME)
        parser.add_argument("--owner", help=OWNER)
        parser.add_argument("--email", help=EMAIL)
        parser.add_argument(
            "--therapist",
            action="store_true",
            default=None,
            help="The owner treats patients too. An owner who does not sees no patient.",
        )
        parser.add_argument(
            "--again",
            action="store_true",
            help="The practice is there already: make a new link for an owner of it.",
        )
        parser.add_argument(
            "--no-input", action="store_true", help="Never ask; fail when something is missing."
        )

    def handle(self, **options):
        self.may_ask = sys.stdin.isatty() and not options["no_input"]
        try:
            with translation.override("en"):
                practice, invitation, token = self.start(options)
        except (EOFError, KeyboardInterrupt) as stop:
            raise CommandError("Stopped. Nothing was made.") from stop
        except Error as error:
            raise CommandError(
                f"The database does not answer, or lacks our tables: {error}"
                "Type `manage.py migrate` first."
            ) from error
        if self.change is not None and self.change.outcome == AccessChange.Outcome.OPEN:
            when = timezone.localtime(self.change.works_at)
            self.stdout.write(
                f"\n{practice.name} is at work. Its owners get a mail about this. The link is\n"
                f"mailed to {invitation.email} from {when:%d-%m-%Y %H:%M}"
                + (", or when an owner confirms it." if self.may_be_confirmed else ".")
            )
            return
        link = settings.SITE_URL + reverse("staff_invitation", args=[token])
        until = timezone.localtime(invitation.expires_at)
        self.stdout.write(
            f"\n{practice.name} is ready. {invitation.name} chooses a password here:\n\n"
            f"    {link}\n\n"
            f"The link works once, until {until:%d-%m-%Y %H:%M}, and is shown only now: hand it\n"
            "over in person or in a way that you trust. Too late? Type this again with --again."
        )

    def start(self, options):
        practice = self.practice(options["name"], again=options["again"])
        owner = self.value(OWNER, options["owner"], StaffInvitation, "name")
        email = self.value(EMAIL, options["email"], StaffInvitation, "email", free_email).lower()
        therapist = options["therapist"]
        if therapist is None:
            therapist = self.may_ask and self.yes("Does the owner treat patients too?")
        self.change = None
        with transaction.atomic():
            practice.save()
            invitation, token = StaffInvitation.invite(
                practice=practice,
                name=owner,
                email=email,
                is_owner=True,
                is_therapist=therapist,
            )
            if not access_changes.is_new(practice):
                self.change = access_changes.ask(None, INVITATION, invitation=invitation)
                self.may_be_confirmed = access_rules.can_be_confirmed(self.change)
            else:
                audit.record_by_system("invite", practice=practice.uuid, thing=invitation)
        return practice, invitation, token

    def practice(self, given, *, again):
        """Return a new practice, or the existing one when the same name is confirmed to be the same
        practice."""
        name = self.value(NAME, given, Practice, "name")
        practices = list(Practice.objects.filter(name__iexact=name)[:2])
        if not practices:
            if again:
                raise CommandError(f"There is no practice called “{name}”.")
            return Practice(name=name)
        if len(practices) > 1:
            raise CommandError(f"More than one practice is called “{name}”. Rename one first.")
        if again or (
            self.may_ask and self.yes(f"“{name}” is there already. A new link for an owner of it?")
        ):
            return practices[0]
        raise CommandError(
            f"There is already a practice called “{name}”. "
            "For a new link for an owner of it, add --again; for another practice, another name."
        )

    def value(self, question, given, model, field, *more_rules):
        """Return the value of an option, or one that is typed, checked by the rules of the forms.

        A wrong value is explained, and asked again when somebody is at the terminal.
        """
        while True:
            text = given if given is not None else self.ask(question)
            text = text.strip()
            try:
                text = model._meta.get_field(field).clean(text, None)
                for rule in more_rules:
                    rule(text)
            except ValidationError as error:
                problem = f"{question}: {' '.join(error.messages)}"
                if not self.may_ask:
                    raise CommandError(problem) from error
                self.stderr.write(problem)
                given = None
            else:
                return text

    def ask(self, question):
        if not self.may_ask:
            raise CommandError(f"{question} is missing. Give --name, --owner and --email.")
        return input(f"{question}: ")

    def yes(self, question):
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes", "j", "ja")


def free_email(email):
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError(TAKEN)
