"""A large proposal: its record is written piece after piece by a worker (DIS13, BEY5)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client

from disconnections.models import NonPaymentRun, RunAccount
from disconnections.operations import proposing
from disconnections.operations.proposing import go_on_with_proposal
from disconnections.operations.runs import (
    UnableToStartRun,
    go_on_with_run,
    resume_run,
    start_run,
    stop_run,
    withdraw_run,
)
from disconnections.operations.undoing import go_on_with_undoing, undo_run
from smart360.cases.models import Case
from smart360.comms.models import Notice
from smart360.owed.tasks import drain
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import pay
from tests.conftest import SetClock
from tests.disconnections.protecting import hold
from tests.disconnections.running import (
    MakeDebtor,
    Running,
    alone_up_to,
    make_debtor,
    outcomes,
    run_of,
)
from tests.invariants import assert_sound

__all__ = ["make_debtor", "run_of"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _pieces_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two accounts are many."""
    monkeypatch.setattr(proposing, "AT_ONCE", 2)


def after(run: NonPaymentRun) -> int:
    """How far the record of a run is."""
    return NonPaymentRun.objects.get(pk=run.pk).after


def prepared(run: NonPaymentRun, run_of: Running) -> NonPaymentRun:
    """The run once its record is written."""
    while (now := NonPaymentRun.objects.get(pk=run.pk)).state == "PREPARING":
        go_on_with_proposal(run=run.pk, after=now.after, at=run_of.at)
    return now


def test_a_worker_writes_what_one_request_does_not(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    sums = ["60.00", "300.00", "70.00", "300.00", "80.00"]
    for each in sums:
        make_debtor(each)
    hold(make_debtor("90.00"), at=run_of.at)
    run = run_of.propose()
    assert (run.state, run.expected, run.wanted) == ("PREPARING", 5, 2)
    assert not Entry.objects.filter(kind=Event.RUN_PROPOSED).exists()
    drain("DEFAULT")
    run.refresh_from_db()
    assert (run.state, run.wanted, run.amount, run.to_approve, run.after) == (
        "PROPOSED", 5, sum(map(Decimal, sums)), 2, 0,
    )  # fmt: skip
    assert outcomes(run) == ["PROPOSED"] * 5 + ["LEFT_OUT"]
    assert run.excluded == 1
    line = Entry.objects.get(kind=Event.RUN_PROPOSED)
    assert (line.actor, line.new["accounts"]) == (run_of.robert, 5)
    told = Notice.objects.get(person=run_of.robert)
    assert told.sentence == f"Non-payment run {run.pk} can be started now"
    assert_sound()
    run_of.start(run)
    assert run_of.work(run).made == 5


def test_who_may_start_it_hears_of_it_once_it_is_written(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    for _ in range(3):
        make_debtor()
    alone_up_to(2)
    run = run_of.propose()
    assert not Notice.objects.filter(person=run_of.david).exists()
    prepared(run, run_of)
    assert "(3 requests) waits" in Notice.objects.get(person=run_of.david).sentence
    with pytest.raises(UnableToStartRun, match="second person"):
        run_of.start(run)


def test_nobody_starts_it_before(make_debtor: MakeDebtor, run_of: Running) -> None:
    for _ in range(3):
        make_debtor()
    run = run_of.propose()
    with pytest.raises(UnableToStartRun):
        start_run(run=run.pk, by=run_of.david, at=run_of.at)
    assert not Case.objects.exists()


def test_a_killed_worker_leaves_whole_pieces(
    make_debtor: MakeDebtor, run_of: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        make_debtor()
    run = run_of.propose()

    def die(*args: object, **named: object) -> None:
        raise DatabaseError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(proposing, "owe_the_rest", die)
        with pytest.raises(DatabaseError, match="killed"):
            go_on_with_proposal(run=run.pk, after=after(run), at=run_of.at)
    assert RunAccount.objects.count() == 2
    written = after(run)
    go_on_with_proposal(run=run.pk, after=written, at=run_of.at)
    go_on_with_proposal(run=run.pk, after=written, at=run_of.at)  # paid twice
    assert RunAccount.objects.count() == 4
    assert prepared(run, run_of).wanted == 6
    assert_sound()


def test_who_pays_meanwhile_is_not_in_it(make_debtor: MakeDebtor, run_of: Running) -> None:
    for _ in range(2):
        make_debtor()
    later, stays = make_debtor(), make_debtor()
    run = run_of.propose()
    pay(later, "120.00", by=run_of.robert, at=run_of.at)
    run = prepared(run, run_of)
    assert (run.expected, run.wanted) == (4, 3)
    assert not RunAccount.objects.filter(run=run, consumer=later).exists()
    assert RunAccount.objects.filter(run=run, consumer=stays).exists()


def test_nobody_left_is_no_proposal(make_debtor: MakeDebtor, run_of: Running) -> None:
    for _ in range(2):
        hold(make_debtor(), at=run_of.at)
    only = make_debtor()
    run = run_of.propose()
    pay(only, "120.00", by=run_of.robert, at=run_of.at)
    assert prepared(run, run_of).state == "WITHDRAWN"
    assert "Nobody is left" in Notice.objects.get(person=run_of.robert).sentence


def test_it_can_be_withdrawn_meanwhile(make_debtor: MakeDebtor, run_of: Running) -> None:
    for _ in range(3):
        make_debtor()
    run = run_of.propose()
    withdraw_run(run=run.pk, by=run_of.robert, at=run_of.at)
    drain("DEFAULT")
    assert NonPaymentRun.objects.get().state == "WITHDRAWN"
    assert RunAccount.objects.count() == 2
    assert_sound()


def test_a_worker_that_gives_up_withdraws_it(make_debtor: MakeDebtor, run_of: Running) -> None:
    for _ in range(3):
        make_debtor()
    run = run_of.propose()
    stop_run(run=run.pk, at=run_of.at)
    assert NonPaymentRun.objects.get().state == "WITHDRAWN"
    assert "could not be prepared" in Notice.objects.get(person=run_of.robert).sentence


def test_the_database_adds_nobody_to_what_was_proposed(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor()
    run = run_of.propose()
    late = make_debtor()
    add = RunAccount(
        run=run, consumer=late, outcome="PROPOSED", outcome_at=run_of.at,
        outstanding=Decimal("120.00"), overdue=70,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="while a run is being prepared"):
        add.save(force_insert=True)
    with pytest.raises(IntegrityError, match="what was proposed"):
        NonPaymentRun.objects.filter(pk=run.pk).update(wanted=2)


def test_its_page_says_how_far_it_is(
    client_as: SignIn, make_debtor: MakeDebtor, run_of: Running, stands: SetClock
) -> None:
    for _ in range(3):
        make_debtor()
    run = run_of.propose()
    robert = client_as(run_of.robert)
    page = robert.get(f"/cx/disconnections/runs/{run.pk}").content.decode()
    for shown in ("Being prepared", "2 of about 3 accounts", 'hx-trigger="every 2s"', "Withdraw"):
        assert shown in page
    assert "Start run" not in page
    answer = robert.post(f"/cx/disconnections/runs/{run.pk}/start", {"form_key": str(uuid4())})
    assert answer.status_code == 409
    prepared(run, run_of)
    page = robert.get(f"/cx/disconnections/runs/{run.pk}").content.decode()
    assert "Start run" in page
    assert "every 2s" not in page


# ------------------------------------------------------------------ undone is undone
def undone_by_half(make_debtor: MakeDebtor, run_of: Running) -> NonPaymentRun:
    """A run of three, stopped by its worker's failures while it was being undone."""
    for _ in range(2):
        make_debtor(due=date(2024, 9, 30))
    run = run_of.propose(overdue=71)
    run = prepared(run, run_of)
    run_of.start(run)
    go_on_with_run(run=run.pk, after=0, at=run_of.at)
    undo_run(run=run.pk, because="Wrong area chosen", by=run_of.robert, at=run_of.at)
    stop_run(run=run.pk, at=run_of.at)
    return NonPaymentRun.objects.get(pk=run.pk)


def test_what_was_being_undone_goes_on_being_undone(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    run = undone_by_half(make_debtor, run_of)
    resume_run(run=run.pk, by=run_of.robert, at=run_of.at)
    assert NonPaymentRun.objects.get().state == "UNDOING", "and nobody is cut off by it"
    drain("DEFAULT")
    assert NonPaymentRun.objects.get().state == "UNDONE"
    assert set(Case.objects.values_list("status", flat=True)) == {"CLOSED"}
    assert go_on_with_undoing(run=run.pk, after=0, at=run_of.at) == 0


def test_the_database_makes_no_more_of_what_is_undone(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    run = undone_by_half(make_debtor, run_of)
    with (
        pytest.raises(IntegrityError, match="a_run_that_is_undone_makes_no_more"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE disconnections_nonpaymentrun SET state = 'RUNNING' WHERE id = %s", [run.pk]
        )
