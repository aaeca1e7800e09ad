"""Figures that leave are frozen, so that two outputs can never be subtracted (domain.md 8.5)."""

import django.db.models.deletion
from django.db import migrations, models


TRIGGERS = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON transparency_release
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON transparency_release
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
LET_GO = """
DROP TRIGGER append_only_rows ON transparency_release;
DROP TRIGGER append_only_table ON transparency_release;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0002_audit_is_append_only'),
        ('transparency', '0003_reports_keep_their_word'),
    ]

    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('figures', models.CharField(max_length=60)),
                ('period', models.CharField(max_length=24)),
                ('period_from', models.DateField()),
                ('period_to', models.DateField()),
                ('query_version', models.CharField(max_length=24)),
                ('as_of', models.DateTimeField()),
                ('k', models.PositiveSmallIntegerField()),
                ('row_count', models.PositiveIntegerField(null=True)),
                ('printed', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('sealed', models.BinaryField()),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='transparency.report')),
            ],
            options={
                'ordering': ['as_of', 'id'],
                'indexes': [models.Index(fields=['figures', '-as_of'], name='release_latest')],
                'constraints': [models.UniqueConstraint(fields=('report', 'figures', 'as_of'), name='release_once'), models.CheckConstraint(condition=models.Q(('period_to__gte', models.F('period_from'))), name='release_period_forward'), models.CheckConstraint(condition=models.Q(('k__gte', 5)), name='release_k_is_five_or_more'), models.CheckConstraint(condition=models.Q(('row_count__isnull', True), ('row_count__gte', models.F('k')), _connector='OR'), name='release_counts_no_few_rows'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='release_hash')],
            },
        ),
        migrations.RunSQL(TRIGGERS, LET_GO),
    ]
