"""Django's command, without a warning when there is no database yet.

The command compares models with files. It uses a database only to check the order of the applied
migrations, and warns when it cannot; a new clone has no database.
"""

import warnings

from django.core.management.commands import makemigrations
from django.db import connection

from ...database import sqlite


class Command(makemigrations.Command):
    def handle(self, *args, **options):
        with warnings.catch_warnings():
            if connection.vendor == "sqlite" and sqlite.is_gone(connection.settings_dict["NAME"]):
                warnings.filterwarnings("ignore", "Got an error checking a consistent migration")
            return super().handle(*args, **options)
