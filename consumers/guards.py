"""Who may change a consumer just now: the profile lock and the guards of open requests (CON14).

Steps, callable only inside an operation. The lock's token is a fence: it grows each time the lock
passes to somebody else or is broken, so that a submit under an older token is refused (W8).
"""

from datetime import datetime, timedelta

from django.db import connection

from consumers.models import Consumer, Guard, ProfileLock
from smart360.kernel.db import refuses, step
from smart360.kernel.errors import Refusal
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.web.formats import shown_time

LEASE = timedelta(minutes=15)
"""How long a lock lasts without a sign of life from its holder (decision 18)."""


class NoSuchConsumer(Refusal):
    """The form named a consumer that nobody knows."""

    sentence_by_default = "Select a customer from the search results"


class LockIsHeld(Refusal):
    """Somebody else holds the profile."""

    sentence_by_default = "Somebody else is working on this profile"


class LockIsLost(Refusal):
    """The hold on the profile has ended before the form was submitted."""

    sentence_by_default = (
        "Your hold on this profile has ended. Take it again, check what you entered and submit."
    )


class DataIsGuarded(Refusal):
    """An open request keeps this data as it is (CON14)."""

    sentence_by_default = "An open request keeps this data as it is"


refuses(
    {
        "profile_is_held": LockIsHeld(is_conflict=True),
        "profile_is_guarded": DataIsGuarded(is_conflict=True),
    }
)


@step
def lock_consumer(consumer: int) -> Consumer:
    """The consumer's row, locked: the first thing that every operation on an account does.

    Raises NoSuchConsumer.
    """
    row = Consumer.objects.select_for_update(of=("self",), no_key=True).filter(pk=consumer).first()
    if row is None:
        raise NoSuchConsumer(field="consumer")
    return row


@step
def act_as(person: Person | None) -> None:
    """Tell the database who acts, so that its own guard lets the lock's holder through.

    Every operation that changes a consumer's row says this first.
    """
    _tell("smart360.actor", str(person.pk) if person else "")


@step
def lift_guard() -> None:
    """Let this transaction change guarded data: a supervisor gave a reason, or a job was done."""
    _tell("smart360.guard", "lifted")


def _tell(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


@step
def require_lock(consumer: int, by: Person, token: int, at: datetime) -> ProfileLock:
    """The live lock that ``by`` holds under ``token``; the consumer's row is locked already.

    Raises LockIsHeld when somebody else holds the profile, LockIsLost when the hold has ended.
    """
    lock = refuse_if_held(consumer, by, at)
    if lock is None or lock.holder_id != by.pk or lock.token != token or lock.expires_at <= at:
        raise LockIsLost(is_conflict=True)
    return lock


@step
def refuse_if_held(consumer: int, by: Person | None, at: datetime) -> ProfileLock | None:
    """The lock's row as it is, for an act that needs no lock of its own.

    Raises LockIsHeld when somebody else than ``by`` holds the profile.
    """
    lock = ProfileLock.objects.select_related("holder").filter(consumer_id=consumer).first()
    if lock is not None and lock.expires_at > at and (by is None or lock.holder_id != by.pk):
        raise is_held(lock)
    return lock


def is_held(lock: ProfileLock) -> LockIsHeld:
    """The refusal that names who holds the profile and until when."""
    until = shown_time(lock.expires_at.astimezone(get_utility().zone).time())
    return LockIsHeld(f"Being edited by {lock.holder.full_name} until {until}", is_conflict=True)


TAKE = """
INSERT INTO consumers_profilelock AS lock
       (consumer_id, holder_id, purpose, token, taken_at, expires_at)
VALUES (%(consumer)s, %(holder)s, %(purpose)s, 1, %(at)s, %(until)s)
ON CONFLICT (consumer_id) DO UPDATE
   SET holder_id = excluded.holder_id,
       purpose = excluded.purpose,
       token = lock.token + (lock.holder_id <> excluded.holder_id)::int,
       taken_at = CASE WHEN lock.holder_id = excluded.holder_id
                        AND lock.expires_at > excluded.taken_at
                       THEN lock.taken_at ELSE excluded.taken_at END,
       expires_at = excluded.expires_at
 WHERE lock.expires_at <= excluded.taken_at OR lock.holder_id = excluded.holder_id
RETURNING token
"""


@step
def take(consumer: int, *, purpose: str, by: Person, at: datetime) -> tuple[ProfileLock, bool]:
    """Take the profile for ``by``, or renew what they hold; also whether it was newly taken.

    Raises LockIsHeld.
    """
    before = refuse_if_held(consumer, by, at)
    is_new = before is None or before.holder_id != by.pk or before.expires_at <= at
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "consumer": consumer,
                "holder": by.pk,
                "purpose": purpose,
                "at": at,
                "until": at + LEASE,
            },
        )
        taken = cursor.fetchone()
    lock = ProfileLock.objects.select_related("holder").get(consumer_id=consumer)
    if taken is None:
        raise is_held(lock)
    return lock, is_new


@step
def own_lock(consumer: int, by: Person, token: int) -> ProfileLock | None:
    """The lock's row if it is still ``by``'s under ``token``, lapsed or not."""
    return ProfileLock.objects.filter(consumer_id=consumer, holder_id=by.pk, token=token).first()


@step
def release(consumer: int, by: Person, at: datetime) -> bool:
    """End the hold of ``by``; False when they hold nothing.

    The row stays, so that the token of the next holder is a greater one.
    """
    lock = ProfileLock.objects.filter(
        consumer_id=consumer, holder_id=by.pk, expires_at__gt=at
    ).first()
    if lock is None:
        return False
    lock.end(at)
    return True


@step
def break_open(consumer: int, at: datetime) -> ProfileLock | None:
    """End whoever's hold and make their token worthless; None when nobody holds the profile."""
    lock = (
        ProfileLock.objects.select_related("holder")
        .filter(consumer_id=consumer, expires_at__gt=at)
        .first()
    )
    if lock is not None:
        lock.end(at, is_broken=True)
    return lock


@step
def place_guard(consumer: int, placed_by: str, at: datetime) -> Guard:
    """Keep guarded data as it is from now on; ``placed_by`` is the open request's number."""
    return Guard.objects.create(consumer_id=consumer, placed_by=placed_by, placed_at=at)


@step
def remove_guard(placed_by: str) -> None:
    """The request has ended: its guard goes."""
    Guard.objects.filter(placed_by=placed_by).delete()
