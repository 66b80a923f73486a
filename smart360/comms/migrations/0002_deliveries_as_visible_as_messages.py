"""An internal message can have no delivery: the delivery carries the message's visibility (N4)."""

from django.db import migrations

ADD = """
ALTER TABLE comms_delivery ADD CONSTRAINT a_delivery_is_as_visible_as_its_message
    FOREIGN KEY (message_id, visibility) REFERENCES comms_message (id, visibility);
"""
REMOVE = "ALTER TABLE comms_delivery DROP CONSTRAINT a_delivery_is_as_visible_as_its_message;"


class Migration(migrations.Migration):
    replaces = [
        ("comms", "0004_deliveries_keep_their_message_visible"),
    ]

    dependencies = [
        ("comms", "0001_tables"),
    ]

    operations = [migrations.RunSQL(ADD, REMOVE)]
