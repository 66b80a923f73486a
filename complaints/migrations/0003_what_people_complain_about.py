"""The categories that the documents name (002), with what people complain about most, and the
acknowledgement of a complaint (CMP4).
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CATEGORIES = [
    # code, name, priority, about staff, about bills, {sub-category: complaint names}
    (
        "billing", "Billing", "HIGH", False, True,
        {
            "Meter reading": ["Reading differs from meter", "Estimated for several months"],
            "Bill amount": ["Bill is too high", "Charged twice", "Wrong tariff"],
            "Payment": ["Payment not credited", "Refund not received"],
        },
    ),
    (
        "service-quality", "Service Quality", "HIGH", False, False,
        {
            "Supply": ["Frequent interruptions", "Low voltage", "Low water pressure"],
            "Water quality": ["Discoloured water", "Smell or taste"],
            "Response": ["Visit missed", "No answer to a request"],
        },
    ),
    (
        "technical-issue", "Technical Issue", "CRITICAL", False, False,
        {
            "Meter": ["Meter does not run", "Meter runs too fast", "Display is blank"],
            "Network": ["Leak", "Damaged cable or pole", "Sparks or smell of gas"],
        },
    ),
    (
        "staff-behavior", "Staff Behavior", "MEDIUM", True, False,
        {
            "Conduct": ["Rude or disrespectful", "Asked for money", "Entered without permission"],
            "Work": ["Left the place dirty or damaged", "Did not identify themselves"],
        },
    ),
]  # fmt: skip

BODY = """Dear {{ consumer_name }},

We received your complaint "{{ complaint }}". Its reference number is {{ number }}.

What comes next: we look into it and tell you what we decide within {{ answer_within }}. There is
nothing that you need to do.

You can see at any time where it stands: {{ tracking_url }}

Questions? Call {{ utility_phone }} and have the number {{ number }} ready.

{{ utility_name }}
"""


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ComplaintCategory = apps.get_model("complaints", "ComplaintCategory")
    ComplaintSubcategory = apps.get_model("complaints", "ComplaintSubcategory")
    ComplaintName = apps.get_model("complaints", "ComplaintName")
    for code, name, priority, about_staff, about_bills, parts in CATEGORIES:
        category = ComplaintCategory.objects.create(
            code=code,
            name=name,
            priority=priority,
            is_about_staff=about_staff,
            is_about_bills=about_bills,
        )
        for part, names in parts.items():
            subcategory = ComplaintSubcategory.objects.create(category=category, name=part)
            for each in names:
                ComplaintName.objects.create(subcategory=subcategory, name=each)
    apps.get_model("complaints", "ComplaintSettings").objects.create(id=1)
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
    replaces = [
        ("complaints", "0001_initial"),
        ("complaints", "0006_complaints_are_acknowledged"),
    ]

    dependencies = [
        ("comms", "0003_wordings"),
        ("complaints", "0002_complaints"),
    ]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
