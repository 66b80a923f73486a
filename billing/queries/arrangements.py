"""Payment arrangements: what was promised, what was paid since, how they stand (BIL8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from billing.choices import ArrangementState, LedgerKind, PostingKind
from billing.models import Arrangement, LedgerEntry
from billing.rules.arrangements import Paid, Part, Standing, has_lapsed, paid_of, standing_of
from smart360.kernel.money import ZERO

AT_ONCE = 500
"""How many arrangements one tick looks at; the next tick goes on."""
MOST_SHOWN = 20


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


def paid_since(consumer: int, after: int) -> list[Paid]:
    """The payments of a consumer posted after a posting and not reversed; one statement."""
    entries = LedgerEntry.objects.filter(
        transaction__consumer=consumer,
        transaction__kind=PostingKind.PAYMENT,
        transaction__gt=after,
        transaction__reversed_by__isnull=True,
        account__kind=LedgerKind.RECEIVABLE,
    )
    rows = entries.order_by("transaction").values_list("transaction__valued_on", "amount")
    return [Paid(on, -amount) for on, amount in rows]


def parts_of(arrangement: Arrangement) -> tuple[Part, ...]:
    """The instalments of an arrangement, the earliest first."""
    rows = arrangement.instalments.all()
    return tuple(
        sorted((Part(row.due_on, row.amount) for row in rows), key=lambda part: part.due_on)
    )


def standing(arrangement: Arrangement, *, today: date, outstanding: Decimal) -> Standing:
    """How a running arrangement stands, worked out from the ledger."""
    return standing_of(
        parts_of(arrangement),
        paid_since(arrangement.consumer_id, arrangement.after_posting),
        today=today,
        outstanding=outstanding,
    )


def running_arrangement(consumer: int) -> Arrangement | None:
    """The arrangement that a consumer has to keep, or None."""
    running = Arrangement.objects.filter(consumer=consumer, state=ArrangementState.RUNNING)
    return running.select_related("hold").first()


def arrangements_to_judge(today: date) -> list[tuple[int, int]]:
    """Running arrangements of which a due day has passed, with their consumers; by the index."""
    late = Arrangement.objects.filter(state=ArrangementState.RUNNING, next_due_on__lt=today)
    return list(late.order_by("next_due_on", "pk").values_list("pk", "consumer")[:AT_ONCE])


def list_arrangements(consumer: int, *, today: date, outstanding: Decimal) -> list[ArrangementRow]:
    """A consumer's arrangements, newest first; at most three statements."""
    found = (
        Arrangement.objects.filter(consumer=consumer)
        .select_related("made_by")
        .prefetch_related("instalments")
        .order_by("-pk")[:MOST_SHOWN]
    )
    return [_row(each, today=today, outstanding=outstanding) for each in found]


def _row(arrangement: Arrangement, *, today: date, outstanding: Decimal) -> ArrangementRow:
    parts, state, paid = parts_of(arrangement), arrangement.state, ZERO
    if state == ArrangementState.RUNNING:
        since = paid_since(arrangement.consumer_id, arrangement.after_posting)
        paid = sum((each.amount for each in since), ZERO)
        if has_lapsed(arrangement.next_due_on, today=today, outstanding=outstanding):
            state = ArrangementState.BROKEN
    elif state == ArrangementState.KEPT:
        paid = arrangement.total
    return ArrangementRow(
        number=arrangement.number,
        total=arrangement.total,
        state=state,
        made_at=arrangement.made_at,
        made_by=arrangement.made_by.full_name,
        next_due_on=arrangement.next_due_on if state == ArrangementState.RUNNING else None,
        paid=min(paid, arrangement.total),
        reason=arrangement.reason,
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
