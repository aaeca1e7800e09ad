"""A withdrawn change tells who withdrew it and when; those withdrawn before tell nobody."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q

NOT_DECIDED, DECIDED = (Q(decided_by__isnull=one, decided_at__isnull=one) for one in (True, False))
BY_ANOTHER = Q(state__in=["approved", "refused"]) & DECIDED & ~Q(decided_by=F("proposed_by"))


class Migration(migrations.Migration):
    dependencies = [("risks", "0021_salient_risks_in_order")]
    operations = [
        migrations.RemoveConstraint("change", "change_decided_by_another"),
        AddConstraintNotValid(
            "change",
            models.CheckConstraint(
                name="change_decided_by_another",
                condition=BY_ANOTHER
                | Q(state="withdrawn") & (DECIDED | NOT_DECIDED)
                | Q(state="proposed") & NOT_DECIDED,
            ),
        ),
    ]
