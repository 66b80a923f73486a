"""What a reconnection undoes, and to whom one is offered (BEY4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from consumers.choices import SupplyState
from consumers.models import ConsumerFigures
from disconnections.models import DisconnectionRequest, Execution
from smart360.cases.choices import OPEN_STATUSES, CaseKind
from smart360.kernel.money import ZERO
from smart360.kernel.prepared import A_KEY, Shelf

PREPARED = Shelf()
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
    """The disconnection for debt that can be undone because nothing is owed any more.

    One statement.
    """
    for newest in PREPARED.rows("newest", _newest, {A_KEY: consumer}):
        if newest["is_for_debt"] and newest["owed"] <= 0 and not newest["has_open_request"]:
            return Offer(
                newest["request"], newest["number"], newest["account"], newest["executed_at"]
            )
    return None


def _newest() -> QuerySet[Execution, Any]:
    """How an account was switched off last, as far as it is off still, with all that decides."""
    owed = ConsumerFigures.objects.filter(consumer=A_KEY).values("balance")
    is_open = DisconnectionRequest.objects.filter(
        case__consumer=A_KEY, case__status__in=OPEN_STATUSES
    )
    newest = (
        Execution.objects.filter(
            request__case__kind=CaseKind.DISCONNECTION,
            request__case__consumer=A_KEY,
            request__services__service_connection__supply_state__in=OFF,
        )
        .order_by("-executed_at", "-pk")
        .values(
            "request", "executed_at",
            number=F("request__case__number"),
            account=F("request__case__consumer__account_number"),
            is_for_debt=F("request__reason__is_for_debt"),
            has_open_request=Exists(is_open),
            owed=Coalesce(Subquery(owed), Value(ZERO)),
        )
    )  # fmt: skip
    return newest[:1]


def undoable_by_number(consumer: int) -> str | None:
    """The number of what is offered to be undone; the answer to a port of ``consumers``."""
    offer = reconnection_offer(consumer)
    return offer.number if offer else None
