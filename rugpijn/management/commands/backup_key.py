"""`manage.py backup_key FILE`: makes the key pair that encrypts and decrypts backups."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ...backup import BackupError, seal

ABOUT = """\
This key opens the backups of Rugpijn. Keep it away from the server: printed in a safe, and on a
second place. Without it no backup can be read; with it and a backup, everything can.
"""


class Command(BaseCommand):
    help = "Write a new private key to FILE, and say what to put in .env. Nothing here keeps it."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--public", action="store_true", help="say the public key of a FILE that is there"
        )

    def handle(self, *, file, public, **options):
        try:
            if public:
                key = seal.public_of(file.read_text())
            else:
                private, key = seal.new_pair()
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
                with open(os.open(file, flags, 0o600), "w") as opened:
                    opened.write(f"{ABOUT}\n{private}\n")
        except (OSError, BackupError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"BACKUP_KEY={key}")
        if not public:
            self.stderr.write(f"Put that line in .env, and take {file} away from this server.")
