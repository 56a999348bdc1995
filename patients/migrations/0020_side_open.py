from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0012_rights_and_proxies")]

    operations = [
        migrations.AddField(
            model_name="prescription",
            name="side_open",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
