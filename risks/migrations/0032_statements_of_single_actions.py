"""A rule over many items has a statement for each action, each superseded by its own (DSA 17(1))."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('risks', "0031_what_was_found_last"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='statementofreasons',
            name='statement_begins_once',
        ),
        migrations.AddField(
            model_name='statementofreasons',
            name='action',
            field=models.CharField(blank=True, db_default='', default='', help_text='Of a rule over many items: the pseudonymous key of the one action; it leaves nowhere.', max_length=120),
        ),
        migrations.AddConstraint(
            model_name='statementofreasons',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes__isnull', True)), fields=('measure', 'action'), name='statement_begins_once'),
        ),
    ]
