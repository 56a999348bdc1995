"""What was typed when a login had ended stands in a table by person, and no more in a session."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def end_sessions_of_nobody(apps, schema_editor):
    """They may hold what somebody typed, which no code looks for any more."""
    apps.get_model("rugpijn", "LoginSession").objects.filter(user=None).delete()


class Migration(migrations.Migration):
    dependencies = [("rugpijn", "0016_emergency_number")]

    operations = [
        migrations.CreateModel(
            name="KeptForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("shown", models.BooleanField(default=False)),
                ("content", models.TextField()),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="kept_forms", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "form that was kept",
                "verbose_name_plural": "forms that were kept",
                "ordering": ["pk"],
            },
        ),
        migrations.RunPython(end_sessions_of_nobody, migrations.RunPython.noop, elidable=True),
    ]  # fmt: skip
