"""What is shown as a score is one: no row has any yet."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0024_relationship_health'),
    ]

    operations = [
        ValidateConstraint(model_name='consumerfigures', name='a_shown_score_is_0_to_100'),
    ]
