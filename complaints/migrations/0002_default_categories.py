"""The categories that the documents name (002), with what people complain about most."""

from django.db import migrations

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


def add(apps, schema_editor):
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


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
