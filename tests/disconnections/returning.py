"""An account that was closed and is to come back, brought there the way people do it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from billing.queries.accounts import balances_of
from consumers.choices import MeterPlace
from consumers.metering import Cause, move_meter
from consumers.models import Consumer, Device, Meter, ServiceConnection, Warehouse
from disconnections.models import Closure, ClosurePolicy, DisconnectionRequest, Execution
from disconnections.operations.reconnections import (
    clear_reconnection_item,
    execute_reconnection,
    set_reconnection,
    tick_reconnection_item,
)
from disconnections.queries.closures import executor
from disconnections.queries.reconnections import Gathered, gather
from disconnections.rules.conditions import Checklist, Missing
from disconnections.rules.reconnections import (
    ReconnectionWish,
    ReturningWish,
    reconnection_checklist,
    what_a_reconnection_misses,
)
from smart360.cases.models import Case
from smart360.cases.operations import acknowledge, send_message
from smart360.fieldwork.models import ServiceOrder
from smart360.staff.models import Person
from tests.billing.paying import pay
from tests.conftest import MakeRequest
from tests.disconnections.closing import ANSWERED, Closing, MakeClosing, as_committed
from tests.disconnections.protecting import inside
from tests.fieldwork.working import order_from_case

LATER = timedelta(days=10)
SHOWN = Decimal(18_400)
ALL = ("MONEY_SETTLED", "METER_VERIFIED", "READING_TAKEN", "CONSUMER_TOLD")


@dataclass
class Return:
    """One reconnection and the acts that carry it out, ten days after the closure."""

    closing: Closing
    request: DisconnectionRequest
    at: datetime

    @property
    def sarah(self) -> Person:
        """Who works on it."""
        return self.closing.sarah

    @property
    def robert(self) -> Person:
        """Who may tick the money."""
        return self.closing.billing.robert

    @property
    def case(self) -> Case:
        """As it is now."""
        return Case.objects.select_related("consumer").get(pk=self.request.pk)

    @property
    def consumer(self) -> Consumer:
        """As it is now."""
        return self.closing.consumer

    @property
    def services(self) -> list[ServiceConnection]:
        """Electricity, then water."""
        return self.closing.billing.services

    @property
    def day(self) -> date:
        """The day on which the meters are read."""
        return self.at.date()

    def order(self, code: str = "REC-A", **more: Any) -> ServiceOrder:
        """A service order of the request, with a technician."""
        day = self.day + timedelta(days=3)
        made = order_from_case(
            self.request.pk, by=self.sarah, at=self.at, code=code, **{"scheduled_on": day} | more
        )
        made.refresh_from_db()
        return made

    def wish(self, **changed: Any) -> ReconnectionWish:
        """What the form says for every service; each changed value for all of them."""
        found = Closure.objects.filter(pk=self.request.pk).first()
        number = changed.pop("order_number", None)
        if number is None:
            orders = ServiceOrder.objects.filter(case=self.request.pk)
            number = orders.latest("pk").number if orders else ""
        meters = changed.pop("meters", None) or [each.number for each in self.closing.meters()]
        values: dict[str, Any] = {"reading": SHOWN, "read_on": self.day}
        wishes = [
            ReturningWish(**{"service_connection": service.pk, "meter_number": meter, **values,
                             **changed})
            for service, meter in zip(self.services, meters, strict=False)
        ]  # fmt: skip
        return ReconnectionWish(found.version if found else 0, number, tuple(wishes))

    def set(self, **changed: Any) -> Closure:
        """Fill in the tab's form."""
        return set_reconnection(
            case=self.request.pk, wish=self.wish(**changed), by=self.sarah, at=self.at
        )

    def tell(self) -> None:
        """A message to the consumer."""
        send_message(
            case=self.request.pk, subject="Your reconnection", words="We come on Monday.",
            by=self.sarah, at=self.at, form_key=uuid4(),
        )  # fmt: skip

    def settle(self) -> None:
        """Pay whatever is owed."""
        owed = balances_of(self.consumer.pk).outstanding
        if owed > 0:
            pay(self.consumer, str(owed), by=self.robert, at=self.at)

    def tick(self, *items: str, by: Person | None = None) -> None:
        """Tick these items; money by recovery."""
        for item in items:
            who = by or (self.robert if item == "MONEY_SETTLED" else self.sarah)
            tick_reconnection_item(case=self.request.pk, item=item, by=who, at=self.at)

    def clear(self, item: str) -> None:
        """Take a tick back."""
        who = self.robert if item == "MONEY_SETTLED" else self.sarah
        clear_reconnection_item(case=self.request.pk, item=item, by=who, at=self.at)

    def ready(self, **changed: Any) -> "Return":
        """Everything that Execute asks for."""
        self.order()
        self.set(**changed)
        self.settle()
        self.tell()
        self.tick(*ALL)
        return self

    def gathered(self) -> Gathered:
        """The facts as they are."""
        return gather(self.case, at=self.at)

    def list(self) -> Checklist:
        """The checklist as it is."""
        return reconnection_checklist(self.gathered().facts)

    def missing(self, by: Person | None = None) -> tuple[Missing, ...]:
        """What the button shows."""
        return what_a_reconnection_misses(self.gathered().facts, executor(by or self.sarah))

    def execute(self, by: Person | None = None, *, later: int = 0, **more: Any) -> Execution:
        """Press the button."""
        moment = self.at + timedelta(minutes=later)
        return execute_reconnection(case=self.request.pk, by=by or self.sarah, at=moment, **more)


def set_fee(amount: str) -> None:
    """As the administrator sets it."""
    ClosurePolicy.objects.update(reconnection_fee=Decimal(amount))


def stocked(number: str = "EM-990001", utility: str = "ELECTRICITY", *, at: datetime) -> Meter:
    """A meter in a warehouse, with what it showed when it came there."""
    meter = Meter.objects.create(
        number=number, device=Device.objects.create(number=f"D-{number}"), utility_type=utility,
        unit="kWh", condition="INACTIVE",
    )  # fmt: skip
    cause = Cause(number="", case=None, consumer=None, by=None, at=at)
    inside(
        lambda: move_meter(
            meter, to=MeterPlace.IN_WAREHOUSE, warehouse=Warehouse.objects.get(), cause=cause
        )
    )
    return meter


MakeReturn = Callable[..., Return]


@pytest.fixture
def make_return(make_closing: MakeClosing, make_request: MakeRequest) -> MakeReturn:
    """A reconnection in progress of an account that was closed ten days before."""

    def make(
        action: str = "UNASSIGN", *, fee: str = "0", services: tuple[int, ...] = (), **wishes: Any
    ) -> Return:
        set_fee(fee)
        closing = make_closing(**wishes).ready(action)
        closing.execute()
        as_committed()
        at = closing.at + LATER
        chosen = {"services": services} if services else {}
        made = make_request(closing.consumer, moment=at, reason="RC-001", **ANSWERED, **chosen)
        acknowledge(case=made.pk, by=closing.sarah, at=at)
        as_committed()
        return Return(closing, made, at)

    return make
