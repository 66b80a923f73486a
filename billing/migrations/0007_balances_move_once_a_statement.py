"""Balances move once a statement: what many entries move is added up, and written as one.

An import or a billing run writes thousands of entries at once, and asked and wrote for each alone.
What was refused is refused, and an entry whose posting, account or service is not there yet, too:
it could not be held against them later. Plans are kept by a session, which posts few entries and
many: they never read a table from end to end.
"""

from importlib import import_module

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION smart360_entry_moves_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    wrong record;
BEGIN
    IF TG_RELID <> 'billing_ledgerentry'::regclass THEN
        RAISE EXCEPTION 'only entries of the ledger move balances';
    END IF;
    PERFORM 1 FROM consumers_serviceconnection
      WHERE id IN (SELECT service_connection_id FROM added) ORDER BY id FOR SHARE;
    FOR wrong IN
        SELECT s.id AS service,
               t.id IS NULL OR a.id IS NULL
               OR (s.id IS NULL AND e.service_connection_id IS NOT NULL) AS is_of_nothing,
               s.consumer_id <> t.consumer_id AS is_of_another_service,
               a.consumer_id <> t.consumer_id AS is_of_another_account,
               s.billing_frozen_at IS NOT NULL AND t.kind NOT IN (
                   'PAYMENT', 'REFUND', 'REVERSAL', 'FINAL_ADJUSTMENT', 'RECONNECTION_FEE',
                   'DEPOSIT_RECEIVED', 'DEPOSIT_APPLIED', 'DEPOSIT_REFUNDED', 'DEPOSIT_INTEREST'
               ) AS is_frozen
          FROM added e
          LEFT JOIN billing_ledgertransaction t ON t.id = e.transaction_id
          LEFT JOIN billing_ledgeraccount a ON a.id = e.account_id
          LEFT JOIN consumers_serviceconnection s ON s.id = e.service_connection_id
    LOOP
        IF wrong.is_of_nothing THEN
            RAISE EXCEPTION 'an entry comes after its posting, its account and its service'
                USING ERRCODE = 'foreign_key_violation';
        ELSIF wrong.is_of_another_service THEN
            RAISE EXCEPTION 'an entry names a service of its consumer'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_are_the_consumers_own';
        ELSIF wrong.is_frozen THEN
            RAISE EXCEPTION 'billing of service % is frozen', wrong.service
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_is_frozen';
        ELSIF wrong.is_of_another_account THEN
            RAISE EXCEPTION 'an entry moves accounts of its own consumer'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_are_the_consumers_own';
        END IF;
    END LOOP;
    UPDATE billing_ledgeraccount a SET balance = balance + e.amount
      FROM (SELECT account_id, sum(amount) AS amount FROM added GROUP BY account_id) AS e
     WHERE a.id = e.account_id AND a.consumer_id IS NOT NULL;
    INSERT INTO consumers_consumerfigures (consumer_id, balance, deposit)
    SELECT DISTINCT a.consumer_id, 0, 0 FROM added e
      JOIN billing_ledgeraccount a ON a.id = e.account_id
     WHERE a.consumer_id IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM consumers_consumerfigures f WHERE f.consumer_id = a.consumer_id)
        ON CONFLICT (consumer_id) DO NOTHING;
    UPDATE consumers_consumerfigures f
       SET balance = balance + moved.owed, deposit = deposit + moved.held
      FROM (SELECT a.consumer_id,
                   coalesce(sum(e.amount) FILTER (WHERE a.kind = 'RECEIVABLE'), 0) AS owed,
                   coalesce(-sum(e.amount) FILTER (WHERE a.kind = 'DEPOSIT_HELD'), 0) AS held
              FROM added e JOIN billing_ledgeraccount a ON a.id = e.account_id
             WHERE a.consumer_id IS NOT NULL GROUP BY a.consumer_id) AS moved
     WHERE f.consumer_id = moved.consumer_id;
    INSERT INTO consumers_balancechange (change)
    SELECT e.amount FROM added e JOIN billing_ledgeraccount a ON a.id = e.account_id
     WHERE a.consumer_id IS NOT NULL AND a.kind = 'RECEIVABLE';
    RETURN NULL;
END $$;
DROP TRIGGER entries_move_balances ON billing_ledgerentry;
CREATE TRIGGER entries_move_balances AFTER INSERT ON billing_ledgerentry
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION smart360_entry_moves_balance();
"""
EACH_ROW = """
DROP TRIGGER entries_move_balances ON billing_ledgerentry;
CREATE TRIGGER entries_move_balances AFTER INSERT ON billing_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION smart360_entry_moves_balance();
"""
BEFORE: str = import_module("billing.migrations.0004_balances_move_in_place").FUNCTION + EACH_ROW


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_nothing_begins_for_the_erased"),
    ]

    operations = [migrations.RunSQL(FUNCTION, BEFORE)]
