"""What people thought of us, holds by two people, and erasure that leaves a tombstone (domain.md 6.3, 6.9)."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


TRIGGERS = """
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON remedies_tombstone
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON remedies_tombstone
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION hrdd_case_is_erased_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state NOT IN ('closed', 'withdrawn') THEN
    RAISE EXCEPTION 'an open case is never erased (domain.md 6.3)' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM remedies_legalhold h
             WHERE h.case_id = OLD.id AND h.placed_on IS NOT NULL AND h.lifted_on IS NULL) THEN
    RAISE EXCEPTION 'a case under legal hold is never erased' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM remedies_tombstone t WHERE t.case_id = OLD.id) THEN
    RAISE EXCEPTION 'an erased case leaves its tombstone' USING ERRCODE = 'check_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER case_is_erased_in_time BEFORE DELETE ON remedies_case
  FOR EACH ROW EXECUTE FUNCTION hrdd_case_is_erased_in_time();

CREATE FUNCTION hrdd_hold_only_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     OR (NEW.id, NEW.case_id, NEW.reasons, NEW.asked_by_id, NEW.asked_on)
        IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.reasons, OLD.asked_by_id, OLD.asked_on)
     OR (OLD.placed_on IS NOT NULL AND (NEW.placed_on, NEW.placed_by_id) IS DISTINCT FROM (OLD.placed_on, OLD.placed_by_id))
     OR (OLD.refused_on IS NOT NULL AND (NEW.refused_on, NEW.refused_by_id) IS DISTINCT FROM (OLD.refused_on, OLD.refused_by_id))
     OR (OLD.lifted_on IS NOT NULL AND NEW IS DISTINCT FROM OLD) THEN
    RAISE EXCEPTION 'a hold is placed and lifted, never rewritten' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold_only_goes_on BEFORE UPDATE OR DELETE ON remedies_legalhold
  FOR EACH ROW EXECUTE FUNCTION hrdd_hold_only_goes_on();
CREATE TRIGGER hold_no_truncate BEFORE TRUNCATE ON remedies_legalhold
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();

CREATE FUNCTION hrdd_case_keeps_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.finding_before_appeal := OLD.finding;
  RETURN NEW;
END $$;
CREATE TRIGGER case_keeps_finding BEFORE UPDATE OF state ON remedies_case
  FOR EACH ROW WHEN (OLD.state = 'appeal' AND NEW.state = 'appeal_decided') EXECUTE FUNCTION hrdd_case_keeps_finding();
"""
LET_GO = """
DROP TRIGGER case_keeps_finding ON remedies_case;
DROP FUNCTION hrdd_case_keeps_finding();
DROP TRIGGER hold_no_truncate ON remedies_legalhold;
DROP TRIGGER hold_only_goes_on ON remedies_legalhold;
DROP FUNCTION hrdd_hold_only_goes_on();
DROP TRIGGER case_is_erased_in_time ON remedies_case;
DROP FUNCTION hrdd_case_is_erased_in_time();
DROP TRIGGER append_only_rows ON remedies_tombstone;
DROP TRIGGER append_only_table ON remedies_tombstone;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0002_audit_is_append_only'),
        ('remedies', '0005_attachments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='finding_before_appeal',
            field=models.CharField(blank=True, db_default='', max_length=20),
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('quarter', models.DateField()),
                ('mark', models.BinaryField(max_length=32, null=True, unique=True)),
                ('satisfaction', models.PositiveSmallIntegerField(null=True)),
                ('fairness', models.PositiveSmallIntegerField(null=True)),
                ('safety', models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('quarter__day', 1), ('quarter__month__in', [1, 4, 7, 10])), name='rating_quarter_begins_one'), models.CheckConstraint(condition=models.Q(models.Q(('satisfaction__range', (1, 5)), ('satisfaction__isnull', True), _connector='OR'), models.Q(('fairness__range', (1, 5)), ('fairness__isnull', True), _connector='OR'), models.Q(('safety__range', (1, 5)), ('safety__isnull', True), _connector='OR')), name='rating_is_one_to_five'), models.CheckConstraint(condition=models.Q(('satisfaction__isnull', False), ('fairness__isnull', False), ('safety__isnull', False), _connector='OR'), name='rating_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('case_id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('week', models.DateField()),
                ('category', models.CharField(max_length=30)),
            ],
            options={
                'ordering': ['-week', 'case_id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('week__iso_week_day', 1)), name='tombstone_week_is_a_monday')],
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.UUIDField()),
                ('reasons', models.TextField()),
                ('asked_on', models.DateField()),
                ('placed_on', models.DateField(null=True)),
                ('refused_on', models.DateField(null=True)),
                ('lift_reasons', models.TextField(blank=True, default='')),
                ('lift_asked_on', models.DateField(null=True)),
                ('lifted_on', models.DateField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lift_asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('refused_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_on', 'id'],
                'indexes': [models.Index(fields=['case_id'], name='hold_of_case')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='hold_has_reasons'), models.CheckConstraint(condition=models.Q(models.Q(('placed_by__isnull', True), ('placed_on__isnull', True)), models.Q(('placed_by__isnull', False), ('placed_on__gte', models.F('asked_on')), models.Q(('placed_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='hold_placed_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('refused_by__isnull', True), ('refused_on__isnull', True)), models.Q(('placed_by__isnull', True), ('refused_by__isnull', False), ('refused_on__isnull', False), models.Q(('refused_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='hold_refused_or_placed'), models.CheckConstraint(condition=models.Q(models.Q(('lift_asked_by__isnull', True), ('lift_asked_on__isnull', True), ('lift_reasons', '')), models.Q(('lift_asked_by__isnull', False), ('lift_asked_on__isnull', False), ('placed_by__isnull', False), models.Q(('lift_reasons', ''), _negated=True)), _connector='OR'), name='hold_lift_asked_whole'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_by__isnull', True), ('lifted_on__isnull', True)), models.Q(('lift_asked_by__isnull', False), ('lifted_by__isnull', False), ('lifted_on__gte', models.F('lift_asked_on')), models.Q(('lifted_by', models.F('lift_asked_by')), _negated=True)), _connector='OR'), name='hold_lifted_by_another'), models.UniqueConstraint(condition=models.Q(('lifted_on__isnull', True), ('refused_on__isnull', True)), fields=('case_id',), name='hold_one_at_a_time')],
            },
        ),
        migrations.RunSQL(TRIGGERS, LET_GO),
    ]
