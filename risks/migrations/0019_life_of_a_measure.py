"""A measure is proposed, approved by another and put in force by a person; the database holds each to it (3.2)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The same table as risks.rules.measure_workflow.TRANSITIONS, for what was proposed here; history stays as it was told.
TRIGGERS = """
CREATE FUNCTION hrdd_measure_goes_its_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (
    ('proposed', 'approved'), ('proposed', 'rejected'), ('proposed', 'withdrawn'), ('proposed', 'active_emergency'),
    ('approved', 'active'), ('approved', 'withdrawn'),
    ('active_emergency', 'active'), ('active_emergency', 'modified'), ('active_emergency', 'lifted'),
    ('active_emergency', 'expired'), ('active_emergency', 'reversed'),
    ('active', 'modified'), ('active', 'lifted'), ('active', 'expired'), ('active', 'reversed')
  ) THEN
    RAISE EXCEPTION 'A measure does not go from % to % (domain.md 3.2)', OLD.state, NEW.state
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER measure_goes_its_way BEFORE UPDATE OF state ON risks_measure
  FOR EACH ROW WHEN (OLD.proposed_by_id IS NOT NULL AND OLD.state IS DISTINCT FROM NEW.state)
  EXECUTE FUNCTION hrdd_measure_goes_its_way();
CREATE TRIGGER measure_proposer_stays BEFORE UPDATE OF proposed_by_id ON risks_measure
  FOR EACH ROW WHEN (OLD.proposed_by_id IS NOT NULL AND NEW.proposed_by_id IS DISTINCT FROM OLD.proposed_by_id)
  EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER duty_done_stays_done BEFORE UPDATE ON risks_companionduty
  FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER duty_stays BEFORE DELETE ON risks_companionduty
  FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE FUNCTION hrdd_refuse_change();
"""
LET_GO = """
DROP TRIGGER duty_stays ON risks_companionduty;
DROP TRIGGER duty_done_stays_done ON risks_companionduty;
DROP TRIGGER measure_proposer_stays ON risks_measure;
DROP TRIGGER measure_goes_its_way ON risks_measure;
DROP FUNCTION hrdd_measure_goes_its_way();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('risks', '0018_dilemmas'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CompanionDuty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('preserve_evidence', 'Preserve the evidence'), ('notify_authority', 'Notify an authority'), ('protect_target', 'Protect the person at risk'), ('counter_speech', 'Answer with speech')], max_length=20)),
                ('asked_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_how', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='measure',
            name='end_reasons',
            field=models.TextField(blank=True, db_default=''),
        ),
        migrations.AddField(
            model_name='measure',
            name='public_interest',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name='measure',
            name='state',
            field=models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved, not in force yet'), ('active', 'In force'), ('active_emergency', 'In force as an emergency'), ('modified', 'Replaced'), ('lifted', 'Lifted'), ('expired', 'Ended by its end date'), ('reversed', 'Reversed on appeal'), ('rejected', 'Refused'), ('withdrawn', 'Withdrawn')], default='active', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), ('ends_on__isnull', False), models.Q(models.Q(('kind__in', ['feature_limit', 'temp_suspension']), _negated=True), models.Q(models.Q(('target_type__in', ['account', 'feature', 'partner', 'territory']), _negated=True), ('kind__in', ['country_withdrawal', 'permanent_ban', 'service_termination', 'no_action']), _connector='OR')), _connector='OR'), name='measure_has_an_end_date'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), models.Q(('target_type', ''), _negated=True), _connector='OR'), name='measure_names_its_target'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), models.Q(('automated_decision', 'FULLY'), _negated=True), models.Q(('intrusion__lt', 4), models.Q(models.Q(('kind', 'remove_item'), _negated=True), ('automated_category__in', ['csam_hash', 'spam', 'terrorist_hash']), _connector='OR')), _connector='OR'), name='measure_machine_does_not_decide'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), ('unit_of_review', 'single'), models.Q(('intrusion__lt', 4), ('public_interest', False)), _connector='OR'), name='measure_reviewed_one_by_one'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), ('decided_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='measure_approved_by_another'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), ('state__in', ['proposed', 'withdrawn']), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='measure_in_force_was_decided'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('emergency_until__isnull', False), models.Q(('state', 'active_emergency'), _negated=True), _connector='OR'), name='measure_emergency_has_its_hours'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('emergency_until__isnull', True), models.Q(('state__in', ['proposed', 'approved', 'rejected', 'withdrawn']), _negated=True), _connector='OR'), name='measure_hours_are_of_an_emergency'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), ('repeat_after_warning', False), ('prior_warning_on__isnull', False), _connector='OR'), name='measure_warned_before_repeat'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by__isnull', True), ('repeat_after_warning', False), ('override_reason', ''), _connector='OR'), name='measure_repeat_or_override'),
        ),
        migrations.AddField(
            model_name='companionduty',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='companionduty',
            name='done_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='companionduty',
            name='measure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='risks.measure'),
        ),
        migrations.AddConstraint(
            model_name='companionduty',
            constraint=models.UniqueConstraint(fields=('measure', 'kind'), name='duty_once_per_measure'),
        ),
        migrations.AddConstraint(
            model_name='companionduty',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('done_by__isnull', True), ('done_how', '')), models.Q(('done_at__isnull', False), ('done_by__isnull', False), models.Q(('done_how', ''), _negated=True)), _connector='OR'), name='duty_done_says_by_whom_and_how'),
        ),
        migrations.RunSQL(TRIGGERS, LET_GO),
    ]
