"""Queries on messages that must return no row."""

from datetime import datetime

from django.db.models import Q

from smart360.comms.choices import DeliveryState
from smart360.comms.models import Delivery
from smart360.comms.ports import URGENT
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

NO_FATE = """
SELECT m.id FROM comms_message m LEFT JOIN comms_delivery d ON d.message_id = m.id
 WHERE (m.channel = 'EMAIL' AND m.direction = 'TO_CONSUMER' AND d.message_id IS NULL)
    OR (m.direction <> 'TO_CONSUMER' AND d.message_id IS NOT NULL)
    OR (d.state IN ('NOT_SENT', 'FAILED')) <> (d.why <> '')
    OR (d.state IN ('QUEUED', 'SENT') AND m.to_id IS NULL)
"""

SAID_TWICE = """
SELECT min(id), count(*) FROM comms_message GROUP BY dedupe_key HAVING count(*) > 1
"""

RUNG_TWICE = """
SELECT min(id), count(*) FROM comms_notice GROUP BY person_id, dedupe_key HAVING count(*) > 1
"""


def messages_that_wait_too_long(at: datetime) -> list[str]:
    """N2, N5: no message waits longer than a quarter of an hour unnoticed, or than is promised."""
    is_late = Q(state_at__lt=at - QUEUED_TOO_LONG)
    for code, urgent in URGENT.items():
        is_late |= Q(message__template__code=code, state_at__lt=at - urgent.alarm_after)
    late = Delivery.objects.filter(is_late, state=DeliveryState.QUEUED).order_by("state_at")
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


def deliveries_without_an_end() -> list[str]:
    """N2: each e-mail to a consumer is queued, sent, or says why not; nothing else is."""
    return _messages(NO_FATE)


def messages_said_twice() -> list[str]:
    """N3: one key, one message, and so one Message-ID."""
    return rows_of(SAID_TWICE, words="message {} is there {} times")


def notices_rung_twice() -> list[str]:
    """N3: the bell rings a person once for an event."""
    return rows_of(RUNG_TWICE, words="notice {} is there {} times")


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
    Oracle("N2", "an e-mail of which nobody knows what became", deliveries_without_an_end),
    Oracle("N3", "one key and two messages", messages_said_twice),
    Oracle("N3", "one event and two rings of one bell", notices_rung_twice),
)
