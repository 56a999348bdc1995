"""`manage.py backup FOLDER`: one encrypted file, made while people work."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ... import audit
from ...backup import BackupError, make
from ...operations import clock


class Command(BaseCommand):
    help = (
        "Write database and media to one encrypted file, and read it back. DESTINATION is a "
        "folder, or the name of the file."
    )
    requires_system_checks = ()  # a warning about something else must not cost a backup

    def add_arguments(self, parser):
        parser.add_argument("destination", type=Path)
        parser.add_argument(
            "--keep-days",
            type=int,
            metavar="DAYS",
            help="afterwards remove backups in that folder that are older than so many days; the "
            f"newest {make.ALWAYS_KEPT} stay",
        )
        clock.add_option(parser)

    def handle(self, *, destination, keep_days, clock_is_right, **options):
        try:
            made = make.backup(destination)
        except BackupError as error:
            raise CommandError(str(error)) from error
        audit.record_by_system("back up", practice=None)
        self.stdout.write(
            f"{made.path}: {made.rows} rows and {made.files} files, "
            f"{made.bytes / 1e6:.1f} MB, read back and whole."
        )
        if keep_days is not None:
            clock.be_sure(clock_is_right=clock_is_right)
            for name in make.remove_old(made.path.parent, days=keep_days):
                self.stdout.write(f"Removed {name}.")
