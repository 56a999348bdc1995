"""Django's command, but only for accounts that run the server and belong to no practice.

To set the password of anybody else would be a way into a practice without anybody there knowing it.
"""

from django.contrib.auth.management.commands import changepassword
from django.core.management.base import CommandError

from rugpijn.models import User

from ... import audit
from ...backup import revocations


class Command(changepassword.Command):
    def handle(self, *args, **options):
        person = User.objects.filter(email__iexact=options["username"] or "").first()
        if person is None:
            raise CommandError("Give the e-mail address of an account that runs the server.")
        if person.practice_id is not None or not person.is_superuser:
            raise CommandError(
                f"{person.name} chooses a new password by mail, from the login page. Is the "
                "address wrong? Ask for another one in the admin, under Users. A patient without "
                "e-mail gets a new invitation from the practice."
            )
        options["username"] = person.email
        result = super().handle(*args, **options)
        person.refresh_from_db()
        revocations.note("password", person)
        audit.record_by_system("change password", practice=None, thing=person)
        return result
