"""Exits: no decision without its assessment, no execution out of order, no staying without end (domain.md 1.4)."""

from django.db import migrations

EXITS = """
CREATE TRIGGER completed_stays BEFORE UPDATE OR DELETE ON risks_exitimpactassessment
  FOR EACH ROW WHEN (OLD.completed_on IS NOT NULL) EXECUTE FUNCTION hrdd_refuse_change();

CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_exitimpactassessment
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
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
NO_EXITS = """
DROP TRIGGER completed_stays ON risks_exitimpactassessment;
DROP TRIGGER append_only_table ON risks_exitimpactassessment;
DROP TRIGGER job_bounds ON risks_exitdecision;
DROP TRIGGER job_bounds ON risks_stayingterm;
DROP TRIGGER exit_decided_stays ON risks_exitdecision;
DROP TRIGGER exit_stays ON risks_exitdecision;
DROP TRIGGER duty_done_stays ON risks_exitduty;
DROP TRIGGER term_decided_stays ON risks_stayingterm;
DROP TRIGGER narrative_decided_stays ON risks_exitnarrative;
DROP FUNCTION hrdd_measure_of_a_stop_is_short() CASCADE;
DROP FUNCTION hrdd_emergency_stop_is_short() CASCADE;
DROP FUNCTION hrdd_staying_is_decided_again() CASCADE;
DROP FUNCTION hrdd_exit_review_in_time() CASCADE;
DROP FUNCTION hrdd_exit_duty_stays_owed() CASCADE;
DROP FUNCTION hrdd_exit_duty_in_order() CASCADE;
DROP FUNCTION hrdd_exit_begins_as_a_question() CASCADE;
DROP FUNCTION hrdd_exit_goes_its_way() CASCADE;
DROP FUNCTION hrdd_exit_may_be_executed(risks_exitdecision) CASCADE;
DROP FUNCTION hrdd_exit_may_be_approved(risks_exitdecision) CASCADE;
DROP FUNCTION hrdd_exit_person_refused(bigint, bigint) CASCADE;
DROP FUNCTION hrdd_exit_assessment_is_whole() CASCADE;
DROP FUNCTION hrdd_completed_exit_assessment_keeps_links() CASCADE;
DROP FUNCTION hrdd_exit_refused(text) CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0005_partners_keep_their_word")]
    operations = [
        migrations.RunSQL(EXITS, NO_EXITS),
    ]
