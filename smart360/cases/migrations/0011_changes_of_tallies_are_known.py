"""Take no change of a tally that no tally could take: one such row would stop every fold."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0010_kinds_go_with_statuses'),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='tallychange',
            constraint=models.CheckConstraint(condition=models.Q(('standing__in', ['OPEN', 'COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED'])), name='change_standing_is_known'),
        ),
        AddConstraintNotValid(
            model_name='tallychange',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION', 'COMPLAINT'])), name='change_kind_is_known'),
        ),
        ValidateConstraint(model_name='tallychange', name='change_standing_is_known'),
        ValidateConstraint(model_name='tallychange', name='change_kind_is_known'),
    ]
