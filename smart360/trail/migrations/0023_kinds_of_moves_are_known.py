"""Look through the rows that were there before the constraint, without keeping writers out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("trail", "0022_moves_and_merges_are_told")]
    operations = [ValidateConstraint(model_name="entry", name="entry_kind_is_known")]
