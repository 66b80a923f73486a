"""A payment or a hold stops an open order for non-payment, in its own transaction (DIS12, BEY2)."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from billing import ports as billing_ports
from billing.models import Payment
from consumers import ports as consumer_ports
from consumers.choices import AccountHoldKind
from consumers.models import AccountHold, Consumer, Guard
from disconnections.models import DisconnectionRequest
from smart360.cases.choices import CaseStatus, ClosingReason
from smart360.cases.models import Case, Hold, HoldReason
from smart360.cases.operations import acknowledge, put_on_hold
from smart360.comms.models import Message
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder, Technician
from smart360.fieldwork.operations import UnableToProceed, start_service_order
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.arranging import arrange
from tests.billing.paying import cheque, owe, pay
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.disconnections.protecting import TODAY, hold, switch_on
from tests.fieldwork.working import MONDAY, order_from_case, planned, technician

OWED = "120.00"


@pytest.fixture
def consumer(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    made = make_consumer()
    owe(made, OWED, at=at)
    return made


@pytest.fixture
def robert(person: MakePerson) -> Person:
    return person(Role.RECOVERY)


@pytest.fixture
def mike(person: MakePerson) -> Technician:
    return technician(person(Role.TECHNICIAN))


@pytest.fixture
def made(make_request: MakeRequest, consumer: Consumer) -> DisconnectionRequest:
    return make_request(consumer, preferred_on=MONDAY)


@pytest.fixture
def sent(
    made: DisconnectionRequest, mike: Technician, person: MakePerson, at: datetime
) -> ServiceOrder:
    """Mike is to switch it off on Monday."""
    acknowledge(case=made.pk, by=person(Role.CSE), at=at)
    order = order_from_case(made.pk, by=person(Role.DISPATCHER), at=at)
    assert (order.status, order.technician) == (OrderStatus.ASSIGNED, mike)
    return order


def events(made: DisconnectionRequest) -> list[str]:
    return list(Entry.objects.filter(case=made.case).order_by("seq").values_list("kind", flat=True))


def state(made: DisconnectionRequest) -> tuple[str, str, list[str]]:
    case = Case.objects.get(pk=made.pk)
    orders = ServiceOrder.objects.filter(case=case).order_by("pk")
    return case.status, case.closing_reason, [each.status for each in orders]


# ------------------------------------------------------------------ paid
def test_who_pays_is_not_cut_off(
    sent: ServiceOrder,
    made: DisconnectionRequest,
    consumer: Consumer,
    robert: Person,
    mike: Technician,
    at: datetime,
) -> None:
    pay(consumer, OWED, by=robert, at=at)
    assert state(made) == ("CLOSED", ClosingReason.ISSUE_RESOLVED, [OrderStatus.CANCELLED])
    case = Case.objects.get(pk=made.pk)
    assert case.ended_by is None, "by the system"
    sent.refresh_from_db()
    assert sent.cancelled_because == "PAID"
    assert planned(mike, MONDAY) == 0
    assert not Guard.objects.filter(consumer=consumer).exists()
    assert events(made).count(Event.CLOSED) == 1
    told = Message.objects.get(case=case, template__code="request.stopped")
    assert told.is_statutory
    assert "The account is paid" in told.body.text


def test_a_pending_request_is_closed_too(
    made: DisconnectionRequest, consumer: Consumer, robert: Person, at: datetime
) -> None:
    pay(consumer, OWED, by=robert, at=at)
    assert state(made)[:2] == ("CLOSED", ClosingReason.ISSUE_RESOLVED)


@pytest.mark.parametrize(("paid", "status"), [("69.99", "PENDING"), ("70.00", "CLOSED")])
def test_who_pays_down_to_the_minimum_is_not_cut_off(
    made: DisconnectionRequest,
    consumer: Consumer,
    robert: Person,
    at: datetime,
    paid: str,
    status: str,
) -> None:
    """DIS12: at or below the minimum, which is $50.00 here."""
    switch_on("MINIMUM", amount=Decimal("50.00"))
    pay(consumer, paid, by=robert, at=at)
    assert state(made)[0] == status


def test_part_of_it_stops_nothing(
    made: DisconnectionRequest, consumer: Consumer, robert: Person, at: datetime
) -> None:
    pay(consumer, "119.99", by=robert, at=at)
    cheque(consumer, "0.01", by=robert, at=at)
    assert state(made)[0] == "PENDING"


def test_what_the_consumer_wished_goes_on(
    make_request: MakeRequest, consumer: Consumer, robert: Person, at: datetime
) -> None:
    wished = make_request(consumer, reason="CR-001")
    pay(consumer, OWED, by=robert, at=at)
    hold(consumer, at=at)
    assert state(wished)[0] == "PENDING"


def test_the_payment_and_the_stop_are_one(
    sent: ServiceOrder,
    made: DisconnectionRequest,
    consumer: Consumer,
    robert: Person,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What fails after the stop takes the payment and the stop back."""
    before = state(made)

    def fail(**_: Any) -> None:
        raise RuntimeError("the gateway's line is cut")

    monkeypatch.setattr(billing_ports, "ACCOUNT_SETTLED", [fail])
    with pytest.raises(RuntimeError, match="line is cut"):
        pay(consumer, OWED, by=robert, at=at)
    assert state(made) == before
    assert not Payment.objects.exists()
    assert not Message.objects.filter(template__code="request.stopped").exists()


def test_a_payment_fails_with_its_stop(
    made: DisconnectionRequest,
    consumer: Consumer,
    robert: Person,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("disconnections.protecting.request_stopped", fail)
    with pytest.raises(RuntimeError):
        pay(consumer, OWED, by=robert, at=at)
    assert not Payment.objects.exists()
    assert state(made)[0] == "PENDING"


def test_without_the_port_nothing_stops(
    made: DisconnectionRequest,
    consumer: Consumer,
    robert: Person,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: what the tests above see comes from the port."""
    monkeypatch.setattr(billing_ports, "DEBT_LOWERED", [])
    monkeypatch.setattr(consumer_ports, "HOLD_PLACED", [])
    hold(consumer, at=at)
    pay(consumer, OWED, by=robert, at=at)
    assert state(made)[0] == "PENDING"


# ------------------------------------------------------------------ protected
def from_pending(made: DisconnectionRequest, by: Person, at: datetime) -> None:
    """Nothing has happened yet."""


def from_progress(made: DisconnectionRequest, by: Person, at: datetime) -> None:
    acknowledge(case=made.pk, by=by, at=at)


def from_hold(made: DisconnectionRequest, by: Person, at: datetime) -> None:
    acknowledge(case=made.pk, by=by, at=at)
    put_on_hold(
        case=made.pk, reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk, by=by, at=at,
        resume_by=at + timedelta(hours=2), at_resume_by="RESUMES", form_key=uuid4(),
    )  # fmt: skip


@pytest.mark.parametrize("begin", [from_pending, from_progress, from_hold])
@pytest.mark.parametrize("kind", AccountHoldKind)
def test_who_is_protected_is_not_cut_off(
    made: DisconnectionRequest,
    consumer: Consumer,
    person: MakePerson,
    at: datetime,
    begin: Callable[[DisconnectionRequest, Person, datetime], None],
    kind: AccountHoldKind,
) -> None:
    begin(made, person(Role.CSE), at)
    hold(consumer, kind, at=at, to_on=TODAY + timedelta(days=60))
    assert state(made)[0] == CaseStatus.ON_HOLD
    standing = Hold.objects.select_related("reason").get(case=made.case, ended_at__isnull=True)
    assert standing.reason.code == f"ACCOUNT_{kind}"
    assert standing.put_by is None, "by the system"
    assert standing.at_resume_by == "REMINDS"
    ends = standing.resume_by.astimezone(at.tzinfo).date()
    assert ends == TODAY + timedelta(days=61)
    assert events(made)[-2:].count(Event.HELD) == 1 or Event.HELD in events(made)
    told = Message.objects.get(case=made.case, template__code="request.stopped")
    assert standing.reason.label in told.body.text


def test_nobody_is_on_the_way_any_more(
    sent: ServiceOrder,
    made: DisconnectionRequest,
    consumer: Consumer,
    mike: Technician,
    at: datetime,
) -> None:
    hold(consumer, at=at)
    sent.refresh_from_db()
    assert (sent.status, sent.technician) == (OrderStatus.SCHEDULED, None)
    assert planned(mike, MONDAY) == 0
    assert state(made)[0] == CaseStatus.ON_HOLD


def test_a_second_hold_changes_nothing_more(
    made: DisconnectionRequest, consumer: Consumer, at: datetime
) -> None:
    hold(consumer, at=at)
    before = Case.objects.get(pk=made.pk).version
    hold(consumer, AccountHoldKind.LEGAL, at=at, source="LEGAL-1")
    assert Case.objects.get(pk=made.pk).version == before
    assert Hold.objects.filter(case=made.case).count() == 1


def test_a_hold_that_begins_later_is_seen_then(
    made: DisconnectionRequest, consumer: Consumer, at: datetime
) -> None:
    hold(consumer, at=at, from_on=TODAY + timedelta(days=3))
    assert state(made)[0] == "PENDING"


def test_an_arrangement_stops_it(
    made: DisconnectionRequest, consumer: Consumer, robert: Person, at: datetime
) -> None:
    owe(consumer, "300.00", at=at)
    arrange(consumer, by=robert, at=at)
    assert state(made)[0] == CaseStatus.ON_HOLD


def test_the_hold_and_the_stop_are_one(
    sent: ServiceOrder,
    made: DisconnectionRequest,
    consumer: Consumer,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = state(made)

    def fail(**_: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(consumer_ports, "HOLD_PLACED", [*consumer_ports.HOLD_PLACED, fail])
    with pytest.raises(RuntimeError):
        hold(consumer, at=at)
    assert state(made) == before
    assert not AccountHold.objects.exists()


# ------------------------------------------------------------------ dispatch
def test_nobody_is_sent_to_who_is_protected(
    made: DisconnectionRequest,
    consumer: Consumer,
    mike: Technician,
    person: MakePerson,
    at: datetime,
) -> None:
    """BEY1: the port of field work asks the same rules, for the planned day."""
    acknowledge(case=made.pk, by=person(Role.CSE), at=at)
    switch_on("WEEKEND", weekdays=[1])
    order = order_from_case(made.pk, by=person(Role.DISPATCHER), at=at)
    assert (order.status, order.technician) == (OrderStatus.SCHEDULED, None)
    last = made.case.verdicts.order_by("-pk").first()
    assert last is not None
    assert (last.stage, last.answer, last.facts["on"]) == ("DISPATCH", "BLOCKED", str(MONDAY))


def test_the_door_is_judged_by_its_own_moment(
    sent: ServiceOrder, made: DisconnectionRequest, at: datetime
) -> None:
    switch_on("HOURS", not_before=time(8), not_after=time(9))
    assert sent.technician is not None
    with pytest.raises(UnableToProceed, match="09:30 AM is outside 8:00 AM – 9:00 AM"):
        start_service_order(service_order=sent.pk, by=sent.technician.person, at=at)
    last = made.case.verdicts.order_by("-pk").first()
    assert last is not None
    assert (last.stage, last.answer) == ("EXECUTION", "BLOCKED"), "kept, though nothing went on"
