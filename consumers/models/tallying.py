"""The triggers by which figures and tallies follow the accounts (queries/figures.py)."""

import pgtrigger

NEW_ACCOUNTS_HAVE_FIGURES = pgtrigger.Trigger(
    name="new_accounts_have_figures",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    level=pgtrigger.Statement,
    referencing=pgtrigger.Referencing(new="added"),
    func=pgtrigger.Func(
        """
        -- Nothing owed is a figure, too: the list in the order of balances has every account.
        INSERT INTO consumers_consumerfigures (consumer_id, balance, deposit)
        SELECT id, 0, 0 FROM added ON CONFLICT DO NOTHING;
        RETURN NULL;
        """
    ),
)
NEW_ACCOUNTS_ARE_TALLIED = pgtrigger.Trigger(
    name="new_accounts_are_tallied",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    level=pgtrigger.Statement,
    referencing=pgtrigger.Referencing(new="added"),
    func=pgtrigger.Func(
        """
        -- Once a statement: a takeover of many accounts writes a row for each status, not for each.
        INSERT INTO consumers_accountchange (status, is_archived, change)
        SELECT status, archived_at IS NOT NULL, count(*) FROM added GROUP BY 1, 2;
        RETURN NULL;
        """
    ),
)
ACCOUNTS_ARE_TALLIED = pgtrigger.Trigger(
    name="accounts_are_tallied",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("status", "archived_at") | pgtrigger.Delete,
    func=pgtrigger.Func(
        """
        IF TG_OP = 'UPDATE' THEN
            IF (OLD.status, OLD.archived_at IS NULL) = (NEW.status, NEW.archived_at IS NULL) THEN
                RETURN NULL;
            END IF;
            INSERT INTO consumers_accountchange (status, is_archived, change)
            VALUES (NEW.status, NEW.archived_at IS NOT NULL, 1);
        END IF;
        INSERT INTO consumers_accountchange (status, is_archived, change)
        VALUES (OLD.status, OLD.archived_at IS NOT NULL, -1);
        RETURN NULL;
        """
    ),
)
