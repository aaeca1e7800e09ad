"""The order of the list of measures under an index, which is built while measures are written."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Case, F, Value, When


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("risks", "0014_when_partners_and_consultations_came")]
    operations = [
        AddIndexConcurrently(
            model_name="measure",
            index=models.Index(
                Case(When(state__in=("active", "active_emergency"), then=Value(0)), default=Value(1)),
                F("starts_on").desc(),
                F("id"),
                name="measure_in_order",
            ),
        ),
    ]
