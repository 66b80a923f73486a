"""Execute pressed by many at once happens once, and a meter is never in two hands (W9 to W12)."""

from collections.abc import Callable
from threading import Event as Signal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError

from consumers import metering
from consumers.metering import Cause, UnableToMove
from consumers.models import InventoryMovement, MeterAssignment, ServiceConnection
from disconnections.choices import Answer
from disconnections.executing import carry_out
from disconnections.models import Execution, ProtectionRule
from disconnections.operations import closures
from disconnections.operations.closures import UnableToExecute
from disconnections.operations.preparing import lock_to_carry_out
from disconnections.queries.closures import Gathered, gather
from disconnections.rules.closures import what_is_missing
from disconnections.rules.protections import Judgement
from smart360.cases.choices import CaseKind
from smart360.cases.handling import lock_case, open_case
from smart360.cases.models import Case
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.operations import complete_service_order
from smart360.kernel.db import operation, step
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.concurrency.racing import (
    SECONDS,
    done,
    pause,
    race,
    refusals,
    slowly,
    without_index,
    without_triggers,
)
from tests.conftest import MakeConsumer, MakePerson
from tests.disconnections.closing import (
    Closing,
    MakeClosing,
    make_billing,
    make_closing,
    past_every_guard,
)
from tests.invariants import assert_sound

__all__ = ["make_billing", "make_closing"]
pytestmark = pytest.mark.django_db(transaction=True)
TWENTY = 20


def test_twenty_press_and_one_does_it(make_closing: MakeClosing, person: MakePerson) -> None:
    closing = make_closing().ready("REMOVE")
    people = [closing.sarah, *(person(Role.RECOVERY) for _ in range(TWENTY - 1))]
    outcomes = race([lambda by=by: closing.execute(by=by) for by in people])  # type: ignore[misc]
    assert len(done(outcomes)) == 1
    for error in refusals(outcomes):
        assert isinstance(error, UnableToExecute)
        assert "already" in error.sentence
    assert Execution.objects.count() == 1
    assert InventoryMovement.objects.count() == 2
    assert Entry.objects.filter(kind=Event.COMPLETED).count() == 1
    assert_sound()


def test_a_double_click_shows_the_first_result(make_closing: MakeClosing) -> None:
    closing, key = make_closing().ready(), uuid4()
    outcomes = race([lambda: closing.execute(form_key=key) for _ in range(10)])
    assert {made.pk for made in done(outcomes)} == {closing.case.pk}
    assert len(done(outcomes)) == 10
    assert Execution.objects.count() == 1
    assert_sound()


def test_the_control_without_locks_many_begin(
    make_closing: MakeClosing, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the locks everybody finds nothing missing, and only the tables refuse the others."""
    closing = make_closing().ready()
    account, case = closing.consumer, closing.case
    began: list[int] = []

    def counted(*args: object, **named: object) -> Execution:
        began.append(1)
        return carry_out(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("consumers.guards.lock_consumer", lambda _: account)
    monkeypatch.setattr("smart360.cases.handling.lock_case", lambda _: case)
    monkeypatch.setattr("disconnections.operations.closures.hold_order", lambda _: None)
    monkeypatch.setattr("disconnections.operations.closures.carry_out", counted)
    slowly(monkeypatch, "disconnections.operations.closures.check_protections",
           instead=lambda *_, **__: Judgement(Answer.ALLOW, ()))  # fmt: skip
    people = [person(Role.SUPERVISOR) for _ in range(5)]
    outcomes = race([lambda by=by: closing.execute(by=by) for by in people])  # type: ignore[misc]
    assert len(began) > 1, "the control is to begin more than once"
    assert len(done(outcomes)) == 1
    assert all(isinstance(error, Refusal) for error in refusals(outcomes))


def test_a_rule_that_comes_in_force_meanwhile_stops_it(
    make_closing: MakeClosing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an administrator commits between two statements of Execute is seen by the second."""
    closing = make_closing().ready()

    def and_then_a_rule(*args: Any) -> Any:
        missing = what_is_missing(*args)
        ProtectionRule.objects.create(
            code="NEVER", name="Never", answer=Answer.BLOCKED, condition="WEEKDAY",
            weekdays=[1, 2, 3, 4, 5, 6, 7], sentence="Nobody is cut on any day", source="A test",
            only_for_debt=False,
        )  # fmt: skip
        return missing

    monkeypatch.setattr("disconnections.operations.closures.what_is_missing", and_then_a_rule)
    with pytest.raises(UnableToExecute, match="Nobody is cut on any day"):
        closing.execute()
    assert not Execution.objects.exists()
    assert closing.case.status == "IN_PROGRESS"
    assert_sound()


@operation
def install_elsewhere(meter: int, service_connection: int, cause: Cause) -> MeterAssignment:
    """Assign a meter that is just being taken."""
    locked = metering.lock_meters([meter])[meter]
    return metering.assign_meter(locked, service_connection=service_connection, cause=cause)


def stage_of_meters(
    closing: Closing, make_consumer: MakeConsumer
) -> tuple[list[Callable[[], object]], int]:
    """Twenty households that want the meter that Execute takes down; and the meter."""
    meter = closing.meters()[0].pk
    cause = Cause("SO-1", None, None, closing.sarah.pk, closing.at)
    wants: list[Callable[[], object]] = []
    for number in range(TWENTY):
        there = ServiceConnection.objects.get(
            consumer=make_consumer(f"Household {number}", with_meters=False)
        )
        wants.append(lambda there=there: install_elsewhere(meter, there.pk, cause))  # type: ignore[misc]
    return wants, meter


def test_a_meter_that_is_taken_goes_to_one_at_most(
    make_closing: MakeClosing, make_consumer: MakeConsumer
) -> None:
    """W12: execute against an assignment elsewhere."""
    closing = make_closing().ready()
    wants, meter = stage_of_meters(closing, make_consumer)
    outcomes = race([closing.execute, *wants])
    assert outcomes[0][0] == "done"
    assert sum(word == "done" for word, _ in outcomes[1:]) <= 1
    assert all(isinstance(error, UnableToMove) for error in refusals(outcomes))
    running = MeterAssignment.objects.filter(meter=meter, during__endswith__isnull=True)
    assert running.count() <= 1
    assert_sound()


def test_the_control_without_the_constraint_a_meter_is_in_many_places(
    make_closing: MakeClosing, make_consumer: MakeConsumer
) -> None:
    closing = make_closing().ready()
    closing.execute()
    wants, meter = stage_of_meters(closing, make_consumer)
    with (
        without_triggers("consumers_meterassignment"),
        without_index("a_meter_is_assigned_once_at_a_time"),
    ):
        race(wants)
        running = MeterAssignment.objects.filter(meter=meter, during__endswith__isnull=True)
        assert running.count() > 1


# ------------------------------------------------------------------ an order of another case
@operation
def another_case(closing: Closing) -> Case:
    """A second open case of the same account."""
    return open_case(
        kind=CaseKind.COMPLAINT, consumer=closing.consumer.pk, is_vip=False, priority="HIGH",
        notifies_consumer=False, year=2024, by=closing.sarah.pk, at=closing.at, new={},
    )  # fmt: skip


def order_of_another_case(
    closing: Closing, monkeypatch: pytest.MonkeyPatch
) -> list[Callable[[], object]]:
    """Execute under an order of another case, and the technician who ends it at that moment.

    The technician begins when Execute holds the order.
    """
    order, is_held = ServiceOrder.objects.latest("pk"), Signal()
    past_every_guard(
        "fieldwork_serviceorder",
        "UPDATE fieldwork_serviceorder SET case_id = %s WHERE id = %s",
        another_case(closing).pk,
        order.pk,
    )

    def gather_slowly(*args: Any, **named: Any) -> Gathered:
        is_held.set()
        pause(2)
        return gather(*args, **named)

    def end() -> object:
        assert is_held.wait(SECONDS)
        return complete_service_order(
            service_order=order.pk, words="Cut off", by=closing.mike, at=closing.at
        )

    monkeypatch.setattr(closures, "gather", gather_slowly)
    return [closing.execute, end]


def test_an_order_of_another_case_is_locked_after_its_case(
    make_closing: MakeClosing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The technician waits until the request is carried out, and is told that the order is done."""
    closing = make_closing().ready()
    carried_out, ended = race(order_of_another_case(closing, monkeypatch))
    assert carried_out[0] == "done", carried_out
    assert ended[0] == "refused"
    assert isinstance(ended[1], Refusal)
    assert ServiceOrder.objects.get().status == "COMPLETED"


def test_the_control_without_its_case_the_two_wait_for_each_other(
    make_closing: MakeClosing, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = make_closing().ready()
    account = closing.consumer

    @step
    def lock_own_case(case: int) -> tuple[object, Case]:
        return account, lock_case(case)

    monkeypatch.setattr(closures, lock_to_carry_out.__name__, lock_own_case)
    outcomes = race(order_of_another_case(closing, monkeypatch))
    assert len(done(outcomes)) == 1
    [why] = refusals(outcomes)
    assert isinstance(why, DatabaseError)
    assert "deadlock" in str(why)
