"""An erasure against whatever else is done with the account at the same moment (R8)."""

from datetime import datetime
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

import pytest

from billing.models import Payment
from billing.operations.payments import attach_receipt
from consumers.choices import AccountStatus, SupplyState, UtilityType
from consumers.models import Consumer
from smart360.cases.models import Case
from smart360.custody.models import PrivacyAct
from smart360.custody.operations.erasing import ask_for_erasure, erase_person
from smart360.kernel.errors import Refusal
from smart360.owed.choices import OwedState, Queue
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.paying import owe, pay
from tests.complaints.conftest import complain
from tests.concurrency.racing import SECONDS, done, race, refusals, slowly, without_triggers
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def gone(make_consumer: MakeConsumer) -> Consumer:
    """Somebody who left, all settled."""
    off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD}
    return make_consumer(status=AccountStatus.INACTIVE, services=off)


def asked(consumer: Consumer, by: Person, at: datetime) -> PrivacyAct:
    return ask_for_erasure(consumer=consumer.pk, reason="A letter", by=by, at=at, form_key=uuid4())


def erasing(consumer: Consumer, person: MakePerson, at: datetime) -> partial[PrivacyAct]:
    act = asked(consumer, person(Role.SUPERVISOR), at)
    other = person(Role.SUPERVISOR)
    number = consumer.account_number
    return partial(erase_person, act=act.pk, account_typed=number, by=other, at=at)


def is_erased(consumer: Consumer) -> bool:
    return Consumer.objects.filter(pk=consumer.pk, erased_at__isnull=False).exists()


def test_one_of_erasure_and_complaint_wins(
    gone: Consumer, person: MakePerson, at: datetime
) -> None:
    """A complaint came first and keeps the person, or the person is gone and nobody complains."""
    clerk = person(Role.CSE)
    outcomes = race([erasing(gone, person, at), *[partial(complain, gone, by=clerk, at=at)] * 3])
    assert all(isinstance(each, Refusal) for each in refusals(outcomes))
    assert is_erased(gone) != Case.objects.filter(consumer=gone).exists()
    assert_sound()


def test_one_of_erasure_and_charge_wins(gone: Consumer, person: MakePerson, at: datetime) -> None:
    """Money that moves first keeps the person; afterwards none moves."""
    outcomes = race([erasing(gone, person, at), partial(owe, gone, "20.00", at=at)])
    assert len(done(outcomes)) == 1
    assert_sound()


def test_a_person_is_erased_once(gone: Consumer, person: MakePerson, at: datetime) -> None:
    outcomes = race([erasing(gone, person, at)] * 3)
    assert len(done(outcomes)) == 1
    assert_sound()


def test_control_without_lock_and_triggers_both_win(
    gone: Consumer, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, act = person(Role.CSE), erasing(gone, person, at)
    slowly(
        monkeypatch, "consumers.guards.lock_consumer", lambda key, **_: Consumer.objects.get(pk=key)
    )
    slowly(monkeypatch, "smart360.cases.handling.open_case")
    with without_triggers("trail_entry", "cases_case", "comms_message"):
        race([act, partial(complain, gone, by=clerk, at=at)])
    assert is_erased(gone)
    assert Case.objects.filter(consumer=gone).exists()


# ------------------------------------------------------------------ beside the maker of a paper
@pytest.fixture
def paid(gone: Consumer, person: MakePerson, stands: SetClock) -> Consumer:
    """Somebody who left and has just paid the rest; the receipt is owed."""
    owe(gone, "150.00", at=stands.at)
    pay(gone, by=person(Role.BILLING), at=stands.at)
    drain("MAIL")
    return gone


def erasing_later(consumer: Consumer, person: MakePerson, at: datetime) -> partial[PrivacyAct]:
    """The same of an erasure that was asked for before there was a paper to make."""
    works = OwedWork.objects.filter(queue=Queue.PDF)
    works.update(state=OwedState.DONE, done_at=at)
    act = erasing(consumer, person, at)
    works.update(state=OwedState.WAITING, done_at=None)
    return act


def test_a_receipt_is_made_before_its_payer_is_erased(
    paid: Consumer, person: MakePerson, stands: SetClock
) -> None:
    """Whoever comes first: it is there, and no work stays behind that nobody can do."""
    act = erasing_later(paid, person, stands.at)
    outcomes = race([act, partial(drain, "PDF")])
    assert all(isinstance(each, Refusal) for each in refusals(outcomes)), outcomes
    assert Payment.objects.get().receipt_id is not None
    assert not OwedWork.objects.filter(queue=Queue.PDF).exclude(state=OwedState.DONE).exists()
    if not is_erased(paid):
        act()
    assert is_erased(paid)
    assert_sound()


def test_control_without_the_question_the_receipt_is_never_made(
    paid: Consumer, person: MakePerson, stands: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has begun to make it when its payer is erased."""
    act = erasing_later(paid, person, stands.at)
    is_being_made, is_over = Event(), Event()

    def attach_late(**named: Any) -> Payment:
        is_being_made.set()
        assert is_over.wait(SECONDS)
        return attach_receipt(**named)

    def erase_early() -> PrivacyAct:
        assert is_being_made.wait(SECONDS)
        try:
            return act()
        finally:
            is_over.set()

    monkeypatch.setattr("smart360.custody.queries.erasing.papers_owed", lambda _: ())
    monkeypatch.setattr("billing.tasks.payments.attach_receipt", attach_late)
    race([erase_early, partial(drain, "PDF")])
    assert is_erased(paid)
    work = OwedWork.objects.get(queue=Queue.PDF)
    assert (work.state, work.last_error) == (OwedState.WAITING, "AccountIsErased")
    assert Payment.objects.get().receipt_id is None
