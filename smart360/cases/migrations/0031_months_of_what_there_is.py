"""Add up the days that there are to their months.

The row of the utility is locked, as whoever folds does: no day changes meanwhile.
"""

from django.db import migrations

FORWARD = """
SELECT 1 FROM organisation_utility WHERE id = 1 FOR NO KEY UPDATE;
DELETE FROM cases_monthtally;
INSERT INTO cases_monthtally (standing, kind, topic, month, count, seconds, missed)
SELECT standing, kind, topic, date_trunc('month', day::timestamp)::date,
       sum(count), sum(seconds), sum(missed)
  FROM cases_tally GROUP BY 1, 2, 3, 4;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0030_days_of_one_standing")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
