"""The one row of the VIP policy; suggestions are off."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """With the defaults."""
    apps.get_model("insights", "VipPolicy").objects.create(pk=1)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Back to none."""
    apps.get_model("insights", "VipPolicy").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("insights", "0002_vips_are_suggested")]
    operations = [migrations.RunPython(add, remove, elidable=False)]
