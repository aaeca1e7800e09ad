"""The publication log, append-only and gap-free; and two keys for a publication, in the database (domain.md SD6)."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = ("transparency_logentry", "transparency_logcheckpoint", "transparency_manifest")
KEEP = "".join(
    f"""
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
    for table in KEPT
)
LET_GO = "".join(
    f"""
DROP TRIGGER append_only_table ON {table};
DROP TRIGGER append_only_rows ON {table};
"""
    for table in KEPT
)
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
WITH_GAPS = """
DROP TRIGGER gap_free ON transparency_logentry;
DROP FUNCTION transparency_log_gap_free();
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
ONE_KEY = """
DROP TRIGGER report_two_keys ON transparency_report;
DROP FUNCTION transparency_report_two_keys();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('transparency', '0003_statements_out_and_in'),
        ('governance', '0003_sign_offs'),
    ]

    operations = [
        migrations.CreateModel(
            name='LogCheckpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('note', models.TextField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['size'],
            },
        ),
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('index', models.BigIntegerField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('key', 'Signing key'), ('audit', 'Commitment to the audit log'), ('publication', 'Published report')], max_length=11)),
                ('entry', models.TextField()),
                ('leaf_hash', models.BinaryField()),
                ('rows', models.BinaryField(default=b'')),
                ('sealed', models.BinaryField(default=b'')),
                ('last_event', models.BigIntegerField(blank=True, null=True)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'log entries',
                'ordering': ['index'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'audit'), ('last_event__isnull', False)), models.Q(models.Q(('kind', 'audit'), _negated=True), ('last_event__isnull', True)), _connector='OR'), name='log_entry_audit_has_rows')],
            },
        ),
        migrations.CreateModel(
            name='Manifest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.BinaryField()),
                ('signature', models.BinaryField()),
                ('public_key', models.BinaryField()),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='manifest', to='transparency.logentry')),
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='manifest', to='transparency.report')),
            ],
            options={
                'ordering': ['entry'],
            },
        ),
        migrations.CreateModel(
            name='AnchorPush',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=300)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pushes', to='transparency.logcheckpoint')),
            ],
            options={
                'verbose_name_plural': 'anchor pushes',
                'ordering': ['checkpoint', 'place'],
                'indexes': [models.Index(models.F('checkpoint'), condition=models.Q(('done_at__isnull', True)), name='anchor_push_waiting')],
                'constraints': [models.UniqueConstraint(fields=('place', 'checkpoint'), name='anchor_push_once'), models.CheckConstraint(condition=models.Q(('done_at__isnull', True), ('error', ''), _connector='OR'), name='anchor_push_done_without_error')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(GAP_FREE, WITH_GAPS),
        migrations.RunSQL(TWO_KEYS, ONE_KEY),
    ]
