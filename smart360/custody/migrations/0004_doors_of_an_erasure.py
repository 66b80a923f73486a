"""Whether a change of a row that stays as it is blanks a person's words and nothing else.

The triggers that keep such rows ask it when a transaction says that it erases. What stands instead
is one of few words, or a link that leads nowhere.
"""

from django.db import migrations

ERASES = """
CREATE FUNCTION smart360_erases(consumer bigint, was jsonb, becomes jsonb, blanks text[])
RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT was - blanks = becomes - blanks
       AND EXISTS (SELECT 1 FROM custody_privacyact a
                    WHERE a.consumer_id = consumer AND a.state = 'ERASED'
                      AND a.in_transaction = pg_current_xact_id()::text::bigint)
       AND NOT EXISTS (
           SELECT 1 FROM unnest(blanks) AS b (name)
            WHERE becomes -> b.name IS DISTINCT FROM was -> b.name
              AND becomes ->> b.name NOT IN
                  ('', 'Erased consumer', 'These words were erased.', 'Erased')
              AND becomes ->> b.name !~ '^erased-[0-9a-f]{32}$')
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0038_what_an_erasure_may_change"),
        ("complaints", "0012_what_an_erasure_may_change"),
        ("consumers", "0029_what_an_erasure_may_change"),
        ("custody", "0003_what_only_privacy_changes"),
        ("disconnections", "0003_what_an_erasure_may_change"),
        ("fieldwork", "0003_what_an_erasure_may_change"),
        ("trail", "0024_what_an_erasure_may_change"),
    ]
    operations = [
        migrations.RunSQL(
            ERASES, "DROP FUNCTION smart360_erases(bigint, jsonb, jsonb, text[])"
        )
    ]
