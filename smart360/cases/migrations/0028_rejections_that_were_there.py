"""Look through the cases that were there before."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0027_rejections_say_why")]
    operations = [
        ValidateConstraint(model_name="case", name="a_rejected_complaint_says_why"),
        ValidateConstraint(model_name="case", name="closing_for_another_reason_says_which"),
    ]
