"""Who decided an appeal on a case does not decide the next, once it was opened again (SD3)."""

from django.db import migrations

SOMEBODY_NEW = """
CREATE FUNCTION hrdd_appeal_by_somebody_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Who decided an appeal on this case does not decide the next (domain.md 0.3, SD3)'
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER appeal_by_somebody_new BEFORE UPDATE OF state ON remedies_case FOR EACH ROW
  WHEN (OLD.state = 'appeal' AND NEW.state = 'appeal_decided' AND OLD.appeal_decided_on IS NOT NULL
    AND OLD.appeal_decided_by_id = NEW.appeal_decided_by_id)
  EXECUTE FUNCTION hrdd_appeal_by_somebody_new();
"""
SAME_PEOPLE = """
DROP TRIGGER appeal_by_somebody_new ON remedies_case;
DROP FUNCTION hrdd_appeal_by_somebody_new();
"""


class Migration(migrations.Migration):
    dependencies = [("remedies", "0006_ratings_holds_erasure")]
    operations = [migrations.RunSQL(SOMEBODY_NEW, SAME_PEOPLE)]
