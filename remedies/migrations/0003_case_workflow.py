"""A case goes its way, is decided by whoever decides it, and by no machine; the database holds it to that (6.4)."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


# The same table as remedies.rules.case_workflow.TRANSITIONS; a test compares the two.
TRIGGERS = """
CREATE FUNCTION hrdd_case_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT (NEW.state = 'withdrawn' AND OLD.state <> 'closed' AND OLD.state <> 'withdrawn')
     AND (OLD.state, NEW.state) NOT IN (
    ('received', 'acknowledged'), ('acknowledged', 'screening'), ('screening', 'admissible'),
    ('screening', 'referred'), ('screening', 'inadmissible'), ('admissible', 'investigating'),
    ('investigating', 'findings_drafted'), ('findings_drafted', 'decided'), ('decided', 'remedy_proposed'),
    ('decided', 'appeal'), ('decided', 'closed'), ('referred', 'closed'),
    ('inadmissible', 'appeal'), ('inadmissible', 'closed'), ('remedy_proposed', 'remedy_agreed'),
    ('remedy_proposed', 'remedy_contested'), ('remedy_agreed', 'in_delivery'), ('remedy_contested', 'appeal'),
    ('in_delivery', 'delivered'), ('delivered', 'verified'), ('verified', 'closed'),
    ('appeal', 'appeal_decided'), ('appeal_decided', 'remedy_proposed'), ('appeal_decided', 'closed'),
    ('closed', 'reopened'), ('reopened', 'investigating')
  ) THEN
    RAISE EXCEPTION 'A case does not go from % to % (domain.md 6.4)', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'decided' AND NOT EXISTS (
    SELECT 1 FROM remedies_casemember m
    WHERE m.case_id = NEW.id AND m.user_id = NEW.decided_by_id AND m.role = 'GRV_DEC' AND m.left_at IS NULL
  ) THEN
    RAISE EXCEPTION 'C6: a case is decided by whoever has the role GRV_DEC on it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER case_goes_its_way BEFORE UPDATE OF state ON remedies_case
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION hrdd_case_goes_its_way();
CREATE TRIGGER case_role_stays BEFORE UPDATE OF role, user_id, case_id ON remedies_casemember
  FOR EACH ROW WHEN ((OLD.role, OLD.user_id, OLD.case_id) IS DISTINCT FROM (NEW.role, NEW.user_id, NEW.case_id))
  EXECUTE FUNCTION hrdd_refuse_change();
"""
LET_GO = """
DROP TRIGGER case_role_stays ON remedies_casemember;
DROP TRIGGER case_goes_its_way ON remedies_case;
DROP FUNCTION hrdd_case_goes_its_way();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0003_sign_offs'),
        ('remedies', '0002_reads_stay_logged'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='VaultTries',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('wrong', models.PositiveSmallIntegerField(default=0)),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='acknowledged_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='automated_decision',
            field=models.CharField(blank=True, db_default='', max_length=13),
        ),
        migrations.AddField(
            model_name='case',
            name='closed_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='case',
            name='decided_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='finding',
            field=models.CharField(blank=True, db_default='', max_length=20),
        ),
        migrations.AddField(
            model_name='case',
            name='refusal',
            field=models.CharField(blank=True, db_default='', max_length=14),
        ),
        migrations.AddField(
            model_name='case',
            name='screened_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='severity',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='summary_offered_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='told_on',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('severity__isnull', True), ('severity__range', (1, 5)), _connector='OR'), name='case_severity_is_a_level'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('finding__in', ['', 'upheld', 'partly_upheld', 'not_upheld', 'unable_to_determine'])), name='case_finding_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('refusal__in', ['', 'not_ours', 'same_decided', 'too_late', 'no_facts', 'no_concern']), models.Q(models.Q(('state', 'inadmissible'), _negated=True), models.Q(('refusal', ''), _negated=True), _connector='OR')), name='case_refused_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('automated_decision__in', ['', 'NOT_AUTOMATED', 'PARTIALLY', 'FULLY']), models.Q(('automated_decision', 'FULLY'), _negated=True)), name='case_not_decided_by_a_machine'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('automated_decision', ''), ('decided_by__isnull', True), ('decided_on__isnull', True)), models.Q(('decided_by__isnull', False), ('decided_on__isnull', False), models.Q(('finding', ''), _negated=True), models.Q(('automated_decision', ''), _negated=True)), _connector='OR'), name='case_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finding', 'not_upheld'), _negated=True), ('decided_on__isnull', True), models.Q(('decided_on__gt', django.db.models.expressions.CombinedExpression(models.F('summary_offered_on'), '+', models.Value(datetime.timedelta(days=14)))), ('summary_offered_on__isnull', False)), _connector='OR'), name='case_person_could_comment'),
        ),
        migrations.RunSQL(TRIGGERS, LET_GO),
    ]
