"""Where a report answers each question, said while it is a draft; who said it signs nothing of it (8.1, SD1)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


IN_DRAFT = """
CREATE FUNCTION transparency_only_in_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_report bigint;
BEGIN
  of_report := CASE TG_OP WHEN 'INSERT' THEN NEW.report_id ELSE OLD.report_id END;
  IF (SELECT state FROM transparency_report WHERE id = of_report FOR SHARE) <> 'draft' THEN
    RAISE EXCEPTION 'the report is frozen; take it back to draft to change what it says';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.report_id <> OLD.report_id THEN
    RAISE EXCEPTION 'what is said of one report is not moved to another';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_in_draft BEFORE INSERT OR UPDATE OR DELETE ON transparency_coverageanswer
  FOR EACH ROW EXECUTE FUNCTION transparency_only_in_draft();
CREATE TRIGGER coverage_no_truncate BEFORE TRUNCATE ON transparency_coverageanswer
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
NOT_IN_DRAFT = """
DROP TRIGGER coverage_no_truncate ON transparency_coverageanswer;
DROP FUNCTION transparency_only_in_draft() CASCADE;
"""
BY_NO_AUTHOR = """
CREATE FUNCTION transparency_signed_by_no_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
      SELECT 1 FROM transparency_coverageanswer a
      WHERE a.report_id = NEW.id AND a.by_id IN (NEW.cleared_by_id, NEW.approved_by_id)) THEN
    RAISE EXCEPTION 'who wrote a part of a report neither clears nor approves it';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed_by_no_author BEFORE UPDATE ON transparency_report
  FOR EACH ROW WHEN (NEW.cleared_by_id IS NOT NULL OR NEW.approved_by_id IS NOT NULL)
  EXECUTE FUNCTION transparency_signed_by_no_author();
"""
NO_AUTHORS = """
DROP FUNCTION transparency_signed_by_no_author() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risks", "0008_partners_of_history"),
        ("transparency", "0004_releases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CoverageAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "question",
                    models.CharField(
                        choices=[
                            ("A1", "A1"),
                            ("A1.1", "A1.1"),
                            ("A1.2", "A1.2"),
                            ("A1.3", "A1.3"),
                            ("A2", "A2"),
                            ("A2.1", "A2.1"),
                            ("A2.2", "A2.2"),
                            ("A2.3", "A2.3"),
                            ("A2.4", "A2.4"),
                            ("A2.5", "A2.5"),
                            ("B1", "B1"),
                            ("B2", "B2"),
                            ("B3", "B3"),
                            ("B4", "B4"),
                            ("C1", "C1"),
                            ("C1.1", "C1.1"),
                            ("C2", "C2"),
                            ("C2.1", "C2.1"),
                            ("C2.2", "C2.2"),
                            ("C2.3", "C2.3"),
                            ("C3", "C3"),
                            ("C3.1", "C3.1"),
                            ("C3.2", "C3.2"),
                            ("C4", "C4"),
                            ("C4.1", "C4.1"),
                            ("C4.2", "C4.2"),
                            ("C4.3", "C4.3"),
                            ("C5", "C5"),
                            ("C5.1", "C5.1"),
                            ("C6", "C6"),
                            ("C6.1", "C6.1"),
                            ("C6.2", "C6.2"),
                            ("C6.3", "C6.3"),
                            ("C6.4", "C6.4"),
                            ("C6.5", "C6.5"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "told_in",
                    models.SlugField(
                        blank=True,
                        choices=[
                            ("risk", "The account of the risk"),
                            ("policies", "Our policies"),
                            ("about", "About this report"),
                            ("figures", "In figures"),
                            ("risks", "Salient risks"),
                            ("reassessments", "Re-assessments"),
                            ("complaints", "Complaints"),
                            ("partners", "Leaving and staying with partners"),
                            ("page-risks", "Public page /risks/"),
                            ("page-policies", "Public page /policies/"),
                            ("page-consultations", "Public page /consultations/"),
                            ("page-business-model", "Public page /business-model/"),
                            ("page-partners", "Public page /partners/"),
                            ("page-complaints", "Public page /complaints/"),
                            ("page-raise", "Public page /raise/"),
                        ],
                        max_length=24,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coverage",
                        to="transparency.report",
                    ),
                ),
                (
                    "risk",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="risks.risk",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "question", "risk"),
                        name="coverage_answer_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), models.Q(("told_in", ""), _negated=True)),
                            models.Q(models.Q(("reason", ""), _negated=True), ("told_in", "")),
                            _connector="OR",
                        ),
                        name="coverage_answered_or_why_not",
                    ),
                ],
            },
        ),
        migrations.RunSQL(IN_DRAFT, NOT_IN_DRAFT),
        migrations.RunSQL(BY_NO_AUTHOR, NO_AUTHORS),
    ]
