"""What was judged, found, measured or said stays as it was written."""

from django.db import migrations

TABLES = (
    "risks_clockentry",
    "risks_clockreminder",
    "risks_crucialtest",
    "risks_dilemmaadvice",
    "risks_dilemmadecision",
    "risks_effectmeasurement",
    "risks_evidence",
    "risks_exitreview",
    "risks_expertopinion",
    "risks_finding",
    "risks_involvementchallenge",
    "risks_leverageplanmove",
    "risks_partnercorrection",
    "risks_partnernote",
    "risks_precedent",
    "risks_publication",
    "risks_rabatassessment",
    "risks_rabatconfirmation",
    "risks_reassessment",
    "risks_reassessment_evidence_considered",
    "risks_reminder",
    "risks_severityassessment",
    "risks_severityassessment_consultations",
    "risks_severityassessment_evidence",
    "risks_severityassessment_findings_considered",
    "risks_statementofreasons",
    "risks_threeparttest",
)


def append_only(table):
    """Refuse to change, delete or empty what stands in a table."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
        CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
        """,
        f"DROP TRIGGER append_only_rows ON {table}; DROP TRIGGER append_only_table ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("risks", "0001_initial"), ("governance", "0002_audit_is_append_only")]
    operations = [append_only(table) for table in TABLES]
