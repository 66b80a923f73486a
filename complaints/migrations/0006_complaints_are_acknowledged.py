"""The acknowledgement of a complaint, in the words with which an installation begins (CMP4)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BODY = """Dear {{ consumer_name }},

We received your complaint "{{ complaint }}". Its reference number is {{ number }}.

What comes next: we look into it and tell you what we decide within {{ answer_within }}. There is
nothing that you need to do.

You can see at any time where it stands: {{ tracking_url }}

Questions? Call {{ utility_phone }} and have the number {{ number }} ready.

{{ utility_name }}
"""


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("comms", "Template").objects.get_or_create(
        code="complaint.received",
        channel="EMAIL",
        defaults={
            "name": "Complaint received",
            "kind": "COURTESY",
            "subject": "We received your complaint {{ number }}",
            "body": BODY,
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0005_strangers_are_found_by_ten_digits"),
        ("comms", "0005_default_templates"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
