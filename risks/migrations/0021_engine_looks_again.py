"""Cycles have a kind and a period, measures a day to look again, events leave a touch, overdue tasks are reminded of."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('risks', "0020_imports_by_the_worker"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('DECIDER', 'Whoever decides on measures'), ('SENIOR', 'A senior person'), ('BOARD', "The board's digest")], max_length=8)),
                ('why', models.CharField(choices=[('overdue', 'The deadline passed without a decision'), ('silence', 'Twice the interval passed without a review: re-justify or lift')], max_length=8)),
                ('sent_at', models.DateTimeField()),
                ('answer_by', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-sent_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Touch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=24)),
                ('due_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='cycle',
            name='one_cycle_per_day',
        ),
        migrations.AddField(
            model_name='chunk',
            name='members',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, null=True, size=None),
        ),
        migrations.AddField(
            model_name='cycle',
            name='kind',
            field=models.CharField(choices=[('nightly', 'Nightly, every measure in force'), ('event', 'Something happened or a date passed'), ('requested', 'Asked for, every measure in force on that day')], default='nightly', max_length=10),
        ),
        migrations.AddField(
            model_name='cycle',
            name='period_start',
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='measure',
            name='look_again_on',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='reviewtask',
            name='level',
            field=models.CharField(choices=[('DECIDER', 'Whoever decides on measures'), ('SENIOR', 'A senior person'), ('BOARD', "The board's digest")], default='DECIDER', max_length=8),
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(fields=['look_again_on'], name='measure_look_again'),
        ),
        migrations.RunSQL(
            "UPDATE risks_cycle SET period_start = as_of::timestamp AT TIME ZONE 'UTC'", migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.UniqueConstraint(fields=('kind', 'period_start', 'rules_version'), name='one_cycle_per_period'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='risks.reviewtask'),
        ),
        migrations.AddField(
            model_name='touch',
            name='measure',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='risks.measure'),
        ),
        migrations.AddField(
            model_name='touch',
            name='risk',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='risks.risk'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('task', 'level', 'why'), name='reminded_once_a_level_and_reason'),
        ),
        migrations.AddIndex(
            model_name='touch',
            index=models.Index(fields=['due_at'], name='touch_by_time'),
        ),
        migrations.AddConstraint(
            model_name='touch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('measure__isnull', False), ('risk__isnull', True)), models.Q(('measure__isnull', True), ('risk__isnull', False)), _connector='OR'), name='touch_of_measure_or_risk'),
        ),
    ]
