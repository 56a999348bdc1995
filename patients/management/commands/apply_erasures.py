"""`manage.py apply_erasures`: erase again whoever a restored backup brought back."""

from django.core.management.base import BaseCommand

from patients import erasure


class Command(BaseCommand):
    help = (
        "Compares the patients here with the ledger of erasures, and erases who stands in it. "
        "Run it after every restore, before anybody logs in. Running it twice changes nothing."
    )

    def handle(self, **options):
        number = erasure.apply_ledger()
        if number:
            erasure.compact()
        self.stdout.write(f"Erased again: {number}.")
