"""The fields of NEN 7513, and a chain through the rows that are there."""

import uuid

import django.utils.timezone
from django.db import migrations, models

from rugpijn.log import guard
from rugpijn.log.chain import BEGINNING, NOBODY, link

AT_ONCE = 500

# The kind of an act by the first word of its name, as it was decided when this migration was
# written; rows of that time can hold acts that the program no longer has.
WORDS = {
    "C": "add copy create invite import renew save send upload note answer issue share log",
    "R": "read list open export download print",
    "U": "change choose set start end pause resume reopen discharge take put review seen"
    " rate turn trust stop withdraw revoke accept restore refuse reset access confirm carry",
    "D": "delete remove erase purge",
}
CODES = {word: code for code, words in WORDS.items() for word in words.split()}
EXECUTED = {"log in", "log out", "end login", "print codes"}


def code_of(action):
    return "E" if action in EXECUTED else CODES.get(action.partition(" ")[0], "E")


def chain(apps, schema_editor):
    """What was not written down at the time stays unknown; the rest follows from the row."""
    event_model, head_model = (apps.get_model("rugpijn", n) for n in ("AccessEvent", "LogHead"))
    heads = {}
    changed = []
    fields = ["event", "code", "authorised", "chain", "number", "hash"]
    for event in event_model.objects.order_by("at", "id").iterator():
        event.event, event.code = uuid.uuid4(), code_of(event.action)
        event.authorised = event.outcome == "allowed"
        event.chain = event.practice or NOBODY
        number, before = heads.get(event.chain, (0, BEGINNING))
        event.number = number + 1
        event.hash = link(before, event)
        heads[event.chain] = (event.number, event.hash)
        changed.append(event)
        if len(changed) == AT_ONCE:
            event_model.objects.bulk_update(changed, fields)
            changed.clear()
    event_model.objects.bulk_update(changed, fields)
    head_model.objects.bulk_create(
        head_model(chain=name, number=number, hash=last) for name, (number, last) in heads.items()
    )


def unguard(apps, schema_editor):
    guard.take_away()


def nothing(apps, schema_editor):
    """On the way back the columns go, and the rows stay as they were."""


def add(name, field):
    return migrations.AddField("accessevent", name, field)


class Migration(migrations.Migration):
    dependencies = [("rugpijn", "0008_text_size")]

    operations = [
        migrations.AddField(
            "practice", "log_shows_names",
            models.BooleanField(
                default=True, verbose_name="show patients who looked",
                help_text="Patients can read who looked at their record. Without this they read the role, such as “a therapist”, and no name.",
            ),
        ),
        migrations.CreateModel(
            "LogHead",
            [
                ("chain", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            "LogSegment",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.UUIDField()),
                ("first", models.PositiveBigIntegerField()),
                ("last", models.PositiveBigIntegerField()),
                ("last_hash", models.CharField(max_length=64)),
                ("until", models.DateField()),
                ("purged_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            {
                "ordering": ["chain", "last"],
                "constraints": [models.UniqueConstraint(fields=("chain", "last"), name="log_segment_ends_once")],
            },
        ),
        migrations.RemoveIndex("accessevent", "access_by_patient"),
        migrations.RemoveIndex("accessevent", "access_by_practice"),
        add("event", models.UUIDField(default=uuid.uuid4)),
        add("code", models.CharField(max_length=1, default="E", choices=[("C", "made"), ("R", "read"), ("U", "changed"), ("D", "removed"), ("E", "done")])),
        add("authorised", models.BooleanField(null=True)),
        add("treatment", models.BooleanField(null=True)),
        add("consent", models.BooleanField(null=True)),
        add("glass", models.BooleanField(null=True)),
        add("on_behalf", models.UUIDField(null=True)),
        add("device", models.CharField(blank=True, default="", max_length=80, verbose_name="device")),
        add("purpose", models.CharField(blank=True, default="", max_length=20, verbose_name="why", choices=[("care", "treatment"), ("own", "one's own record"), ("administration", "running the practice"), ("support", "running the server"), ("login", "logging in")])),
        add("object_version", models.PositiveIntegerField(null=True)),
        add("object_part", models.CharField(blank=True, default="", max_length=40)),
        add("query", models.CharField(blank=True, default="", max_length=64)),
        add("source", models.CharField(blank=True, default="", max_length=80)),
        add("request", models.CharField(blank=True, default="", max_length=32)),
        add("chain", models.UUIDField(default=NOBODY)),
        add("number", models.PositiveBigIntegerField(default=0)),
        add("form", models.PositiveSmallIntegerField(default=1)),
        add("hash", models.CharField(default="", max_length=64)),
        migrations.RunPython(chain, nothing),
        *[
            migrations.AlterField("accessevent", name, field)
            for name, field in [
                ("code", models.CharField(max_length=1, choices=[("C", "made"), ("R", "read"), ("U", "changed"), ("D", "removed"), ("E", "done")])),
                ("device", models.CharField(blank=True, max_length=80, verbose_name="device")),
                ("purpose", models.CharField(blank=True, max_length=20, verbose_name="why", choices=[("care", "treatment"), ("own", "one's own record"), ("administration", "running the practice"), ("support", "running the server"), ("login", "logging in")])),
                ("object_part", models.CharField(blank=True, max_length=40)),
                ("query", models.CharField(blank=True, max_length=64)),
                ("source", models.CharField(blank=True, max_length=80)),
                ("request", models.CharField(blank=True, max_length=32)),
                ("chain", models.UUIDField()),
                ("number", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ]
        ],
        migrations.AddConstraint("accessevent", models.UniqueConstraint(fields=("chain", "number"), name="access_event_once_in_chain")),
        migrations.AddIndex("accessevent", models.Index(fields=["patient", "number"], name="access_by_patient")),
        migrations.AddIndex("accessevent", models.Index(fields=["chain", "actor", "number"], name="access_by_actor")),
        migrations.AddIndex("accessevent", models.Index(fields=["chain", "action", "number"], name="access_by_action")),
        migrations.AddIndex("accessevent", models.Index(condition=models.Q(("outcome", "denied")), fields=["chain", "number"], name="access_denied")),
        migrations.AddIndex("accessevent", models.Index(fields=["chain", "at"], name="access_by_moment")),
        migrations.RunPython(nothing, unguard),
    ]
