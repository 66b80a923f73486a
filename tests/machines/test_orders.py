"""Service orders as a state machine: two technicians, two days, days made shorter, cut acts.

What is planned for a day is always the sum of the live orders of that day, whoever moves what;
nobody is sent who has not the time; and who is sent by itself is the most free (SO3, W7). Replay:
see ``running.py``. Many at the very same moment: ``tests/concurrency/test_service_orders_at_once``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from consumers.models import Consumer
from smart360.fieldwork import operations
from smart360.fieldwork.choices import OrderStatus as S
from smart360.fieldwork.models import ServiceOrder, Technician, TechnicianDay
from smart360.fieldwork.oracles import ORACLES
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakePerson
from tests.fieldwork.working import MONDAY, TUESDAY, technician, template
from tests.invariants import assert_sound
from tests.machines import running
from tests.machines.test_request import NOT_OF_ROWS, cut

pytestmark = pytest.mark.timeout(7200)  # of a night on a busy machine

AT = datetime(2024, 12, 10, 15, 30, tzinfo=UTC)
DAYS = (MONDAY, TUESDAY)
USUAL = (200, 130)
KINDS = {"RPR-1": 90, "MRD-1": 20, "INL-1": 120}
which = st.integers(0, 5)
who = st.integers(0, 1)
day = st.sampled_from(DAYS)


@dataclass
class Modelled:
    """An order as the model has it; ``who`` is the technician's place in the list."""

    minutes: int
    status: S
    day: date | None
    who: int | None = None


class OrderMachine(running.TryingMachine):
    """Up to six orders of one consumer."""

    counted = ("fieldwork_serviceorder", "trail_entry", "comms_message", "owed_owedwork")
    dispatcher: Person
    technicians: list[Technician]
    make: Callable[..., Consumer]

    def __init__(self) -> None:
        super().__init__()
        running.begin_example()
        self.consumer = self.make()
        self.keys: list[int] = []
        self.orders: list[Modelled] = []
        self.lengths: dict[tuple[int, date], int] = {}

    # ---------------------------------------------------------------- what the model knows
    def free(self, who: int, on: date) -> int:
        taken = sum(
            order.minutes
            for order in self.orders
            if order.who == who and order.day == on and order.status in (S.ASSIGNED, S.IN_PROGRESS)
        )
        return self.lengths.get((who, on), USUAL[who]) - taken

    def sent(self, order: Modelled) -> None:
        """By itself: the most free one, then the lowest key."""
        assert order.day is not None
        free = [self.free(who, order.day) for who in range(2)]
        able = [who for who in range(2) if free[who] >= order.minutes]
        if able:
            order.who = min(able, key=lambda who: (-free[who], who))
            order.status = S.ASSIGNED

    def stored(self) -> tuple[Any, ...]:
        rows = ServiceOrder.objects.order_by("pk").values()
        days = TechnicianDay.objects.order_by("pk").values()
        return list(rows), list(days), *super().stored()

    def has(self, which: int) -> bool:
        return which < len(self.orders)

    # ---------------------------------------------------------------- the acts
    @precondition(lambda self: len(self.orders) < 6)
    @rule(code=st.sampled_from(sorted(KINDS)), on=st.one_of(st.none(), day), cut=cut)
    def create(self, code: str, on: date | None, cut: int) -> None:
        made = self.tries(
            lambda: operations.create_service_order(
                consumer=self.consumer.pk, template=template(code).pk, scheduled_on=on,
                by=self.dispatcher, at=AT,
            ),
            may=True,
            cut=cut,
        )  # fmt: skip
        if made:
            order = Modelled(KINDS[code], S.SCHEDULED if on else S.OPEN, on)
            if on:
                self.sent(order)
            self.keys.append(made.pk)
            self.orders.append(order)

    @rule(which=which, who=who, on=st.one_of(st.none(), day), cut=cut)
    def assign(self, which: int, who: int, on: date | None, cut: int) -> None:
        if not self.has(which):
            return
        order = self.orders[which]
        to = on or order.day
        is_same = (order.who, order.day) == (who, to)
        is_own = order.minutes if is_same and order.status == S.ASSIGNED else 0
        may = (
            order.status in (S.OPEN, S.SCHEDULED, S.ASSIGNED)
            and to is not None
            and self.free(who, to) + is_own >= order.minutes
        )
        if self.tries(
            lambda: operations.assign_service_order(
                service_order=self.keys[which], technician=self.technicians[who].pk, day=on,
                by=self.dispatcher, at=AT,
            ),
            may=may,
            cut=cut,
        ):  # fmt: skip
            order.who, order.day, order.status = who, to, S.ASSIGNED

    @rule(which=which, on=day, cut=cut)
    def schedule(self, which: int, on: date, cut: int) -> None:
        if not self.has(which):
            return
        order = self.orders[which]
        if self.tries(
            lambda: operations.schedule_service_order(
                service_order=self.keys[which], day=on, by=self.dispatcher, at=AT
            ),
            may=order.status in (S.OPEN, S.SCHEDULED, S.ASSIGNED),
            cut=cut,
        ):
            if order.day != on:
                order.who, order.day, order.status = None, on, S.SCHEDULED
            if order.who is None:
                self.sent(order)

    @rule(which=which, cut=cut)
    def take_back(self, which: int, cut: int) -> None:
        if self.has(which) and self.tries(
            lambda: operations.take_back_service_order(
                service_order=self.keys[which], by=self.dispatcher, at=AT
            ),
            may=self.orders[which].status in (S.ASSIGNED, S.IN_PROGRESS),
            cut=cut,
        ):
            self.orders[which].who, self.orders[which].status = None, S.SCHEDULED

    @rule(which=which, cut=cut)
    def start(self, which: int, cut: int) -> None:
        if self.has(which) and self.tries(
            lambda: operations.start_service_order(
                service_order=self.keys[which], by=self.dispatcher, at=AT
            ),
            may=self.orders[which].status == S.ASSIGNED,
            cut=cut,
        ):
            self.orders[which].status = S.IN_PROGRESS

    @rule(which=which, cut=cut)
    def complete(self, which: int, cut: int) -> None:
        if self.has(which) and self.tries(
            lambda: operations.complete_service_order(
                service_order=self.keys[which], words="Done", by=self.dispatcher, at=AT
            ),
            may=self.orders[which].status in (S.ASSIGNED, S.IN_PROGRESS),
            cut=cut,
        ):
            self.orders[which].status = S.COMPLETED

    @rule(which=which, cut=cut)
    def call_off(self, which: int, cut: int) -> None:
        if self.has(which) and self.tries(
            lambda: operations.cancel_service_order(
                service_order=self.keys[which], reason="NOT_NEEDED", by=self.dispatcher, at=AT
            ),
            may=self.orders[which].status not in (S.COMPLETED, S.CANCELLED),
            cut=cut,
        ):
            self.orders[which].status = S.CANCELLED

    @rule(who=who, on=day, minutes=st.sampled_from((0, 20, 110, 240, 480)), cut=cut)
    def set_minutes(self, who: int, on: date, minutes: int, cut: int) -> None:
        planned = self.lengths.get((who, on), USUAL[who]) - self.free(who, on)
        if self.tries(
            lambda: operations.set_day_minutes(
                technician=self.technicians[who].pk, day=on, minutes=minutes, by=self.dispatcher,
                at=AT,
            ),
            may=planned <= minutes,
            cut=cut,
        ):  # fmt: skip
            self.lengths[who, on] = minutes

    # ---------------------------------------------------------------- what holds at all times
    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        for key, order in zip(self.keys, self.orders, strict=True):
            row = ServiceOrder.objects.get(pk=key)
            assert (row.status, row.scheduled_on) == (order.status, order.day)
            whom = None if order.who is None else self.technicians[order.who].pk
            assert row.technician_id == whom
        assert [oracle.sentence for oracle in ORACLES if oracle.find()] == []

    def teardown(self) -> None:
        try:
            assert_sound(without=NOT_OF_ROWS)
        finally:
            running.end_example()


@pytest.fixture
def machine(make_consumer: MakeConsumer, person: MakePerson) -> type[running.TryingMachine]:
    """The machine with this test's people."""

    class Machine(OrderMachine):
        make = staticmethod(make_consumer)
        dispatcher = person(Role.DISPATCHER)
        technicians = [technician(person(Role.TECHNICIAN), minutes=each) for each in USUAL]

    return Machine


def test_orders_behave_like_their_model(
    machine: type[running.TryingMachine], pytestconfig: pytest.Config
) -> None:
    assert running.run(machine, pytestconfig, by_day=(12, 20)) > 100, "hardly anything was tried"


def test_control_minutes_that_nobody_gives_back_are_found(
    machine: type[running.TryingMachine],
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for steps in ("plans", "visits"):
        monkeypatch.setattr(
            f"smart360.fieldwork.orders.{steps}.give_minutes_back", lambda *_, **__: None
        )
    assert running.finds(machine, pytestconfig)
