"""Count every account: those that were there before the tallies, and those of a load.

Only who folds waits meanwhile; nobody who reads or changes an account does. Accounts and changes
that are not folded yet are read in one statement, that is, at one moment: a change is either
counted with its account and gone, or neither. It can be repeated.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION consumers_rebuild_tallies() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE consumers_accounttally IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM consumers_accounttally;
    WITH counted AS (DELETE FROM consumers_accountchange)
    INSERT INTO consumers_accounttally (status, is_archived, count)
    SELECT status, archived_at IS NOT NULL, count(*) FROM consumers_consumer GROUP BY 1, 2;
END $$;
SELECT consumers_rebuild_tallies();
"""
BACK = "DROP FUNCTION consumers_rebuild_tallies();"


class Migration(migrations.Migration):
    dependencies = [("consumers", "0022_accounts_are_tallied")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
