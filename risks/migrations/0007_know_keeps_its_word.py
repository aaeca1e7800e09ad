"""What was judged stays as it was written; the launch gate holds in the database; every risk gets its standing."""

from dataclasses import asdict

from django.db import migrations

from risks.rules.standing import Judgement, next_review, stand

KEPT = (
    "risks_evidence",
    "risks_publication",
    "risks_involvementchallenge",
    "risks_expertopinion",
    "risks_severityassessment_evidence",
    "risks_severityassessment_consultations",
    "risks_severityassessment_findings_considered",
)
KEEP = "".join(
    f"""
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
    for table in KEPT
)
LET_GO = "".join(
    f"DROP TRIGGER append_only_rows ON {table}; DROP TRIGGER append_only_table ON {table};" for table in KEPT
)
FINDINGS = """
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
"""
GATE = """
CREATE FUNCTION hrdd_launch_gate() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER launch_gate BEFORE INSERT OR UPDATE ON risks_change
  FOR EACH ROW EXECUTE FUNCTION hrdd_launch_gate();
"""
UNDO = """
DROP TRIGGER keep_involvement ON risks_involvement;
DROP FUNCTION hrdd_keep_involvement();
DROP TRIGGER launch_gate ON risks_change;
DROP FUNCTION hrdd_launch_gate();
"""


def give_standing(apps, _editor):
    risks, assessments = apps.get_model("risks", "Risk"), apps.get_model("risks", "SeverityAssessment")
    for risk in risks.objects.order_by("pk").iterator():
        held = assessments.objects.filter(risk=risk).order_by("-holds_from", "-id").first()
        judged = Judgement()
        if held is not None:
            judged = Judgement(
                level=held.level,
                incomplete=held.incomplete,
                state_of_harm=held.state_of_harm,
                likelihood=held.likelihood,
                delay=held.delay_makes_irremediable,
                heads=(held.scale, held.scope, held.irremediability),
                vulnerable=held.heightened_vulnerability,
            )
        standing = stand(judged, closed=risk.status == "closed")
        assessed_on = held.holds_from if held else None
        review = next_review(
            tier=standing.tier,
            assessed_on=assessed_on,
            opened_on=risk.opened_on,
            context_until=risk.context_until,
            triggered_on=None,
        )
        risks.objects.filter(pk=risk.pk).update(
            **asdict(standing), held=held, assessed_on=assessed_on, next_review=review
        )


class Migration(migrations.Migration):
    dependencies = [("risks", "0006_know"), ("governance", "0002_audit_is_append_only")]
    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(FINDINGS + GATE, UNDO),
        migrations.RunPython(give_standing, migrations.RunPython.noop),
    ]
