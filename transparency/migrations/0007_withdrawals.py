"""An edition that endangers people is withdrawn by two of them, and that it was is never forgotten (domain.md 8.2)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGERS = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON transparency_withdrawal
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON transparency_withdrawal
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION transparency_withdrawal_two_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM governance_signoff s JOIN transparency_report r ON r.id = NEW.report_id
      WHERE s.subject_kind = 'report withdrawal' AND s.subject_id = NEW.report_id AND s.decision = 'approved'
        AND s.step = NEW.reason AND s.asked_by_id = NEW.asked_by_id AND s.decided_by_id = NEW.decided_by_id
        AND s.content_hash = NEW.content_hash AND r.content_hash = NEW.content_hash
        AND r.period = NEW.period AND r.edition = NEW.edition) THEN
    RAISE EXCEPTION 'an edition is withdrawn only after a second person decided it for this very content';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_two_people BEFORE INSERT ON transparency_withdrawal
  FOR EACH ROW EXECUTE FUNCTION transparency_withdrawal_two_people();

CREATE FUNCTION transparency_report_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM transparency_withdrawal WHERE report_id = NEW.id) THEN
    RAISE EXCEPTION 'a report is withdrawn only where its withdrawal stands in the record';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER report_withdrawn BEFORE UPDATE ON transparency_report
  FOR EACH ROW WHEN (NEW.state = 'withdrawn_for_safety' AND OLD.state <> 'withdrawn_for_safety')
  EXECUTE FUNCTION transparency_report_withdrawn();
"""
LET_GO = """
DROP TRIGGER report_withdrawn ON transparency_report;
DROP FUNCTION transparency_report_withdrawn();
DROP FUNCTION transparency_withdrawal_two_people() CASCADE;
DROP TRIGGER append_only_rows ON transparency_withdrawal;
DROP TRIGGER append_only_table ON transparency_withdrawal;
"""
GUARD = """
CREATE OR REPLACE FUNCTION transparency_report_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state <> 'draft' THEN
      RAISE EXCEPTION 'a report that was frozen is never deleted';
    END IF;
    RETURN OLD;
  END IF;
  IF OLD.state IN ('published', 'corrected', 'withdrawn_for_safety') THEN
    IF (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state')
       OR NOT (NEW.state = OLD.state OR {moves}) THEN
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
"""
LATEST_ONLY = "(OLD.state = 'published' AND NEW.state IN ('corrected', 'withdrawn_for_safety'))"
ANY_EDITION = f"({LATEST_ONLY} OR (OLD.state = 'corrected' AND NEW.state = 'withdrawn_for_safety'))"


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0002_audit_is_append_only'),
        ('transparency', '0006_sections'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=24)),
                ('edition', models.PositiveSmallIntegerField()),
                ('content_hash', models.CharField(max_length=64)),
                ('reason', models.CharField(choices=[('safety_affected', 'people who were affected'), ('safety_staff', 'people who work here'), ('safety_source', 'somebody who told of it'), ('child', 'a child who can be recognised')], max_length=20)),
                ('withdrawn_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='transparency.report')),
            ],
            options={
                'ordering': ['-withdrawn_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('asked_by', models.F('decided_by')), _negated=True), name='withdrawal_by_two_people'), models.CheckConstraint(condition=models.Q(('reason__in', ['safety_affected', 'safety_staff', 'safety_source', 'child'])), name='withdrawal_for_safety'), models.UniqueConstraint(fields=('period', 'edition'), name='withdrawal_once')],
            },
        ),
        migrations.RunSQL(TRIGGERS, LET_GO),
        migrations.RunSQL(GUARD.replace("{moves}", ANY_EDITION), GUARD.replace("{moves}", LATEST_ONLY)),
    ]
