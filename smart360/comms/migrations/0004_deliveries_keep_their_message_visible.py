"""An internal message can have no delivery: the delivery carries the message's visibility (N4)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("comms", "0003_guard_deliveries_and_notices")]

    operations = [
        migrations.RunSQL(
            sql="""
            ALTER TABLE comms_delivery ADD CONSTRAINT a_delivery_is_as_visible_as_its_message
                FOREIGN KEY (message_id, visibility) REFERENCES comms_message (id, visibility)
                NOT VALID
            """,
            reverse_sql="""
            ALTER TABLE comms_delivery DROP CONSTRAINT a_delivery_is_as_visible_as_its_message
            """,
        ),
        migrations.RunSQL(
            sql="""
            ALTER TABLE comms_delivery VALIDATE CONSTRAINT a_delivery_is_as_visible_as_its_message
            """,
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
