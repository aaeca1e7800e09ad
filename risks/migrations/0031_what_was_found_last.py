"""What the latest look found stands on the measure; the evidence that a re-assessment considered stays as it was."""

import django.db.models.deletion
from django.db import migrations, models

BACKFILL = """
UPDATE risks_measure m SET latest_finding_id = f.id FROM risks_finding f
WHERE f.measure_id = m.id AND f.cycle_id = (
  SELECT id FROM risks_cycle WHERE kind <> 'event' AND finished_at IS NOT NULL ORDER BY as_of DESC, id DESC LIMIT 1);
"""
KEPT = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_reassessment_evidence_considered
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_reassessment_evidence_considered
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
LET_GO = """
DROP TRIGGER append_only_table ON risks_reassessment_evidence_considered;
DROP TRIGGER append_only_rows ON risks_reassessment_evidence_considered;
"""


class Migration(migrations.Migration):
    dependencies = [("risks", "0030_terms_leave_their_line")]
    operations = [
        migrations.AddField(
            "measure",
            "latest_finding",
            models.ForeignKey(
                blank=True,
                null=True,
                db_index=False,
                editable=False,
                help_text="What the latest look found, full cycle or event; empty where all is well. "
                "Only a sweep writes it.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="risks.finding",
            ),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "measure",
            models.Index(
                condition=models.Q(latest_finding__isnull=False),
                fields=["latest_finding"],
                name="measure_found",
            ),
        ),
        migrations.RunSQL(KEPT, LET_GO),
    ]
