"""A changed calendar owes the recomputation of the cases whose clocks it moves (design.md §4).

A trigger, so that no way of changing a calendar can forget it. One piece of work per calendar and
transaction.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION cases_owe_recomputation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    calendar bigint := CASE TG_TABLE_NAME
        WHEN 'organisation_businesscalendar' THEN (to_jsonb(coalesce(NEW, OLD)) ->> 'id')::bigint
        ELSE (to_jsonb(coalesce(NEW, OLD)) ->> 'calendar_id')::bigint END;
BEGIN
    INSERT INTO owed_owedwork (queue, kind, dedupe_key, about, state, attempts, owed_at, next_at, last_error)
    VALUES ('DEFAULT', 'cases.recompute_calendar',
            format('calendar:%s:%s', calendar, pg_current_xact_id()),
            jsonb_build_object('calendar', calendar), 'WAITING', 0, now(), now(), '')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER calendar_change_is_owed AFTER UPDATE ON organisation_businesscalendar
    FOR EACH ROW EXECUTE FUNCTION cases_owe_recomputation();
CREATE TRIGGER hours_change_is_owed AFTER INSERT OR UPDATE OR DELETE ON organisation_businesshours
    FOR EACH ROW EXECUTE FUNCTION cases_owe_recomputation();
CREATE TRIGGER holiday_change_is_owed AFTER INSERT OR UPDATE OR DELETE ON organisation_holiday
    FOR EACH ROW EXECUTE FUNCTION cases_owe_recomputation();
"""
BACK = """
DROP TRIGGER calendar_change_is_owed ON organisation_businesscalendar;
DROP TRIGGER hours_change_is_owed ON organisation_businesshours;
DROP TRIGGER holiday_change_is_owed ON organisation_holiday;
DROP FUNCTION cases_owe_recomputation();
"""

class Migration(migrations.Migration):
    replaces = [
        ("cases", "0004_calendar_changes_are_owed"),
    ]

    dependencies = [
        ("cases", "0001_tables"),
        ("organisation", "0001_tables"),
        ("owed", "0001_tables"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACK)]
