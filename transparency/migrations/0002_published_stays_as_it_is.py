"""What was published stays as it is; the database refuses what no view should ask for (domain.md 8.2)."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION transparency_report_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN
      RAISE EXCEPTION 'a report that was frozen is never deleted';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.state IN ('published', 'corrected', 'withdrawn_for_safety') THEN
    IF (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state')
       OR NOT (NEW.state = OLD.state OR (OLD.state = 'published' AND NEW.state IN ('corrected', 'withdrawn_for_safety'))) THEN
      RAISE EXCEPTION 'a published report is never changed; correct it by a new edition';
    END IF;
  ELSIF OLD.state NOT IN ('draft', 'data_frozen') AND NEW.state <> 'draft'
        AND (NEW.content, NEW.content_hash, NEW.prepared_by_id) IS DISTINCT FROM (OLD.content, OLD.content_hash, OLD.prepared_by_id) THEN
    RAISE EXCEPTION 'the content of a report in review is not changed; take it back to draft first';
  END IF;
  IF NEW.state = 'published' AND OLD.state NOT IN ('approved', 'published') THEN
    RAISE EXCEPTION 'a report is published only after it was approved';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER report_guard BEFORE UPDATE OR DELETE ON transparency_report
  FOR EACH ROW EXECUTE FUNCTION transparency_report_guard();

CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE ON transparency_document
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER document_no_truncate BEFORE TRUNCATE ON transparency_document
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER report_no_truncate BEFORE TRUNCATE ON transparency_report
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
BACKWARD = """
DROP TRIGGER report_guard ON transparency_report;
DROP TRIGGER report_no_truncate ON transparency_report;
DROP TRIGGER document_append_only ON transparency_document;
DROP TRIGGER document_no_truncate ON transparency_document;
DROP FUNCTION transparency_report_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("transparency", "0001_initial"), ("governance", "0002_audit_is_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
