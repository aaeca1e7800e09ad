"""Statements of reasons, issued once and kept as issued (DSA 17)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KEEP = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_statementofreasons
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_statementofreasons
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
LET_GO = """
DROP TRIGGER append_only_table ON risks_statementofreasons;
DROP TRIGGER append_only_rows ON risks_statementofreasons;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('risks', '0024_action_samples'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementOfReasons',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('puid', models.UUIDField(unique=True)),
                ('content', models.JSONField()),
                ('text', models.TextField()),
                ('ground', models.CharField(choices=[('DECISION_GROUND_ILLEGAL_CONTENT', 'Illegal Content'), ('DECISION_GROUND_INCOMPATIBLE_CONTENT', 'Content incompatible with terms and conditions')], max_length=40)),
                ('category', models.CharField(choices=[('STATEMENT_CATEGORY_ANIMAL_WELFARE', 'Animal welfare'), ('STATEMENT_CATEGORY_CONSUMER_INFORMATION', 'Consumer information infringements'), ('STATEMENT_CATEGORY_CYBER_VIOLENCE', 'Cyber violence'), ('STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN', 'Cyber violence against women'), ('STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS', 'Data protection and privacy violations'), ('STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH', 'Illegal or harmful speech'), ('STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS', 'Intellectual property infringements'), ('STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS', 'Negative effects on civic discourse or elections'), ('STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE', 'Type of alleged illegal content not specified by the notifier'), ('STATEMENT_CATEGORY_OTHER_VIOLATION_TC', 'Other violation of provider’s terms and conditions'), ('STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'Protection of minors'), ('STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY', 'Risk for public security'), ('STATEMENT_CATEGORY_SCAMS_AND_FRAUD', 'Scams and/or fraud'), ('STATEMENT_CATEGORY_SELF_HARM', 'Self-harm'), ('STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS', 'Unsafe, non-compliant or prohibited products'), ('STATEMENT_CATEGORY_VIOLENCE', 'Violence')], max_length=80)),
                ('sha256', models.CharField(max_length=64)),
                ('correction_reasons', models.TextField(blank=True)),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='risks.measure')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='risks.statementofreasons')),
            ],
            options={
                'verbose_name_plural': 'statements of reasons',
                'ordering': ['-issued_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('supersedes__isnull', True)), fields=('measure',), name='statement_begins_once'), models.CheckConstraint(condition=models.Q(models.Q(('correction_reasons', ''), ('supersedes__isnull', True)), models.Q(('supersedes__isnull', False), models.Q(('correction_reasons', ''), _negated=True)), _connector='OR'), name='statement_correction_has_reasons')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
