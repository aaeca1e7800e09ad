"""Involvement, the launch gate, model reviews, access of experts, the salient list (domain.md 1.1, 1.2, 1.10, 1.11)."""

from django.db import migrations

INVOLVEMENT = """
CREATE FUNCTION hrdd_keep_involvement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('found', 'challenged', 'superseded', 'refused') AND (
      (OLD.tie, OLD.mode, OLD.answers, OLD.factors, OLD.omission_kinds, OLD.knew_since, OLD.reasoning, OLD.risk_id,
       OLD.proposed_by_id, OLD.decided_by_id, OLD.decided_at, OLD.decision_reasons)
      IS DISTINCT FROM
      (NEW.tie, NEW.mode, NEW.answers, NEW.factors, NEW.omission_kinds, NEW.knew_since, NEW.reasoning, NEW.risk_id,
       NEW.proposed_by_id, NEW.decided_by_id, NEW.decided_at, NEW.decision_reasons)) THEN
    RAISE EXCEPTION 'A finding on involvement is superseded, never rewritten (I2)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_involvement BEFORE UPDATE ON risks_involvement
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_involvement();
CREATE FUNCTION hrdd_keep_involvement_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state = 'claimed' THEN
      RETURN OLD;
    END IF;
    RAISE EXCEPTION 'What was proposed on involvement is withdrawn, refused or superseded, never deleted (I2)';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
      ('proposed', 'found'), ('proposed', 'refused'), ('proposed', 'withdrawn'),
      ('found', 'challenged'), ('found', 'superseded'), ('challenged', 'superseded')) THEN
    RAISE EXCEPTION 'An involvement does not go from % to % (I2)', OLD.state, NEW.state;
  END IF;
  IF NEW.state = 'found' AND OLD.state = 'proposed' AND NOT EXISTS (
      SELECT 1 FROM risks_involvement_evidence WHERE involvement_id = NEW.id) THEN
    RAISE EXCEPTION 'I2: a finding needs evidence';
  END IF;
  IF OLD.state IN ('found', 'challenged', 'superseded', 'refused') AND (
      (OLD.relationship_id, OLD.said, OLD.detail, OLD.counsel_heard, OLD.supersedes_id, OLD.fact_finding_due,
       OLD.stop_due, OLD.proposed_at)
      IS DISTINCT FROM
      (NEW.relationship_id, NEW.said, NEW.detail, NEW.counsel_heard, NEW.supersedes_id, NEW.fact_finding_due,
       NEW.stop_due, NEW.proposed_at)
      OR (OLD.own_part_stopped_on IS NOT NULL
          AND (OLD.own_part_stopped_on, OLD.own_part_stopped_how)
          IS DISTINCT FROM (NEW.own_part_stopped_on, NEW.own_part_stopped_how))) THEN
    RAISE EXCEPTION 'A finding on involvement is superseded, never rewritten (I2)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_involvement_way BEFORE UPDATE OR DELETE ON risks_involvement
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_involvement_way();
CREATE FUNCTION hrdd_keep_involvement_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM risks_involvement
             WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.involvement_id ELSE OLD.involvement_id END
               AND state IN ('superseded', 'refused', 'found', 'challenged')) THEN
    RAISE EXCEPTION 'The evidence of a finding on involvement stays as it was (I2)';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_involvement_evidence BEFORE INSERT OR UPDATE OR DELETE ON risks_involvement_evidence
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_involvement_evidence();
"""
NO_INVOLVEMENT = """
DROP FUNCTION hrdd_keep_involvement_evidence() CASCADE;
DROP FUNCTION hrdd_keep_involvement_way() CASCADE;
DROP FUNCTION hrdd_keep_involvement() CASCADE;
"""
CHANGES = """
CREATE FUNCTION hrdd_launch_gate() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER launch_gate BEFORE INSERT OR UPDATE ON risks_change
  FOR EACH ROW EXECUTE FUNCTION hrdd_launch_gate();
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

CREATE FUNCTION hrdd_keep_model_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.signed_by_id IS NOT NULL AND (
      (OLD.driver, OLD.triggers, OLD.scope, OLD.affected_groups, OLD.vulnerabilities, OLD.revenue_share_pct, OLD.evidence, OLD.internal_research, OLD.incentives_examined, OLD.user_misuse_only, OLD.consulted, OLD.why_not_consulted, OLD.design_alternatives, OLD.conclusion, OLD.conclusion_reasons, OLD.changes_made, OLD.trade_secret_reasons, OLD.concluded_by_id, OLD.concluded_on, OLD.signed_by_id, OLD.signed_on)
      IS DISTINCT FROM
      (NEW.driver, NEW.triggers, NEW.scope, NEW.affected_groups, NEW.vulnerabilities, NEW.revenue_share_pct, NEW.evidence, NEW.internal_research, NEW.incentives_examined, NEW.user_misuse_only, NEW.consulted, NEW.why_not_consulted, NEW.design_alternatives, NEW.conclusion, NEW.conclusion_reasons, NEW.changes_made, NEW.trade_secret_reasons, NEW.concluded_by_id, NEW.concluded_on, NEW.signed_by_id, NEW.signed_on)) THEN
    RAISE EXCEPTION 'What the board signed stays as it is';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_model_review BEFORE UPDATE ON risks_modelreview
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_model_review();
"""
NO_CHANGES = """
DROP FUNCTION hrdd_keep_model_review() CASCADE;
DROP FUNCTION hrdd_keep_links() CASCADE;
DROP FUNCTION hrdd_launch_gate() CASCADE;
"""
EXPERTS_AND_LIST = """
CREATE FUNCTION hrdd_keep_expert_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
      OR (OLD.expert_id, OLD.risk_id, OLD.consultation_id, OLD.question, OLD.extract, OLD.starts_on, OLD.until,
          OLD.granted_by_id, OLD.granted_at)
      IS DISTINCT FROM
      (NEW.expert_id, NEW.risk_id, NEW.consultation_id, NEW.question, NEW.extract, NEW.starts_on, NEW.until,
       NEW.granted_by_id, NEW.granted_at) THEN
    RAISE EXCEPTION 'What is shared with an expert is revoked, never rewritten';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_expert_access BEFORE UPDATE OR DELETE ON risks_expertaccess
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_expert_access();
CREATE FUNCTION hrdd_keep_salient_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.signed_at IS NOT NULL OR OLD.refused_at IS NOT NULL OR
      (OLD.drawn_on, OLD.rows, OLD.content_hash, OLD.drawn_by_id)
      IS DISTINCT FROM (NEW.drawn_on, NEW.rows, NEW.content_hash, NEW.drawn_by_id) THEN
    RAISE EXCEPTION 'A salient list stays as it was drawn, and as it was signed or refused (domain 1.1)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_salient_list BEFORE UPDATE ON risks_salientlist
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_salient_list();
CREATE TRIGGER append_only_rows BEFORE DELETE ON risks_salientlist
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_salientlist
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
CREATE UNIQUE INDEX salient_list_open_once ON risks_salientlist ((true))
  WHERE signed_at IS NULL AND refused_at IS NULL;
"""
NO_EXPERTS_AND_LIST = """
DROP TRIGGER append_only_rows ON risks_salientlist;
DROP TRIGGER append_only_table ON risks_salientlist;
DROP INDEX salient_list_open_once;
DROP FUNCTION hrdd_keep_salient_list() CASCADE;
DROP FUNCTION hrdd_keep_expert_access() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0002_append_only")]
    operations = [
        migrations.RunSQL(INVOLVEMENT, NO_INVOLVEMENT),
        migrations.RunSQL(CHANGES, NO_CHANGES),
        migrations.RunSQL(EXPERTS_AND_LIST, NO_EXPERTS_AND_LIST),
    ]
