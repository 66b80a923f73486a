"""Give figures to every account that has none: those that were there before, and those of a load.

Nobody who reads waits for it, and of those who post only who posts an account's first entry in the
same seconds. It can be repeated.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION consumers_every_account_has_figures() RETURNS void LANGUAGE sql AS $$
    INSERT INTO consumers_consumerfigures (consumer_id, balance, deposit)
    SELECT c.id, 0, 0 FROM consumers_consumer c
     WHERE NOT EXISTS (SELECT 1 FROM consumers_consumerfigures f WHERE f.consumer_id = c.id)
    ON CONFLICT DO NOTHING
$$;
SELECT consumers_every_account_has_figures();
"""
BACK = "DROP FUNCTION consumers_every_account_has_figures();"


class Migration(migrations.Migration):
    dependencies = [("consumers", "0030_accounts_are_listed")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
