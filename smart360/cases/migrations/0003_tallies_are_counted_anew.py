"""Count every case anew: at the start, after a load, and when the utility's time zone changes.

A trigger, so that no way of changing the zone can forget it. The row of the utility is locked, and
whoever folds shares that lock, so that no change is folded by the old zone afterwards. Cases and
changes not yet folded are read in one statement, that is, at one moment: a change is either counted
with its case and gone, or neither. It runs with the owner's rights, so that nothing else needs to remove a tally.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION cases_rebuild_tallies() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    zone text;
BEGIN
    SELECT u.time_zone INTO STRICT zone
      FROM organisation_utility u WHERE u.id = 1 FOR NO KEY UPDATE;
    DELETE FROM cases_tally;
    WITH counted AS (DELETE FROM cases_tallychange)
    INSERT INTO cases_tally (standing, kind, topic, day, count, seconds, missed)
    SELECT CASE WHEN c.ended_at IS NULL THEN 'OPEN' ELSE c.status END, c.kind, c.topic,
           (coalesce(c.ended_at, c.created_at) AT TIME ZONE zone)::date, count(*),
           coalesce(sum(round(extract(epoch FROM c.resolution_time)))
                    FILTER (WHERE c.ended_at IS NOT NULL), 0),
           count(*) FILTER (WHERE c.ended_at IS NOT NULL AND c.breaches_at IS NOT NULL)
      FROM cases_case c GROUP BY 1, 2, 3, 4
     UNION ALL
    SELECT 'LATE', c.kind, c.topic, (c.breaches_at AT TIME ZONE zone)::date, count(*), 0, 0
      FROM cases_case c
     WHERE c.kind = 'COMPLAINT' AND c.ended_at IS NULL AND c.breaches_at IS NOT NULL
     GROUP BY 1, 2, 3, 4;
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

# Lets the planner know which kinds, statuses and priorities go together, and which never do. Without
# it a filter on two that exclude each other is thought to find something soon, and reads all open
# cases in the order of the list.
GO_TOGETHER = (
    "CREATE STATISTICS cases_go_together (mcv) ON kind, status, priority FROM cases_case"
)


class Migration(migrations.Migration):
    replaces = [
        ("cases", "0007_tallies_are_rebuilt"),
        ("cases", "0008_tally_what_there_is"),
        ("cases", "0010_kinds_go_with_statuses"),
        ("cases", "0013_only_the_rebuild_removes_tallies"),
        ("cases", "0024_tallies_count_by_topic"),
    ]

    dependencies = [
        ("cases", "0002_calendars_move_cases"),
        ("organisation", "0001_tables"),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunSQL(GO_TOGETHER, "DROP STATISTICS cases_go_together"),
    ]
