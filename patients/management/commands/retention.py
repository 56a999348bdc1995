"""`manage.py retention`: remove what was kept long enough. Nightly, from cron or a timer."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from patients.privacy import erasure, retention
from rugpijn.backup import ended
from rugpijn.emergency_access import rules as glass
from rugpijn.login import access_changes
from rugpijn.operations import clock


class Command(BaseCommand):
    help = (
        "Removes records, logins and technical rows whose time is over "
        "(patients/privacy/retention.py has the terms), and rebuilds the database file when "
        "records went. With --dry-run it says what it would remove. It counts, and names nobody."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        clock.add_option(parser)

    def handle(self, *, dry_run, clock_is_right, **options):
        now = timezone.now()
        if dry_run:
            found = retention.due(now)
        else:
            clock.be_sure(clock_is_right=clock_is_right)
            with transaction.atomic():
                glass.write_down_ends()
            access_changes.settle_due()
            ended.shorten()
            erasure.apply_ledger()  # also writes what a file that was lost does not have
            found = retention.run(now)
        for each in found:
            where = each.practice.name if each.practice else "this server"
            self.stdout.write(f"{where}: {each.words}")
        if not dry_run and found:
            erasure.compact()
        verb = "Would remove" if dry_run else "Removed"
        self.stdout.write(f"{verb}: {sum(each.number for each in found)} in all.")
