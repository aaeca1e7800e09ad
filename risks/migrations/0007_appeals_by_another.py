"""How an appeal was decided is never recorded by whoever imposed the measure (SD2)."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION hrdd_appeal_is_of_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM risks_measure m WHERE m.id = NEW.measure_id AND m.imposed_by = NEW.noted_by) THEN
    RAISE EXCEPTION 'SD2: whoever imposed a measure does not record how its appeal was decided'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER appeal_is_of_another BEFORE INSERT ON risks_signal
  FOR EACH ROW WHEN (NEW.kind = 'appeal_upheld') EXECUTE FUNCTION hrdd_appeal_is_of_another();
"""
LET_GO = """
DROP TRIGGER appeal_is_of_another ON risks_signal;
DROP FUNCTION hrdd_appeal_is_of_another();
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0006_exits_keep_their_word")]
    operations = [migrations.RunSQL(TRIGGERS, LET_GO)]
