"""Counting everything anew fills the tally by the quarter of an hour, too.

What it takes out of the changes is taken off beforehand, because the trigger of what is taken out
adds it: all of it in one statement, at one moment.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION cases_rebuild_tallies() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    zone text;
BEGIN
    SELECT u.time_zone INTO STRICT zone
      FROM organisation_utility u WHERE u.id = 1 FOR NO KEY UPDATE;
    DELETE FROM cases_tally;
    DELETE FROM cases_latetally;
    WITH counted AS (
        DELETE FROM cases_tallychange RETURNING standing, kind, topic, counts_at, change
    ), late AS (
        INSERT INTO cases_latetally (kind, topic, quarter_at, count)
        SELECT kind, topic, quarter_at, sum(n) FROM (
            SELECT c.kind, c.topic, date_bin('15 minutes', c.breaches_at, '1970-01-01 00:00+00') AS quarter_at,
                   1 AS n
              FROM cases_case c
             WHERE c.kind = 'COMPLAINT' AND c.ended_at IS NULL AND c.breaches_at IS NOT NULL
             UNION ALL
            SELECT kind, topic, date_bin('15 minutes', counts_at, '1970-01-01 00:00+00'), -change
              FROM counted WHERE standing = 'LATE'
        ) AS together GROUP BY 1, 2, 3 HAVING sum(n) <> 0
    )
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
"""
BACK = """
CREATE OR REPLACE FUNCTION cases_rebuild_tallies() RETURNS void LANGUAGE plpgsql
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
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0035_late_by_the_quarter")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
