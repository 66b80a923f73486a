"""How what is held of deposits came and went, for their interest."""

from collections import defaultdict
from collections.abc import Collection

from billing.choices import LedgerKind
from billing.models import LedgerEntry
from billing.rules.deposits import Move


def deposit_moves(consumers: Collection[int]) -> dict[int, list[Move]]:
    """Everything posted to these consumers' deposits, by consumer; one statement.

    What was reversed, such as the use of a deposit for a bill taken back, never happened.
    """
    entries = LedgerEntry.objects.filter(
        account__consumer__in=consumers,
        account__kind=LedgerKind.DEPOSIT_HELD,
        transaction__reverses__isnull=True,
        transaction__reversed_by__isnull=True,
    )
    found: dict[int, list[Move]] = defaultdict(list)
    for consumer, on, amount in entries.values_list(
        "account__consumer", "transaction__valued_on", "amount"
    ):
        found[consumer].append(Move(on, -amount))
    return found
