"""An order goes to a technician: by itself, by a dispatcher, and back (SO3)."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from consumers.models import Consumer
from smart360.comms.models import Message
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import (
    OrderTemplate,
    ServiceOrder,
    Skill,
    Technician,
    TechnicianDay,
)
from smart360.fieldwork.operations import (
    UnableToAssignOrder,
    UnableToProceed,
    UnableToScheduleOrder,
    UnableToSetMinutes,
    UnableToTakeBackOrder,
    assign_service_order,
    cancel_service_order,
    schedule_service_order,
    set_day_minutes,
    start_service_order,
    take_back_service_order,
)
from smart360.fieldwork.oracles import ORACLES
from smart360.fieldwork.ports import Stage
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from smart360.web.models import FormKey
from tests.conftest import MakeConsumer
from tests.fieldwork.conftest import MakeTechnician
from tests.fieldwork.working import (
    MONDAY,
    MORNING,
    TUESDAY,
    order_from_profile,
    planned,
    put_in_area,
    refused,
)


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    made = make_consumer()
    put_in_area(made, "North")
    return made


@pytest.fixture
def order(consumer: Consumer, dispatcher: Person, at: datetime) -> ServiceOrder:
    """A repair of 90 minutes on Monday from 10 to 12; nobody is there to take it by itself."""
    return order_from_profile(consumer, by=dispatcher, at=at, scheduled_on=MONDAY, window=MORNING)


def assign(order: ServiceOrder, who: Technician, **more: Any) -> ServiceOrder:
    return assign_service_order(service_order=order.pk, technician=who.pk, **more)


def ask_for_skill(name: str) -> None:
    """Repairs are only for those who are trained for it."""
    OrderTemplate.objects.filter(code="RPR-1").update(skill=Skill.objects.get(name=name))


def lines(order: ServiceOrder) -> list[str]:
    found = Entry.objects.filter(new__order=order.number).order_by("pk")
    return list(found.values_list("kind", flat=True))


def assert_sound() -> None:
    assert [oracle.sentence for oracle in ORACLES if oracle.find()] == []


# ------------------------------------------------------------------ by itself
def test_the_one_near_and_trained_is_sent(
    consumer: Consumer, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    ask_for_skill("Electricity")
    make_technician(areas=("South",))
    make_technician(areas=("North",), skills=("Gas",))
    near = make_technician(areas=("North", "West"), skills=("Electricity",))
    made = order_from_profile(consumer, by=dispatcher, at=at, scheduled_on=MONDAY)
    assert made.technician == near
    assert_sound()


def test_the_most_free_one_is_sent_then_the_lowest_key(
    consumer: Consumer, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    first, second = make_technician(), make_technician()
    sent = [
        order_from_profile(consumer, by=dispatcher, at=at, scheduled_on=MONDAY).technician
        for _ in range(3)
    ]
    assert sent == [first, second, first]
    assert (planned(first, MONDAY), planned(second, MONDAY)) == (180, 90)
    assert_sound()


def test_nobody_is_sent_when_the_day_is_full(
    consumer: Consumer, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who = make_technician(minutes=100)
    made = [
        order_from_profile(consumer, by=dispatcher, at=at, scheduled_on=MONDAY) for _ in range(2)
    ]
    assert [each.status for each in made] == [OrderStatus.ASSIGNED, OrderStatus.SCHEDULED]
    assert planned(who, MONDAY) == 90
    assert_sound()


@pytest.mark.parametrize("retired", ["technician", "person"])
def test_who_was_retired_is_not_sent(
    consumer: Consumer,
    make_technician: MakeTechnician,
    dispatcher: Person,
    at: datetime,
    retired: str,
) -> None:
    who = make_technician()
    gone = who if retired == "technician" else who.person
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    made = order_from_profile(consumer, by=dispatcher, at=at, scheduled_on=MONDAY)
    assert made.technician is None


# ------------------------------------------------------------------ by a dispatcher
def test_it_is_assigned_on_its_day(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who = make_technician()
    given = assign(order, who, by=dispatcher, at=at)
    assert (given.status, given.technician, given.assigned_at) == (OrderStatus.ASSIGNED, who, at)
    assert (given.scheduled_on, given.starts, given.ends) == (MONDAY, *MORNING)
    assert planned(who, MONDAY) == 90
    assert lines(order) == [Event.ORDER_CREATED, Event.ORDER_ASSIGNED]
    assert_sound()


def test_it_goes_from_one_to_another(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    first, second = make_technician(), make_technician("Ana Ruiz")
    assign(order, second, by=dispatcher, at=at)
    assign(order, first, by=dispatcher, at=at)
    assert (planned(first, MONDAY), planned(second, MONDAY)) == (90, 0)
    line = Entry.objects.filter(kind=Event.ORDER_ASSIGNED).latest("pk")
    assert (line.old["technician"], line.new["technician"]) == (second.pk, first.pk)
    assert_sound()


def test_it_goes_to_another_day_and_the_consumer_hears_of_it(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who = make_technician()
    assign(order, who, by=dispatcher, at=at)
    moved = assign(order, who, day=TUESDAY, window=MORNING, by=dispatcher, at=at)
    assert moved.scheduled_on == TUESDAY
    assert (planned(who, MONDAY), planned(who, TUESDAY)) == (0, 90)
    codes = Message.objects.order_by("pk").values_list("template__code", flat=True)
    assert list(codes) == ["visit.scheduled", "visit.moved"]
    assert_sound()


def test_to_the_same_one_changes_nothing(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who = make_technician()
    for _ in range(2):
        assign(order, who, by=dispatcher, at=at)
    assert planned(who, MONDAY) == 90
    assert lines(order).count(Event.ORDER_ASSIGNED) == 1


def test_an_order_without_a_day_gets_one_with_the_technician(
    consumer: Consumer, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    made, who = order_from_profile(consumer, by=dispatcher, at=at), make_technician()
    with pytest.raises(UnableToAssignOrder) as refusal:
        assign(made, who, by=dispatcher, at=at)
    assert refusal.value.field == "day"
    assert assign(made, who, day=MONDAY, by=dispatcher, at=at).status == OrderStatus.ASSIGNED
    assert Message.objects.get().template.code == "visit.scheduled"  # type: ignore[union-attr]  # it has one


def test_the_same_form_assigns_once(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who, other, key = make_technician(), make_technician(), uuid4()
    for _ in range(2):
        assign(order, who, by=dispatcher, at=at, form_key=key)
    with pytest.raises(UnableToSubmitAgain):
        assign(order, other, by=dispatcher, at=at, form_key=key)
    assert planned(who, MONDAY) == 90


def test_a_full_day_is_refused_and_nothing_stays(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    had, full = make_technician(), make_technician("Ana Ruiz", minutes=89)
    assign(order, had, by=dispatcher, at=at)
    with pytest.raises(UnableToAssignOrder, match="Ana Ruiz has no 90 minutes left on Dec 16"):
        assign(order, full, by=dispatcher, at=at)
    order.refresh_from_db()
    assert order.technician == had
    assert (planned(had, MONDAY), planned(full, MONDAY)) == (90, 0)
    assert_sound()


def test_who_is_not_trained_is_refused(
    consumer: Consumer, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    ask_for_skill("Gas")
    made = order_from_profile(consumer, by=dispatcher, at=at, scheduled_on=MONDAY)
    who = make_technician(skills=("Water",))
    with pytest.raises(UnableToAssignOrder, match="Mike Thompson is not trained for Gas"):
        assign(made, who, by=dispatcher, at=at)


@pytest.mark.parametrize("day", [date(2024, 12, 9), date(2026, 1, 1)])
def test_a_day_that_nobody_can_come_on_is_refused(
    order: ServiceOrder,
    make_technician: MakeTechnician,
    dispatcher: Person,
    at: datetime,
    day: date,
) -> None:
    with pytest.raises(UnableToAssignOrder) as refusal:
        assign(order, make_technician(), day=day, by=dispatcher, at=at)
    assert refusal.value.field == "day"
    with pytest.raises(UnableToScheduleOrder):
        schedule_service_order(service_order=order.pk, day=day, by=dispatcher, at=at)


# ------------------------------------------------------------------ somebody above says no
def test_a_protection_refuses_and_what_it_keeps_stays(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who, key = make_technician(), uuid4()
    with refused(Stage.DISPATCH) as asked, pytest.raises(UnableToProceed, match="protected"):
        assign(order, who, by=dispatcher, at=at, form_key=key)
    assert asked == [Stage.DISPATCH]
    order.refresh_from_db()
    assert (order.status, planned(who, MONDAY)) == (OrderStatus.SCHEDULED, 0)
    # the form may be sent again once the protection has gone
    assert not FormKey.objects.filter(key=key).exists()
    assert assign(order, who, by=dispatcher, at=at, form_key=key).technician == who


def test_a_refused_start_leaves_it_assigned(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who, key = make_technician(), uuid4()
    assign(order, who, by=dispatcher, at=at)
    with refused(Stage.START) as asked, pytest.raises(UnableToProceed):
        start_service_order(service_order=order.pk, by=who.person, at=at, form_key=key)
    assert asked == [Stage.START]
    order.refresh_from_db()
    assert order.status == OrderStatus.ASSIGNED
    start_service_order(service_order=order.pk, by=who.person, at=at, form_key=key)


# ------------------------------------------------------------------ back, and to another day
def test_it_is_taken_back(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who = make_technician()
    assign(order, who, by=dispatcher, at=at)
    back = take_back_service_order(service_order=order.pk, by=dispatcher, at=at)
    assert (back.status, back.technician, back.assigned_at) == (OrderStatus.SCHEDULED, None, None)
    assert back.scheduled_on == MONDAY
    assert planned(who, MONDAY) == 0
    assert lines(order)[-1] == Event.ORDER_SCHEDULED
    with pytest.raises(UnableToTakeBackOrder, match="Nobody has this order"):
        take_back_service_order(service_order=order.pk, by=dispatcher, at=at)
    assert_sound()


def test_what_has_begun_is_taken_back_before_it_goes_to_another(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who, other = make_technician(), make_technician()
    assign(order, who, by=dispatcher, at=at)
    start_service_order(service_order=order.pk, by=who.person, at=at)
    with pytest.raises(UnableToAssignOrder, match="Mike Thompson has begun"):
        assign(order, other, by=dispatcher, at=at)
    back = take_back_service_order(service_order=order.pk, by=dispatcher, at=at)
    assert back.started_at is None
    assert assign(order, other, by=dispatcher, at=at).technician == other
    assert_sound()


def test_another_day_chooses_anew(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    busy, free = make_technician(), make_technician()
    assign(order, busy, by=dispatcher, at=at)
    set_day_minutes(technician=busy.pk, day=TUESDAY, minutes=0, by=dispatcher, at=at)
    moved = schedule_service_order(
        service_order=order.pk, day=TUESDAY, window=MORNING, by=dispatcher, at=at
    )
    assert (moved.technician, moved.scheduled_on) == (free, TUESDAY)
    assert (planned(busy, MONDAY), planned(free, TUESDAY)) == (0, 90)
    assert lines(order)[-2:] == [Event.ORDER_SCHEDULED, Event.ORDER_ASSIGNED]
    assert_sound()


def test_another_window_keeps_the_technician(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who = make_technician()
    assign(order, who, by=dispatcher, at=at)
    moved = schedule_service_order(service_order=order.pk, day=MONDAY, by=dispatcher, at=at)
    assert (moved.technician, moved.status, moved.starts) == (who, OrderStatus.ASSIGNED, None)
    assert planned(who, MONDAY) == 90
    assert_sound()


def test_what_has_ended_is_not_planned_any_more(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    cancel_service_order(service_order=order.pk, reason="DUPLICATE", by=dispatcher, at=at)
    ended = f"Cancelled by {dispatcher.full_name} already"
    with pytest.raises(UnableToAssignOrder, match=ended):
        assign(order, make_technician(), by=dispatcher, at=at)
    with pytest.raises(UnableToScheduleOrder, match=ended):
        schedule_service_order(service_order=order.pk, day=TUESDAY, by=dispatcher, at=at)
    with pytest.raises(UnableToTakeBackOrder, match=ended):
        take_back_service_order(service_order=order.pk, by=dispatcher, at=at)


# ------------------------------------------------------------------ how long a day is
def test_a_day_is_made_shorter_but_not_than_what_is_planned(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    who = make_technician()
    assign(order, who, by=dispatcher, at=at)
    about = {"technician": who.pk, "day": MONDAY, "by": dispatcher, "at": at}
    set_day_minutes(**about, minutes=90)
    with pytest.raises(UnableToSetMinutes, match="90 minutes are planned on Dec 16, 2024"):
        set_day_minutes(**about, minutes=89)
    day = TechnicianDay.objects.get()
    assert (day.minutes, day.planned) == (90, 90)
    line = Entry.objects.get(kind=Event.SETTINGS_CHANGED)
    assert (line.old["minutes"], line.new["minutes"]) == (480, 90)


@pytest.mark.parametrize("minutes", [-1, 1441])
def test_a_day_has_at_most_24_hours(
    make_technician: MakeTechnician, dispatcher: Person, at: datetime, minutes: int
) -> None:
    with pytest.raises(UnableToSetMinutes) as refusal:
        set_day_minutes(
            technician=make_technician().pk, day=MONDAY, minutes=minutes, by=dispatcher, at=at
        )
    assert refusal.value.field == "minutes"
    assert not TechnicianDay.objects.exists()


def test_a_longer_day_takes_a_longer_order(
    order: ServiceOrder, make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    """The usual day is too short for this order; this one is not."""
    who = make_technician(minutes=60)
    set_day_minutes(technician=who.pk, day=MONDAY, minutes=120, by=dispatcher, at=at)
    assert assign(order, who, by=dispatcher, at=at).technician == who
    assert planned(who, MONDAY) == 90


def test_a_day_in_the_past_stays(
    make_technician: MakeTechnician, dispatcher: Person, at: datetime
) -> None:
    yesterday = at.date() - timedelta(days=1)
    with pytest.raises(UnableToSetMinutes) as refusal:
        set_day_minutes(
            technician=make_technician().pk, day=yesterday, minutes=60, by=dispatcher, at=at
        )
    assert refusal.value.field == "day"
