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
    dependencies = [
        ("staff", "0002_sign_in_log_and_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
