"""Count all cases anew with the owner's rights, so that nothing else needs to remove a tally."""

from django.db import migrations

FORWARD = """
ALTER FUNCTION cases_rebuild_tallies() SECURITY DEFINER SET search_path = public, pg_temp;
"""
BACK = "ALTER FUNCTION cases_rebuild_tallies() SECURITY INVOKER RESET search_path;"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_ended_cases_keep_their_times"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACK)]
