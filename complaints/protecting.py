"""Steps by which a disputed amount is fenced off from debt and from the cut (BEY14, DIS12).

What protects the account is an ``AccountHold`` whose source is the complaint's number: billing and
protections read holds and know nothing of complaints. The consumer and the case are locked.
"""

from datetime import datetime
from decimal import Decimal

from complaints.models import Complaint
from consumers import guards
from consumers.choices import AccountHoldKind
from consumers.models import AccountHold
from smart360.cases.models import Case
from smart360.kernel.db import step
from smart360.organisation.queries import day_of
from smart360.trail.choices import Event
from smart360.trail.record import record

STILL_DISPUTED = "{} still disputes this amount. Change it in that complaint"
OWN_SOURCE = "{} protects by its disputed amount. Set it in that complaint"


@step
def set_dispute(
    case: Case, complaint: Complaint, amount: Decimal | None, *, by: int | None, at: datetime
) -> None:
    """The complaint disputes ``amount`` from now on, or nothing when it is None."""
    old = complaint.disputed_amount
    if amount == old:
        return
    complaint.disputed_amount = amount
    complaint.save(update_fields=["disputed_amount"])
    lift_fence(case, by=by, at=at)
    record(
        Event.DISPUTE_LIFTED if amount is None else Event.DISPUTE_SET,
        by=by,
        at=at,
        case=case.pk,
        consumer=case.consumer_id,
        old={"amount": str(old)} if old is not None else {},
        new={"amount": str(amount)} if amount is not None else {},
    )
    place_fence(case, complaint, by=by, at=at)


@step
def place_fence(case: Case, complaint: Complaint, *, by: int | None, at: datetime) -> bool:
    """Hold the account for what is disputed, if there is both; whether it was.

    An open order to cut the account for debt stops with it.
    """
    if case.consumer_id is None or complaint.disputed_amount is None:
        return False
    guards.place_hold(
        case.consumer_id,
        kind=AccountHoldKind.DISPUTE,
        source=case.number,
        from_on=day_of(at),
        to_on=None,
        amount=complaint.disputed_amount,
        by=by,
        at=at,
    )
    return True


@step
def lift_fence(case: Case, *, by: int | None, at: datetime) -> bool:
    """End the hold that rests on this complaint; whether there was one."""
    standing = AccountHold.objects.filter(
        consumer=case.consumer_id,
        kind=AccountHoldKind.DISPUTE,
        source=case.number,
        lifted_at__isnull=True,
    ).first()
    if standing is None:
        return False
    guards.lift_hold(standing, by=by, at=at)
    return True


def why_held(source: str, *, consumer: int | None) -> str:
    """What to do instead of holding or releasing an account by hand (a port of consumers).

    The fence of a complaint comes and goes with its disputed amount; without a ``consumer`` the
    number of any complaint is taken.
    """
    named = Complaint.objects.filter(case__number=source)
    if consumer is None:
        return OWN_SOURCE.format(source) if named.exists() else ""
    standing = named.filter(
        case__consumer=consumer, case__ended_at__isnull=True, disputed_amount__isnull=False
    )
    return STILL_DISPUTED.format(source) if standing.exists() else ""
