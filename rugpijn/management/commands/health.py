"""`manage.py health`: the details of what /healthz summarises."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from ...operations import health


class Command(BaseCommand):
    help = "Say line by line whether database, worker, disk, backup and printing are well."
    requires_system_checks = ()

    def handle(self, **options):
        health.forget()
        with translation.override("en"):
            findings = health.look()
        for finding in findings:
            self.stdout.write(
                f"{'ok    ' if finding.well else 'NOT OK'}  {finding.name}: {finding.state}"
            )
        if not all(finding.well for finding in findings):
            raise CommandError("Not all is well.")
