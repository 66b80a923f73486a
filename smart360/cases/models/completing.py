"""What may complete a case, told by the table that lies above (ADR 1)."""

import pgtrigger

COMPLETED_BY_EXECUTION = pgtrigger.Trigger(
    name="disconnections_complete_by_execution",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status"),
    func=pgtrigger.Func(
        """
        -- Proof before status: there is no other way to Completed (decision 13, W10).
        IF NEW.status = 'COMPLETED' AND OLD.status <> 'COMPLETED'
           AND NEW.kind IN ('DISCONNECTION', 'RECONNECTION')
           AND NOT EXISTS (SELECT 1 FROM disconnections_execution x WHERE x.request_id = NEW.id)
        THEN
            RAISE EXCEPTION 'a request is completed by carrying it out'
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'disconnections_complete_by_execution';
        END IF;
        RETURN NEW;
        """
    ),
)
