"""What stands beside the balance of an account: deposits, arrangements, refunds, holds (CON9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.choices import ArrangementState, LedgerKind, PostingKind, ProposalState, RefundFrom
from billing.rules.arrangements import Part, has_lapsed, paid_of
from consumers.choices import AccountHoldKind
from consumers.rules.protections import is_close
from smart360.kernel.money import ZERO, exact_rows

MOST = {"moves": 12, "arrangements": 20, "refunds": 12, "holds": 20}
"""How many of each the tab shows, the newest."""
DEPOSIT_WORDS: dict[str, str] = {
    PostingKind.DEPOSIT_RECEIVED: "Received",
    PostingKind.DEPOSIT_APPLIED: "Applied to a bill",
    PostingKind.DEPOSIT_REFUNDED: "Refunded",
    PostingKind.DEPOSIT_INTEREST: "Interest",
}
"""What a posting does to a deposit, said below the heading "Deposits"."""

# Four short lists in one statement. What was paid since an arrangement: as ``paid_since``.
BESIDE = """
SELECT
  (SELECT jsonb_agg(row) FROM (
    SELECT t.valued_on AS on, t.kind, t.reference, -e.amount AS amount
      FROM billing_ledgeraccount a
      JOIN billing_ledgerentry e ON e.account_id = a.id
      JOIN billing_ledgertransaction t ON t.id = e.transaction_id
     WHERE a.consumer_id = %(consumer)s AND a.kind = %(deposit)s
     ORDER BY e.id DESC LIMIT %(moves)s) AS row),
  (SELECT jsonb_agg(row) FROM (
    SELECT g.number, g.total, g.state, g.made_at, p.full_name AS made_by, g.next_due_on, g.reason,
           (SELECT jsonb_agg(jsonb_build_array(i.due_on, i.amount) ORDER BY i.due_on)
              FROM billing_instalment i WHERE i.arrangement_id = g.id) AS parts,
           (SELECT jsonb_agg(-e.amount)
              FROM billing_ledgertransaction t
              JOIN billing_ledgerentry e ON e.transaction_id = t.id
              JOIN billing_ledgeraccount a ON a.id = e.account_id AND a.kind = %(receivable)s
             WHERE g.state = %(running)s AND t.consumer_id = g.consumer_id
               AND t.kind = %(payment)s AND t.id > g.after_posting
               AND NOT EXISTS (SELECT 1 FROM billing_ledgertransaction r
                                WHERE r.reverses_id = t.id)) AS paid
      FROM billing_arrangement g JOIN staff_person p ON p.id = g.made_by_id
     WHERE g.consumer_id = %(consumer)s ORDER BY g.id DESC LIMIT %(arrangements)s) AS row),
  (SELECT jsonb_agg(row) FROM (
    SELECT f.number, f.source, f.amount, f.proposed_at, p.full_name AS proposed_by, f.state,
           f.decided_at, d.full_name AS decided_by, f.decision
      FROM billing_refund f
      JOIN staff_person p ON p.id = f.proposed_by_id
      LEFT JOIN staff_person d ON d.id = f.decided_by_id
     WHERE f.consumer_id = %(consumer)s ORDER BY f.id DESC LIMIT %(refunds)s) AS row),
  (SELECT jsonb_agg(row) FROM (
    SELECT h.kind, h.source, h.from_on, h.to_on, h.lifted_at IS NOT NULL AS is_lifted,
           k.name AS protection
      FROM consumers_accounthold h LEFT JOIN consumers_protectionkind k ON k.id = h.protection_id
     WHERE h.consumer_id = %(consumer)s ORDER BY h.id DESC LIMIT %(holds)s) AS row)
"""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DepositMove:
    """One movement of a security deposit; ``amount`` is below zero when less is held after it."""

    on: date
    what: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PartRow:
    """One instalment as a page shows it."""

    due_on: date
    amount: Decimal
    paid: Decimal
    is_late: bool

    @property
    def is_paid(self) -> bool:
        """Whether all of it is paid."""
        return self.paid >= self.amount


@dataclass(frozen=True, slots=True)
class ArrangementRow:
    """One arrangement as a page shows it; ``state`` is right with every worker dead."""

    number: str
    total: Decimal
    state: str
    made_at: datetime
    made_by: str
    next_due_on: date | None
    paid: Decimal
    reason: str
    parts: tuple[PartRow, ...]

    @property
    def is_running(self) -> bool:
        """Whether it still can be kept or cancelled."""
        return self.state == ArrangementState.RUNNING


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund of one account and what became of it."""

    number: str
    source: str
    amount: Decimal
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str
    decision: str
    is_waiting: bool
    is_rejected: bool


@dataclass(frozen=True, slots=True)
class HoldRow:
    """What protects the account, or did. ``state`` is STANDS, LAPSED or LIFTED."""

    kind: str
    source: str
    from_on: date
    to_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Beside:
    """The four lists, each newest first."""

    deposits: tuple[DepositMove, ...]
    arrangements: tuple[ArrangementRow, ...]
    refunds: tuple[RefundRow, ...]
    holds: tuple[HoldRow, ...]


def beside(consumer: int, *, today: date, outstanding: Decimal, knows_why: bool) -> Beside:
    """What stands beside the balance; one statement, right with every worker dead.

    Without ``knows_why`` an account is protected, and neither illness nor household is named.

    ``outstanding`` is what the account owes now, below zero when it is owed: an arrangement whose
    day has passed is broken only while something is owed.
    """
    kinds = {
        "deposit": LedgerKind.DEPOSIT_HELD.value,
        "receivable": LedgerKind.RECEIVABLE.value,
        "payment": PostingKind.PAYMENT.value,
        "running": ArrangementState.RUNNING.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, {"consumer": consumer, **kinds, **MOST})
        deposits, arrangements, refunds, holds = (exact_rows(each) for each in cursor.fetchone())
    return Beside(
        deposits=tuple(_move(row) for row in deposits),
        arrangements=tuple(
            _arrangement(row, today=today, outstanding=outstanding) for row in arrangements
        ),
        refunds=tuple(_refund(row) for row in refunds),
        holds=tuple(_hold(row, today, knows_why=knows_why) for row in holds),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _move(row: Row) -> DepositMove:
    return DepositMove(
        on=date.fromisoformat(row["on"]),
        what=DEPOSIT_WORDS.get(row["kind"], PostingKind(row["kind"]).label),
        reference=row["reference"],
        amount=row["amount"],
    )


def _arrangement(row: Row, *, today: date, outstanding: Decimal) -> ArrangementRow:
    parts = [Part(date.fromisoformat(due_on), amount) for due_on, amount in row["parts"] or ()]
    state, paid, next_due_on = row["state"], sum(row["paid"] or (), ZERO), _day(row["next_due_on"])
    if state == ArrangementState.KEPT:
        paid = row["total"]
    elif state == ArrangementState.RUNNING and has_lapsed(
        next_due_on, today=today, outstanding=outstanding
    ):
        state = ArrangementState.BROKEN
    return ArrangementRow(
        number=row["number"],
        total=row["total"],
        state=state,
        made_at=datetime.fromisoformat(row["made_at"]),
        made_by=row["made_by"],
        next_due_on=next_due_on if state == ArrangementState.RUNNING else None,
        paid=min(paid, row["total"]),
        reason=row["reason"],
        parts=tuple(_part_rows(parts, paid, today)),
    )


def _part_rows(parts: Sequence[Part], paid: Decimal, today: date) -> Iterable[PartRow]:
    for part, share in zip(parts, paid_of(parts, paid), strict=True):
        yield PartRow(
            due_on=part.due_on,
            amount=part.amount,
            paid=share,
            is_late=part.due_on < today and share < part.amount,
        )


def _refund(row: Row) -> RefundRow:
    return RefundRow(
        number=row["number"],
        source=RefundFrom(row["source"]).label,
        amount=row["amount"],
        proposed_at=datetime.fromisoformat(row["proposed_at"]),
        proposed_by=row["proposed_by"],
        decided_at=_moment(row["decided_at"]),
        decided_by=row["decided_by"] or "",
        decision=row["decision"],
        is_waiting=row["state"] == ProposalState.PROPOSED,
        is_rejected=row["state"] == ProposalState.REJECTED,
    )


def _hold(row: Row, today: date, *, knows_why: bool) -> HoldRow:
    to_on = _day(row["to_on"])
    state = "LAPSED" if to_on is not None and to_on < today else "STANDS"
    is_hidden = not knows_why and is_close(row["kind"], row["protection"])
    kind = row["protection"] or AccountHoldKind(row["kind"]).label
    return HoldRow(
        kind="" if is_hidden else kind,
        source="" if is_hidden else row["source"],
        from_on=date.fromisoformat(row["from_on"]),
        to_on=to_on,
        state="LIFTED" if row["is_lifted"] else state,
    )
