"""Lists may show a consumer's Relationship Health Score."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0023_tally_the_accounts_there_are'),
    ]

    operations = [
        migrations.AddField(
            model_name='consumerfigures',
            name='health_score',
            field=models.SmallIntegerField(blank=True, help_text='0 to 100, as of last night (CON7).', null=True),
        ),
        AddConstraintNotValid(
            model_name='consumerfigures',
            constraint=models.CheckConstraint(condition=models.Q(('health_score__range', (0, 100))), name='a_shown_score_is_0_to_100'),
        ),
    ]
