"""The wordings with which an installation begins; administrators change them (COM2).

Whoever complained learns by them what becomes of it (CMP5).
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
        "request.received",
        "Request received",
        "We received your request {{ number }}",
        """Dear {{ consumer_name }},

We received your {{ request_type }} request. Its number is {{ number }}.

Reason: {{ reason }}
Preferred date and time: {{ preferred }}

You can follow it at any time: {{ tracking_url }}
""",
    ),
    (
        "request.acknowledged",
        "Request acknowledged",
        "Work on your request {{ number }} has begun",
        """Dear {{ consumer_name }},

We are now working on your request {{ number }}. There is nothing that you need to do.
""",
    ),
    (
        "request.on_hold",
        "Request on hold",
        "Your request {{ number }} is on hold",
        """Dear {{ consumer_name }},

Your request {{ number }} is on hold.

Reason: {{ hold_reason }}
We go on by {{ resume_by }} at the latest.
""",
    ),
    (
        "request.completed",
        "Request completed",
        "Your request {{ number }} is completed",
        """Dear {{ consumer_name }},

Your request {{ number }} is completed.
""",
    ),
    (
        "request.closed",
        "Request closed",
        "Your request {{ number }} is closed",
        """Dear {{ consumer_name }},

Your request {{ number }} is closed.

Reason: {{ closing_reason }}
""",
    ),
    (
        "complaint.acknowledged",
        "Complaint acknowledged",
        "Work on your complaint {{ number }} has begun",
        """Dear {{ consumer_name }},

We are now looking into your complaint {{ number }}: {{ complaint }}. There is nothing that you
need to do.
""",
    ),
    (
        "complaint.on_hold",
        "Complaint on hold",
        "Your complaint {{ number }} is on hold",
        """Dear {{ consumer_name }},

Your complaint {{ number }} is on hold.

Reason: {{ hold_reason }}
We go on by {{ resume_by }} at the latest.
""",
    ),
    (
        "complaint.resolved",
        "Complaint resolved",
        "Your complaint {{ number }} is resolved",
        """Dear {{ consumer_name }},

Your complaint {{ number }} is resolved: {{ complaint }}.

What we did: {{ resolution }}
""",
    ),
    (
        "complaint.rejected",
        "Complaint rejected",
        "A decision on your complaint {{ number }}",
        """Dear {{ consumer_name }},

We have looked into your complaint {{ number }}: {{ complaint }}. We cannot follow it.

The reason: {{ resolution }}
""",
    ),
    (
        "complaint.reopened",
        "Complaint reopened",
        "We are looking into your complaint {{ number }} again",
        """Dear {{ consumer_name }},

We have taken your complaint {{ number }} up again: {{ complaint }}.
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
    replaces = [
        ("comms", "0001_initial"),
        ("comms", "0005_default_templates"),
        ("comms", "0006_complaints_are_told"),
    ]

    dependencies = [
        ("comms", "0002_deliveries_as_visible_as_messages"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
