"""Bringing a service back: prepared, ticked, and carried out once (DIS17)."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from consumers import guards
from disconnections.choices import MONEY_ITEMS, ReconnectionItem
from disconnections.models import ChecklistTick, Closure, Execution, ReconnectionMeter
from disconnections.queries.closures import executor, find_good_order
from disconnections.queries.reconnections import Gathered, find_meter, gather
from disconnections.reconnecting import bring_back
from disconnections.rules.closures import NO_ORDER, Missing, Need, why_not_good
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
    is_good_order,
    reconnection_checklist,
    what_a_reconnection_misses,
    why_not_meter,
    why_not_reading,
)
from smart360.cases import handling
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED
from smart360.organisation.queries import day_of
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record

SET = "disconnections.set_reconnection"
TICK = "disconnections.tick_reconnection_item"
CLEAR = "disconnections.clear_reconnection_item"
EXECUTE = "disconnections.execute_reconnection"
CHANGED = "Somebody changed this meanwhile. Look at it again and enter what is missing."
NOT_ONE = "This is not a reconnection"
OTHER_OCCUPIER = "The premise has another occupier"


class UnableToSetReconnection(Refusal):
    """The meter, its reading or the service order is not right, or somebody changed it."""


class UnableToTickReconnection(Refusal):
    """The item does not apply, is disproved by what the system knows, or is another role's."""


class UnableToReconnect(Refusal):
    """Something is missing; ``missing`` says what, exactly as the button does."""

    def __init__(
        self,
        sentence: str = "",
        *,
        missing: tuple[Missing, ...] = (),
        is_conflict: bool = True,
        is_forbidden: bool = False,
    ) -> None:
        self.missing = missing
        super().__init__(sentence, is_conflict=is_conflict, is_forbidden=is_forbidden)


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
    _refuse_ended(locked, UnableToSetReconnection)
    gathered = gather(locked, at=at)
    if wish.version != gathered.version:
        raise UnableToSetReconnection(CHANGED, is_conflict=True)
    service_order = _order_asked_for(locked, wish.order_number)
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
    closure, is_new = Closure.objects.get_or_create(
        pk=case,
        defaults={"service_order": service_order, "set_at": at, "set_by": by},
    )
    if not is_new:
        closure.service_order, closure.set_at, closure.set_by = service_order, at, by
        closure.version += 1
        closure.save(update_fields=["service_order", "set_at", "set_by", "version"])
    _told(
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


def _order_asked_for(case: Case, number: str) -> ServiceOrder | None:
    if not number:
        return None
    found = find_good_order(case, number)
    if found is None:
        raise UnableToSetReconnection(NO_ORDER, field="service_order")
    service_order, fact = found
    if not is_good_order(fact):
        raise UnableToSetReconnection(why_not_good(fact), field="service_order")
    return service_order


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
        found = ChecklistTick.objects.filter(request=case, item=item).first()
        if found is not None:
            return found
    _refuse_item(locked, item, by)
    line = reconnection_checklist(gather(locked, at=at).facts).line(item)
    if line.does_not_apply:
        raise UnableToTickReconnection(f"Does not apply: {line.does_not_apply}", field=item)
    if line.evidence.disproof:
        raise UnableToTickReconnection(line.evidence.disproof, field=item)
    figures = dict(line.evidence.figures)
    tick, is_new = ChecklistTick.objects.get_or_create(
        request_id=case,
        item=item,
        defaults={"ticked_at": at, "ticked_by": by, "evidence": figures},
    )
    if is_new:
        new = {"item": item, **figures}
        _told(Event.CHECKLIST_TICKED, locked, by=by, at=at, new=new)
    return tick


@operation
def clear_reconnection_item(
    *, case: int, item: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> None:
    """Take a tick back. Raises UnableToTickReconnection."""
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=CLEAR, by=by, at=at, item=item):
        return
    _refuse_item(locked, item, by)
    removed, _ = ChecklistTick.objects.filter(request=case, item=item).delete()
    if removed:
        _told(Event.CHECKLIST_CLEARED, locked, by=by, at=at, new={"item": item})


def may_tick_reconnection(item: str, by: Person) -> bool:
    """Whether the item is one of this person's roles: money, or the rest (roles.md)."""
    is_money = item in MONEY_ITEMS
    return by.has_permission(Permission.TICK_MONEY if is_money else Permission.PREPARE_CLOSURE)


def _refuse_item(case: Case, item: str, by: Person) -> None:
    if item not in ReconnectionItem.values:
        raise UnableToTickReconnection(NOT_OFFERED)
    if not may_tick_reconnection(item, by):
        raise UnableToTickReconnection(
            "Another role ticks this item", field=item, is_forbidden=True
        )
    _refuse_ended(case, UnableToTickReconnection)


# ------------------------------------------------------------------ executing
@operation
def execute_reconnection(
    *, case: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Execution:
    """Let the services of a reconnection run again, all of it or nothing (DIS17, W9 to W11).

    Meters, readings, supply, billing, account, service order and request change together. Raises
    UnableToReconnect with everything that is missing: what the button lists.
    """
    consumer = Case.objects.values_list("consumer_id", flat=True).get(pk=case)
    account = guards.lock_consumer(consumer or 0)
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=EXECUTE, by=by, at=at):
        return Execution.objects.get(pk=case)
    done = Execution.objects.select_related("executed_by").filter(pk=case).first()
    if done is not None:
        raise UnableToReconnect(f"Completed by {done.executed_by.full_name} already")
    if locked.kind != CaseKind.RECONNECTION:
        raise UnableToReconnect(NOT_ONE)
    orders = Closure.objects.filter(pk=case).values("service_order")
    list(ServiceOrder.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=orders))
    gathered = gather(locked, at=at)
    missing = what_a_reconnection_misses(gathered.facts, executor(by))
    if missing or gathered.service_order is None:
        raise _refusal_of(missing, gathered)
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


def _refusal_of(missing: tuple[Missing, ...], gathered: Gathered) -> UnableToReconnect:
    """What the server answers: the same list as the button's, as one sentence."""
    needs = {each.need for each in missing}
    sentences = [each.sentence for each in missing]
    if Need.CHECKLIST in needs:
        sentences.append(reconnection_checklist(gathered.facts).counter)
    is_forbidden = needs <= {Need.PERMISSION, Need.OTHER_PERSON} and bool(needs)
    return UnableToReconnect("; ".join(sentences), missing=missing, is_forbidden=is_forbidden)


def _refuse_ended(case: Case, refusal: type[Refusal]) -> None:
    if case.kind != CaseKind.RECONNECTION:
        raise refusal(NOT_ONE, is_conflict=True)
    if not case.is_open:
        who = case.ended_by.full_name if case.ended_by else "the system"
        raise refusal(f"{case.get_status_display()} by {who} already", is_conflict=True)


def _told(event: Event, case: Case, *, by: Person, at: datetime, new: Mapping[str, object]) -> None:
    record(event, by=by.pk, at=at, case=case.pk, consumer=case.consumer_id, new=new)
    handling.touch(case, by=by.pk, at=at)
