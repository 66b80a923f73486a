"""Find the days of one standing whatever they are about; made while the product runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cases', '0029_months_are_tallied'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='tally',
            index=models.Index(fields=['kind', 'standing', 'day'], name='tally_by_day'),
        ),
    ]
