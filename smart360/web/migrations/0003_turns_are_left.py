"""Call what is left by what it counts; ``has_`` asks for yes or no."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('web', '0002_count_searches'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='allowance',
            name='an_allowance_is_not_negative',
        ),
        migrations.RenameField(
            model_name='allowance',
            old_name='has_left',
            new_name='turns_left',
        ),
        migrations.AddConstraint(
            model_name='allowance',
            constraint=models.CheckConstraint(condition=models.Q(('turns_left__gte', 0)), name='an_allowance_is_not_negative'),
        ),
    ]
