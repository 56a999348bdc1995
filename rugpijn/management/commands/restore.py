"""`manage.py restore FILE --key KEY`: restores a backup."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ... import audit
from ...backup import BackupError
from ...backup.restore import restore


class Command(BaseCommand):
    help = "Put the database and media of a backup in the place of this installation's own."
    requires_system_checks = ()  # they may ask the database that is about to come

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, required=True, help="file with the private key")
        parser.add_argument(
            "--replace", action="store_true", help="put what is there aside, in the data folder"
        )
        parser.add_argument(
            "--migrate",
            action="store_true",
            help="accept an older version, and bring it up to date",
        )

        parser.add_argument(
            "--from-elsewhere",
            action="store_true",
            help="accept a backup without the mark of this installation",
        )

    def handle(self, *, file, key, replace, migrate, from_elsewhere, **options):
        try:
            restored, sentences = restore(
                file,
                key.read_text(),
                replace=replace,
                migrate=migrate,
                from_elsewhere=from_elsewhere,
            )
        except (OSError, BackupError) as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        audit.record_by_system("restore", practice=None)
        self.stdout.write(f"{restored.rows} rows are back, as they were at {restored.made_at}.")
        for sentence in sentences:
            self.stdout.write(sentence)
        if restored.aside is not None:
            self.stdout.write(
                f"What was here stands in {restored.aside}. Remove it when all is well."
            )
        self.stdout.write(
            "Passwords, second steps and who may log in are as they were then: see docs/operate.md."
        )
        self.stdout.write("Everybody logs in anew. Start the app and its worker.")
