"""What every installation has: the shared accounts, the invoice series, a billing policy."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SHARED = ("CASH", "FEES", "ADJUSTMENTS", "WRITE_OFF", "INTEREST", "OPENING")
PER_UTILITY = ("REVENUE", "TAX")
UTILITIES = ("ELECTRICITY", "WATER", "GAS")


def add(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    account = apps.get_model("billing", "LedgerAccount")
    account.objects.bulk_create(
        [account(kind=kind) for kind in SHARED]
        + [account(kind=kind, utility_type=one) for kind in PER_UTILITY for one in UTILITIES]
    )
    apps.get_model("billing", "InvoiceCounter").objects.create(series="INV")
    apps.get_model("billing", "BillingPolicy").objects.create(pk=1)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("billing", "LedgerAccount").objects.filter(consumer=None).delete()
    apps.get_model("billing", "BillingPolicy").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_entries_move_balances")]
    operations = [migrations.RunPython(add, remove)]
