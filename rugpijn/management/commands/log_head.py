"""Prints the end of each chain of the access log, to be kept where the server cannot change it."""

from django.core.management.base import BaseCommand

from rugpijn.models import LogHead


class Command(BaseCommand):
    help = (
        "Print the last hash of each chain of the access log. Keep it elsewhere, such as in a "
        "mail to yourself each night: who rewrites the log cannot rewrite that."
    )

    def handle(self, **options):
        for head in LogHead.objects.order_by("chain"):
            self.stdout.write(f"{head.chain} {head.number} {head.hash}")
