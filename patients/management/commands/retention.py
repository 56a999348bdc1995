"""`manage.py retention`: remove what has reached its term. Run nightly, by cron or a timer."""

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from patients.privacy import erasure, retention
from rugpijn.backup import revocations
from rugpijn.emergency_access import rules as emergency_access
from rugpijn.login import access_changes
from rugpijn.operations import clock


class Command(BaseCommand):
    help = (
        "Removes records, logins and technical rows that have reached their term "
        "(patients/privacy/retention.py), and rebuilds the database file when anything was "
        "removed. With --dry-run it only prints what it would remove. It prints numbers and no "
        "names."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="change nothing")
        clock.add_option(parser)

    def handle(self, *, dry_run, clock_is_right, **options):
        now = timezone.now()
        if dry_run:
            rows = retention.due(now)
        else:
            clock.be_sure(clock_is_right=clock_is_right)
            with transaction.atomic():
                emergency_access.write_down_ends()
            access_changes.settle_due()
            revocations.shorten()
            erasure.apply_ledger()  # also restores lines that the ledger file lacks
            rows = retention.run(now)
        for each in rows:
            where = each.practice.name if each.practice else "this server"
            self.stdout.write(f"{where}: {each.words}")
        if not dry_run and rows:
            erasure.compact()
        verb = "Would remove" if dry_run else "Removed"
        self.stdout.write(f"{verb}: {sum(each.number for each in rows)} in all.")
