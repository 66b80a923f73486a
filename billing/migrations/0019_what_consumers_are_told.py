"""The wordings in which a consumer hears of a credit note and of a payment arrangement.

That a bill need not be paid any more always goes, as the bill did (BIL6, decision 35).
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FOOT = """
Questions? Call {{ utility_phone }} and have the number {{ number }} ready.

{{ utility_name }}
"""

TEMPLATES = (
    (
        "bill.taken_back",
        "Bill taken back",
        "STATUTORY",
        "Your bill {{ invoice }} is taken back",
        """Dear {{ consumer_name }},

We took back your bill {{ invoice }} for account {{ account_number }}. You need not pay it.

Credit note: {{ number }}
Billed, and taken back: {{ amount }}
Outstanding now: {{ outstanding }}
""",
    ),
    (
        "arrangement.made",
        "Payment arrangement made",
        "COURTESY",
        "Your payment arrangement {{ number }}",
        """Dear {{ consumer_name }},

We agreed that you pay {{ amount }} for account {{ account_number }} in instalments:

{{ instalments }}

While each is paid in time, we do not disconnect you for what is owed.
""",
    ),
    (
        "arrangement.broken",
        "Payment arrangement broken",
        "COURTESY",
        "Your payment arrangement {{ number }} has ended",
        """Dear {{ consumer_name }},

The instalment due on {{ due_on }} was not paid, so that your payment arrangement {{ number }} for
account {{ account_number }} has ended. What is outstanding is due at once.

Outstanding now: {{ outstanding }}
""",
    ),
)


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    template = apps.get_model("comms", "Template")
    for code, name, kind, subject, body in TEMPLATES:
        template.objects.get_or_create(
            code=code,
            channel="EMAIL",
            defaults={"name": name, "kind": kind, "subject": subject, "body": body + FOOT},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0018_reversals_wait_for_another"),
        ("comms", "0005_default_templates"),
    ]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
