"""What a dossier tells of partners may leave open what today's record may not; only its importer writes it so."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

TOLD = """
CREATE FUNCTION hrdd_told_by_the_importer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'What a dossier tells is marked when it is brought in, never later' USING ERRCODE = 'check_violation';
  END IF;
  IF coalesce(current_setting('hrdd.actor', true), '') <> 'import' THEN
    RAISE EXCEPTION 'Only the importer of dossiers records what a dossier tells' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
NO_TOLD = "DROP FUNCTION hrdd_told_by_the_importer() CASCADE;"
TELLING = ("risks_partner", "risks_relationship", "risks_relationshiprisk")
FILLED = """
CREATE FUNCTION hrdd_stays_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What a person said of a partner is corrected, never left open again (domain.md 5.1, 5.4)'
    USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER stays_said BEFORE UPDATE ON risks_relationship FOR EACH ROW
  WHEN ((OLD.kind <> '' AND NEW.kind = '') OR (OLD.status <> 'unknown' AND NEW.status = 'unknown')
    OR OLD.kind_said <> NEW.kind_said OR OLD.told <> NEW.told)
  EXECUTE FUNCTION hrdd_stays_said();
CREATE TRIGGER knowledge_keeps_its_day BEFORE UPDATE ON risks_relationshiprisk FOR EACH ROW
  WHEN (OLD.known_since IS NOT NULL AND NEW.known_since IS DISTINCT FROM OLD.known_since)
  EXECUTE FUNCTION hrdd_stays_said();
"""
NO_FILLED = "DROP FUNCTION hrdd_stays_said() CASCADE;"


def told_once(table):
    """Take the mark of a dossier from its importer only, and never change it."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER told_by_importer BEFORE INSERT ON {table} FOR EACH ROW
          WHEN (NEW.told_by <> '') EXECUTE FUNCTION hrdd_told_by_the_importer();
        CREATE TRIGGER told_stays BEFORE UPDATE ON {table} FOR EACH ROW
          WHEN (NEW.told_by IS DISTINCT FROM OLD.told_by) EXECUTE FUNCTION hrdd_told_by_the_importer();
        """,
        f"DROP TRIGGER told_by_importer ON {table}; DROP TRIGGER told_stays ON {table};",
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

    dependencies = [
        ('risks', '0007_appeals_by_another'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='partner',
            name='told_by',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='recordentry',
            name='relationship',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='record', to='risks.relationship'),
        ),
        migrations.AddField(
            model_name='relationship',
            name='kind_said',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='relationship',
            name='told',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='relationship',
            name='told_by',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='relationshiprisk',
            name='told_by',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='partner',
            name='name',
            field=models.CharField(max_length=200),
        ),
        migrations.AlterField(
            model_name='relationship',
            name='kind',
            field=models.CharField(blank=True, choices=[('enterprise_customer', 'Enterprise customer'), ('government_customer', 'Government customer'), ('reseller', 'Reseller'), ('advertiser', 'Advertiser'), ('developer_app', 'Developer of an app'), ('content_partner', 'Content partner'), ('supplier', 'Supplier'), ('outsourced_moderation', 'Outsourced moderation'), ('infrastructure', 'Infrastructure'), ('investor_investee', 'Investor or investee'), ('joint_venture', 'Joint venture'), ('data_broker', 'Data broker'), ('user_group', 'Group of users')], max_length=24),
        ),
        migrations.AlterField(
            model_name='relationship',
            name='status',
            field=models.CharField(choices=[('proposed', 'Not begun'), ('active', 'Active'), ('suspended', 'Suspended'), ('ended', 'Ended'), ('unknown', 'Not known')], default='active', max_length=10),
        ),
        migrations.AlterField(
            model_name='relationshiprisk',
            name='known_since',
            field=models.DateField(blank=True, help_text='The day since which the company knows; the clock starts here.', null=True),
        ),
        migrations.AddConstraint(
            model_name='partner',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), models.F('told_by'), name='partner_name_once'),
        ),
        migrations.AddConstraint(
            model_name='relationship',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('kind', ''), _negated=True), models.Q(('status', 'unknown'), _negated=True)), models.Q(('told_by', ''), _negated=True), _connector='OR'), name='relationship_open_only_as_told'),
        ),
        migrations.AddConstraint(
            model_name='relationshiprisk',
            constraint=models.CheckConstraint(condition=models.Q(('known_since__isnull', False), models.Q(('told_by', ''), _negated=True), _connector='OR'), name='harm_undated_only_as_told'),
        ),
        migrations.RunSQL(TOLD, NO_TOLD),
        *(told_once(table) for table in TELLING),
        migrations.RunSQL(FILLED, NO_FILLED),
        append_only("risks_recordentry"),
    ]
