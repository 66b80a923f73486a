"""Queries on messages that must return no row."""

from datetime import datetime

from smart360.comms.choices import DeliveryState
from smart360.comms.models import Delivery
from smart360.comms.rules import QUEUED_TOO_LONG
from smart360.kernel.oracle import Oracle, rows_of

UNOWED = """
SELECT d.message_id FROM comms_delivery d
 WHERE d.state = 'QUEUED' AND NOT EXISTS (
       SELECT 1 FROM owed_owedwork w
        WHERE w.kind = 'comms.deliver' AND w.state = 'WAITING'
          AND (w.about ->> 'message')::bigint = d.message_id)
"""

LEAKED = """
SELECT d.message_id FROM comms_delivery d JOIN comms_message m ON m.id = d.message_id
 WHERE m.visibility <> 'CONSUMER' OR d.visibility <> m.visibility
"""

UNTOLD = """
SELECT d.message_id FROM comms_delivery d JOIN comms_message m ON m.id = d.message_id
 WHERE m.case_id IS NOT NULL AND d.state <> 'QUEUED' AND NOT EXISTS (
       SELECT 1 FROM trail_entry e
        WHERE e.case_id = m.case_id AND (e.new ->> 'message')::bigint = m.id
          AND e.kind = CASE d.state WHEN 'SENT' THEN 'MESSAGE_DELIVERED'
                                    WHEN 'FAILED' THEN 'MESSAGE_FAILED'
                                    ELSE 'MESSAGE_NOT_SENT' END)
"""


def messages_that_wait_too_long(at: datetime) -> list[str]:
    """N2: no message waits longer than a quarter of an hour unnoticed."""
    late = Delivery.objects.filter(
        state=DeliveryState.QUEUED, state_at__lt=at - QUEUED_TOO_LONG
    ).order_by("state_at")
    return [
        f"message {delivery.pk} since {delivery.state_at:%Y-%m-%d %H:%M}" for delivery in late[:50]
    ]


def messages_that_nobody_owes() -> list[str]:
    """N1: what waits to be sent is owed to a worker."""
    return _messages(UNOWED)


def internal_messages_that_go_out() -> list[str]:
    """N4: nothing internal is ever on its way to a consumer."""
    return _messages(LEAKED)


def deliveries_without_a_timeline_line() -> list[str]:
    """AC020: what became of a message stands on its case's timeline."""
    return _messages(UNTOLD)


def _messages(query: str) -> list[str]:
    return rows_of(query, words="message {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle(
        "N2",
        "a message that has waited for over 15 minutes",
        messages_that_wait_too_long,
        needs_moment=True,
        is_alarm=True,
    ),
    Oracle("N1", "a message that waits and that no worker owes", messages_that_nobody_owes),
    Oracle("N4", "an internal message on its way to a consumer", internal_messages_that_go_out),
    Oracle("N2", "a delivery whose end stands on no timeline", deliveries_without_a_timeline_line),
)
