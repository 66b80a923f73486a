"""The wording in which a consumer hears that a payment has come; a courtesy (BIL7)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BODY = """Dear {{ consumer_name }},

We received your payment of {{ amount }} for account {{ account_number }}. Thank you.

Receipt: {{ number }}
Paid on: {{ paid_on }}
Paid by: {{ payment_method }}
Outstanding now: {{ outstanding }}

Questions? Call {{ utility_phone }} and have the number {{ number }} ready.

{{ utility_name }}
"""


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("comms", "Template").objects.get_or_create(
        code="payment.received",
        channel="EMAIL",
        defaults={
            "name": "Payment received",
            "kind": "COURTESY",
            "subject": "We received your payment {{ number }}",
            "body": BODY,
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_refunds_are_covered"),
        ("comms", "0005_default_templates"),
    ]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
