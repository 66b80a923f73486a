"""Balances move in place: the row of figures is looked for before it is made, and pages have room.

A page that was filled by an import or a billing run has none left for the new version of a row, so
that each of its indexes got an entry for every posting. Half of it is kept free; later versions
take the room of those before them. What an upsert cannot do here says the migration of the first
function: the proposed row is checked on its own.
"""

from django.db import migrations

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
    LOOP
        UPDATE consumers_consumerfigures
           SET balance = balance + CASE moved.kind WHEN 'RECEIVABLE' THEN NEW.amount ELSE 0 END,
               deposit = deposit - CASE moved.kind WHEN 'DEPOSIT_HELD' THEN NEW.amount ELSE 0 END
         WHERE consumer_id = moved.consumer_id;
        EXIT WHEN FOUND;
        INSERT INTO consumers_consumerfigures (consumer_id, balance, deposit)
        VALUES (moved.consumer_id, 0, 0) ON CONFLICT (consumer_id) DO NOTHING;
    END LOOP;
    IF moved.kind = 'RECEIVABLE' THEN
        INSERT INTO consumers_balancechange (change) VALUES (NEW.amount);
    END IF;
    RETURN NULL;
END $$;
"""
BEFORE = """
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
"""
ROOM = """
ALTER TABLE billing_ledgeraccount SET (fillfactor = 50);
ALTER TABLE consumers_consumerfigures SET (fillfactor = 50);
"""
NO_ROOM = """
ALTER TABLE billing_ledgeraccount RESET (fillfactor);
ALTER TABLE consumers_consumerfigures RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_accounts_policy_and_wordings"),
        ("consumers", "0001_tables"),
    ]

    operations = [migrations.RunSQL(FUNCTION, BEFORE), migrations.RunSQL(ROOM, NO_ROOM)]
