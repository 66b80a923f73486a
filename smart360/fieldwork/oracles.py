"""Queries on service orders that must return no row."""

from smart360.kernel.oracle import Oracle, rows_of

MISCOUNTED = """
SELECT coalesce(d.technician_id, o.technician_id), coalesce(d.day, o.day)
  FROM fieldwork_technicianday d
  FULL JOIN (SELECT technician_id, scheduled_on AS day, sum(estimated_minutes) AS minutes
               FROM fieldwork_serviceorder WHERE status IN ('ASSIGNED', 'IN_PROGRESS')
              GROUP BY 1, 2) o ON o.technician_id = d.technician_id AND o.day = d.day
 WHERE coalesce(d.planned, 0) <> coalesce(o.minutes, 0)
"""

DAYLESS = """
SELECT o.number FROM fieldwork_serviceorder o
 WHERE o.status IN ('ASSIGNED', 'IN_PROGRESS') AND NOT EXISTS (
       SELECT 1 FROM fieldwork_technicianday d
        WHERE d.technician_id = o.technician_id AND d.day = o.scheduled_on)
"""

OVERPLANNED = """
SELECT technician_id, day FROM fieldwork_technicianday WHERE planned > minutes
"""

OUTLIVING = """
SELECT o.number FROM fieldwork_serviceorder o JOIN cases_case c ON c.id = o.case_id
 WHERE o.ended_at IS NULL AND c.ended_at IS NOT NULL
"""

OF_OTHERS = """
SELECT o.number FROM fieldwork_serviceorder o JOIN cases_case c ON c.id = o.case_id
 WHERE o.consumer_id IS DISTINCT FROM c.consumer_id
UNION
SELECT o.number FROM fieldwork_orderedservice s
  JOIN fieldwork_serviceorder o ON o.id = s.service_order_id
  JOIN consumers_serviceconnection sc ON sc.id = s.service_connection_id
 WHERE sc.consumer_id <> o.consumer_id
"""

UNBOUND = """
SELECT o.number FROM fieldwork_serviceorder o LEFT JOIN cases_case c ON c.id = o.case_id
 WHERE o.kind IN ('DISCONNECTION', 'RECONNECTION') AND c.kind IS DISTINCT FROM o.kind
"""

UNOWED = """
SELECT o.number FROM fieldwork_serviceorder o
 WHERE o.status = 'COMPLETED' AND o.report_id IS NULL AND NOT EXISTS (
       SELECT 1 FROM owed_owedwork w
        WHERE w.dedupe_key = 'service-order-report:' || o.number AND w.state <> 'DONE')
"""

# By its case's or its consumer's entries, both of which have their index.
UNTOLD = """
SELECT o.number FROM fieldwork_serviceorder o
 WHERE NOT EXISTS (
       SELECT 1 FROM trail_entry e
        WHERE e.consumer_id = o.consumer_id AND e.case_id IS NOT DISTINCT FROM o.case_id
          AND e.new ->> 'order' = o.number
          AND e.kind = CASE o.status WHEN 'COMPLETED' THEN 'ORDER_COMPLETED'
                                     WHEN 'CANCELLED' THEN 'ORDER_CANCELLED'
                                     ELSE 'ORDER_CREATED' END)
"""

KEYS_WITHOUT_ORDER = """
SELECT k.id FROM web_formkey k
  LEFT JOIN fieldwork_serviceorder o ON o.number = k.result AND o.created_by_id = k.person_id
 WHERE k.act = 'fieldwork.create_service_order' AND o.id IS NULL
UNION ALL
SELECT min(k.id) FROM web_formkey k WHERE k.act = 'fieldwork.create_service_order'
 GROUP BY k.result HAVING count(*) > 1
"""


def technicians_days_miscounted() -> list[str]:
    """W7: what is planned for a technician's day is the sum of the live orders of that day."""
    return rows_of(MISCOUNTED, words="technician {} on {}")


def assignments_without_a_day() -> list[str]:
    """W7: whoever has an order has a day on which it counts."""
    return rows_of(DAYLESS)


def days_that_are_overplanned() -> list[str]:
    """W7: nobody has more to do on a day than there are minutes."""
    return rows_of(OVERPLANNED, words="technician {} on {}")


def orders_that_outlive_their_request() -> list[str]:
    """W15: nobody is sent for a request that has ended."""
    return rows_of(OUTLIVING)


def orders_about_somebody_else() -> list[str]:
    """W5: an order is about its request's consumer, and about services of that consumer."""
    return rows_of(OF_OTHERS)


def orders_without_their_kind_of_request() -> list[str]:
    """W10: supply is cut and given back only by a request of that kind."""
    return rows_of(UNBOUND)


def reports_that_nobody_owes() -> list[str]:
    """R7: a completed order has its report, or a worker owes it (or gave up visibly)."""
    return rows_of(UNOWED)


def orders_without_their_line() -> list[str]:
    """W3: the timeline tells that an order was made, and how it ended."""
    return rows_of(UNTOLD)


def form_keys_without_their_order() -> list[str]:
    """R4: a submitted form names the one order that it made, and no two forms the same one."""
    return rows_of(KEYS_WITHOUT_ORDER, words="form key {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle("W7", "a technician's day that is miscounted", technicians_days_miscounted),
    Oracle("W7", "an assigned order without a technician's day", assignments_without_a_day),
    Oracle("W7", "a technician's day that is overplanned", days_that_are_overplanned),
    Oracle("W15", "a live order of an ended request", orders_that_outlive_their_request),
    Oracle("W5", "a service order about somebody else", orders_about_somebody_else),
    Oracle("W10", "a cut without its request", orders_without_their_kind_of_request),
    Oracle("R7", "a completion report that is neither there nor owed", reports_that_nobody_owes),
    Oracle("W3", "a service order without its line", orders_without_their_line),
    Oracle("R4", "a form without its one service order", form_keys_without_their_order),
)
