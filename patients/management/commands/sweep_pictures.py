"""`manage.py sweep_pictures`: pictures and films that nothing shows any more."""

import time

from django.core.management.base import BaseCommand
from django.db import transaction

from exercises.media import films
from exercises.models import Figure, Film, Rendering
from patients.models import Version
from patients.sheet import Sheet
from rugpijn.operations import clock

A_DAY = 24 * 3600  # seconds: an upload of today may be about to get its row


class Command(BaseCommand):
    help = (
        "Lists the pictures and films that no exercise and no version of a programme shows any "
        "more; with --delete they are removed. Run it now and then, with a backup at hand."
    )

    stealth_options = ("by_an_act",)

    def add_arguments(self, parser):
        parser.add_argument("--delete", action="store_true", help="remove what is listed")
        clock.add_option(parser)

    def handle(self, *, delete, clock_is_right, by_an_act=False, **options):
        if delete and not by_an_act:  # no nightly run: somebody erased a patient
            clock.be_sure(clock_is_right=clock_is_right)
        with transaction.atomic():
            named = self.named()
            figures = Figure.objects.values_list("rendering", "mirrored")
            used = named.union(*figures)
            rows = [
                digest
                for digest in Rendering.objects.order_by("made_at").values_list("digest", flat=True)
                if digest not in used
            ]
            files = self.files(named)
            for name in [*rows, *(path.name for path in files)]:
                self.stdout.write(name)
            if delete:  # a figure that took one up just now refuses, and all stays as it was
                Rendering.objects.filter(pk__in=rows).delete()
        if delete:
            for path in files:
                path.unlink(missing_ok=True)
        done = "Removed" if delete else "Would remove"
        self.stdout.write(f"{done}: {len(rows)} pictures, {len(files)} files.")

    def named(self) -> set[str]:
        """What films of today and every version that was ever issued show."""
        found = set().union(*(film.digests for film in Film.objects.all()))
        for content in Version.objects.values_list("content", flat=True).iterator(100):
            found |= Sheet.from_json(content).digests()
        return found

    def files(self, named: set[str]):
        """Files that nobody names, and halves of uploads that broke off."""
        if not films.folder().is_dir():
            return []
        old = time.time() - A_DAY
        return [
            path
            for path in sorted(films.folder().iterdir())
            if path.stem not in named and path.stat().st_mtime < old
        ]
