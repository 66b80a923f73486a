"""The default reasons (ADM1) and the five two-hour slots of a day (decisions.md, G8)."""

from datetime import time

from django.db import migrations

REASONS = [
    # type, code, label, description, priority, usual permanence
    (
        "DISCONNECTION",
        "NP-001",
        "Non-payment of bills",
        "Customer has outstanding balance exceeding 90 days",
        "HIGH",
        "PERMANENT",
    ),
    (
        "DISCONNECTION",
        "CR-001",
        "Customer request",
        "Customer asks for the service to be ended",
        "MEDIUM",
        "PERMANENT",
    ),
    (
        "DISCONNECTION",
        "SF-001",
        "Safety concerns",
        "Danger to people or property at the premise",
        "CRITICAL",
        "TEMPORARY",
    ),
    (
        "DISCONNECTION",
        "MT-001",
        "Meter tampering",
        "Meter or seal was interfered with",
        "HIGH",
        "TEMPORARY",
    ),
    (
        "RECONNECTION",
        "RC-001",
        "Bills settled",
        "Outstanding balance was paid or arranged",
        "HIGH",
        "PERMANENT",
    ),
    (
        "RECONNECTION",
        "RC-002",
        "Customer request",
        "Customer asks for the service to be restored",
        "MEDIUM",
        "PERMANENT",
    ),
    (
        "RECONNECTION",
        "RC-003",
        "Safety concern resolved",
        "The danger at the premise is over",
        "HIGH",
        "PERMANENT",
    ),
]


def add(apps, schema_editor):
    Reason = apps.get_model("disconnections", "Reason")
    for kind, code, label, description, priority, permanence in REASONS:
        Reason.objects.create(
            kind=kind,
            code=code,
            label=label,
            description=description,
            priority=priority,
            permanence=permanence,
        )
    TimeSlot = apps.get_model("disconnections", "TimeSlot")
    for hour in (8, 10, 12, 14, 16):
        TimeSlot.objects.create(starts=time(hour), ends=time(hour + 2), capacity=4)


class Migration(migrations.Migration):
    dependencies = [("disconnections", "0002_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
