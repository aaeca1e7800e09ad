"""The rights that a risk touches stand on the risk too, so that one index finds those of a right in a country.

Each step is a transaction of its own, so that no lock lasts: the desk goes on writing meanwhile. The triggers stand
before the rows that are there are filled.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models

# Whoever writes the column, or a risk with it, gets what risks_riskright says: nobody can make the two differ.
AT_HAND = """
CREATE FUNCTION hrdd_rights_of_risk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.touched_rights := ARRAY(SELECT DISTINCT right_id FROM risks_riskright WHERE risk_id = NEW.id ORDER BY 1);
  RETURN NEW;
END $$;
CREATE TRIGGER rights_at_hand BEFORE INSERT OR UPDATE OF touched_rights ON risks_risk
  FOR EACH ROW EXECUTE FUNCTION hrdd_rights_of_risk();

CREATE FUNCTION hrdd_rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE risks_risk SET touched_rights = '{}' WHERE id IN (SELECT risk_id FROM changed);
  RETURN NULL;
END $$;
CREATE TRIGGER rights_named AFTER INSERT ON risks_riskright REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_rights_changed();
CREATE TRIGGER rights_dropped AFTER DELETE ON risks_riskright REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_rights_changed();
CREATE FUNCTION hrdd_rights_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE risks_risk SET touched_rights = '{}' WHERE id IN (OLD.risk_id, NEW.risk_id);
  RETURN NULL;
END $$;
CREATE TRIGGER rights_moved AFTER UPDATE OF right_id, risk_id ON risks_riskright
  FOR EACH ROW EXECUTE FUNCTION hrdd_rights_moved();
"""
NOT_AT_HAND = """
DROP FUNCTION hrdd_rights_of_risk() CASCADE;
DROP FUNCTION hrdd_rights_changed() CASCADE;
DROP FUNCTION hrdd_rights_moved() CASCADE;
"""
PART = 1000
FILL = """
UPDATE risks_risk SET touched_rights = '{}' WHERE id >= %s AND id < %s
  AND EXISTS (SELECT 1 FROM risks_riskright WHERE risk_id = risks_risk.id)
"""


def fill(_apps, _editor):
    """Fill the risks that are there, a part at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM risks_risk")
        [(last,)] = cursor.fetchall()
        for first in range(0, last + 1, PART):
            cursor.execute(FILL, [first, first + PART])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("risks", "0008_partners_of_history")]
    operations = [
        migrations.AddField(
            model_name="risk",
            name="touched_rights",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), db_default=[], default=list, editable=False, size=None
            ),
        ),
        migrations.RunSQL(AT_HAND, NOT_AT_HAND),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="risk",
            index=django.contrib.postgres.indexes.GinIndex(fields=["touched_rights"], name="risk_rights"),
        ),
    ]
