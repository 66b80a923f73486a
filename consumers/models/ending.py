"""The triggers of an account that ends or comes back: by what acts alone (W10)."""

import pgtrigger

from consumers.rules.standing import arrows_as_sql

STATUS_MOVES_ALONG_ARROWS = pgtrigger.Trigger(
    # After those that say by which act alone: triggers go by name.
    name="status_moves_along_arrows",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status"),
    # The end of a merge gives back the status from before: its own trigger asks.
    condition=pgtrigger.Condition(
        "OLD.status <> NEW.status"
        " AND (OLD.merged_into_id IS NULL OR NEW.merged_into_id IS NOT NULL)"
    ),
    func=pgtrigger.Func(
        f"""
        IF (OLD.status, NEW.status) NOT IN (VALUES {arrows_as_sql()}) THEN
            RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'status_moves_along_arrows';
        END IF;
        RETURN NEW;
        """
    ),
)

ENDS_BY_EXECUTION = pgtrigger.Trigger(
    name="an_account_ends_by_execution",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status"),
    func=pgtrigger.Func(
        """
        IF NEW.status IN ('INACTIVE', 'DISCONNECTED') AND NEW.status <> OLD.status
           -- Its own trigger looks at an account that is merged now, or parted again.
           AND (NEW.merged_into_id IS NULL OR OLD.merged_into_id IS NOT NULL)
           AND NOT EXISTS (
               SELECT 1 FROM disconnections_execution x
                 JOIN cases_case c ON c.id = x.request_id
                WHERE c.consumer_id = NEW.id
                  AND x.in_transaction = pg_current_xact_id()::text::bigint)
           -- Who moved out, now or while a collector had the account, is supplied
           -- nowhere any more.
           AND (NEW.status <> 'INACTIVE'
                OR EXISTS (
                   SELECT 1 FROM consumers_serviceconnection s
                    WHERE s.consumer_id = NEW.id AND s.supply_state = 'CONNECTED')
                OR NOT EXISTS (
                   SELECT 1 FROM consumers_occupancychange o
                    WHERE o.moved_out_id = NEW.id
                      AND (o.in_transaction = pg_current_xact_id()::text::bigint
                           OR OLD.status = 'COLLECTION' AND EXISTS (
                              SELECT 1 FROM consumers_collectionmove m
                               WHERE m.consumer_id = NEW.id AND m.is_back
                                 AND m.in_transaction
                                     = pg_current_xact_id()::text::bigint))))
        THEN
            RAISE EXCEPTION 'an account ends when its disconnection is carried out'
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'an_account_ends_by_execution';
        END IF;
        RETURN NEW;
        """
    ),
)
COMES_BACK_BY_EXECUTION = pgtrigger.Trigger(
    name="an_account_comes_back_by_execution",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status"),
    func=pgtrigger.Func(
        """
        IF OLD.status IN ('INACTIVE', 'DISCONNECTED')
           AND NEW.status NOT IN ('INACTIVE', 'DISCONNECTED')
           AND (OLD.merged_into_id IS NULL OR NEW.merged_into_id IS NOT NULL)
           AND NOT EXISTS (
               SELECT 1 FROM disconnections_execution x
                 JOIN cases_case c ON c.id = x.request_id
                WHERE c.consumer_id = NEW.id AND c.kind = 'RECONNECTION'
                  AND x.in_transaction = pg_current_xact_id()::text::bigint)
           AND (OLD.status <> 'INACTIVE' OR NOT EXISTS (
               SELECT 1 FROM consumers_occupancychange o WHERE o.moved_in_id = NEW.id
                  AND o.in_transaction = pg_current_xact_id()::text::bigint))
        THEN
            RAISE EXCEPTION 'an account comes back when it is reconnected'
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'an_account_comes_back_by_execution';
        END IF;
        RETURN NEW;
        """
    ),
)
