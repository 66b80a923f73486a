"""What is promised unless an administrator says otherwise (SLA1), why a case may wait, and how a
consumer learns that a decision is pending, and what it was (COM3).

Those two wordings are statutory: they go whatever the notify box says.
"""

from datetime import UTC, datetime

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
HOLD_REASONS = [
    # code, label, waits for, pauses the resolution clock
    ("WAITING_CONSUMER", "Waiting for consumer", "CONSUMER", True),
    ("WAITING_DATE", "Waiting for the scheduled date", "SCHEDULED_DATE", True),
    ("WAITING_FIELD", "Waiting for field work", "FIELD", False),
    ("WAITING_US", "Waiting for another department", "US", False),
    ("WAITING_OTHER", "Other", "OTHER", False),
]
# The pause between the end of a case and its being taken up again: nobody chooses it.
ENDED_MEANWHILE = "ENDED_MEANWHILE"

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
    policy = apps.get_model("cases", "SlaPolicy")
    for kind in ("DISCONNECTION", "RECONNECTION", "COMPLAINT"):
        policy.objects.create(kind=kind, valid_from=BEGINNING)
    hold_reason = apps.get_model("cases", "HoldReason")
    for code, label, waits_for, pauses in HOLD_REASONS:
        hold_reason.objects.create(code=code, label=label, waits_for=waits_for, pauses=pauses)
    hold_reason.objects.create(
        code=ENDED_MEANWHILE,
        label="Had ended and was reopened",
        waits_for="OTHER",
        pauses=True,
        is_active=False,
    )
    template = apps.get_model("comms", "Template")
    for code, name, subject, body in TEMPLATES:
        template.objects.get_or_create(
            code=code,
            channel="EMAIL",
            defaults={"name": name, "kind": "STATUTORY", "subject": subject, "body": body + FOOT},
        )


class Migration(migrations.Migration):
    replaces = [
        ("cases", "0001_initial"),
        ("cases", "0003_default_policies"),
        ("cases", "0015_templates_of_approvals"),
        ("cases", "0021_pause_of_what_is_reopened"),
        ("cases", "0026_who_decides_may_approve"),
    ]

    dependencies = [
        ("cases", "0003_tallies_are_counted_anew"),
        ("comms", "0003_wordings"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
