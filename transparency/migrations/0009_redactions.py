"""Passages leave by two people and for a reason; a report leaves once people judged that it suffices (8.5, UNGP 21)."""

import django.db.models.deletion
import transparency.rules.redaction
from django.conf import settings
from django.db import migrations, models


REDACTIONS = """
CREATE FUNCTION transparency_redaction_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a redaction is never deleted; a second person refuses or lifts it';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NOT (NEW.state = 'marked' AND NOT NEW.carried OR NEW.state = 'confirmed' AND NEW.carried AND EXISTS (
        SELECT 1 FROM transparency_redaction r WHERE r.state = 'confirmed' AND r.report_id <> NEW.report_id
          AND r.by_id = NEW.by_id AND r.reviewed_by_id = NEW.reviewed_by_id AND r.reason = NEW.reason
          AND r.words = NEW.words)) THEN
      RAISE EXCEPTION 'a redaction begins as marked by one person, or is taken over as two decided it';
    END IF;
    RETURN NEW;
  END IF;
  IF (to_jsonb(NEW) - 'state' - 'reviewed_by_id' - 'reviewed_at')
      IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'reviewed_by_id' - 'reviewed_at')
     OR NOT (OLD.state = 'marked' AND NEW.state IN ('confirmed', 'refused')
             OR OLD.state = 'confirmed' AND NEW.state = 'lifted') THEN
    RAISE EXCEPTION 'a redaction is confirmed, refused or lifted by a second person, and nothing else of it changes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER redaction_guard BEFORE INSERT OR UPDATE OR DELETE ON transparency_redaction
  FOR EACH ROW EXECUTE FUNCTION transparency_redaction_guard();
CREATE TRIGGER redaction_no_truncate BEFORE TRUNCATE ON transparency_redaction
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
NO_REDACTIONS = """
DROP TRIGGER redaction_no_truncate ON transparency_redaction;
DROP FUNCTION transparency_redaction_guard() CASCADE;
"""
SUFFICES = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON transparency_sufficiencyanswer
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON transparency_sufficiencyanswer
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION transparency_safe_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.criterion = 'safe'
     AND NEW.by_id = (SELECT prepared_by_id FROM transparency_report WHERE id = NEW.report_id) THEN
    RAISE EXCEPTION 'who prepared a report does not judge whether it endangers people';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER safe_by_another BEFORE INSERT ON transparency_sufficiencyanswer
  FOR EACH ROW EXECUTE FUNCTION transparency_safe_by_another();

CREATE FUNCTION transparency_report_suffices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM (
        SELECT DISTINCT ON (criterion) suffices FROM transparency_sufficiencyanswer
        WHERE report_id = NEW.id AND content_hash = NEW.content_hash
        ORDER BY criterion, at DESC, id DESC) AS last WHERE suffices) < 4 THEN
    RAISE EXCEPTION 'a report is published only after its content was judged to suffice on four criteria';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER report_suffices BEFORE UPDATE ON transparency_report
  FOR EACH ROW WHEN (NEW.state = 'published' AND OLD.state <> 'published')
  EXECUTE FUNCTION transparency_report_suffices();
"""
NOT_SUFFICES = """
DROP FUNCTION transparency_report_suffices() CASCADE;
DROP FUNCTION transparency_safe_by_another() CASCADE;
DROP TRIGGER append_only_rows ON transparency_sufficiencyanswer;
DROP TRIGGER append_only_table ON transparency_sufficiencyanswer;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('transparency', '0008_quantities'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=300)),
                ('original_ref', models.CharField(max_length=120)),
                ('words', models.BinaryField()),
                ('reason', models.CharField(choices=[(transparency.rules.redaction.Reason['SAFETY_AFFECTED'], 'safety of affected people'), (transparency.rules.redaction.Reason['SAFETY_STAFF'], 'safety of staff'), (transparency.rules.redaction.Reason['SAFETY_SOURCE'], 'safety of a source'), (transparency.rules.redaction.Reason['CHILD'], 'a child'), (transparency.rules.redaction.Reason['PRIVACY'], 'privacy'), (transparency.rules.redaction.Reason['LEGAL_PROCEEDINGS'], 'legal proceedings'), (transparency.rules.redaction.Reason['SECURITY_EXPLOIT'], 'a weakness that could be exploited'), (transparency.rules.redaction.Reason['LEGITIMATE_CONFIDENTIALITY'], 'legitimate confidentiality'), (transparency.rules.redaction.Reason['SMALL_NUMBER'], 'a small number of people')], max_length=28)),
                ('state', models.CharField(choices=[('marked', 'Waits for a second person'), ('confirmed', 'Confirmed'), ('refused', 'Refused'), ('lifted', 'Lifted')], default='marked', max_length=9)),
                ('at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('carried', models.BooleanField(default=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redactions', to='transparency.report')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', True), ('reviewed_by__isnull', True), ('state', 'marked')), models.Q(models.Q(('state', 'marked'), _negated=True), ('reviewed_at__isnull', False), ('reviewed_by__isnull', False), models.Q(('reviewed_by', models.F('by')), _negated=True)), _connector='OR'), name='redaction_reviewed_by_another'), models.CheckConstraint(condition=models.Q(('reason__in', ['child', 'legal_proceedings', 'legitimate_confidentiality', 'privacy', 'safety_affected', 'safety_source', 'safety_staff', 'security_exploit', 'small_number'])), name='redaction_for_a_reason_of_the_list')],
            },
        ),
        migrations.CreateModel(
            name='SufficiencyAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_hash', models.CharField(max_length=64)),
                ('criterion', models.SlugField(choices=[('form', 'Do form and frequency fit the impacts: how grave they are and how fast they change?'), ('accessible', 'Can those who may be affected find, read and understand it?'), ('adequate', 'Does it tell enough to judge whether the response to each risk is adequate?'), ('safe', 'Does it put nobody at risk: affected people, staff, sources, or a legitimate confidence?')], max_length=12)),
                ('suffices', models.BooleanField()),
                ('reasons', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sufficiency', to='transparency.report')),
            ],
            options={
                'ordering': ['at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='sufficiency_has_reasons'), models.CheckConstraint(condition=models.Q(('content_hash__regex', '^[0-9a-f]{64}$')), name='sufficiency_of_a_content')],
            },
        ),
        migrations.RunSQL(REDACTIONS, NO_REDACTIONS),
        migrations.RunSQL(SUFFICES, NOT_SUFFICES),
    ]
