"""Count every case anew: at the start, after a load, and when the utility's time zone changes.

A trigger, so that no way of changing the zone can forget it. The row of the utility is locked, and
whoever folds shares that lock, so that no change is folded by the old zone afterwards. Cases and
changes not yet folded are read in one statement, that is, at one moment: a change is either counted
with its case and gone, or neither.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION cases_rebuild_tallies() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    zone text;
BEGIN
    SELECT u.time_zone INTO STRICT zone
      FROM organisation_utility u WHERE u.id = 1 FOR NO KEY UPDATE;
    DELETE FROM cases_tally;
    WITH counted AS (DELETE FROM cases_tallychange)
    INSERT INTO cases_tally (standing, kind, day, count)
    SELECT CASE WHEN c.ended_at IS NULL THEN 'OPEN' ELSE c.status END, c.kind,
           (coalesce(c.ended_at, c.created_at) AT TIME ZONE zone)::date, count(*)
      FROM cases_case c GROUP BY 1, 2, 3;
END $$;
CREATE FUNCTION cases_zone_has_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cases_rebuild_tallies();
    RETURN NULL;
END $$;
CREATE TRIGGER zone_change_rebuilds_tallies AFTER UPDATE OF time_zone ON organisation_utility
    FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone)
    EXECUTE FUNCTION cases_zone_has_changed();
"""
BACK = """
DROP TRIGGER zone_change_rebuilds_tallies ON organisation_utility;
DROP FUNCTION cases_zone_has_changed();
DROP FUNCTION cases_rebuild_tallies();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_cases_are_tallied"),
        ("organisation", "0003_the_utility"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACK)]
