"""Exits whole: drafts, stages, duties, terms of staying; what a rule refuses the database refuses too (domain.md 1.4)."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

# Assessments that were completed before stay completed, and belong to the decision that rests on them.
FILL = """
DROP TRIGGER append_only_rows ON risks_exitimpactassessment;
UPDATE risks_exitimpactassessment a SET completed_at = a.completed_on::timestamp AT TIME ZONE 'UTC',
  decision_id = (SELECT d.id FROM risks_exitdecision d WHERE d.impact_assessment_id = a.id ORDER BY d.id LIMIT 1);
SET CONSTRAINTS ALL IMMEDIATE;
"""
# The same table as risks.rules.exit.EXIT_STEPS.
TRIGGERS = """
CREATE TRIGGER completed_stays BEFORE UPDATE OR DELETE ON risks_exitimpactassessment
  FOR EACH ROW WHEN (OLD.completed_on IS NOT NULL) EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION hrdd_exit_refused(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', why USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION hrdd_completed_exit_assessment_keeps_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM risks_exitimpactassessment a WHERE a.completed_on IS NOT NULL
      AND a.id = coalesce(NEW.exitimpactassessment_id, OLD.exitimpactassessment_id)) THEN
    PERFORM hrdd_exit_refused('A completed exit impact assessment is append-only (domain.md 1.4)');
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER completed_stays BEFORE INSERT OR UPDATE OR DELETE ON risks_exitimpactassessment_consultations
  FOR EACH ROW EXECUTE FUNCTION hrdd_completed_exit_assessment_keeps_links();
CREATE TRIGGER completed_stays BEFORE INSERT OR UPDATE OR DELETE ON risks_exitimpactassessment_written_by
  FOR EACH ROW EXECUTE FUNCTION hrdd_completed_exit_assessment_keeps_links();

CREATE FUNCTION hrdd_exit_assessment_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.completed_at IS NULL THEN
    PERFORM hrdd_exit_refused('An exit impact assessment is completed at a time');
  END IF;
  IF jsonb_array_length(NEW.groups) < 1 THEN
    PERFORM hrdd_exit_refused('An exit impact assessment names at least one group (UNGP 19)');
  END IF;
  IF jsonb_array_length(NEW.sources) < 2 OR NOT jsonb_path_exists(NEW.sources, '$[*] ? (@.outside == true)') THEN
    PERFORM hrdd_exit_refused('An exit impact assessment has two sources, one outside the company (UNGP 19)');
  END IF;
  IF jsonb_array_length(NEW.alternatives) < 2 THEN
    PERFORM hrdd_exit_refused('An exit impact assessment weighs two alternatives (UNGP 19)');
  END IF;
  IF NEW.why_not_consulted = '' AND NOT EXISTS (
      SELECT 1 FROM risks_exitimpactassessment_consultations WHERE exitimpactassessment_id = NEW.id) THEN
    PERFORM hrdd_exit_refused('An exit impact assessment says who was consulted, or why nobody was (UNGP 18(b))');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER completed_is_whole BEFORE INSERT OR UPDATE ON risks_exitimpactassessment
  FOR EACH ROW WHEN (NEW.completed_on IS NOT NULL) EXECUTE FUNCTION hrdd_exit_assessment_is_whole();

CREATE FUNCTION hrdd_exit_person_refused(person bigint, relationship bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM governance_user WHERE id = person AND roles ? 'SENIOR') THEN
    PERFORM hrdd_exit_refused('A senior decides on an exit (X2)');
  END IF;
  IF EXISTS (SELECT 1 FROM governance_user WHERE id = person AND roles ? 'PARTNER_MGR') THEN
    PERFORM hrdd_exit_refused('A partner manager never decides on an exit (X2)');
  END IF;
  IF EXISTS (SELECT 1 FROM risks_relationship_revenue_owners WHERE user_id = person AND relationship_id = relationship)
  THEN
    PERFORM hrdd_exit_refused('Whoever has a revenue target on a partner does not decide on the exit (SD4)');
  END IF;
END $$;

CREATE FUNCTION hrdd_exit_may_be_approved(d risks_exitdecision) RETURNS void LANGUAGE plpgsql AS $$
DECLARE a risks_exitimpactassessment;
BEGIN
  SELECT * INTO a FROM risks_exitimpactassessment WHERE id = d.impact_assessment_id;
  IF a.completed_on IS NULL OR a.completed_on < d.approved_on - 180 OR a.relationship_id <> d.relationship_id THEN
    PERFORM hrdd_exit_refused('An exit rests on an impact assessment completed within 180 days (X1)');
  END IF;
  IF EXISTS (SELECT 1 FROM risks_severityassessment s JOIN risks_relationshiprisk r ON r.risk_id = s.risk_id
      WHERE r.relationship_id = d.relationship_id AND s.recorded_at > a.completed_at) THEN
    PERFORM hrdd_exit_refused('Severity was judged again after the impact of the exit was assessed (X1)');
  END IF;
  PERFORM hrdd_exit_person_refused(d.approved_by_id, d.relationship_id);
  IF d.approved_by_id IN (a.assessor_id, d.opened_by_id) OR EXISTS (
      SELECT 1 FROM risks_exitimpactassessment_written_by
      WHERE exitimpactassessment_id = a.id AND user_id = d.approved_by_id) THEN
    PERFORM hrdd_exit_refused('Whoever assessed the impact of an exit does not decide on it (SD1)');
  END IF;
  IF a.comparison = 'exit_manifestly_more_harm' AND d.kind NOT IN ('suspend_part', 'remain_with_conditions') AND NOT
      EXISTS (SELECT 1 FROM governance_user WHERE id = d.board_agreed_by_id AND roles ? 'BOARD') THEN
    PERFORM hrdd_exit_refused('An exit that does manifestly more harm needs the board too (X4)');
  END IF;
  IF d.kind = 'remain_with_conditions' AND (d.conditions = '' OR d.consequences_accepted = '') THEN
    PERFORM hrdd_exit_refused('Staying has conditions, and consequences that are accepted (X7)');
  END IF;
END $$;

CREATE FUNCTION hrdd_exit_may_be_executed(d risks_exitdecision) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF d.executed_on IS NULL OR EXISTS (
      SELECT 1 FROM risks_exitduty WHERE decision_id = d.id AND done_on IS NULL) THEN
    PERFORM hrdd_exit_refused('An exit is not carried out while a duty to people is open (UNGP 19)');
  END IF;
  IF EXISTS (SELECT 1 FROM risks_exitduty WHERE decision_id = d.id
      AND kind IN ('notice_partner', 'notice_users') AND done_on + coalesce(d.notice_days, 0) > d.executed_on) THEN
    PERFORM hrdd_exit_refused('An exit is not carried out before its notice has run (UNGP 19)');
  END IF;
END $$;

CREATE FUNCTION hrdd_exit_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owed text[];
BEGIN
  IF (OLD.state, NEW.state) NOT IN (
    ('considering', 'assessing'), ('consulted', 'assessing'), ('assessing', 'consulted'), ('consulted', 'proposed'),
    ('proposed', 'approved'), ('proposed', 'considering'), ('approved', 'executing'),
    ('approved', 'suspended_execution'), ('suspended_execution', 'executing'), ('suspended_execution', 'withdrawn'),
    ('executing', 'executed'), ('executed', 'post_exit_review'), ('post_exit_review', 'closed'),
    ('considering', 'withdrawn'), ('assessing', 'withdrawn'), ('consulted', 'withdrawn'), ('proposed', 'withdrawn')
  ) THEN
    PERFORM hrdd_exit_refused(format('An exit does not go from %s to %s (domain.md 1.4)', OLD.state, NEW.state));
  END IF;
  IF NEW.state IN ('proposed', 'approved') THEN
    IF NEW.rests_on_revenue IS DISTINCT FROM false THEN
      PERFORM hrdd_exit_refused('No reason of an exit decision rests on revenue (X8)');
    END IF;
    IF NEW.kind IN ('terminate_part', 'terminate_whole')
      AND NOT (NEW.trigger IN ('zero_tolerance_breach', 'law_prohibits') AND NEW.trigger_reasons <> '')
      AND NOT EXISTS (SELECT 1 FROM risks_leverageaction l JOIN risks_relationshiprisk r ON r.id = l.tied_id
        WHERE r.relationship_id = NEW.relationship_id AND l.measured_on IS NOT NULL) THEN
      PERFORM hrdd_exit_refused('Leverage comes before the end of a relationship, with its outcome (X3)');
    END IF;
  END IF;
  IF NEW.state = 'approved' THEN PERFORM hrdd_exit_may_be_approved(NEW); END IF;
  IF NEW.state = 'executing' THEN
    owed := CASE
      WHEN NEW.kind = 'remain_with_conditions' THEN ARRAY['condition']
      WHEN NEW.kind IN ('suspend_whole', 'suspend_part') THEN
        ARRAY['vulnerable_safe', 'notice_partner', 'notice_users', 'evidence_preserved']
      ELSE ARRAY['vulnerable_safe', 'notice_partner', 'notice_users', 'evidence_preserved', 'users_moved',
        'data_settled', 'access_ended'] END;
    IF EXISTS (SELECT 1 FROM unnest(owed) kind WHERE kind NOT IN (
        SELECT d.kind FROM risks_exitduty d WHERE d.decision_id = NEW.id)) THEN
      PERFORM hrdd_exit_refused('The stages of an exit hold every duty that is owed to people (UNGP 19)');
    END IF;
  END IF;
  IF NEW.state = 'executed' THEN PERFORM hrdd_exit_may_be_executed(NEW); END IF;
  IF NEW.state = 'closed' AND 2 <> (
      SELECT count(*) FROM risks_exitreview WHERE decision_id = NEW.id AND kind IN ('after_90', 'after_365')) THEN
    PERFORM hrdd_exit_refused('An exit is closed after its reviews at 90 and at 365 days (UNGP 20)');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER exit_goes_its_way BEFORE UPDATE OF state ON risks_exitdecision
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION hrdd_exit_goes_its_way();

CREATE TRIGGER job_bounds BEFORE UPDATE OF state ON risks_exitdecision FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_never('decide on an exit');
CREATE TRIGGER job_bounds BEFORE INSERT OR UPDATE ON risks_stayingterm FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_never('decide on staying');

CREATE FUNCTION hrdd_exit_begins_as_a_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM hrdd_exit_refused('An exit begins as a question: considering (domain.md 1.4)');
  RETURN NULL;
END $$;
CREATE TRIGGER exit_begins BEFORE INSERT ON risks_exitdecision
  FOR EACH ROW WHEN (NEW.state <> 'considering') EXECUTE FUNCTION hrdd_exit_begins_as_a_question();
CREATE TRIGGER exit_decided_stays BEFORE UPDATE ON risks_exitdecision
  FOR EACH ROW WHEN (OLD.approved_on IS NOT NULL AND
    (OLD.relationship_id, OLD.trigger, OLD.kind, OLD.reasons, OLD.conditions, OLD.consequences_accepted,
     OLD.notice_days, OLD.data_and_access_plan, OLD.severity_at_decision, OLD.impact_assessment_id, OLD.proposed_by_id,
     OLD.approved_by_id, OLD.approved_on, OLD.board_agreed_by_id, OLD.rests_on_revenue)
    IS DISTINCT FROM
    (NEW.relationship_id, NEW.trigger, NEW.kind, NEW.reasons, NEW.conditions, NEW.consequences_accepted,
     NEW.notice_days, NEW.data_and_access_plan, NEW.severity_at_decision, NEW.impact_assessment_id, NEW.proposed_by_id,
     NEW.approved_by_id, NEW.approved_on, NEW.board_agreed_by_id, NEW.rests_on_revenue))
  EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER exit_stays BEFORE DELETE ON risks_exitdecision
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION hrdd_exit_duty_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM risks_exitduty
      WHERE decision_id = NEW.decision_id AND kind = 'vulnerable_safe' AND done_on <= NEW.done_on) THEN
    PERFORM hrdd_exit_refused('Nobody is given notice before vulnerable users are safe (UNGP 19)');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER duty_in_order BEFORE INSERT OR UPDATE ON risks_exitduty
  FOR EACH ROW WHEN (NEW.done_on IS NOT NULL AND NEW.kind IN ('notice_partner', 'notice_users'))
  EXECUTE FUNCTION hrdd_exit_duty_in_order();
CREATE FUNCTION hrdd_exit_duty_stays_owed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM risks_exitdecision WHERE id = OLD.decision_id
      AND state NOT IN ('consulted', 'approved', 'suspended_execution')) THEN
    PERFORM hrdd_exit_refused('What is owed to people stays owed while an exit is carried out (UNGP 19)');
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER duty_stays_owed BEFORE DELETE ON risks_exitduty
  FOR EACH ROW EXECUTE FUNCTION hrdd_exit_duty_stays_owed();
CREATE TRIGGER duty_done_stays BEFORE UPDATE OR DELETE ON risks_exitduty
  FOR EACH ROW WHEN (OLD.done_on IS NOT NULL) EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION hrdd_exit_review_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE carried_out date;
BEGIN
  SELECT executed_on INTO carried_out FROM risks_exitdecision WHERE id = NEW.decision_id;
  IF carried_out IS NULL OR NEW.reviewed_on < carried_out + (CASE NEW.kind WHEN 'after_90' THEN 76 ELSE 351 END) THEN
    PERFORM hrdd_exit_refused('A review after an exit comes when people can tell what became of it (UNGP 20)');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER review_in_time BEFORE INSERT ON risks_exitreview
  FOR EACH ROW WHEN (NEW.kind IN ('after_90', 'after_365')) EXECUTE FUNCTION hrdd_exit_review_in_time();

CREATE FUNCTION hrdd_staying_is_decided_again() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE since date; relationship bigint;
BEGIN
  SELECT relationship_id INTO relationship FROM risks_exitdecision WHERE id = NEW.decision_id;
  PERFORM hrdd_exit_person_refused(NEW.accepted_by_id, relationship);
  SELECT max(accepted_on) INTO since FROM risks_stayingterm WHERE decision_id = NEW.decision_id AND id <> NEW.id;
  IF since IS NOT NULL AND NOT EXISTS (SELECT 1 FROM risks_exitreview
      WHERE decision_id = NEW.decision_id AND kind = 'staying' AND reviewed_on >= since) THEN
    PERFORM hrdd_exit_refused('Staying is decided again on evidence of mitigation since the last time (X7)');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER term_is_decided BEFORE INSERT OR UPDATE ON risks_stayingterm
  FOR EACH ROW WHEN (NEW.accepted_on IS NOT NULL) EXECUTE FUNCTION hrdd_staying_is_decided_again();
CREATE TRIGGER term_decided_stays BEFORE UPDATE OR DELETE ON risks_stayingterm
  FOR EACH ROW WHEN (OLD.accepted_on IS NOT NULL OR OLD.refused_on IS NOT NULL)
  EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER narrative_decided_stays BEFORE UPDATE OR DELETE ON risks_exitnarrative
  FOR EACH ROW WHEN (OLD.cleared_at IS NOT NULL OR OLD.refused_at IS NOT NULL)
  EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION hrdd_emergency_stop_is_short() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM risks_measure WHERE id = NEW.measure_id AND kind = 'temp_suspension'
      AND target_type = 'partner' AND ends_on <= starts_on + 14) THEN
    PERFORM hrdd_exit_refused('An emergency stop is a temporary suspension of a partner, for 14 days at most (X6)');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stop_is_short BEFORE INSERT OR UPDATE ON risks_emergencystop
  FOR EACH ROW EXECUTE FUNCTION hrdd_emergency_stop_is_short();
CREATE FUNCTION hrdd_measure_of_a_stop_is_short() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM risks_emergencystop WHERE measure_id = NEW.id) AND (
      NEW.kind <> 'temp_suspension' OR NEW.ends_on IS NULL OR NEW.ends_on > OLD.ends_on) THEN
    PERFORM hrdd_exit_refused('An emergency stop is not prolonged; a senior renews it once (X6)');
  END IF;
  IF NEW.decided_by_id IS NOT NULL AND NEW.state = 'active_emergency' AND EXISTS (
      SELECT 1 FROM risks_emergencystop WHERE measure_id = NEW.id AND renewal)
    AND NOT EXISTS (SELECT 1 FROM governance_user WHERE id = NEW.decided_by_id AND roles ? 'SENIOR') THEN
    PERFORM hrdd_exit_refused('A senior renews an emergency stop (X6)');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stop_is_short BEFORE UPDATE OF kind, ends_on, state ON risks_measure
  FOR EACH ROW WHEN (NEW.target_type = 'partner') EXECUTE FUNCTION hrdd_measure_of_a_stop_is_short();
"""
LET_GO = """
DROP TRIGGER stop_is_short ON risks_measure; DROP TRIGGER stop_is_short ON risks_emergencystop;
DROP TRIGGER narrative_decided_stays ON risks_exitnarrative;
DROP TRIGGER term_decided_stays ON risks_stayingterm; DROP TRIGGER term_is_decided ON risks_stayingterm;
DROP TRIGGER review_in_time ON risks_exitreview;
DROP TRIGGER job_bounds ON risks_stayingterm; DROP TRIGGER job_bounds ON risks_exitdecision;
DROP TRIGGER duty_stays_owed ON risks_exitduty; DROP TRIGGER duty_done_stays ON risks_exitduty; DROP TRIGGER duty_in_order ON risks_exitduty;
DROP TRIGGER exit_stays ON risks_exitdecision; DROP TRIGGER exit_decided_stays ON risks_exitdecision;
DROP TRIGGER exit_begins ON risks_exitdecision; DROP TRIGGER exit_goes_its_way ON risks_exitdecision;
DROP TRIGGER completed_is_whole ON risks_exitimpactassessment;
DROP TRIGGER completed_stays ON risks_exitimpactassessment_written_by;
DROP TRIGGER completed_stays ON risks_exitimpactassessment_consultations;
DROP TRIGGER completed_stays ON risks_exitimpactassessment;
DROP FUNCTION hrdd_measure_of_a_stop_is_short(); DROP FUNCTION hrdd_emergency_stop_is_short();
DROP FUNCTION hrdd_staying_is_decided_again(); DROP FUNCTION hrdd_exit_review_in_time();
DROP FUNCTION hrdd_exit_duty_stays_owed(); DROP FUNCTION hrdd_exit_duty_in_order(); DROP FUNCTION hrdd_exit_begins_as_a_question();
DROP FUNCTION hrdd_exit_goes_its_way(); DROP FUNCTION hrdd_exit_may_be_executed(risks_exitdecision);
DROP FUNCTION hrdd_exit_may_be_approved(risks_exitdecision); DROP FUNCTION hrdd_exit_person_refused(bigint, bigint);
DROP FUNCTION hrdd_exit_assessment_is_whole(); DROP FUNCTION hrdd_completed_exit_assessment_keeps_links();
DROP FUNCTION hrdd_exit_refused(text);
"""
UNFILL = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_exitimpactassessment
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('risks', "0028_clocks_keep_their_word"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EmergencyStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('renewal', models.BooleanField(default=False)),
                ('asked_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ExitDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('vulnerable_safe', 'Vulnerable users made safe'), ('notice_partner', 'Notice to the partner'), ('notice_users', 'Notice to users'), ('users_moved', 'Users helped to move on'), ('data_settled', 'Data returned or erased'), ('evidence_preserved', 'Evidence preserved'), ('access_ended', 'Access ended'), ('condition', 'Condition of staying'), ('other', 'Something else')], max_length=20)),
                ('what', models.TextField()),
                ('due', models.DateField()),
                ('done_on', models.DateField(blank=True, null=True)),
                ('proof', models.TextField(blank=True)),
            ],
            options={
                'verbose_name_plural': 'exit duties',
                'ordering': ['stage__number', 'due', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ExitNarrative',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('written_at', models.DateTimeField()),
                ('cleared_at', models.DateTimeField(blank=True, null=True)),
                ('refused_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ExitStage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('what', models.TextField()),
                ('begins_on', models.DateField()),
                ('planned_by', models.CharField(max_length=120)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='StayingTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.TextField()),
                ('consequences', models.TextField()),
                ('asked_on', models.DateField()),
                ('level', models.PositiveSmallIntegerField()),
                ('accepted_on', models.DateField(blank=True, null=True)),
                ('runs_until', models.DateField(blank=True, null=True)),
                ('refused_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='exitimpactassessment',
            name='exit_assessment_has_comparison',
        ),
        migrations.AddField(
            model_name='exitdecision',
            name='board_agreed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exitdecision',
            name='board_agreed_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='exitdecision',
            name='money_words',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='exitdecision',
            name='money_words_explained',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='exitdecision',
            name='rests_on_revenue',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='exitimpactassessment',
            name='completed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='exitimpactassessment',
            name='consultations',
            field=models.ManyToManyField(blank=True, related_name='exit_assessments', to='risks.consultation'),
        ),
        migrations.AddField(
            model_name='exitimpactassessment',
            name='decision',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='risks.exitdecision'),
        ),
        migrations.AddField(
            model_name='exitimpactassessment',
            name='supersedes',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='risks.exitimpactassessment'),
        ),
        migrations.AddField(
            model_name='exitimpactassessment',
            name='written_by',
            field=models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exitreview',
            name='kind',
            field=models.CharField(choices=[('staying', 'Evidence of mitigation while staying'), ('after_90', 'Review after 90 days'), ('after_365', 'Review after 365 days'), ('other', 'Looked at in between')], default='other', max_length=10),
        ),
        migrations.AlterField(
            model_name='exitimpactassessment',
            name='completed_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='exitimpactassessment',
            name='severity_then',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='exitdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rests_on_revenue', True), _negated=True), models.Q(('state__in', ['proposed', 'approved', 'suspended_execution', 'executing', 'executed', 'post_exit_review', 'closed']), _negated=True), _connector='OR'), name='exit_rests_not_on_revenue'),
        ),
        migrations.AddConstraint(
            model_name='exitdecision',
            constraint=models.CheckConstraint(condition=models.Q(('money_words', []), models.Q(('money_words_explained', ''), _negated=True), _connector='OR'), name='exit_money_words_are_explained'),
        ),
        migrations.AddConstraint(
            model_name='exitdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('board_agreed_by__isnull', True), ('board_agreed_on__isnull', True)), models.Q(('board_agreed_by__isnull', False), ('board_agreed_on__isnull', False), models.Q(('board_agreed_by', models.F('proposed_by')), _negated=True), models.Q(('approved_by__isnull', True), models.Q(('board_agreed_by', models.F('approved_by')), _negated=True), _connector='OR')), _connector='OR'), name='exit_board_agreed_whole'),
        ),
        migrations.AddConstraint(
            model_name='exitimpactassessment',
            constraint=models.CheckConstraint(condition=models.Q(('completed_on__isnull', True), models.Q(models.Q(('comparison', ''), _negated=True), models.Q(('mitigation', ''), _negated=True), ('severity_then__isnull', False)), _connector='OR'), name='exit_assessment_has_comparison'),
        ),
        migrations.AddConstraint(
            model_name='exitimpactassessment',
            constraint=models.UniqueConstraint(condition=models.Q(('completed_on__isnull', True)), fields=('decision',), name='exit_assessment_one_draft_a_decision'),
        ),
        migrations.AddConstraint(
            model_name='exitreview',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['after_90', 'after_365'])), fields=('decision', 'kind'), name='exit_review_once_a_kind'),
        ),
        migrations.AddField(
            model_name='emergencystop',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='emergencystop',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergency_stops', to='risks.exitdecision'),
        ),
        migrations.AddField(
            model_name='emergencystop',
            name='measure',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='emergency_stop', to='risks.measure'),
        ),
        migrations.AddField(
            model_name='emergencystop',
            name='relationship',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergency_stops', to='risks.relationship'),
        ),
        migrations.AddField(
            model_name='exitduty',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='risks.exitdecision'),
        ),
        migrations.AddField(
            model_name='exitduty',
            name='done_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exitduty',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exitnarrative',
            name='cleared_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exitnarrative',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='narratives', to='risks.exitdecision'),
        ),
        migrations.AddField(
            model_name='exitnarrative',
            name='written_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exitstage',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stages', to='risks.exitdecision'),
        ),
        migrations.AddField(
            model_name='exitduty',
            name='stage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='risks.exitstage'),
        ),
        migrations.AddField(
            model_name='stayingterm',
            name='accepted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stayingterm',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stayingterm',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='risks.exitdecision'),
        ),
        migrations.AddConstraint(
            model_name='emergencystop',
            constraint=models.UniqueConstraint(condition=models.Q(('renewal', True)), fields=('decision',), name='emergency_stop_renewed_once'),
        ),
        migrations.AddConstraint(
            model_name='exitnarrative',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cleared_at__isnull', True), ('cleared_by__isnull', True)), models.Q(('cleared_at__isnull', False), ('cleared_by__isnull', False), ('refused_at__isnull', True), models.Q(('cleared_by', models.F('written_by')), _negated=True)), _connector='OR'), name='exit_narrative_cleared_by_another'),
        ),
        migrations.AddConstraint(
            model_name='exitnarrative',
            constraint=models.UniqueConstraint(condition=models.Q(('cleared_at__isnull', True), ('refused_at__isnull', True)), fields=('decision',), name='exit_narrative_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='exitstage',
            constraint=models.UniqueConstraint(fields=('decision', 'number'), name='exit_stage_once_a_number'),
        ),
        migrations.AddConstraint(
            model_name='exitduty',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_by__isnull', True), ('done_on__isnull', True), ('proof', '')), models.Q(('done_by__isnull', False), ('done_on__isnull', False), models.Q(('proof', ''), _negated=True)), _connector='OR'), name='exit_duty_done_has_proof'),
        ),
        migrations.AddConstraint(
            model_name='stayingterm',
            constraint=models.UniqueConstraint(condition=models.Q(('accepted_on__isnull', True), ('refused_on__isnull', True)), fields=('decision',), name='staying_term_asked_once'),
        ),
        migrations.AddConstraint(
            model_name='stayingterm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_by__isnull', True), ('accepted_on__isnull', True), ('runs_until__isnull', True)), models.Q(('accepted_by__isnull', False), ('accepted_on__isnull', False), ('refused_on__isnull', True), ('runs_until__isnull', False), models.Q(('accepted_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='staying_term_accepted_by_another'),
        ),
        migrations.AddConstraint(
            model_name='stayingterm',
            constraint=models.CheckConstraint(condition=models.Q(('runs_until__isnull', True), ('runs_until__lte', models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('accepted_on'), '+', models.Value(datetime.timedelta(days=30))), models.DateField())), models.Q(('level__lte', 4), ('runs_until__lte', models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('accepted_on'), '+', models.Value(datetime.timedelta(days=60))), models.DateField()))), models.Q(('level__lte', 3), ('runs_until__lte', models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('accepted_on'), '+', models.Value(datetime.timedelta(days=90))), models.DateField()))), _connector='OR'), name='staying_term_is_short'),
        ),
        migrations.AddConstraint(
            model_name='stayingterm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('consequences', ''), _negated=True), models.Q(('why', ''), _negated=True)), name='staying_term_names_consequences'),
        ),
        migrations.AlterField(
            model_name='exitdecision',
            name='kind',
            field=models.CharField(blank=True, choices=[('suspend_whole', 'Suspend the relationship'), ('suspend_part', 'Suspend a part'), ('no_renewal', 'Let the contract run out'), ('terminate_part', 'End a part'), ('terminate_whole', 'End the relationship'), ('market_withdrawal', 'Withdraw from the market'), ('remain_with_conditions', 'Remain, with conditions')], max_length=24),
        ),
        migrations.AlterField(
            model_name='exitdecision',
            name='trigger',
            field=models.CharField(choices=[('no_leverage', 'No leverage, and none to be had'), ('leverage_failed', 'Leverage failed'), ('zero_tolerance_breach', 'A breach that leaves no time'), ('partner_ceased', 'The partner ceased'), ('law_prohibits', 'The law prohibits it'), ('own_strategy', 'Our own strategy')], max_length=24),
        ),
        migrations.AlterField(
            model_name='exitimpactassessment',
            name='comparison',
            field=models.CharField(blank=True, choices=[('exit_less_harm', 'Leaving does less harm'), ('comparable', 'Leaving and staying do comparable harm'), ('exit_more_harm', 'Leaving does more harm'), ('exit_manifestly_more_harm', 'Leaving does manifestly more harm')], max_length=26),
        ),
        migrations.RunSQL(FILL, UNFILL),
        migrations.RunSQL(TRIGGERS, LET_GO),
    ]
