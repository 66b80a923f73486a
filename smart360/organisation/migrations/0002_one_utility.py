"""The one utility, with neutral values until an administrator fills in the settings page."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_utility(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("organisation", "Utility").objects.get_or_create(
        pk=1,
        defaults={
            "name": "Your utility",
            "phone": "(555) 555-0100",
            "email": "service@example.com",
            "emergency_phone": "911",
            "business_hours": "Monday to Friday, 8:00 AM – 5:00 PM",
            "time_zone": "America/Chicago",
        },
    )

class Migration(migrations.Migration):
    replaces = [
        ("organisation", "0001_initial"),
        ("organisation", "0003_the_utility"),
    ]

    dependencies = [
        ("organisation", "0001_tables"),
    ]

    operations = [migrations.RunPython(add_utility, migrations.RunPython.noop)]
