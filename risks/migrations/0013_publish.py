"""A salient list stays as it was drawn and as it was signed or refused; one waits for the board at a time."""

from django.db import migrations

KEEP = """
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
LET_GO = """
DROP INDEX salient_list_open_once;
DROP TRIGGER append_only_table ON risks_salientlist;
DROP TRIGGER append_only_rows ON risks_salientlist;
DROP TRIGGER keep_salient_list ON risks_salientlist;
DROP FUNCTION hrdd_keep_salient_list();
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0012_experts"), ("governance", "0002_audit_is_append_only")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
