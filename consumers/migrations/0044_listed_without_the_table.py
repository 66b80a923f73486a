"""Accounts are narrowed in the index that they are listed by, without a look at each of them."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('consumers', '0043_nothing_begins_for_the_erased'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='consumer',
            index=models.Index(condition=models.Q(('archived_at__isnull', True)), fields=['account_number'], include=('id', 'status', 'category', 'is_vip'), name='consumer_current_listed'),
        ),
        AddIndexConcurrently(
            model_name='consumer',
            index=models.Index(condition=models.Q(('is_vip', True)), fields=['account_number'], include=('id', 'status', 'category', 'archived_at'), name='consumer_vip_listed'),
        ),
        RemoveIndexConcurrently(
            model_name='consumer',
            name='consumer_current_by_account',
        ),
        RemoveIndexConcurrently(
            model_name='consumer',
            name='consumer_vip_by_account',
        ),
    ]
