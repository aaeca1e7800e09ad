"""A three-part test is append-only; the answers that stood in columns are gone from there."""

from django.db import migrations

KEEP = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_threeparttest
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_threeparttest
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
LET_GO = """
DROP TRIGGER append_only_table ON risks_threeparttest;
DROP TRIGGER append_only_rows ON risks_threeparttest;
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0015_answers_become_tests")]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RemoveField(model_name="measure", name="three_part_test"),
        migrations.RemoveField(model_name="reassessment", name="three_part_test"),
    ]
