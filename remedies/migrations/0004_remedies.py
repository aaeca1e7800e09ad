"""A remedy asks for no waiver; no case closes while one is owed, and an appeal is heard by somebody new (6.6)."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


TRIGGERS = """
CREATE FUNCTION hrdd_case_owes_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'closed' AND (
    (OLD.state IN ('decided', 'appeal_decided') AND NEW.finding IN ('upheld', 'partly_upheld'))
    OR EXISTS (SELECT 1 FROM remedies_remedy r
               WHERE r.case_id = NEW.id AND r.contested_on IS NULL AND r.delivered_on IS NULL)
  ) THEN
    RAISE EXCEPTION 'C3: no case is closed while its remedy is not delivered' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'appeal_decided' AND NOT EXISTS (
    SELECT 1 FROM remedies_casemember m
    WHERE m.case_id = NEW.id AND m.user_id = NEW.appeal_decided_by_id AND m.role = 'APPEAL' AND m.left_at IS NULL
  ) THEN
    RAISE EXCEPTION 'SD3: an appeal is decided by whoever has the role APPEAL on the case'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER case_owes_nothing BEFORE UPDATE OF state ON remedies_case
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION hrdd_case_owes_nothing();
"""
LET_GO = """
DROP TRIGGER case_owes_nothing ON remedies_case;
DROP FUNCTION hrdd_case_owes_nothing();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('remedies', '0003_case_workflow'),
        ('risks', '0031_what_was_found_last'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=28)),
                ('scope', models.CharField(max_length=10)),
                ('waiver', models.BooleanField(default=False)),
                ('due', models.DateField()),
                ('offered_on', models.DateField()),
                ('agreed_on', models.DateField(null=True)),
                ('contested_on', models.DateField(null=True)),
                ('delivered_on', models.DateField(null=True)),
                ('verified_on', models.DateField(null=True)),
            ],
            options={
                'ordering': ['offered_on', 'kind'],
            },
        ),
        migrations.AddField(
            model_name='case',
            name='appeal_decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='case',
            name='appeal_decided_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='risk',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='risks.risk'),
        ),
        migrations.AddField(
            model_name='case',
            name='root_cause',
            field=models.CharField(blank=True, db_default='', max_length=18),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('root_cause__in', ['', 'policy_gap', 'unclear_rule', 'wrong_application', 'automation_error', 'language_gap', 'design', 'partner_conduct', 'under_resourcing', 'state_pressure', 'data_breach', 'other']), models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('finding__in', ['upheld', 'partly_upheld']), _negated=True), models.Q(('risk__isnull', False), models.Q(('root_cause', ''), _negated=True)), _connector='OR')), name='case_upheld_teaches_something'),
        ),
        migrations.AddField(
            model_name='remedy',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remedies', to='remedies.case'),
        ),
        migrations.AddField(
            model_name='remedy',
            name='delivered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='remedy',
            name='verified_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['apology', 'restitution', 'rehabilitation', 'financial_compensation', 'nonfinancial_compensation', 'satisfaction_truth', 'guarantee_of_non_repetition', 'prevention_order', 'sanction_of_responsible', 'referral_cooperation'])), name='remedy_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ['individual', 'group', 'systemic'])), name='remedy_scope_known'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('waiver', False)), name='remedy_asks_for_no_waiver'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_on__isnull', True), ('contested_on__isnull', True), _connector='OR'), name='remedy_agreed_or_contested'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delivered_by__isnull', True), ('delivered_on__isnull', True)), models.Q(('agreed_on__isnull', False), ('delivered_by__isnull', False), ('delivered_on__isnull', False)), _connector='OR'), name='remedy_delivered_whole'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_by__isnull', True), ('verified_on__isnull', True)), models.Q(('delivered_by__isnull', False), ('verified_by__isnull', False), ('verified_on__isnull', False), models.Q(('verified_by', models.F('delivered_by')), _negated=True)), _connector='OR'), name='remedy_verified_by_another'),
        ),
        migrations.RunSQL(TRIGGERS, LET_GO),
    ]
