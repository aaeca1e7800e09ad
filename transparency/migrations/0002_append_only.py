"""What was published, exported, signed and logged stays as it was."""

from django.db import migrations

TABLES = (
    "transparency_exportedstatement",
    "transparency_logcheckpoint",
    "transparency_logentry",
    "transparency_manifest",
    "transparency_statementexport",
    "transparency_document",
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
    dependencies = [("transparency", "0001_initial"), ("governance", "0002_audit_is_append_only")]
    operations = [append_only(table) for table in TABLES]
