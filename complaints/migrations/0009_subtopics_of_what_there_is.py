"""Give the cases of the complaints that there are their sub-category, some thousand at a time."""

from django.db import migrations

SOME = """
WITH stretch AS (
    SELECT p.case_id, n.subcategory_id FROM complaints_complaint p
      JOIN complaints_complaintname n ON n.id = p.name_id
     WHERE p.case_id > %s ORDER BY p.case_id LIMIT 5000
), given AS (
    UPDATE cases_case c SET subtopic = stretch.subcategory_id FROM stretch
     WHERE c.id = stretch.case_id AND c.subtopic IS NULL
)
SELECT max(case_id) FROM stretch
"""


def give(apps, schema_editor):
    """Each stretch is a transaction of its own: nobody waits for long."""
    with schema_editor.connection.cursor() as cursor:
        last = 0
        while last is not None:
            cursor.execute(SOME, [last])
            (last,) = cursor.fetchone()


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("complaints", "0008_complaints_give_their_subtopic")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
