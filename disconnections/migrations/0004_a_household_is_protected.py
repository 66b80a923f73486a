"""The register knows more than medical certificates (BEY11): the rule says no more than it knows.

Words that an administrator has chosen stay. In SQL, so that no model has to be drawn for it.
"""

from django.db import migrations

REWORD = """
UPDATE disconnections_protectionrule SET name = 'Protected household'
 WHERE code = 'MEDICAL' AND name = 'Life support or medical';
UPDATE disconnections_protectionrule
   SET sentence = 'A protection of the household stands until {{ until }}'
 WHERE code = 'MEDICAL' AND sentence = 'A medical certificate stands until {{ until }}';
"""


class Migration(migrations.Migration):
    dependencies = [("disconnections", "0003_what_an_erasure_may_change")]
    operations = [migrations.RunSQL(REWORD, migrations.RunSQL.noop)]
