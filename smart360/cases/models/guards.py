"""Triggers of the case that keep what its page tells: its times, and who works on it."""

import pgtrigger

from smart360.trail.rules import door_of_erasure

KEEPS_ITS_TIMES = pgtrigger.Trigger(
    name="an_ended_case_keeps_its_times",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition(
        """
        OLD.ended_at IS NOT NULL AND
        (OLD.due_at, OLD.adjusted_due_at, OLD.warns_at, OLD.breaches_at, OLD.next_alert_at,
         OLD.ended_at, OLD.ended_by_id, OLD.closing_reason, OLD.closing_note, OLD.resolution_time)
        IS DISTINCT FROM
        (NEW.due_at, NEW.adjusted_due_at, NEW.warns_at, NEW.breaches_at, NEW.next_alert_at,
         NEW.ended_at, NEW.ended_by_id, NEW.closing_reason, NEW.closing_note, NEW.resolution_time)
        """
    ),
    func=pgtrigger.Func(
        door_of_erasure("OLD.consumer_id", "closing_note")  # noqa: S608  (put together from our own words)
        + """
        -- Whether it was in time, and why it ended, is read from here for good; the act that ends
        -- it sets them.
        -- A complaint is taken up again by its reopening, which says when it had ended (W15).
        IF OLD.kind = 'COMPLAINT' AND NEW.ended_at IS NULL AND NEW.status = 'IN_PROGRESS'
           AND EXISTS (SELECT 1 FROM complaints_reopening r
                        WHERE r.complaint_id = OLD.id AND r.had_ended_at = OLD.ended_at)
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'case % has ended: its end and its times stay', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'an_ended_case_keeps_its_times';
        """
    ),
)

IS_ASSIGNED_BY_LINE = pgtrigger.Trigger(
    name="an_assignee_changes_with_the_line",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("assignee_id"),
    condition=pgtrigger.Condition("OLD.assignee_id IS DISTINCT FROM NEW.assignee_id"),
    timing=pgtrigger.Deferred,
    func=pgtrigger.Func(
        """
        -- Deferred: what counts is what both say at the end of the transaction.
        IF (SELECT c.assignee_id FROM cases_case c WHERE c.id = NEW.id) IS DISTINCT FROM
           (SELECT (e.new ->> 'assignee')::bigint FROM trail_entry e
             WHERE e.case_id = NEW.id AND e.kind = 'ASSIGNED' ORDER BY e.seq DESC LIMIT 1)
        THEN
            RAISE EXCEPTION 'case % has another assignee without a line', NEW.number
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'an_assignee_changes_with_the_line';
        END IF;
        RETURN NULL;
        """
    ),
)
