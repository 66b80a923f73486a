"""What follows a case's status in a table that lies above (ADR 1): the record of a collection."""

import pgtrigger

OUTCOME = """
CASE c.status
     WHEN 'COMPLETED' THEN 'CUT'
     WHEN 'CLOSED' THEN CASE WHEN c.closing_reason = 'ISSUE_RESOLVED' AND c.ended_by_id IS NULL
                             THEN 'PAID' ELSE 'CLOSED' END
     WHEN 'ON_HOLD' THEN coalesce((
          SELECT CASE r.code WHEN 'ACCOUNT_ARRANGEMENT' THEN 'ARRANGED' ELSE 'STOPPED' END
            FROM cases_hold h JOIN cases_holdreason r ON r.id = h.reason_id
           WHERE h.case_id = c.id AND h.ended_at IS NULL AND r.code LIKE 'ACCOUNT\\_%'), 'CREATED')
     ELSE 'CREATED' END
"""
"""What became of a request of a non-payment run, by its case ``c``: closed by the system as Issue
resolved it was paid; held because its account is held it was arranged or stopped."""

FOLLOWED_BY_ITS_RUN = pgtrigger.Trigger(
    name="a_run_follows_its_requests",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("status"),
    condition=pgtrigger.Condition("OLD.status IS DISTINCT FROM NEW.status"),
    func=pgtrigger.Func(
        f"""
        UPDATE disconnections_runaccount a SET outcome = now.outcome, outcome_at = NEW.updated_at
          FROM (SELECT {OUTCOME} AS outcome FROM cases_case c WHERE c.id = NEW.id) now
         WHERE a.request_id = NEW.id AND a.outcome <> now.outcome;
        RETURN NULL;
        """  # noqa: S608  (our own outcomes)
    ),
)
