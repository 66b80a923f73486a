"""Oracles that compare what happened to cases with what consumers were told of it."""

from smart360.kernel.oracle import Oracle, rows_of

# Which event of a case is told by which template.
TOLD = """
(VALUES ('CREATED', 'request.received'), ('ACKNOWLEDGED', 'request.acknowledged'),
        ('HELD', 'request.on_hold'), ('CLOSED', 'request.closed'),
        ('CREATED', 'complaint.received'),
        ('ACKNOWLEDGED', 'complaint.acknowledged'), ('HELD', 'complaint.on_hold'),
        ('RESOLVED', 'complaint.resolved'), ('REJECTED', 'complaint.rejected'),
        ('REOPENED', 'complaint.reopened')) AS told (kind, code)
"""
# The key of the one message about an event: once in a case's life, or once for each version.
KEY = """
told.code || ':' || c.number || ':' ||
CASE WHEN e.kind IN ('HELD', 'RESOLVED', 'REJECTED', 'REOPENED') THEN e.case_version ELSE 1 END
"""
ITS_OWN = """
e.case_version IS NOT NULL
AND split_part(told.code, '.', 1) = CASE c.kind WHEN 'COMPLAINT' THEN 'complaint' ELSE 'request' END
"""
UNTOLD = f"""
SELECT c.number, told.code FROM {TOLD}
  JOIN comms_template t ON t.code = told.code AND t.channel = 'EMAIL'
  JOIN trail_entry e ON e.kind = told.kind
  JOIN cases_case c ON c.id = e.case_id
 WHERE {ITS_OWN} AND (c.notifies_consumer OR t.kind = 'STATUTORY')
   AND NOT EXISTS (SELECT 1 FROM comms_message m
                    WHERE m.case_id = e.case_id AND m.dedupe_key = {KEY})
   AND NOT (e.actor_id IS NULL AND e.kind IN ('ACKNOWLEDGED', 'HELD')
            AND EXISTS (SELECT 1 FROM comms_message m JOIN comms_template s ON s.id = m.template_id
                         WHERE m.case_id = e.case_id AND m.at = e.at
                           AND s.code = 'request.stopped'))
   AND NOT EXISTS (SELECT 1 FROM comms_templateevent was
                    WHERE was.pgh_obj_id = t.id
                      AND (NOT was.is_active OR was.kind <> t.kind))
"""  # noqa: S608  (put together from our own words)
NOT_WISHED = """
SELECT c.number, m.id FROM comms_message m JOIN cases_case c ON c.id = m.case_id
 WHERE m.template_id IS NOT NULL AND NOT m.is_statutory AND NOT c.notifies_consumer
"""
WITHOUT_EVENT = f"""
SELECT m.id, told.code FROM comms_message m
  JOIN comms_template t ON t.id = m.template_id JOIN {TOLD} ON told.code = t.code
 WHERE m.case_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM trail_entry e JOIN cases_case c ON c.id = e.case_id
                    WHERE {ITS_OWN} AND e.case_id = m.case_id AND e.kind = told.kind
                      AND m.dedupe_key = {KEY})
"""  # noqa: S608  (put together from our own words)
TOLD_TWICE = """
SELECT case_id, (new ->> 'message')::bigint
  FROM trail_entry
 WHERE kind IN ('MESSAGE_DELIVERED', 'MESSAGE_RETRIED', 'MESSAGE_FAILED', 'MESSAGE_NOT_SENT')
 GROUP BY 1, 2
HAVING count(*) FILTER (WHERE kind = 'MESSAGE_DELIVERED') > 1
    OR count(*) FILTER (WHERE kind = 'MESSAGE_FAILED')
       > 1 + count(*) FILTER (WHERE kind = 'MESSAGE_RETRIED')
    OR count(*) FILTER (WHERE kind = 'MESSAGE_NOT_SENT') > 1
"""
SAID_BUT_NOT_KEPT = """
SELECT c.number FROM cases_case c
  LEFT JOIN (SELECT case_id, count(*) AS n FROM trail_entry
              WHERE kind IN ('NOTE_ADDED', 'MESSAGE_SENT', 'CALL_LOGGED') GROUP BY 1) e
         ON e.case_id = c.id
  LEFT JOIN (SELECT case_id, count(*) AS n FROM comms_message
              WHERE template_id IS NULL GROUP BY 1) m ON m.case_id = c.id
 WHERE m.n IS DISTINCT FROM e.n
"""


def events_that_nobody_was_told_of() -> list[str]:
    """N1: with the box ticked each event of a case has its one message.

    What stops an order by itself says so in words of its own. Templates that an administrator has
    ever switched off are left out.
    """
    return rows_of(UNTOLD, words="{} {}")


def messages_that_nobody_wished() -> list[str]:
    """N1: with the box unticked no courtesy message is even written."""
    return rows_of(NOT_WISHED, words="{} message {}")


def messages_of_what_never_happened() -> list[str]:
    """N4: nothing is said of an event that was not stored."""
    return rows_of(WITHOUT_EVENT, words="message {} {}")


def deliveries_told_twice() -> list[str]:
    """N3: a message is handed over once on its timeline, and fails once for each try."""
    return rows_of(TOLD_TWICE, words="case {} message {}")


def words_that_do_not_match_the_timeline() -> list[str]:
    """N6: each note, message and call of a person is in the log once, and on the timeline once."""
    return rows_of(SAID_BUT_NOT_KEPT)


ORACLES: tuple[Oracle, ...] = (
    Oracle("N1", "an event that a consumer should have heard of", events_that_nobody_was_told_of),
    Oracle("N1", "a courtesy message that nobody wished", messages_that_nobody_wished),
    Oracle("N4", "a message of what never happened", messages_of_what_never_happened),
    Oracle("N3", "a message handed over or given up twice", deliveries_told_twice),
    Oracle(
        "N6", "a word kept without its line, or the reverse", words_that_do_not_match_the_timeline
    ),
)
