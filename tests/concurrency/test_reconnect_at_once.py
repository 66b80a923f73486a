"""Execute Reconnection pressed by many at once happens once; a premise has one occupier (DIS17)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

import pytest

from consumers.choices import AccountStatus, SupplyState, UtilityType
from consumers.models import Premise, ServiceConnection
from disconnections.models import Execution, ReconnectionFee
from disconnections.operations.reconnections import (
    UnableToReconnect,
    execute_reconnection,
    set_reconnection,
    tick_reconnection_item,
)
from disconnections.rules.reconnections import ReconnectionWish, ReturningWish
from smart360.cases.operations import acknowledge, send_message
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.concurrency.racing import done, race, refusals, slowly, without_triggers
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.closing import ANSWERED, make_billing, make_closing
from tests.disconnections.returning import MakeReturn, make_return
from tests.fieldwork.working import MONDAY, order_from_case, technician
from tests.invariants import assert_sound

__all__ = ["make_billing", "make_closing", "make_return"]
pytestmark = pytest.mark.django_db(transaction=True)
TWENTY = 20


def test_twenty_press_and_one_does_it(make_return: MakeReturn, person: MakePerson) -> None:
    back = make_return("REMOVE", fee="45.00").ready()
    people = [back.sarah, *(person(Role.RECOVERY) for _ in range(TWENTY - 1))]
    outcomes = race([lambda by=by: back.execute(by=by) for by in people])  # type: ignore[misc]
    assert len(done(outcomes)) == 1
    for error in refusals(outcomes):
        assert isinstance(error, UnableToReconnect)
        assert "already" in error.sentence
    assert Execution.objects.count() == 2
    assert Entry.objects.filter(case=back.case, kind=Event.COMPLETED).count() == 1
    assert ReconnectionFee.objects.count() == 1
    assert_sound()


def test_a_double_click_shows_the_first_result(make_return: MakeReturn) -> None:
    back, key = make_return().ready(), uuid4()
    outcomes = race([lambda: back.execute(form_key=key) for _ in range(10)])
    assert {made.pk for made in done(outcomes)} == {back.case.pk}
    assert len(done(outcomes)) == 10
    assert_sound()


@dataclass(frozen=True)
class Mover:
    """Somebody who was cut off where somebody else was, too; both are ready to come back."""

    case: int
    by: Person
    at: datetime

    def move_in(self) -> Execution:
        """Press the button."""
        return execute_reconnection(case=self.case, by=self.by, at=self.at)


MakeMovers = Callable[[int], list[Mover]]


@pytest.fixture
def make_movers(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, at: datetime
) -> MakeMovers:
    """So many consumers of one premise, whose water was cut off."""

    def make(count: int) -> list[Mover]:
        sarah, robert = person(Role.CSE), person(Role.RECOVERY)
        technician(person(Role.TECHNICIAN), minutes=1440)
        premise = Premise.objects.create(address="9 Elm Street, Springfield, IL 62701")
        return [ready(premise, number, sarah, robert) for number in range(count)]

    def ready(premise: Premise, number: int, sarah: Person, robert: Person) -> Mover:
        consumer = make_consumer(f"Mover {number}", status=AccountStatus.DISCONNECTED, services={})
        service = ServiceConnection.objects.create(
            consumer=consumer, premise=premise, utility_type=UtilityType.WATER,
            supply_state=SupplyState.OFF_FOR_NOW, connected_on=date(2024, 1, 15),
        )  # fmt: skip
        case = make_request(consumer, reason="RC-001", **ANSWERED).pk
        acknowledge(case=case, by=sarah, at=at)
        order = order_from_case(case, by=sarah, at=at, code="REC-A", scheduled_on=MONDAY)
        wish = ReconnectionWish(0, order.number, (ReturningWish(service.pk),))
        set_reconnection(case=case, wish=wish, by=sarah, at=at)
        send_message(case=case, subject="", words="We come.", by=sarah, at=at, form_key=uuid4())
        tick_reconnection_item(case=case, item="MONEY_SETTLED", by=robert, at=at)
        tick_reconnection_item(case=case, item="CONSUMER_TOLD", by=sarah, at=at)
        return Mover(case, sarah, at)

    return make


def occupiers() -> int:
    """How many are supplied with water."""
    return ServiceConnection.objects.filter(supply_state=SupplyState.CONNECTED).count()


def test_one_of_five_moves_in(make_movers: MakeMovers) -> None:
    movers = make_movers(5)
    outcomes = race([mover.move_in for mover in movers])
    assert len(done(outcomes)) == 1
    for error in refusals(outcomes):
        assert isinstance(error, UnableToReconnect)
        assert "The premise has another occupier" in error.sentence
    assert occupiers() == 1
    assert_sound()


def test_the_control_without_the_trigger_many_move_in(
    make_movers: MakeMovers, monkeypatch: pytest.MonkeyPatch
) -> None:
    movers = make_movers(5)
    slowly(monkeypatch, "disconnections.operations.reconnections.bring_back")
    with without_triggers("consumers_serviceconnection"):
        race([mover.move_in for mover in movers])
    assert occupiers() > 1, "the control is to let more than one in"
