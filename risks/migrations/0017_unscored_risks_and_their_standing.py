"""Open risks that nobody scored in their order, and where every risk stands, under indexes built beside the writers."""

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
    ]
