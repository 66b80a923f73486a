"""What pages read of orders: by number, in lists, on the day board, one whole (SO2, SO3)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consumers.choices import SupplyState, UtilityType
from consumers.models import Consumer
from smart360.cases.queries.timeline import case_timeline
from smart360.fieldwork.access import get_order, visible_orders
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.operations import (
    assign_service_order,
    cancel_service_order,
    complete_service_order,
    set_day_minutes,
    take_back_service_order,
)
from smart360.fieldwork.queries import find_order_for, orders_of_case, orders_of_consumer
from smart360.fieldwork.queries.board import day_board
from smart360.fieldwork.queries.detail import order_detail
from smart360.fieldwork.queries.offers import offer_for
from smart360.fieldwork.queries.orders import OrderFilter, count_orders, list_orders
from smart360.fieldwork.queries.reports import ReportState
from smart360.fieldwork.queries.technicians import choices_for
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.fieldwork.conftest import MakeTechnician
from tests.fieldwork.working import (
    MONDAY,
    MORNING,
    TUESDAY,
    order_from_case,
    order_from_profile,
    put_in_area,
    template,
)

BOTH = {
    UtilityType.ELECTRICITY: SupplyState.CONNECTED,
    UtilityType.WATER: SupplyState.CONNECTED,
}


def numbers(wish: OrderFilter, person: Person) -> list[str]:
    found = list_orders(visible_orders(person), wish, to=person, this_year=2024)
    return [row.number for row in found.rows]


# ------------------------------------------------------------------ by number
def test_an_order_is_found_by_its_number_long_and_short(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    wished = make_request()
    order = order_from_case(wished.pk, by=dispatcher, at=at)
    short = str(int(order.number[-6:]))
    for typed in (order.number, f"SO-{short}", short, f" {order.number.lower()} "):
        assert find_order_for(wished.pk, typed) == order, typed
    for typed in ("", f"SO-9{short}", f"SO-2023-{short}", wished.case.number, "x" * 500):
        assert find_order_for(wished.pk, typed) is None, typed
    cancel_service_order(service_order=order.pk, reason="DUPLICATE", by=dispatcher, at=at)
    assert find_order_for(wished.pk, order.number) is None


def test_somebody_elses_order_is_not_found(
    make_request: MakeRequest, make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    mine, other = make_request(make_consumer()), make_request(make_consumer())
    order = order_from_case(other.pk, by=dispatcher, at=at)
    assert find_order_for(mine.pk, order.number) is None
    assert [row.number for row in orders_of_case(mine.pk)] == []
    assert [row.number for row in orders_of_case(other.pk)] == [order.number]


# ------------------------------------------------------------------ lists
@pytest.fixture
def some(
    make_consumer: MakeConsumer,
    make_technician: MakeTechnician,
    dispatcher: Person,
    at: datetime,
) -> list[ServiceOrder]:
    """One without a day, one assigned on Monday in the north, one cancelled."""
    make_technician(areas=("North",))
    north, south = make_consumer("Nora North"), make_consumer("Sam South")
    put_in_area(north, "North")
    made = [
        order_from_profile(south, by=dispatcher, at=at, code="MRD-1"),
        order_from_profile(north, by=dispatcher, at=at, scheduled_on=MONDAY, window=MORNING),
        order_from_profile(south, by=dispatcher, at=at),
    ]
    cancel_service_order(service_order=made[2].pk, reason="DUPLICATE", by=dispatcher, at=at)
    return made


def test_filters(some: list[ServiceOrder], dispatcher: Person) -> None:
    free, given, gone = (order.number for order in some)
    who = some[1].technician_id
    assert numbers(OrderFilter(), dispatcher) == [given, free]
    assert numbers(OrderFilter(is_live=False), dispatcher) == [gone, given, free]
    for wish, found in (
        (OrderFilter(statuses=("OPEN",)), [free]),
        (OrderFilter(is_live=False, statuses=("CANCELLED",)), [gone]),
        (OrderFilter(kinds=("METER_READING",)), [free]),
        (OrderFilter(technician=who), [given]),
        (OrderFilter(technician=0), [free]),
        (OrderFilter(day=MONDAY), [given]),
        (OrderFilter(day=TUESDAY), []),
        (OrderFilter(area="North"), [given]),
        (OrderFilter(words=f"SO-{int(gone[-6:])}"), [gone]),  # finds what has ended, too
        (OrderFilter(words=str(int(given[-6:]))), [given]),
        (OrderFilter(words=some[1].consumer.account_number.lower()), [given]),
        (OrderFilter(words="SO-999999"), []),
        (OrderFilter(words="nonsense"), []),
    ):
        assert numbers(wish, dispatcher) == found, wish
    assert (
        count_orders(visible_orders(dispatcher), OrderFilter(), to=dispatcher, this_year=2024) == 2
    )


def test_a_request_s_number_finds_its_orders(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    wished = make_request()
    order = order_from_case(wished.pk, by=dispatcher, at=at)
    assert numbers(OrderFilter(words=wished.case.number), dispatcher) == [order.number]


def test_pages_follow_each_other(
    make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    consumer = make_consumer()
    made = [order_from_profile(consumer, by=dispatcher, at=at).number for _ in range(5)]
    seen, cursor = [], ""
    for _ in range(3):
        page = list_orders(
            visible_orders(dispatcher), OrderFilter(), to=dispatcher, this_year=2024,
            cursor=cursor, size=2,
        )  # fmt: skip
        seen += [row.number for row in page.rows]
        cursor = page.next_cursor
    assert seen == made[::-1]
    assert cursor == ""


def test_a_technician_sees_their_own(
    some: list[ServiceOrder], make_technician: MakeTechnician, person: MakePerson
) -> None:
    given = some[1]
    assert given.technician is not None
    mine = Person.objects.with_roles().get(pk=given.technician.pk)
    other = Person.objects.with_roles().get(pk=make_technician("Ana Ruiz").pk)
    assert list(visible_orders(mine)) == [given]
    assert get_order(given.number, to=mine) == given
    assert get_order(given.number, to=other) is None
    assert not visible_orders(person(Role.ADMIN)).exists()
    assert visible_orders(person(Role.CSE)).count() == 3


# ------------------------------------------------------------------ the day board
def test_the_board_of_a_day(
    make_consumer: MakeConsumer,
    make_technician: MakeTechnician,
    dispatcher: Person,
    at: datetime,
) -> None:
    ana, mike = make_technician("Ana Ruiz", minutes=100), make_technician("Mike Thompson")
    consumer = make_consumer()

    def order(**more: Any) -> ServiceOrder:
        return order_from_profile(consumer, by=dispatcher, at=at, **more)

    given, back = order(scheduled_on=MONDAY), order(scheduled_on=MONDAY, window=MORNING)
    waiting = order()
    order(scheduled_on=TUESDAY)
    assert (given.technician, back.technician) == (mike, mike)
    assign_service_order(service_order=back.pk, technician=ana.pk, by=dispatcher, at=at)
    set_day_minutes(technician=mike.pk, day=MONDAY, minutes=300, by=dispatcher, at=at)
    board = day_board(MONDAY, today=MONDAY)
    facts = [
        (each.name, each.minutes, each.planned, each.free, [row.number for row in each.orders])
        for each in board.columns
    ]
    assert facts == [
        ("Ana Ruiz", 100, 90, 10, [back.number]),
        ("Mike Thompson", 300, 90, 210, [given.number]),
    ]
    assert (board.planned, board.minutes) == (180, 400)
    assert [each.percent for each in board.columns] == [90, 30]
    assert [row.number for row in board.without_day] == [waiting.number]
    take_back_service_order(service_order=back.pk, by=dispatcher, at=at)
    assert [row.number for row in day_board(MONDAY, today=MONDAY).unassigned] == [back.number]


def test_what_was_not_done_on_its_day_stays_in_sight(
    some: list[ServiceOrder], dispatcher: Person, at: datetime
) -> None:
    given = some[1]
    assert day_board(TUESDAY, today=MONDAY).left_over == ()
    assert [row.number for row in day_board(TUESDAY, today=TUESDAY).left_over] == [given.number]
    cancel_service_order(service_order=given.pk, reason="DUPLICATE", by=dispatcher, at=at)
    assert day_board(TUESDAY, today=TUESDAY).left_over == ()


def test_what_is_done_stays_on_the_board_and_takes_no_time(
    some: list[ServiceOrder], dispatcher: Person, at: datetime
) -> None:
    complete_service_order(service_order=some[1].pk, words="Done.", by=dispatcher, at=at)
    (column,) = day_board(MONDAY, today=MONDAY).columns
    assert [row.status for row in column.orders] == [OrderStatus.COMPLETED]
    assert column.planned == 0


def test_a_retired_technician_stays_while_they_have_something(
    some: list[ServiceOrder], dispatcher: Person
) -> None:
    who = some[1].technician
    assert who is not None
    who.is_active = False
    who.save(update_fields=["is_active"])
    assert [each.technician for each in day_board(MONDAY, today=MONDAY).columns] == [who.pk]
    assert day_board(TUESDAY, today=MONDAY).columns == ()


# ------------------------------------------------------------------ one order, and whom to send
def test_an_order_whole(
    make_request: MakeRequest,
    make_consumer: MakeConsumer,
    make_technician: MakeTechnician,
    dispatcher: Person,
    at: datetime,
) -> None:
    make_technician()
    wished = make_request(make_consumer(services=BOTH), reason="CR-001", preferred_on=MONDAY)
    made = order_from_case(wished.pk, by=dispatcher, at=at, code="DIS-A")
    take_back_service_order(service_order=made.pk, by=dispatcher, at=at + timedelta(minutes=5))
    order = get_order(made.number, to=dispatcher)
    assert order is not None
    detail = order_detail(order)
    assert [each.utility for each in detail.services] == ["Electricity", "Water"]
    assert all(each.meter and each.device for each in detail.services)
    assert (detail.report, detail.approval) == (ReportState.NOT_YET, "")
    sentences = [line.sentence for line in detail.lines]
    assert sentences == [
        "Taken from Mike Thompson",
        "Assigned to Mike Thompson by itself",
        "Service order created",
    ]


def test_the_request_s_timeline_tells_of_its_order(
    make_request: MakeRequest, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    make_technician()
    wished = make_request(reason="CR-001", preferred_on=MONDAY)
    made = order_from_case(wished.pk, by=dispatcher, at=at, scheduled_on=MONDAY, window=MORNING)
    lines, _ = case_timeline(wished.case, to=dispatcher)
    assert [(line.sentence, line.detail) for line in lines if made.number in line.sentence] == [
        (
            f"Service order assigned: {made.number} to Mike Thompson",
            "Lisa Wilson · Mon, Dec 16, 2024, 10:00 AM – 12:00 PM",
        ),
        (
            f"Service order created: {made.number}",
            "Lisa Wilson · Mon, Dec 16, 2024, 10:00 AM – 12:00 PM",
        ),
    ]


def test_whom_to_send(
    some: list[ServiceOrder], make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    order = some[1]
    make_technician("Ana Ruiz", areas=("South",))
    make_technician("Ben Short", areas=("North",), minutes=60)
    found = {each.name: each for each in choices_for(order, MONDAY)}
    assert [*found] == ["Mike Thompson", "Ana Ruiz", "Ben Short"]
    assert found["Mike Thompson"].free == 480  # its own minutes count as free
    assert not found["Ana Ruiz"].is_near
    assert not found["Ben Short"].has_time


def test_templates_that_fit(make_request: MakeRequest, make_consumer: MakeConsumer) -> None:
    consumer = make_consumer(services=BOTH)
    wished = make_request(consumer, reason="CR-001")
    codes = [each.code for each in offer_for(consumer, wished.case).templates]
    assert codes[:3] == ["DIS-A", "DIS-E", "DIS-W"]
    assert not [code for code in codes if code.startswith("REC") or code == "DIS-G"]
    codes = [each.code for each in offer_for(consumer, None).templates]
    assert not [code for code in codes if code.startswith(("DIS", "REC"))]
    assert "MRD-1" in codes


def test_a_request_for_one_service_offers_what_is_for_it(
    make_request: MakeRequest, make_consumer: MakeConsumer
) -> None:
    consumer: Consumer = make_consumer(services=BOTH)
    water = consumer.connections.get(utility_type=UtilityType.WATER)
    wished = make_request(consumer, reason="CR-001", services=(water.pk,))
    offer = offer_for(consumer, wished.case)
    assert offer.templates[0].code == "DIS-W"
    assert [each.id for each in offer.services] == [water.pk]
    assert offer.template(template("DIS-E").pk) is None


# ------------------------------------------------------------------ how often the database is asked
def test_many_cost_what_one_costs(
    some: list[ServiceOrder],
    make_consumer: MakeConsumer,
    make_technician: MakeTechnician,
    dispatcher: Person,
    at: datetime,
) -> None:
    def asked() -> list[int]:
        counts = []
        for act in (
            lambda: list_orders(
                visible_orders(dispatcher), OrderFilter(), to=dispatcher, this_year=2024
            ),
            lambda: orders_of_consumer(some[0].consumer_id),
            lambda: day_board(MONDAY, today=MONDAY),
            lambda: choices_for(some[1], MONDAY),
        ):
            with CaptureQueriesContext(connection) as statements:
                act()
            counts.append(len(statements))
        return counts

    visible_orders(dispatcher)  # their roles are known
    few = asked()
    for number in range(4):
        make_technician(f"Technician {number}")
        order_from_profile(make_consumer(), by=dispatcher, at=at, scheduled_on=MONDAY)
        order_from_profile(some[0].consumer, by=dispatcher, at=at)
    assert asked() == few == [1, 1, 4, 1]
    with CaptureQueriesContext(connection) as statements:
        order = get_order(some[1].number, to=dispatcher)
        assert order is not None
        order_detail(order)
    assert len(statements) <= 5
