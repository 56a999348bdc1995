"""`manage.py apply_erasures`: repeat erasures, and the ending of access, after a restore."""

from django.core.management.base import BaseCommand

from patients.privacy import erasure
from rugpijn.backup import revocations


class Command(BaseCommand):
    help = (
        "Erases the patients that the ledger of erasures names. Then ends again the access that "
        "was ended since the backup: accounts, helpers, links. `restore` does both itself; run "
        "this after a restore by other means, before anybody logs in. Running it twice changes "
        "nothing."
    )

    def handle(self, **options):
        number = erasure.apply_ledger()
        if number:
            erasure.compact()
        self.stdout.write(f"Erased again: {number}.")
        for sentence in revocations.apply(None):
            self.stdout.write(sentence)
