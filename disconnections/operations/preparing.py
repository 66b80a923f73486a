"""What a closure and a reconnection share: prepared, ticked, and carried out once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Self

from consumers import guards
from consumers.models import Consumer
from disconnections.choices import MONEY_ITEMS
from disconnections.models import ChecklistTick, Closure, Execution
from disconnections.queries.closures import find_good_order
from disconnections.rules.conditions import (
    NO_ORDER,
    Checklist,
    ItemLine,
    Missing,
    Need,
    why_not_good,
)
from smart360.cases import handling
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.cases.queries.states import end_sentence
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.db import step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record

CHANGED = "Somebody changed this meanwhile. Look at it again and enter what is missing."
NOT_ONE = {
    CaseKind.DISCONNECTION: "This is not a disconnection",
    CaseKind.RECONNECTION: "This is not a reconnection",
}


class UnableToCarryOut(Refusal):
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

    @classmethod
    def for_all(cls, missing: tuple[Missing, ...], found: Checklist) -> Self:
        """The same list as the button's, as one sentence."""
        needs = {each.need for each in missing}
        sentences = [each.sentence for each in missing]
        if Need.CHECKLIST in needs:
            sentences.append(found.counter)
        is_forbidden = needs <= {Need.PERMISSION, Need.OTHER_PERSON} and bool(needs)
        return cls("; ".join(sentences), missing=missing, is_forbidden=is_forbidden)


# ------------------------------------------------------------------ what may still be prepared
def refuse_other_or_ended(case: Case, kind: CaseKind, refusal: type[Refusal]) -> None:
    """Only an open request of this kind is prepared."""
    if case.kind != kind:
        raise refusal(NOT_ONE[kind], is_conflict=True)
    if not case.is_open:
        raise refusal(end_sentence(case), is_conflict=True)


def order_asked_for(case: Case, number: str, *, refusal: type[Refusal]) -> ServiceOrder | None:
    """The service order of this number, if it can carry the request out; None without one."""
    if not number:
        return None
    found = find_good_order(case, number)
    if found is None:
        raise refusal(NO_ORDER, field="service_order")
    service_order, fact = found
    if not fact.is_good_for(case.kind):
        raise refusal(why_not_good(fact), field="service_order")
    return service_order


@step
def keep_closure(
    case: Case, service_order: ServiceOrder | None, *, by: Person, at: datetime
) -> Closure:
    """Note the service order; what was shown to others before is not fresh any more."""
    closure, is_new = Closure.objects.get_or_create(
        pk=case.pk, defaults={"service_order": service_order, "set_at": at, "set_by": by}
    )
    if not is_new:
        closure.service_order, closure.set_at, closure.set_by = service_order, at, by
        closure.version += 1
        closure.save(update_fields=["service_order", "set_at", "set_by", "version"])
    return closure


# ------------------------------------------------------------------ ticking
def may_tick(item: str, by: Person) -> bool:
    """Whether the item is one of this person's roles: money, or the rest (roles.md)."""
    is_money = item in MONEY_ITEMS
    return by.has_permission(Permission.TICK_MONEY if is_money else Permission.PREPARE_CLOSURE)


def refuse_item(item: str, items: Collection[str], *, by: Person, refusal: type[Refusal]) -> None:
    """Only an item of this checklist is ticked, by the role that it is for."""
    if item not in items:
        raise refusal(NOT_OFFERED)
    if not may_tick(item, by):
        raise refusal("Another role ticks this item", field=item, is_forbidden=True)


def find_tick(case: Case, item: str) -> ChecklistTick | None:
    """The tick of an item, if it stands."""
    return ChecklistTick.objects.filter(request=case.pk, item=item).first()


@step
def keep_tick(
    case: Case, line: ItemLine, *, refusal: type[Refusal], by: Person, at: datetime
) -> ChecklistTick:
    """Confirm an item, once, with what the system shows; what it disproves is refused."""
    if line.does_not_apply:
        raise refusal(f"Does not apply: {line.does_not_apply}", field=line.item)
    if line.evidence.disproof:
        raise refusal(line.evidence.disproof, field=line.item)
    figures = dict(line.evidence.figures)
    tick, is_new = ChecklistTick.objects.get_or_create(
        request_id=case.pk,
        item=line.item,
        defaults={"ticked_at": at, "ticked_by": by, "evidence": figures},
    )
    if is_new:
        tell(Event.CHECKLIST_TICKED, case, by=by, at=at, new={"item": line.item, **figures})
    return tick


@step
def take_tick_back(case: Case, item: str, *, by: Person, at: datetime) -> None:
    """The item is not confirmed any more."""
    removed, _ = ChecklistTick.objects.filter(request=case.pk, item=item).delete()
    if removed:
        tell(Event.CHECKLIST_CLEARED, case, by=by, at=at, new={"item": item})


# ------------------------------------------------------------------ carrying out
@step
def lock_to_carry_out(case: int) -> tuple[Consumer, Case]:
    """The account and its request, held in this order.

    Held as well is another case that the service order was made for: who acts on an order locks
    its case first. Of two cases the lower key comes first.
    """
    consumer = Case.objects.values_list("consumer_id", flat=True).get(pk=case)
    account = guards.lock_consumer(consumer or 0)
    orders = Closure.objects.filter(pk=case, service_order__case__isnull=False)
    keys = {case, *orders.values_list("service_order__case", flat=True)}
    held = {key: handling.lock_case(key) for key in sorted(keys)}
    return account, held[case]


def refuse_carried_out(case: Case, kind: CaseKind, refusal: type[UnableToCarryOut]) -> None:
    """A request is carried out once, and as what it is."""
    done = Execution.objects.select_related("executed_by").filter(pk=case.pk).first()
    if done is not None:
        raise refusal(f"Completed by {done.executed_by.full_name} already")
    if case.kind != kind:
        raise refusal(NOT_ONE[kind])


@step
def hold_order(case: Case) -> None:
    """The service order of the closure, held before it is judged."""
    orders = Closure.objects.filter(pk=case.pk).values("service_order")
    list(ServiceOrder.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=orders))


@step
def tell(event: Event, case: Case, *, by: Person, at: datetime, new: Mapping[str, object]) -> None:
    """One line of the timeline; the case has changed."""
    record(event, by=by.pk, at=at, case=case.pk, consumer=case.consumer_id, new=new)
    handling.touch(case, by=by.pk, at=at)
