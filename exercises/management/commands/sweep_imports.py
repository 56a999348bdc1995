"""`manage.py sweep_imports` deletes uploads for the library that are a day old."""

from django.core.management.base import BaseCommand

from exercises.exchange import importing
from rugpijn.operations import clock


class Command(BaseCommand):
    help = "Removes uploads for the library that are a day old. Each new upload does so too."

    def add_arguments(self, parser):
        clock.add_option(parser)

    def handle(self, *, clock_is_right, **options):
        clock.be_sure(clock_is_right=clock_is_right)
        self.stdout.write(f"Removed: {importing.sweep()} uploads.")
