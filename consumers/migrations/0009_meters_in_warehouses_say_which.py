"""Look through the meters that were there before the constraint."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consumers", "0008_meters_have_a_place")]
    operations = [
        ValidateConstraint(model_name="meter", name="a_meter_in_a_warehouse_says_which"),
    ]
