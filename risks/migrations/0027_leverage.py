"""Deadlines that are kept, measurements that repeat, plans with steps; what was measured before is carried over."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

CARRY_OVER = """
INSERT INTO risks_effectmeasurement (action_id, effect, indicator, unit, baseline, measured, source, evidence,
    self_report_only, next_step, measured_on, correction_reasons, recorded_by, recorded_at)
SELECT id, effect, indicator, '', baseline, measured, '', evidence, self_report_only, next_step, measured_on, '',
    measured_by, measured_on::timestamp AT TIME ZONE 'UTC'
FROM risks_leverageaction WHERE effect IS NOT NULL;
UPDATE risks_leverageaction SET measured_at = measured_on::timestamp AT TIME ZONE 'UTC' WHERE effect IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('risks', '0026_partner_records'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClockEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('started', 'The clock started'), ('severity_rose', 'Severity rose'), ('severity_fell', 'Severity fell'), ('extended', 'More time was given, once'), ('restarted', 'The clock restarted after a relapse'), ('own_part_found', 'The company has a part of its own'), ('own_part_stopped', "The company's own part stopped"), ('own_part_cleared', "No part of the company's own was found")], max_length=16)),
                ('day', models.DateField()),
                ('level', models.PositiveSmallIntegerField()),
                ('due_before', models.DateField(blank=True, null=True)),
                ('due_after', models.DateField(blank=True, null=True)),
                ('own_due_after', models.DateField(blank=True, null=True)),
                ('reasons', models.TextField(blank=True)),
                ('entered_by', models.CharField(max_length=120)),
                ('entered_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ClockReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('first_action', 'No leverage was used in the time for a first action'), ('half_time', 'Half the time has passed without measurable change'), ('limit_passed', 'The time to see change has passed: people must consider exit'), ('exit_overdue', 'Exit had to be considered by now, and nobody did'), ('own_part', "The company's own part had to stop by now"), ('action_deadline', 'Change was expected by now, and nothing was measured'), ('next_step', 'The next step of the leverage plan is late'), ('milestone', 'A milestone of the corrective plan is late'), ('drift', 'Linked, and nothing changed: inaction may have become a contribution'), ('recheck', 'While staying, it is time to look again')], max_length=16)),
                ('about', models.PositiveBigIntegerField(default=0, help_text='The action, step or milestone; 0 for the clock.')),
                ('due', models.DateField()),
                ('level', models.CharField(choices=[('PARTNER_MGR', 'Partner manager and analysts'), ('DECIDER', 'Deciders'), ('SENIOR', 'Accountable executive'), ('BOARD', 'Board')], max_length=12)),
                ('sent_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-sent_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CorrectivePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agreed', models.TextField()),
                ('agreed_on', models.DateField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed, verified')], default='open', max_length=8)),
                ('recorded_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closing_reasons', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='EffectMeasurement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effect', models.PositiveSmallIntegerField(choices=[(0, '0 None'), (1, '1 A promise only'), (2, '2 Partial, measurable change'), (3, '3 The abuse stopped, or the risk is at its target'), (4, '4 Stopped, and remedy reached the people affected')])),
                ('indicator', models.CharField(blank=True, max_length=200)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('baseline', models.CharField(blank=True, max_length=60)),
                ('measured', models.CharField(blank=True, max_length=60)),
                ('source', models.CharField(blank=True, max_length=200)),
                ('evidence', models.TextField(blank=True)),
                ('self_report_only', models.BooleanField(default=False)),
                ('next_step', models.TextField(blank=True)),
                ('measured_on', models.DateField()),
                ('correction_reasons', models.TextField(blank=True)),
                ('recorded_by', models.CharField(max_length=120)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['measured_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='LeveragePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('identified', 'Identified'), ('assessed', 'Assessed: what leverage there is, and what lacks'), ('applied', 'Applied'), ('measured', 'Measured'), ('effective', 'Effective'), ('monitored', 'Monitored'), ('closed', 'Closed'), ('ineffective', 'Ineffective'), ('increased', 'Increased'), ('exhausted', 'Exhausted'), ('exit_considered', 'Exit considered')], default='identified', max_length=16)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('contractual', 'Contractual'), ('commercial_incentive', 'Commercial incentive'), ('technical', 'Technical'), ('capacity_building', 'Capacity building'), ('collaborative', 'Together with others'), ('regulatory_engagement', 'With a regulator or State'), ('public_advocacy', 'Public advocacy'), ('direct_dialogue', 'Direct dialogue'), ('legal_challenge', 'Legal challenge')], max_length=24), blank=True, default=list, size=None)),
                ('has', models.TextField(blank=True)),
                ('lacks', models.TextField(blank=True)),
                ('increase', models.TextField(blank=True)),
                ('next_step', models.TextField()),
                ('next_step_due', models.DateField()),
                ('opened_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='LeveragePlanMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('identified', 'Identified'), ('assessed', 'Assessed: what leverage there is, and what lacks'), ('applied', 'Applied'), ('measured', 'Measured'), ('effective', 'Effective'), ('monitored', 'Monitored'), ('closed', 'Closed'), ('ineffective', 'Ineffective'), ('increased', 'Increased'), ('exhausted', 'Exhausted'), ('exit_considered', 'Exit considered')], max_length=16)),
                ('reasons', models.TextField()),
                ('moved_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.TextField()),
                ('due', models.DateField()),
                ('logged_at', models.DateTimeField()),
                ('verification', models.CharField(blank=True, choices=[('self_report', "The partner's own report"), ('document', 'Documents'), ('remote', 'Remotely'), ('on_site', 'On site'), ('independent', 'Independently'), ('rightsholder_confirmed', 'Confirmed by rightsholders')], max_length=24)),
                ('verified_on', models.DateField(blank=True, null=True)),
                ('verified_how', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['due', 'id'],
            },
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='body',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='competition_note',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='cost_eur',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='measure',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='risks.measure'),
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='measured_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='recorded_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='skip_reasons',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='source',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='target',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='leverageaction',
            name='unit',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='relationshiprisk',
            name='change_due',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='relationshiprisk',
            name='clock_level',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='relationshiprisk',
            name='clock_started_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='relationshiprisk',
            name='own_stop_due',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='relationshiprisk',
            name='restarted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='clockentry',
            name='tied',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='risks.relationshiprisk'),
        ),
        migrations.AddField(
            model_name='clockreminder',
            name='tied',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='risks.relationshiprisk'),
        ),
        migrations.AddField(
            model_name='correctiveplan',
            name='closed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctiveplan',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctiveplan',
            name='tied',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrective_plans', to='risks.relationshiprisk'),
        ),
        migrations.AddField(
            model_name='effectmeasurement',
            name='action',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='risks.leverageaction'),
        ),
        migrations.AddField(
            model_name='effectmeasurement',
            name='corrects',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='risks.effectmeasurement'),
        ),
        migrations.AddField(
            model_name='effectmeasurement',
            name='pieces',
            field=models.ManyToManyField(blank=True, related_name='+', to='risks.evidence'),
        ),
        migrations.AddField(
            model_name='leverageplan',
            name='opened_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='leverageplan',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='leverageplan',
            name='tied',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='risks.relationshiprisk'),
        ),
        migrations.AddField(
            model_name='leverageplanmove',
            name='moved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='leverageplanmove',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='risks.leverageplan'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='logged_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='milestone',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='risks.correctiveplan'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='verified_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RemoveConstraint(
            model_name='leverageaction',
            name='leverage_effect_is_measured',
        ),
        migrations.RemoveConstraint(
            model_name='leverageaction',
            name='leverage_change_needs_evidence',
        ),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='leverageaction',
            name='evidence',
        ),
        migrations.RemoveField(
            model_name='leverageaction',
            name='measured',
        ),
        migrations.RemoveField(
            model_name='leverageaction',
            name='measured_by',
        ),
        migrations.RemoveField(
            model_name='leverageaction',
            name='next_step',
        ),
        migrations.RemoveField(
            model_name='leverageaction',
            name='self_report_only',
        ),
        migrations.AddConstraint(
            model_name='leverageaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effect__isnull', True), ('measured_at__isnull', True), ('measured_on__isnull', True)), models.Q(('effect__range', (0, 4)), ('measured_at__isnull', False), ('measured_on__isnull', False)), _connector='OR'), name='leverage_effect_is_measured'),
        ),
        migrations.AddConstraint(
            model_name='leverageaction',
            constraint=models.CheckConstraint(condition=models.Q(('rung__lte', 5)), name='leverage_rung_of_the_ladder'),
        ),
        migrations.AddConstraint(
            model_name='leverageaction',
            constraint=models.CheckConstraint(condition=models.Q(('cost_eur__isnull', True), ('cost_eur__gte', 0), _connector='OR'), name='leverage_costs_nothing_or_more'),
        ),
        migrations.AddConstraint(
            model_name='clockentry',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'started')), fields=('tied',), name='clock_starts_once'),
        ),
        migrations.AddConstraint(
            model_name='clockentry',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'extended')), fields=('tied',), name='clock_extended_once'),
        ),
        migrations.AddConstraint(
            model_name='clockentry',
            constraint=models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 5)), name='clock_entry_level_of_five'),
        ),
        migrations.AddConstraint(
            model_name='clockentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['extended', 'restarted']), _negated=True), models.Q(('reasons', ''), _negated=True), _connector='OR'), name='clock_more_time_has_reasons'),
        ),
        migrations.AddConstraint(
            model_name='clockentry',
            constraint=models.CheckConstraint(condition=models.Q(('entered_by', ''), _negated=True), name='clock_entry_says_who'),
        ),
        migrations.AddConstraint(
            model_name='clockreminder',
            constraint=models.UniqueConstraint(fields=('tied', 'why', 'about', 'due', 'level'), name='clock_reminded_once_of_a_deadline'),
        ),
        migrations.AddConstraint(
            model_name='correctiveplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('state', 'open')), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('state', 'closed'), models.Q(('closing_reasons', ''), _negated=True)), _connector='OR'), name='corrective_plan_closed_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='effectmeasurement',
            constraint=models.CheckConstraint(condition=models.Q(('effect__lte', 4)), name='effect_of_zero_to_four'),
        ),
        migrations.AddConstraint(
            model_name='effectmeasurement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('correction_reasons', ''), ('corrects__isnull', True)), models.Q(('corrects__isnull', False), models.Q(('correction_reasons', ''), _negated=True)), _connector='OR'), name='effect_correction_has_reasons'),
        ),
        migrations.AddConstraint(
            model_name='leverageplan',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['closed', 'exit_considered']), _negated=True), fields=('tied',), name='leverage_plan_one_open_a_harm'),
        ),
        migrations.AddConstraint(
            model_name='leverageplan',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'identified'), models.Q(models.Q(('has', ''), _negated=True), models.Q(('lacks', ''), _negated=True), models.Q(('increase', ''), _negated=True)), _connector='OR'), name='leverage_plan_assessed_says_what'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('verified_by__isnull', True), models.Q(('verified_by', models.F('logged_by')), _negated=True), _connector='OR'), name='milestone_verified_by_another'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verification', ''), ('verified_by__isnull', True), ('verified_how', ''), ('verified_on__isnull', True)), models.Q(('verified_by__isnull', False), ('verified_on__isnull', False), models.Q(('verification', ''), _negated=True), models.Q(('verified_how', ''), _negated=True)), _connector='OR'), name='milestone_verified_says_how'),
        ),
        AddConstraintNotValid(
            model_name='effectmeasurement',
            constraint=models.CheckConstraint(condition=models.Q(('effect__lt', 2), models.Q(('self_report_only', False), models.Q(('evidence', ''), _negated=True), models.Q(('indicator', ''), _negated=True), models.Q(('baseline', ''), _negated=True), models.Q(('measured', ''), _negated=True), models.Q(('measured', models.F('baseline')), _negated=True)), _connector='OR'), name='effect_of_change_needs_movement_and_evidence'),
        ),
    ]
