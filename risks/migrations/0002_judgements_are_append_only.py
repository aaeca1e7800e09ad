from django.db import migrations

TABLES = ["risks_severityassessment", "risks_finding", "risks_reassessment"]


class Migration(migrations.Migration):
    dependencies = [("risks", "0001_initial"), ("governance", "0002_audit_is_append_only")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change()",
            f"DROP TRIGGER append_only_rows ON {table}",
        )
        for table in TABLES
    ]
