"""What was shared with an expert stays as it was shared; a share is revoked once, never rewritten (domain.md 0.2)."""

from django.db import migrations

KEEP = """
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
"""
UNDO = """
DROP TRIGGER keep_expert_access ON risks_expertaccess;
DROP FUNCTION hrdd_keep_expert_access();
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0011_consultations")]
    operations = [migrations.RunSQL(KEEP, UNDO)]
