from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """See that the rows of before speak a language too; readers and writers go on meanwhile."""

    dependencies = [
        ("governance", "0008_append_in_one_message"),
    ]

    operations = [
        ValidateConstraint(model_name="user", name="user_reads_a_language"),
    ]
