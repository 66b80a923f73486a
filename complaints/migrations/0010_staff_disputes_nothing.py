"""A category about staff is not about bills, too."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0009_subtopics_of_what_there_is")]
    operations = [
        AddConstraintNotValid(
            model_name="complaintcategory",
            constraint=models.CheckConstraint(
                condition=models.Q(is_about_staff=True, is_about_bills=True, _negated=True),
                name="what_is_about_staff_disputes_nothing",
            ),
        ),
    ]
