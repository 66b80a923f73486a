"""Add up what a consumer was billed over a year from an index, made while the product runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('billing', '0020_money_begins_as_proposed'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='invoice',
            index=models.Index(fields=['consumer', 'issued_on'], include=('billed', 'state', 'taken_back_at'), name='invoice_by_issue'),
        ),
    ]
