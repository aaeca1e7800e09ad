"""Measures are found by their words through an index, built while the old code goes on writing (ADR 40)."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations

WORDS = SearchVector("said", "target", "rule_relied_on", config="simple")
BUILD = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS measure_words ON risks_measure USING gin (to_tsvector('simple'::regconfig,
  COALESCE(said, '') || ' ' || COALESCE(target, '') || ' ' || COALESCE(rule_relied_on, '')));
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("risks", "0011_language_of_what_was_judged")]

    operations = [
        migrations.RunSQL(
            BUILD,
            "DROP INDEX CONCURRENTLY IF EXISTS measure_words;",
            state_operations=[
                migrations.AddIndex("measure", GinIndex(WORDS, name="measure_words")),
            ],
        ),
    ]
