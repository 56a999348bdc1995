"""Removes the rows of the access log that were kept long enough."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rugpijn.log import term
from rugpijn.log.chain import NOBODY, chains
from rugpijn.models import Practice

from ...operations import clock


class Command(BaseCommand):
    help = (
        "Remove whole months of the access log that are older than the practice's term, which is "
        "five years at least. The chain stays whole, and the log says that it was done."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would go, and remove nothing."
        )
        clock.add_option(parser)

    def handle(self, *, dry_run, clock_is_right, **options):
        if not dry_run:
            clock.be_sure(clock_is_right=clock_is_right)
        today, failed = timezone.localdate(), 0
        names = dict(Practice.objects.values_list("uuid", "name"))
        find = term.old if dry_run else term.purge
        for chain in chains():
            name = names.get(chain, "no practice" if chain == NOBODY else str(chain))
            try:
                found = find(chain, today)
            except ValueError as error:
                self.stderr.write(f"{name}: {error}")
                failed += 1
                continue
            if found is None:
                self.stdout.write(f"{name}: nothing is older than {term.term_of(chain)} months")
            else:
                done = "would be removed" if dry_run else "removed"
                self.stdout.write(
                    f"{name}: {found.rows} rows from before {found.until:%d-%m-%Y} {done}"
                )
        if failed:
            raise CommandError(f"{failed} of the chains could not be purged.")
