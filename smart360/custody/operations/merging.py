"""Merge of two accounts of one household: a link and a balance, undone by taking both back.

Nothing is pointed elsewhere. Both consumers' rows are held first, in the order of their keys, then
the cases of the one that ends, so that whoever acts on one of them is before it or after it.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from billing import ledger
from billing.models import BalanceTransfer
from consumers import guards, merging
from consumers.models import AccountMerge, Consumer
from smart360.cases.models import Case
from smart360.custody.queries.merging import in_the_way, standing_merge, what_binds
from smart360.custody.rules.merging import (
    FASTER,
    ITSELF,
    NOT_MERGED,
    Obstacle,
    UnableToMerge,
    checked_reason,
)
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.money import ZERO
from smart360.organisation.queries import day_of, get_utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

MERGE = "custody.merge_consumers"
UNDO = "custody.undo_merge"

refuses(
    {
        "a_merge_is_whole": UnableToMerge(FASTER, is_conflict=True),
        "a_merge_leads_to_who_goes_on": UnableToMerge(FASTER, is_conflict=True),
        "an_account_is_merged_once_at_a_time": UnableToMerge(FASTER, is_conflict=True),
        "an_account_is_merged_by_its_link": UnableToMerge(FASTER, is_conflict=True),
        "merges_are_undone_once": UnableToMerge(FASTER, is_conflict=True),
        "nobody_is_merged_into_themselves": UnableToMerge(ITSELF, field="account"),
        "who_merges_may_merge": UnableToMerge(is_forbidden=True),
    }
)


@operation
def merge_consumers(
    *, merged: int, survivor: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> AccountMerge:
    """Let one account end in another one: its balance goes over, the rest stays where it is.

    The same form again gives the first merge. Raises NoSuchConsumer, AccountIsErased,
    AccountIsMerged, LockIsHeld, UnableToMerge.
    """
    _refuse_stranger(by)
    if merged == survivor:
        raise UnableToMerge(ITSELF, field="account")
    locked = {
        key: guards.lock_consumer(key, even_merged=key == merged)
        for key in sorted((merged, survivor))
    }
    ends, goes_on = locked[merged], locked[survivor]
    about = form_keys.with_contents(str(merged), {"into": survivor, "reason": reason})
    earlier = form_keys.claim(form_key, by=by.pk, act=MERGE, about=about, at=at)
    if earlier:
        return AccountMerge.objects.select_related("survivor").get(pk=int(earlier))
    guards.refuse_if_merged(ends)
    for key in locked:
        guards.refuse_if_held(key, by, at)
    said = checked_reason(reason)
    _lock_cases(merged)
    _refuse(in_the_way(ends, goes_on, by=by, today=day_of(at), currency=get_utility().currency))
    guards.release(merged, by, at)
    merge = merging.begin_merge(ends, goes_on, reason=said, by=by, at=at)
    transfer = ledger.move_balance(merge, by=by.pk, at=at)
    _record(Event.ACCOUNTS_MERGED, merge, transfer, words=said, by=by, at=at)
    merging.link(merge)
    form_keys.submitted(form_key, form="", by=by.pk, act=MERGE, result=str(merge.pk))
    return merge


@operation
def undo_merge(
    *, merged: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> AccountMerge:
    """Part two accounts again: the one stands as before, and what went over is taken back.

    What was paid since stays where it was paid. The same form again gives the first undo. Raises
    NoSuchConsumer, AccountIsErased, LockIsHeld, UnableToMerge.
    """
    _refuse_stranger(by)
    last = AccountMerge.objects.filter(merged=merged).order_by("-pk").first()
    if last is None:
        raise UnableToMerge(NOT_MERGED, is_conflict=True)
    for key in sorted((last.merged_id, last.survivor_id)):
        guards.lock_consumer(key, even_merged=True)
    about = form_keys.with_contents(str(merged), {"reason": reason})
    earlier = form_keys.claim(form_key, by=by.pk, act=UNDO, about=about, at=at)
    if earlier:
        return AccountMerge.objects.get(pk=int(earlier))
    merge = standing_merge(merged)
    if merge is None or merge.pk != last.pk:
        raise UnableToMerge(NOT_MERGED, is_conflict=True)
    for consumer in (merge.merged_id, merge.survivor_id):
        guards.refuse_if_held(consumer, by, at)
    said = checked_reason(reason)
    _refuse(what_binds(merge.survivor))
    merging.unlink(merge, reason=said, by=by, at=at)
    transfer = BalanceTransfer.objects.filter(merge=merge).first()
    if transfer is not None:
        ledger.return_balance(transfer, by=by.pk, at=at)
    _record(Event.MERGE_UNDONE, merge, transfer, words=said, by=by, at=at)
    form_keys.submitted(form_key, form="", by=by.pk, act=UNDO, result=str(merge.pk))
    return merge


def _refuse_stranger(by: Person) -> None:
    if not by.has_permission(Permission.MERGE_CONSUMERS):
        raise UnableToMerge("Your role does not include this change", is_forbidden=True)


@step
def _lock_cases(consumer: int) -> None:
    """Hold all cases, in the order of their keys: acts on a case alone begin there."""
    held = Case.objects.select_for_update(of=("self",), no_key=True).filter(consumer=consumer)
    list(held.order_by("pk").values_list("pk", flat=True))


def _refuse(obstacles: Sequence[Obstacle]) -> None:
    if obstacles:
        raise UnableToMerge(" ".join(each.sentence for each in obstacles), is_conflict=True)


@step
def _record(
    event: Event,
    merge: AccountMerge,
    transfer: BalanceTransfer | None,
    *,
    words: str,
    by: Person,
    at: datetime,
) -> None:
    """One line on each timeline."""
    facts = {"merge": merge.pk, "moved": f"{transfer.amount if transfer else ZERO:f}"}
    of_both: tuple[tuple[Consumer, Consumer, bool], ...] = (
        (merge.merged, merge.survivor, True),
        (merge.survivor, merge.merged, False),
    )
    for consumer, other, is_merged in of_both:
        new = {**facts, "account": other.account_number, "is_merged": is_merged}
        record(event, by=by.pk, at=at, consumer=consumer.pk, new=new, words=words)
