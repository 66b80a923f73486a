"""The wording with which a final bill goes out; it always goes (BIL6, decision 35)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BODY = """Dear {{ consumer_name }},

Your final bill {{ invoice }} for account {{ account_number }} is attached.

Billed: {{ billed }}
Outstanding before this bill: {{ outstanding }}
Security deposit applied: {{ applied }}
{{ result }}

Questions? Call {{ utility_phone }} and have the number {{ invoice }} ready.

{{ utility_name }}
"""


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("comms", "Template").objects.get_or_create(
        code="bill.sent",
        channel="EMAIL",
        defaults={
            "name": "Final bill",
            "kind": "STATUTORY",
            "subject": "Your final bill {{ invoice }}",
            "body": BODY,
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_invoices_are_taken_back_once"),
        ("comms", "0005_default_templates"),
    ]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
