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
        NEW.area := coalesce(NEW.area, '');  -- no such premise: its foreign key says so
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
