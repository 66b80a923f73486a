"""Merging two accounts of one household: the link, and its end.

Steps, callable only inside an operation that holds both consumers' rows.
"""

from datetime import datetime

from consumers import guards
from consumers.choices import AccountStatus
from consumers.models import AccountMerge, Consumer
from smart360.kernel.db import step
from smart360.staff.models import Person
from smart360.trail.record import keep_words


@step
def begin_merge(
    merged: Consumer, survivor: Consumer, *, reason: str, by: Person, at: datetime
) -> AccountMerge:
    """The link's row, which comes first: the rest of the act rests on it."""
    made: AccountMerge = AccountMerge.objects.create(
        merged=merged,
        survivor=survivor,
        status_before=merged.status,
        reason=keep_words(reason),
        made_at=at,
        made_by=by,
    )
    return made


@step
def link(merge: AccountMerge) -> None:
    """From now on the merged account takes no act; it counts as Inactive."""
    _stand(merge, merge.survivor_id, AccountStatus.INACTIVE, by=merge.made_by)


@step
def unlink(merge: AccountMerge, *, reason: str, by: Person, at: datetime) -> None:
    """Undo the link: the account stands again as it stood before."""
    merge.undone_at, merge.undone_by, merge.undo_reason = at, by, keep_words(reason)
    merge.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    _stand(merge, None, merge.status_before, by=by)


def _stand(merge: AccountMerge, survivor: int | None, status: str, *, by: Person) -> None:
    guards.act_as(by)
    Consumer.objects.filter(pk=merge.merged_id).update(merged_into=survivor, status=status)
