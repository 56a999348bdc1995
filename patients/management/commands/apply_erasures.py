"""`manage.py apply_erasures`: erase again whoever a restored backup brought back, and take away
again what was taken away since.
"""

from django.core.management.base import BaseCommand

from patients.privacy import erasure
from rugpijn.backup import ended


class Command(BaseCommand):
    help = (
        "Compares the patients here with the ledger of erasures, and erases who stands in it. "
        "Then takes away again what was taken away: accounts, helpers, links. `restore` does both "
        "by itself; run this after a restore by other means, before anybody logs in. Running it "
        "twice changes nothing."
    )

    def handle(self, **options):
        number = erasure.apply_ledger()
        if number:
            erasure.compact()
        self.stdout.write(f"Erased again: {number}.")
        for sentence in ended.apply(None):
            self.stdout.write(sentence)
