"""Payment arrangements: what was promised, what was paid since, how they stand (BIL8)."""

from datetime import date
from decimal import Decimal

from billing.choices import ArrangementState, LedgerKind, PostingKind
from billing.models import Arrangement, LedgerEntry
from billing.rules.arrangements import Paid, Part, Standing, standing_of

AT_ONCE = 500
"""How many arrangements one tick looks at; the next tick goes on."""


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
