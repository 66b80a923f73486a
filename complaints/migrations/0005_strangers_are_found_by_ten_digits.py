"""Find strangers by their number without the code of a country."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0004_strangers_are_found'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='complainant',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Right('phone_digits', 10), name='text_pattern_ops'), name='complainant_by_phone_last_ten'),
        ),
    ]
