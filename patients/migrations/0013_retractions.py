from django.db import migrations, models


def name_what_was_taken_back(apps, schema_editor):
    """Until now an empty answer took back what was said before about the same moment.

    Only one that was sent for that purpose goes on doing so. It carries a random number; an empty
    answer that came along with a session is numbered after it (version 5), and took back a report
    in passing. Such a report holds again.
    """
    answers = apps.get_model("patients", "SymptomAnswer").objects
    for empty in answers.filter(symptoms=[]).iterator():
        if empty.operation.version == 5:
            continue
        same = answers.filter(
            patient=empty.patient, line=empty.line, day=empty.day, moment=empty.moment,
            sequence__lte=empty.sequence,
        )  # fmt: skip
        report = same.exclude(symptoms=[]).order_by("sequence", "operation").last()
        if report is not None:
            empty.retracts = report.operation
            empty.save(update_fields=["retracts"])


class Migration(migrations.Migration):

    dependencies = [
        ("patients", "0012_rights_and_proxies"),
    ]

    operations = [
        migrations.AddField(
            model_name='symptomanswer',
            name='retracts',
            field=models.UUIDField(blank=True, null=True, verbose_name='takes back'),
        ),
        migrations.RunPython(name_what_was_taken_back, migrations.RunPython.noop, elidable=True),
    ]
