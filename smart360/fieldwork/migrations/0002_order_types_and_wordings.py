"""The default service order types and skills (SO1, ADM1), and how a consumer hears of a visit (COM3)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SKILLS = ("Electricity", "Water", "Gas")
TYPES = [
    # code, name, description, type, utilities, skill, minutes, priority
    ("DIS-E", "Disconnect electricity", "Switch off, read and seal or remove the meter",
     "DISCONNECTION", ["ELECTRICITY"], "Electricity", 45, "HIGH"),
    ("DIS-W", "Disconnect water", "Close the stop valve, read and seal or remove the meter",
     "DISCONNECTION", ["WATER"], "Water", 45, "HIGH"),
    ("DIS-G", "Disconnect gas", "Close and lock the valve, read and seal or remove the meter",
     "DISCONNECTION", ["GAS"], "Gas", 60, "HIGH"),
    ("DIS-A", "Disconnect all services", "Switch off every service named, read and seal the meters",
     "DISCONNECTION", [], None, 90, "HIGH"),
    ("REC-E", "Reconnect electricity", "Find or fit the meter, read it and switch on",
     "RECONNECTION", ["ELECTRICITY"], "Electricity", 45, "HIGH"),
    ("REC-W", "Reconnect water", "Find or fit the meter, read it and open the valve",
     "RECONNECTION", ["WATER"], "Water", 45, "HIGH"),
    ("REC-G", "Reconnect gas", "Find or fit the meter, read it, test for leaks and open the valve",
     "RECONNECTION", ["GAS"], "Gas", 90, "HIGH"),
    ("REC-A", "Reconnect all services", "Find or fit the meters, read them and switch on",
     "RECONNECTION", [], None, 90, "HIGH"),
    ("TRF-1", "Transfer", "Read the meters when one occupier follows another",
     "TRANSFER", [], None, 30, "MEDIUM"),
    ("MRD-1", "Meter reading", "Read the meter on the spot",
     "METER_READING", [], None, 20, "LOW"),
    ("MNT-1", "Maintenance", "Planned maintenance of meter and connection",
     "MAINTENANCE", [], None, 60, "LOW"),
    ("RPR-1", "Repair", "Repair the meter or the connection",
     "REPAIR", [], None, 90, "HIGH"),
    ("INS-1", "Inspection", "Inspect the meter and the connection",
     "INSPECTION", [], None, 45, "MEDIUM"),
    ("INL-1", "Installation", "Install a meter",
     "INSTALLATION", [], None, 120, "MEDIUM"),
]  # fmt: skip

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
    Skill = apps.get_model("fieldwork", "Skill")
    OrderTemplate = apps.get_model("fieldwork", "OrderTemplate")
    skills = {name: Skill.objects.create(name=name) for name in SKILLS}
    for code, name, description, kind, utilities, skill, minutes, priority in TYPES:
        OrderTemplate.objects.create(
            code=code,
            name=name,
            description=description,
            kind=kind,
            utility_types=utilities,
            skill=skills[skill] if skill else None,
            estimated_minutes=minutes,
            priority=priority,
        )
    template = apps.get_model("comms", "Template")
    for code, name, subject, body in TEMPLATES:
        template.objects.get_or_create(
            code=code,
            channel="EMAIL",
            defaults={"name": name, "kind": "COURTESY", "subject": subject, "body": body + FOOT},
        )


class Migration(migrations.Migration):
    replaces = [
        ("fieldwork", "0001_initial"),
        ("fieldwork", "0002_default_order_types"),
        ("fieldwork", "0003_visits_are_told"),
        ("fieldwork", "0005_orders_begin_at_their_beginning"),
    ]

    dependencies = [
        ("comms", "0003_wordings"),
        ("fieldwork", "0001_tables"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
