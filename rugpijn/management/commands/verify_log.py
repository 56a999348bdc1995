"""Checks whether the access log is complete and unchanged."""

from pathlib import Path
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from rugpijn.log import guard
from rugpijn.log.chain import NOBODY, agrees, chains, missing, start_of, verify
from rugpijn.models import LogHead, Practice


class Command(BaseCommand):
    help = (
        "Read the whole access log and say which row was changed or removed. Ends with an error "
        "when one was."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--kept",
            type=Path,
            metavar="FILE",
            help="What log_head printed earlier and was kept elsewhere: the log must agree.",
        )

    def handle(self, *, kept, **options):
        names = dict(Practice.objects.values_list("uuid", "name"))
        wrong = 0
        for trigger in guard.missing():
            self.stdout.write(f"NOT GUARDED: {trigger} is missing. Type manage.py migrate.")
            wrong += 1
        heads = dict(LogHead.objects.values_list("chain", "number"))
        for chain in chains():
            name = names.get(chain, "no practice" if chain == NOBODY else str(chain))
            broken = list(verify(chain))
            wrong += len(broken)
            start, _hash = start_of(chain)
            state = "BROKEN" if broken else "unbroken"
            self.stdout.write(f"{name}: rows {start + 1} to {heads.get(chain, '?')}, {state}")
            self.say(broken)
        for chain in missing():
            name = names.get(chain, "no practice" if chain == NOBODY else str(chain))
            self.stdout.write(f"{name}: GONE, and there must be a log: people logged in here")
            wrong += 1
        if kept is not None:
            wrong += self.compare(kept)
        if wrong:
            raise CommandError(f"The access log is not as it was written: {wrong} found.")

    def compare(self, file: Path) -> int:
        """Compare the log with the kept lines. A line that cannot be read proves nothing."""
        try:
            lines = [line.split() for line in file.read_text().splitlines() if line.strip()]
            heads = [(UUID(chain), int(number), hash_) for chain, number, hash_ in lines]
        except (OSError, ValueError) as error:
            raise CommandError(f"{file} is not what log_head printed: {error}") from error
        against = [agrees(*head) for head in heads]
        broken = [one for one in against if one is not None]
        self.stdout.write(f"{file.name}: {len(heads) - len(broken)} of {len(heads)} agree")
        self.say(broken)
        return len(broken)

    def say(self, broken):
        for one in broken:
            self.stdout.write(f"  chain {one.chain}, {one}")
