"""Figures take what lowers a deposit: the row is there first, and then it moves.

The proposed row of an upsert is checked on its own, so that a deposit taken from would have been
refused as one below zero.
"""

from django.db import migrations

UPSERT = """
    INSERT INTO consumers_consumerfigures AS mine (consumer_id, balance, deposit)
    VALUES (moved.consumer_id,
            CASE moved.kind WHEN 'RECEIVABLE' THEN NEW.amount ELSE 0 END,
            CASE moved.kind WHEN 'DEPOSIT_HELD' THEN -NEW.amount ELSE 0 END)
    ON CONFLICT (consumer_id) DO UPDATE
       SET balance = mine.balance + excluded.balance, deposit = mine.deposit + excluded.deposit;
"""
IN_TWO_STEPS = """
    INSERT INTO consumers_consumerfigures (consumer_id, balance, deposit)
    VALUES (moved.consumer_id, 0, 0) ON CONFLICT (consumer_id) DO NOTHING;
    UPDATE consumers_consumerfigures
       SET balance = balance + CASE moved.kind WHEN 'RECEIVABLE' THEN NEW.amount ELSE 0 END,
           deposit = deposit - CASE moved.kind WHEN 'DEPOSIT_HELD' THEN NEW.amount ELSE 0 END
     WHERE consumer_id = moved.consumer_id;
"""
FUNCTION = """
CREATE OR REPLACE FUNCTION smart360_entry_moves_balance() RETURNS trigger
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
          FROM consumers_serviceconnection WHERE id = NEW.service_connection_id FOR KEY SHARE;
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
    {figures}
    IF moved.kind = 'RECEIVABLE' THEN
        INSERT INTO consumers_balancechange (change) VALUES (NEW.amount);
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_payments_are_told")]
    operations = [
        migrations.RunSQL(
            FUNCTION.replace("{figures}", IN_TWO_STEPS), FUNCTION.replace("{figures}", UPSERT)
        )
    ]
