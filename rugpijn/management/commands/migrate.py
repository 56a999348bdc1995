"""Django's command. It is the only one that makes a database file."""

from django.core.management.commands import migrate

from ...database import sqlite


class Command(migrate.Command):
    def execute(self, *args, **options):
        with sqlite.may_be_made():
            return super().execute(*args, **options)
