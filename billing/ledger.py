"""Posting: the one step that writes the ledger, and its mirror (BIL1, design.md §5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from billing import ports
from billing.choices import LedgerKind, PostingKind
from billing.models import (
    BalanceTransfer,
    DepositReceipt,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
)
from billing.models.ledger import OF_A_CONSUMER
from billing.queries.accounts import balances_of, shared_accounts
from billing.queries.ageing import allocation_of, last_billed_on
from billing.queries.opening import DEPOSIT_REFERENCE, REFERENCE
from consumers.models import AccountMerge, ConsumerFigures, ServiceConnection
from consumers.rules.importing import ImportedMoney
from smart360.kernel.db import copy_rows, next_keys, refuses, step
from smart360.kernel.errors import Broken, Refusal
from smart360.kernel.money import ZERO
from smart360.organisation.queries import day_of
from smart360.trail.choices import Event
from smart360.trail.record import record

ENTRY_COLUMNS = ("transaction_id", "account_id", "amount", "service_connection_id")
POSTING_COLUMNS = (
    "id", "kind", "consumer_id", "reference", "valued_on", "due_on", "legs", "posted_at",
    "posted_by_id",
)  # fmt: skip

# In rising order, as every act takes the accounts of several consumers.
OPEN_ACCOUNTS = """
INSERT INTO billing_ledgeraccount (kind, consumer_id, utility_type, balance)
SELECT kind, consumer, '', 0 FROM unnest(%s::bigint[]) consumer, unnest(%s::text[]) kind
 ORDER BY consumer, kind
    ON CONFLICT DO NOTHING
"""
DATE_OPENINGS = """
UPDATE consumers_consumerfigures f SET oldest_due_on = owing.since
  FROM unnest(%s::bigint[], %s::date[]) AS owing (consumer, since)
 WHERE f.consumer_id = owing.consumer
"""


class UnableToPost(Refusal):
    """The ledger refuses it."""


refuses(
    {
        "a_deposit_covers_what_is_taken": UnableToPost(
            "The security deposit does not cover this.", is_conflict=True
        ),
        "billing_is_frozen": UnableToPost(
            "Billing of this service is frozen after its final bill.", is_conflict=True
        ),
    }
)


@dataclass(frozen=True)
class Leg:
    """One entry to be: debit is above zero. ``kind`` and ``utility_type`` name the account."""

    kind: LedgerKind
    amount: Decimal
    utility_type: str = ""
    service_connection: int | None = None


@dataclass(frozen=True)
class Posting:
    """One transaction to be. Legs of zero are left out."""

    kind: PostingKind
    consumer: int
    reference: str
    valued_on: date
    legs: Sequence[Leg]
    due_on: date | None = None

    @property
    def moving(self) -> list[Leg]:
        """The legs that move something."""
        return [leg for leg in self.legs if leg.amount]


@step
def post(posting: Posting, *, by: int | None, at: datetime) -> LedgerTransaction:
    """Post one transaction. Who posts holds the consumer's row, so that balances stand still."""
    accounts = _accounts_of([posting.consumer])
    made = LedgerTransaction.objects.create(
        kind=posting.kind,
        consumer_id=posting.consumer,
        reference=posting.reference,
        valued_on=posting.valued_on,
        due_on=posting.due_on,
        legs=len(posting.moving),
        posted_at=at,
        posted_by_id=by,
    )
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                transaction=made,
                account_id=accounts.of(posting.consumer, leg),
                amount=leg.amount,
                service_connection_id=leg.service_connection,
            )
            for leg in posting.moving
        ]
    )
    return made


@step
def post_many(postings: Sequence[Posting], *, by: int | None, at: datetime) -> list[int]:
    """Post many transactions of many consumers at once; their keys, in the order given."""
    accounts = _accounts_of({posting.consumer for posting in postings})
    keys = next_keys(LedgerTransaction, len(postings))
    copy_rows(
        LedgerTransaction,
        POSTING_COLUMNS,
        (
            (key, one.kind, one.consumer, one.reference, one.valued_on, one.due_on,
             len(one.moving), at, by)
            for key, one in zip(keys, postings, strict=True)
        ),
    )  # fmt: skip
    copy_rows(
        LedgerEntry,
        ENTRY_COLUMNS,
        (
            (key, accounts.of(one.consumer, leg), leg.amount, leg.service_connection)
            for key, one in zip(keys, postings, strict=True)
            for leg in one.moving
        ),
    )
    return keys


@step
def post_openings(openings: Mapping[int, ImportedMoney], *, by: int | None, at: datetime) -> None:
    """Post what new consumers begin with: what was owed, and the deposits that were held (CON15).

    Both against the account of opening balances, so that the books balance from the first day.
    Whoever owes something owes it since the day that it was due.
    """
    owing = {key: money for key, money in openings.items() if money.balance}
    holding = {key: money for key, money in openings.items() if money.deposit}
    postings = [_opening_balance(consumer, money) for consumer, money in owing.items()]
    postings += [_held_before(consumer, money) for consumer, money in holding.items()]
    if not postings:
        return
    keys = post_many(postings, by=by, at=at)
    copy_rows(
        DepositReceipt,
        ("consumer_id", "amount", "received_on", "posting_id"),
        (
            (consumer, money.deposit, money.deposit_on, key)
            for (consumer, money), key in zip(holding.items(), keys[len(owing) :], strict=True)
        ),
    )
    since = {key: money.owed_since for key, money in owing.items() if money.owed_since}
    with connection.cursor() as cursor:
        cursor.execute(DATE_OPENINGS, [list(since), list(since.values())])


def _opening_balance(consumer: int, money: ImportedMoney) -> Posting:
    if money.balance_on is None:
        raise Broken("an opening balance is of a day")
    return Posting(
        kind=PostingKind.OPENING_BALANCE,
        consumer=consumer,
        reference=REFERENCE,
        valued_on=money.balance_on,
        due_on=money.due_on,
        legs=[
            Leg(LedgerKind.RECEIVABLE, money.balance),
            Leg(LedgerKind.OPENING, -money.balance),
        ],
    )


def _held_before(consumer: int, money: ImportedMoney) -> Posting:
    if money.deposit_on is None:
        raise Broken("a deposit was received on a day")
    return Posting(
        kind=PostingKind.DEPOSIT_RECEIVED,
        consumer=consumer,
        reference=DEPOSIT_REFERENCE,
        valued_on=money.deposit_on,
        legs=[
            Leg(LedgerKind.OPENING, money.deposit),
            Leg(LedgerKind.DEPOSIT_HELD, -money.deposit),
        ],
    )


@step
def reverse(
    posted: LedgerTransaction, *, reference: str, valued_on: date, by: int | None, at: datetime
) -> LedgerTransaction:
    """Post the mirror of a transaction (M2). A second reversal is refused by the database."""
    entries = list(LedgerEntry.objects.filter(transaction=posted))
    made = LedgerTransaction.objects.create(
        kind=PostingKind.REVERSAL,
        consumer_id=posted.consumer_id,
        reverses=posted,
        reference=reference,
        valued_on=valued_on,
        legs=len(entries),
        posted_at=at,
        posted_by_id=by,
    )
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                transaction=made,
                account_id=entry.account_id,
                amount=-entry.amount,
                service_connection_id=entry.service_connection_id,
            )
            for entry in entries
        ]
    )
    return made


@step
def move_balance(merge: AccountMerge, *, by: int, at: datetime) -> BalanceTransfer | None:
    """Let the survivor of a merge owe, or have in credit, what the merged account does.

    Each posting names the other account. A debt is due when the newest of it was: nobody is
    reminded sooner for being merged. None where there is nothing to move.
    """
    merged, survivor = merge.merged, merge.survivor
    amount = balances_of(merged.pk).outstanding
    if not amount:
        return None
    unpaid = allocation_of(merged.pk).unpaid
    due_on = max((each.charge.due_on for each in unpaid), default=None)
    leaves = _adjustment(merged.pk, -amount, survivor.account_number, at=at)
    comes = _adjustment(survivor.pk, amount, merged.account_number, at=at, due_on=due_on)
    before = balances_of(survivor.pk).outstanding
    transfer: BalanceTransfer = BalanceTransfer.objects.create(
        merge=merge,
        amount=amount,
        posting_out=post(leaves, by=by, at=at),
        posting_in=post(comes, by=by, at=at),
    )
    _follow_transfer(merge, before, by=by, at=at)
    return transfer


@step
def return_balance(transfer: BalanceTransfer, *, by: int, at: datetime) -> None:
    """Take back what ``move_balance`` posted, to the last cent, whatever was paid since."""
    merge, today = transfer.merge, day_of(at)
    before = balances_of(merge.survivor_id).outstanding
    for posting in (transfer.posting_out, transfer.posting_in):
        reverse(posting, reference=posting.reference, valued_on=today, by=by, at=at)
    _follow_transfer(merge, before, by=by, at=at)


def _adjustment(
    consumer: int, amount: Decimal, reference: str, *, at: datetime, due_on: date | None = None
) -> Posting:
    return Posting(
        kind=PostingKind.ADJUSTMENT,
        consumer=consumer,
        reference=reference,
        valued_on=day_of(at),
        due_on=due_on,
        legs=[Leg(LedgerKind.RECEIVABLE, amount), Leg(LedgerKind.ADJUSTMENTS, -amount)],
    )


def _follow_transfer(merge: AccountMerge, before: Decimal, *, by: int, at: datetime) -> None:
    """The dates of both; and whoever waits for the survivor, who owed ``before``, to owe less."""
    for consumer in (merge.merged_id, merge.survivor_id):
        refresh_figures(consumer)
    tell_if_lowered(merge.survivor_id, before=before, closing=None, by=by, at=at)


@step
def tell_if_lowered(
    consumer: int, *, before: Decimal, closing: int | None, by: int | None, at: datetime
) -> None:
    """Run what higher apps plugged in, when the consumer owed more ``before``, or owes nothing now.

    Called by every act that moves what is owed, once it has posted.
    """
    outstanding = balances_of(consumer).outstanding
    if before > max(outstanding, ZERO):
        for hear in ports.DEBT_LOWERED:
            hear(consumer=consumer, closing=closing, by=by, at=at)
    if before > 0 and outstanding <= 0:
        for tell in ports.ACCOUNT_SETTLED:
            tell(consumer=consumer, by=by, at=at)


@step
def refresh_figures(consumer: int) -> None:
    """Say anew since when a consumer's oldest charge is unpaid, and when they were billed last.

    Every act that changes what one consumer owes ends with it; a refund of a credit and what only
    moves a deposit leave both dates as they are.
    """
    dates = {
        "oldest_due_on": allocation_of(consumer).oldest_due_on,
        "last_billed_on": last_billed_on(consumer),
    }
    if not ConsumerFigures.objects.filter(consumer=consumer).update(**dates):
        ConsumerFigures.objects.create(consumer_id=consumer, **dates)


# ------------------------------------------------------------------ the freeze (M14)
@step
def freeze_billing(
    services: Sequence[int], *, case: int | None, by: int | None, at: datetime
) -> None:
    """From now on nothing but settling is posted to these services of one consumer.

    Called by the execution of a disconnection. Freezing again changes nothing.
    """
    _set_freeze(services, at, Event.BILLING_FROZEN, case=case, by=by, at=at)


@step
def lift_freeze(services: Sequence[int], *, case: int | None, by: int | None, at: datetime) -> None:
    """Bill these services again from the day of ``at`` on: they were reconnected.

    The days between belong to no bill, so that supply counts as begun on that day.
    """
    _set_freeze(services, None, Event.BILLING_RESUMED, case=case, by=by, at=at)


def _set_freeze(
    services: Sequence[int],
    frozen_at: datetime | None,
    event: Event,
    *,
    case: int | None,
    by: int | None,
    at: datetime,
) -> None:
    moving = list(
        ServiceConnection.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=services, billing_frozen_at__isnull=frozen_at is not None)
        .order_by("pk")
    )
    today = day_of(at)
    for service in moving:
        service.billing_frozen_at = frozen_at
        if frozen_at is None:
            service.connected_on = today
        service.save(update_fields=["billing_frozen_at", "connected_on"])
        record(
            event,
            by=by,
            at=at,
            case=case,
            consumer=service.consumer_id,
            new={"service": service.pk, "utility": service.utility_type},
        )


@dataclass(frozen=True)
class _Accounts:
    """Keys of the ledger's accounts: those that all share, and the consumers' own."""

    shared: dict[tuple[str, str], int]
    own: dict[tuple[int, str], int] = field(default_factory=dict)

    def of(self, consumer: int, leg: Leg) -> int:
        """The account of a leg."""
        if leg.kind in OF_A_CONSUMER:
            return self.own[consumer, leg.kind]
        return self.shared[leg.kind, leg.utility_type]


def _accounts_of(consumers: Iterable[int]) -> _Accounts:
    """The accounts of these consumers, opened where they have none yet."""
    wanted = set(consumers)
    found = _Accounts(shared=shared_accounts(), own=_own_accounts(wanted))
    missing = sorted(
        consumer
        for consumer in wanted
        if any((consumer, kind) not in found.own for kind in OF_A_CONSUMER)
    )
    if missing:
        with connection.cursor() as cursor:
            cursor.execute(OPEN_ACCOUNTS, [missing, [kind.value for kind in OF_A_CONSUMER]])
        found.own.update(_own_accounts(set(missing)))
    return found


def _own_accounts(consumers: set[int]) -> dict[tuple[int, str], int]:
    rows = LedgerAccount.objects.filter(consumer__in=consumers).values_list(
        "consumer", "kind", "pk"
    )
    return {(consumer, kind): key for consumer, kind, key in rows}
