"""The table that rate limits share between server processes.

Django makes it with a command of its own, which is easily forgotten; a missing
table would be a 500 at the first login.
"""

from django.core.management import call_command
from django.db import migrations

TABLE = "rugpijn_cache"


def create(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {schema_editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    dependencies = [("rugpijn", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
