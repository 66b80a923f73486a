"""Tally by the quarter of an hour what of the complaints that there are is late, or will be.

The row of the utility is locked, as whoever folds does: no change is folded meanwhile.
"""

from django.db import migrations

FORWARD = """
SELECT 1 FROM organisation_utility WHERE id = 1 FOR NO KEY UPDATE;
DELETE FROM cases_latetally;
INSERT INTO cases_latetally (kind, topic, quarter_at, count)
SELECT kind, topic, quarter_at, sum(n) FROM (
    SELECT c.kind, c.topic, date_bin('15 minutes', c.breaches_at, '1970-01-01 00:00+00') AS quarter_at, 1 AS n
      FROM cases_case c
     WHERE c.kind = 'COMPLAINT' AND c.ended_at IS NULL AND c.breaches_at IS NOT NULL
     UNION ALL
    SELECT kind, topic, date_bin('15 minutes', counts_at, '1970-01-01 00:00+00'), -change
      FROM cases_tallychange WHERE standing = 'LATE'
) AS together GROUP BY 1, 2, 3 HAVING sum(n) <> 0;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0036_late_is_counted_anew_too")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
