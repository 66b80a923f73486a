"""Queries on messages that must return no row."""

from datetime import datetime

from django.db import connection

from smart360.comms.choices import DeliveryState
from smart360.comms.models import Delivery
from smart360.comms.rules import QUEUED_TOO_LONG

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
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [f"message {row[0]}" for row in cursor.fetchmany(50)]
