"""Whoever stands in for a senior decides on exits as a senior does, and is held back as one (ADR 31; domain.md 5.4 X2)."""

from django.db import migrations

HOLDS = """
CREATE FUNCTION hrdd_holds_role(person bigint, role text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM governance_user u WHERE u.id = person AND (u.roles ? role OR EXISTS (
      SELECT 1 FROM jsonb_array_elements(u.delegated) lent WHERE lent->>'role' = role
        AND (now() AT TIME ZONE 'UTC')::date BETWEEN (lent->>'from')::date AND (lent->>'until')::date)))
$$;
"""
LET_GO = "DROP FUNCTION hrdd_holds_role(bigint, text);"
FUNCTIONS = """
CREATE OR REPLACE FUNCTION hrdd_exit_person_refused(person bigint, relationship bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT {person_is_senior} THEN
    PERFORM hrdd_exit_refused('A senior decides on an exit (X2)');
  END IF;
  IF {person_is_partner_mgr} THEN
    PERFORM hrdd_exit_refused('A partner manager never decides on an exit (X2)');
  END IF;
  IF EXISTS (SELECT 1 FROM risks_relationship_revenue_owners WHERE user_id = person AND relationship_id = relationship)
  THEN
    PERFORM hrdd_exit_refused('Whoever has a revenue target on a partner does not decide on the exit (SD4)');
  END IF;
END $$;
CREATE OR REPLACE FUNCTION hrdd_exit_may_be_approved(d risks_exitdecision) RETURNS void LANGUAGE plpgsql AS $$
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
  IF a.comparison = 'exit_manifestly_more_harm' AND d.kind NOT IN ('suspend_part', 'remain_with_conditions')
      AND NOT {board_agreed} THEN
    PERFORM hrdd_exit_refused('An exit that does manifestly more harm needs the board too (X4)');
  END IF;
  IF d.kind = 'remain_with_conditions' AND (d.conditions = '' OR d.consequences_accepted = '') THEN
    PERFORM hrdd_exit_refused('Staying has conditions, and consequences that are accepted (X7)');
  END IF;
END $$;
CREATE OR REPLACE FUNCTION hrdd_measure_of_a_stop_is_short() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM risks_emergencystop WHERE measure_id = NEW.id) AND (
      NEW.kind <> 'temp_suspension' OR NEW.ends_on IS NULL OR NEW.ends_on > OLD.ends_on) THEN
    PERFORM hrdd_exit_refused('An emergency stop is not prolonged; a senior renews it once (X6)');
  END IF;
  IF NEW.decided_by_id IS NOT NULL AND NEW.state = 'active_emergency' AND EXISTS (
      SELECT 1 FROM risks_emergencystop WHERE measure_id = NEW.id AND renewal)
    AND NOT {decided_by_senior} THEN
    PERFORM hrdd_exit_refused('A senior renews an emergency stop (X6)');
  END IF;
  RETURN NEW;
END $$;
"""


def told(pattern: str) -> str:
    """Return the functions with each question of a role asked by a pattern of person and role."""
    return FUNCTIONS.format(
        person_is_senior=pattern.format("person", "SENIOR"),
        person_is_partner_mgr=pattern.format("person", "PARTNER_MGR"),
        board_agreed=pattern.format("d.board_agreed_by_id", "BOARD"),
        decided_by_senior=pattern.format("NEW.decided_by_id", "SENIOR"),
    )


HELD_OR_LENT = told("hrdd_holds_role({}, '{}')")
HELD = told("EXISTS (SELECT 1 FROM governance_user WHERE id = {} AND roles ? '{}')")


class Migration(migrations.Migration):
    dependencies = [("risks", "0009_rights_of_a_risk_at_hand"), ("governance", "0004_delegated")]
    operations = [migrations.RunSQL(HOLDS, LET_GO), migrations.RunSQL(HELD_OR_LENT, HELD)]
