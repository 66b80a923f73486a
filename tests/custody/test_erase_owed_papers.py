"""An erasure waits for the papers that workers still owe the person, or the books (R8)."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from billing.models import InvoiceCounter
from billing.operations.payments import retry_receipt
from billing.operations.statements import ask_for_statement, retry_statement
from complaints.operations.deciding import resolve_complaint
from consumers.choices import AccountStatus, SupplyState, UtilityType
from consumers.guards import AccountIsErased
from consumers.models import Consumer
from disconnections.operations import close_request
from smart360.cases.operations import acknowledge
from smart360.custody.models import PrivacyAct
from smart360.custody.operations.erasing import UnableToErase, ask_for_erasure, erase_person
from smart360.custody.queries.erasing import in_the_way
from smart360.custody.queries.papers import ASKED_ELSEWHERE, PAPERS
from smart360.fieldwork.operations import complete_service_order
from smart360.owed import handlers
from smart360.owed.choices import OwedState, Queue
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.final_billing import MakeBilling, make_billing
from tests.billing.paying import owe, pay
from tests.complaints.conftest import complain
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.fieldwork.working import MONDAY, MORNING, order_from_profile, technician
from tests.invariants import assert_sound

__all__ = ["make_billing"]
pytestmark = pytest.mark.django_db
OwePaper = Callable[[], str]


@pytest.fixture
def gone(make_consumer: MakeConsumer) -> Consumer:
    """Somebody who left, all settled."""
    off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD}
    return make_consumer(status=AccountStatus.INACTIVE, services=off)


@pytest.fixture
def boss(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture(params=["payment", "complaint", "request", "visit"])
def owe_paper(
    request: pytest.FixtureRequest, gone: Consumer, boss: Person, make_request: MakeRequest,
    person: MakePerson, stands: SetClock,
) -> OwePaper:  # fmt: skip
    """Do what owes one paper and nothing else; what the paper is called."""
    key: dict[str, Any] = {"by": boss, "at": stands.at}

    def payment() -> str:
        owe(gone, "150.00", at=stands.at)
        return f"The receipt {pay(gone, **key).number}"

    def complaint() -> str:
        case = complain(gone, **key).case
        acknowledge(case=case.pk, **key)
        resolve_complaint(case=case.pk, words="It is repaired", **key)
        return f"The receipt {case.number}"

    def request_() -> str:
        case = make_request(gone, by=boss, reason="RC-002").case
        close_request(case=case.pk, reason="OTHER", note="They changed their mind", **key)
        return f"The receipt {case.number}"

    def visit() -> str:
        technician(person(Role.TECHNICIAN))
        order = order_from_profile(gone, scheduled_on=MONDAY, window=MORNING, **key)
        complete_service_order(service_order=order.pk, words="Replaced the fuse.", **key)
        return f"The report {order.number}"

    ways = {"payment": payment, "complaint": complaint, "request": request_, "visit": visit}
    return ways[request.param]


def ask(consumer: Consumer, by: Person, stands: SetClock) -> PrivacyAct:
    return ask_for_erasure(
        consumer=consumer.pk, reason="A letter", by=by, at=stands.at, form_key=uuid4()
    )


def erasing(consumer: Consumer, person: MakePerson, stands: SetClock) -> partial[PrivacyAct]:
    """The second half of an erasure that somebody else has asked for."""
    act = ask(consumer, person(Role.SUPERVISOR), stands)
    return partial(
        erase_person, act=act.pk, account_typed=consumer.account_number, by=person(Role.ADMIN),
        at=stands.at,
    )  # fmt: skip


def not_done() -> list[str]:
    """What workers still owe, or gave up."""
    left = OwedWork.objects.exclude(state=OwedState.DONE)
    return list(left.values_list("dedupe_key", flat=True))


def test_it_waits_until_the_paper_is_there(
    gone: Consumer, owe_paper: OwePaper, person: MakePerson, stands: SetClock
) -> None:
    """Asked for before and decided after; when it is done no work is left that would fail."""
    erase = erasing(gone, person, stands)
    named = owe_paper()
    drain("MAIL")
    with pytest.raises(UnableToErase) as refused:
        erase()
    assert refused.value.sentence == f"{named} is being made. Wait until it is there."
    assert drain("PDF") == 1
    erase()
    drain("PDF")
    drain("DEFAULT")
    assert not_done() == []
    assert_sound()


def test_nobody_asks_before_the_paper_is_there(
    gone: Consumer, owe_paper: OwePaper, boss: Person, stands: SetClock
) -> None:
    named = owe_paper()
    drain("MAIL")
    with pytest.raises(UnableToErase) as refused:
        ask(gone, boss, stands)
    assert refused.value.sentence == f"{named} is being made. Wait until it is there."


def test_what_could_not_be_made_is_made_again_first(
    gone: Consumer, boss: Person, person: MakePerson, stands: SetClock
) -> None:
    erase = erasing(gone, person, stands)
    owe(gone, "150.00", at=stands.at)
    payment = pay(gone, by=boss, at=stands.at)
    drain("MAIL")
    OwedWork.objects.filter(queue=Queue.PDF).update(state=OwedState.FAILED, attempts=8)
    with pytest.raises(UnableToErase) as refused:
        erase()
    assert refused.value.sentence == (
        f"The receipt {payment.number} could not be made. Let it be made again first."
    )
    retry_receipt(payment=payment.pk, by=boss, at=stands.at)
    drain("PDF")
    erase()
    drain("DEFAULT")
    assert not_done() == []
    assert_sound()


def test_no_statement_is_waited_for_that_was_given_up(
    gone: Consumer, boss: Person, person: MakePerson, stands: SetClock
) -> None:
    """Once the ledger has gone on nobody could let it be made again: it is owed no more."""
    erase = erasing(gone, person, stands)
    day = stands.at.date()
    paper = ask_for_statement(consumer=gone.pk, from_on=day, to_on=day, by=boss, at=stands.at)
    with pytest.raises(UnableToErase) as refused:
        erase()
    said = "A statement of account is being made. Wait until it is there."
    assert refused.value.sentence == said
    OwedWork.objects.filter(queue=Queue.PDF).update(state=OwedState.FAILED, attempts=8)
    erase()
    drain("DEFAULT")
    assert not_done() == []
    with pytest.raises(AccountIsErased):
        retry_statement(statement=paper.pk, by=boss, at=stands.at)
    assert_sound()


@pytest.mark.parametrize("number", [7, 414_013, 1_414_013])
def test_the_bill_for_the_books_is_there_first(make_billing: MakeBilling, number: int) -> None:
    """Kept for the legal period, it must not be missing nor made out to nobody."""
    billing = make_billing()
    InvoiceCounter.objects.update(last_number=number - 1)
    bill = billing.approved()
    assert bill.number == number
    said = f"The bill {bill} is being made. Wait until it is there."
    look = partial(in_the_way, billing.consumer, today=billing.at.date(), currency="USD")
    assert said in look()
    drain("PDF")
    assert not [each for each in look() if "being made" in each]


def test_only_three_papers_are_named_and_none_of_somebody_else(
    gone: Consumer, make_consumer: MakeConsumer, boss: Person, stands: SetClock
) -> None:
    other = make_consumer("Somebody Else")
    owe(gone, "50.00", at=stands.at)
    pay(other, by=boss, at=stands.at)
    numbers = [pay(gone, "10.00", by=boss, at=stands.at).number for _ in range(5)]
    drain("MAIL")
    with pytest.raises(UnableToErase) as refused:
        ask(gone, boss, stands)
    sentence = refused.value.sentence
    assert [number in sentence for number in numbers] == [True, True, True, False, False]
    assert sentence.count("is being made") == 3


def test_every_paper_that_workers_make_is_known() -> None:
    """Whoever owes a new kind of paper says whether an erasure waits for it."""
    made = {kind for kind, each in handlers._handlers.items() if each.queue == Queue.PDF}
    assert made == {kind for paper in PAPERS for kind in paper.kinds} | set(ASKED_ELSEWHERE)
