"""R7: an act that breaks at its first, second, … last statement has not happened at all.

Each statement of an act is made to raise in turn. What every table holds is the same before and
after, and then the same act, with the same form key, is done once. Rows that go by COPY are one
statement less: it has no place to break in from outside; killing a worker there is in
``tests/faults``.
"""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus

import pytest
from django.db import transaction
from django.test import Client

from billing.operations.payments import record_payment, settle_payment
from billing.operations.refunds import approve_refund
from billing.operations.reversals import approve_reversal
from consumers.choices import LockPurpose
from consumers.operations import change_profile, take_profile_lock
from consumers.rules.importing import ImportedAccount, ImportedService
from disconnections.operations import close_request, create_request
from smart360.cases import operations
from smart360.cases.models import Case, HoldReason
from smart360.comms.models import Message
from smart360.comms.operations import mark_sent
from smart360.custody.operations import import_accounts
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.paying import cheque, owe, pay, payment_wish, propose, propose_back
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, wish_for
from tests.invariants import assert_sound
from tests.looking import checksums
from tests.machines.running import MOST_STATEMENTS, Act, breaks_everywhere, interrupted_at

pytestmark = pytest.mark.django_db(transaction=True)


class Stage:
    """A request in progress, and the acts that are broken."""

    def __init__(
        self,
        make_request: MakeRequest,
        make_consumer: MakeConsumer,
        person: MakePerson,
        at: datetime,
    ) -> None:
        self.make_request, self.make_consumer, self.at = make_request, make_consumer, at
        self.person = person
        self.by: Person = person(Role.CSE)
        self.key = uuid.uuid4()

    def pending(self) -> Case:
        return self.make_request(by=self.by).case

    def in_progress(self) -> Case:
        return operations.acknowledge(case=self.pending().pk, by=self.by, at=self.at)

    def on_hold(self) -> Case:
        case = self.in_progress()
        self.hold(case)()
        return case

    def hold(self, case: Case) -> Act:
        return lambda: operations.put_on_hold(
            case=case.pk,
            reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
            resume_by=self.at + timedelta(hours=5),
            at_resume_by="RESUMES",
            note="They call back",
            by=self.by,
            at=self.at,
        )

    # ---------------------------------------------------------------- the acts
    def create_request(self) -> Act:
        consumer = self.make_consumer()
        lock = take_profile_lock(
            consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=self.by, at=self.at
        )
        wish = wish_for(consumer, lock_token=lock.token, ignored_fields=("type",))
        return lambda: create_request(wish=wish, by=self.by, at=self.at, form_key=self.key)

    def close_request(self) -> Act:
        case = self.on_hold().pk
        return lambda: close_request(
            case=case, reason="OTHER", note="Moved to another town", by=self.by, at=self.at
        )

    def acknowledge(self) -> Act:
        case = self.pending().pk
        return lambda: operations.acknowledge(case=case, by=self.by, at=self.at)

    def put_on_hold(self) -> Act:
        return self.hold(self.in_progress())

    def resume(self) -> Act:
        case = self.on_hold().pk
        return lambda: operations.resume(case=case, by=self.by, at=self.at)

    def send_message(self) -> Act:
        case = self.in_progress().pk
        return lambda: operations.send_message(
            case=case, subject="", words="Hello", by=self.by, at=self.at, form_key=self.key
        )

    def change_profile(self) -> Act:
        consumer = self.make_consumer()
        lock = take_profile_lock(
            consumer=consumer.pk, purpose=LockPurpose.EDIT_PROFILE, by=self.by, at=self.at
        )
        return lambda: change_profile(
            consumer=consumer.pk,
            values={"phone": "+15550100200"},
            version=consumer.version,
            token=lock.token,
            by=self.by,
            at=self.at,
        )

    def record_payment(self) -> Act:
        consumer = self.make_consumer()
        owe(consumer, "150.00", at=self.at)
        wish = payment_wish(consumer)
        return lambda: record_payment(wish=wish, by=self.by, at=self.at, form_key=self.key)

    def settle_payment(self) -> Act:
        waiting = cheque(self.make_consumer(), by=self.by, at=self.at).pk
        return lambda: settle_payment(payment=waiting, has_come=True, by=self.by, at=self.at)

    def approve_reversal(self) -> Act:
        paid = pay(self.make_consumer(), by=self.by, at=self.at)
        asked, boss = propose_back(paid, at=self.at).pk, self.person(Role.SUPERVISOR)
        return lambda: approve_reversal(reversal=asked, by=boss, at=self.at)

    def approve_refund(self) -> Act:
        consumer, boss = self.make_consumer(), self.person(Role.SUPERVISOR)
        pay(consumer, by=self.by, at=self.at)
        asked = propose(consumer, by=self.by, at=self.at).pk
        return lambda: approve_refund(refund=asked, by=boss, at=self.at)

    def import_accounts(self) -> Act:
        self.make_consumer()  # brings the category
        accounts = [imported(serial) for serial in range(3)]
        return lambda: import_accounts(accounts=accounts, by=self.by.pk, at=self.at)

    def mark_sent(self) -> Act:
        message = Message.objects.filter(case=self.pending()).get().pk
        return lambda: mark_sent(message=message, at=self.at)

    def raise_alerts(self) -> Act:
        case = self.pending().pk
        return lambda: operations.raise_alerts(case=case, at=self.at + timedelta(days=2))


def imported(serial: int) -> ImportedAccount:
    """An account as a file has it."""
    return ImportedAccount(
        account_number=f"IMP-{serial}",
        name=f"Imported {serial}",
        phone="",
        email="",
        category="Residential",
        subcategory="Standard",
        is_vip=False,
        status="ACTIVE",
        registered_on=date(2024, 1, 1),
        billing_address="",
        services=(
            ImportedService(
                "ELECTRICITY", f"{serial} Elm Street", "", "CONNECTED", date(2024, 1, 1),
                f"IM-{serial}", f"ID-{serial}", "Smart", "V3", "kWh", Decimal(5), date(2024, 6, 1),
            ),
        ),
        lines=(serial + 2,),
    )  # fmt: skip


@pytest.fixture
def stage(
    make_request: MakeRequest, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> Stage:
    """Where acts are broken."""
    return Stage(make_request, make_consumer, person, at)


BY_DAY = ["create_request", "close_request", "record_payment"]
BY_NIGHT = [
    "acknowledge", "put_on_hold", "resume", "send_message", "change_profile", "import_accounts",
    "mark_sent", "raise_alerts", "settle_payment", "approve_reversal", "approve_refund",
]  # fmt: skip
ONCE = {"create_request", "send_message", "record_payment"}
"""Acts with a form key: done again, they give the first result and change nothing."""


@pytest.mark.parametrize(
    "name", [*BY_DAY, *(pytest.param(each, marks=pytest.mark.night) for each in BY_NIGHT)]
)
def test_an_act_that_breaks_has_not_happened(name: str, stage: Stage) -> None:
    act: Act = getattr(stage, name)()
    assert breaks_everywhere(act) > 2
    if name in ONCE:
        done = checksums()
        act()
        assert checksums() == done
    assert_sound()


def test_control_what_is_not_rolled_back_is_seen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = stage.send_message()
    monkeypatch.setattr(transaction, "atomic", lambda durable: KeepsAll(None, True, durable))
    with pytest.raises(AssertionError, match="behind"):
        breaks_everywhere(act)


class KeepsAll(transaction.Atomic):
    """A transaction that commits what was written before the error."""

    def __exit__(self, *error: object) -> None:
        super().__exit__(None, None, None)


def test_a_page_that_breaks_shows_the_incident_only(
    make_request: MakeRequest, client_as: Callable[..., Client]
) -> None:
    """At whichever statement: 500, a number to look for, nothing of the error, nothing stored.

    The session notes when somebody was last here, after the act: where that breaks, the act has
    happened, whole.
    """
    case = make_request().case
    client = client_as(Role.CSE)
    client.raise_request_exception = False
    before = checksums()
    for statement in range(1, MOST_STATEMENTS):
        with interrupted_at(statement):
            answer = client.post(f"/cx/disconnections/{case.number}/acknowledge")
        assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        page = answer.content.decode()
        assert "Something went wrong on our side" in page
        for word in ("Interrupted", "Traceback", "SELECT", "UPDATE", case.number):
            assert word not in page
        case.refresh_from_db()
        if case.status == "IN_PROGRESS":
            break
        assert checksums() == before, f"statement {statement}"
    assert statement > 10
    assert client.get(f"/cx/disconnections/{case.number}").status_code == HTTPStatus.OK
    assert_sound()
