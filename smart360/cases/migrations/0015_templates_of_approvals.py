"""The wordings by which a consumer learns that a decision is pending, and what it was (COM3).

They are statutory: they go whatever the notify box says.
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
        "request.approval_asked",
        "Approval asked for",
        "Your request {{ number }} waits for a decision",
        """Dear {{ consumer_name }},

Your request {{ number }} needs the approval of a supervisor. Until that is decided nothing is
switched off or on. We write to you when it is.
""",
    ),
    (
        "request.approval_decided",
        "Approval decided",
        "A decision on your request {{ number }}",
        """Dear {{ consumer_name }},

A supervisor has looked at your request {{ number }}. The decision: {{ decision }}.
""",
    ),
)


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    template = apps.get_model("comms", "Template")
    for code, name, subject, body in TEMPLATES:
        template.objects.get_or_create(
            code=code,
            channel="EMAIL",
            defaults={"name": name, "kind": "STATUTORY", "subject": subject, "body": body + FOOT},
        )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_approvals_are_decided_once"),
        ("comms", "0005_default_templates"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
