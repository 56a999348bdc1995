"""`manage.py undo_restore`: puts back what an interrupted restore had moved away."""

from django.core.management.base import BaseCommand, CommandError

from ... import audit
from ...backup import engines, restore


class Command(BaseCommand):
    help = "Put back what a restore had moved away when it was cut off. Stop the app first."
    requires_system_checks = ()

    def handle(self, **options):
        if engines.of_this_installation().busy():
            raise CommandError("The app is running. Stop it first, and its worker.")
        if not restore.undo():
            raise CommandError("No restore was cut off here, so nothing was changed.")
        audit.record_by_system("restore", practice=None)
        self.stdout.write("All is as it was before the restore. Start the app and its worker.")
