from django.db import migrations

ROWS = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON remedies_readlog
    FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON remedies_readlog
    FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
BACK = """
DROP TRIGGER append_only_rows ON remedies_readlog;
DROP TRIGGER append_only_table ON remedies_readlog;
"""


class Migration(migrations.Migration):
    dependencies = [("remedies", "0001_initial"), ("governance", "0002_audit_is_append_only")]
    operations = [migrations.RunSQL(ROWS, BACK)]
