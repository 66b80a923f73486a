"""A charge that comes while its service is being frozen waits for it, and is refused then (M14).

Until now it read the service as it was before: FOR KEY SHARE waits for nobody who sets a moment.
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
          FROM consumers_serviceconnection WHERE id = NEW.service_connection_id FOR {strength};
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


class Migration(migrations.Migration):
    dependencies = [("billing", "0016_reversals_of_old_payments")]
    operations = [
        migrations.RunSQL(
            FUNCTION.replace("{strength}", "SHARE"), FUNCTION.replace("{strength}", "KEY SHARE")
        )
    ]
