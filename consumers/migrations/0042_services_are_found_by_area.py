"""The accounts of an area are found by their services.

Before it the table is tidied and counted: until then the planner does not know that there are
areas, and four filters at once took 508 ms instead of 65 at 1,000,000 accounts.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('consumers', '0041_areas_of_the_services_there_are'),
    ]

    operations = [
        migrations.RunSQL("VACUUM (ANALYZE) consumers_serviceconnection", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name='serviceconnection',
            index=models.Index(fields=['area', 'consumer'], name='connection_by_area_consumer'),
        ),
    ]
