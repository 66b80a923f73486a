"""Requests to cut off for debt, many at once: ``create_request`` in set form (DIS13).

Steps: the run that calls them has locked every consumer and judged every one.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from consumers import guards
from consumers.models import Consumer
from disconnections.choices import IdentityCheck
from disconnections.models import DisconnectionRequest, Reason, RequestedService
from disconnections.protecting import take_up_each
from disconnections.queries.protections import Judged
from smart360.cases import handling
from smart360.cases.choices import CaseKind
from smart360.cases.handling import NewCase
from smart360.cases.models import Case
from smart360.cases.queries.receipts import receipt_key
from smart360.kernel.db import copy_rows, step
from smart360.organisation.queries import get_utility
from smart360.owed.book import owe_each

BETWEEN_LETTERS = timedelta(milliseconds=100)
BETWEEN_RECEIPTS = timedelta(seconds=2)
"""How far apart a run's letters and receipts are owed: workers pay what is due first, and what
somebody at a desk waits for is not to stand behind a hundred thousand others."""

SUPPLIED = """
SELECT s.consumer_id, s.id, p.address FROM consumers_serviceconnection s
  JOIN consumers_premise p ON p.id = s.premise_id
 WHERE s.consumer_id = ANY(%s) AND s.supply_state = 'CONNECTED'
 ORDER BY s.consumer_id, s.utility_type, s.id
"""
REQUEST_COLUMNS = (
    "case_id", "reason_id", "permanence", "consumer_status", "notes", "service_address",
    "identity_check", "identity_document", "identity_last_four", "tracking_token",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToCut:
    """One consumer, locked, judged, and not left out."""

    consumer: Consumer
    judged: Judged


@step
def make_requests(
    to_cut: Sequence[ToCut], *, reason: Reason, place: int, by: int, at: datetime
) -> list[Case]:
    """A request for each, in their order, for all that is connected, on no day yet.

    Numbered, with clocks, guard, verdict and timeline; the notice is given, the receipt owed, and
    supervisors are asked where rules say so. ``place`` says how many of the run came before.
    Nobody ticked a box for courtesy messages: what the law asks for goes, the notice first.
    """
    if not to_cut:
        return []
    consumers = [each.consumer for each in to_cut]
    zone = get_utility().zone
    kind = CaseKind.DISCONNECTION
    cases = handling.open_cases(
        [
            NewCase(
                each.pk, each.is_vip, {"kind": kind, "reason": reason.code, "priority":
                                       reason.priority},
            )
            for each in consumers
        ],
        kind=kind,
        priority=reason.priority,
        notifies_consumer=False,
        year=at.astimezone(zone).year,
        by=by,
        at=at,
    )  # fmt: skip
    for case, consumer in zip(cases, consumers, strict=True):
        case.consumer = consumer
    asked = _store(cases, consumers, reason)
    guards.guard_each({case.consumer_id: case.number for case in cases if case.consumer_id}, at=at)
    take_up_each(
        [
            (case, one, each.judged)
            for case, one, each in zip(cases, asked, to_cut, strict=True)
        ],
        not_before=[at + (place + n) * BETWEEN_LETTERS for n in range(len(cases))],
        by=by,
        at=at,
    )  # fmt: skip
    owe_each(
        "disconnections.receipt",
        (
            (receipt_key(case.number), {"case": case.pk}, at + (place + n) * BETWEEN_RECEIPTS)
            for n, case in enumerate(cases)
        ),
        at=at,
    )
    return cases


def _store(
    cases: Sequence[Case], consumers: Sequence[Consumer], reason: Reason
) -> list[DisconnectionRequest]:
    """What each case is about, with the services that are connected."""
    services: dict[int, list[tuple[int, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SUPPLIED, [[each.pk for each in consumers]])
        for consumer, service, address in cursor.fetchall():
            services.setdefault(consumer, []).append((service, address))
    made = [
        DisconnectionRequest(
            case=case,
            reason=reason,
            permanence=reason.permanence,
            consumer_status=consumer.status,
            service_address=services[consumer.pk][0][1],
            identity_check=IdentityCheck.NOT_VERIFIED,
            tracking_token=secrets.token_urlsafe(32),
        )
        for case, consumer in zip(cases, consumers, strict=True)
    ]
    copy_rows(
        DisconnectionRequest,
        REQUEST_COLUMNS,
        (
            (
                one.case_id, one.reason_id, str(one.permanence), str(one.consumer_status), "",
                one.service_address, IdentityCheck.NOT_VERIFIED.value, "", "", one.tracking_token,
            )
            for one in made
        ),
    )  # fmt: skip
    copy_rows(
        RequestedService,
        ("request_id", "service_connection_id", "was_connected"),
        (
            (case.pk, service, True)
            for case, consumer in zip(cases, consumers, strict=True)
            for service, _ in services[consumer.pk]
        ),
    )
    return made
