"""Meters that are taken down need somewhere to go."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consumers", "0009_meters_in_warehouses_say_which")]
    operations = [
        migrations.RunSQL(
            "INSERT INTO consumers_warehouse (name, is_active) VALUES ('Main warehouse', true)",
            "DELETE FROM consumers_warehouse",
        ),
    ]
