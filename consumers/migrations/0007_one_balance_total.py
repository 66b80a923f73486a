"""The row that holds what all consumers together owe."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("consumers", "BalanceTotal").objects.create(pk=1)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("consumers", "BalanceTotal").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("consumers", "0006_money_figures_holds_and_freeze")]
    operations = [migrations.RunPython(add, remove)]
