"""The quantities of the DSA that people enter: in a draft only, and signed by nobody who entered one (8.3, SD1)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


ONLY_IN_DRAFT = """
CREATE TRIGGER only_in_draft BEFORE INSERT OR UPDATE OR DELETE ON transparency_enteredquantity
  FOR EACH ROW EXECUTE FUNCTION transparency_only_in_draft();
CREATE TRIGGER quantities_no_truncate BEFORE TRUNCATE ON transparency_enteredquantity
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
NOT_ONLY_IN_DRAFT = """
DROP TRIGGER only_in_draft ON transparency_enteredquantity;
DROP TRIGGER quantities_no_truncate ON transparency_enteredquantity;
"""
AUTHORS = """
CREATE OR REPLACE FUNCTION transparency_signed_by_no_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
      SELECT 1 FROM transparency_coverageanswer a
        WHERE a.report_id = NEW.id AND a.by_id IN (NEW.cleared_by_id, NEW.approved_by_id)
      UNION ALL SELECT 1 FROM transparency_sectionrevision r JOIN transparency_reportsection s ON s.id = r.section_id
        WHERE s.report_id = NEW.id AND r.by_id IN (NEW.cleared_by_id, NEW.approved_by_id)
      UNION ALL SELECT 1 FROM transparency_enteredquantity q
        WHERE q.report_id = NEW.id AND q.by_id IN (NEW.cleared_by_id, NEW.approved_by_id)) THEN
    RAISE EXCEPTION 'who wrote a part of a report neither clears nor approves it';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('transparency', "0007_withdrawals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EnteredQuantity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.SlugField(choices=[('orders_act', 'Orders of Member States to act against illegal content'), ('orders_info', 'Orders of Member States to give information'), ('orders_types', 'Orders by type of illegal content'), ('orders_inform', 'Time to confirm that an order arrived'), ('orders_effect', 'Time to give effect to an order'), ('notices', 'Notices of illegal content (Article 16)'), ('notices_trusted', 'Notices by trusted flaggers'), ('notices_automated', 'Notices handled by automated means alone'), ('notices_time', 'Time to act on a notice'), ('tools', 'Training and support of those who moderate'), ('automated_use', 'Purposes and safeguards of automated means'), ('automated_accuracy', 'Accuracy of automated means'), ('automated_errors', 'Possible rate of error of automated means'), ('disputes', 'Disputes brought to out-of-court bodies'), ('disputes_for_person', 'Disputes decided for the person'), ('disputes_time', 'Time to settle a dispute'), ('disputes_done', 'Share of decisions that were carried out'), ('suspended_content', 'Suspensions for manifestly illegal content'), ('suspended_notices', 'Suspensions for manifestly unfounded notices'), ('suspended_complaints', 'Suspensions for manifestly unfounded complaints'), ('recipients', 'Average monthly active recipients in the Union, last six months'), ('recipients_asked', 'Recipients told to the authorities on request'), ('moderators', 'People who moderate content, by official language'), ('moderators_skill', 'Qualification, language skill, training and support'), ('accuracy', 'Accuracy of automated means, by official language'), ('recipients_states', 'Average monthly recipients, by Member State')], max_length=24)),
                ('of', models.CharField(blank=True, max_length=40)),
                ('value', models.DecimalField(blank=True, decimal_places=3, max_digits=16, null=True)),
                ('words', models.TextField(blank=True)),
                ('rests_on', models.PositiveIntegerField(blank=True, null=True)),
                ('not_held', models.TextField(blank=True)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quantities', to='transparency.report')),
            ],
            options={
                'verbose_name_plural': 'entered quantities',
                'ordering': ['quantity', 'of'],
                'constraints': [models.UniqueConstraint(fields=('report', 'quantity', 'of'), name='entered_quantity_once'), models.CheckConstraint(condition=models.Q(models.Q(('not_held', ''), models.Q(('source', ''), _negated=True), models.Q(models.Q(('value__gte', 0), ('value__isnull', False), ('words', '')), models.Q(('words', ''), _negated=True), _connector='OR')), models.Q(models.Q(('not_held', ''), _negated=True), ('of', ''), ('value__isnull', True), ('words', '')), _connector='OR'), name='entered_quantity_held_or_why_not')],
            },
        ),
        migrations.RunSQL(ONLY_IN_DRAFT, NOT_ONLY_IN_DRAFT),
        migrations.RunSQL(AUTHORS, migrations.RunSQL.noop),
    ]
