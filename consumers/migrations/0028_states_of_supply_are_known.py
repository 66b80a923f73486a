"""Look through the rows that were there before the constraint, without keeping writers out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consumers", "0027_supply_goes_over")]
    operations = [ValidateConstraint(model_name="serviceconnection", name="supply_state_is_known")]
