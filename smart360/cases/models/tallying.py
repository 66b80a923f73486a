"""The trigger that tells the tallies of each change of a case (queries/tallies.py)."""

import pgtrigger

ARE_TALLIED = pgtrigger.Trigger(
    name="cases_are_tallied",
    when=pgtrigger.After,
    operation=pgtrigger.Insert
    | pgtrigger.UpdateOf("status", "ended_at", "breaches_at", "resolution_time"),
    declare=[
        ("old_standing", "text"),
        ("new_standing", "text"),
        ("old_seconds", "bigint := 0"),
        ("new_seconds", "bigint := 0"),
        ("old_missed", "smallint := 0"),
        ("new_missed", "smallint := 0"),
        ("old_late", "timestamptz"),
        ("new_late", "timestamptz"),
    ],
    func=pgtrigger.Func(
        """
        new_standing := CASE WHEN NEW.ended_at IS NULL THEN 'OPEN' ELSE NEW.status END;
        IF NEW.ended_at IS NOT NULL THEN
            new_seconds := coalesce(round(extract(epoch FROM NEW.resolution_time)), 0);
            new_missed := (NEW.breaches_at IS NOT NULL)::int;
        ELSIF NEW.kind = 'COMPLAINT' THEN
            new_late := NEW.breaches_at;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            old_standing := CASE WHEN OLD.ended_at IS NULL THEN 'OPEN' ELSE OLD.status END;
            IF OLD.ended_at IS NOT NULL THEN
                old_seconds := coalesce(round(extract(epoch FROM OLD.resolution_time)), 0);
                old_missed := (OLD.breaches_at IS NOT NULL)::int;
            ELSIF OLD.kind = 'COMPLAINT' THEN
                old_late := OLD.breaches_at;
            END IF;
        END IF;
        IF TG_OP = 'INSERT' OR (old_standing, OLD.ended_at, old_seconds, old_missed)
           IS DISTINCT FROM (new_standing, NEW.ended_at, new_seconds, new_missed)
        THEN
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO cases_tallychange
                       (standing, kind, topic, counts_at, change, seconds, missed)
                VALUES (old_standing, OLD.kind, OLD.topic,
                        coalesce(OLD.ended_at, OLD.created_at), -1, -old_seconds, -old_missed);
            END IF;
            INSERT INTO cases_tallychange
                   (standing, kind, topic, counts_at, change, seconds, missed)
            VALUES (new_standing, NEW.kind, NEW.topic,
                    coalesce(NEW.ended_at, NEW.created_at), 1, new_seconds, new_missed);
        END IF;
        IF old_late IS DISTINCT FROM new_late THEN
            INSERT INTO cases_tallychange (standing, kind, topic, counts_at, change)
            SELECT 'LATE', NEW.kind, NEW.topic, late.moment, late.change
              FROM (VALUES (old_late, -1), (new_late, 1)) AS late (moment, change)
             WHERE late.moment IS NOT NULL;
        END IF;
        RETURN NULL;
        """
    ),
)
