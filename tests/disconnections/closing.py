"""A request that is ready to be carried out, brought there the way people do it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from consumers.choices import MeterPlace
from consumers.models import Consumer, Meter, Warehouse
from disconnections.choices import ClosureItem, ClosurePaper, MeterAction, NoticeWay
from disconnections.models import Closure, DisconnectionRequest, Execution
from disconnections.operations.closures import (
    clear_item,
    execute_disconnection,
    give_paper,
    set_closure,
    tick_item,
)
from disconnections.queries.closures import Gathered, executor, gather
from disconnections.rules.closures import (
    ClosureWish,
    MeterWish,
    checklist,
    what_is_missing,
)
from disconnections.rules.conditions import Checklist, Missing
from smart360.cases.models import Case
from smart360.cases.operations import acknowledge
from smart360.fieldwork.models import ServiceOrder
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.final_billing import Billing, MakeBilling, make_billing
from tests.billing.paying import pay
from tests.conftest import MakePerson
from tests.fieldwork.working import order_from_case, technician

__all__ = ["make_billing", "make_closing"]
ANSWERED = {"identity_check": "QUESTIONS_ANSWERED"}
VISIT = date(2024, 12, 16)


@dataclass
class Closing:
    """One request and the acts that carry it out, by a customer service executive."""

    billing: Billing
    sarah: Person
    mike: Person
    at: datetime

    @property
    def case(self) -> Case:
        """As it is now."""
        return Case.objects.select_related("consumer").get(pk=self.billing.case.pk)

    @property
    def consumer(self) -> Consumer:
        """As it is now."""
        return Consumer.objects.get(pk=self.billing.consumer.pk)

    @property
    def request(self) -> DisconnectionRequest:
        """What was asked for."""
        return DisconnectionRequest.objects.get(pk=self.billing.case.pk)

    def meters(self) -> list[Meter]:
        """Of each service, electricity first; also when it is unassigned."""
        return [each.assignments.latest("pk").meter for each in self.billing.services]

    def order(self, code: str = "DIS-A", **more: Any) -> ServiceOrder:
        """A service order of the request, with a technician."""
        made = order_from_case(
            self.case.pk, by=self.sarah, at=self.at, code=code, **{"scheduled_on": VISIT} | more
        )
        made.refresh_from_db()
        return made

    def wish(self, action: str = MeterAction.UNASSIGN, **changed: Any) -> ClosureWish:
        """What the form says for every meter, verified; each changed value for all meters."""
        found = Closure.objects.filter(pk=self.case.pk).first()
        values: dict[str, Any] = {"action": action}
        if action == MeterAction.REMOVE:
            values |= {
                "destination": MeterPlace.IN_WAREHOUSE.value,
                "warehouse": Warehouse.objects.get().pk,
            }
        order_number = changed.pop("order_number", None)
        if order_number is None:
            order_number = ServiceOrder.objects.filter(case=self.case).latest("pk").number
        wishes = [
            MeterWish(
                service_connection=service.pk,
                **{"device_number": meter.device.number if meter.device else "", **values,
                   **changed},
            )
            for service, meter in zip(self.billing.services, self.meters(), strict=True)
        ]  # fmt: skip
        return ClosureWish(found.version if found else 0, order_number, tuple(wishes))

    def set(self, action: str = MeterAction.UNASSIGN, **changed: Any) -> Closure:
        """Fill in the tab's form."""
        return set_closure(
            case=self.case.pk, wish=self.wish(action, **changed), by=self.sarah, at=self.at
        )

    def give(
        self,
        paper: str = ClosurePaper.NOTICE,
        way: str = NoticeWay.EMAIL,
        on: date | None = None,
        **more: Any,
    ) -> Any:
        """Give the consumer a paper."""
        return give_paper(
            case=self.case.pk, paper=paper, way=way, given_on=on, by=self.sarah, at=self.at, **more
        )

    def tick(self, *items: str, by: Person | None = None) -> None:
        """Tick these items; the money ones by recovery."""
        for item in items:
            is_money = item in ("FINAL_BILL", "FINAL_PAYMENT")
            who = by or (self.billing.robert if is_money else self.sarah)
            tick_item(case=self.case.pk, item=item, by=who, at=self.at)

    def clear(self, item: str, by: Person | None = None) -> None:
        """Take a tick back."""
        clear_item(case=self.case.pk, item=item, by=by or self.sarah, at=self.at)

    def tick_all(self) -> None:
        """Every item that applies and is not ticked."""
        for line in self.list().lines:
            if not line.is_done:
                self.tick(line.item)

    def bill(self) -> None:
        """From the readings to the approved bill, paid in full."""
        self.billing.approved()
        owed = gather(self.case, at=self.at).facts.balance
        if owed > 0:
            pay(self.consumer, str(owed), by=self.billing.robert, at=self.at)

    def ready(self, action: str = MeterAction.UNASSIGN, **changed: Any) -> "Closing":
        """Everything that Execute asks for."""
        self.order()
        self.set(action, **changed)
        if self.request.permanence == "PERMANENT":
            self.bill()
        self.give()
        self.tick_all()
        return self

    def gathered(self) -> Gathered:
        """The facts as they are."""
        return gather(self.case, at=self.at)

    def list(self) -> Checklist:
        """The checklist as it is."""
        return checklist(self.gathered().facts)

    def missing(self, by: Person | None = None) -> tuple[Missing, ...]:
        """What the button shows."""
        return what_is_missing(self.gathered().facts, executor(by or self.sarah))

    def execute(self, by: Person | None = None, *, later: int = 0, **more: Any) -> Execution:
        """Press the button."""
        moment = self.at + timedelta(minutes=later)
        return execute_disconnection(
            case=self.billing.case.pk, by=by or self.sarah, at=moment, **more
        )


def as_committed() -> None:
    """Let deferred triggers speak now, as a commit would: what they look at changes later."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def past_every_guard(table: str, statement: str, *values: Any) -> None:
    """Do it as the owner, without the table's own triggers: a world that no act would make."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE NONE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, list(values))
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET ROLE smart360_app")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


MakeClosing = Callable[..., Closing]


@pytest.fixture
def make_closing(make_billing: MakeBilling, person: MakePerson, at: datetime) -> MakeClosing:
    """A request in progress that the consumer asked for; nothing owed but what the bill brings."""

    def make(
        *, reason: str = "CR-001", outstanding: str = "0", held: str = "0", **wishes: Any
    ) -> Closing:
        billing = make_billing(
            outstanding, held, **{"reason": reason, **ANSWERED, "preferred_on": None, **wishes}
        )
        sarah, mike = person(Role.CSE), person(Role.TECHNICIAN)
        technician(mike)
        acknowledge(case=billing.case.pk, by=sarah, at=at)
        as_committed()
        return Closing(billing, sarah, mike, at)

    return make


ITEMS = tuple(item.value for item in ClosureItem)
KEY = uuid4
