"""Queries on requests that must return no row."""

from smart360.cases.models.following import OUTCOME
from smart360.kernel.oracle import Oracle, rows_of

MISCOUNTED = """
SELECT d.id::text FROM disconnections_slotday d
  LEFT JOIN disconnections_disconnectionrequest r ON r.booking_id = d.id
 GROUP BY d.id, d.booked, d.capacity
HAVING count(r.case_id) <> d.booked OR count(r.case_id) > d.capacity
"""

UNGUARDED = """
SELECT c.number FROM cases_case c
  LEFT JOIN consumers_guard g ON g.placed_by = c.number
 WHERE c.kind IN ('DISCONNECTION', 'RECONNECTION')
   AND (c.status IN ('PENDING', 'IN_PROGRESS', 'ON_HOLD')) <> (g.id IS NOT NULL)
UNION ALL
SELECT g.placed_by FROM consumers_guard g LEFT JOIN cases_case c ON c.number = g.placed_by
 WHERE c.id IS NULL
"""

BOOKED_AFTER_THE_END = """
SELECT c.number FROM cases_case c JOIN disconnections_disconnectionrequest r ON r.case_id = c.id
 WHERE c.status = 'CLOSED' AND r.booking_id IS NOT NULL
"""

OFFERED_SLOTS_OVERLAP = """
SELECT a.id, b.id FROM disconnections_timeslot a JOIN disconnections_timeslot b
    ON b.id > a.id AND a.is_active AND b.is_active AND a.starts < b.ends AND b.starts < a.ends
"""

WRONG_TYPE = """
SELECT c.number, c.kind FROM disconnections_disconnectionrequest r
  JOIN cases_case c ON c.id = r.case_id
  LEFT JOIN (SELECT request_id, bool_or(was_connected) AS any_on, bool_and(was_connected) AS all_on
               FROM disconnections_requestedservice GROUP BY 1) s ON s.request_id = r.case_id
 WHERE c.kind <> CASE WHEN r.consumer_status IN ('INACTIVE', 'DISCONNECTED')
                        OR NOT coalesce(s.any_on, false)
                      THEN 'RECONNECTION' ELSE 'DISCONNECTION' END
    OR (c.kind = 'DISCONNECTION' AND NOT s.all_on)
"""

FOREIGN_SERVICES = """
SELECT c.number, s.service_connection_id FROM disconnections_requestedservice s
  JOIN cases_case c ON c.id = s.request_id
  JOIN consumers_serviceconnection sc ON sc.id = s.service_connection_id
 WHERE sc.consumer_id <> c.consumer_id
"""

# A request was made in one of the zones that the utility ever had.
WRONG_DATES = """
WITH zones AS (SELECT time_zone FROM organisation_utility UNION
               SELECT time_zone FROM organisation_utilityevent)
SELECT c.number, r.preferred_on FROM disconnections_disconnectionrequest r
  JOIN cases_case c ON c.id = r.case_id
 WHERE (r.preferred_on IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM zones z
             WHERE r.preferred_on BETWEEN (c.created_at AT TIME ZONE z.time_zone)::date
                                      AND (c.created_at AT TIME ZONE z.time_zone)::date + 365))
    OR EXISTS (SELECT 1 FROM organisation_holiday h
                 JOIN organisation_holidayevent e ON e.pgh_obj_id = h.id
                WHERE h.day = r.preferred_on AND h.blocks_visits
                GROUP BY h.id HAVING max(e.pgh_created_at) < c.created_at)
"""

# A day is left for a time zone that was changed since.
HALF_MADE = """
SELECT c.number FROM cases_case c
  LEFT JOIN disconnections_disconnectionrequest r ON r.case_id = c.id
 WHERE c.kind IN ('DISCONNECTION', 'RECONNECTION') AND r.case_id IS NULL
UNION ALL
SELECT c.number FROM disconnections_disconnectionrequest r JOIN cases_case c ON c.id = r.case_id
 WHERE NOT EXISTS (SELECT 1 FROM disconnections_requestedservice s WHERE s.request_id = r.case_id)
   AND EXISTS (SELECT 1 FROM consumers_serviceconnection sc, organisation_utility u
                WHERE sc.consumer_id = c.consumer_id
                  AND sc.connected_on < (c.created_at AT TIME ZONE u.time_zone)::date - 1)
"""

UNOWED_RECEIPTS = """
SELECT c.number FROM disconnections_disconnectionrequest r JOIN cases_case c ON c.id = r.case_id
 WHERE r.receipt_id IS NULL AND NOT EXISTS (
       SELECT 1 FROM owed_owedwork w
        WHERE w.kind = 'disconnections.receipt' AND w.state <> 'DONE'
          AND (w.about ->> 'case')::bigint = r.case_id)
"""

KEYS_WITHOUT_RESULT = """
SELECT k.id FROM web_formkey k
  LEFT JOIN cases_case c ON c.number = k.result AND c.created_by_id = k.person_id
  LEFT JOIN consumers_consumer a ON a.id = c.consumer_id AND a.account_number = k.about
 WHERE k.act = 'disconnections.create_request' AND a.id IS NULL
UNION ALL
SELECT min(k.id) FROM web_formkey k WHERE k.act = 'disconnections.create_request'
 GROUP BY k.result HAVING count(*) > 1
"""

LINKS_SHARED = """
SELECT min(case_id), count(*) FROM disconnections_disconnectionrequest
 GROUP BY tracking_token HAVING count(*) > 1
"""


OUTCOMES_ASTRAY = f"""
SELECT a.run_id::text, c.number, a.outcome, {OUTCOME}
  FROM disconnections_runaccount a JOIN cases_case c ON c.id = a.request_id
 WHERE a.outcome <> {OUTCOME}
"""  # noqa: S608  (our own table of outcomes)

RUNS_MISCOUNTED = """
SELECT r.id::text FROM disconnections_nonpaymentrun r
  LEFT JOIN (SELECT run_id, count(request_id) AS made,
                    count(*) FILTER (WHERE outcome = 'PROPOSED') AS waiting,
                    count(*) FILTER (WHERE outcome = 'LEFT_OUT' AND request_id IS NULL) AS left_out
               FROM disconnections_runaccount GROUP BY run_id) a ON a.run_id = r.id
 WHERE r.made <> coalesce(a.made, 0)
    OR (r.state IN ('PREPARING', 'PROPOSED', 'WITHDRAWN', 'RUNNING', 'STOPPED', 'DONE')
        AND r.looked_at + coalesce(a.waiting, 0) <> r.wanted)
    OR (r.state = 'DONE' AND coalesce(a.waiting, 0) > 0)
"""

RUNS_STARTED_ALONE = """
SELECT id::text FROM disconnections_nonpaymentrun
 WHERE started_by_id = proposed_by_id AND wanted > alone_up_to
"""

FOREIGN_REQUESTS = """
SELECT a.run_id::text, c.number FROM disconnections_runaccount a
  JOIN cases_case c ON c.id = a.request_id
  JOIN disconnections_disconnectionrequest q ON q.case_id = c.id
  JOIN disconnections_reason s ON s.id = q.reason_id
 WHERE c.consumer_id <> a.consumer_id OR NOT s.is_for_debt
"""


def outcomes_that_do_not_follow() -> list[str]:
    """DIS13: the collection record says what became of each request."""
    return rows_of(OUTCOMES_ASTRAY, words="run {}: {} is {}, not {}")


def runs_miscounted() -> list[str]:
    """DIS13: a run made as many requests as its record holds, and looked at who waits no more."""
    return rows_of(RUNS_MISCOUNTED, words="run {}")


def runs_started_alone() -> list[str]:
    """BEY5: above the policy's size another person than the proposer started it."""
    return rows_of(RUNS_STARTED_ALONE, words="run {}")


def requests_of_somebody_else() -> list[str]:
    """DIS13: a run's request is for debt, and of the account in whose record it stands."""
    return rows_of(FOREIGN_REQUESTS, words="run {}: {}")


def slots_miscounted() -> list[str]:
    """W7: the counter of a slot's day is the number of requests that hold a place."""
    return rows_of(MISCOUNTED)


def guards_that_do_not_match() -> list[str]:
    """CON14: an open request guards its consumer, and nothing else does."""
    return rows_of(UNGUARDED)


def places_held_by_closed_requests() -> list[str]:
    """W7: closing gives the place back."""
    return rows_of(BOOKED_AFTER_THE_END)


def slots_that_overlap() -> list[str]:
    """W7: the slots that are offered do not overlap."""
    return rows_of(OFFERED_SLOTS_OVERLAP, words="slots {} and {}")


def types_that_do_not_follow() -> list[str]:
    """W5: the type follows from the stored status of the consumer and the services chosen."""
    return rows_of(WRONG_TYPE, words="{} is a {}")


def services_of_somebody_else() -> list[str]:
    """W5: the services asked for are the consumer's own."""
    return rows_of(FOREIGN_SERVICES, words="{} service connection {}")


def dates_that_could_not_be_asked_for() -> list[str]:
    """W6: the wished date lies within a year of the request, in a zone the utility had.

    A holiday counts when it was known before the request.
    """
    return rows_of(WRONG_DATES, words="{} {}")


def requests_half_made() -> list[str]:
    """R7: a request is there with its case and its services, or not at all."""
    return rows_of(HALF_MADE)


def receipts_that_nobody_owes() -> list[str]:
    """R7: each request has its receipt, or a worker owes it (or gave up visibly)."""
    return rows_of(UNOWED_RECEIPTS)


def form_keys_without_their_request() -> list[str]:
    """R4: a submitted form names the one request that it made, and no two forms the same one."""
    return rows_of(KEYS_WITHOUT_RESULT, words="form key {}")


def tracking_links_shared() -> list[str]:
    """W20: a consumer's own link leads to one request."""
    return rows_of(LINKS_SHARED, words="request {} shares its link with {}")


# ------------------------------------------------------------------ what was carried out
HALF_EXECUTED = """
SELECT c.number, c.status, o.status FROM disconnections_execution x
  JOIN cases_case c ON c.id = x.request_id
  JOIN fieldwork_serviceorder o ON o.id = x.service_order_id
 WHERE c.status <> 'COMPLETED' OR o.status <> 'COMPLETED'
    OR o.consumer_id <> c.consumer_id OR o.kind <> c.kind
"""
# What a later request has switched on again is no longer off.
CAME_BACK = """
EXISTS (SELECT 1 FROM disconnections_requestedservice b JOIN cases_case d ON d.id = b.request_id
         WHERE d.kind = 'RECONNECTION' AND d.status = 'COMPLETED' AND d.ended_at >= c.ended_at
           AND {})
"""
STILL_ON = f"""
SELECT c.number, s.id FROM disconnections_execution x
  JOIN cases_case c ON c.id = x.request_id AND c.kind = 'DISCONNECTION'
  JOIN disconnections_requestedservice r ON r.request_id = x.request_id
  JOIN consumers_serviceconnection s ON s.id = r.service_connection_id
 WHERE (s.supply_state = 'CONNECTED' OR s.billing_frozen_at IS NULL
        OR EXISTS (SELECT 1 FROM consumers_meterassignment a
                    WHERE a.service_connection_id = s.id AND upper_inf(a.during)))
   AND NOT {CAME_BACK.format("b.service_connection_id = s.id")}
   AND NOT EXISTS (SELECT 1 FROM consumers_handedoverservice h
                     JOIN consumers_occupancychange o ON o.id = h.change_id
                    WHERE h.to_connection_id = s.id AND o.made_at >= c.ended_at)
"""  # noqa: S608  (put together from our own words)
NOT_ENDED = f"""
SELECT c.number, p.status FROM disconnections_execution x
  JOIN cases_case c ON c.id = x.request_id AND c.kind = 'DISCONNECTION'
  JOIN consumers_consumer p ON p.id = c.consumer_id
 WHERE x.account_status IN ('INACTIVE', 'DISCONNECTED')
   AND p.status NOT IN (x.account_status, 'COLLECTION')
   AND NOT {CAME_BACK.format("d.consumer_id = c.consumer_id")}
   AND NOT EXISTS (SELECT 1 FROM consumers_occupancychange o
                    WHERE o.moved_in_id = c.consumer_id AND o.made_at >= c.ended_at)
"""  # noqa: S608  (put together from our own words)
MOVED_WRONGLY = """
SELECT c.number, e.meter_id FROM disconnections_executedmeter e
  JOIN cases_case c ON c.id = e.execution_id
  LEFT JOIN consumers_inventorymovement v ON v.case_id = c.id AND v.meter_id = e.meter_id
 WHERE c.kind = 'DISCONNECTION'
 GROUP BY c.number, e.meter_id, e.action, e.movement_id
HAVING count(v.id) <> (e.action = 'REMOVE')::int OR min(v.id) IS DISTINCT FROM e.movement_id
"""
UNPROVED = """
SELECT c.number FROM cases_case c
 WHERE c.kind = 'DISCONNECTION' AND c.status = 'COMPLETED'
   AND EXISTS (SELECT 1 FROM trail_entry e
                WHERE e.case_id = c.id AND e.kind = 'COMPLETED' AND e.new ? 'order')
   AND NOT EXISTS (SELECT 1 FROM disconnections_execution x WHERE x.request_id = c.id)
"""


def executions_half_done() -> list[str]:
    """W9: what was carried out is completed, and so is its service order, of the same consumer."""
    return rows_of(HALF_EXECUTED, words="{}: request {}, order {}")


def services_still_on() -> list[str]:
    """W9: what was carried out is off, frozen and unmetered, until somebody comes back."""
    return rows_of(STILL_ON, words="{}: service {}")


def accounts_not_ended() -> list[str]:
    """W11: the account of an execution that left no service stands as it says."""
    return rows_of(NOT_ENDED, words="{}: account {}")


def meters_moved_otherwise() -> list[str]:
    """W12: a removed meter has one movement of its execution, an unassigned one none."""
    return rows_of(MOVED_WRONGLY, words="{}: meter {}")


def completions_without_execution() -> list[str]:
    """W10: a completion that names a service order has its execution."""
    return rows_of(UNPROVED)


EXECUTED_THOUGH_BLOCKED = """
SELECT c.number FROM disconnections_execution x
  JOIN cases_case c ON c.id = x.request_id AND c.kind = 'DISCONNECTION'
 WHERE (SELECT v.answer FROM disconnections_protectionverdict v
         WHERE v.case_id = x.request_id AND v.at <= x.executed_at
         ORDER BY v.id DESC LIMIT 1) = 'BLOCKED'
"""

WRONG_VERDICTS = """
SELECT v.id::text FROM disconnections_protectionverdict v
 WHERE v.answer <> CASE WHEN v.findings @> '[{"answer": "BLOCKED"}]' THEN 'BLOCKED'
                        WHEN v.findings @> '[{"answer": "NEEDS_APPROVAL"}]' THEN 'NEEDS_APPROVAL'
                        ELSE 'ALLOW' END
"""

UNASKED_APPROVALS = """
SELECT DISTINCT c.number FROM disconnections_protectionverdict v
  JOIN cases_case c ON c.id = v.case_id
 WHERE v.answer = 'NEEDS_APPROVAL' AND NOT EXISTS (
       SELECT 1 FROM cases_approval a WHERE a.case_id = v.case_id)
"""

RULES_ABOUT_NOTHING = """
SELECT r.code, named.what FROM disconnections_protectionrule r
  LEFT JOIN disconnections_rulepack p ON p.id = r.pack_id
 CROSS JOIN LATERAL (
       SELECT unnest(r.reasons) AS what EXCEPT SELECT code FROM disconnections_reason
        UNION ALL
       (SELECT unnest(r.categories) EXCEPT SELECT name FROM consumers_category)) named
 WHERE r.is_active AND coalesce(p.is_enabled, true)
"""


EXECUTED_UNAPPROVED = """
SELECT c.number, last.state FROM disconnections_execution x
  JOIN cases_case c ON c.id = x.request_id
 CROSS JOIN LATERAL (
       SELECT a.state FROM cases_approval a WHERE a.case_id = x.request_id
        ORDER BY a.state IN ('PENDING', 'APPROVED') DESC, a.id DESC LIMIT 1) last
 WHERE last.state IN ('PENDING', 'REJECTED')
"""

SENT_THOUGH_IT_WAITS = """
SELECT o.number, c.number FROM fieldwork_serviceorder o
  JOIN cases_case c ON c.id = o.case_id AND c.status = 'ON_HOLD'
  JOIN cases_hold h ON h.case_id = c.id AND h.ended_at IS NULL
 WHERE o.kind = 'DISCONNECTION'
   AND (o.status = 'ASSIGNED' AND o.assigned_at > h.since
        OR o.status = 'IN_PROGRESS' AND o.started_at > h.since)
"""


def executed_without_approval() -> list[str]:
    """W14: nothing is carried out whose approval was refused or waits."""
    return rows_of(EXECUTED_UNAPPROVED, words="{}: approval {}")


def sent_though_it_waits() -> list[str]:
    """W10: nobody is sent, or begins, while the request is On Hold."""
    return rows_of(SENT_THOUGH_IT_WAITS, words="{} of {}")


def executed_though_blocked() -> list[str]:
    """BEY1: nothing is carried out whose last verdict says that it is blocked."""
    return rows_of(EXECUTED_THOUGH_BLOCKED)


def verdicts_that_do_not_follow() -> list[str]:
    """BEY1: a verdict is the sternest of what its rules said."""
    return rows_of(WRONG_VERDICTS, words="verdict {}")


def approvals_nobody_asked_for() -> list[str]:
    """DIS11: what rules let through with approval only was put before supervisors."""
    return rows_of(UNASKED_APPROVALS)


def rules_about_nothing() -> list[str]:
    """BEY1: a rule in force names reasons and categories that there are; a renamed one is found."""
    return rows_of(RULES_ABOUT_NOTHING, words="rule {} names {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle("W10", "an execution that was blocked", executed_though_blocked),
    Oracle("W14", "an execution without its approval", executed_without_approval),
    Oracle("W10", "a technician sent while the request waits", sent_though_it_waits),
    Oracle("W10", "a verdict that does not follow from its rules", verdicts_that_do_not_follow),
    Oracle("W14", "an approval that rules want and nobody asked for", approvals_nobody_asked_for),
    Oracle("W10", "a protection rule about what there is not", rules_about_nothing),
    Oracle("W9", "an execution half done", executions_half_done),
    Oracle("W9", "a service that is on after its execution", services_still_on),
    Oracle("W10", "a completion without its execution", completions_without_execution),
    Oracle("W11", "an account that its execution did not end", accounts_not_ended),
    Oracle("W12", "a meter moved otherwise than its execution says", meters_moved_otherwise),
    Oracle("W7", "a slot's day whose counter is not what is booked", slots_miscounted),
    Oracle("W7", "a closed request that still holds a place", places_held_by_closed_requests),
    Oracle(
        "W1", "an open request without its guard, or a guard without it", guards_that_do_not_match
    ),
    Oracle("W7", "offered slots that overlap", slots_that_overlap),
    Oracle("W5", "a type that does not follow from the consumer", types_that_do_not_follow),
    Oracle("W5", "a requested service of somebody else", services_of_somebody_else),
    Oracle("W6", "a date that could not be asked for", dates_that_could_not_be_asked_for),
    Oracle("R7", "a request half made", requests_half_made),
    Oracle("R7", "a receipt that is neither there nor owed", receipts_that_nobody_owes),
    Oracle("R4", "a form without its one result", form_keys_without_their_request),
    Oracle("W20", "a tracking link of two requests", tracking_links_shared),
    Oracle("DIS13", "an outcome that is not its request's", outcomes_that_do_not_follow),
    Oracle("DIS13", "a non-payment run miscounted", runs_miscounted),
    Oracle("DIS13", "a request in somebody else's record", requests_of_somebody_else),
    Oracle("BEY5", "a large run that its proposer started", runs_started_alone),
)
