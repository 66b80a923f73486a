"""The one writer of balances: a trigger of the ledger's entries, with the owner's right.

A charge that comes while its service is being frozen waits for it, and is refused then (M14): FOR KEY
SHARE would wait for nobody who sets a moment. The row of figures is there first, and then it moves:
the proposed row of an upsert is checked on its own, so that a deposit taken from would be refused.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION smart360_entry_moves_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    posting record;
    moved record;
    service record;
BEGIN
    IF TG_RELID <> 'billing_ledgerentry'::regclass THEN
        RAISE EXCEPTION 'only entries of the ledger move balances';
    END IF;
    SELECT kind, consumer_id INTO STRICT posting
      FROM billing_ledgertransaction WHERE id = NEW.transaction_id;
    IF NEW.service_connection_id IS NOT NULL THEN
        SELECT consumer_id, billing_frozen_at INTO STRICT service
          FROM consumers_serviceconnection WHERE id = NEW.service_connection_id FOR SHARE;
        IF service.consumer_id <> posting.consumer_id THEN
            RAISE EXCEPTION 'an entry names a service of its consumer'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_are_the_consumers_own';
        END IF;
        IF service.billing_frozen_at IS NOT NULL AND posting.kind NOT IN (
            'PAYMENT', 'REFUND', 'REVERSAL', 'FINAL_ADJUSTMENT', 'RECONNECTION_FEE',
            'DEPOSIT_RECEIVED', 'DEPOSIT_APPLIED', 'DEPOSIT_REFUNDED', 'DEPOSIT_INTEREST')
        THEN
            RAISE EXCEPTION 'billing of service % is frozen', NEW.service_connection_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_is_frozen';
        END IF;
    END IF;
    UPDATE billing_ledgeraccount SET balance = balance + NEW.amount
     WHERE id = NEW.account_id AND consumer_id IS NOT NULL
    RETURNING kind, consumer_id INTO moved;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF moved.consumer_id <> posting.consumer_id THEN
        RAISE EXCEPTION 'an entry moves accounts of its own consumer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_are_the_consumers_own';
    END IF;
    INSERT INTO consumers_consumerfigures (consumer_id, balance, deposit)
    VALUES (moved.consumer_id, 0, 0) ON CONFLICT (consumer_id) DO NOTHING;
    UPDATE consumers_consumerfigures
       SET balance = balance + CASE moved.kind WHEN 'RECEIVABLE' THEN NEW.amount ELSE 0 END,
           deposit = deposit - CASE moved.kind WHEN 'DEPOSIT_HELD' THEN NEW.amount ELSE 0 END
     WHERE consumer_id = moved.consumer_id;
    IF moved.kind = 'RECEIVABLE' THEN
        INSERT INTO consumers_balancechange (change) VALUES (NEW.amount);
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION smart360_entry_moves_balance() FROM PUBLIC;
CREATE TRIGGER entries_move_balances AFTER INSERT ON billing_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION smart360_entry_moves_balance();
"""
BACK = """
DROP TRIGGER entries_move_balances ON billing_ledgerentry;
DROP FUNCTION smart360_entry_moves_balance();
"""


class Migration(migrations.Migration):
    replaces = [
        ("billing", "0002_entries_move_balances"),
        ("billing", "0008_deposits_may_shrink"),
        ("billing", "0017_a_charge_waits_for_a_freeze"),
    ]

    dependencies = [
        ("billing", "0001_tables"),
    ]

    operations = [migrations.RunSQL(FUNCTION, BACK)]
