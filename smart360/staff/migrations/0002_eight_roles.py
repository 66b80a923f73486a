"""The eight roles are there from the first start. Their permissions stand in code (roles.md)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES = (
    "CSE",
    "CALL_CENTRE",
    "RECOVERY",
    "BILLING",
    "SUPERVISOR",
    "ADMIN",
    "DISPATCHER",
    "TECHNICIAN",
)


def add_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)

class Migration(migrations.Migration):
    replaces = [
        ("staff", "0001_initial"),
        ("staff", "0003_the_eight_roles"),
        ("staff", "0005_a_lock_out_begins_with_a_line"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("staff", "0001_tables"),
    ]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
