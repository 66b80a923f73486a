"""Look through the rows that were there before the constraint, without keeping writers out."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("documents", "0005_what_is_not_kept")]
    operations = [ValidateConstraint(model_name="storedfile", name="file_type_is_ours")]
