"""Acts are counted by the device; how hard it was, what was done instead, and what went wrong."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def count_from_rows(apps, schema_editor):
    """Until now the order was that of arrival: the row's own number."""
    apps.get_model("patients", "SessionLog").objects.update(sequence=F("id"))
    answers = apps.get_model("patients", "SymptomAnswer").objects
    answers.update(sequence=F("id"))
    answers.filter(leg_pain=True).update(symptoms=["leg_pain"])


def back_to_leg_pain(apps, schema_editor):
    for answer in apps.get_model("patients", "SymptomAnswer").objects.iterator():
        answer.leg_pain = "leg_pain" in answer.symptoms
        answer.save(update_fields=["leg_pain"])


class Migration(migrations.Migration):
    dependencies = [("patients", "0008_invitation_code")]

    operations = [
        migrations.AddField(
            "sessionlog",
            "effort",
            models.CharField(
                blank=True,
                choices=[("easy", "easy"), ("right", "just right"), ("hard", "hard")],
                max_length=5,
                verbose_name="how hard it was",
            ),
        ),
        migrations.AddField(
            "sessionlog",
            "sets",
            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="sets"),
        ),
        migrations.AddField(
            "sessionlog",
            "reps",
            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="repetitions"),
        ),
        migrations.AddField(
            "sessionlog",
            "hold",
            models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="hold in seconds"),
        ),
        migrations.AddField(
            "sessionlog",
            "duration",
            models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="duration in seconds"
            ),
        ),
        migrations.AddField("sessionlog", "sequence", models.BigIntegerField(default=0)),
        migrations.RenameModel("LegPainAnswer", "SymptomAnswer"),
        migrations.RemoveConstraint("symptomanswer", "leg_pain_answer_counts_once_per_patient"),
        migrations.AlterField(
            "symptomanswer",
            "patient",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="symptom_answers",
                to="patients.patient",
            ),
        ),
        migrations.AlterField(
            "symptomanswer",
            "version",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="symptom_answers",
                to="patients.version",
            ),
        ),
        migrations.AddConstraint(
            "symptomanswer",
            models.UniqueConstraint(
                fields=("patient", "operation"), name="symptom_answer_counts_once_per_patient"
            ),
        ),
        migrations.AddField("symptomanswer", "sequence", models.BigIntegerField(default=0)),
        migrations.AddField(
            "symptomanswer",
            "moment",
            models.PositiveSmallIntegerField(default=1, verbose_name="moment of the day"),
        ),
        migrations.AddField(
            "symptomanswer",
            "symptoms",
            models.JSONField(blank=True, default=list, verbose_name="what went wrong"),
        ),
        migrations.RunPython(count_from_rows, back_to_leg_pain, elidable=True),
        migrations.AlterField(
            # With a default, so that the way back finds something to fill it with.
            "symptomanswer",
            "leg_pain",
            models.BooleanField(default=False, verbose_name="pain into the leg"),
        ),
        migrations.RemoveField("symptomanswer", "leg_pain"),
        migrations.AlterModelOptions(
            "sessionlog",
            {
                "ordering": ["sequence", "operation"],
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
            },
        ),
        migrations.AlterModelOptions(
            "symptomanswer", {"ordering": ["sequence", "operation"]}
        ),
        migrations.AddIndex(
            "sessionlog",
            models.Index(fields=["patient", "sequence"], name="session_by_sequence"),
        ),
    ]
