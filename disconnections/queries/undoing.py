"""What a reconnection undoes, and to whom one is offered (BEY4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from billing.queries.accounts import balances_of
from consumers.choices import SupplyState
from disconnections.models import DisconnectionRequest, Execution
from smart360.cases.choices import OPEN_STATUSES, CaseKind

OFF = (SupplyState.OFF_FOR_NOW, SupplyState.OFF_FOR_GOOD)


@dataclass(frozen=True, slots=True)
class Offer:
    """A consumer who was cut off for a debt, has settled it and can be reconnected."""

    case: int
    number: str
    account_number: str
    executed_at: datetime


def newest_not_undone(services: Iterable[int]) -> Execution | None:
    """How these services were switched off last, as far as they are off still.

    What came back since is on, so that nothing is undone twice.
    """
    return (
        Execution.objects.filter(
            request__case__kind=CaseKind.DISCONNECTION,
            request__services__service_connection__in=list(services),
            request__services__service_connection__supply_state__in=OFF,
        )
        .order_by("-executed_at", "-pk")
        .first()
    )


def reconnection_offer(consumer: int) -> Offer | None:
    """The disconnection for debt that can be undone because nothing is owed any more."""
    if balances_of(consumer).outstanding > 0:
        return None
    newest = (
        Execution.objects.select_related("request__reason", "request__case__consumer")
        .filter(
            request__case__kind=CaseKind.DISCONNECTION,
            request__case__consumer=consumer,
            request__services__service_connection__supply_state__in=OFF,
        )
        .order_by("-executed_at", "-pk")
        .first()
    )
    if newest is None or not newest.request.reason.is_for_debt:
        return None
    if DisconnectionRequest.objects.filter(
        case__consumer=consumer, case__status__in=OPEN_STATUSES
    ).exists():
        return None
    case = newest.request.case
    assert case.consumer is not None  # a_request_has_a_consumer
    return Offer(case.pk, case.number, case.consumer.account_number, newest.executed_at)


def undoable_by_number(consumer: int) -> str | None:
    """The number of what is offered to be undone; the answer to a port of ``consumers``."""
    offer = reconnection_offer(consumer)
    return offer.number if offer else None
