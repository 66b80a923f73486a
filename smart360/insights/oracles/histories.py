"""Oracles that compare cases with what the timeline says of them."""

from smart360.cases.choices import ENDED_STATUSES, OPEN_STATUSES
from smart360.cases.lifecycle import arrows_as_sql
from smart360.kernel.oracle import Oracle, rows_of

ENDED = ", ".join(f"'{status.value}'" for status in ENDED_STATUSES)
OPEN = ", ".join(f"'{status.value}'" for status in OPEN_STATUSES)

# The statuses of some cases in their order, each with the one before. Which cases, says each oracle
# first: putting all of them in order would take the database's longest time.
PATHS = """
WITH steps AS (
     SELECT case_id, case_version, kind, new ->> 'status' AS status, old ->> 'status' AS said,
            lag(new ->> 'status') OVER (PARTITION BY case_id ORDER BY case_version) AS earlier
       FROM trail_entry WHERE case_version IS NOT NULL AND case_id IN ({suspects}))
SELECT c.number, s.case_version, coalesce(s.earlier, '-'), coalesce(s.status, '-')
  FROM steps s JOIN cases_case c ON c.id = s.case_id
"""
# Each step is held against the one numbered below it; after a gap only the order can tell.
LINKED_WRONGLY = f"""
SELECT e.case_id FROM trail_entry e JOIN cases_case c ON c.id = e.case_id
  LEFT JOIN trail_entry p ON p.case_id = e.case_id AND p.case_version = e.case_version - 1
 WHERE e.case_version IS NOT NULL
   AND CASE WHEN p.id IS NULL
            THEN e.case_version > 1 OR e.new ->> 'status' IS DISTINCT FROM 'PENDING'
            ELSE p.new ->> 'status' IS NULL
                 OR e.old ->> 'status' IS DISTINCT FROM p.new ->> 'status'
                 OR e.new ->> 'status' IS NULL
                 OR (c.kind, p.new ->> 'status', e.new ->> 'status')
                    NOT IN (VALUES {arrows_as_sql()}) END
"""  # noqa: S608  (put together from our own words)
# Where nothing follows an end, the end is the case's own version and nothing lies beyond that.
NOT_THE_LAST = f"""
SELECT e.case_id FROM trail_entry e JOIN cases_case c ON c.id = e.case_id
 WHERE e.case_version > c.version
    OR (e.case_version < c.version AND e.new ->> 'status' IN ({ENDED}))
"""  # noqa: S608  (put together from our own words)
NO_ARROW = f"""{PATHS.format(suspects=LINKED_WRONGLY)}
 WHERE CASE WHEN s.earlier IS NULL THEN s.status IS DISTINCT FROM 'PENDING'
            ELSE s.said IS DISTINCT FROM s.earlier
                 OR (c.kind, s.earlier, s.status) NOT IN (VALUES {arrows_as_sql()}) END
"""
# A complaint is taken up again by its reopening, which complaints/oracles.py holds to its window.
AFTER_THE_END = f"""{PATHS.format(suspects=NOT_THE_LAST)}
 WHERE s.earlier IN ({ENDED}) AND NOT (c.kind = 'COMPLAINT' AND s.kind = 'REOPENED')
"""
STILL_AT_WORK = f"""
SELECT c.number FROM cases_case c
 WHERE c.status IN ({ENDED})
   AND (c.next_alert_at IS NOT NULL OR c.warns_at IS NOT NULL OR c.ended_at IS NULL
        OR EXISTS (SELECT 1 FROM cases_hold h WHERE h.case_id = c.id AND h.ended_at IS NULL))
"""  # noqa: S608  (put together from our own words)

ACKNOWLEDGED = """
SELECT c.number FROM cases_case c
  FULL JOIN (SELECT case_id, count(*) AS n, min(at) AS at, min(actor_id) AS actor
               FROM trail_entry WHERE kind = 'ACKNOWLEDGED' GROUP BY 1) e ON e.case_id = c.id
 WHERE CASE WHEN c.acknowledged_at IS NULL THEN e.n IS NOT NULL
            ELSE (e.n, e.at, e.actor)
                 IS DISTINCT FROM (1, c.acknowledged_at, c.acknowledged_by_id) END
"""
# The first message, the first word by whoever is said to have responded then, and the end.
RESPONDED = """
WITH heard AS (
     SELECT e.case_id,
            min(e.seq) FILTER (WHERE e.kind = 'MESSAGE_SENT') AS said,
            min(e.seq) FILTER (WHERE e.kind IN ('MESSAGE_SENT', 'CALL_LOGGED')
                                 AND e.at = c.responded_at
                                 AND e.actor_id = c.responded_by_id) AS answer,
            min(e.seq) FILTER (WHERE e.case_version = c.version
                                 AND c.ended_at IS NOT NULL) AS ended
       FROM trail_entry e JOIN cases_case c ON c.id = e.case_id
      WHERE e.kind IN ('MESSAGE_SENT', 'CALL_LOGGED')
         OR (c.responded_at IS NULL AND e.case_version = c.version)
      GROUP BY 1)
SELECT c.number FROM cases_case c LEFT JOIN heard h ON h.case_id = c.id
 WHERE CASE WHEN c.responded_at IS NULL THEN h.said < coalesce(h.ended, h.said + 1)
            ELSE h.answer IS NULL OR h.answer > h.said END
"""
ENDS = """
SELECT c.number FROM cases_case c
  LEFT JOIN trail_entry e ON e.case_id = c.id AND e.case_version = c.version
 WHERE c.ended_at IS NOT NULL
   AND (e.at, e.actor_id) IS DISTINCT FROM (c.ended_at, c.ended_by_id)
"""
ALERTS = """
SELECT c.number, coalesce(a.metric, e.new ->> 'metric')
  FROM cases_alert a
  FULL JOIN (SELECT * FROM trail_entry WHERE kind IN ('SLA_WARNED', 'SLA_BREACHED')) e
    ON e.case_id = a.case_id AND e.new ->> 'metric' = a.metric AND e.at = a.raised_at
   AND e.kind = CASE a.level WHEN 'WARNING' THEN 'SLA_WARNED' ELSE 'SLA_BREACHED' END
  JOIN cases_case c ON c.id = coalesce(a.case_id, e.case_id)
 WHERE a.id IS NULL OR e.id IS NULL OR a.was_due_at > a.raised_at
"""
HOLDS = """
SELECT c.number FROM cases_case c
  LEFT JOIN (SELECT case_id, count(*) AS n FROM cases_hold GROUP BY 1) h ON h.case_id = c.id
  LEFT JOIN (SELECT case_id, count(*) AS n FROM trail_entry
              WHERE kind IN ('HELD', 'REOPENED') GROUP BY 1) e ON e.case_id = c.id
 WHERE h.n IS DISTINCT FROM e.n
"""


def statuses_reached_by_no_arrow() -> list[str]:
    """W2: each pair of statuses that follow each other is an arrow, and the first is Pending."""
    return rows_of(NO_ARROW, words="{} version {}: {} to {}")


def statuses_after_the_end() -> list[str]:
    """W15: no status follows an end, but for the reopening of a complaint."""
    return rows_of(AFTER_THE_END, words="{} version {}: {} to {}")


def ends_at_which_work_goes_on() -> list[str]:
    """W15: an ended case is not held, warned of or alerted any more, and says when it ended."""
    return rows_of(STILL_AT_WORK)


def acknowledgements_that_do_not_match() -> list[str]:
    """W4: the acknowledgement is the one entry's moment and person."""
    return rows_of(ACKNOWLEDGED)


def responses_that_do_not_match() -> list[str]:
    """W4: the first response is the first message to the consumer, or a call, by that person."""
    return rows_of(RESPONDED)


def ends_that_do_not_match() -> list[str]:
    """W3: a case ended when and by whom its last entry says."""
    return rows_of(ENDS)


def alerts_without_their_line() -> list[str]:
    """T3: each alert has its one line, each line its alert, and none came too early."""
    return rows_of(ALERTS, words="{} {}")


def holds_without_their_line() -> list[str]:
    """T1: there are as many holds as entries of one, so that the clocks follow from history.

    What is reopened was paused since its end.
    """
    return rows_of(HOLDS)


ORACLES: tuple[Oracle, ...] = (
    Oracle("W2", "a status reached by no arrow", statuses_reached_by_no_arrow),
    Oracle("W15", "a status after an end", statuses_after_the_end),
    Oracle("W15", "an ended case on which work goes on", ends_at_which_work_goes_on),
    Oracle("W4", "an acknowledgement that is not its entry's", acknowledgements_that_do_not_match),
    Oracle("W4", "a first response that nobody gave then", responses_that_do_not_match),
    Oracle("W3", "an end that is not its entry's", ends_that_do_not_match),
    Oracle("T3", "an alert without its line, or too early", alerts_without_their_line),
    Oracle("T1", "a hold that stands on no timeline, or the reverse", holds_without_their_line),
)
