from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """See that the rows of before speak a language too; readers and writers go on meanwhile."""

    dependencies = [
        ("accounts", "0005_languages_of_people"),
    ]

    operations = [
        ValidateConstraint(model_name="invitation", name="invitation_is_in_a_language"),
    ]
