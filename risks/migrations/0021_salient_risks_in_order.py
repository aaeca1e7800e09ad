"""Salient risks in their order with where each stands, under an index built beside the writers."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("risks", "0020_names_in_public_words")]
    operations = [
        AddIndexConcurrently(
            "risk",
            models.Index(
                fields=["-rank", "id"], name="risk_salient", include=["level"], condition=Q(salient=True)
            ),
        ),
    ]
