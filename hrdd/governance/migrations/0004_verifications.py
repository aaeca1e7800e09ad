"""What the runs of `manage.py verify` found."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0003_sign_offs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('intact', models.BooleanField()),
                ('events', models.BigIntegerField()),
                ('said', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
    ]
