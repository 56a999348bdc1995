"""`manage.py upgrade FOLDER`: brings the database of the previous version to this version.

It makes a backup first, always. Each migration is one transaction on both engines, so a run that
was stopped or killed has left only complete migrations, and can be started again.
"""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, SystemCheckError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ...backup import BackupError, make


class Command(BaseCommand):
    help = "Back up into FOLDER, migrate, load the library, and check. Stop the app first."
    requires_system_checks = ()  # they may ask for columns that are about to come

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        backup = self.back_up(folder)
        try:
            self.migrate()
            self.stdout.write("Loading the library …")
            call_command("load_library", verbosity=0, skip_checks=True)
            if connection.vendor == "sqlite":
                connection.check_constraints()  # SQLite does not, while it rebuilds a table
        except Exception as error:  # whatever it is: say how to go back
            raise CommandError(self.way_back(error, backup)) from error
        self.stdout.write("Checking …")
        try:
            call_command("check", deploy=not settings.DEBUG, stdout=self.stdout, stderr=self.stderr)
        except SystemCheckError as error:
            raise CommandError(
                f"{error}\nThe database is up to date. Mend these settings, then start the app."
            ) from error
        self.stdout.write("Done. Now collectstatic, and start the app and its worker.")

    def back_up(self, folder: Path) -> Path | None:
        if not connection.introspection.table_names():
            self.stdout.write("There is no database yet, so there is nothing to back up.")
            return None
        try:
            made = make.backup(folder)
        except BackupError as error:
            raise CommandError(f"{error} Without a backup nothing is changed.") from error
        self.stdout.write(f"Backed up: {made.path}, {made.rows} rows and {made.files} files.")
        return made.path

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan:
            self.stdout.write("The database is up to date.")
        for migration, _backwards in plan:
            self.stdout.write(f"To do: {migration}")
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)

    def way_back(self, error: Exception, backup: Path | None) -> str:
        lines = [
            f"The upgrade stopped: {type(error).__name__}: {error}",
            "No migration is half done. When the cause is gone, type the same again.",
        ]
        if backup is not None:
            lines += [
                "To go back instead, install the version that was here before, and type:",
                f"  manage.py restore {backup} --key <file with the private key> --replace",
            ]
        return "\n".join(lines)
