"""The row that holds what all consumers together owe, and where meters that are taken down go."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("consumers", "BalanceTotal").objects.create(pk=1)
    apps.get_model("consumers", "Warehouse").objects.create(name="Main warehouse")


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("consumers", "BalanceTotal").objects.all().delete()
    apps.get_model("consumers", "Warehouse").objects.all().delete()


class Migration(migrations.Migration):
    replaces = [
        ("consumers", "0001_initial"),
        ("consumers", "0007_one_balance_total"),
        ("consumers", "0010_the_first_warehouse"),
        ("consumers", "0017_accounts_are_archived_by_execution"),
    ]

    dependencies = [
        ("consumers", "0003_subcategory_of_its_category"),
    ]

    operations = [migrations.RunPython(add, remove)]
