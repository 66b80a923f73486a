"""Look through the payments that were there before the constraint, without keeping writers out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0015_reversals_take_two_people")]
    operations = [ValidateConstraint(model_name="payment", name="a_reversal_takes_two_people")]
