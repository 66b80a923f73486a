"""Look through the cases that were there before."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_complaints_are_decided_and_reopened")]
    operations = [
        ValidateConstraint(model_name="case", name="a_decided_complaint_says_how"),
    ]
