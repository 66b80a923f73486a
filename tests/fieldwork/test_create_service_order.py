"""An order is made from a request or from a profile (SO1, SO2)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from consumers.choices import SupplyState, UtilityType
from consumers.models import MeterAssignment
from disconnections.models import DisconnectionRequest, SlotDay, TimeSlot
from disconnections.operations import close_request
from disconnections.oracles import slots_miscounted
from smart360.cases.choices import ClosingReason
from smart360.comms.models import Message
from smart360.fieldwork.choices import OrderKind, OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.operations import (
    UnableToCreateOrder,
    create_service_order,
    schedule_service_order,
)
from smart360.fieldwork.ports import Stage
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.fieldwork.working import (
    MONDAY,
    MORNING,
    TUESDAY,
    order_from_case,
    order_from_profile,
    planned,
    put_in_area,
    refused,
    technician,
    template,
)

BOTH = {
    UtilityType.ELECTRICITY: SupplyState.CONNECTED,
    UtilityType.WATER: SupplyState.CONNECTED,
}


def slot(hour: int) -> TimeSlot:
    return TimeSlot.objects.get(starts__hour=hour)


def test_it_copies_the_template_and_the_place(
    make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    consumer = make_consumer()
    put_in_area(consumer, "North")
    made = order_from_profile(consumer, by=dispatcher, at=at, remarks="Dog in the yard")
    assert re.fullmatch(r"SO-2024-\d{6}", made.number)
    assert (made.kind, made.name) == (OrderKind.REPAIR, "Repair - John Smith")
    assert (made.status, made.priority, made.estimated_minutes) == (OrderStatus.OPEN, "HIGH", 90)
    assert (made.address, made.area) == ("123 Oak Street, Springfield, IL 62701", "North")
    assert (made.created_by, made.created_at, made.remarks) == (dispatcher, at, "Dog in the yard")
    (ordered,) = made.services.all()
    assert ordered.meter == MeterAssignment.objects.get().meter


def test_it_leaves_one_line_and_no_personal_word(
    make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    consumer = make_consumer()
    made = order_from_profile(consumer, by=dispatcher, at=at, remarks="Dog in the yard")
    (line,) = Entry.objects.filter(consumer=consumer)
    assert (line.kind, line.actor, line.case) == (Event.ORDER_CREATED, dispatcher, None)
    assert line.new["order"] == made.number
    assert "Dog" not in str(line.new)
    assert not Message.objects.exists()  # nobody comes yet


def test_a_request_s_order_comes_when_the_consumer_wished(
    make_request: MakeRequest, dispatcher: Person, person: MakePerson, at: datetime
) -> None:
    who = technician(person(Role.TECHNICIAN))
    wished = make_request(reason="CR-001", preferred_on=MONDAY, slot=slot(10).pk)
    made = order_from_case(wished.pk, by=dispatcher, at=at)
    assert (made.scheduled_on, made.starts, made.ends) == (MONDAY, *MORNING)
    assert (made.status, made.technician) == (OrderStatus.ASSIGNED, who)
    assert planned(who, MONDAY) == 45
    assert SlotDay.objects.get().booked == 1
    kinds = list(
        Entry.objects.filter(case=wished.pk).order_by("seq").values_list("kind", flat=True)
    )
    assert kinds[-3:] == [Event.ORDER_CREATED, Event.PROTECTION_CHECKED, Event.ORDER_ASSIGNED]


def test_without_a_wish_it_takes_the_first_free_slot(
    make_request: MakeRequest, make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    """It is 09:30: the slot of 8 has begun, that of 10 is the first; then that of 12."""
    TimeSlot.objects.update(capacity=1)
    found = []
    for _ in range(2):
        wished = make_request(make_consumer())
        made = order_from_case(wished.pk, by=dispatcher, at=at)
        found.append((made.scheduled_on, made.starts.hour if made.starts else None))
    assert found == [(date(2024, 12, 10), 10), (date(2024, 12, 10), 12)]
    assert sum(SlotDay.objects.values_list("booked", flat=True)) == 2
    assert slots_miscounted() == []


def test_a_date_without_a_slot_takes_the_first_free_one_of_that_day(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    SlotDay.objects.create(slot=slot(8), day=MONDAY, capacity=4, booked=4)
    made = order_from_case(make_request(preferred_on=MONDAY).pk, by=dispatcher, at=at)
    assert (made.scheduled_on, made.starts, made.ends) == (MONDAY, *MORNING)


def test_a_full_day_that_was_wished_stays_without_a_window(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    for each in TimeSlot.objects.all():
        SlotDay.objects.create(slot=each, day=MONDAY, capacity=each.capacity, booked=each.capacity)
    wished = make_request(preferred_on=MONDAY)
    made = order_from_case(wished.pk, by=dispatcher, at=at)
    assert (made.scheduled_on, made.starts, made.ends) == (MONDAY, None, None)
    wished.refresh_from_db()
    assert wished.booking is None


def test_a_wish_that_has_passed_gives_way_to_the_first_free_slot(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    wished = make_request(preferred_on=MONDAY, slot=slot(10).pk)
    later = at + timedelta(days=10)
    made = order_from_case(wished.pk, by=dispatcher, at=later)
    assert made.scheduled_on == date(2024, 12, 20)
    assert slots_miscounted() == []


def test_the_place_follows_a_visit_that_moves(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    wished = make_request(preferred_on=MONDAY, slot=slot(10).pk)
    made = order_from_case(wished.pk, by=dispatcher, at=at)
    schedule_service_order(service_order=made.pk, day=TUESDAY, window=MORNING, by=dispatcher, at=at)
    booked = dict(SlotDay.objects.values_list("day", "booked"))
    assert booked == {MONDAY: 0, TUESDAY: 1}
    assert slots_miscounted() == []


def test_the_place_is_given_back_with_the_request(
    make_request: MakeRequest, dispatcher: Person, person: MakePerson, at: datetime
) -> None:
    wished = make_request()
    order_from_case(wished.pk, by=dispatcher, at=at)
    close_request(
        case=wished.pk, reason=ClosingReason.DUPLICATE, note="", by=person(Role.CSE), at=at
    )
    assert SlotDay.objects.get().booked == 0
    assert slots_miscounted() == []


def test_a_chosen_date_wins_over_the_wish(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    wished = make_request(preferred_on=MONDAY, slot=slot(10).pk)
    made = order_from_case(wished.pk, by=dispatcher, at=at, scheduled_on=TUESDAY)
    assert (made.scheduled_on, made.starts) == (TUESDAY, None)
    assert SlotDay.objects.get(day=MONDAY).booked == 0
    assert slots_miscounted() == []


def test_the_consumer_hears_of_the_visit(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    wished = make_request(preferred_on=MONDAY, slot=slot(10).pk)
    order_from_case(wished.pk, by=dispatcher, at=at)
    (said,) = Message.objects.filter(template__code="visit.scheduled")
    assert said.case_id == wished.pk
    assert "Mon, Dec 16, 2024, 10:00 AM – 12:00 PM" in said.body.text


def test_who_is_not_to_be_notified_is_not(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    wished = make_request(preferred_on=MONDAY, notifies_consumer=False)
    order_from_case(wished.pk, by=dispatcher, at=at)
    assert not Message.objects.filter(template__code__startswith="visit.").exists()


def test_the_same_form_makes_one_order(
    make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    consumer, key = make_consumer(), uuid4()

    def submit(remarks: str = "") -> ServiceOrder:
        return create_service_order(
            consumer=consumer.pk, template=template("RPR-1").pk, remarks=remarks,
            by=dispatcher, at=at, form_key=key,
        )  # fmt: skip

    assert submit() == submit()
    assert ServiceOrder.objects.count() == 1
    with pytest.raises(UnableToSubmitAgain):
        submit("Something else")


def test_a_refused_dispatch_leaves_it_scheduled(
    make_request: MakeRequest, dispatcher: Person, person: MakePerson, at: datetime
) -> None:
    who = technician(person(Role.TECHNICIAN))
    wished = make_request(preferred_on=MONDAY)
    with refused(Stage.DISPATCH) as asked:
        made = order_from_case(wished.pk, by=dispatcher, at=at)
    assert asked == [Stage.DISPATCH]
    assert (made.status, made.technician) == (OrderStatus.SCHEDULED, None)
    assert planned(who, MONDAY) == 0


def test_a_second_order_for_the_same_is_refused(
    make_request: MakeRequest, dispatcher: Person, at: datetime
) -> None:
    wished = make_request()
    first = order_from_case(wished.pk, by=dispatcher, at=at)
    with pytest.raises(UnableToCreateOrder, match=f"{first.number} is for this already"):
        order_from_case(wished.pk, by=dispatcher, at=at)


def test_one_order_for_each_service_is_fine(
    make_request: MakeRequest, make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    wished = make_request(make_consumer(services=BOTH))
    first = order_from_case(wished.pk, by=dispatcher, at=at, code="DIS-E")
    second = order_from_case(wished.pk, by=dispatcher, at=at, code="DIS-W")
    utilities = [
        [each.service_connection.utility_type for each in order.services.all()]
        for order in (first, second)
    ]
    assert utilities == [["ELECTRICITY"], ["WATER"]]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"code": "DIS-E"}, "template"),  # from a request only
    ({"code": "RPR-1", "services": (0,)}, "services"),
    ({"code": "RPR-1", "services": ()}, "services"),
    ({"code": "RPR-1", "scheduled_on": date(2024, 12, 9)}, "scheduled_on"),
    ({"code": "RPR-1", "scheduled_on": date(2026, 12, 9)}, "scheduled_on"),
    ({"code": "RPR-1", "window": MORNING}, "scheduled_on"),
    ({"code": "RPR-1", "scheduled_on": MONDAY, "window": MORNING[::-1]}, "window"),
    ({"code": "RPR-1", "remarks": "x" * 501}, "remarks"),
]


@pytest.mark.parametrize(("asked", "field"), REFUSED)
def test_it_refuses_and_leaves_nothing(
    make_consumer: MakeConsumer,
    dispatcher: Person,
    at: datetime,
    asked: dict[str, Any],
    field: str,
) -> None:
    consumer = make_consumer()
    with pytest.raises(UnableToCreateOrder) as refusal:
        order_from_profile(consumer, by=dispatcher, at=at, **asked)
    assert refusal.value.field == field
    assert not ServiceOrder.objects.exists()
    assert not Entry.objects.filter(consumer=consumer).exists()


def test_a_retired_template_is_not_offered(
    make_consumer: MakeConsumer, dispatcher: Person, at: datetime
) -> None:
    retired = template("RPR-1")
    retired.is_active = False
    retired.save(update_fields=["is_active"])
    with pytest.raises(UnableToCreateOrder) as refusal:
        order_from_profile(make_consumer(), by=dispatcher, at=at)
    assert refusal.value.field == "template"


def test_an_ended_request_gets_no_order(
    make_request: MakeRequest,
    dispatcher: Person,
    person: MakePerson,
    at: datetime,
    form_key: Callable[[], Any],
) -> None:
    wished: DisconnectionRequest = make_request()
    close_request(
        case=wished.pk, reason=ClosingReason.DUPLICATE, note="", by=person(Role.CSE), at=at
    )
    with pytest.raises(UnableToCreateOrder, match="Closed"):
        order_from_case(wished.pk, by=dispatcher, at=at)
