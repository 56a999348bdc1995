"""`manage.py sweep_pictures`: list or delete pictures and films that are no longer used."""

import time

from django.core.management.base import BaseCommand
from django.db import transaction

from exercises.media import films
from exercises.models import Figure, Film, Rendering
from patients.models import Version
from patients.sheet import Sheet
from rugpijn.operations import clock

A_DAY = 24 * 3600  # seconds: younger files may be uploads whose row is not stored yet


class Command(BaseCommand):
    help = (
        "Lists the pictures and films that no exercise and no version of a programme shows any "
        "more; --delete removes them. Run it occasionally, with a backup at hand."
    )

    stealth_options = ("by_an_act",)

    def add_arguments(self, parser):
        parser.add_argument("--delete", action="store_true", help="remove what is listed")
        clock.add_option(parser)

    def handle(self, *, delete, clock_is_right, by_an_act=False, **options):
        if delete and not by_an_act:  # an erasure calls it at any time
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
            if delete:  # raises, and nothing is deleted, when a figure has just begun to use one
                Rendering.objects.filter(pk__in=rows).delete()
        if delete:
            for path in files:
                path.unlink(missing_ok=True)
        done = "Removed" if delete else "Would remove"
        self.stdout.write(f"{done}: {len(rows)} pictures, {len(files)} files.")

    def named(self) -> set[str]:
        """Return the digests that present films and all issued versions show."""
        digests = set().union(*(film.digests for film in Film.objects.all()))
        for content in Version.objects.values_list("content", flat=True).iterator(100):
            digests |= Sheet.from_json(content).digests()
        return digests

    def files(self, named: set[str]):
        """Return files older than a day that are not named, also parts of interrupted uploads."""
        if not films.folder().is_dir():
            return []
        old = time.time() - A_DAY
        return [
            path
            for path in sorted(films.folder().iterdir())
            if path.stem not in named and path.stat().st_mtime < old
        ]
