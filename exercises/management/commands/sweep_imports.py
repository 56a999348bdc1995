"""`manage.py sweep_imports`: uploads for the library that nobody came back to."""

from django.core.management.base import BaseCommand

from exercises.exchange import importing


class Command(BaseCommand):
    help = "Removes uploads for the library that are a day old. Each new upload does so too."

    def handle(self, **options):
        self.stdout.write(f"Removed: {importing.sweep()} uploads.")
