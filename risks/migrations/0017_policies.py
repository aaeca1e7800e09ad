"""Policies with their versions, which stay as they were approved; what of them a measure relies on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KEEP = """
CREATE FUNCTION hrdd_keep_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.slug, OLD.kind) IS DISTINCT FROM (NEW.slug, NEW.kind) THEN
    RAISE EXCEPTION 'A policy keeps its address, and its kind, which says who approves it (UNGP 16)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_policy BEFORE UPDATE ON risks_policy FOR EACH ROW EXECUTE FUNCTION hrdd_keep_policy();

CREATE FUNCTION hrdd_keep_policy_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'A version of a policy begins as a draft (SD1)';
    END IF;
    RETURN NEW;
  END IF;
  IF (OLD.state, NEW.state) NOT IN (
      ('draft', 'draft'), ('draft', 'submitted'), ('submitted', 'submitted'), ('submitted', 'draft'),
      ('submitted', 'approved'), ('approved', 'approved'), ('approved', 'in_force'), ('approved', 'repealed'),
      ('in_force', 'in_force'), ('in_force', 'superseded'), ('in_force', 'repealed'),
      ('superseded', 'superseded'), ('repealed', 'repealed')) THEN
    RAISE EXCEPTION 'A version of a policy does not go from % to %', OLD.state, NEW.state;
  END IF;
  IF (OLD.policy_id, OLD.number, OLD.language) IS DISTINCT FROM (NEW.policy_id, NEW.number, NEW.language) THEN
    RAISE EXCEPTION 'A version of a policy keeps its number and its language';
  END IF;
  IF OLD.state NOT IN ('draft', 'submitted') AND
      (OLD.title, OLD.clauses, OLD.what_changed, OLD.consulted, OLD.experts, OLD.in_force_from, OLD.next_review,
       OLD.adopted_before, OLD.content_hash, OLD.authors, OLD.drafted_by_id, OLD.drafted_at, OLD.approved_by_id,
       OLD.approved_at, OLD.approved_as)
      IS DISTINCT FROM
      (NEW.title, NEW.clauses, NEW.what_changed, NEW.consulted, NEW.experts, NEW.in_force_from, NEW.next_review,
       NEW.adopted_before, NEW.content_hash, NEW.authors, NEW.drafted_by_id, NEW.drafted_at, NEW.approved_by_id,
       NEW.approved_at, NEW.approved_as) THEN
    RAISE EXCEPTION 'The text of a policy stays as it was approved; a correction is a new version (UNGP 16, L1)';
  END IF;
  IF (OLD.in_force_on IS NOT NULL AND OLD.in_force_on IS DISTINCT FROM NEW.in_force_on)
      OR (OLD.ended_on IS NOT NULL AND
          (OLD.ended_on, OLD.ending_reasons) IS DISTINCT FROM (NEW.ended_on, NEW.ending_reasons)) THEN
    RAISE EXCEPTION 'The days on which a policy was in force stay as they were (L3)';
  END IF;
  IF NEW.state = 'in_force' AND EXISTS (
      SELECT FROM risks_policyversion other
      WHERE other.policy_id = NEW.policy_id AND other.number <> NEW.number AND other.state = 'in_force') THEN
    RAISE EXCEPTION 'One version of a policy is in force at a time, in all its languages';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_policy_version BEFORE INSERT OR UPDATE ON risks_policyversion
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_policy_version();
CREATE TRIGGER append_only_rows BEFORE DELETE ON risks_policyversion
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_policyversion
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION hrdd_keep_policy_consultations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
      SELECT FROM risks_policyversion
      WHERE id IN (OLD.policyversion_id, NEW.policyversion_id) AND state <> 'draft') THEN
    RAISE EXCEPTION 'What a policy was consulted on stays as it was submitted (UNGP 16(b))';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_policy_consultations BEFORE INSERT OR UPDATE OR DELETE ON risks_policyversion_consultations
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_policy_consultations();

CREATE FUNCTION hrdd_rely_on_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT FROM risks_policyversion
      WHERE id = NEW.policy_version_id AND in_force_on <= NEW.starts_on
        AND clauses @> jsonb_build_array(jsonb_build_object('number', NEW.policy_clause))) THEN
    RAISE EXCEPTION 'A measure relies on a clause of a policy that was in force before it began (L3)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rely_on_policy BEFORE INSERT OR UPDATE OF policy_version_id, policy_clause, starts_on ON risks_measure
  FOR EACH ROW WHEN (NEW.policy_version_id IS NOT NULL) EXECUTE FUNCTION hrdd_rely_on_policy();
"""
LET_GO = """
DROP TRIGGER rely_on_policy ON risks_measure;
DROP FUNCTION hrdd_rely_on_policy();
DROP TRIGGER keep_policy_consultations ON risks_policyversion_consultations;
DROP FUNCTION hrdd_keep_policy_consultations();
DROP TRIGGER append_only_table ON risks_policyversion;
DROP TRIGGER append_only_rows ON risks_policyversion;
DROP TRIGGER keep_policy_version ON risks_policyversion;
DROP FUNCTION hrdd_keep_policy_version();
DROP TRIGGER keep_policy ON risks_policy;
DROP FUNCTION hrdd_keep_policy();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('risks', '0016_tests_stay_as_answered'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='measure',
            name='policy_clause',
            field=models.CharField(blank=True, db_default='', default='', max_length=16),
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('kind', models.CharField(choices=[('policy_commitment', 'Policy commitment to human rights'), ('content_rules', 'Rules on content and conduct'), ('partner_code', 'Code for partners and customers'), ('data', 'Policy on personal data'), ('government_requests', 'Policy on requests of governments'), ('human_rights', 'Other policy on human rights'), ('grievances', 'Procedure for complaints and remedy')], max_length=20)),
                ('recorded_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'policies',
                'ordering': ['title', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('language', models.CharField(choices=[('en', 'English'), ('am', 'አማርኛ'), ('ar', 'العربية'), ('bn', 'বাংলা'), ('de', 'Deutsch'), ('es', 'Español'), ('fa', 'فارسی'), ('fr', 'Français'), ('he', 'עברית'), ('hi', 'हिन्दी'), ('id', 'Bahasa Indonesia'), ('it', 'Italiano'), ('ja', '日本語'), ('ko', '한국어'), ('my', 'မြန်မာ'), ('nl', 'Nederlands'), ('om', 'Afaan Oromoo'), ('pl', 'Polski'), ('pt', 'Português'), ('ru', 'Русский'), ('so', 'Soomaali'), ('sw', 'Kiswahili'), ('ta', 'தமிழ்'), ('th', 'ไทย'), ('ti', 'ትግርኛ'), ('tl', 'Filipino'), ('tr', 'Türkçe'), ('uk', 'Українська'), ('ur', 'اردو'), ('vi', 'Tiếng Việt'), ('zh', '中文')], max_length=8)),
                ('title', models.CharField(max_length=160)),
                ('clauses', models.JSONField(blank=True, default=list)),
                ('what_changed', models.TextField(blank=True)),
                ('consulted', models.TextField(blank=True)),
                ('experts', models.TextField(blank=True)),
                ('in_force_from', models.DateField(blank=True, null=True)),
                ('next_review', models.DateField(blank=True, null=True)),
                ('adopted_before', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Waits for approval'), ('approved', 'Approved, not in force yet'), ('in_force', 'In force'), ('superseded', 'Replaced by a later version'), ('repealed', 'Repealed')], default='draft', max_length=10)),
                ('authors', models.JSONField(default=list)),
                ('drafted_at', models.DateTimeField()),
                ('content_hash', models.CharField(blank=True, max_length=64)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('approved_as', models.CharField(blank=True, max_length=40)),
                ('in_force_on', models.DateField(blank=True, null=True)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('ending_reasons', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consultations', models.ManyToManyField(blank=True, related_name='policy_versions', to='risks.consultation')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='risks.policy')),
            ],
            options={
                'ordering': ['policy', '-number', 'language'],
            },
        ),
        migrations.AddField(
            model_name='measure',
            name='policy_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='risks.policyversion'),
        ),
        migrations.AddField(
            model_name='signal',
            name='policy_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='risks.policyversion'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('policy_clause', ''), ('policy_version__isnull', True)), models.Q(('policy_version__isnull', False), models.Q(('policy_clause', ''), _negated=True)), _connector='OR'), name='measure_relies_on_a_clause'),
        ),
        migrations.AddConstraint(
            model_name='signal',
            constraint=models.UniqueConstraint(condition=models.Q(('policy_version__isnull', False)), fields=('measure', 'policy_version'), name='signal_once_a_policy_version'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(fields=('policy', 'number', 'language'), name='policy_version_once_a_language'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'in_force')), fields=('policy', 'language'), name='policy_version_in_force_once'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True), ('state__in', ['draft', 'submitted'])), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('state__in', ['approved', 'in_force', 'repealed', 'superseded']), models.Q(('content_hash', ''), _negated=True), models.Q(('approved_by', models.F('drafted_by')), _negated=True)), _connector='OR'), name='policy_version_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['in_force', 'superseded']), _negated=True), ('in_force_on__isnull', False), _connector='OR'), name='policy_version_in_force_has_day'),
        ),
        migrations.AddConstraint(
            model_name='policyversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', False), ('state__in', ('superseded', 'repealed'))), models.Q(models.Q(('state__in', ('superseded', 'repealed')), _negated=True), ('ended_on__isnull', True)), _connector='OR'), name='policy_version_ended_has_day'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
