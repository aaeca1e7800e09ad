"""A re-assessment says what was restored or asked; the database holds each outcome to what it needs (3.7)."""

from django.db import migrations, models

HOLDS_NEW_ROWS = """
ALTER TABLE risks_reassessment
  ADD CONSTRAINT reassessment_counts_its_reason CHECK (reason_code <> '') NOT VALID;
"""
LET_GO = "ALTER TABLE risks_reassessment DROP CONSTRAINT reassessment_counts_its_reason;"


class Migration(migrations.Migration):
    dependencies = [
        ("risks", "0022_jobs_keep_their_bounds"),
    ]

    operations = [
        migrations.AddField(
            model_name="reassessment",
            name="question",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="reassessment",
            name="restored",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="reassessment",
            name="reason_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("still_necessary", "Still necessary, and nothing less is enough"),
                    ("risk_grown", "The risk has grown"),
                    ("too_weak", "It is too weak, or was evaded"),
                    ("risk_receded", "The risk has receded or its context is over"),
                    ("less_is_enough", "Something less intrusive is enough"),
                    ("no_effect", "It has no effect"),
                    ("burdens_others", "It burdens others too much"),
                    ("ground_gone", "The rule or law that it relied on is gone"),
                    ("was_wrong", "It should not have been imposed"),
                    ("question_open", "Somebody else must answer a question first"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddIndex(
            model_name="reassessment",
            index=models.Index(fields=["measure", "-decided_at"], name="reassessment_of_measure"),
        ),
        migrations.AddConstraint(
            model_name="reassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome", "de_escalate"),
                        (
                            "lower_kind__in",
                            [
                                "age_gate",
                                "country_withdrawal",
                                "demonetise",
                                "feature_limit",
                                "geoblock",
                                "interaction_limit",
                                "interstitial",
                                "label",
                                "no_action",
                                "permanent_ban",
                                "reduce_reach",
                                "remove_item",
                                "service_termination",
                                "temp_suspension",
                            ],
                        ),
                    ),
                    models.Q(
                        models.Q(("outcome", "de_escalate"), _negated=True),
                        ("lower_kind", ""),
                    ),
                    _connector="OR",
                ),
                name="reassessment_lower_kind_to_de_escalate",
            ),
        ),
        migrations.AddConstraint(
            model_name="reassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome", "refer"),
                        models.Q(("referred_to", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("outcome", "refer"), _negated=True),
                        ("referred_to", ""),
                    ),
                    _connector="OR",
                ),
                name="reassessment_refers_to_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="reassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason_code", ""),
                    models.Q(
                        ("outcome", "lift"),
                        models.Q(("restored", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("outcome", "lift"), _negated=True),
                        ("restored", ""),
                    ),
                    _connector="OR",
                ),
                name="reassessment_lift_says_what_was_restored",
            ),
        ),
        migrations.AddConstraint(
            model_name="reassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason_code", ""),
                    models.Q(
                        ("outcome", "refer"),
                        models.Q(("question", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("outcome", "refer"), _negated=True),
                        ("question", ""),
                    ),
                    _connector="OR",
                ),
                name="reassessment_refers_with_a_question",
            ),
        ),
        migrations.AddConstraint(
            model_name="reassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason_code", ""),
                    models.Q(
                        ("outcome", "maintain"), ("test__isnull", False)
                    ),
                    models.Q(
                        models.Q(("outcome", "maintain"), _negated=True),
                        ("test__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="reassessment_maintains_with_a_test",
            ),
        ),
        migrations.AddConstraint(
            model_name="reassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason_code", ""),
                    models.Q(
                        ("outcome", "escalate"), ("proposed__isnull", False)
                    ),
                    models.Q(
                        models.Q(("outcome", "escalate"), _negated=True),
                        ("proposed__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="reassessment_escalates_by_a_proposal",
            ),
        ),
        # What is on record without a counted reason stays; PostgreSQL holds every new row to it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddConstraint(
                    model_name="reassessment",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("reason_code", ""), _negated=True),
                        name="reassessment_counts_its_reason",
                    ),
                ),
            ],
            database_operations=[migrations.RunSQL(HOLDS_NEW_ROWS, LET_GO)],
        ),
    ]
