"""The trigger that lets an account come to Collection, or back, by a move alone (CON5)."""

import pgtrigger

STATUS_IS_COLLECTION_BY_A_MOVE = pgtrigger.Trigger(
    # After `profile_guarded`, which says who holds or guards the profile: triggers go by name.
    name="status_is_collection_by_a_move",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status"),
    condition=pgtrigger.Condition(
        "OLD.status <> NEW.status AND (NEW.status = 'COLLECTION'"
        " OR OLD.status = 'COLLECTION' AND NEW.status NOT IN ('INACTIVE', 'DISCONNECTED'))"
    ),
    func=pgtrigger.Func(
        """
        IF NOT EXISTS (
            SELECT 1 FROM consumers_collectionmove m
             WHERE m.consumer_id = NEW.id AND m.is_back = (OLD.status = 'COLLECTION')
               AND m.in_transaction = pg_current_xact_id()::text::bigint)
        THEN
            RAISE EXCEPTION 'an account is collected by somebody who says why'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'status_is_collection_by_a_move';
        END IF;
        RETURN NEW;
        """
    ),
)
