"""A report in sections: written while it is a draft, revisions kept, and signed by nobody who wrote in it (8.1, SD1)."""

import django.db.models.deletion
import transparency.rules.sections
from django.conf import settings
from django.db import migrations, models


ONLY_IN_DRAFT = """
CREATE TRIGGER only_in_draft BEFORE INSERT OR UPDATE OR DELETE ON transparency_reportsection
  FOR EACH ROW EXECUTE FUNCTION transparency_only_in_draft();
CREATE TRIGGER sections_no_truncate BEFORE TRUNCATE ON transparency_reportsection
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON transparency_sectionrevision
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON transparency_sectionrevision
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
NOT_ONLY_IN_DRAFT = """
DROP TRIGGER only_in_draft ON transparency_reportsection;
DROP TRIGGER sections_no_truncate ON transparency_reportsection;
DROP TRIGGER append_only_rows ON transparency_sectionrevision;
DROP TRIGGER append_only_table ON transparency_sectionrevision;
"""
COMMENTS = """
CREATE FUNCTION transparency_comment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'resolved_by_id' - 'resolved_at')
      IS DISTINCT FROM (to_jsonb(OLD) - 'resolved_by_id' - 'resolved_at') THEN
    RAISE EXCEPTION 'a comment is resolved or opened again, and nothing else of it changes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER comment_stays BEFORE UPDATE OR DELETE ON transparency_sectioncomment
  FOR EACH ROW EXECUTE FUNCTION transparency_comment_stays();
"""
NO_COMMENTS = """
DROP FUNCTION transparency_comment_stays() CASCADE;
"""
AUTHORS = """
CREATE OR REPLACE FUNCTION transparency_signed_by_no_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
      SELECT 1 FROM transparency_coverageanswer a
        WHERE a.report_id = NEW.id AND a.by_id IN (NEW.cleared_by_id, NEW.approved_by_id)
      UNION ALL SELECT 1 FROM transparency_sectionrevision r JOIN transparency_reportsection s ON s.id = r.section_id
        WHERE s.report_id = NEW.id AND r.by_id IN (NEW.cleared_by_id, NEW.approved_by_id)) THEN
    RAISE EXCEPTION 'who wrote a part of a report neither clears nor approves it';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("risks", "0008_partners_of_history"),
        ("transparency", "0005_coverage"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="coverageanswer",
            name="told_in",
            field=models.SlugField(
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
                    ("section-commitment", "Our commitment"),
                    ("section-embedding", "Who is responsible"),
                    ("section-determination", "How the salient risks were determined"),
                    ("section-elsewhere", "Severe impacts outside the salient risks"),
                    ("section-engagement", "How we engage with people"),
                    ("section-tensions", "Decisions and tensions"),
                    ("section-effectiveness", "Whether it works"),
                    ("section-remedy", "Complaints and remedy"),
                    ("section-moderation", "How content is moderated"),
                    ("section-lessons", "Errors, corrections and lessons"),
                    ("section-words", "In our words"),
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
        migrations.CreateModel(
            name="ReportSection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        choices=[
                            ("commitment", "Our commitment"),
                            ("embedding", "Who is responsible"),
                            ("determination", "How the salient risks were determined"),
                            ("elsewhere", "Severe impacts outside the salient risks"),
                            ("engagement", "How we engage with people"),
                            ("tensions", "Decisions and tensions"),
                            ("effectiveness", "Whether it works"),
                            ("remedy", "Complaints and remedy"),
                            ("moderation", "How content is moderated"),
                            ("lessons", "Errors, corrections and lessons"),
                            ("words", "In our words"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (transparency.rules.sections.SectionState["EMPTY"], "Nothing written"),
                            (transparency.rules.sections.SectionState["DRAFT"], "In work"),
                            (transparency.rules.sections.SectionState["READY"], "Ready"),
                        ],
                        default=transparency.rules.sections.SectionState["EMPTY"],
                        max_length=5,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sections",
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
            },
        ),
        migrations.CreateModel(
            name="SectionComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="transparency.reportsection",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="SectionRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (transparency.rules.sections.SectionState["EMPTY"], "Nothing written"),
                            (transparency.rules.sections.SectionState["DRAFT"], "In work"),
                            (transparency.rules.sections.SectionState["READY"], "Ready"),
                        ],
                        max_length=5,
                    ),
                ),
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
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="transparency.reportsection",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="reportsection",
            constraint=models.UniqueConstraint(
                fields=("report", "code", "risk"), name="report_section_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="reportsection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code", "words"), ("risk__isnull", False)),
                    models.Q(models.Q(("code", "words"), _negated=True), ("risk__isnull", True)),
                    _connector="OR",
                ),
                name="report_section_of_a_risk_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportsection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", transparency.rules.sections.SectionState["EMPTY"]), ("text", "")),
                    models.Q(
                        models.Q(("state", transparency.rules.sections.SectionState["EMPTY"]), _negated=True),
                        models.Q(("text", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="report_section_empty_has_no_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="sectioncomment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolved_at__isnull", True), ("resolved_by__isnull", True)),
                    models.Q(("resolved_at__isnull", False), ("resolved_by__isnull", False)),
                    _connector="OR",
                ),
                name="section_comment_resolved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="sectioncomment",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="section_comment_says_something"
            ),
        ),
        migrations.RunSQL(ONLY_IN_DRAFT, NOT_ONLY_IN_DRAFT),
        migrations.RunSQL(COMMENTS, NO_COMMENTS),
        migrations.RunSQL(AUTHORS, migrations.RunSQL.noop),
    ]
