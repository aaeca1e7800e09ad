"""See that the changes of before tell it too; readers and writers go on meanwhile."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("risks", "0022_who_withdrew_a_change")]
    operations = [ValidateConstraint("change", "change_decided_by_another")]
