"""Unscored and withheld risks, open tasks, and where every risk stands: indexes built beside the writers."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("risks", "0016_published_risks_and_statements_in_order")]
    operations = [
        AddIndexConcurrently(
            model_name="risk",
            index=models.Index(
                F("rank").desc(), "id", name="risk_unscored", condition=Q(incomplete=True, tier__lt=6)
            ),
        ),
        AddIndexConcurrently(
            model_name="risk",
            index=models.Index(fields=["id"], include=["level", "tier", "status"], name="risk_standing"),
        ),
        AddIndexConcurrently(
            model_name="risk",
            index=models.Index(
                fields=["level"], name="risk_withheld", condition=Q(salient=True, published=False, level__gte=4)
            ),
        ),
        AddIndexConcurrently(
            model_name="reviewtask",
            index=models.Index(
                fields=["due_at", "id"], condition=Q(closed_at__isnull=True), name="task_open_by_day"
            ),
        ),
    ]
