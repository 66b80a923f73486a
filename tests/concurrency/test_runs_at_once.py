"""Non-payment runs raced: two workers, a payment, a desk; each with what fails unguarded."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from consumers.choices import LockPurpose
from consumers.models import Consumer
from consumers.operations import take_profile_lock
from disconnections.models import NonPaymentRun, RunAccount
from disconnections.operations import runs
from disconnections.operations.runs import go_on_with_run, start_run
from smart360.cases.models import Case
from tests.billing.paying import pay
from tests.concurrency.racing import done, race, refusals, slowly
from tests.conftest import MakeRequest
from tests.disconnections.running import (
    MakeDebtor,
    Running,
    make_debtor,
    outcomes,
    record_of,
    run_of,
)
from tests.invariants import assert_sound

__all__ = ["make_debtor", "run_of"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
WORKERS = 8


def begun(run_of: Running) -> NonPaymentRun:
    """A run that waits for its worker."""
    run = run_of.propose()
    run_of.start(run)
    return run


def go_on(run: NonPaymentRun, at: datetime) -> Any:
    return lambda: go_on_with_run(run=run.pk, after=0, at=at)


# ------------------------------------------------------------------ the same run twice
def test_workers_that_pay_the_same_work_make_one_request_each(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    for _ in range(3):
        make_debtor()
    run = begun(run_of)
    outcome = race([go_on(run, run_of.at)] * WORKERS)
    assert sorted(done(outcome)) == [0] * (WORKERS - 1) + [3]
    assert Case.objects.count() == 3
    assert run_of.work(run).made == 3
    assert_sound()


def test_without_the_hold_of_the_run_the_workers_collide(
    make_debtor: MakeDebtor, run_of: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: all see the same accounts; the database lets one request stand."""
    make_debtor()
    run = begun(run_of)

    def unheld(key: int) -> NonPaymentRun:
        return NonPaymentRun.objects.select_related("reason").get(pk=key)

    monkeypatch.setattr(runs, "hold_run", unheld)
    slowly(monkeypatch, "disconnections.operations.runs._lock")
    outcome = race([go_on(run, run_of.at)] * 2)
    assert refusals(outcome) or sum(done(outcome)) > 1
    assert Case.objects.count() == 1, "never two for one account"


def test_two_people_start_it_once(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.propose()
    acts = [
        lambda by=by: start_run(run=run.pk, by=by, at=run_of.at, form_key=uuid4())
        for by in (run_of.robert, run_of.david)
    ]
    assert len(done(race(acts))) == 1
    assert run_of.work(run).made == 1


# ------------------------------------------------------------------ somebody is faster
def test_a_payment_that_lands_meanwhile_leaves_no_open_request(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    """Whoever comes first: paid before it is left out, paid after it is closed."""
    for _ in range(4):
        paying = make_debtor()
        run = begun(run_of)
        outcome = race(
            [
                go_on(run, run_of.at),
                partial(pay, paying, "120.00", by=run_of.robert, at=run_of.at),
            ]
        )
        assert not refusals(outcome)
        run_of.work(run)
        assert record_of(run, paying).outcome == "PAID"
        assert not Case.objects.filter(consumer=paying, status="PENDING").exists()
    assert_sound()


def test_without_the_consumers_lock_a_paid_account_is_cut(
    make_debtor: MakeDebtor, run_of: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: judged before the payment is seen, made after it."""
    paying = make_debtor()
    run = begun(run_of)

    def unlocked(consumers: Any) -> dict[int, Consumer]:
        return Consumer.objects.in_bulk(consumers)

    monkeypatch.setattr(runs, "_lock", unlocked)
    slowly(monkeypatch, "disconnections.operations.runs._leave_out")
    race(
        [
            go_on(run, run_of.at),
            lambda: pay(paying, "120.00", by=run_of.robert, at=run_of.at),
        ]
    )
    assert record_of(run, paying).outcome == "CREATED", "and nothing is owed any more"


def test_a_desk_that_is_faster_is_left_alone(
    make_debtor: MakeDebtor, run_of: Running, make_request: MakeRequest
) -> None:
    """One makes a request, one takes the profile: the run leaves both accounts out."""
    asked, edited, free = (make_debtor() for _ in range(3))
    run = begun(run_of)
    race(
        [
            lambda: make_request(asked, by=run_of.david),
            lambda: take_profile_lock(
                consumer=edited.pk, purpose=LockPurpose.EDIT_PROFILE, by=run_of.david, at=run_of.at
            ),
        ]
    )
    run_of.work(run)
    assert outcomes(run) == ["LEFT_OUT", "LEFT_OUT", "CREATED"]
    reasons = RunAccount.objects.filter(run=run, outcome="LEFT_OUT").order_by("consumer")
    assert [each.reasons for each in reasons] == [["OPEN_REQUEST"], ["BEING_EDITED"]]
    assert Case.objects.get(consumer=free).status == "PENDING"


def test_a_run_and_a_desk_at_once_make_one_request(
    make_debtor: MakeDebtor, run_of: Running, make_request: MakeRequest
) -> None:
    for _ in range(4):
        wanted = make_debtor()
        run = begun(run_of)
        race([go_on(run, run_of.at), partial(make_request, wanted, by=run_of.david)])
        run_of.work(run)
        assert Case.objects.filter(consumer=wanted).count() == 1
    assert_sound()
