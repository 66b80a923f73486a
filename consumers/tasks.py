"""What workers do for consumers."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from celery import shared_task

from consumers.operations import documents
from consumers.operations import figures as folding
from consumers.operations.holds import remind_of_ending_protection
from consumers.operations.reading_files import go_on_with_reading_file, stop_reading_file
from consumers.operations.standing import age_account
from consumers.queries.collecting import (
    accounts_to_collect,
    accounts_to_release,
    collection_policy,
)
from consumers.queries.figures import has_unfolded_accounts, has_unfolded_balances
from consumers.queries.register import ending_soon
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.queries import day_of
from smart360.owed.turns import in_turn

log = logging.getLogger(__name__)
AT_ONCE = 500


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


@shared_task(name="consumers.remind_of_ending_protections")
def remind_of_ending_protections() -> int:
    """Each day: tell of entries of the register that end soon, each once; how many.

    What cannot be told of just now is told of tomorrow, and keeps nobody else waiting.
    """
    at = clock.now()
    return sum(_reminded(hold, at) for hold in ending_soon(today=day_of(at)))


def _reminded(hold: int, at: datetime) -> bool:
    try:
        return remind_of_ending_protection(hold=hold, at=at)
    except Refusal as refusal:
        log.info("hold %s is not told of: %s", hold, refusal.sentence)
        return False


def _folded(is_left: Callable[[], bool], fold: Callable[[], int]) -> int:
    folded = 0
    while is_left():
        if not (took := fold()):
            break
        folded += took
    return folded


@shared_task(name="consumers.age_accounts")
def age_accounts() -> int:
    """Every night, when the policy is on: to Collection by age and back; how many accounts moved.

    One account is one transaction. A profile that somebody holds just then waits for next night.
    """
    with in_turn("consumers.age_accounts") as is_ours:
        policy = collection_policy()
        if not is_ours or not policy.is_on:
            return 0
        at = clock.now()
        today, moved = day_of(at), 0
        for found in (partial(accounts_to_collect, policy), accounts_to_release):
            after = 0
            while keys := found(today=today, after=after, most=AT_ONCE):
                moved += sum(_aged(consumer, at) for consumer in keys)
                after = keys[-1]
        return moved


def _aged(consumer: int, at: datetime) -> bool:
    try:
        return age_account(consumer=consumer, at=at)
    except Refusal as refusal:
        log.info("consumer %s stays as it is: %s", consumer, refusal.sentence)
        return False


def go_on_with_readings(about: Mapping[str, Any], at: datetime) -> None:
    """One batch of a file of readings; the next one is owed by it."""
    go_on_with_reading_file(file=about["file"], after=about["after"], at=at)


def give_up_readings(about: Mapping[str, Any], at: datetime, error: str) -> None:
    """The file is shown as stopped."""
    stop_reading_file(file=about["file"], at=at)
