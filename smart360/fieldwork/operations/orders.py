"""The acts by which a service order begins, and by which it is called off."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from consumers import guards
from consumers.models import Consumer
from smart360.cases import handling
from smart360.cases.lifecycle import SAY_WHY, says_why
from smart360.cases.models import Case
from smart360.fieldwork import orders, ports, rules
from smart360.fieldwork.choices import CHOSEN_BY_PEOPLE, LIVE_STATUSES, Cancelled, OrderStatus
from smart360.fieldwork.models import OrderTemplate, ServiceOrder
from smart360.fieldwork.ports import Window
from smart360.fieldwork.queries.offers import Offer, offer_for
from smart360.kernel.db import operation, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.web import form_keys

CREATE = "fieldwork.create_service_order"
CANCEL = "fieldwork.cancel_service_order"


class UnableToCreateOrder(Refusal):
    """The request has ended, or the order cannot be as asked."""


class UnableToCancelOrder(Refusal):
    """The order has ended already, or the reason is not complete."""


@operation
def create_service_order(
    *,
    template: int,
    case: int | None = None,
    consumer: int | None = None,
    services: Sequence[int] | None = None,
    scheduled_on: date | None = None,
    window: Window | None = None,
    remarks: str = "",
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> ServiceOrder:
    """An order for a visit, from a request (``case``) or from a profile (``consumer``).

    Without a date, that of a request is its preferred one, or its first free slot; a profile's
    order waits for a date. ``services`` are those that the template is for when none are named.
    Raises UnableToCreateOrder; the same form key gives the first order again.
    """
    locked, about = _locked(case, consumer)
    contents = {
        "template": template, "services": services, "scheduled_on": scheduled_on,
        "window": window, "remarks": remarks,
    }  # fmt: skip
    if form_key is not None:
        what = locked.number if locked else about.account_number
        what = form_keys.with_contents(what, contents)
        earlier = form_keys.claim(form_key, by=by.pk, act=CREATE, about=what, at=at)
        if earlier:
            return ServiceOrder.objects.get(number=earlier)
    if locked is not None and not locked.is_open:
        raise UnableToCreateOrder(
            f"{locked.number} is {locked.get_status_display()}", is_conflict=True
        )
    offer = offer_for(about, locked)
    chosen = offer.template(template)
    if chosen is None:
        raise UnableToCreateOrder(NOT_OFFERED, field="template")
    wanted = _services(offer, chosen, services)
    _refuse_second(locked, chosen, wanted)
    day, when = _visit(locked, scheduled_on, window, at=at)
    if sentence := rules.why_not_words(remarks, longest=rules.LONGEST_REMARKS):
        raise UnableToCreateOrder(sentence, field="remarks")
    made = orders.create_order(
        template=chosen,
        consumer=about.pk,
        case=locked,
        services=wanted,
        scheduled_on=day,
        window=when,
        remarks=remarks,
        by=by,
        at=at,
    )
    orders.touch_case(made, by=by.pk, at=at)
    if form_key is not None:
        form_keys.submitted(form_key, form=CREATE, by=by.pk, act=CREATE, result=made.number)
    return made


@step
def _locked(case: int | None, consumer: int | None) -> tuple[Case | None, Consumer]:
    """The case, or the consumer of an order without one, locked."""
    if case is None:
        return None, guards.lock_consumer(consumer or 0)
    locked = handling.lock_case(case)
    if locked.consumer is None:
        raise UnableToCreateOrder("Link a consumer first")
    return locked, locked.consumer


def _services(
    offer: Offer, template: OrderTemplate, services: Sequence[int] | None
) -> Sequence[int]:
    """The services that the order is about: the account's, and what the template is for."""
    fitting = offer.services_for(template)
    if services is None:
        return fitting
    if not set(services) <= set(fitting):
        raise UnableToCreateOrder(NOT_OFFERED, field="services")
    if fitting and not services:
        raise UnableToCreateOrder(REQUIRED, field="services")
    return services


def _refuse_second(case: Case | None, template: OrderTemplate, services: Sequence[int]) -> None:
    """One visit of a kind for a service of a request: a second would go there for nothing."""
    if case is None:
        return
    live = ServiceOrder.objects.filter(
        case=case,
        kind=template.kind,
        status__in=LIVE_STATUSES,
        services__service_connection__in=services,
    ).first()
    if live is not None:
        raise UnableToCreateOrder(
            f"{live.number} is for this already ({live.get_status_display()})", is_conflict=True
        )


def _visit(
    case: Case | None, day: date | None, window: Window | None, *, at: datetime
) -> tuple[date | None, Window | None]:
    """When somebody goes there: as typed, else as the request asks, else not known yet."""
    if day is None:
        if window is not None:
            raise UnableToCreateOrder(rules.NEEDS_A_DAY, field="scheduled_on")
        visit = ports.asked_visit(case=case.pk, at=at) if case is not None else None
        return (visit.day, visit.window) if visit else (None, None)
    today = at.astimezone(get_utility().zone).date()
    if sentence := rules.why_not_on(day, today):
        raise UnableToCreateOrder(sentence, field="scheduled_on")
    if window is not None and window[0] >= window[1]:
        raise UnableToCreateOrder(rules.ENDS_BEFORE, field="window")
    if case is not None:
        for tell in ports.VISIT_MOVED:
            tell(case=case.pk, day=day, window=window, at=at)
    return day, window


@operation
def cancel_service_order(
    *,
    service_order: int,
    reason: str,
    note: str = "",
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> ServiceOrder:
    """Call an order off, for a reason; the technician has the time free again.

    Raises UnableToCancelOrder.
    """
    locked = orders.lock_order(service_order)
    said = {"reason": reason, "note": note}
    if orders.is_repeated(locked, form_key, act=CANCEL, by=by, at=at, **said):
        return locked
    if not locked.is_live:
        raise UnableToCancelOrder(ended_sentence(locked), is_conflict=True)
    if not reason:
        raise UnableToCancelOrder(REQUIRED, field="reason")
    if reason not in CHOSEN_BY_PEOPLE:
        raise UnableToCancelOrder(NOT_OFFERED, field="reason")
    if reason == Cancelled.OTHER and not says_why(note):
        raise UnableToCancelOrder(SAY_WHY, field="note")
    if sentence := rules.why_not_words(note, longest=rules.LONGEST_REMARKS):
        raise UnableToCancelOrder(sentence, field="note")
    orders.cancel_order(locked, because=Cancelled(reason), by=by.pk, at=at, words=note)
    orders.touch_case(locked, by=by.pk, at=at)
    return locked


def ended_sentence(service_order: ServiceOrder) -> str:
    """How an order that has ended was ended, and by whom."""
    who = service_order.ended_by.full_name if service_order.ended_by else "the system"
    return f"{OrderStatus(service_order.status).label} by {who} already"
