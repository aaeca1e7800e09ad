"""Events leave a touch in their own transaction; a job acting beyond domain.md 3.8 is refused by the database."""

from django.db import migrations

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
UNTOUCHED = """
DROP TRIGGER touch ON risks_measure; DROP TRIGGER touch_new ON risks_measure;
DROP TRIGGER touch ON risks_risk; DROP TRIGGER touch ON risks_severityassessment; DROP TRIGGER touch ON risks_signal;
DROP FUNCTION hrdd_touch_measure(); DROP FUNCTION hrdd_touch_risk();
DROP FUNCTION hrdd_touch_severity(); DROP FUNCTION hrdd_touch_signals();
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

CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_reminder
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_reminder
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
UNBOUND = """
DROP TRIGGER append_only_table ON risks_reminder; DROP TRIGGER append_only_rows ON risks_reminder;
DROP TRIGGER job_bounds ON risks_severityassessment; DROP TRIGGER job_bounds_delete ON risks_reviewtask;
DROP TRIGGER job_bounds ON risks_reviewtask; DROP TRIGGER job_bounds ON risks_risk;
DROP TRIGGER job_bounds ON risks_signal; DROP TRIGGER job_bounds_delete ON risks_measure;
DROP TRIGGER job_bounds ON risks_reassessment; DROP TRIGGER job_bounds ON risks_measure;
DROP TRIGGER job_bounds_new ON risks_measure;
DROP FUNCTION hrdd_job_lowers(); DROP FUNCTION hrdd_job_never(); DROP FUNCTION hrdd_job_changes_measure();
DROP FUNCTION hrdd_job_imposes(); DROP FUNCTION hrdd_job_refused(text);
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0021_engine_looks_again"), ("governance", "0002_audit_is_append_only")]
    operations = [migrations.RunSQL(TOUCHES, UNTOUCHED), migrations.RunSQL(BOUNDS, UNBOUND)]
