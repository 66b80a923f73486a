"""Who moves out and who moves in is told, in words that administrators change (COM2)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FOOT = """
Questions? Call {{ utility_phone }} and have your account number {{ account_number }} ready.

{{ utility_name }}
"""
TEMPLATES = (
    (
        "account.moved_out",
        "Moved out",
        "You have moved out of {{ service_address }}",
        """Dear {{ consumer_name }},

We have noted that you moved out of {{ service_address }} on {{ moved_on }}. Nothing that is used
there from that day on is on your account.

Meters on that day: {{ readings }}
Last invoice: {{ invoice }}, {{ billed }}
""",
    ),
    (
        "account.moved_in",
        "Moved in",
        "Welcome to {{ service_address }}",
        """Dear {{ consumer_name }},

We have noted that you moved in at {{ service_address }} on {{ moved_on }}. You are supplied there
since, and pay for what is used from that day on. Your account number is {{ account_number }}.

Meters on that day: {{ readings }}
""",
    ),
)


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    template = apps.get_model("comms", "Template")
    for code, name, subject, body in TEMPLATES:
        template.objects.get_or_create(
            code=code,
            channel="EMAIL",
            defaults={"name": name, "kind": "COURTESY", "subject": subject, "body": body + FOOT},
        )


class Migration(migrations.Migration):
    dependencies = [("comms", "0007_the_end_asks_for_a_rating")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
