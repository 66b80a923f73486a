"""The triggers of an account that was merged into another one, or whose person was erased."""

import pgtrigger

from smart360.trail.rules import AS_ERASED, NOBODY_IS_BEHIND_IT

STAYS_MERGED = pgtrigger.Trigger(
    name="a_merged_account_stays",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(
        "OLD.merged_into_id IS NOT NULL OR NEW.merged_into_id IS NOT NULL"
    ),
    func=pgtrigger.Func(
        """
        IF NEW.merged_into_id IS NOT DISTINCT FROM OLD.merged_into_id THEN
            -- Its person may still be erased; the trigger of that asks for two people.
            IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'this account was merged into another one'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';
        END IF;
        IF to_jsonb(NEW) - ARRAY['merged_into_id', 'status']
           IS DISTINCT FROM to_jsonb(OLD) - ARRAY['merged_into_id', 'status']
           OR NOT EXISTS (
               SELECT 1 FROM consumers_accountmerge m
                WHERE m.merged_id = NEW.id
                  AND m.in_transaction = pg_current_xact_id()::text::bigint
                  AND CASE WHEN OLD.merged_into_id IS NULL
                      THEN m.undone_at IS NULL AND m.survivor_id = NEW.merged_into_id
                           AND m.status_before = OLD.status AND NEW.status = 'INACTIVE'
                      ELSE m.undone_at IS NOT NULL AND m.survivor_id = OLD.merged_into_id
                           AND NEW.merged_into_id IS NULL AND NEW.status = m.status_before END)
        THEN
            RAISE EXCEPTION 'an account is merged, and parted again, by its link alone'
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'an_account_is_merged_by_its_link';
        END IF;
        RETURN NEW;
        """
    ),
)

OPENS_UNMERGED = pgtrigger.Trigger(
    name="an_account_opens_unmerged",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition("NEW.merged_into_id IS NOT NULL"),
    func=pgtrigger.Func(
        """
        RAISE EXCEPTION 'an account is merged, and parted again, by its link alone'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'an_account_is_merged_by_its_link';
        """
    ),
)


def nothing_begins(*, also: pgtrigger.Operation | None = None) -> pgtrigger.Trigger:
    """The guard of a table whose rows begin something for a consumer: not for one who is gone.

    Gone is an account that was merged, and one whose person was erased. ``also`` is what begins
    it beside a new row. Money that comes late is refused here as by each operation: on an erased
    account nobody could settle or refund it. So it is never taken, and whoever sent it is told and
    has it still. Open stays what says nothing of a person and moves nothing: figures, scores,
    looks at a paper.
    """
    return pgtrigger.Trigger(
        name="nothing_begins_for_an_account_that_ended",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert if also is None else pgtrigger.Insert | also,
        declare=[("account", "record")],
        func=pgtrigger.Func(
            f"""
            SELECT c.erased_at, c.merged_into_id INTO account
              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;
            IF account.erased_at IS NOT NULL THEN
                RAISE EXCEPTION {NOBODY_IS_BEHIND_IT}
                    USING {AS_ERASED};
            END IF;
            IF account.merged_into_id IS NOT NULL THEN
                RAISE EXCEPTION 'this account was merged into another one'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';
            END IF;
            RETURN NEW;
            """  # noqa: S608  (put together from our own words)
        ),
    )
