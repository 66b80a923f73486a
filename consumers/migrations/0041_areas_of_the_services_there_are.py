"""Give every service connection that was there before the area of its premise, in stretches.

It can be repeated. The premises of a stretch are held before its services, as whoever corrects an
address holds them.
"""

from django.db import migrations

SOME = """
WITH stretch AS (
    SELECT s.id, p.area FROM consumers_serviceconnection s
      JOIN consumers_premise p ON p.id = s.premise_id
     WHERE s.id > %s ORDER BY s.id LIMIT 5000 FOR SHARE OF p
), given AS (
    UPDATE consumers_serviceconnection s SET area = stretch.area FROM stretch
     WHERE s.id = stretch.id AND s.area <> stretch.area
)
SELECT max(id) FROM stretch
"""


def give(apps, schema_editor):
    """Each stretch is a transaction of its own: nobody waits for long."""
    with schema_editor.connection.cursor() as cursor:
        last = 0
        while last is not None:
            cursor.execute(SOME, [last])
            (last,) = cursor.fetchone()


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("consumers", "0040_services_know_their_area")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
