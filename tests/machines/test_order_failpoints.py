"""R7 for service orders: an act that breaks at any of its statements has not happened at all."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest

from disconnections.models import TimeSlot
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.operations import (
    assign_service_order,
    cancel_service_order,
    complete_service_order,
    create_service_order,
    schedule_service_order,
)
from smart360.staff.choices import Role
from tests.conftest import MakePerson, MakeRequest
from tests.fieldwork.working import MONDAY, MORNING, TUESDAY, order_from_case, technician, template
from tests.invariants import assert_sound
from tests.machines.running import Act, breaks_everywhere

pytestmark = pytest.mark.django_db(transaction=True)


class Stage:
    """A request without a wish of its own, two technicians, and the acts that are broken."""

    def __init__(self, make_request: MakeRequest, person: MakePerson, at: datetime) -> None:
        self.at, self.by = at, person(Role.DISPATCHER)
        self.people = [technician(person(Role.TECHNICIAN)) for _ in range(2)]
        slot = TimeSlot.objects.get(starts=MORNING[0]).pk
        self.case = make_request(reason="CR-001", preferred_on=MONDAY, slot=slot).pk

    def ordered(self) -> ServiceOrder:
        return order_from_case(self.case, by=self.by, at=self.at)

    def create(self) -> Act:
        key = uuid4()
        return lambda: create_service_order(
            case=self.case, template=template("DIS-E").pk, scheduled_on=TUESDAY, window=MORNING,
            by=self.by, at=self.at, form_key=key,
        )  # fmt: skip

    def give_to_another_on_another_day(self) -> Act:
        order, key = self.ordered(), uuid4()
        return lambda: assign_service_order(
            service_order=order.pk, technician=self.people[1].pk, day=TUESDAY, window=MORNING,
            by=self.by, at=self.at, form_key=key,
        )  # fmt: skip

    def move(self) -> Act:
        order, key = self.ordered(), uuid4()
        return lambda: schedule_service_order(
            service_order=order.pk, day=TUESDAY, by=self.by, at=self.at, form_key=key
        )

    def complete(self) -> Act:
        order, key = self.ordered(), uuid4()
        return lambda: complete_service_order(
            service_order=order.pk, words="Done", by=self.by, at=self.at, form_key=key
        )

    def call_off(self) -> Act:
        order, key = self.ordered(), uuid4()
        return lambda: cancel_service_order(
            service_order=order.pk, reason="DUPLICATE", by=self.by, at=self.at, form_key=key
        )


@pytest.mark.parametrize(
    "act",
    [
        Stage.create,
        Stage.give_to_another_on_another_day,
        pytest.param(Stage.move, marks=pytest.mark.night),
        pytest.param(Stage.complete, marks=pytest.mark.night),
        pytest.param(Stage.call_off, marks=pytest.mark.night),
    ],
)
def test_an_act_that_breaks_has_not_happened(
    make_request: MakeRequest, person: MakePerson, at: datetime, act: Callable[[Stage], Act]
) -> None:
    assert breaks_everywhere(act(Stage(make_request, person, at))) > 8
    assert_sound()
