"""What the public reads of, and every statement of reasons, in their order under an index built beside the writers."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("risks", "0015_measures_in_order")]
    operations = [
        AddIndexConcurrently(
            model_name="risk",
            index=models.Index(
                F("rank").desc(),
                "id",
                name="risk_published",
                condition=Q(published=True, salient=True, held__isnull=False),
            ),
        ),
        AddIndexConcurrently(
            model_name="statementofreasons",
            index=models.Index(fields=["-issued_at", "-id"], name="statement_in_order"),
        ),
    ]
