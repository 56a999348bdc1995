"""Django's command, with a row in the log of the server."""

from django.contrib.auth.management.commands import createsuperuser

from rugpijn import audit


class Command(createsuperuser.Command):
    def handle(self, *args, **options):
        result = super().handle(*args, **options)
        audit.record_by_system("add operator", practice=None)
        return result
