"""Mail that waits for the worker, and the heartbeat of the nightly run."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rugpijn", "0013_one_phone_number")]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("about", models.JSONField(default=dict)),
                ("recipient", models.EmailField(max_length=254)),
                ("language", models.CharField(max_length=7)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("given_up_at", models.DateTimeField(null=True)),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "mail that waits",
                "verbose_name_plural": "mails that wait",
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(null=True)),
                ("doubt", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "heartbeat of the nightly run",
                "verbose_name_plural": "heartbeats of the nightly run",
            },
        ),
    ]  # fmt: skip
