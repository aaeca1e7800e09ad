"""A clock moves by its entries alone, an effect by its measurements, a plan by its steps; a job gives no time (5.4)."""

from django.db import migrations

CLOCKS = """
CREATE FUNCTION hrdd_clock_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held risks_relationshiprisk;
BEGIN
  SELECT * INTO held FROM risks_relationshiprisk WHERE id = NEW.tied_id FOR UPDATE;
  IF current_setting('hrdd.actor', true) = 'job'
      AND NEW.kind IN ('severity_fell', 'extended', 'restarted', 'own_part_stopped', 'own_part_cleared') THEN
    PERFORM hrdd_job_refused('give a partner or the company more time');
  END IF;
  IF (NEW.kind = 'started') <> (held.clock_level IS NULL) THEN
    RAISE EXCEPTION 'A clock starts once, before anything else happens to it (domain.md 5.4)'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.due_before IS DISTINCT FROM held.change_due THEN
    RAISE EXCEPTION 'The deadline in force is %, not % (domain.md 5.4)', held.change_due, NEW.due_before
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'severity_rose' AND (NEW.level <= held.clock_level
      OR coalesce(NEW.due_after, 'infinity') > coalesce(NEW.due_before, 'infinity')) THEN
    RAISE EXCEPTION 'Severity that rises never gives more time (domain.md 5.4)' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'severity_fell' AND (NEW.level >= held.clock_level
      OR coalesce(NEW.due_after, 'infinity') < coalesce(NEW.due_before, 'infinity')) THEN
    RAISE EXCEPTION 'Severity that falls never takes time away (domain.md 5.4)' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'extended' AND (NEW.due_after IS NULL OR NEW.due_before IS NULL OR NEW.due_after <= NEW.due_before
      OR NEW.level > 4 OR NOT EXISTS (
        SELECT 1 FROM risks_leverageaction WHERE tied_id = NEW.tied_id AND effect = 2)) THEN
    RAISE EXCEPTION 'More time needs a partial change that was measured, below level 5 (domain.md 5.4)'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'restarted' AND NOT EXISTS (
      SELECT 1 FROM risks_effectmeasurement m JOIN risks_leverageaction a ON a.id = m.action_id
      WHERE a.tied_id = NEW.tied_id AND m.effect >= 3
        AND NOT EXISTS (SELECT 1 FROM risks_effectmeasurement c WHERE c.corrects_id = m.id)
        AND (held.restarted_at IS NULL OR m.recorded_at > held.restarted_at)) THEN
    RAISE EXCEPTION 'A clock restarts only on a change that is on record (domain.md 5.4)'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind LIKE 'own_part%' AND NEW.due_after IS DISTINCT FROM NEW.due_before THEN
    RAISE EXCEPTION 'The own part moves no deadline of the partner (domain.md 5.4)' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER clock_moves BEFORE INSERT ON risks_clockentry FOR EACH ROW EXECUTE FUNCTION hrdd_clock_moves();

CREATE FUNCTION hrdd_clock_is_copied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE risks_relationshiprisk SET
    change_due = NEW.due_after, clock_level = NEW.level, own_stop_due = NEW.own_due_after,
    clock_started_on = CASE WHEN NEW.kind IN ('started', 'restarted') THEN NEW.day ELSE clock_started_on END,
    restarted_at = CASE WHEN NEW.kind = 'restarted' THEN NEW.entered_at ELSE restarted_at END
  WHERE id = NEW.tied_id;
  RETURN NULL;
END $$;
CREATE TRIGGER clock_is_copied AFTER INSERT ON risks_clockentry FOR EACH ROW EXECUTE FUNCTION hrdd_clock_is_copied();

CREATE FUNCTION hrdd_clock_has_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A clock moves by an entry that says why, never by hand (domain.md 5.4)'
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER clock_has_entries BEFORE UPDATE ON risks_relationshiprisk FOR EACH ROW
  WHEN (pg_trigger_depth() = 0 AND
    (OLD.change_due, OLD.clock_level, OLD.clock_started_on, OLD.restarted_at, OLD.own_stop_due) IS DISTINCT FROM
    (NEW.change_due, NEW.clock_level, NEW.clock_started_on, NEW.restarted_at, NEW.own_stop_due))
  EXECUTE FUNCTION hrdd_clock_has_entries();
CREATE TRIGGER clock_has_entries_new BEFORE INSERT ON risks_relationshiprisk FOR EACH ROW
  WHEN (NEW.change_due IS NOT NULL OR NEW.clock_level IS NOT NULL OR NEW.clock_started_on IS NOT NULL
    OR NEW.restarted_at IS NOT NULL OR NEW.own_stop_due IS NOT NULL)
  EXECUTE FUNCTION hrdd_clock_has_entries();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_clockentry
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_clockreminder
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
"""
NO_CLOCKS = """
DROP TRIGGER append_only_rows ON risks_clockreminder; DROP TRIGGER append_only_rows ON risks_clockentry;
DROP TRIGGER clock_has_entries_new ON risks_relationshiprisk; DROP TRIGGER clock_has_entries ON risks_relationshiprisk;
DROP TRIGGER clock_is_copied ON risks_clockentry; DROP TRIGGER clock_moves ON risks_clockentry;
DROP FUNCTION hrdd_clock_has_entries(); DROP FUNCTION hrdd_clock_is_copied(); DROP FUNCTION hrdd_clock_moves();
"""
LEVERAGE = """
CREATE FUNCTION hrdd_leverage_climbs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE allowed integer; gravest boolean;
BEGIN
  SELECT coalesce(max(rung) + 1, 0) INTO allowed FROM risks_leverageaction WHERE tied_id = NEW.tied_id;
  SELECT r.level = 5 OR t.zero_tolerance_breach <> '' INTO gravest
    FROM risks_relationshiprisk t JOIN risks_risk r ON r.id = t.risk_id WHERE t.id = NEW.tied_id;
  IF NEW.rung > allowed AND NOT (gravest AND NEW.skip_reasons <> '') THEN
    RAISE EXCEPTION 'Rungs are skipped at level 5 or after a zero-tolerance breach, with reasons (domain.md 5.3)'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.rung = 5 AND NEW.measure_id IS NULL THEN
    RAISE EXCEPTION 'A suspension names the measure that suspends (domain.md 5.3)' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.kind = 'collaborative' OR NEW.rung = 3) AND (NEW.body = '' OR NEW.competition_note = '') THEN
    RAISE EXCEPTION 'Acting together names the body and keeps competition law (domain.md 5.2)'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER leverage_climbs BEFORE INSERT ON risks_leverageaction
  FOR EACH ROW EXECUTE FUNCTION hrdd_leverage_climbs();

CREATE FUNCTION hrdd_effect_is_measured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An effect is measured in a row of its own (domain.md 5.3)' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER effect_is_measured BEFORE INSERT ON risks_leverageaction FOR EACH ROW
  WHEN (NEW.effect IS NOT NULL OR NEW.measured_on IS NOT NULL) EXECUTE FUNCTION hrdd_effect_is_measured();
CREATE TRIGGER effect_is_measured_later BEFORE UPDATE ON risks_leverageaction FOR EACH ROW
  WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER leverage_stays BEFORE DELETE ON risks_leverageaction
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION hrdd_effect_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM risks_effectmeasurement WHERE id = NEW.corrects_id AND action_id = NEW.action_id) THEN
    RAISE EXCEPTION 'A measurement corrects one of the same action (domain.md 5.3)'
      USING ERRCODE = 'check_violation';
  END IF;
  UPDATE risks_leverageaction a SET (effect, measured_on, measured_at) = (
    SELECT m.effect, m.measured_on, m.recorded_at FROM risks_effectmeasurement m
    WHERE m.action_id = a.id AND NOT EXISTS (SELECT 1 FROM risks_effectmeasurement c WHERE c.corrects_id = m.id)
    ORDER BY m.measured_on DESC, m.id DESC LIMIT 1)
  WHERE a.id = NEW.action_id;
  RETURN NULL;
END $$;
CREATE TRIGGER effect_counts AFTER INSERT ON risks_effectmeasurement
  FOR EACH ROW EXECUTE FUNCTION hrdd_effect_counts();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_effectmeasurement
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER job_bounds BEFORE INSERT ON risks_effectmeasurement FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_never('measure an effect of leverage');
"""
NO_LEVERAGE = """
DROP TRIGGER job_bounds ON risks_effectmeasurement; DROP TRIGGER append_only_rows ON risks_effectmeasurement;
DROP TRIGGER effect_counts ON risks_effectmeasurement; DROP TRIGGER leverage_stays ON risks_leverageaction;
DROP TRIGGER effect_is_measured_later ON risks_leverageaction; DROP TRIGGER effect_is_measured ON risks_leverageaction;
DROP TRIGGER leverage_climbs ON risks_leverageaction;
DROP FUNCTION hrdd_effect_counts(); DROP FUNCTION hrdd_effect_is_measured(); DROP FUNCTION hrdd_leverage_climbs();
"""
# The same table as risks.rules.leverage_plan.LEVERAGE_STEPS.
PLANS = """
CREATE FUNCTION hrdd_leverage_plan_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'identified' THEN
      RAISE EXCEPTION 'A leverage plan begins identified (domain.md 5.3)' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.tied_id <> OLD.tied_id OR (OLD.state, NEW.state) NOT IN (
    ('identified', 'assessed'), ('assessed', 'applied'), ('applied', 'measured'),
    ('measured', 'effective'), ('effective', 'monitored'), ('monitored', 'closed'),
    ('measured', 'ineffective'), ('ineffective', 'increased'), ('increased', 'applied'),
    ('measured', 'exhausted'), ('exhausted', 'exit_considered')
  ) THEN
    RAISE EXCEPTION 'A leverage plan does not go from % to % (domain.md 5.3)', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'effective' AND NOT EXISTS (
      SELECT 1 FROM risks_leverageaction WHERE tied_id = NEW.tied_id AND effect >= 3) THEN
    RAISE EXCEPTION 'Effective means an effect of 3 or more (domain.md 5.3)' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.state = 'exhausted' AND NOT EXISTS (
      SELECT 1 FROM risks_leverageaction WHERE tied_id = NEW.tied_id AND effect IS NOT NULL) THEN
    RAISE EXCEPTION 'Exhausted means tried, with the outcome on record (domain.md 5.3)'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER leverage_plan_begins BEFORE INSERT ON risks_leverageplan
  FOR EACH ROW EXECUTE FUNCTION hrdd_leverage_plan_goes_its_way();
CREATE TRIGGER leverage_plan_goes_its_way BEFORE UPDATE ON risks_leverageplan
  FOR EACH ROW WHEN ((OLD.state, OLD.tied_id) IS DISTINCT FROM (NEW.state, NEW.tied_id))
  EXECUTE FUNCTION hrdd_leverage_plan_goes_its_way();
CREATE TRIGGER job_bounds BEFORE UPDATE ON risks_leverageplan FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_never('move a leverage plan');
CREATE TRIGGER leverage_plan_stays BEFORE DELETE ON risks_leverageplan
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_leverageplanmove
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION hrdd_corrective_plan_is_verified() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE severe boolean;
BEGIN
  IF TG_OP = 'INSERT' OR OLD.state = 'closed' THEN
    RAISE EXCEPTION 'A corrective plan begins open and closes once (domain.md 5.1)'
      USING ERRCODE = 'check_violation';
  END IF;
  SELECT r.level >= 4 INTO severe FROM risks_relationshiprisk t JOIN risks_risk r ON r.id = t.risk_id
    WHERE t.id = NEW.tied_id;
  IF NOT EXISTS (SELECT 1 FROM risks_milestone WHERE plan_id = NEW.id) OR EXISTS (
      SELECT 1 FROM risks_milestone WHERE plan_id = NEW.id AND (verification = ''
        OR severe AND verification NOT IN ('independent', 'rightsholder_confirmed'))) THEN
    RAISE EXCEPTION 'A corrective plan closes once verified, independently at level 4 and 5 (domain.md 5.1)'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER corrective_plan_begins BEFORE INSERT ON risks_correctiveplan
  FOR EACH ROW WHEN (NEW.state <> 'open') EXECUTE FUNCTION hrdd_corrective_plan_is_verified();
CREATE TRIGGER corrective_plan_is_verified BEFORE UPDATE ON risks_correctiveplan
  FOR EACH ROW EXECUTE FUNCTION hrdd_corrective_plan_is_verified();
CREATE TRIGGER corrective_plan_stays BEFORE DELETE ON risks_correctiveplan
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER job_bounds BEFORE UPDATE ON risks_correctiveplan FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_never('close a corrective plan');

CREATE FUNCTION hrdd_milestone_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM risks_correctiveplan WHERE id = NEW.plan_id AND state = 'closed') THEN
    RAISE EXCEPTION 'A closed corrective plan takes no more milestones (domain.md 5.1)'
      USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.verification <> '' OR (OLD.plan_id, OLD.what, OLD.due, OLD.logged_by_id)
      IS DISTINCT FROM (NEW.plan_id, NEW.what, NEW.due, NEW.logged_by_id)) THEN
    RAISE EXCEPTION 'A milestone keeps what was promised and how it was verified (domain.md 5.1)'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER milestone_keeps BEFORE INSERT OR UPDATE ON risks_milestone
  FOR EACH ROW EXECUTE FUNCTION hrdd_milestone_keeps();
CREATE TRIGGER milestone_stays BEFORE DELETE ON risks_milestone
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER job_bounds BEFORE UPDATE ON risks_milestone FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_never('verify a milestone');
"""
NO_PLANS = """
DROP TRIGGER job_bounds ON risks_milestone; DROP TRIGGER milestone_stays ON risks_milestone;
DROP TRIGGER milestone_keeps ON risks_milestone; DROP TRIGGER job_bounds ON risks_correctiveplan;
DROP TRIGGER corrective_plan_stays ON risks_correctiveplan;
DROP TRIGGER corrective_plan_is_verified ON risks_correctiveplan;
DROP TRIGGER corrective_plan_begins ON risks_correctiveplan;
DROP TRIGGER append_only_rows ON risks_leverageplanmove; DROP TRIGGER leverage_plan_stays ON risks_leverageplan;
DROP TRIGGER job_bounds ON risks_leverageplan; DROP TRIGGER leverage_plan_goes_its_way ON risks_leverageplan;
DROP TRIGGER leverage_plan_begins ON risks_leverageplan;
DROP FUNCTION hrdd_milestone_keeps(); DROP FUNCTION hrdd_corrective_plan_is_verified();
DROP FUNCTION hrdd_leverage_plan_goes_its_way();
"""
# The clocks of before, at the limits that were in force until now: they start with knowledge, one extension added.
BACKFILL = """
INSERT INTO risks_clockentry (tied_id, kind, day, level, due_after, own_due_after, reasons, entered_by, entered_at)
SELECT t.id, 'started', t.known_since, r.level,
  t.known_since + (CASE r.level WHEN 5 THEN 14 WHEN 4 THEN 60 WHEN 3 THEN 180 WHEN 2 THEN 365 END),
  CASE WHEN t.own_contribution AND t.own_part_stopped_on IS NULL AND r.level >= 4 THEN t.known_since + 3 END,
  'The deadline as it stood when deadlines began to be kept.', 'migration', now()
FROM risks_relationshiprisk t JOIN risks_risk r ON r.id = t.risk_id ORDER BY t.id;
INSERT INTO risks_clockentry (tied_id, kind, day, level, due_before, due_after, own_due_after, reasons, entered_by,
  entered_at)
SELECT t.id, 'extended', t.extended_on, t.clock_level, t.change_due,
  t.change_due + (CASE t.clock_level WHEN 4 THEN 30 WHEN 3 THEN 90 WHEN 2 THEN 180 END), t.own_stop_due,
  t.extension_reasons, u.username, now()
FROM risks_relationshiprisk t JOIN governance_user u ON u.id = t.extended_by_id
WHERE t.extended_on IS NOT NULL AND t.clock_level IN (2, 3, 4)
  AND EXISTS (SELECT 1 FROM risks_leverageaction a WHERE a.tied_id = t.id AND a.effect = 2) ORDER BY t.id;
"""


class Migration(migrations.Migration):

    dependencies = [('risks', '0027_leverage'), ('governance', '0002_audit_is_append_only')]

    operations = [
        migrations.RunSQL(CLOCKS, NO_CLOCKS),
        migrations.RunSQL(LEVERAGE, NO_LEVERAGE),
        migrations.RunSQL(PLANS, NO_PLANS),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
