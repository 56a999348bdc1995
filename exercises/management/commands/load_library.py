"""`manage.py load_library` loads the shared library from its files into the database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from exercises import pictures
from exercises.library import loading, reading


class Command(BaseCommand):
    help = (
        "Loads the drawings, and exercises/data/ or the files named. Running it twice changes "
        "nothing, and what was changed in this installation stays as it is."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="*", type=Path, help="library files (TOML)")

    def handle(self, *args, files, **options):
        files = files or sorted(reading.DATA.glob("*.toml"))
        if not files:
            raise CommandError(_("There are no library files in %s.") % reading.DATA)
        try:
            for key in pictures.shared_keys():
                pictures.shared_figure(key)
            pictures.redraw()
            for library in reading.read_all(files):
                report = loading.load(library)
                if options["verbosity"]:
                    self.stdout.write(str(report))
        except ValueError as error:
            raise CommandError(str(error)) from error
