"""Look through the rows that were there before the constraints, without keeping writers out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consumers", "0018_readings_say_who")]
    operations = [
        ValidateConstraint(model_name="reading", name="source_of_a_reading_is_known"),
        ValidateConstraint(model_name="reading", name="only_a_rejected_reading_says_why"),
    ]
