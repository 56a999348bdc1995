import django.core.validators
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rugpijn', '0009_log_chain'),
    ]

    operations = [
        migrations.CreateModel(
            name='GlassBreak',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('practice', models.UUIDField(verbose_name='practice')),
                ('actor', models.UUIDField(verbose_name='who')),
                ('actor_name', models.CharField(max_length=120, verbose_name='name')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('began_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='from')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'opened by the server operator',
                'verbose_name_plural': 'opened by the server operator',
                'ordering': ['-began_at'],
            },
        ),
        migrations.AddField(
            model_name='practice',
            name='idle_minutes',
            field=models.PositiveSmallIntegerField(default=30, help_text='Without opening a page, from 15 to 60. What was typed is kept for an hour.', validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(60)], verbose_name='minutes until staff are logged out'),
        ),
        migrations.AddField(
            model_name='trusteddevice',
            name='factor_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='practice',
            constraint=models.CheckConstraint(condition=models.Q(('idle_minutes__range', (15, 60))), name='practice_logs_staff_out_in_time', violation_error_message='Choose between 15 and 60 minutes.'),
        ),
        migrations.AddConstraint(
            model_name='glassbreak',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('actor',), name='glass_one_practice_at_a_time'),
        ),
    ]
