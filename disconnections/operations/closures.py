"""Ending a service: prepared, ticked, told, and carried out once (DIS14 to DIS16)."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from billing.queries.bill_inputs import find_live_bill
from consumers import guards
from consumers.choices import MeterPlace
from consumers.models import Warehouse
from consumers.queries.meters import warehouses
from disconnections import notices
from disconnections.choices import (
    MONEY_ITEMS,
    ClosureItem,
    ClosurePaper,
    MeterAction,
    NoticeWay,
    Stage,
)
from disconnections.executing import carry_out
from disconnections.models import (
    ChecklistTick,
    Closure,
    ClosureMeter,
    ClosureNotice,
    Execution,
)
from disconnections.protecting import check_protections
from disconnections.queries.closures import Gathered, executor, find_good_order, gather
from disconnections.rules.closures import (
    MUST_REMOVE,
    NO_ORDER,
    ClosureWish,
    MeterPlan,
    MeterWish,
    Missing,
    Need,
    checklist,
    is_device,
    not_linked,
    what_is_missing,
    why_not_good,
)
from smart360.cases import handling
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record

SET = "disconnections.set_closure"
TICK = "disconnections.tick_item"
CLEAR = "disconnections.clear_item"
GIVE = "disconnections.give_paper"
EXECUTE = "disconnections.execute_disconnection"
CHANGED = "Somebody changed this meanwhile. Look at it again and enter what is missing."
FUTURE = "Enter a day that is not in the future"
NO_ADDRESS = "No e-mail address on file: hand the notice over or post it"
CLOSES = "The account is closed then, and nothing more is billed."
COMES_BACK = "The service can be switched on again."


class UnableToSetClosure(Refusal):
    """The meter action, device or service order is not right, or somebody changed it."""


class UnableToTick(Refusal):
    """The item does not apply, is disproved by what the system knows, or is another role's."""


class UnableToGive(Refusal):
    """The notice or the bill cannot be given this way."""


class UnableToExecute(Refusal):
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


DONE_ALREADY = "This request has been carried out already"
refuses(
    {
        "disconnections_execution_pkey": UnableToExecute(DONE_ALREADY),
        "disconnections_execution_service_order_id_key": UnableToExecute(
            "This service order has carried out another request already"
        ),
        "only_a_request_in_progress_is_executed": UnableToExecute(
            "The request is not In Progress any more"
        ),
        "an_execution_has_its_service_order": UnableToExecute(f"SO ID: {NO_ORDER}"),
        "an_execution_waits_for_approval": UnableToExecute("Needs supervisor approval"),
        "who_approves_does_not_execute": UnableToExecute(
            "You approved this request: somebody else carries it out", is_forbidden=True
        ),
        "a_closure_stays_as_it_was": UnableToSetClosure("The request has ended", is_conflict=True),
        "a_damaged_meter_is_removed": UnableToSetClosure(MUST_REMOVE, field="action"),
        "a_removed_meter_goes_somewhere": UnableToSetClosure(REQUIRED, field="destination"),
    }
)


# ------------------------------------------------------------------ preparing
@operation
def set_closure(
    *, case: int, wish: ClosureWish, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Closure:
    """Note the meter actions, the verified devices and the service order of a request (DIS14).

    What is left empty is not decided yet; what is entered must be right. Raises UnableToSetClosure
    with the field, ``service_order`` or ``<service>-device``.
    """
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=SET, by=by, at=at, wish=repr(wish)):
        return Closure.objects.get(pk=case)
    _refuse_ended(locked, UnableToSetClosure)
    gathered = gather(locked, at=at, asks_protections=False)
    if wish.version != gathered.version:
        raise UnableToSetClosure(CHANGED, is_conflict=True)
    service_order = _order_asked_for(locked, wish.order_number)
    meters = {wished.service_connection: wished for wished in wish.meters}
    if meters.keys() - gathered.requested.keys():
        raise UnableToSetClosure(NOT_OFFERED)
    plans = {plan.service_connection: plan for plan in gathered.facts.meters}
    ClosureMeter.objects.bulk_create(
        [_planned(gathered, plans[key], wished) for key, wished in meters.items()],
        update_conflicts=True,
        unique_fields=["requested_service"],
        update_fields=PLANNED,
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
            **({"order": service_order.number} if service_order else {}),
            "meters": {
                plans[key].meter_number: wished.action
                for key, wished in meters.items() if plans[key].meter
            },
        },
    )  # fmt: skip
    return closure


def _order_asked_for(case: Case, number: str) -> ServiceOrder | None:
    if not number:
        return None
    found = find_good_order(case, number)
    if found is None:
        raise UnableToSetClosure(NO_ORDER, field="service_order")
    service_order, fact = found
    if not fact.is_good:
        raise UnableToSetClosure(why_not_good(fact), field="service_order")
    return service_order


PLANNED = (
    "action", "location_is_gone", "is_damaged", "destination", "warehouse", "device_number",
    "meter",
)  # fmt: skip


def _planned(gathered: Gathered, plan: MeterPlan, wished: MeterWish) -> ClosureMeter:
    """What is wished for one meter, checked."""
    field = f"{wished.service_connection}-"
    if wished.action not in MeterAction.values:
        raise UnableToSetClosure(NOT_OFFERED, field=f"{field}action")
    is_removed = wished.action == MeterAction.REMOVE
    if (wished.is_damaged or wished.location_is_gone) and not is_removed:
        raise UnableToSetClosure(MUST_REMOVE, field=f"{field}action")
    if wished.device_number and not is_device(wished.device_number, plan):
        sentence = not_linked(gathered.facts.meters, wished.service_connection)
        raise UnableToSetClosure(sentence, field=f"{field}device")
    destination, warehouse = _destination(wished, field) if is_removed else ("", None)
    return ClosureMeter(
        pk=gathered.requested[wished.service_connection],
        action=wished.action,
        location_is_gone=wished.location_is_gone,
        is_damaged=wished.is_damaged,
        destination=destination,
        warehouse=warehouse,
        device_number=wished.device_number.strip().upper(),
        meter_id=plan.meter if wished.device_number else None,
    )


def _destination(wished: MeterWish, field: str) -> tuple[str, Warehouse | None]:
    """Where a meter goes that comes down."""
    if wished.destination == MeterPlace.DECOMMISSIONED:
        return wished.destination, None
    if wished.destination != MeterPlace.IN_WAREHOUSE:
        raise UnableToSetClosure(REQUIRED, field=f"{field}destination")
    warehouse = next((each for each in warehouses() if each.pk == wished.warehouse), None)
    if warehouse is None:
        raise UnableToSetClosure(NOT_OFFERED, field=f"{field}destination")
    return wished.destination, warehouse


# ------------------------------------------------------------------ ticking
@operation
def tick_item(
    *, case: int, item: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> ChecklistTick:
    """Confirm an item of the checklist by hand; what the system disproves is refused (DIS15).

    Raises UnableToTick with the figure.
    """
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=TICK, by=by, at=at, item=item):
        found = ChecklistTick.objects.filter(request=case, item=item).first()
        if found is not None:
            return found
    _refuse_item(locked, item, by)
    line = checklist(gather(locked, at=at, asks_protections=False).facts).line(item)
    if line.does_not_apply:
        raise UnableToTick(f"Does not apply: {line.does_not_apply}", field=item)
    if line.evidence.disproof:
        raise UnableToTick(line.evidence.disproof, field=item)
    tick, is_new = ChecklistTick.objects.get_or_create(
        request_id=case,
        item=item,
        defaults={
            "ticked_at": at, "ticked_by": by, "evidence": dict(line.evidence.figures),
        },
    )  # fmt: skip
    if is_new:
        new = {"item": item, **line.evidence.figures}
        _told(Event.CHECKLIST_TICKED, locked, by=by, at=at, new=new)
    return tick


@operation
def clear_item(
    *, case: int, item: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> None:
    """Take a tick back. Raises UnableToTick."""
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=CLEAR, by=by, at=at, item=item):
        return
    _refuse_item(locked, item, by)
    removed, _ = ChecklistTick.objects.filter(request=case, item=item).delete()
    if removed:
        _told(Event.CHECKLIST_CLEARED, locked, by=by, at=at, new={"item": item})


def may_tick(item: str, by: Person) -> bool:
    """Whether the item is one of this person's roles: money, or the rest (roles.md)."""
    is_money = item in MONEY_ITEMS
    return by.has_permission(Permission.TICK_MONEY if is_money else Permission.PREPARE_CLOSURE)


def _refuse_item(case: Case, item: str, by: Person) -> None:
    if item not in ClosureItem.values:
        raise UnableToTick(NOT_OFFERED)
    if not may_tick(item, by):
        raise UnableToTick("Another role ticks this item", field=item, is_forbidden=True)
    _refuse_ended(case, UnableToTick)


# ------------------------------------------------------------------ telling
@operation
def give_paper(
    *,
    case: int,
    paper: str,
    way: str,
    given_on: date | None,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> ClosureNotice:
    """Send the closure notice by e-mail; or note that it, or the final bill, was given on paper.

    Raises UnableToGive.
    """
    locked = handling.lock_case(case)
    said = {"paper": paper, "way": way, "given_on": given_on}
    if handling.is_repeated(locked, form_key, act=GIVE, by=by, at=at, **said):
        return ClosureNotice.objects.filter(request=case, paper=paper).latest("pk")
    _refuse_ended(locked, UnableToGive)
    if paper not in ClosurePaper.values or way not in NoticeWay.values:
        raise UnableToGive(NOT_OFFERED, field="way")
    gathered = gather(locked, at=at, asks_protections=False)
    given = ClosureNotice(request_id=case, paper=paper, way=way, at=at, by=by)
    today = at.astimezone(get_utility().zone).date()
    if paper == ClosurePaper.BILL:
        given.invoice_number = _bill_given(case, way)
    if way == NoticeWay.EMAIL:
        given.given_on = today
        _mail(locked, gathered, given)
    else:
        given.given_on = _day_given(given_on, today)
    given.save(force_insert=True)
    _told(
        Event.NOTICE_SERVED, locked, by=by, at=at,
        new={"paper": paper, "way": way, "served_on": given.given_on.isoformat()},
    )  # fmt: skip
    return given


def _bill_given(case: int, way: str) -> str:
    """The number of the bill that is given on paper; by e-mail it goes when it is approved."""
    bill = find_live_bill(case)
    if bill is None or bill.state != "APPROVED":
        raise UnableToGive("There is no approved final bill to give", is_conflict=True)
    if way == NoticeWay.EMAIL:
        raise UnableToGive(NOT_OFFERED, field="way")
    return str(bill)


def _day_given(given_on: date | None, today: date) -> date:
    if given_on is None:
        raise UnableToGive(REQUIRED, field="given_on")
    if given_on > today:
        raise UnableToGive(FUTURE, field="given_on")
    return given_on


def _mail(case: Case, gathered: Gathered, given: ClosureNotice) -> None:
    """Owe the e-mail; who has no address gets paper."""
    if case.consumer is None or not case.consumer.email:
        raise UnableToGive(NO_ADDRESS, field="way")
    count = ClosureNotice.objects.filter(request=case.pk).count()
    facts = gathered.facts
    given.message = notices.closure_notice(
        case,
        gathered.asked,
        services=", ".join(plan.utility for plan in facts.meters),
        what_follows=CLOSES if facts.is_permanent else COMES_BACK,
        at=given.at,
        once=str(count + 1),
    )


# ------------------------------------------------------------------ executing
@operation
def execute_disconnection(
    *, case: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Execution:
    """Carry a disconnection out, all of it or nothing (DIS16, W9 to W11).

    Meters, supply, billing, account, service order and request change together. Raises
    UnableToExecute with everything that is missing: what the button lists.
    """
    consumer = Case.objects.values_list("consumer_id", flat=True).get(pk=case)
    account = guards.lock_consumer(consumer or 0)
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=EXECUTE, by=by, at=at):
        return Execution.objects.get(pk=case)
    done = Execution.objects.select_related("executed_by").filter(pk=case).first()
    if done is not None:
        raise UnableToExecute(f"Completed by {done.executed_by.full_name} already")
    if locked.kind != CaseKind.DISCONNECTION:
        raise UnableToExecute("This is not a disconnection")
    _lock_order(case)
    gathered = gather(locked, at=at)
    missing = what_is_missing(gathered.facts, executor(by))
    if missing or gathered.service_order is None:
        raise refusal_of(missing, gathered)
    check_protections(locked, stage=Stage.EXECUTION, by=by.pk, at=at)
    return carry_out(
        locked,
        account,
        gathered.asked,
        plans=gathered.facts.meters,
        service_order=gathered.service_order,
        approval=gathered.approval,
        items_done=checklist(gathered.facts).done,
        by=by,
        at=at,
    )


def _lock_order(case: int) -> None:
    """The service order of the closure, locked before it is judged."""
    orders = Closure.objects.filter(pk=case).values("service_order")
    list(ServiceOrder.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=orders))


def refusal_of(missing: tuple[Missing, ...], gathered: Gathered) -> UnableToExecute:
    """What the server answers: the same list as the button's, as one sentence."""
    needs = {each.need for each in missing}
    sentences = [each.sentence for each in missing]
    if Need.CHECKLIST in needs:
        sentences.append(checklist(gathered.facts).counter)
    is_forbidden = needs <= {Need.PERMISSION, Need.OTHER_PERSON} and bool(needs)
    return UnableToExecute("; ".join(sentences), missing=missing, is_forbidden=is_forbidden)


def _refuse_ended(case: Case, refusal: type[Refusal]) -> None:
    if not case.is_open:
        who = case.ended_by.full_name if case.ended_by else "the system"
        raise refusal(f"{case.get_status_display()} by {who} already", is_conflict=True)


def _told(event: Event, case: Case, *, by: Person, at: datetime, new: Mapping[str, object]) -> None:
    record(event, by=by.pk, at=at, case=case.pk, consumer=case.consumer_id, new=new)
    handling.touch(case, by=by.pk, at=at)
