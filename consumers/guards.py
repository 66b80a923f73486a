"""Who may change a consumer just now: the profile lock and the guards of open requests (CON14).

Steps, callable only inside an operation. The lock's token is a fence: it grows each time the lock
passes to somebody else or is broken, so that a submit under an older token is refused (W8).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.urls import reverse

from consumers import ports
from consumers.choices import AccountHoldKind, SupplyState
from consumers.models import AccountHold, Consumer, Guard, ProfileLock
from consumers.rules.occupancy import still_theirs
from smart360.kernel.db import copy_rows, refuses, step
from smart360.kernel.errors import Refusal
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web.formats import shown_time

LEASE = timedelta(minutes=15)
"""How long a lock lasts without a sign of life from its holder (decision 18)."""


class NoSuchConsumer(Refusal):
    """The form named a consumer that nobody knows."""

    sentence_by_default = "Select a customer from the search results"


class AccountIsErased(Refusal):
    """The person behind the account was erased: it takes no act any more."""

    sentence_by_default = "The person behind this account was erased. Nothing can be done with it."


class AccountIsMerged(Refusal):
    """The account was merged into another one, which goes on instead."""

    sentence_by_default = "This account was merged into another one. Go on with that one."


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
        "account_is_erased": AccountIsErased(is_conflict=True),
        "account_is_merged": AccountIsMerged(is_conflict=True),
        "profile_is_held": LockIsHeld(is_conflict=True),
        "profile_is_guarded": DataIsGuarded(is_conflict=True),
    }
)


@step
def lock_consumer(consumer: int, *, even_merged: bool = False) -> Consumer:
    """The consumer's row, locked: the first thing that every operation on an account does.

    ``even_merged`` is for what still happens to an account that was merged into another one: its
    papers, its person's rights, the end of the merge. Raises NoSuchConsumer, AccountIsErased,
    AccountIsMerged.
    """
    row = Consumer.objects.select_for_update(of=("self",), no_key=True).filter(pk=consumer).first()
    if row is None:
        raise NoSuchConsumer(field="consumer")
    if row.erased_at is not None:
        raise AccountIsErased(is_conflict=True)
    if not even_merged:
        refuse_if_merged(row)
    return row


@step
def refuse_if_merged(consumer: Consumer) -> None:
    """Go on only for an account that goes on itself. Raises AccountIsMerged, which names it."""
    if consumer.merged_into is not None:
        other = consumer.merged_into.account_number
        sentence = f"{consumer} was merged into {other}. Go on with {other}."
        link = reverse("consumer_detail", args=[other])
        raise AccountIsMerged(sentence, is_conflict=True, link=link)


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


@dataclass(frozen=True, slots=True)
class SuppliedService:
    """One service connection of an account, as far as a request needs to know it."""

    id: int
    utility_type: str
    supply_state: str
    address: str

    @property
    def is_connected(self) -> bool:
        """Whether it is supplied now."""
        return self.supply_state == SupplyState.CONNECTED


@dataclass(frozen=True, slots=True)
class Hold:
    """Who had the profile last, and until when; lapsed or not."""

    holder_id: int
    holder: str
    token: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands while its row is locked: who holds it, what guards it, its services.

    ``open_request`` is the number of the request that guards the profile, or ``""``.
    """

    hold: Hold | None
    open_request: str
    services: tuple[SuppliedService, ...]


STANDING = """
SELECT l.holder_id, p.full_name, l.token, l.expires_at,
       (SELECT g.placed_by FROM consumers_guard g
         WHERE g.consumer_id = c.id ORDER BY g.id LIMIT 1),
       s.id, s.utility_type, s.supply_state, place.address
  FROM consumers_consumer c
  LEFT JOIN consumers_profilelock l ON l.consumer_id = c.id
  LEFT JOIN staff_person p ON p.id = l.holder_id
  LEFT JOIN consumers_serviceconnection s ON s.consumer_id = c.id
  LEFT JOIN consumers_premise place ON place.id = s.premise_id
 WHERE c.id = %s
 ORDER BY s.utility_type, s.id
"""


@step
def standing_of(consumer: int) -> Standing:
    """Who holds the account, which request guards it and what it is supplied with, in one look."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [consumer])
        rows = cursor.fetchall()
    holder_id, holder, token, expires_at, open_request = rows[0][:5]
    return Standing(
        hold=Hold(holder_id, holder, token, expires_at) if holder_id else None,
        open_request=open_request or "",
        services=still_theirs(SuppliedService(*row[5:]) for row in rows if row[5] is not None),
    )


@step
def require_hold(hold: Hold | None, by: Person, token: int, at: datetime) -> None:
    """Go on only if ``by`` holds the profile under ``token``, and the hold is alive.

    Raises LockIsHeld when somebody else holds the profile, LockIsLost when the hold has ended.
    """
    is_alive = hold is not None and hold.expires_at > at
    if hold is not None and is_alive and hold.holder_id != by.pk:
        raise held_by(hold.holder, hold.expires_at)
    if hold is None or not is_alive or hold.holder_id != by.pk or hold.token != token:
        raise LockIsLost(is_conflict=True)


@step
def require_lock(consumer: int, by: Person, token: int, at: datetime) -> None:
    """``require_hold`` of a consumer whose row is locked. Raises LockIsHeld, LockIsLost."""
    require_hold(standing_of(consumer).hold, by, token, at)


@step
def refuse_if_held(consumer: int, by: Person | None, at: datetime) -> ProfileLock | None:
    """The lock's row as it is, for an act that needs no lock of its own.

    Raises LockIsHeld when somebody else than ``by`` holds the profile.
    """
    lock = ProfileLock.objects.select_related("holder").filter(consumer_id=consumer).first()
    if lock is not None and lock.expires_at > at and (by is None or lock.holder_id != by.pk):
        raise held_by(lock.holder.full_name, lock.expires_at)
    return lock


def held_by(holder: str, expires_at: datetime) -> LockIsHeld:
    """The refusal that names who holds the profile and until when."""
    until = shown_time(expires_at.astimezone(get_utility().zone).time())
    return LockIsHeld(f"Being edited by {holder} until {until}", is_conflict=True)


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
    if taken is None:  # nobody comes between who locks the consumer first
        faster = ProfileLock.objects.select_related("holder").get(consumer_id=consumer)
        raise held_by(faster.holder.full_name, faster.expires_at)
    lock = ProfileLock(
        consumer_id=consumer,
        holder=by,
        purpose=purpose,
        token=taken[0],
        taken_at=at if is_new or before is None else before.taken_at,
        expires_at=at + LEASE,
    )
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
    held = ProfileLock.objects.filter(consumer_id=consumer, holder_id=by.pk, expires_at__gt=at)
    return bool(held.update(expires_at=Greatest(Value(at), F("taken_at"))))


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


# The hold ends by the rule of `release`, in the guard's own statement: one for each request made.
GUARD_INSTEAD = """
WITH ended AS (
    UPDATE consumers_profilelock SET expires_at = greatest(%(at)s, taken_at)
     WHERE consumer_id = %(consumer)s AND holder_id = %(by)s AND expires_at > %(at)s)
INSERT INTO consumers_guard (consumer_id, placed_by, placed_at)
VALUES (%(consumer)s, %(placed_by)s, %(at)s)
"""


@step
def guard_instead_of_hold(consumer: int, *, placed_by: str, by: Person, at: datetime) -> None:
    """From now on the open request keeps the data as it is: the guard comes, the hold ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            GUARD_INSTEAD,
            {"consumer": consumer, "placed_by": placed_by, "by": by.pk, "at": at},
        )


@step
def guard_each(placed: Mapping[int, str], *, at: datetime) -> None:
    """Let open requests guard their consumers, whose rows are held: consumer → its request."""
    copy_rows(
        Guard,
        ("consumer_id", "placed_by", "placed_at"),
        ((consumer, placed_by, at) for consumer, placed_by in placed.items()),
    )


@step
def remove_guard(placed_by: str) -> None:
    """The request has ended: its guard goes."""
    Guard.objects.filter(placed_by=placed_by).delete()


# ------------------------------------------------------------------ what protects an account
@step
def place_hold(
    consumer: int,
    *,
    kind: AccountHoldKind,
    source: str,
    from_on: date,
    to_on: date | None,
    by: int | None,
    at: datetime,
    amount: Decimal | None = None,
    protection: int | None = None,
    certificate: int | None = None,
) -> AccountHold:
    """Protect an account for a reason, up to and with ``to_on``; the consumer's row is held.

    ``source`` is the number of what it rests on; ``amount`` is what is disputed; with a kind of
    ``protection`` it is an entry of the register, which rests on a ``certificate``.
    """
    hold = AccountHold.objects.create(
        consumer_id=consumer,
        kind=kind,
        from_on=from_on,
        to_on=to_on,
        source=source,
        amount=amount,
        protection_id=protection,
        certificate_id=certificate,
        placed_at=at,
        placed_by_id=by,
    )
    record(
        Event.HOLD_PLACED,
        by=by,
        at=at,
        consumer=consumer,
        new={"kind": kind, "source": source, "to_on": to_on.isoformat() if to_on else ""},
    )
    for tell in ports.HOLD_PLACED:
        tell(consumer=consumer, hold=hold.pk, by=by, at=at)
    return hold


@step
def move_hold(hold: AccountHold, *, to_on: date) -> None:
    """Let a hold end on another day: it lapses then by itself, with every worker dead."""
    if hold.to_on != to_on:
        hold.to_on = to_on
        hold.save(update_fields=["to_on"])


@step
def lift_hold(hold: AccountHold, *, by: int | None, at: datetime, words: str = "") -> None:
    """End a hold: what it rested on is over. Lifting it again changes nothing."""
    if hold.lifted_at is not None:
        return
    hold.lifted_at = at
    hold.lifted_by_id = by
    hold.save(update_fields=["lifted_at", "lifted_by"])
    record(
        Event.HOLD_LIFTED,
        by=by,
        at=at,
        consumer=hold.consumer_id,
        new={"kind": hold.kind, "source": hold.source},
        words=words,
    )
    for tell in ports.HOLD_LIFTED:
        tell(consumer=hold.consumer_id, by=by, at=at)
