"""A case is watched after closing, withdrawn by the person, opened again for a reason; its remedies are owned (6.4 to 6.8)."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


TRIGGERS = """
CREATE OR REPLACE FUNCTION hrdd_case_owes_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'closed' AND (
    (OLD.state IN ('decided', 'appeal_decided') AND NEW.finding IN ('upheld', 'partly_upheld')
     AND NOT (NEW.part = 'directly_linked' AND NEW.role_taken <> ''))
    OR EXISTS (SELECT 1 FROM remedies_remedy r
               WHERE r.case_id = NEW.id AND r.contested_on IS NULL AND r.delivered_on IS NULL)
  ) THEN
    RAISE EXCEPTION 'C3: no case is closed while its remedy is not delivered' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'closed' AND EXISTS (
    SELECT 1 FROM remedies_retaliationcheck c WHERE c.case_id = NEW.id AND c.word = 'yes' AND c.outcome = ''
  ) THEN
    RAISE EXCEPTION '6.7: no case is closed while a report of retaliation is open' USING ERRCODE = 'check_violation';
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

CREATE FUNCTION hrdd_retaliation_word_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.word <> '' AND NEW.word <> OLD.word AND NOT (OLD.word IN ('not_reached', 'unsure')) THEN
    RAISE EXCEPTION '6.7: what the person said about retaliation stays as they said it'
      USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.outcome <> '' AND NEW.outcome <> OLD.outcome THEN
    RAISE EXCEPTION '6.7: what was found on a report of retaliation stays' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.taken_by_id IS DISTINCT FROM OLD.taken_by_id AND NOT EXISTS (
    SELECT 1 FROM remedies_casemember m
    WHERE m.case_id = NEW.case_id AND m.user_id = NEW.taken_by_id AND m.left_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM remedies_caseconflict x WHERE x.case_id = m.case_id AND x.user_id = m.user_id)
  ) THEN
    RAISE EXCEPTION 'SD3: a report of retaliation is looked at by the team of the case'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER retaliation_word_stays BEFORE UPDATE ON remedies_retaliationcheck
  FOR EACH ROW EXECUTE FUNCTION hrdd_retaliation_word_stays();

CREATE FUNCTION hrdd_systemic_remedy_is_owned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM remedies_systemicaction a WHERE a.remedy_id = NEW.id)
     AND EXISTS (SELECT 1 FROM remedies_remedy r WHERE r.id = NEW.id AND r.scope = 'systemic') THEN
    RAISE EXCEPTION 'M4: a systemic remedy opens an action with an owner and a day' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER systemic_remedy_is_owned AFTER INSERT OR UPDATE OF scope ON remedies_remedy
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.scope = 'systemic')
  EXECUTE FUNCTION hrdd_systemic_remedy_is_owned();

CREATE FUNCTION hrdd_identity_is_asked_by_the_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.answer <> '' AND (NEW.answer, NEW.until, NEW.answer_reasons)
     IS DISTINCT FROM (OLD.answer, OLD.until, OLD.answer_reasons) THEN
    RAISE EXCEPTION 'SD8: what a custodian answered stays' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'INSERT' AND NOT EXISTS (
    SELECT 1 FROM remedies_casemember m
    WHERE m.case_id = NEW.case_id AND m.user_id = NEW.asked_by_id AND m.left_at IS NULL
      AND m.role IN ('GRV_INV', 'GRV_DEC')
  ) THEN
    RAISE EXCEPTION '6.7: who wrote is asked for by who looks into the case or decides it'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER identity_is_asked_by_the_team BEFORE INSERT OR UPDATE ON remedies_identityrequest
  FOR EACH ROW EXECUTE FUNCTION hrdd_identity_is_asked_by_the_team();
CREATE FUNCTION hrdd_opened_again_is_undecided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.decided_on = NULL; NEW.decided_by_id = NULL; NEW.automated_decision = '';
  NEW.appeal_decided_on = NULL; NEW.appeal_decided_by_id = NULL; NEW.on_measure = '';
  NEW.summary_offered_on = NULL; NEW.finding = ''; NEW.closed_on = NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER opened_again_is_undecided BEFORE UPDATE OF state ON remedies_case
  FOR EACH ROW WHEN (NEW.state = 'reopened' AND OLD.state <> 'reopened') EXECUTE FUNCTION hrdd_opened_again_is_undecided();
"""
LET_GO = """
DROP TRIGGER opened_again_is_undecided ON remedies_case;
DROP FUNCTION hrdd_opened_again_is_undecided();
DROP TRIGGER identity_is_asked_by_the_team ON remedies_identityrequest;
DROP FUNCTION hrdd_identity_is_asked_by_the_team();
DROP TRIGGER systemic_remedy_is_owned ON remedies_remedy;
DROP FUNCTION hrdd_systemic_remedy_is_owned();
DROP TRIGGER retaliation_word_stays ON remedies_retaliationcheck;
DROP FUNCTION hrdd_retaliation_word_stays();
CREATE OR REPLACE FUNCTION hrdd_case_owes_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):

    dependencies = [
        ('remedies', '0003_cases_keep_their_way'),
        ('risks', '0007_appeals_by_another'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField()),
                ('reasons', models.TextField()),
                ('telling_endangers', models.BooleanField(default=False)),
                ('answer', models.CharField(blank=True, choices=[('', 'Waits'), ('granted', 'Granted'), ('refused', 'Refused')], db_default='', max_length=7)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer_reasons', models.TextField(blank=True, db_default='')),
                ('until', models.DateTimeField(null=True)),
                ('told', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['asked_at'],
            },
        ),
        migrations.CreateModel(
            name='ParallelProceeding',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=17)),
                ('noted_on', models.DateField()),
            ],
            options={
                'ordering': ['noted_on', 'kind'],
            },
        ),
        migrations.CreateModel(
            name='RetaliationCheck',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('days', models.PositiveSmallIntegerField()),
                ('due', models.DateField()),
                ('word', models.CharField(blank=True, db_default='', max_length=11)),
                ('word_week', models.DateField(null=True)),
                ('taken_on', models.DateField(null=True)),
                ('outcome', models.CharField(blank=True, db_default='', max_length=13)),
                ('outcome_on', models.DateField(null=True)),
            ],
            options={
                'ordering': ['due', 'days'],
            },
        ),
        migrations.CreateModel(
            name='SystemicAction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('area', models.CharField(max_length=18)),
                ('due', models.DateField()),
                ('opened_on', models.DateField()),
                ('done_on', models.DateField(null=True)),
            ],
            options={
                'ordering': ['due'],
            },
        ),
        migrations.AddField(
            model_name='case',
            name='appealed_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='danger_answered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='danger_seen_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='measure',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='risks.measure'),
        ),
        migrations.AddField(
            model_name='case',
            name='on_measure',
            field=models.CharField(blank=True, db_default='', max_length=6),
        ),
        migrations.AddField(
            model_name='case',
            name='part',
            field=models.CharField(blank=True, db_default='', max_length=15),
        ),
        migrations.AddField(
            model_name='case',
            name='reopened_for',
            field=models.CharField(blank=True, db_default='', max_length=12),
        ),
        migrations.AddField(
            model_name='case',
            name='reopened_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='role_taken',
            field=models.CharField(blank=True, db_default='', max_length=13),
        ),
        migrations.AddField(
            model_name='case',
            name='unseen_rounds',
            field=models.PositiveSmallIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='case',
            name='withdrawn_week',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='remedy',
            name='amount_minor',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='remedy',
            name='currency',
            field=models.CharField(blank=True, db_default='', max_length=3),
        ),
        migrations.AddField(
            model_name='remedy',
            name='not_restorable',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='remedy',
            name='restored',
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='remedy',
            name='share_pct',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_week__isnull', True), models.Q(('state', 'withdrawn'), _negated=True)), models.Q(('withdrawn_week__isnull', False), ('withdrawn_week__iso_week_day', 1)), _connector='OR'), name='case_withdrawn_by_the_person'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('reopened_for__in', ['', 'new_facts', 'non_delivery', 'retaliation']), models.Q(models.Q(('state', 'reopened'), _negated=True), models.Q(('reopened_for', ''), _negated=True), _connector='OR')), name='case_reopened_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('part__in', ['', 'caused', 'contributed', 'directly_linked']), ('role_taken__in', ['', 'uses_leverage', 'cooperates', 'refers', 'provides']), models.Q(models.Q(('part', 'directly_linked'), models.Q(('role_taken', ''), _negated=True)), models.Q(models.Q(('part', 'directly_linked'), _negated=True), ('role_taken', '')), _connector='OR')), name='case_part_known'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('on_measure__in', ['', 'undone', 'stays']), models.Q(('on_measure', ''), models.Q(('appeal_decided_by__isnull', False), ('measure__isnull', False), models.Q(('on_measure', 'stays'), ('finding__in', ['upheld', 'partly_upheld']), _connector='OR')), _connector='OR')), name='case_appeal_undoes_what_is_linked'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('unseen_rounds__lte', 2)), name='case_rounds_end'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__isnull', True), ('currency', '')), models.Q(('amount_minor__gt', 0), ('amount_minor__isnull', False), ('currency__regex', '^[A-Z]{3}$'), ('kind', 'financial_compensation')), _connector='OR'), name='remedy_amount_whole'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('share_pct__isnull', True), ('share_pct__range', (1, 100)), _connector='OR'), name='remedy_share_is_a_share'),
        ),
        migrations.AddField(
            model_name='identityrequest',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='identityrequest',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='identityrequest',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identity_requests', to='remedies.case'),
        ),
        migrations.AddField(
            model_name='parallelproceeding',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proceedings', to='remedies.case'),
        ),
        migrations.AddField(
            model_name='parallelproceeding',
            name='noted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='retaliationcheck',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retaliation_checks', to='remedies.case'),
        ),
        migrations.AddField(
            model_name='retaliationcheck',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='retaliationcheck',
            name='taken_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='systemicaction',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='systemic_actions', to='remedies.case'),
        ),
        migrations.AddField(
            model_name='systemicaction',
            name='opened_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='systemicaction',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='systemicaction',
            name='remedy',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='action', to='remedies.remedy'),
        ),
        migrations.AddConstraint(
            model_name='identityrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('answer', '')), fields=('case', 'asked_by'), name='identity_asked_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='identityrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True), ('until__isnull', True)), models.Q(('answer__in', ['granted', 'refused']), ('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answered_by', models.F('asked_by')), _negated=True), models.Q(('answer_reasons', ''), _negated=True), models.Q(models.Q(('answer', 'granted'), ('until__isnull', False)), models.Q(('answer', 'refused'), ('until__isnull', True)), _connector='OR')), _connector='OR'), name='identity_answered_by_another'),
        ),
        migrations.AddConstraint(
            model_name='parallelproceeding',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['court', 'out_of_court_body', 'contact_point', 'authority', 'regional_body'])), name='proceeding_known'),
        ),
        migrations.AddConstraint(
            model_name='parallelproceeding',
            constraint=models.UniqueConstraint(fields=('case', 'kind'), name='proceeding_once_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='retaliationcheck',
            constraint=models.CheckConstraint(condition=models.Q(('word__in', ['', 'no', 'unsure', 'yes', 'not_reached'])), name='retaliation_word_known'),
        ),
        migrations.AddConstraint(
            model_name='retaliationcheck',
            constraint=models.CheckConstraint(condition=models.Q(('days__in', [0, 30, 90, 180])), name='retaliation_days_known'),
        ),
        migrations.AddConstraint(
            model_name='retaliationcheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('recorded_by__isnull', True), ('word', ''), ('word_week__isnull', True)), models.Q(models.Q(('word', ''), _negated=True), ('word_week__isnull', False), ('word_week__iso_week_day', 1)), _connector='OR'), name='retaliation_word_whole'),
        ),
        migrations.AddConstraint(
            model_name='retaliationcheck',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'confirmed', 'not_confirmed']), models.Q(models.Q(('taken_by__isnull', True), ('taken_on__isnull', True)), models.Q(('taken_by__isnull', False), ('taken_on__isnull', False)), _connector='OR'), models.Q(models.Q(('outcome', ''), ('outcome_on__isnull', True)), models.Q(('outcome_on__isnull', False), ('taken_on__isnull', False), ('word', 'yes')), _connector='OR')), name='retaliation_looked_at_when_told'),
        ),
        migrations.AddConstraint(
            model_name='retaliationcheck',
            constraint=models.UniqueConstraint(condition=models.Q(('days', 0), _negated=True), fields=('case', 'days', 'due'), name='retaliation_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='systemicaction',
            constraint=models.CheckConstraint(condition=models.Q(('area__in', ['', 'policy_gap', 'unclear_rule', 'wrong_application', 'automation_error', 'language_gap', 'design', 'partner_conduct', 'under_resourcing', 'state_pressure', 'data_breach', 'other']), models.Q(('area', ''), _negated=True)), name='systemic_action_area_known'),
        ),
        migrations.RunSQL(TRIGGERS, LET_GO),
    ]
