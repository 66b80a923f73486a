"""What every installation has: the shared accounts, the invoice series, a billing policy, and the
wordings in which a consumer hears of bills and payments.

A final bill always goes, and so does that a bill need not be paid any more (BIL6, decision 35); that a
payment has come is a courtesy (BIL7).
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SHARED = ("CASH", "FEES", "ADJUSTMENTS", "WRITE_OFF", "INTEREST", "OPENING")
PER_UTILITY = ("REVENUE", "TAX")
UTILITIES = ("ELECTRICITY", "WATER", "GAS")

FINAL_BILL = """Dear {{ consumer_name }},

Your final bill {{ invoice }} for account {{ account_number }} is attached.

Billed: {{ billed }}
Outstanding before this bill: {{ outstanding }}
Security deposit applied: {{ applied }}
{{ result }}

Questions? Call {{ utility_phone }} and have the number {{ invoice }} ready.

{{ utility_name }}
"""

FOOT = """
Questions? Call {{ utility_phone }} and have the number {{ number }} ready.

{{ utility_name }}
"""

TEMPLATES = (
    (
        "payment.received",
        "Payment received",
        "COURTESY",
        "We received your payment {{ number }}",
        """Dear {{ consumer_name }},

We received your payment of {{ amount }} for account {{ account_number }}. Thank you.

Receipt: {{ number }}
Paid on: {{ paid_on }}
Paid by: {{ payment_method }}
Outstanding now: {{ outstanding }}
""",
    ),
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
    account = apps.get_model("billing", "LedgerAccount")
    account.objects.bulk_create(
        [account(kind=kind) for kind in SHARED]
        + [account(kind=kind, utility_type=one) for kind in PER_UTILITY for one in UTILITIES]
    )
    apps.get_model("billing", "InvoiceCounter").objects.create(series="INV")
    apps.get_model("billing", "BillingPolicy").objects.create(pk=1)
    template = apps.get_model("comms", "Template")
    template.objects.get_or_create(
        code="bill.sent",
        channel="EMAIL",
        defaults={
            "name": "Final bill",
            "kind": "STATUTORY",
            "subject": "Your final bill {{ invoice }}",
            "body": FINAL_BILL,
        },
    )
    for code, name, kind, subject, body in TEMPLATES:
        template.objects.get_or_create(
            code=code,
            channel="EMAIL",
            defaults={"name": name, "kind": kind, "subject": subject, "body": body + FOOT},
        )


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("billing", "LedgerAccount").objects.filter(consumer=None).delete()
    apps.get_model("billing", "BillingPolicy").objects.all().delete()


class Migration(migrations.Migration):
    replaces = [
        ("billing", "0001_initial"),
        ("billing", "0003_shared_accounts_and_policy"),
        ("billing", "0005_bills_are_sent"),
        ("billing", "0007_payments_are_told"),
        ("billing", "0016_reversals_of_old_payments"),
        ("billing", "0019_what_consumers_are_told"),
        ("billing", "0020_money_begins_as_proposed"),
        ("billing", "0021_invoices_by_issue"),
    ]

    dependencies = [
        ("billing", "0002_entries_alone_move_balances"),
        ("comms", "0003_wordings"),
    ]

    operations = [migrations.RunPython(write, remove)]
