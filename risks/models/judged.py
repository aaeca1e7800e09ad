from django.db import models


class Judged(models.Model):
    """The inputs of the proportionality table, one row a measure: a relation, not a table.

    The sweep fills it from the measures in force, `evaluate` from its lines (risks.queries.proportionality).
    """

    row = models.BigIntegerField(primary_key=True)
    kind = models.TextField()
    intrusion = models.IntegerField()
    level_then = models.IntegerField()
    level_now = models.IntegerField()
    ceiling_lift = models.IntegerField()
    days_since_review = models.IntegerField()
    age_days = models.IntegerField(null=True)
    interval_days = models.IntegerField()
    rejustify_after = models.IntegerField(null=True)
    days_to_end = models.IntegerField(null=True)
    near_days = models.IntegerField(null=True)
    days_to_context_end = models.IntegerField(null=True)
    appeal_upheld = models.BooleanField()
    end_date_passed = models.BooleanField()
    end_date_near = models.BooleanField()
    no_end_date = models.BooleanField()
    threat_to_life = models.BooleanField()
    new_evidence = models.BooleanField()
    collateral_harm = models.BooleanField()
    context_ended = models.BooleanField()
    policy_changed = models.BooleanField()
    consultation_finding = models.BooleanField()
    ineffective = models.BooleanField()
    emergency_lapsed = models.BooleanField()

    class Meta:
        managed = False
        db_table = "judged"

    def __str__(self) -> str:
        return str(self.row)
