"""`manage.py check_backup FILE --key KEY`: whether a backup can be opened and is whole."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ...backup import BackupError
from ...backup.restore import check


class Command(BaseCommand):
    help = "Open a backup and check every byte of it. Writes nothing."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, required=True, help="file with the private key")

    def handle(self, *, file, key, **options):
        try:
            about, origin = check(file, key.read_text())
        except (OSError, BackupError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Whole. Made {about.made_at} by Rugpijn {about.version} on {about.engine}: "
            f"{sum(about.rows.values())} rows in {len(about.rows)} tables."
        )
        self.stdout.write(f"It is {origin.value}.")
