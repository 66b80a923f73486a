"""What is promised unless an administrator says otherwise (SLA1), and why a case may wait."""

from datetime import UTC, datetime

from django.db import migrations

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
HOLD_REASONS = [
    # code, label, waits for, pauses the resolution clock
    ("WAITING_CONSUMER", "Waiting for consumer", "CONSUMER", True),
    ("WAITING_DATE", "Waiting for the scheduled date", "SCHEDULED_DATE", True),
    ("WAITING_FIELD", "Waiting for field work", "FIELD", False),
    ("WAITING_US", "Waiting for another department", "US", False),
    ("WAITING_OTHER", "Other", "OTHER", False),
]


def add(apps, schema_editor):
    SlaPolicy = apps.get_model("cases", "SlaPolicy")
    for kind in ("DISCONNECTION", "RECONNECTION", "COMPLAINT"):
        SlaPolicy.objects.create(kind=kind, valid_from=BEGINNING)
    HoldReason = apps.get_model("cases", "HoldReason")
    for code, label, waits_for, pauses in HOLD_REASONS:
        HoldReason.objects.create(code=code, label=label, waits_for=waits_for, pauses=pauses)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
