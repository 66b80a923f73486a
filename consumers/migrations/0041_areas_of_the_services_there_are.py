"""Give every service connection that was there before the area of its premise.

Nobody who reads waits for it. It can be repeated.
"""

from django.db import migrations

FORWARD = """
UPDATE consumers_serviceconnection s SET area = p.area
  FROM consumers_premise p
 WHERE p.id = s.premise_id AND p.area <> s.area
"""


class Migration(migrations.Migration):
    dependencies = [("consumers", "0040_services_know_their_area")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
