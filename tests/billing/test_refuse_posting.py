"""What the ledger refuses, however it is written: the database keeps M1, M2 and M14."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from threading import Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection

from billing import ledger
from billing.choices import LedgerKind, PostingKind
from billing.ledger import Leg, Posting
from billing.models import LedgerAccount, LedgerEntry, LedgerTransaction
from billing.oracles.ledger import ORACLES
from billing.queries.accounts import balances_of
from consumers.models import Consumer, ConsumerFigures, ServiceConnection
from smart360.kernel.db import copy_rows, operation
from tests.billing.posting import DAY, charge, post_now, reverse_now
from tests.concurrency.racing import PATIENCE, as_owner, pause, without_triggers
from tests.conftest import MakeConsumer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
Legs = Sequence[tuple[str, str]]
"""Account and amount of each entry: the consumer's own receivable, or the shared fees."""
Way = Callable[[LedgerTransaction, list[tuple[int, Decimal]]], object]

BALANCED: Legs = (("RECEIVABLE", "10.00"), ("FEES", "-10.00"))
MALFORMED: dict[str, tuple[int, Legs]] = {
    "no entry": (2, ()),
    "one entry": (2, (("RECEIVABLE", "10.00"),)),
    "a cent is missing": (2, (("RECEIVABLE", "10.00"), ("FEES", "-9.99"))),
    "both on one side": (2, (("RECEIVABLE", "10.00"), ("FEES", "10.00"))),
    "an entry more than it says": (2, (*BALANCED, ("RECEIVABLE", "5.00"), ("FEES", "-5.00"))),
    "an entry less than it says": (3, BALANCED),
    "one leg": (1, (("RECEIVABLE", "10.00"),)),
    "an entry of nothing": (3, (*BALANCED, ("RECEIVABLE", "0.00"))),
    "no number": (2, (("RECEIVABLE", "NaN"), ("FEES", "NaN"))),
}


def one_by_one(posted: LedgerTransaction, entries: list[tuple[int, Decimal]]) -> None:
    for account, amount in entries:
        LedgerEntry.objects.create(transaction=posted, account_id=account, amount=amount)


def in_bulk(posted: LedgerTransaction, entries: list[tuple[int, Decimal]]) -> None:
    LedgerEntry.objects.bulk_create(
        LedgerEntry(transaction=posted, account_id=account, amount=amount)
        for account, amount in entries
    )


def copied(posted: LedgerTransaction, entries: list[tuple[int, Decimal]]) -> None:
    rows = ((posted.pk, account, amount) for account, amount in entries)
    copy_rows(LedgerEntry, ("transaction_id", "account_id", "amount"), rows)


def behind_a_savepoint(posted: LedgerTransaction, entries: list[tuple[int, Decimal]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT trick")
        one_by_one(posted, entries)
        cursor.execute("RELEASE SAVEPOINT trick")


WAYS: tuple[Way, ...] = (one_by_one, in_bulk, copied, behind_a_savepoint)


@operation
def write(
    consumer: Consumer, legs: Legs, *, says: int, way: Way, at: datetime, **more: object
) -> LedgerTransaction:
    """A posting put together by hand; it is looked at when it is committed."""
    told = {"kind": PostingKind.FEE} | more
    posted: LedgerTransaction = LedgerTransaction.objects.create(
        consumer=consumer, reference="BY-HAND", valued_on=DAY, legs=says, posted_at=at, **told
    )
    accounts = {
        "RECEIVABLE": LedgerAccount.objects.get(consumer=consumer, kind="RECEIVABLE").pk,
        "FEES": LedgerAccount.objects.get(consumer=None, kind="FEES").pk,
    }
    way(posted, [(accounts[kind], Decimal(amount)) for kind, amount in legs])
    return posted


@pytest.fixture
def consumer(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    """Somebody who owes 75.25."""
    made = make_consumer()
    post_now(charge(made, "75.25"), at=at)
    return made


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shape", MALFORMED)
def test_a_posting_that_does_not_balance_is_not_committed(
    consumer: Consumer, at: datetime, shape: str, way: Way
) -> None:
    """M1."""
    says, legs = MALFORMED[shape]
    with pytest.raises((DatabaseError, ValidationError)):  # Django refuses NaN before it gets there
        write(consumer, legs, says=says, way=way, at=at)
    assert LedgerTransaction.objects.count() == 1
    assert balances_of(consumer.pk).outstanding == Decimal("75.25")


@pytest.mark.parametrize("way", WAYS)
def test_one_that_balances_is(consumer: Consumer, at: datetime, way: Way) -> None:
    """So that the refusals above are of the shape, not of the way."""
    write(consumer, BALANCED, says=2, way=way, at=at)
    assert balances_of(consumer.pk).outstanding == Decimal("85.25")


@pytest.mark.parametrize("way", WAYS)
def test_entries_of_one_account_move_it_together(
    consumer: Consumer, at: datetime, way: Way
) -> None:
    """However many of them a statement writes: the account, the figures and the total."""
    before = balance_of_all()
    legs = (("RECEIVABLE", "10.00"), ("FEES", "-15.00"), ("RECEIVABLE", "5.00"))
    write(consumer, legs, says=3, way=way, at=at)
    assert LedgerAccount.objects.get(consumer=consumer, kind="RECEIVABLE").balance == Decimal(
        "90.25"
    )
    assert ConsumerFigures.objects.get(consumer=consumer).balance == Decimal("90.25")
    assert balance_of_all() - before == Decimal("15.00")


def balance_of_all() -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT sum(balance) FROM consumers_balancetotal)"
            " + (SELECT coalesce(sum(change), 0) FROM consumers_balancechange)"
        )
        total: Decimal = cursor.fetchone()[0]
    return total


@pytest.mark.parametrize("missing", ["transaction_id", "account_id", "service_connection_id"])
def test_nothing_is_written_before_what_it_is_held_against(
    consumer: Consumer, at: datetime, missing: str
) -> None:
    """A key that comes later in the transaction would come after the look at whose it is."""

    def too_early(posted: LedgerTransaction, entries: list[tuple[int, Decimal]]) -> None:
        for account, amount in entries:
            row = {"transaction_id": posted.pk, "account_id": account, missing: 10**12}
            LedgerEntry.objects.create(amount=amount, **row)

    with pytest.raises(DatabaseError, match="an entry comes after its posting"):
        write(consumer, BALANCED, says=2, way=too_early, at=at)
    assert balances_of(consumer.pk).outstanding == Decimal("75.25")


@pytest.mark.parametrize(
    "legs",
    [
        (("RECEIVABLE", "-75.24"), ("FEES", "75.24")),
        (("RECEIVABLE", "75.25"), ("FEES", "-75.25")),
        (("RECEIVABLE", "-70.00"), ("RECEIVABLE", "-5.25"), ("FEES", "75.25")),
    ],
)
def test_a_reversal_is_a_mirror(consumer: Consumer, at: datetime, legs: Legs) -> None:
    """M2."""
    (posted,) = LedgerTransaction.objects.all()
    mirror = {"kind": PostingKind.REVERSAL, "reverses": posted}
    with pytest.raises(DatabaseError, match="does not mirror"):
        write(consumer, legs, says=len(legs), way=in_bulk, at=at, **mirror)
    assert balances_of(consumer.pk).outstanding == Decimal("75.25")


def test_control_without_its_triggers_it_is_committed_and_seen(
    consumer: Consumer, at: datetime
) -> None:
    """M1, M3: nothing else refuses it, and the oracles find it."""
    says, legs = MALFORMED["a cent is missing"]
    with without_triggers("billing_ledgertransaction", "billing_ledgerentry"):
        write(consumer, legs, says=says, way=in_bulk, at=at)
    found = {each.id for each in ORACLES if each.rows(at)}
    assert {"M1", "M3"} <= found


# ------------------------------------------------------------------ the freeze (M14)
@operation
def freeze(service: ServiceConnection, *, at: datetime) -> None:
    ledger.freeze_billing([service.pk], case=None, by=None, at=at)


@operation
def lift(service: ServiceConnection, *, at: datetime) -> None:
    ledger.lift_freeze([service.pk], case=None, by=None, at=at)


def of_service(consumer: Consumer, service: ServiceConnection, kind: PostingKind) -> Posting:
    """Ten units of money for a service."""
    owed = Decimal("10.00")
    legs = [
        Leg(LedgerKind.RECEIVABLE, owed),
        Leg(LedgerKind.REVENUE, -owed, service.utility_type, service.pk),
    ]
    return Posting(kind, consumer.pk, "OF-SERVICE", DAY, legs)


@pytest.fixture
def service(consumer: Consumer) -> ServiceConnection:
    return ServiceConnection.objects.get(consumer=consumer)


SETTLING = {
    PostingKind.PAYMENT,
    PostingKind.REFUND,
    PostingKind.FINAL_ADJUSTMENT,
    PostingKind.RECONNECTION_FEE,
    PostingKind.DEPOSIT_RECEIVED,
    PostingKind.DEPOSIT_APPLIED,
    PostingKind.DEPOSIT_REFUNDED,
    PostingKind.DEPOSIT_INTEREST,
}


@pytest.mark.parametrize("kind", [kind for kind in PostingKind if kind != PostingKind.REVERSAL])
def test_a_frozen_service_takes_only_what_settles(
    consumer: Consumer, service: ServiceConnection, at: datetime, kind: PostingKind
) -> None:
    """M14: and when it is reconnected, everything again."""
    (before,) = post_now(of_service(consumer, service, PostingKind.INVOICE), at=at)
    freeze(service, at=at)
    if kind in SETTLING:
        post_now(of_service(consumer, service, kind), at=at)
    else:
        with pytest.raises(ledger.UnableToPost, match="is frozen after its final bill"):
            post_now(of_service(consumer, service, kind), at=at)
    reverse_now(before, at=at)  # a correction settles too
    lift(service, at=at)
    post_now(of_service(consumer, service, kind), at=at)


@operation
def freeze_while(
    service: ServiceConnection, meanwhile: Callable[[], None], *, at: datetime
) -> None:
    ledger.freeze_billing([service.pk], case=None, by=None, at=at)
    meanwhile()


def late_charge(
    consumer: Consumer, service: ServiceConnection, at: datetime, pids: list[int], told: list[str]
) -> None:
    """A charge by who holds no consumer, such as a job that forgot to."""
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        cursor.execute("SELECT pg_backend_pid()")
        pids += cursor.fetchone()
    try:
        post_now(of_service(consumer, service, PostingKind.INVOICE), at=at)
        told.append("posted")
    except ledger.UnableToPost as refused:
        told.append(refused.sentence)
    finally:
        connection.close()


def charged_during_the_freeze(
    consumer: Consumer, service: ServiceConnection, at: datetime
) -> list[str]:
    """What a charge is told that comes when the service is frozen, and not yet committed."""
    pids: list[int] = []
    told: list[str] = []
    charge_it = Thread(target=late_charge, args=(consumer, service, at, pids, told))

    def meanwhile() -> None:
        charge_it.start()
        while charge_it.is_alive() and not (pids and is_blocked(pids[0])):
            pause(0.02)

    freeze_while(service, meanwhile, at=at)
    charge_it.join()
    return told


def test_a_charge_that_comes_during_the_freeze_waits_and_is_refused(
    consumer: Consumer, service: ServiceConnection, at: datetime
) -> None:
    """M14: held by the database alone, as nobody but the freeze holds the consumer."""
    told = charged_during_the_freeze(consumer, service, at)
    assert told == ["Billing of this service is frozen after its final bill."]


def test_control_where_it_does_not_wait_it_is_posted(
    consumer: Consumer, service: ServiceConnection, at: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('smart360_entry_moves_balance'::regproc)")
        (whole,) = cursor.fetchone()
    assert "FOR SHARE" in whole
    as_owner(whole.replace("FOR SHARE", "FOR KEY SHARE"))
    try:
        assert charged_during_the_freeze(consumer, service, at) == ["posted"]
    finally:
        as_owner(whole)


def is_blocked(pid: int) -> bool:
    """Whether this database process waits for another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
        blocked: bool = cursor.fetchone()[0]
    return blocked


def test_an_entry_is_of_its_own_consumer(
    consumer: Consumer, make_consumer: MakeConsumer, at: datetime
) -> None:
    """Neither a service nor an account of somebody else."""
    other = make_consumer()
    post_now(charge(other, "1.00"), at=at)
    with pytest.raises(DatabaseError, match="names a service of its consumer"):
        post_now(of_service(consumer, other.connections.get(), PostingKind.INVOICE), at=at)
    account = LedgerAccount.objects.get(consumer=other, kind="RECEIVABLE").pk

    def to_somebody_else(posted: LedgerTransaction, entries: list[tuple[int, Decimal]]) -> None:
        in_bulk(posted, [(account, entries[0][1]), entries[1]])

    with pytest.raises(DatabaseError, match="moves accounts of its own consumer"):
        write(consumer, BALANCED, says=2, way=to_somebody_else, at=at)
    assert balances_of(other.pk).outstanding == Decimal("1.00")
