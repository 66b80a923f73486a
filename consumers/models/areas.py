"""The triggers by which a service connection keeps the area of its premise (queries/lists.py)."""

import pgtrigger

THE_AREA_IS_THE_PREMISES = pgtrigger.Trigger(
    name="the_area_is_the_premise_s",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("area"),
    func=pgtrigger.Func(
        """
        -- Whatever was given. Who corrects the premise at this moment is waited for.
        SELECT p.area INTO NEW.area FROM consumers_premise p
         WHERE p.id = NEW.premise_id FOR SHARE;
        IF NOT FOUND THEN  -- one that comes later in the transaction would not be asked again
            RAISE EXCEPTION 'the premise is there before its services'
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'the_premise_is_there';
        END IF;
        RETURN NEW;
        """
    ),
)
CONNECTIONS_FOLLOW_THE_AREA = pgtrigger.Trigger(
    name="connections_follow_the_area",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("area"),
    condition=pgtrigger.Condition("OLD.area IS DISTINCT FROM NEW.area"),
    func=pgtrigger.Func(
        """
        UPDATE consumers_serviceconnection SET area = NEW.area WHERE premise_id = NEW.id;
        RETURN NULL;
        """
    ),
)
A_PREMISE_KEEPS_ITS_KEY = pgtrigger.Trigger(
    name="a_premise_keeps_its_key",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("id"),
    condition=pgtrigger.Condition("OLD.id IS DISTINCT FROM NEW.id"),
    func=pgtrigger.Func(
        """
        -- Its services would be those of another place, and keep the area of this one.
        RAISE EXCEPTION 'a premise keeps its key' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'a_premise_keeps_its_key';
        """
    ),
)
