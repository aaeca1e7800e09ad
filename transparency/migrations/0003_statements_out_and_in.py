"""What left of our statements, kept as it left; and the statements of others, to compare (domain.md 8.4)."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = ("transparency_statementexport", "transparency_exportedstatement")
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


class Migration(migrations.Migration):

    dependencies = [
        ('risks', '0031_what_was_found_last'),
        ('transparency', '0002_published_stays_as_it_is'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReferenceOrganisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='StatementExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begin', models.DateField(blank=True, null=True)),
                ('end', models.DateField(blank=True, null=True)),
                ('only_new', models.BooleanField(default=False)),
                ('written', models.PositiveIntegerField()),
                ('refused', models.PositiveIntegerField()),
                ('superseded', models.PositiveIntegerField()),
                ('outside', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_by', models.CharField(max_length=200)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-made_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ReferenceStatement',
            fields=[
                ('uuid', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('puid', models.CharField(max_length=500)),
                ('ground', models.CharField(choices=[('DECISION_GROUND_ILLEGAL_CONTENT', 'Illegal Content'), ('DECISION_GROUND_INCOMPATIBLE_CONTENT', 'Content incompatible with terms and conditions')], max_length=40)),
                ('rule_said', models.CharField(max_length=500)),
                ('category', models.CharField(choices=[('STATEMENT_CATEGORY_ANIMAL_WELFARE', 'Animal welfare'), ('STATEMENT_CATEGORY_CONSUMER_INFORMATION', 'Consumer information infringements'), ('STATEMENT_CATEGORY_CYBER_VIOLENCE', 'Cyber violence'), ('STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN', 'Cyber violence against women'), ('STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS', 'Data protection and privacy violations'), ('STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH', 'Illegal or harmful speech'), ('STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS', 'Intellectual property infringements'), ('STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS', 'Negative effects on civic discourse or elections'), ('STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE', 'Type of alleged illegal content not specified by the notifier'), ('STATEMENT_CATEGORY_OTHER_VIOLATION_TC', 'Other violation of provider’s terms and conditions'), ('STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'Protection of minors'), ('STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY', 'Risk for public security'), ('STATEMENT_CATEGORY_SCAMS_AND_FRAUD', 'Scams and/or fraud'), ('STATEMENT_CATEGORY_SELF_HARM', 'Self-harm'), ('STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS', 'Unsafe, non-compliant or prohibited products'), ('STATEMENT_CATEGORY_VIOLENCE', 'Violence')], max_length=80)),
                ('source_type', models.CharField(choices=[('SOURCE_ARTICLE_16', 'Notice submitted in accordance with Article 16 DSA'), ('SOURCE_TRUSTED_FLAGGER', 'Notice submitted by a trusted flagger'), ('SOURCE_TYPE_OTHER_NOTIFICATION', 'Other type of notification'), ('SOURCE_VOLUNTARY', 'Own voluntary initiative')], max_length=40)),
                ('automated_detection', models.BooleanField()),
                ('automated_decision', models.CharField(choices=[('FULLY', 'Fully automated'), ('PARTIALLY', 'Partially automated'), ('NOT_AUTOMATED', 'Not Automated')], max_length=14)),
                ('content_date', models.DateField()),
                ('application_date', models.DateField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='transparency.referenceorganisation')),
            ],
        ),
        migrations.CreateModel(
            name='ReferenceMeasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.CharField(max_length=80)),
                ('kind', models.CharField(blank=True, max_length=24)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='transparency.referencestatement')),
            ],
        ),
        migrations.CreateModel(
            name='ExportedStatement',
            fields=[
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='exported', serialize=False, to='risks.statementofreasons')),
                ('export', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='transparency.statementexport')),
            ],
        ),
        migrations.AddIndex(
            model_name='referencestatement',
            index=models.Index(fields=['organisation', 'application_date'], name='reference_by_day'),
        ),
        migrations.AddConstraint(
            model_name='referencestatement',
            constraint=models.UniqueConstraint(fields=('organisation', 'puid'), name='reference_puid_once_an_organisation'),
        ),
        migrations.AddConstraint(
            model_name='referencemeasure',
            constraint=models.UniqueConstraint(fields=('statement', 'decision'), name='reference_measure_once_a_statement'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
