"""Readings say where they came from, who entered and who checked them."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0004_one_total_and_warehouse'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        ChangeTogether([
        migrations.AddField(
            model_name='reading',
            name='checked_at',
            field=models.DateTimeField(blank=True, help_text='When a person verified or rejected it.', null=True),
        ),
        migrations.AddField(
            model_name='reading',
            name='checked_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reading',
            name='entered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='reading',
            name='entered_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reading',
            name='rejection',
            field=models.CharField(blank=True, db_default='', default='', help_text='Why it was rejected.', max_length=250),
        ),
        migrations.AddField(
            model_name='reading',
            name='source',
            field=models.CharField(choices=[('TAKEN_OVER', 'Taken over'), ('REQUEST', 'Final or opening reading'), ('HAND', 'Entered by hand'), ('FILE', 'From a file')], db_default='TAKEN_OVER', default='TAKEN_OVER', max_length=15),
        ),
        ]),
        AddConstraintNotValid(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['TAKEN_OVER', 'REQUEST', 'HAND', 'FILE'])), name='source_of_a_reading_is_known'),
        ),
        AddConstraintNotValid(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('rejection', ''), ('verification', 'REJECTED'), _connector='OR'), name='only_a_rejected_reading_says_why'),
        ),
    ]
