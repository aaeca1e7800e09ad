"""The line in which terms stood is gone; they have rows of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("risks", "0029_exits_whole")]

    operations = [migrations.RemoveField(model_name="relationship", name="code_of_conduct")]
