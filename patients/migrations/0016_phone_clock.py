"""Whether the day of a session is the server's, because the phone's clock was wrong.

And an index that finds the drafts of a practice without reading every programme.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0015_names_and_search")]

    operations = [
        migrations.AddField(
            "sessionlog",
            "clock_was_off",
            models.BooleanField(default=False, verbose_name="the phone's clock was wrong"),
        ),
        migrations.AddIndex(
            "programme",
            models.Index(
                fields=["patient"],
                condition=models.Q(("started_on__isnull", True)),
                name="programme_drafts",
            ),
        ),
    ]
