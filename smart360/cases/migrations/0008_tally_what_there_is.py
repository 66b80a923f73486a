"""Count the cases that were there before there were tallies."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_tallies_are_rebuilt")]
    operations = [
        migrations.RunSQL(
            "SELECT cases_rebuild_tallies()", migrations.RunSQL.noop
        )
    ]
