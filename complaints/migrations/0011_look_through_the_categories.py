"""Look through the categories that were there before."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("complaints", "0010_staff_disputes_nothing")]
    operations = [
        ValidateConstraint(
            model_name="complaintcategory", name="what_is_about_staff_disputes_nothing"
        ),
    ]
