from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0016_phone_clock")]

    operations = [
        migrations.AddField(
            model_name="prescription",
            name="side_open",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
