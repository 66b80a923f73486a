"""What workers do for consumers."""

from celery import shared_task

from consumers.operations.figures import fold_balances as fold
from consumers.queries.figures import has_unfolded_balances


@shared_task(name="consumers.fold_balances")
def fold_balances() -> int:
    """Fold all that waits into the total; how many changes. A page counts what is left over."""
    folded = 0
    while has_unfolded_balances():
        if not (took := fold()):
            break
        folded += took
    return folded
