from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0001_initial"),
    ]

    operations = [
        # What was kept until here was handed out: it stays as it is.
        migrations.AddField(
            model_name="storedhandout",
            name="issued",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="storedhandout",
            name="issued",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="storedhandout",
            name="made_with",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
    ]
