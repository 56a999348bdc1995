"""`manage.py send_reminders`: send the reminders that are due. Run by cron or a timer."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from patients.contact import reminders


class Command(BaseCommand):
    help = (
        "Sends the reminders that patients asked for and that are due now. Run it every few "
        "minutes. Two runs at once do no harm; a reminder over two hours late is not sent."
    )

    def handle(self, **options):
        sent = reminders.send_due(timezone.now())
        if sent or options["verbosity"] > 1:
            self.stdout.write(f"Sent: {sent}.")
