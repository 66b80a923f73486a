"""Ending a service: prepared, ticked, told, and carried out once (DIS14 to DIS16)."""

import uuid
from datetime import date, datetime, timedelta

from billing.queries.bill_inputs import find_live_bill
from consumers.choices import MeterPlace
from consumers.models import Warehouse
from consumers.queries.meters import warehouses
from disconnections import notices
from disconnections.choices import (
    Answer,
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
from disconnections.protecting import check_protections
from disconnections.queries.closures import Gathered, executor, gather
from disconnections.rules.closures import (
    MUST_REMOVE,
    ClosureWish,
    MeterPlan,
    MeterWish,
    checklist,
    is_device,
    not_linked,
    what_is_missing,
)
from disconnections.rules.conditions import NO_ORDER
from smart360.cases import handling
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event

SET = "disconnections.set_closure"
TICK = "disconnections.tick_item"
CLEAR = "disconnections.clear_item"
GIVE = "disconnections.give_paper"
EXECUTE = "disconnections.execute_disconnection"
FUTURE = "Enter a day that is not in the future"
LONG_AGO = "Enter a day within the last year"
LONGEST_AGO = timedelta(days=366)
NO_ADDRESS = "No e-mail address on file: hand the notice over or post it"
CLOSES = "The account is closed then, and nothing more is billed."
COMES_BACK = "The service can be switched on again."


class UnableToSetClosure(Refusal):
    """The meter action, device or service order is not right, or somebody changed it."""


class UnableToTick(Refusal):
    """The item does not apply, is disproved by what the system knows, or is another role's."""


class UnableToGive(Refusal):
    """The notice or the bill cannot be given this way."""


class UnableToExecute(UnableToCarryOut):
    """Something is missing for the end of a service."""


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
        "an_execution_is_not_blocked": UnableToExecute("The account is protected"),
        "who_executes_may": UnableToExecute(
            "Your role does not carry out requests any more", is_forbidden=True
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
    refuse_other_or_ended(locked, CaseKind.DISCONNECTION, UnableToSetClosure)
    gathered = gather(locked, at=at, asks_protections=False)
    if wish.version != gathered.version:
        raise UnableToSetClosure(CHANGED, is_conflict=True)
    service_order = order_asked_for(locked, wish.order_number, refusal=UnableToSetClosure)
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
    closure = keep_closure(locked, service_order, by=by, at=at)
    tell(
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
        found = find_tick(locked, item)
        if found is not None:
            return found
    _refuse_item(locked, item, by)
    line = checklist(gather(locked, at=at, asks_protections=False).facts).line(item)
    return keep_tick(locked, line, refusal=UnableToTick, by=by, at=at)


@operation
def clear_item(
    *, case: int, item: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> None:
    """Take a tick back. Raises UnableToTick."""
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=CLEAR, by=by, at=at, item=item):
        return
    _refuse_item(locked, item, by)
    take_tick_back(locked, item, by=by, at=at)


def _refuse_item(case: Case, item: str, by: Person) -> None:
    refuse_item(item, ClosureItem.values, by=by, refusal=UnableToTick)
    refuse_other_or_ended(case, CaseKind.DISCONNECTION, UnableToTick)


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
    refuse_other_or_ended(locked, CaseKind.DISCONNECTION, UnableToGive)
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
    tell(
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
    if given_on < today - LONGEST_AGO:
        raise UnableToGive(LONG_AGO, field="given_on")
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
    account, locked = lock_to_carry_out(case)
    if handling.is_repeated(locked, form_key, act=EXECUTE, by=by, at=at):
        return Execution.objects.get(pk=case)
    refuse_carried_out(locked, CaseKind.DISCONNECTION, UnableToExecute)
    hold_order(locked)
    gathered = gather(locked, at=at)
    missing = what_is_missing(gathered.facts, executor(by))
    if missing or gathered.service_order is None:
        raise UnableToExecute.for_all(missing, checklist(gathered.facts))
    judged = check_protections(locked, stage=Stage.EXECUTION, by=by.pk, at=at)
    if judged.answer == Answer.BLOCKED:  # a rule or a weather came in force since `gather`
        raise UnableToExecute("; ".join(judged.sentences))
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
