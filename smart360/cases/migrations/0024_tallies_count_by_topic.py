"""Count all cases anew by topic, with their time and what missed its targets."""

from django.db import migrations

REBUILD = """
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
AS_IT_WAS = """
CREATE OR REPLACE FUNCTION cases_rebuild_tallies() RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0023_cases_know_their_topic")]
    operations = [
        migrations.RunSQL(REBUILD, AS_IT_WAS),
        migrations.RunSQL("SELECT cases_rebuild_tallies()", migrations.RunSQL.noop),
    ]
