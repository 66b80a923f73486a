"""The trigger of an account whose person was erased: when that may be, and what it is then (R8)."""

import pgtrigger

from smart360.trail.rules import AS_ERASED, NOBODY_IS_BEHIND_IT

STAYS_ERASED = pgtrigger.Trigger(
    name="an_erased_account_stays",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func=pgtrigger.Func(
        f"""
        IF OLD.erased_at IS NOT NULL THEN
            RAISE EXCEPTION {NOBODY_IS_BEHIND_IT}
                USING {AS_ERASED};
        END IF;
        IF NEW.erased_at IS NULL THEN
            RETURN NEW;
        END IF;
        IF NOT EXISTS (SELECT 1 FROM custody_privacyact a
                        WHERE a.consumer_id = NEW.id AND a.state = 'ERASED'
                          AND a.in_transaction = pg_current_xact_id()::text::bigint)
           OR NEW.status <> 'INACTIVE'
           OR (NEW.name, NEW.phone, NEW.phone_digits, NEW.email, NEW.billing_address,
               NEW.search_text, NEW.is_vip) <> ('Erased consumer', '', '', '', '', '', false)
           OR EXISTS (SELECT 1 FROM cases_case c
                       WHERE c.consumer_id = NEW.id AND c.ended_at IS NULL)
           OR EXISTS (SELECT 1 FROM consumers_serviceconnection s
                       WHERE s.consumer_id = NEW.id AND s.supply_state = 'CONNECTED')
           OR EXISTS (SELECT 1 FROM billing_ledgeraccount l
                       WHERE l.consumer_id = NEW.id AND l.balance <> 0)
        THEN
            RAISE EXCEPTION 'an account is erased when all is settled, by two people'
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'an_account_is_erased_by_two_people';
        END IF;
        RETURN NEW;
        """  # noqa: S608  (put together from our own words)
    ),
)
