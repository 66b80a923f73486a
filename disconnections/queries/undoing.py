"""Which disconnection a reconnection undoes, and what undid a disconnection (BEY4)."""

from collections.abc import Iterable

from consumers.choices import SupplyState
from disconnections.models import DisconnectionRequest, Execution
from smart360.cases.choices import CaseKind, CaseStatus


def newest_not_undone(services: Iterable[int]) -> Execution | None:
    """How these services were switched off last, as far as they are off still.

    What came back since is on, so that nothing is undone twice.
    """
    return (
        Execution.objects.filter(
            request__case__kind=CaseKind.DISCONNECTION,
            request__services__service_connection__in=list(services),
            request__services__service_connection__supply_state__in=[
                SupplyState.OFF_FOR_NOW, SupplyState.OFF_FOR_GOOD,
            ],
        )
        .order_by("-executed_at", "-pk")
        .first()
    )  # fmt: skip


def undone_by(case: int) -> DisconnectionRequest | None:
    """The newest reconnection that was carried out of what a disconnection had switched off."""
    return (
        DisconnectionRequest.objects.filter(undoes=case, case__status=CaseStatus.COMPLETED)
        .select_related("case")
        .order_by("-pk")
        .first()
    )
