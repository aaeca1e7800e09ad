"""Terms, onboarding, the time to see change, leverage and its plans (domain.md 5)."""

from django.db import migrations

TERMS = """
CREATE FUNCTION hrdd_keep_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.agreed_until IS NOT NULL
      OR (to_jsonb(OLD) - '{agreed_until,ended_by_id,ending_reasons}'::text[])
      IS DISTINCT FROM (to_jsonb(NEW) - '{agreed_until,ended_by_id,ending_reasons}'::text[]) THEN
    RAISE EXCEPTION 'Terms that were agreed are ended once, never rewritten (domain.md 5.1)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_terms BEFORE UPDATE OR DELETE ON risks_agreedterms
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_terms();
"""
NO_TERMS = """
DROP FUNCTION hrdd_keep_terms() CASCADE;
"""
ONBOARDING = """
CREATE FUNCTION hrdd_keep_onboarding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'An onboarding is never deleted (domain.md 5.3)';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.status NOT IN ('asked', 'in_review')
      OR (to_jsonb(OLD) - '{status,decided_by_id,decided_at,reasons,conditions}'::text[])
      IS DISTINCT FROM (to_jsonb(NEW) - '{status,decided_by_id,decided_at,reasons,conditions}'::text[])) THEN
    RAISE EXCEPTION 'What was asked, and what was decided on it, stays as it is (domain.md 5.3)';
  END IF;
  IF NEW.status IN ('approved', 'approved_with_conditions') AND EXISTS (
      SELECT FROM risks_onboardingfinding
      WHERE onboarding_id = NEW.id AND level >= 5 AND closed_at IS NULL) THEN
    RAISE EXCEPTION 'No onboarding is approved with an open finding of severity 5 (UNGP 19, domain.md 5.3)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_onboarding BEFORE INSERT OR UPDATE OR DELETE ON risks_onboarding
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_onboarding();
CREATE FUNCTION hrdd_keep_onboarding_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'A finding is closed, never deleted (domain.md 5.3)';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.closed_at IS NOT NULL
      OR (to_jsonb(OLD) - '{closed_by_id,closed_at,what_changed}'::text[])
      IS DISTINCT FROM (to_jsonb(NEW) - '{closed_by_id,closed_at,what_changed}'::text[])) THEN
    RAISE EXCEPTION 'A finding is closed once, never rewritten (domain.md 5.3)';
  END IF;
  PERFORM FROM risks_onboarding WHERE id = NEW.onboarding_id AND status IN ('asked', 'in_review') FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'The onboarding was decided on; its findings stay as they were (domain.md 5.3)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_onboarding_finding BEFORE INSERT OR UPDATE OR DELETE ON risks_onboardingfinding
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_onboarding_finding();
"""
NO_ONBOARDING = """
DROP FUNCTION hrdd_keep_onboarding_finding() CASCADE;
DROP FUNCTION hrdd_keep_onboarding() CASCADE;
"""
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
"""
NO_CLOCKS = """
DROP FUNCTION hrdd_clock_has_entries() CASCADE;
DROP FUNCTION hrdd_clock_is_copied() CASCADE;
DROP FUNCTION hrdd_clock_moves() CASCADE;
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
CREATE TRIGGER job_bounds BEFORE INSERT ON risks_effectmeasurement FOR EACH ROW
  WHEN (current_setting('hrdd.actor', true) = 'job') EXECUTE FUNCTION hrdd_job_never('measure an effect of leverage');
"""
NO_LEVERAGE = """
DROP TRIGGER effect_is_measured_later ON risks_leverageaction;
DROP TRIGGER leverage_stays ON risks_leverageaction;
DROP TRIGGER job_bounds ON risks_effectmeasurement;
DROP FUNCTION hrdd_effect_counts() CASCADE;
DROP FUNCTION hrdd_effect_is_measured() CASCADE;
DROP FUNCTION hrdd_leverage_climbs() CASCADE;
"""
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
DROP TRIGGER job_bounds ON risks_leverageplan;
DROP TRIGGER leverage_plan_stays ON risks_leverageplan;
DROP TRIGGER corrective_plan_stays ON risks_correctiveplan;
DROP TRIGGER job_bounds ON risks_correctiveplan;
DROP TRIGGER milestone_stays ON risks_milestone;
DROP TRIGGER job_bounds ON risks_milestone;
DROP FUNCTION hrdd_milestone_keeps() CASCADE;
DROP FUNCTION hrdd_corrective_plan_is_verified() CASCADE;
DROP FUNCTION hrdd_leverage_plan_goes_its_way() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0004_measures_keep_their_word")]
    operations = [
        migrations.RunSQL(TERMS, NO_TERMS),
        migrations.RunSQL(ONBOARDING, NO_ONBOARDING),
        migrations.RunSQL(CLOCKS, NO_CLOCKS),
        migrations.RunSQL(LEVERAGE, NO_LEVERAGE),
        migrations.RunSQL(PLANS, NO_PLANS),
    ]
