"""Along which arrows a service order moves: one table for operation, button and trigger."""

from collections.abc import Mapping

from smart360.fieldwork.choices import OrderStatus

S = OrderStatus
ARROWS: Mapping[str, frozenset[str]] = {
    S.OPEN.value: frozenset({S.SCHEDULED.value, S.ASSIGNED.value, S.CANCELLED.value}),
    S.SCHEDULED.value: frozenset({S.OPEN.value, S.ASSIGNED.value, S.CANCELLED.value}),
    S.ASSIGNED.value: frozenset(
        {S.SCHEDULED.value, S.IN_PROGRESS.value, S.COMPLETED.value, S.CANCELLED.value}
    ),
    S.IN_PROGRESS.value: frozenset({S.SCHEDULED.value, S.COMPLETED.value, S.CANCELLED.value}),
}
"""Back to Scheduled: taken from a technician, or a visit that came to nothing."""


def may_move(old: str, new: str) -> bool:
    """Whether a service order may go from one status to the other."""
    return new in ARROWS.get(old, frozenset())


def arrows_as_sql() -> str:
    """The table as SQL rows ``('OLD','NEW')`` for the trigger."""
    return ", ".join(
        f"('{old}','{new}')" for old, targets in ARROWS.items() for new in sorted(targets)
    )
