"""An exception opens the launch gate for the risks it lists and no others; what was decided or signed stays."""

from django.db import migrations

OPEN_IF_EXCEPTED = """
CREATE OR REPLACE FUNCTION hrdd_launch_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'approved' AND (TG_OP = 'INSERT' OR OLD.state <> 'approved') AND EXISTS (
      SELECT 1 FROM risks_change_risks linked JOIN risks_risk risk ON risk.id = linked.risk_id
      WHERE linked.change_id = NEW.id AND risk.level >= 4 AND risk.tier < 5
        AND NOT EXISTS (SELECT 1 FROM risks_mitigationplan plan
                        WHERE plan.risk_id = risk.id AND plan.state = 'approved' AND plan.kind = 'mitigation')
        AND NOT (NEW.exception_signed_by_id IS NOT NULL AND EXISTS (
                        SELECT 1 FROM jsonb_array_elements(NEW.exception_risks) AS excepted
                        WHERE (excepted ->> 'risk')::bigint = risk.id
                          AND (excepted ->> 'level')::int >= risk.level))) THEN
    RAISE EXCEPTION 'G4: a linked risk of level 4 or more has no approved mitigation';
  END IF;
  RETURN NEW;
END $$;
"""
OPEN_IF_ANY = """
CREATE OR REPLACE FUNCTION hrdd_launch_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'approved' AND NEW.exception_signed_by_id IS NULL AND EXISTS (
      SELECT 1 FROM risks_change_risks linked JOIN risks_risk risk ON risk.id = linked.risk_id
      WHERE linked.change_id = NEW.id AND risk.level >= 4 AND risk.tier < 5
        AND NOT EXISTS (SELECT 1 FROM risks_mitigationplan plan
                        WHERE plan.risk_id = risk.id AND plan.state = 'approved' AND plan.kind = 'mitigation')) THEN
    RAISE EXCEPTION 'G4: a linked risk of level 4 or more has no approved mitigation';
  END IF;
  RETURN NEW;
END $$;
"""
LINKS = """
CREATE FUNCTION hrdd_keep_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM risks_change
             WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.change_id ELSE OLD.change_id END
               AND state <> 'proposed') THEN
    RAISE EXCEPTION 'G4: the risks of a change that was decided on stay as they are';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER keep_links BEFORE INSERT OR UPDATE OR DELETE ON risks_change_risks
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_links();
"""
SIGNED = (
    "driver, triggers, scope, affected_groups, vulnerabilities, revenue_share_pct, evidence, internal_research,"
    "incentives_examined, user_misuse_only, consulted, why_not_consulted, design_alternatives, conclusion,"
    "conclusion_reasons, changes_made, trade_secret_reasons, concluded_by_id, concluded_on, signed_by_id, signed_on"
)
REVIEWS = f"""
CREATE FUNCTION hrdd_keep_model_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.signed_by_id IS NOT NULL AND (
      ({", ".join(f"OLD.{one.strip()}" for one in SIGNED.split(","))})
      IS DISTINCT FROM
      ({", ".join(f"NEW.{one.strip()}" for one in SIGNED.split(","))})) THEN
    RAISE EXCEPTION 'What the board signed stays as it is';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_model_review BEFORE UPDATE ON risks_modelreview
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_model_review();
"""
UNDO = """
DROP TRIGGER keep_links ON risks_change_risks;
DROP FUNCTION hrdd_keep_links();
DROP TRIGGER keep_model_review ON risks_modelreview;
DROP FUNCTION hrdd_keep_model_review();
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0009_register")]
    operations = [
        migrations.RunSQL(OPEN_IF_EXCEPTED, OPEN_IF_ANY),
        migrations.RunSQL(LINKS + REVIEWS, UNDO),
    ]
