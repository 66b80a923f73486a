"""Holding a profile while a request is being created or the profile is being changed (AC002)."""

from datetime import datetime

from consumers import guards
from consumers.choices import LockPurpose
from consumers.models import ProfileLock
from consumers.rules.profiles import LONGEST_REASON, SHORTEST_REASON
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.kernel.text import is_blank, one_line_endings, why_unshowable
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record


class UnableToBreakLock(Refusal):
    """The hold of somebody else cannot be ended."""

    sentence_by_default = "This profile is not held by anybody any more"


@operation
def take_profile_lock(
    *, consumer: int, purpose: LockPurpose, by: Person, at: datetime
) -> ProfileLock:
    """Hold the profile for 15 minutes; the same holder in a second tab keeps the same token.

    Raises NoSuchConsumer, LockIsHeld.
    """
    guards.lock_consumer(consumer)
    return _taken(consumer, purpose, by, at)


@operation
def begin_change(*, consumer: int, by: Person, at: datetime) -> None:
    """Begin to change a profile: who must hold it takes it, the others pass if nobody does.

    Raises NoSuchConsumer, LockIsHeld.
    """
    guards.lock_consumer(consumer)
    if by.has_permission(Permission.TAKE_PROFILE_LOCK):
        _taken(consumer, LockPurpose.EDIT_PROFILE, by, at)
    else:
        guards.refuse_if_held(consumer, by, at)


def _taken(consumer: int, purpose: LockPurpose, by: Person, at: datetime) -> ProfileLock:
    lock, is_new = guards.take(consumer, purpose=purpose, by=by, at=at)
    if is_new:
        record(
            Event.PROFILE_LOCKED,
            by=by.pk,
            at=at,
            consumer=consumer,
            new={"purpose": str(purpose), "token": lock.token},
        )
    return lock


@operation
def renew_profile_lock(*, consumer: int, token: int, by: Person, at: datetime) -> ProfileLock:
    """Say that the holder is still there: the hold lasts 15 minutes from now.

    A hold that has lapsed comes back to life if nobody else had the profile since.
    Raises NoSuchConsumer, LockIsHeld, LockIsLost.
    """
    guards.lock_consumer(consumer)
    lock = guards.refuse_if_held(consumer, by, at)
    if lock is None or lock.holder_id != by.pk or lock.token != token:
        raise guards.LockIsLost(is_conflict=True)
    lapsed = lock.expires_at <= at
    lock, _ = guards.take(consumer, purpose=lock.purpose, by=by, at=at)
    if lapsed:
        record(
            Event.PROFILE_LOCKED,
            by=by.pk,
            at=at,
            consumer=consumer,
            new={"purpose": lock.purpose, "token": lock.token},
        )
    return lock


@operation
def release_profile_lock(*, consumer: int, token: int, by: Person, at: datetime) -> bool:
    """Give the profile back, as cancelling a form does; False when ``by`` held nothing.

    Raises NoSuchConsumer.
    """
    guards.lock_consumer(consumer)
    lock = guards.own_lock(consumer, by, token)
    if lock is None or not guards.release(consumer, by, at):
        return False
    record(Event.PROFILE_RELEASED, by=by.pk, at=at, consumer=consumer, old={"token": lock.token})
    return True


@operation
def break_profile_lock(*, consumer: int, reason: str, by: Person, at: datetime) -> None:
    """End somebody's hold on the profile, with a reason that stays on the record.

    Raises NoSuchConsumer, UnableToBreakLock.
    """
    reason = checked_reason(reason)
    guards.lock_consumer(consumer)
    lock = guards.break_open(consumer, at)
    if lock is None:
        raise UnableToBreakLock(is_conflict=True)
    record(
        Event.PROFILE_LOCK_BROKEN,
        by=by.pk,
        at=at,
        consumer=consumer,
        old={"holder": lock.holder_id, "purpose": lock.purpose, "token": lock.token - 1},
        words=reason,
    )


def checked_reason(reason: str) -> str:
    """The reason as it is kept. Raises UnableToBreakLock when it says too little or too much."""
    reason = one_line_endings(reason).strip()
    problem = why_unshowable(reason)
    if not problem and (len(reason) < SHORTEST_REASON or is_blank(reason)):
        problem = f"Enter the reason in at least {SHORTEST_REASON} characters"
    if not problem and len(reason) > LONGEST_REASON:
        problem = (
            f"Ensure this value has at most {LONGEST_REASON} characters (it has {len(reason)})."
        )
    if problem:
        raise UnableToBreakLock(problem, field="reason")
    return reason
