"""The one row of the collection policy; the ageing worker is off."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """With the defaults."""
    apps.get_model("consumers", "CollectionPolicy").objects.create(pk=1)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Back to none."""
    apps.get_model("consumers", "CollectionPolicy").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("consumers", "0032_accounts_come_to_collection")]
    operations = [migrations.RunPython(add, remove, elidable=False)]
