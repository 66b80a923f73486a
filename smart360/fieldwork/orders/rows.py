"""A service order's own row: locked, moved along its arrows, and on the timeline."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from consumers import guards
from smart360.cases import handling
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.lifecycle import may_move
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.db import refuses, step
from smart360.kernel.errors import Broken, Refusal
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

SOMEBODY_FASTER = "Somebody else was faster. Look at the order again."

refuses(
    {
        "a_day_is_never_overplanned": Refusal(
            "More is planned for this day than there is time", is_conflict=True
        ),
        "orders_move_along_arrows": Refusal(SOMEBODY_FASTER, is_conflict=True),
        "an_ended_order_stays": Refusal(SOMEBODY_FASTER, is_conflict=True),
        "ordered_services_are_the_consumers_own": Refusal(
            "The services changed meanwhile; choose again", field="services", is_conflict=True
        ),
    }
)


@step
def lock_order(service_order: int, *, even_merged: bool = False) -> ServiceOrder:
    """An order's case (or consumer), then the order itself, locked until the operation ends.

    ``even_merged``: its paper alone is meant (``guards.lock_consumer``).
    """
    about = ServiceOrder.objects.only("case", "consumer").get(pk=service_order)
    if about.case_id is not None:
        handling.lock_case(about.case_id)
    else:
        guards.lock_consumer(about.consumer_id, even_merged=even_merged)
    return (
        ServiceOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case", "consumer", "technician__person", "template__skill")
        .get(pk=service_order)
    )


@step
def is_repeated(
    service_order: ServiceOrder,
    form_key: uuid.UUID | None,
    *,
    act: str,
    by: Person,
    at: datetime,
    **contents: object,
) -> bool:
    """Whether this very form did ``act`` already: then its result is shown again (R4).

    Asked when the order is locked and before anything is checked. Raises UnableToSubmitAgain.
    """
    return form_keys.is_repeated(form_key, service_order.number, contents, by=by.pk, act=act, at=at)


@step
def touch_case(service_order: ServiceOrder, *, by: int | None, at: datetime) -> None:
    """Note on an open case who worked on it last."""
    if service_order.case is not None and service_order.case.is_open:
        handling.touch(service_order.case, by=by, at=at)


@step
def move(service_order: ServiceOrder, to: OrderStatus) -> None:
    """Give it its next status; the caller has checked that the arrow exists, and saves it."""
    if service_order.status != to and not may_move(service_order.status, to):
        raise Broken(f"{service_order.number}: no arrow from {service_order.status} to {to}")
    service_order.status = to


def when_planned(service_order: ServiceOrder) -> dict[str, str]:
    """Day and window as facts of a timeline line."""
    day, starts, ends = service_order.scheduled_on, service_order.starts, service_order.ends
    return {
        "day": day.isoformat() if day else "",
        "window": f"{starts:%H:%M}-{ends:%H:%M}" if starts and ends else "",
    }


@step
def record_line(
    event: Event,
    service_order: ServiceOrder,
    *,
    by: int | None,
    at: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    words: str = "",
) -> None:
    """One line about an order, on its case's timeline, and the consumer's."""
    record(
        event,
        by=by,
        at=at,
        case=service_order.case_id,
        consumer=service_order.consumer_id,
        old=old,
        new={"order": service_order.number, **(new or {})},
        words=words,
    )
