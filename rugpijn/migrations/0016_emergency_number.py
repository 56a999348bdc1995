"""The emergency number is required. Where a practice emptied it, patients read 112 again."""

from django.db import migrations, models

import rugpijn.validators


def fill_in(apps, schema_editor):
    Practice = apps.get_model("rugpijn", "Practice")
    for practice in Practice.objects.only("emergency_phone"):
        if not practice.emergency_phone.strip():
            practice.emergency_phone = "112"
            practice.save(update_fields=["emergency_phone"])


class Migration(migrations.Migration):

    dependencies = [
        ("rugpijn", "0015_access_changes"),
    ]

    operations = [
        # Backwards it stays filled in: the form of before takes it too.
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='practice',
            name='emergency_phone',
            field=models.CharField(default='112', help_text='What patients call when minutes count. It is never empty.', max_length=30, validators=[rugpijn.validators.printable, rugpijn.validators.emergency_number], verbose_name='emergency number'),
        ),
    ]
