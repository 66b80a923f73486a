"""Many dispatchers at once, with the controls that fail without the guards (SO3, W7)."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from disconnections.models import SlotDay, TimeSlot
from disconnections.oracles import slots_miscounted
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder, Technician, TechnicianDay
from smart360.fieldwork.operations import (
    assign_service_order,
    cancel_service_order,
    create_service_order,
    schedule_service_order,
    take_back_service_order,
)
from smart360.fieldwork.oracles import technicians_days_miscounted
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.concurrency.racing import (
    done,
    pause,
    race,
    refusals,
    slowly,
    without_index,
    without_triggers,
)
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.fieldwork.working import (
    MONDAY,
    MORNING,
    TUESDAY,
    order_from_case,
    order_from_profile,
    planned,
    technician,
    template,
)
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
DISPATCHERS = 10
STEPS = "smart360.fieldwork.orders"


@pytest.fixture
def dispatcher(person: MakePerson) -> Person:
    return person(Role.DISPATCHER)


def assign_acts(
    orders: Iterable[ServiceOrder], who: Technician, by: Person, at: datetime
) -> list[partial[ServiceOrder]]:
    return [
        partial(
            assign_service_order, service_order=order.pk, technician=who.pk, by=by, at=at,
            form_key=uuid4(),
        )
        for order in orders
    ]  # fmt: skip


def lock_nobody(technicians: Iterable[int]) -> list[int]:
    """As the step answers, without its lock."""
    here = Technician.objects.filter(pk__in=set(technicians)).order_by("pk")
    return list(here.values_list("pk", flat=True))


# ------------------------------------------------------------------ the last hour
def test_the_last_hour_is_filled_once(
    make_consumer: MakeConsumer, person: MakePerson, dispatcher: Person, at: datetime
) -> None:
    orders = [
        order_from_profile(make_consumer(), by=dispatcher, at=at, scheduled_on=MONDAY)
        for _ in range(DISPATCHERS)
    ]
    who = technician(person(Role.TECHNICIAN), minutes=90)
    outcomes = race(assign_acts(orders, who, dispatcher, at))
    assert len(done(outcomes)) == 1, refusals(outcomes)
    told = {str(error) for error in refusals(outcomes)}
    assert told == {"Mike Thompson has no 90 minutes left on Dec 16, 2024"}
    assert planned(who, MONDAY) == 90
    assert_sound()


def test_control_without_its_guards_the_hour_is_filled_twice(
    make_consumer: MakeConsumer,
    person: MakePerson,
    dispatcher: Person,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The test above can fail: minutes taken by reading first and writing then are taken twice."""
    orders = [
        order_from_profile(make_consumer(), by=dispatcher, at=at, scheduled_on=MONDAY)
        for _ in range(4)
    ]
    who = technician(person(Role.TECHNICIAN), minutes=90)
    TechnicianDay.objects.create(technician=who, day=MONDAY, minutes=90, planned=0)

    def book_carelessly(technician: int, day: date, minutes: int) -> bool:
        found = TechnicianDay.objects.get(technician=technician, day=day)
        if found.planned + minutes > found.minutes:
            return False
        pause()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE fieldwork_technicianday SET planned = planned + %s WHERE id = %s",
                [minutes, found.pk],
            )
        return True

    monkeypatch.setattr(f"{STEPS}.plans.book_minutes", book_carelessly)
    monkeypatch.setattr(f"{STEPS}.plans.lock_technicians", lock_nobody)
    with without_index("a_day_is_never_overplanned"):
        outcomes = race(assign_acts(orders, who, dispatcher, at))
        assert len(done(outcomes)) > 1, refusals(outcomes)
        assert planned(who, MONDAY) > 90


# ------------------------------------------------------------------ by itself, many at once
def create_acts(
    make_consumer: MakeConsumer, by: Person, at: datetime, count: int
) -> list[partial[ServiceOrder]]:
    """Orders of 90 minutes for Monday, each of another consumer."""
    repair = template("RPR-1").pk
    return [
        partial(
            create_service_order, consumer=make_consumer().pk, template=repair,
            scheduled_on=MONDAY, by=by, at=at, form_key=uuid4(),
        )
        for _ in range(count)
    ]  # fmt: skip


def test_every_hour_there_is_is_given_out_and_no_more(
    make_consumer: MakeConsumer, person: MakePerson, dispatcher: Person, at: datetime
) -> None:
    """Three technicians with time for two each, ten orders: six are assigned, none too many."""
    people = [technician(person(Role.TECHNICIAN), minutes=200) for _ in range(3)]
    outcomes = race(create_acts(make_consumer, dispatcher, at, DISPATCHERS))
    assert len(done(outcomes)) == DISPATCHERS, refusals(outcomes)
    statuses = [order.status for order in done(outcomes)]
    assert statuses.count(OrderStatus.ASSIGNED) == 6
    assert statuses.count(OrderStatus.SCHEDULED) == 4
    assert [planned(who, MONDAY) for who in people] == [180, 180, 180]
    assert_sound()


def test_control_without_the_lock_two_choose_the_same_hour(
    make_consumer: MakeConsumer,
    person: MakePerson,
    dispatcher: Person,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The counter still refuses, but then somebody's order fails instead of going to another."""
    for _ in range(2):
        technician(person(Role.TECHNICIAN), minutes=90)
    monkeypatch.setattr(f"{STEPS}.days.lock_technicians", lock_nobody)
    slowly(monkeypatch, f"{STEPS}.plans.book_minutes")
    outcomes = race(create_acts(make_consumer, dispatcher, at, 2))
    assert len(refusals(outcomes)) == 1


# ------------------------------------------------------------------ assign against cancel
def plan_and_call_off(
    order: ServiceOrder, who: Technician, by: Person, at: datetime
) -> list[Callable[[], Any]]:
    return [
        *assign_acts([order], who, by, at),
        partial(cancel_service_order, service_order=order.pk, reason="DUPLICATE", by=by, at=at),
    ]


def test_what_is_called_off_while_it_is_assigned_takes_no_time(
    make_consumer: MakeConsumer,
    person: MakePerson,
    dispatcher: Person,
    at: datetime,
    amount: Callable[[int, int], int],
) -> None:
    consumer = make_consumer()
    orders = [
        order_from_profile(consumer, by=dispatcher, at=at, scheduled_on=MONDAY)
        for _ in range(amount(5, 50))
    ]
    who = technician(person(Role.TECHNICIAN))
    for order in orders:
        outcomes = race(plan_and_call_off(order, who, dispatcher, at))
        assert outcomes[1][0] == "done", refusals(outcomes)
        order.refresh_from_db()
        assert order.status == OrderStatus.CANCELLED
        assert planned(who, MONDAY) == 0
    assert_sound()


def test_control_without_the_lock_the_time_is_lost(
    make_consumer: MakeConsumer,
    person: MakePerson,
    dispatcher: Person,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both read that nobody has it; who cancels gives nothing back."""
    order = order_from_profile(make_consumer(), by=dispatcher, at=at, scheduled_on=MONDAY)
    who = technician(person(Role.TECHNICIAN))
    found = ServiceOrder.objects.select_related(
        "case", "consumer", "technician__person", "template__skill"
    )
    slowly(monkeypatch, f"{STEPS}.lock_order", lambda key: found.get(pk=key))
    slowly(monkeypatch, f"{STEPS}.cancel_order")
    slowly(monkeypatch, f"{STEPS}.cancel_order")
    with without_triggers("fieldwork_serviceorder"):
        race(plan_and_call_off(order, who, dispatcher, at))
    assert technicians_days_miscounted() != []


# ------------------------------------------------------------------ nobody waits in a ring
def test_two_who_exchange_their_orders_both_get_through(
    make_consumer: MakeConsumer,
    person: MakePerson,
    dispatcher: Person,
    at: datetime,
    amount: Callable[[int, int], int],
) -> None:
    """From one technician and day to the other, back and forth, with a taker-back in between."""
    one, two = (technician(person(Role.TECHNICIAN)) for _ in range(2))
    first, second, third = (
        order_from_profile(make_consumer(), by=dispatcher, at=at, scheduled_on=day)
        for day in (MONDAY, TUESDAY, MONDAY)
    )
    places = [(one.pk, MONDAY), (two.pk, TUESDAY)]
    for turn in range(amount(4, 40)):
        here, there = places[turn % 2], places[1 - turn % 2]
        acts = [
            partial(
                assign_service_order, service_order=order.pk, technician=who, day=day,
                by=dispatcher, at=at,
            )
            for order, (who, day) in ((first, here), (second, there), (third, here))
        ]  # fmt: skip
        outcomes = race(acts)
        assert len(done(outcomes)) == len(acts), refusals(outcomes)
        take_back_service_order(service_order=third.pk, by=dispatcher, at=at)
    assert_sound()


def test_two_visits_that_exchange_their_slots_both_get_through(
    make_request: MakeRequest,
    make_consumer: MakeConsumer,
    dispatcher: Person,
    at: datetime,
    amount: Callable[[int, int], int],
) -> None:
    eight = TimeSlot.objects.get(starts=time(8))
    windows = [MORNING, (eight.starts, eight.ends)]
    orders = [
        order_from_case(
            make_request(make_consumer(), reason="CR-001", preferred_on=MONDAY).pk,
            by=dispatcher, at=at, code="DIS-E",
        )
        for _ in range(2)
    ]  # fmt: skip
    for turn in range(amount(4, 40)):
        outcomes = race(
            [
                partial(
                    schedule_service_order, service_order=order.pk, day=MONDAY,
                    window=windows[(turn + position) % 2], by=dispatcher, at=at,
                )
                for position, order in enumerate(orders)
            ]
        )  # fmt: skip
        assert len(done(outcomes)) == 2, refusals(outcomes)
    assert slots_miscounted() == []
    assert sum(SlotDay.objects.values_list("booked", flat=True)) == 2


# ------------------------------------------------------------------ one form, one order
def test_one_form_makes_one_order(
    make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    consumer, key, repair = make_consumer(), uuid4(), template("RPR-1").pk
    act = partial(
        create_service_order, consumer=consumer.pk, template=repair, by=dispatcher, at=at,
        form_key=key,
    )  # fmt: skip
    outcomes = race([act] * DISPATCHERS)
    assert len({order.number for order in done(outcomes)}) == 1, refusals(outcomes)
    assert len(done(outcomes)) == DISPATCHERS
    assert ServiceOrder.objects.count() == 1
    assert_sound()


def test_control_without_the_key_each_press_makes_one(
    make_consumer: MakeConsumer,
    dispatcher: Person,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("smart360.web.form_keys.claim", lambda *_, **__: None)
    consumer, repair = make_consumer(), template("RPR-1").pk
    act = partial(
        create_service_order, consumer=consumer.pk, template=repair, by=dispatcher, at=at,
        form_key=uuid4(),
    )  # fmt: skip
    race([act] * 4)
    assert ServiceOrder.objects.count() == 4
