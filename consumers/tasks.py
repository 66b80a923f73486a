"""What workers do for consumers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from celery import shared_task

from consumers.operations import documents
from consumers.operations import figures as folding
from consumers.operations.reading_files import go_on_with_reading_file, stop_reading_file
from consumers.queries.figures import has_unfolded_accounts, has_unfolded_balances
from smart360.kernel import clock


@shared_task(name="consumers.fold_balances")
def fold_balances() -> int:
    """Fold all that waits into the total; how many changes. A page counts what is left over."""
    return _folded(has_unfolded_balances, folding.fold_balances)


@shared_task(name="consumers.fold_accounts")
def fold_accounts() -> int:
    """Fold all that waits into the tallies of accounts; how many changes."""
    return _folded(has_unfolded_accounts, folding.fold_accounts)


@shared_task(name="consumers.sweep_trays")
def sweep_trays() -> int:
    """Each night: drop uploads that became no document."""
    swept = 0
    while took := documents.sweep_trays(at=clock.now()):
        swept += took
    return swept


def _folded(is_left: Callable[[], bool], fold: Callable[[], int]) -> int:
    folded = 0
    while is_left():
        if not (took := fold()):
            break
        folded += took
    return folded


def go_on_with_readings(about: Mapping[str, Any], at: datetime) -> None:
    """One batch of a file of readings; the next one is owed by it."""
    go_on_with_reading_file(file=about["file"], after=about["after"], at=at)


def give_up_readings(about: Mapping[str, Any], at: datetime, error: str) -> None:
    """The file is shown as stopped."""
    stop_reading_file(file=about["file"], at=at)
