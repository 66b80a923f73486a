"""Bringing a service back: prepared, ticked, and carried out once (DIS17)."""

import uuid
from datetime import date, datetime

from disconnections.choices import ReconnectionItem
from disconnections.models import ChecklistTick, Closure, Execution, ReconnectionMeter
from disconnections.operations.preparing import (
    CHANGED,
    UnableToCarryOut,
    find_tick,
    hold_order,
    keep_closure,
    keep_tick,
    lock_to_carry_out,
    order_asked_for,
    refuse_carried_out,
    refuse_item,
    refuse_other_or_ended,
    take_tick_back,
    tell,
)
from disconnections.queries.closures import executor
from disconnections.queries.reconnections import find_meter, gather
from disconnections.reconnecting import bring_back
from disconnections.rules.reconnections import (
    FUTURE,
    NEEDS_DAY,
    NEEDS_METER,
    NEEDS_VALUE,
    TWICE,
    MeterFact,
    ReconnectionWish,
    Returning,
    ReturningWish,
    reconnection_checklist,
    what_a_reconnection_misses,
    why_not_meter,
    why_not_reading,
)
from smart360.cases import handling
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED
from smart360.organisation.queries import day_of
from smart360.staff.models import Person
from smart360.trail.choices import Event

SET = "disconnections.set_reconnection"
TICK = "disconnections.tick_reconnection_item"
CLEAR = "disconnections.clear_reconnection_item"
EXECUTE = "disconnections.execute_reconnection"
OTHER_OCCUPIER = "The premise has another occupier"


class UnableToSetReconnection(Refusal):
    """The meter, its reading or the service order is not right, or somebody changed it."""


class UnableToTickReconnection(Refusal):
    """The item does not apply, is disproved by what the system knows, or is another role's."""


class UnableToReconnect(UnableToCarryOut):
    """Something is missing for the return of a service."""


refuses(
    {
        "a_premise_has_one_occupier": UnableToReconnect(OTHER_OCCUPIER),
        "an_opening_reading_has_its_day_and_meter": UnableToSetReconnection(NEEDS_METER),
    }
)


# ------------------------------------------------------------------ preparing
@operation
def set_reconnection(
    *,
    case: int,
    wish: ReconnectionWish,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> Closure:
    """Note the meters, their opening readings and the service order of a reconnection (DIS17).

    What is left empty is not decided yet; what is entered must be right. Raises
    UnableToSetReconnection with the field, ``service_order``, ``<service>-meter``, ``-reading``
    or ``-read_on``.
    """
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=SET, by=by, at=at, wish=repr(wish)):
        return Closure.objects.get(pk=case)
    refuse_other_or_ended(locked, CaseKind.RECONNECTION, UnableToSetReconnection)
    gathered = gather(locked, at=at)
    if wish.version != gathered.version:
        raise UnableToSetReconnection(CHANGED, is_conflict=True)
    service_order = order_asked_for(locked, wish.order_number, refusal=UnableToSetReconnection)
    services = {each.service_connection: each for each in gathered.facts.services}
    wishes = {each.service_connection: each for each in wish.services}
    if wishes.keys() - services.keys():
        raise UnableToSetReconnection(NOT_OFFERED)
    taken: set[int] = set()
    plans = []
    for key, wished in wishes.items():
        meter = _meter_asked_for(services[key], wished, taken)
        _check_reading(wished, meter, today=day_of(at))
        plans.append(_plan(gathered.requested[key], wished, meter))
    ReconnectionMeter.objects.bulk_create(
        plans,
        update_conflicts=True,
        unique_fields=["requested_service"],
        update_fields=["meter_number", "meter", "reading", "read_on"],
    )
    closure = keep_closure(locked, service_order, by=by, at=at)
    tell(
        Event.CLOSURE_SET, locked, by=by, at=at,
        new={
            "order": service_order.number if service_order else "",
            "meters": {
                wished.meter_number.strip().upper(): f"{wished.reading or ''}"
                for wished in wishes.values() if wished.meter_number.strip()
            },
        },
    )  # fmt: skip
    return closure


def _meter_asked_for(
    service: Returning, wished: ReturningWish, taken: set[int]
) -> MeterFact | None:
    """The meter that was entered for a service; each is taken for one."""
    if not wished.meter_number.strip():
        return None
    field = f"{wished.service_connection}-meter"
    meter = find_meter(wished.meter_number)
    if sentence := why_not_meter(meter, service):
        raise UnableToSetReconnection(sentence, field=field)
    assert meter is not None
    if meter.id in taken:
        raise UnableToSetReconnection(TWICE, field=field)
    taken.add(meter.id)
    return meter


def _check_reading(wished: ReturningWish, meter: MeterFact | None, *, today: date) -> None:
    """Never below the last one, and of a day that has come (W13)."""
    field = f"{wished.service_connection}-"
    if wished.reading is None and wished.read_on is None:
        return
    if meter is None:
        raise UnableToSetReconnection(NEEDS_METER, field=f"{field}meter")
    if wished.reading is None:
        raise UnableToSetReconnection(NEEDS_VALUE, field=f"{field}reading")
    if wished.read_on is None:
        raise UnableToSetReconnection(NEEDS_DAY, field=f"{field}read_on")
    if wished.read_on > today:
        raise UnableToSetReconnection(FUTURE, field=f"{field}read_on")
    if sentence := why_not_reading(wished.reading, wished.read_on, meter.last):
        raise UnableToSetReconnection(sentence, field=f"{field}reading")


def _plan(requested: int, wished: ReturningWish, meter: MeterFact | None) -> ReconnectionMeter:
    """What was asked for one service, as it is kept."""
    return ReconnectionMeter(
        requested_service_id=requested,
        meter_number=wished.meter_number.strip().upper() if meter else "",
        meter_id=meter.id if meter else None,
        reading=wished.reading,
        read_on=wished.read_on,
    )


# ------------------------------------------------------------------ ticking
@operation
def tick_reconnection_item(
    *, case: int, item: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> ChecklistTick:
    """Confirm an item of a reconnection's checklist; what the system disproves is refused.

    Raises UnableToTickReconnection with the figure.
    """
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=TICK, by=by, at=at, item=item):
        found = find_tick(locked, item)
        if found is not None:
            return found
    _refuse_item(locked, item, by)
    line = reconnection_checklist(gather(locked, at=at).facts).line(item)
    return keep_tick(locked, line, refusal=UnableToTickReconnection, by=by, at=at)


@operation
def clear_reconnection_item(
    *, case: int, item: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> None:
    """Take a tick back. Raises UnableToTickReconnection."""
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=CLEAR, by=by, at=at, item=item):
        return
    _refuse_item(locked, item, by)
    take_tick_back(locked, item, by=by, at=at)


def _refuse_item(case: Case, item: str, by: Person) -> None:
    refuse_item(item, ReconnectionItem.values, by=by, refusal=UnableToTickReconnection)
    refuse_other_or_ended(case, CaseKind.RECONNECTION, UnableToTickReconnection)


# ------------------------------------------------------------------ executing
@operation
def execute_reconnection(
    *, case: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Execution:
    """Let the services of a reconnection run again, all of it or nothing (DIS17, W9 to W11).

    Meters, readings, supply, billing, account, service order and request change together. Raises
    UnableToReconnect with everything that is missing: what the button lists.
    """
    account, locked = lock_to_carry_out(case)
    if handling.is_repeated(locked, form_key, act=EXECUTE, by=by, at=at):
        return Execution.objects.get(pk=case)
    refuse_carried_out(locked, CaseKind.RECONNECTION, UnableToReconnect)
    hold_order(locked)
    gathered = gather(locked, at=at)
    missing = what_a_reconnection_misses(gathered.facts, executor(by))
    if missing or gathered.service_order is None:
        raise UnableToReconnect.for_all(missing, reconnection_checklist(gathered.facts))
    return bring_back(
        locked,
        account,
        gathered.asked,
        services=gathered.facts.services,
        service_order=gathered.service_order,
        approval=gathered.approval,
        items_done=reconnection_checklist(gathered.facts).done,
        by=by,
        at=at,
    )
