"""Queries on requests that must return no row."""

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


def slots_miscounted() -> list[str]:
    """W7: the counter of a slot's day is the number of requests that hold a place."""
    return rows_of(MISCOUNTED)


def guards_that_do_not_match() -> list[str]:
    """CON14: an open request guards its consumer, and nothing else does."""
    return rows_of(UNGUARDED)


def places_held_by_closed_requests() -> list[str]:
    """W7: closing gives the place back."""
    return rows_of(BOOKED_AFTER_THE_END)


ORACLES: tuple[Oracle, ...] = (
    Oracle("W7", "a slot's day whose counter is not what is booked", slots_miscounted),
    Oracle("W7", "a closed request that still holds a place", places_held_by_closed_requests),
    Oracle(
        "W1", "an open request without its guard, or a guard without it", guards_that_do_not_match
    ),
)
