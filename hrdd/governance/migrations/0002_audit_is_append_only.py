"""The audit log refuses UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION hrdd_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP;
END $$;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON governance_auditevent
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON governance_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
NO_REFUSE = "DROP FUNCTION hrdd_refuse_change() CASCADE"


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, NO_REFUSE),
    ]
