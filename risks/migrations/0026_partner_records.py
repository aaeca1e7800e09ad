"""The record of a partner: terms, tests, notes, contacts, corrections, and the onboarding gate (domain.md 5)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


APPEND_ONLY = ("partnercorrection", "crucialtest", "partnernote")
KEEP = "".join(
    f"""
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_{table}
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_{table}
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
    for table in APPEND_ONLY
)
LET_GO = "".join(
    f"""
DROP TRIGGER append_only_table ON risks_{table};
DROP TRIGGER append_only_rows ON risks_{table};
"""
    for table in APPEND_ONLY
)
TERMS = """
CREATE FUNCTION hrdd_keep_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.agreed_until IS NOT NULL
      OR (to_jsonb(OLD) - '{agreed_until,ended_by_id,ending_reasons}'::text[])
      IS DISTINCT FROM (to_jsonb(NEW) - '{agreed_until,ended_by_id,ending_reasons}'::text[]) THEN
    RAISE EXCEPTION 'Terms that were agreed are ended once, never rewritten (domain.md 5.1)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_terms BEFORE UPDATE OR DELETE ON risks_agreedterms
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_terms();
"""
NO_TERMS = """
DROP TRIGGER keep_terms ON risks_agreedterms;
DROP FUNCTION hrdd_keep_terms();
"""
GATE = """
CREATE FUNCTION hrdd_keep_onboarding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'An onboarding is never deleted (domain.md 5.3)';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.status NOT IN ('asked', 'in_review')
      OR (to_jsonb(OLD) - '{status,decided_by_id,decided_at,reasons,conditions}'::text[])
      IS DISTINCT FROM (to_jsonb(NEW) - '{status,decided_by_id,decided_at,reasons,conditions}'::text[])) THEN
    RAISE EXCEPTION 'What was asked, and what was decided on it, stays as it is (domain.md 5.3)';
  END IF;
  IF NEW.status IN ('approved', 'approved_with_conditions') AND EXISTS (
      SELECT FROM risks_onboardingfinding
      WHERE onboarding_id = NEW.id AND level >= 5 AND closed_at IS NULL) THEN
    RAISE EXCEPTION 'No onboarding is approved with an open finding of severity 5 (UNGP 19, domain.md 5.3)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_onboarding BEFORE INSERT OR UPDATE OR DELETE ON risks_onboarding
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_onboarding();
CREATE FUNCTION hrdd_keep_onboarding_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'A finding is closed, never deleted (domain.md 5.3)';
  END IF;
  IF TG_OP = 'UPDATE' AND (OLD.closed_at IS NOT NULL
      OR (to_jsonb(OLD) - '{closed_by_id,closed_at,what_changed}'::text[])
      IS DISTINCT FROM (to_jsonb(NEW) - '{closed_by_id,closed_at,what_changed}'::text[])) THEN
    RAISE EXCEPTION 'A finding is closed once, never rewritten (domain.md 5.3)';
  END IF;
  PERFORM FROM risks_onboarding WHERE id = NEW.onboarding_id AND status IN ('asked', 'in_review') FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'The onboarding was decided on; its findings stay as they were (domain.md 5.3)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_onboarding_finding BEFORE INSERT OR UPDATE OR DELETE ON risks_onboardingfinding
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_onboarding_finding();
"""
NO_GATE = """
DROP TRIGGER keep_onboarding_finding ON risks_onboardingfinding;
DROP FUNCTION hrdd_keep_onboarding_finding();
DROP TRIGGER keep_onboarding ON risks_onboarding;
DROP FUNCTION hrdd_keep_onboarding();
"""
# What was agreed stood in one line, with its version somewhere in it; it is kept as it was said.
CODES = """
INSERT INTO risks_agreedterms (relationship_id, code_name, code_version, agreed_from, source, ending_reasons)
SELECT id, code_of_conduct, '', started_on, '', '' FROM risks_relationship WHERE code_of_conduct <> '';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('risks', '0025_statements_of_reasons'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AgreedTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_name', models.CharField(blank=True, max_length=200)),
                ('code_version', models.CharField(blank=True, max_length=60)),
                ('agreed_from', models.DateField(blank=True, null=True)),
                ('agreed_until', models.DateField(blank=True, null=True)),
                ('source', models.CharField(blank=True, max_length=500)),
                ('recorded_at', models.DateTimeField(blank=True, null=True)),
                ('ending_reasons', models.TextField(blank=True)),
            ],
            options={
                'verbose_name_plural': 'agreed terms',
                'ordering': [models.OrderBy(models.F('agreed_from'), descending=True, nulls_last=True), '-id'],
            },
        ),
        migrations.CreateModel(
            name='CrucialTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('crucial', models.BooleanField()),
                ('essential', models.TextField(blank=True)),
                ('no_alternative', models.TextField(blank=True)),
                ('reasons', models.TextField()),
                ('tested_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-tested_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Onboarding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('use_case', models.TextField()),
                ('end_users', models.TextField()),
                ('country', models.CharField(max_length=2)),
                ('red_flags', models.TextField(help_text='What is known that speaks against it, or that nothing was found.')),
                ('status', models.CharField(choices=[('asked', 'Asked'), ('in_review', 'In review'), ('approved', 'Approved'), ('approved_with_conditions', 'Approved with conditions'), ('refused', 'Refused')], default='asked', max_length=24)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reasons', models.TextField(blank=True)),
                ('conditions', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-asked_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='OnboardingFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('says', models.TextField()),
                ('level', models.PositiveSmallIntegerField()),
                ('found_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('what_changed', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-level', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PartnerContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=120)),
                ('sealed', models.BinaryField()),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['role', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PartnerCorrection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changes', models.JSONField()),
                ('reasons', models.TextField()),
                ('made_by', models.CharField(max_length=120)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-made_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='PartnerNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('sanctions', 'Sanctions list'), ('ownership', 'Owner')], max_length=10)),
                ('subject', models.CharField(help_text='The name of the list, or of the owner.', max_length=200)),
                ('standing', models.CharField(blank=True, choices=[('listed', 'Listed'), ('not_listed', 'Looked up, not listed'), ('delisted', 'Taken off the list')], max_length=10)),
                ('since', models.DateField(blank=True, null=True)),
                ('share', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('source', models.CharField(max_length=500)),
                ('says', models.TextField(blank=True)),
                ('noted_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['kind', '-noted_on', '-id'],
            },
        ),
        migrations.AddField(
            model_name='registerimport',
            name='register',
            field=models.CharField(choices=[('risks', 'Risks'), ('partners', 'Partners')], default='risks', max_length=10),
        ),
        migrations.AddField(
            model_name='relationship',
            name='crucial_due',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='relationship',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_relationships', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='relationship',
            name='products',
            field=models.ManyToManyField(blank=True, related_name='relationships', to='risks.product'),
        ),
        migrations.AddField(
            model_name='relationship',
            name='revenue_band',
            field=models.CharField(blank=True, choices=[('under_1m', 'Under 1 million euros a year'), ('1m_10m', '1 to 10 million euros a year'), ('10m_100m', '10 to 100 million euros a year'), ('over_100m', 'Over 100 million euros a year')], max_length=10),
        ),
        migrations.AlterField(
            model_name='relationship',
            name='status',
            field=models.CharField(choices=[('proposed', 'Not begun'), ('active', 'Active'), ('suspended', 'Suspended'), ('ended', 'Ended')], default='active', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='relationship',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'proposed'), _negated=True), ('started_on__isnull', True), _connector='OR'), name='relationship_not_begun_has_no_day'),
        ),
        migrations.AddField(
            model_name='agreedterms',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreedterms',
            name='policy_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='risks.policyversion'),
        ),
        migrations.AddField(
            model_name='agreedterms',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agreedterms',
            name='relationship',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='risks.relationship'),
        ),
        migrations.AddField(
            model_name='crucialtest',
            name='relationship',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crucial_tests', to='risks.relationship'),
        ),
        migrations.AddField(
            model_name='crucialtest',
            name='tested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='onboarding',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='onboarding',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='onboarding',
            name='relationship',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='onboardings', to='risks.relationship'),
        ),
        migrations.AddField(
            model_name='onboardingfinding',
            name='closed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='onboardingfinding',
            name='found_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='onboardingfinding',
            name='onboarding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='risks.onboarding'),
        ),
        migrations.AddField(
            model_name='partnercontact',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='risks.partner'),
        ),
        migrations.AddField(
            model_name='partnercontact',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='partnercorrection',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='risks.partner'),
        ),
        migrations.AddField(
            model_name='partnercorrection',
            name='relationship',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='risks.relationship'),
        ),
        migrations.AddField(
            model_name='partnernote',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='risks.partner'),
        ),
        migrations.AddField(
            model_name='partnernote',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='partnernote',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='risks.partnernote'),
        ),
        migrations.AddConstraint(
            model_name='agreedterms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code_name', ''), ('code_version', ''), ('policy_version__isnull', False)), models.Q(('policy_version__isnull', True), models.Q(('code_name', ''), _negated=True)), _connector='OR'), name='terms_are_a_policy_or_a_code'),
        ),
        migrations.AddConstraint(
            model_name='agreedterms',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_until__isnull', True), ('agreed_from__isnull', True), ('agreed_until__gte', models.F('agreed_from')), _connector='OR'), name='terms_end_after_they_begin'),
        ),
        migrations.AddConstraint(
            model_name='agreedterms',
            constraint=models.CheckConstraint(condition=models.Q(('ended_by__isnull', True), models.Q(('agreed_until__isnull', False), models.Q(('ending_reasons', ''), _negated=True)), _connector='OR'), name='terms_ended_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='crucialtest',
            constraint=models.CheckConstraint(condition=models.Q(('crucial', False), models.Q(models.Q(('essential', ''), _negated=True), models.Q(('no_alternative', ''), _negated=True)), _connector='OR'), name='crucial_test_has_both_reasons'),
        ),
        migrations.AddConstraint(
            model_name='crucialtest',
            constraint=models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='crucial_test_says_why'),
        ),
        migrations.AddConstraint(
            model_name='onboarding',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['asked', 'in_review'])), fields=('relationship',), name='onboarding_one_open_a_relationship'),
        ),
        migrations.AddConstraint(
            model_name='onboarding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('status__in', ['asked', 'in_review'])), models.Q(models.Q(('status__in', ['asked', 'in_review']), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('reasons', ''), _negated=True), models.Q(('decided_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='onboarding_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='onboarding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved_with_conditions'), _negated=True), models.Q(('conditions', ''), _negated=True), _connector='OR'), name='onboarding_conditions_are_said'),
        ),
        migrations.AddConstraint(
            model_name='onboardingfinding',
            constraint=models.CheckConstraint(condition=models.Q(('level__range', (1, 5))), name='onboarding_finding_level'),
        ),
        migrations.AddConstraint(
            model_name='onboardingfinding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('what_changed', '')), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('what_changed', ''), _negated=True)), _connector='OR'), name='onboarding_finding_closed_whole'),
        ),
        migrations.AddConstraint(
            model_name='partnercorrection',
            constraint=models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='partner_correction_has_reasons'),
        ),
        migrations.AddConstraint(
            model_name='partnernote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('subject', ''), _negated=True)), name='partner_note_has_source'),
        ),
        migrations.AddConstraint(
            model_name='partnernote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'ownership'), ('standing', '')), models.Q(('kind', 'sanctions'), ('share__isnull', True), models.Q(('standing', ''), _negated=True)), _connector='OR'), name='partner_note_of_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='partnernote',
            constraint=models.CheckConstraint(condition=models.Q(('share__isnull', True), models.Q(('share__gt', 0), ('share__lte', 100)), _connector='OR'), name='partner_note_share'),
        ),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(TERMS, NO_TERMS),
        migrations.RunSQL(GATE, NO_GATE),
    ]
