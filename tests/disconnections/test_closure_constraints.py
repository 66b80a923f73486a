"""What the database itself refuses about closures and executions (W9 to W12)."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from consumers.models import Meter, Warehouse
from disconnections.models import (
    ChecklistTick,
    Closure,
    ClosureMeter,
    ClosureNotice,
    ClosurePolicy,
    DisconnectionRequest,
    ExecutedMeter,
    Execution,
    ProtectionVerdict,
)
from smart360.cases.models import Case
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.errors import constraint_of
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakePerson
from tests.disconnections.closing import (
    Closing,
    MakeClosing,
    as_committed,
    make_billing,
    make_closing,
    past_every_guard,
)

__all__ = ["make_billing", "make_closing"]
pytestmark = [pytest.mark.django_db, pytest.mark.database]


def refused_by(act: Callable[[], object]) -> str:
    """Which constraint refuses, also one that speaks at the end of the transaction only."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
        act_and_commit(act)
    return constraint_of(refused.value)


def act_and_commit(act: Callable[[], object]) -> None:
    """Act, and let what waits for the end of the transaction speak."""
    act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def closing(make_closing: MakeClosing) -> Closing:
    made = make_closing()
    made.order()
    made.set()
    return made


def execution(closing: Closing, **fields: Any) -> Callable[[], object]:
    """Insert an execution as Execute would, with something else."""
    values = {
        "request": closing.request, "service_order": ServiceOrder.objects.latest("pk"),
        "permanence": "PERMANENT", "account_status": "INACTIVE", "items_done": 6,
        "executed_at": closing.at, "executed_by": closing.sarah, **fields,
    }  # fmt: skip
    return lambda: Execution.objects.create(**values)


# ------------------------------------------------------------------ what is prepared
@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"is_damaged": True}, "a_damaged_meter_is_removed"),
        ({"location_is_gone": True}, "a_damaged_meter_is_removed"),
        ({"action": "REMOVE"}, "a_removed_meter_goes_somewhere"),
        ({"action": "REMOVE", "destination": "ON_SITE"}, "a_removed_meter_goes_somewhere"),
        ({"action": "REMOVE", "destination": "IN_WAREHOUSE"}, "a_removed_meter_goes_somewhere"),
        ({"destination": "DECOMMISSIONED"}, "a_removed_meter_goes_somewhere"),
        ({"device_number": ""}, "a_verified_meter_was_typed"),
    ],
)
def test_what_a_plan_may_say(closing: Closing, changes: dict[str, Any], name: str) -> None:
    plans = ClosureMeter.objects.all()
    assert refused_by(lambda: plans.update(**changes)) == name


def test_a_removed_meter_says_one_place(closing: Closing) -> None:
    plans, store = ClosureMeter.objects.all(), Warehouse.objects.get()
    both = {"action": "REMOVE", "destination": "DECOMMISSIONED", "warehouse": store}
    assert refused_by(lambda: plans.update(**both)) == "a_removed_meter_goes_somewhere"
    assert plans.update(**both | {"destination": "IN_WAREHOUSE"}) == 2
    assert plans.update(**both | {"warehouse": None}) == 2


def test_an_item_is_ticked_once(closing: Closing) -> None:
    values = {"request": closing.request, "ticked_at": closing.at, "ticked_by": closing.sarah}
    tick: Callable[[str], Callable[[], object]] = lambda item: (  # noqa: E731
        lambda: ChecklistTick.objects.create(item=item, **values)
    )
    assert refused_by(tick("SEVENTH")) == "closure_item_is_known"
    tick("EQUIPMENT")()
    assert refused_by(tick("EQUIPMENT")) == "an_item_is_ticked_once"
    done = ChecklistTick.objects.filter(item="EQUIPMENT")
    assert refused_by(lambda: done.update(done_at=closing.at)) == "execute_does_the_last_two"


def test_one_policy_of_six_items() -> None:
    policies = ClosurePolicy.objects.all()
    for number in (0, 7):
        refused = refused_by(partial(policies.update, minimum_items=number))
        assert refused == "the_checklist_has_six_items"
    assert refused_by(lambda: ClosurePolicy.objects.create(pk=2)) == "there_is_one_closure_policy"


def test_a_notice_says_how_and_which_bill(closing: Closing) -> None:
    def give(**fields: Any) -> Callable[[], object]:
        values = {"request": closing.request, "paper": "NOTICE", "way": "POSTED",
                  "given_on": date(2024, 12, 10), "at": closing.at, "by": closing.sarah,
                  **fields}  # fmt: skip
        return lambda: ClosureNotice.objects.create(**values)

    assert refused_by(give(way="EMAIL")) == "a_notice_by_mail_is_a_message"
    assert refused_by(give(paper="BILL")) == "a_bill_that_was_given_has_a_number"
    assert refused_by(give(invoice_number="INV-1")) == "a_bill_that_was_given_has_a_number"
    assert refused_by(give(paper="CARD")) in {
        "closure_paper_is_known", "a_bill_that_was_given_has_a_number",
    }  # fmt: skip
    tomorrow = date(2024, 12, 11)
    assert refused_by(give(given_on=tomorrow)) == "a_notice_is_not_of_the_future"
    give()()
    assert "denied" in str(_error(lambda: ClosureNotice.objects.update(way="HANDED_OVER")))


def _error(act: Callable[[], object]) -> Exception:
    with pytest.raises(Exception, match=r".") as refused, transaction.atomic():  # noqa: TID251
        act()
    return refused.value


# ------------------------------------------------------------------ what was carried out
def test_only_a_request_in_progress_is_executed(closing: Closing) -> None:
    for status in ("PENDING", "ON_HOLD"):
        past_every_guard("cases_case", "UPDATE cases_case SET status = %s", status)
        assert refused_by(execution(closing)) == "only_a_request_in_progress_is_executed"


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "REPAIR"), ("kind", "RECONNECTION"), ("status", "OPEN"), ("status", "CANCELLED")],
)
def test_an_execution_has_its_order(closing: Closing, column: str, value: str) -> None:
    extra = ", technician_id = NULL, assigned_at = NULL" if value == "OPEN" else ""
    extra += ", ended_at = now(), cancelled_because = 'OTHER'" if value == "CANCELLED" else ""
    statement = f"UPDATE fieldwork_serviceorder SET {column} = %s{extra}"
    past_every_guard("fieldwork_serviceorder", statement, value)
    assert refused_by(execution(closing)) == "an_execution_has_its_service_order"


def test_an_order_of_another_consumer(closing: Closing, make_closing: MakeClosing) -> None:
    other = make_closing()
    theirs = other.order()
    wrong = execution(closing, service_order=theirs)
    assert refused_by(wrong) == "an_execution_has_its_service_order"


def test_an_order_and_a_request_are_executed_once(closing: Closing) -> None:
    closing.bill()
    closing.give()
    closing.tick_all()
    closing.execute()
    as_committed()
    assert refused_by(execution(closing)) == "only_a_request_in_progress_is_executed"
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("ALTER TABLE disconnections_execution DISABLE TRIGGER USER")
    again = execution(closing)
    assert refused_by(again) == "disconnections_execution_pkey"


def test_who_approves_does_not_execute(closing: Closing, person: MakePerson) -> None:
    david = person(Role.SUPERVISOR)
    values = {"because": [], "asked_at": closing.at, "reason": "VIP", "asked_by": closing.sarah}
    waiting = closing.case.approvals.create(**values)
    assert refused_by(execution(closing)) == "an_execution_waits_for_approval"
    waiting.state, waiting.decided_by, waiting.decided_at = "APPROVED", david, closing.at
    waiting.save()
    assert refused_by(execution(closing, executed_by=david)) == "who_approves_does_not_execute"


def decided(closing: Closing, state: str, by: Person) -> None:
    """An approval that was asked for and decided."""
    values = {"because": [], "asked_at": closing.at, "reason": "VIP", "asked_by": closing.sarah}
    asked = closing.case.approvals.create(**values)
    asked.state, asked.decided_by, asked.decided_at, asked.note = state, by, closing.at, "Why"
    asked.save()


def test_nothing_is_executed_that_was_refused(closing: Closing, person: MakePerson) -> None:
    """W14: the last decision counts; asked for anew and given, it may be carried out."""
    david = person(Role.SUPERVISOR)
    decided(closing, "REJECTED", david)
    assert refused_by(execution(closing)) == "an_execution_waits_for_approval"
    decided(closing, "APPROVED", david)
    assert refused_by(execution(closing)) == "an_execution_completes_its_request"


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.DISPATCHER, Role.ADMIN, Role.BILLING])
def test_who_executes_may(closing: Closing, person: MakePerson, role: Role) -> None:
    assert refused_by(execution(closing, executed_by=person(role))) == "who_executes_may"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("BLOCKED", "an_execution_is_not_blocked"),
        ("NEEDS_APPROVAL", "an_execution_waits_for_approval"),
        ("ALLOW", "an_execution_completes_its_request"),
    ],
)
def test_what_the_protections_said_last(closing: Closing, answer: str, name: str) -> None:
    ProtectionVerdict.objects.create(
        case=closing.case, stage="EXECUTION", at=closing.at, answer=answer,
        findings=[{"answer": answer}], facts={},
    )  # fmt: skip
    assert refused_by(execution(closing)) == name


def test_an_execution_completes_its_request(closing: Closing) -> None:
    """The row alone, without what belongs to it, is refused at the commit."""
    assert refused_by(execution(closing)) == "an_execution_completes_its_request"


def test_a_case_is_completed_by_execution_only(closing: Closing) -> None:
    case = Case.objects.filter(pk=closing.case.pk)
    done = {"status": "COMPLETED", "version": closing.case.version + 1, "ended_at": closing.at}
    assert refused_by(lambda: case.update(**done)) == "disconnections_complete_by_execution"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"permanence": "FOR_NOW"}, "permanence_of_execution_is_known"),
        ({"account_status": "GONE"}, "account_status_of_execution_is_known"),
        ({"items_done": 7}, "six_items_are_done_at_most"),
    ],
)
def test_what_an_execution_may_say(closing: Closing, fields: dict[str, Any], name: str) -> None:
    assert refused_by(execution(closing, **fields)) == name


def test_what_was_done_stays(make_closing: MakeClosing) -> None:
    closing = make_closing().ready("REMOVE")
    closing.execute()
    as_committed()
    stays = "a_closure_stays_as_it_was"
    assert refused_by(lambda: ChecklistTick.objects.filter(item="FINAL_BILL").delete()) == stays
    assert refused_by(lambda: ClosureMeter.objects.update(is_damaged=True)) == stays
    assert refused_by(lambda: Closure.objects.update(version=9)) == stays
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
    for act in (
        lambda: Execution.objects.update(items_done=1),
        lambda: Execution.objects.all()._raw_delete("default"),
        lambda: ExecutedMeter.objects.update(action="UNASSIGN"),
    ):
        assert "annot" in str(_error(act))


def test_remove_is_one_movement_of_that_meter(make_closing: MakeClosing) -> None:
    """W12: REMOVE ⇔ exactly one movement, UNASSIGN ⇔ none."""
    closing = make_closing().ready("REMOVE")
    done = closing.execute()
    as_committed()
    one, other = ExecutedMeter.objects.order_by("pk")
    spare = Meter.objects.create(number="SPARE", utility_type="WATER")
    gas = closing.billing.services[0]

    def add(**fields: Any) -> Callable[[], object]:
        values = {"execution": done, "service_connection": gas, "meter": spare, **fields}
        return lambda: ExecutedMeter.objects.create(**values)

    assert refused_by(add(action="REMOVE")) == "a_removed_meter_has_its_movement"
    unassigned = add(action="UNASSIGN", meter=one.meter, movement=one.movement)
    assert refused_by(unassigned) == "a_removed_meter_has_its_movement"
    assert refused_by(add(action="REMOVE", movement=one.movement)) == "a_movement_is_of_this_meter"
    twice = add(action="REMOVE", meter=other.meter, movement=other.movement)
    assert refused_by(twice) in {
        "a_service_is_ended_once", "disconnections_executedmeter_movement_id_key",
    }  # fmt: skip
    assert DisconnectionRequest.objects.count() == 1
