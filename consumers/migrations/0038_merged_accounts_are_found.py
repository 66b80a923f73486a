"""The accounts that were merged into one are found by it."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('consumers', '0037_accounts_are_merged'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='consumer',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='consumer_merged_into'),
        ),
    ]
