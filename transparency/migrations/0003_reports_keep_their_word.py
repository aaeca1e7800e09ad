"""A report follows its states, a published one stays, and two people sign it; the log has no gap (domain.md 8.2)."""

from django.db import migrations

REPORTS = """
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

CREATE TRIGGER report_no_truncate BEFORE TRUNCATE ON transparency_report
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
NO_REPORTS = """
DROP TRIGGER report_no_truncate ON transparency_report;
DROP FUNCTION transparency_report_guard() CASCADE;
"""
TWO_KEYS = """
CREATE FUNCTION transparency_report_two_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'a report begins as a draft';
    END IF;
  ELSIF NEW.state = 'published' AND OLD.state <> 'published' AND (
      SELECT count(DISTINCT decided_by_id) FROM governance_signoff
      WHERE subject_kind = 'report' AND subject_id = NEW.id AND content_hash = NEW.content_hash
        AND decision = 'approved' AND decided_by_id IN (NEW.cleared_by_id, NEW.approved_by_id)
        AND decided_by_id <> NEW.prepared_by_id) < 2 THEN
    RAISE EXCEPTION 'a report is published only after two others signed this very content';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER report_two_keys BEFORE INSERT OR UPDATE ON transparency_report
  FOR EACH ROW EXECUTE FUNCTION transparency_report_two_keys();
"""
NO_TWO_KEYS = """
DROP FUNCTION transparency_report_two_keys() CASCADE;
"""
GAP_FREE = """
CREATE FUNCTION transparency_log_gap_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.index <> (SELECT coalesce(max(index) + 1, 0) FROM transparency_logentry) THEN
    RAISE EXCEPTION 'entry % of the log does not follow the last one', NEW.index;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER gap_free BEFORE INSERT ON transparency_logentry
  FOR EACH ROW EXECUTE FUNCTION transparency_log_gap_free();
"""
NO_GAP_FREE = """
DROP FUNCTION transparency_log_gap_free() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("transparency", "0002_append_only")]
    operations = [
        migrations.RunSQL(REPORTS, NO_REPORTS),
        migrations.RunSQL(TWO_KEYS, NO_TWO_KEYS),
        migrations.RunSQL(GAP_FREE, NO_GAP_FREE),
    ]
