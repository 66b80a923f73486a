"""The wordings in which a consumer hears of a visit; courtesies (COM3)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FOOT = """
Questions? Call {{ utility_phone }} and have the number {{ number }} ready.

{{ utility_name }}
"""
TEMPLATES = (
    (
        "visit.scheduled",
        "Visit scheduled",
        "Your visit for {{ number }} is scheduled",
        """Dear {{ consumer_name }},

Somebody comes to {{ service_address }} for your account {{ account_number }}.

Work: {{ work }}
When: {{ visit }}
""",
    ),
    (
        "visit.moved",
        "Visit moved",
        "Your visit for {{ number }} has moved",
        """Dear {{ consumer_name }},

The visit to {{ service_address }} for your account {{ account_number }} has moved.

Work: {{ work }}
When now: {{ visit }}
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
    dependencies = [
        ("fieldwork", "0002_default_order_types"),
        ("comms", "0005_default_templates"),
    ]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
