"""Policies, the way of a measure, what touches it, what a job may not do, samples (domain.md 3.6 to 3.8)."""

from django.db import migrations

POLICIES = """
CREATE FUNCTION hrdd_keep_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.slug, OLD.kind) IS DISTINCT FROM (NEW.slug, NEW.kind) THEN
    RAISE EXCEPTION 'A policy keeps its address, and its kind, which says who approves it (UNGP 16)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_policy BEFORE UPDATE ON risks_policy FOR EACH ROW EXECUTE FUNCTION hrdd_keep_policy();

CREATE FUNCTION hrdd_keep_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'A version of a policy begins as a draft (SD1)';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.state, NEW.state) NOT IN (
      ('draft', 'draft'), ('draft', 'submitted'), ('submitted', 'submitted'), ('submitted', 'draft'),
      ('submitted', 'approved'), ('approved', 'approved'), ('approved', 'in_force'), ('approved', 'repealed'),
      ('in_force', 'in_force'), ('in_force', 'superseded'), ('in_force', 'repealed'),
      ('superseded', 'superseded'), ('repealed', 'repealed')) THEN
    RAISE EXCEPTION 'A version of a policy does not go from % to %', OLD.state, NEW.state;
  END IF;
  IF (OLD.policy_id, OLD.number, OLD.language) IS DISTINCT FROM (NEW.policy_id, NEW.number, NEW.language) THEN
    RAISE EXCEPTION 'A version of a policy keeps its number and its language';
  END IF;
  IF OLD.state NOT IN ('draft', 'submitted') AND
      (OLD.title, OLD.clauses, OLD.what_changed, OLD.consulted, OLD.experts, OLD.in_force_from, OLD.next_review,
       OLD.adopted_before, OLD.content_hash, OLD.authors, OLD.drafted_by_id, OLD.drafted_at, OLD.approved_by_id,
       OLD.approved_at, OLD.approved_as)
      IS DISTINCT FROM
      (NEW.title, NEW.clauses, NEW.what_changed, NEW.consulted, NEW.experts, NEW.in_force_from, NEW.next_review,
       NEW.adopted_before, NEW.content_hash, NEW.authors, NEW.drafted_by_id, NEW.drafted_at, NEW.approved_by_id,
       NEW.approved_at, NEW.approved_as) THEN
    RAISE EXCEPTION 'The text of a policy stays as it was approved; a correction is a new version (UNGP 16, L1)';
  END IF;
  IF (OLD.in_force_on IS NOT NULL AND OLD.in_force_on IS DISTINCT FROM NEW.in_force_on)
      OR (OLD.ended_on IS NOT NULL AND
          (OLD.ended_on, OLD.ending_reasons) IS DISTINCT FROM (NEW.ended_on, NEW.ending_reasons)) THEN
    RAISE EXCEPTION 'The days on which a policy was in force stay as they were (L3)';
  END IF;
  IF NEW.state = 'in_force' AND EXISTS (
      SELECT FROM risks_policyversion other
      WHERE other.policy_id = NEW.policy_id AND other.number <> NEW.number AND other.state = 'in_force') THEN
    RAISE EXCEPTION 'One version of a policy is in force at a time, in all its languages';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_policy_version BEFORE INSERT OR UPDATE ON risks_policyversion
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_policy_version();
CREATE TRIGGER append_only_rows BEFORE DELETE ON risks_policyversion
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_policyversion
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
CREATE FUNCTION hrdd_keep_policy_consultations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
      SELECT FROM risks_policyversion
      WHERE id IN (OLD.policyversion_id, NEW.policyversion_id) AND state <> 'draft') THEN
    RAISE EXCEPTION 'What a policy was consulted on stays as it was submitted (UNGP 16(b))';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_policy_consultations BEFORE INSERT OR UPDATE OR DELETE ON risks_policyversion_consultations
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_policy_consultations();

CREATE FUNCTION hrdd_rely_on_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM risks_policyversion
      WHERE id = NEW.policy_version_id AND in_force_on <= NEW.starts_on
        AND clauses @> jsonb_build_array(jsonb_build_object('number', NEW.policy_clause))) THEN
    RAISE EXCEPTION 'A measure relies on a clause of a policy that was in force before it began (L3)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rely_on_policy BEFORE INSERT OR UPDATE OF policy_version_id, policy_clause, starts_on ON risks_measure
  FOR EACH ROW WHEN (NEW.policy_version_id IS NOT NULL) EXECUTE FUNCTION hrdd_rely_on_policy();
"""
NO_POLICIES = """
DROP TRIGGER append_only_rows ON risks_policyversion;
DROP TRIGGER append_only_table ON risks_policyversion;
DROP FUNCTION hrdd_rely_on_policy() CASCADE;
DROP FUNCTION hrdd_keep_policy_consultations() CASCADE;
DROP FUNCTION hrdd_keep_policy_version() CASCADE;
DROP FUNCTION hrdd_keep_policy() CASCADE;
"""
WAY = """
CREATE FUNCTION hrdd_measure_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (
    ('proposed', 'approved'), ('proposed', 'rejected'), ('proposed', 'withdrawn'), ('proposed', 'active_emergency'),
    ('approved', 'active'), ('approved', 'withdrawn'),
    ('active_emergency', 'active'), ('active_emergency', 'modified'), ('active_emergency', 'lifted'),
    ('active_emergency', 'expired'), ('active_emergency', 'reversed'),
    ('active', 'modified'), ('active', 'lifted'), ('active', 'expired'), ('active', 'reversed')
  ) THEN
    RAISE EXCEPTION 'A measure does not go from % to % (domain.md 3.2)', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER measure_goes_its_way BEFORE UPDATE OF state ON risks_measure
  FOR EACH ROW WHEN (OLD.proposed_by_id IS NOT NULL AND OLD.state IS DISTINCT FROM NEW.state)
  EXECUTE FUNCTION hrdd_measure_goes_its_way();
CREATE TRIGGER measure_proposer_stays BEFORE UPDATE OF proposed_by_id ON risks_measure
  FOR EACH ROW WHEN (OLD.proposed_by_id IS NOT NULL AND NEW.proposed_by_id IS DISTINCT FROM OLD.proposed_by_id)
  EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER duty_done_stays_done BEFORE UPDATE ON risks_companionduty
  FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER duty_stays BEFORE DELETE ON risks_companionduty
  FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE FUNCTION hrdd_refuse_change();
"""
NO_WAY = """
DROP TRIGGER measure_proposer_stays ON risks_measure;
DROP TRIGGER duty_done_stays_done ON risks_companionduty;
DROP TRIGGER duty_stays ON risks_companionduty;
DROP FUNCTION hrdd_measure_goes_its_way() CASCADE;
"""
TOUCHES = """
CREATE FUNCTION hrdd_touch_signals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO risks_touch (measure_id, why, due_at)
  SELECT DISTINCT measure_id, kind, noted_on::timestamp AT TIME ZONE 'UTC' FROM fresh;
  RETURN NULL;
END $$;
CREATE TRIGGER touch AFTER INSERT ON risks_signal REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_touch_signals();

CREATE FUNCTION hrdd_touch_severity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO risks_touch (risk_id, why, due_at)
  SELECT DISTINCT risk_id, 'severity', holds_from::timestamp AT TIME ZONE 'UTC' FROM fresh f
  WHERE EXISTS (SELECT 1 FROM risks_measure m WHERE m.risk_id = f.risk_id);
  RETURN NULL;
END $$;
CREATE TRIGGER touch AFTER INSERT ON risks_severityassessment REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_touch_severity();

CREATE FUNCTION hrdd_touch_risk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO risks_touch (risk_id, why, due_at)
  SELECT NEW.id, 'risk', coalesce(NEW.closed_on, DATE '1970-01-01')::timestamp AT TIME ZONE 'UTC'
  WHERE EXISTS (SELECT 1 FROM risks_measure m WHERE m.risk_id = NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER touch AFTER UPDATE OF status, closed_on, threat_to_life, context_until ON risks_risk
  FOR EACH ROW WHEN (
    (OLD.status = 'closed', OLD.closed_on, OLD.threat_to_life, OLD.context_until)
    IS DISTINCT FROM (NEW.status = 'closed', NEW.closed_on, NEW.threat_to_life, NEW.context_until))
  EXECUTE FUNCTION hrdd_touch_risk();

CREATE FUNCTION hrdd_touch_measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO risks_touch (measure_id, why, due_at)
    VALUES (NEW.id, 'measure', TIMESTAMPTZ '1970-01-01 00:00Z');
  END IF;
  IF NEW.emergency_until IS NOT NULL THEN
    INSERT INTO risks_touch (measure_id, why, due_at) VALUES (NEW.id, 'emergency', NEW.emergency_until);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER touch_new AFTER INSERT ON risks_measure
  FOR EACH ROW WHEN (NEW.emergency_until IS NOT NULL) EXECUTE FUNCTION hrdd_touch_measure();
CREATE TRIGGER touch AFTER UPDATE OF risk_id, kind, intrusion, state, starts_on, ends_on, ended_on,
    repeat_after_warning, override_reason, emergency_until, level_then, reviewed_on, justified_on ON risks_measure
  FOR EACH ROW WHEN (NEW.ended_on IS NULL AND (
    (OLD.risk_id, OLD.kind, OLD.intrusion, OLD.state, OLD.starts_on, OLD.ends_on, OLD.ended_on,
     OLD.repeat_after_warning, OLD.override_reason, OLD.emergency_until, OLD.level_then, OLD.reviewed_on,
     OLD.justified_on)
    IS DISTINCT FROM
    (NEW.risk_id, NEW.kind, NEW.intrusion, NEW.state, NEW.starts_on, NEW.ends_on, NEW.ended_on,
     NEW.repeat_after_warning, NEW.override_reason, NEW.emergency_until, NEW.level_then, NEW.reviewed_on,
     NEW.justified_on)))
  EXECUTE FUNCTION hrdd_touch_measure();
"""
NO_TOUCHES = """
DROP FUNCTION hrdd_touch_measure() CASCADE;
DROP FUNCTION hrdd_touch_risk() CASCADE;
DROP FUNCTION hrdd_touch_severity() CASCADE;
DROP FUNCTION hrdd_touch_signals() CASCADE;
"""
BOUNDS = """
CREATE FUNCTION hrdd_job_refused(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A job may not %; a person decides (domain 3.8)', what;
END $$;

CREATE FUNCTION hrdd_job_imposes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM hrdd_job_refused('impose a measure');
  RETURN NULL;
END $$;
CREATE TRIGGER job_bounds_new BEFORE INSERT ON risks_measure FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job' AND NEW.state <> 'proposed')
  EXECUTE FUNCTION hrdd_job_imposes();

CREATE FUNCTION hrdd_job_changes_measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.ends_on IS DISTINCT FROM OLD.ends_on THEN PERFORM hrdd_job_refused('move the end of a measure'); END IF;
  IF NEW.emergency_until IS DISTINCT FROM OLD.emergency_until THEN
    PERFORM hrdd_job_refused('move the end of an emergency'); END IF;
  IF (NEW.intrusion, NEW.kind, NEW.target, NEW.territory) IS DISTINCT FROM
     (OLD.intrusion, OLD.kind, OLD.target, OLD.territory) THEN
    PERFORM hrdd_job_refused('change what a measure does'); END IF;
  IF (NEW.reviewed_on, NEW.justified_on, NEW.level_then, NEW.next_review) IS DISTINCT FROM
     (OLD.reviewed_on, OLD.justified_on, OLD.level_then, OLD.next_review) THEN
    PERFORM hrdd_job_refused('move the clock of a measure'); END IF;
  IF NEW.state IS DISTINCT FROM OLD.state THEN
    IF OLD.state NOT IN ('active', 'active_emergency') OR NEW.state NOT IN ('expired', 'reversed') THEN
      PERFORM hrdd_job_refused('take this step with a measure'); END IF;
    IF NEW.state = 'expired' AND (OLD.ends_on IS NULL OR OLD.ends_on >= current_date
        OR NEW.ended_on IS DISTINCT FROM OLD.ends_on) THEN
      PERFORM hrdd_job_refused('end a measure before or without the end date that a person fixed'); END IF;
    IF NEW.state = 'reversed' AND NOT EXISTS (
        SELECT 1 FROM risks_signal WHERE measure_id = OLD.id AND kind = 'appeal_upheld') THEN
      PERFORM hrdd_job_refused('reverse a measure without an upheld appeal'); END IF;
  ELSIF NEW.ended_on IS DISTINCT FROM OLD.ended_on THEN
    PERFORM hrdd_job_refused('change when a measure ended');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER job_bounds BEFORE UPDATE OF state, kind, intrusion, target, territory, ends_on, ended_on,
    emergency_until, reviewed_on, justified_on, level_then, next_review ON risks_measure FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job')
  EXECUTE FUNCTION hrdd_job_changes_measure();

CREATE FUNCTION hrdd_job_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM hrdd_job_refused(TG_ARGV[0]);
  RETURN NULL;
END $$;
CREATE TRIGGER job_bounds BEFORE INSERT ON risks_reassessment FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job')
  EXECUTE FUNCTION hrdd_job_never('choose the outcome of a re-assessment');
CREATE TRIGGER job_bounds_delete BEFORE DELETE ON risks_measure FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_never('delete a measure');
CREATE TRIGGER job_bounds BEFORE INSERT ON risks_signal FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job' AND NEW.kind = 'appeal_upheld')
  EXECUTE FUNCTION hrdd_job_never('decide an appeal');
CREATE TRIGGER job_bounds BEFORE UPDATE OF status, closed_on, level ON risks_risk FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job' AND (
    (NEW.status = 'closed' AND OLD.status <> 'closed') OR NEW.level < OLD.level))
  EXECUTE FUNCTION hrdd_job_never('close a risk or lower its severity');
CREATE TRIGGER job_bounds BEFORE UPDATE ON risks_reviewtask FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job' AND (
    NEW.closed_at IS NOT NULL OR NEW.due_at > OLD.due_at))
  EXECUTE FUNCTION hrdd_job_never('close a review task or put it off');
CREATE TRIGGER job_bounds_delete BEFORE DELETE ON risks_reviewtask FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_never('delete a review task');

CREATE FUNCTION hrdd_job_lowers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.level < coalesce((SELECT level FROM risks_severityassessment WHERE risk_id = NEW.risk_id
      ORDER BY holds_from DESC, id DESC LIMIT 1), 0) THEN
    PERFORM hrdd_job_refused('lower a severity');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER job_bounds BEFORE INSERT ON risks_severityassessment FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_lowers();
"""
NO_BOUNDS = """
DROP FUNCTION hrdd_job_lowers() CASCADE;
DROP FUNCTION hrdd_job_never() CASCADE;
DROP FUNCTION hrdd_job_changes_measure() CASCADE;
DROP FUNCTION hrdd_job_imposes() CASCADE;
DROP FUNCTION hrdd_job_refused(text) CASCADE;
"""
SAMPLES = """
CREATE FUNCTION hrdd_keep_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN RAISE EXCEPTION 'A sample is kept (domain 3.2)'; END IF;
  IF OLD.closed_at IS NOT NULL THEN RAISE EXCEPTION 'A closed sample stays as it is (domain 3.2)'; END IF;
  IF (NEW.measure_id, NEW.period_from, NEW.period_to, NEW.actions, NEW.seed, NEW.population_hash, NEW.drawn_by_id,
      NEW.drawn_at) IS DISTINCT FROM (OLD.measure_id, OLD.period_from, OLD.period_to, OLD.actions, OLD.seed,
      OLD.population_hash, OLD.drawn_by_id, OLD.drawn_at) THEN
    RAISE EXCEPTION 'How a sample was drawn stays as it is (domain 3.2)';
  END IF;
  IF NEW.closed_at IS NOT NULL AND EXISTS (
      SELECT 1 FROM risks_sampledaction WHERE sample_id = NEW.id AND verdict = '') THEN
    RAISE EXCEPTION 'A sample is closed once every action was reviewed (domain 3.2)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_sample BEFORE UPDATE OR DELETE ON risks_actionsample
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_sample();

CREATE FUNCTION hrdd_keep_sampled_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'A sampled action is kept (domain 3.2)'; END IF;
  IF EXISTS (SELECT 1 FROM risks_actionsample WHERE id = NEW.sample_id AND closed_at IS NOT NULL) THEN
    RAISE EXCEPTION 'A closed sample stays as it is (domain 3.2)';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.sample_id, NEW.position, NEW.reference) IS DISTINCT FROM
      (OLD.sample_id, OLD.position, OLD.reference) THEN
    RAISE EXCEPTION 'What was drawn stays as it is (domain 3.2)';
  END IF;
  IF NEW.verdict <> '' AND current_setting('hrdd.actor', true) = 'job' THEN
    PERFORM hrdd_job_refused('review what a rule did');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_sampled_action BEFORE INSERT OR UPDATE OR DELETE ON risks_sampledaction
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_sampled_action();
"""
NO_SAMPLES = """
DROP FUNCTION hrdd_keep_sampled_action() CASCADE;
DROP FUNCTION hrdd_keep_sample() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0003_judgements_keep_their_word")]
    operations = [
        migrations.RunSQL(POLICIES, NO_POLICIES),
        migrations.RunSQL(WAY, NO_WAY),
        migrations.RunSQL(TOUCHES, NO_TOUCHES),
        migrations.RunSQL(BOUNDS, NO_BOUNDS),
        migrations.RunSQL(SAMPLES, NO_SAMPLES),
    ]
