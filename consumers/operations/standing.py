"""How an account stands: to Collection and back, by hand or by age (CON5), and VIP or not (CON6).

Lock order: the consumer alone.
"""

import uuid
from datetime import datetime

from consumers import guards
from consumers.choices import AccountStatus, SupplyState
from consumers.models import CollectionMove, Consumer, ConsumerFigures
from consumers.queries.collecting import (
    accounts_to_collect,
    accounts_to_release,
    collection_policy,
)
from consumers.queries.profiles import guards_of
from consumers.rules.profiles import LONGEST_REASON, SHORTEST_REASON
from consumers.rules.standing import why_not_out_of_collection, why_not_to_collection
from consumers.store import mark_vip
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.money import ZERO
from smart360.kernel.text import why_unsaid
from smart360.organisation.queries import day_of
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

COLLECT = "consumers.move_to_collection"
RELEASE = "consumers.end_collection"
MARK = "consumers.set_vip"
OVERDUE_TOO_LONG = "Overdue for longer than the collection policy allows"
NOTHING_OVERDUE = "Nothing is overdue any more"


class UnableToCollect(Refusal):
    """Only an active account that owes something goes to Collection, only one there comes back."""


class UnableToSetVip(Refusal):
    """The account is what it shall become already, or nobody says why."""


refuses(
    {
        "status_is_collection_by_a_move": UnableToCollect(
            "An account comes to Collection and back by its own act", is_conflict=True
        )
    }
)


@operation
def move_to_collection(
    *, consumer: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> Consumer:
    """Set an active account that owes something to Collection, and say why.

    Raises NoSuchConsumer, LockIsHeld, UnableToCollect.
    """
    row = guards.lock_consumer(consumer)
    said = {"reason": reason}
    if form_keys.is_repeated(form_key, str(consumer), said, by=by.pk, act=COLLECT, at=at):
        return row
    _refuse_without_reason(reason, UnableToCollect)
    owed = ConsumerFigures.objects.filter(consumer=row).values_list("balance", flat=True).first()
    _refuse(
        why_not_to_collection(
            row.status,
            is_archived=row.archived_at is not None,
            balance=owed or ZERO,
            open_requests=guards_of(row.pk),
        )
    )
    guards.refuse_if_held(row.pk, by, at)
    return _moved(row, AccountStatus.COLLECTION, reason, by=by, at=at)


@operation
def end_collection(
    *, consumer: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> Consumer:
    """End Collection, and say why; whoever had brought the account there. Its owner may have left.

    Raises NoSuchConsumer, LockIsHeld, UnableToCollect.
    """
    row = guards.lock_consumer(consumer)
    said = {"reason": reason}
    if form_keys.is_repeated(form_key, str(consumer), said, by=by.pk, act=RELEASE, at=at):
        return row
    _refuse_without_reason(reason, UnableToCollect)
    _refuse(
        why_not_out_of_collection(
            row.status, is_archived=row.archived_at is not None, open_requests=guards_of(row.pk)
        )
    )
    guards.refuse_if_held(row.pk, by, at)
    return _moved(row, _afterwards(row), reason, by=by, at=at)


@operation
def age_account(*, consumer: int, at: datetime) -> bool:
    """Move an account as its age asks for, when the policy is on; whether it was moved.

    Judged anew under the lock: what a page or a payment changed meanwhile counts.
    Raises LockIsHeld while somebody holds the profile; the next night tries again.
    """
    row, today = guards.lock_consumer(consumer), day_of(at)
    policy, alone = collection_policy(), {"after": consumer - 1, "most": 1}
    if not policy.is_on:
        return False
    if accounts_to_collect(policy, today=today, **alone) == [consumer]:
        status, why = AccountStatus.COLLECTION, OVERDUE_TOO_LONG
    elif accounts_to_release(today=today, **alone) == [consumer]:
        status, why = _afterwards(row), NOTHING_OVERDUE
    else:
        return False
    guards.refuse_if_held(consumer, None, at)
    _moved(row, status, why, by=None, at=at)
    return True


@operation
def set_vip(
    *, consumer: int, is_vip: bool, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> Consumer:
    """Mark a consumer as VIP or take the mark off, and say why.

    Raises NoSuchConsumer, LockIsHeld, UnableToSetVip.
    """
    row = guards.lock_consumer(consumer)
    said = {"is_vip": is_vip, "reason": reason}
    if form_keys.is_repeated(form_key, str(consumer), said, by=by.pk, act=MARK, at=at):
        return row
    if row.is_vip == is_vip:
        sentence = "This account is VIP already" if is_vip else "This account is not VIP"
        raise UnableToSetVip(sentence, is_conflict=True)
    _refuse_without_reason(reason, UnableToSetVip)
    guards.refuse_if_held(consumer, by, at)
    guards.act_as(by)
    mark_vip(row, is_vip=is_vip, words=reason, by=by.pk, at=at)
    return row


# ------------------------------------------------------------------ steps of these acts
def _refuse(sentence: str) -> None:
    if sentence:
        raise UnableToCollect(sentence, is_conflict=True)


def _refuse_without_reason(reason: str, refusal: type[Refusal]) -> None:
    if wrong := why_unsaid(reason, at_least=SHORTEST_REASON, at_most=LONGEST_REASON):
        raise refusal(wrong, field="reason")


def _afterwards(row: Consumer) -> AccountStatus:
    """After Collection: Inactive where the household moved out of every place, else Active."""
    states = set(row.connections.values_list("supply_state", flat=True))
    moved_out = SupplyState.MOVED_OUT in states and SupplyState.CONNECTED not in states
    return AccountStatus.INACTIVE if moved_out else AccountStatus.ACTIVE


@step
def _moved(
    row: Consumer, status: AccountStatus, words: str, *, by: Person | None, at: datetime
) -> Consumer:
    old, row.status = row.status, status.value
    CollectionMove.objects.create(
        consumer=row, is_back=status != AccountStatus.COLLECTION, at=at, by=by
    )
    guards.act_as(by)
    row.save(update_fields=["status"])
    record(
        Event.STATUS_CHANGED,
        by=by.pk if by else None,
        at=at,
        consumer=row.pk,
        old={"status": old},
        new={"status": row.status},
        words=words,
    )
    return row
