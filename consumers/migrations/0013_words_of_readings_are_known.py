"""Look through the rows that were there before the constraints, without keeping writers out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consumers", "0012_readings_never_fall")]
    operations = [
        ValidateConstraint(model_name="reading", name="verification_is_known"),
        ValidateConstraint(model_name="reading", name="exception_of_a_reading_is_known"),
    ]
