from django.db import migrations, models

HELP = (
    "After the password a patient gives a code, from an e-mail or from a printed list, "
    "once on each device of their own. A passkey needs no code. Without this step a "
    "password that somebody finds or guesses opens the record: the patient's first page "
    "then shows no name and no complaint."
)


def field(default):
    return models.BooleanField(
        default=default, help_text=HELP, verbose_name="ask patients for a second step"
    )


class Migration(migrations.Migration):
    """New practices ask for a second step. One that is there already decides itself when: its
    patients without e-mail have no printed list yet, and would be locked out from one day to
    the next."""

    dependencies = [("rugpijn", "0006_logins")]

    operations = [
        migrations.AddField("practice", "second_step", field(default=False)),
        migrations.AlterField("practice", "second_step", field(default=True)),
    ]
