"""`manage.py makemigrations`: as Django's own, and quiet where there is no database yet.

It compares models with files. Of a database it only asks whether its migrations stand in order,
and warns when it cannot ask; in a new clone there is nothing to ask.
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
