"""Proposals can be withdrawn; one is open and one finding stands; the database keeps the order of the states (I2)."""

import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models


WAY = """
CREATE FUNCTION hrdd_keep_involvement_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.state = 'claimed' THEN
      RETURN OLD;
    END IF;
    RAISE EXCEPTION 'What was proposed on involvement is withdrawn, refused or superseded, never deleted (I2)';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
      ('proposed', 'found'), ('proposed', 'refused'), ('proposed', 'withdrawn'),
      ('found', 'challenged'), ('found', 'superseded'), ('challenged', 'superseded')) THEN
    RAISE EXCEPTION 'An involvement does not go from % to % (I2)', OLD.state, NEW.state;
  END IF;
  IF NEW.state = 'found' AND OLD.state = 'proposed' AND NOT EXISTS (
      SELECT 1 FROM risks_involvement_evidence WHERE involvement_id = NEW.id) THEN
    RAISE EXCEPTION 'I2: a finding needs evidence';
  END IF;
  IF OLD.state IN ('found', 'challenged', 'superseded', 'refused') AND (
      (OLD.relationship_id, OLD.said, OLD.detail, OLD.counsel_heard, OLD.supersedes_id, OLD.fact_finding_due,
       OLD.stop_due, OLD.proposed_at)
      IS DISTINCT FROM
      (NEW.relationship_id, NEW.said, NEW.detail, NEW.counsel_heard, NEW.supersedes_id, NEW.fact_finding_due,
       NEW.stop_due, NEW.proposed_at)
      OR (OLD.own_part_stopped_on IS NOT NULL
          AND (OLD.own_part_stopped_on, OLD.own_part_stopped_how)
          IS DISTINCT FROM (NEW.own_part_stopped_on, NEW.own_part_stopped_how))) THEN
    RAISE EXCEPTION 'A finding on involvement is superseded, never rewritten (I2)';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_involvement_way BEFORE UPDATE OR DELETE ON risks_involvement
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_involvement_way();
CREATE FUNCTION hrdd_keep_involvement_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM risks_involvement
             WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.involvement_id ELSE OLD.involvement_id END
               AND state IN ('superseded', 'refused', 'found', 'challenged')) THEN
    RAISE EXCEPTION 'The evidence of a finding on involvement stays as it was (I2)';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_involvement_evidence BEFORE INSERT OR UPDATE OR DELETE ON risks_involvement_evidence
  FOR EACH ROW EXECUTE FUNCTION hrdd_keep_involvement_evidence();
"""
UNDO = """
DROP TRIGGER keep_involvement_way ON risks_involvement;
DROP FUNCTION hrdd_keep_involvement_way();
DROP TRIGGER keep_involvement_evidence ON risks_involvement_evidence;
DROP FUNCTION hrdd_keep_involvement_evidence();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('risks', '0007_know_keeps_its_word'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='involvement',
            name='involvement_found_by_another',
        ),
        migrations.AlterField(
            model_name='involvement',
            name='state',
            field=models.CharField(choices=[('claimed', 'Claimed, no finding'), ('proposed', 'Proposed'), ('found', 'Found'), ('challenged', 'Found, and challenged'), ('superseded', 'Superseded'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='claimed', max_length=10),
        ),
        migrations.AddIndex(
            model_name='involvement',
            index=models.Index(condition=models.Q(('state__in', ['found', 'challenged'])), fields=['tie', 'knew_since'], name='involvement_standing'),
        ),
        migrations.AddConstraint(
            model_name='involvement',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'claimed'), models.Q(('decided_by__isnull', True), ('proposed_by__isnull', False), ('state__in', ['proposed', 'withdrawn'])), models.Q(('state__in', ['found', 'challenged', 'superseded', 'refused']), ('decided_at__isnull', False), ('decided_by__isnull', False), ('proposed_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='involvement_found_by_another'),
        ),
        migrations.AddConstraint(
            model_name='involvement',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('risk', 'relationship'), name='involvement_proposed_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='involvement',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['found', 'challenged'])), fields=('risk', 'relationship'), name='involvement_one_finding_stands', nulls_distinct=False),
        ),
        migrations.AlterField(
            model_name='involvement',
            name='omission_kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ignored_notice', 'Ignored notice'), ('no_language_capacity', 'No language capacity'), ('unsafe_default', 'Unsafe default'), ('slow_response', 'Slow response'), ('under_resourced_moderation', 'Under-resourced moderation'), ('no_pre_launch_assessment', 'No assessment before launch'), ('no_kyc_on_customer', 'No check of who the customer is'), ('ignored_own_research', 'Ignored own research')], max_length=40), blank=True, default=list, size=None),
        ),
        migrations.RunSQL(WAY, UNDO),
    ]
