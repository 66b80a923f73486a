"""Say with which line of the sign-in log a lock-out begins, so that its notice rings once."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0004_roles_as_administrators_see_them'),
    ]

    operations = [
        migrations.AddField(
            model_name='signin',
            name='begins_lock_out',
            field=models.BooleanField(db_default=False, default=False, help_text="The first line of a person's lock-out, of which administrators were told."),
        ),
        AddConstraintNotValid(
            model_name='signin',
            constraint=models.CheckConstraint(condition=models.Q(('begins_lock_out', False), models.Q(('outcome', 'LOCKED_OUT'), ('person__isnull', False)), _connector='OR'), name='only_a_persons_lock_out_begins'),
        ),
        ValidateConstraint(model_name='signin', name='only_a_persons_lock_out_begins'),
    ]
