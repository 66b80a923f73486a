"""Nobody is sent, begins or carries out while a request waits, or for a debt that there is not."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest

from consumers.choices import AccountHoldKind
from consumers.models import Consumer
from disconnections.models import DisconnectionRequest
from disconnections.operations import decide_approval
from disconnections.rules.protections import NOTHING_OWED
from smart360.cases.choices import ApprovalState
from smart360.cases.models import Approval, Case, HoldReason
from smart360.cases.operations import acknowledge, put_on_hold, resume
from smart360.comms.models import Notice
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder, Technician
from smart360.fieldwork.operations import (
    UnableToProceed,
    assign_service_order,
    cancel_service_order,
    complete_service_order,
    schedule_service_order,
    start_service_order,
)
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.paying import owe, pay
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.closing import MakeClosing, make_billing, make_closing
from tests.disconnections.protecting import TODAY, hold, switch_on
from tests.fieldwork.working import MONDAY, MORNING, order_from_case, planned, technician

__all__ = ["make_billing", "make_closing"]


@pytest.fixture
def consumer(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    made = make_consumer()
    owe(made, "120.00", at=at)
    return made


@pytest.fixture
def dispatcher(person: MakePerson) -> Person:
    return person(Role.DISPATCHER)


@pytest.fixture
def mike(person: MakePerson) -> Technician:
    return technician(person(Role.TECHNICIAN))


@pytest.fixture
def made(
    make_request: MakeRequest, consumer: Consumer, person: MakePerson, at: datetime
) -> DisconnectionRequest:
    asked = make_request(consumer, preferred_on=MONDAY)
    acknowledge(case=asked.pk, by=person(Role.CSE), at=at)
    return asked


@pytest.fixture
def sent(
    made: DisconnectionRequest, mike: Technician, dispatcher: Person, at: datetime
) -> ServiceOrder:
    """Mike is to switch it off on Monday."""
    order = order_from_case(made.pk, by=dispatcher, at=at, scheduled_on=MONDAY, window=MORNING)
    assert (order.status, order.technician) == (OrderStatus.ASSIGNED, mike)
    return order


def put_off(made: DisconnectionRequest, by: Person, at: datetime) -> None:
    put_on_hold(
        case=made.pk, reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk, by=by, at=at,
        resume_by=at + timedelta(hours=2), at_resume_by="RESUMES", form_key=uuid4(),
    )  # fmt: skip


# ------------------------------------------------------------------ while it waits
def test_nobody_begins_while_the_request_is_on_hold(
    sent: ServiceOrder,
    made: DisconnectionRequest,
    mike: Technician,
    dispatcher: Person,
    at: datetime,
) -> None:
    put_off(made, dispatcher, at)
    with pytest.raises(UnableToProceed, match="The request is On Hold"):
        start_service_order(service_order=sent.pk, by=mike.person, at=at)
    sent.refresh_from_db()
    assert sent.status == OrderStatus.ASSIGNED
    resume(case=made.pk, by=dispatcher, at=at)
    begun = start_service_order(service_order=sent.pk, by=mike.person, at=at)
    assert begun.status == OrderStatus.IN_PROGRESS


@pytest.mark.parametrize("kind", [AccountHoldKind.DECEASED, AccountHoldKind.LEGAL])
def test_nobody_is_sent_while_the_account_is_held(
    sent: ServiceOrder,
    consumer: Consumer,
    mike: Technician,
    dispatcher: Person,
    at: datetime,
    kind: AccountHoldKind,
) -> None:
    """Also when no rule blocks for such a hold."""
    switch_on("DECEASED-APPROVAL", "LEGAL-APPROVAL", is_active=False)
    hold(consumer, kind, at=at)
    with pytest.raises(UnableToProceed, match="The request is On Hold"):
        assign_service_order(service_order=sent.pk, technician=mike.pk, by=dispatcher, at=at)
    sent.refresh_from_db()
    assert (sent.status, planned(mike, MONDAY)) == (OrderStatus.SCHEDULED, 0)


# ------------------------------------------------------------------ a debt that there is not
def test_nobody_is_sent_for_a_debt_that_there_is_not(
    make_request: MakeRequest,
    make_consumer: MakeConsumer,
    mike: Technician,
    dispatcher: Person,
    at: datetime,
) -> None:
    """The control: the same order is assigned once something is owed."""
    consumer = make_consumer()
    asked = make_request(consumer, preferred_on=MONDAY)
    order = order_from_case(asked.pk, by=dispatcher, at=at)
    assert (order.status, order.technician) == (OrderStatus.SCHEDULED, None)
    with pytest.raises(UnableToProceed, match=NOTHING_OWED):
        assign_service_order(service_order=order.pk, technician=mike.pk, by=dispatcher, at=at)
    owe(consumer, "120.00", at=at)
    given = assign_service_order(service_order=order.pk, technician=mike.pk, by=dispatcher, at=at)
    assert given.status == OrderStatus.ASSIGNED


def test_nobody_is_cut_off_for_a_debt_that_there_is_not(make_closing: MakeClosing) -> None:
    closing = make_closing(reason="NP-001", permanence="TEMPORARY", outstanding="0")
    robert = closing.billing.robert
    assert NOTHING_OWED in [each.sentence for each in closing.missing(robert)]
    owe(closing.consumer, "120.00", at=closing.at)
    assert NOTHING_OWED not in [each.sentence for each in closing.missing(robert)]


# ------------------------------------------------------------------ when the window moves
def test_a_window_in_which_nobody_is_cut_takes_the_order_back(
    sent: ServiceOrder, mike: Technician, dispatcher: Person, at: datetime
) -> None:
    """The control: in an allowed window on the same day he keeps it."""
    switch_on("HOURS", not_before=time(8), not_after=time(16))
    schedule_service_order(
        service_order=sent.pk, day=MONDAY, window=(time(14), time(16)), by=dispatcher, at=at
    )
    sent.refresh_from_db()
    assert (sent.status, sent.technician) == (OrderStatus.ASSIGNED, mike)
    schedule_service_order(
        service_order=sent.pk, day=MONDAY, window=(time(20), time(22)), by=dispatcher, at=at
    )
    sent.refresh_from_db()
    assert (sent.status, sent.technician, sent.starts) == (OrderStatus.SCHEDULED, None, time(20))
    assert planned(mike, MONDAY) == 0


# ------------------------------------------------------------------ a hold that begins later
@pytest.mark.parametrize(
    ("from_on", "to_on", "status"),
    [
        (TODAY + timedelta(days=3), None, OrderStatus.SCHEDULED),
        (MONDAY, MONDAY, OrderStatus.SCHEDULED),
        (TODAY + timedelta(days=1), TODAY + timedelta(days=2), OrderStatus.ASSIGNED),
        (MONDAY + timedelta(days=1), None, OrderStatus.ASSIGNED),
    ],
)
def test_nobody_goes_on_a_day_on_which_the_account_will_be_held(
    sent: ServiceOrder,
    consumer: Consumer,
    at: datetime,
    from_on: date,
    to_on: date | None,
    status: OrderStatus,
) -> None:
    hold(consumer, at=at, from_on=from_on, to_on=to_on)
    sent.refresh_from_db()
    assert sent.status == status
    assert Case.objects.get(service_orders=sent).status == "IN_PROGRESS", "the rules see it then"


# ------------------------------------------------------------------ what was approved before
@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (AccountHoldKind.DECEASED, ApprovalState.WITHDRAWN),
        (AccountHoldKind.LEGAL, ApprovalState.WITHDRAWN),
        (AccountHoldKind.MEDICAL, ApprovalState.APPROVED),
    ],
)
def test_what_was_approved_before_a_hold_was_known_is_asked_anew(
    made: DisconnectionRequest,
    consumer: Consumer,
    mike: Technician,
    dispatcher: Person,
    person: MakePerson,
    at: datetime,
    kind: AccountHoldKind,
    state: ApprovalState,
) -> None:
    """The amount was approved, the death was not. What blocks needs no second approval."""
    owe(consumer, "300.00", at=at)
    order = order_from_case(made.pk, by=dispatcher, at=at)
    boss = person(Role.SUPERVISOR)
    decide_approval(case=made.pk, decision="APPROVED", note="", by=boss, at=at)
    placed = hold(consumer, kind, at=at)
    assert Approval.objects.get().state == state
    resume(case=made.pk, by=dispatcher, at=at)
    with pytest.raises(UnableToProceed):
        assign_service_order(service_order=order.pk, technician=mike.pk, by=dispatcher, at=at)
    if state == ApprovalState.WITHDRAWN:
        asked = Approval.objects.latest("pk")
        assert (asked.state, f"{placed.kind}-APPROVAL" in asked.because) == ("PENDING", True)


# ------------------------------------------------------------------ who is told
def rung(at: datetime) -> set[tuple[str, str]]:
    """Who was told what that is urgent."""
    return {
        (each.person.full_name, each.sentence) for each in Notice.objects.filter(is_urgent=True)
    }


def test_whoever_plans_hears_that_a_technician_is_on_the_way_for_nothing(
    sent: ServiceOrder, consumer: Consumer, dispatcher: Person, person: MakePerson, at: datetime
) -> None:
    start_service_order(service_order=sent.pk, by=dispatcher, at=at)
    pay(consumer, "120.00", by=person(Role.RECOVERY), at=at)
    sentence = f"Tell Mike Thompson not to carry out {sent.number}: the account was settled"
    assert (dispatcher.full_name, sentence) in rung(at)


def test_whoever_plans_hears_that_an_account_is_protected(
    sent: ServiceOrder, consumer: Consumer, dispatcher: Person, at: datetime
) -> None:
    hold(consumer, at=at)
    sentence = f"Tell Mike Thompson not to carry out {sent.number}: the account is protected"
    assert (dispatcher.full_name, sentence) in rung(at)


def test_who_called_it_off_is_not_told(
    sent: ServiceOrder, dispatcher: Person, at: datetime
) -> None:
    cancel_service_order(service_order=sent.pk, reason="NO_ACCESS", by=dispatcher, at=at)
    assert rung(at) == set()


def test_a_payment_after_the_cut_is_seen_by_those_who_reconnect(
    sent: ServiceOrder, consumer: Consumer, dispatcher: Person, person: MakePerson, at: datetime
) -> None:
    """The technician was there, nobody has pressed Execute, and now it is paid."""
    boss = person(Role.SUPERVISOR)
    complete_service_order(service_order=sent.pk, words="Off", by=dispatcher, at=at)
    pay(consumer, "120.00", by=person(Role.RECOVERY), at=at)
    number = Case.objects.get(service_orders=sent).number
    sentence = (
        f"{number} is stopped: the account is paid."
        f" {sent.number} was completed before: the service may be off"
    )
    assert (boss.full_name, sentence) in rung(at)
