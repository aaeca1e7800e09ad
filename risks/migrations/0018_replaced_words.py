import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE FUNCTION hrdd_keep_replaced_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO risks_replacedwords (risk_id, title, summary, title_changed, summary_changed, replaced_at)
  VALUES (OLD.id, OLD.title, OLD.summary, OLD.title <> NEW.title, OLD.summary <> NEW.summary, now());
  RETURN NULL;
END $$;
CREATE TRIGGER keep_replaced_words AFTER UPDATE OF title, summary ON risks_risk
  FOR EACH ROW WHEN (OLD.published AND (OLD.title <> NEW.title OR OLD.summary <> NEW.summary))
  EXECUTE FUNCTION hrdd_keep_replaced_words();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON risks_replacedwords
  FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON risks_replacedwords
  FOR EACH STATEMENT EXECUTE FUNCTION hrdd_refuse_change();
"""
LET_GO = """
DROP TRIGGER keep_replaced_words ON risks_risk;
DROP FUNCTION hrdd_keep_replaced_words();
DROP TRIGGER append_only_rows ON risks_replacedwords;
DROP TRIGGER append_only_table ON risks_replacedwords;
"""


class Migration(migrations.Migration):
    """The database keeps what the public read of a risk before its words were corrected."""

    dependencies = [
        ("risks", "0017_what_pages_look_for_among_all"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReplacedWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("summary", models.TextField()),
                ("title_changed", models.BooleanField()),
                ("summary_changed", models.BooleanField()),
                ("replaced_at", models.DateTimeField()),
                ("risk", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="replaced_words", to="risks.risk")),
            ],
            options={
                "ordering": ["-replaced_at", "-id"],
                "constraints": [models.CheckConstraint(condition=models.Q(("title_changed", True), ("summary_changed", True), _connector="OR"), name="replaced_words_differ")],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
