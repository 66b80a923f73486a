"""Entering the last readings of a request's services, and adjusting its bill (BIL4)."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from billing.models import BillAdjustment, FinalReading
from billing.operations.settlements import refuse_approved, refuse_ended
from billing.ports import terms_of
from billing.queries.bill_inputs import ServiceFacts, services_of
from billing.queries.policies import get_policy
from billing.rules.readings import FAR_ABOVE, NOT_LINKED, ReadingWish
from consumers.choices import ReadingException
from consumers.rules.readings import (
    UnableToEnterReading,
    check_reading,
    is_unusual,
    shown_value,
    units_between,
)
from smart360.cases import handling
from smart360.cases.models import Case
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED, why_unsaid
from smart360.organisation.queries import day_of
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record

ENTER = "billing.enter_final_readings"
ADJUST = "billing.add_adjustment"
REMOVE = "billing.remove_adjustment"
NOTHING_ENDS = "This request disconnects nothing, so it has no final bill"
LONGEST_REASON = 250
MOST = Decimal(10) ** 12


class UnableToAdjust(Refusal):
    """The sum or its reason is missing, or it was removed already."""


refuses(
    {
        "final_readings_stay_after_approval": UnableToEnterReading(
            "An approved bill cannot be changed", is_conflict=True
        ),
    }
)


@operation
def enter_final_readings(
    *,
    case: int,
    wishes: Sequence[ReadingWish],
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> tuple[FinalReading, ...]:
    """Enter the final readings of services of a request; a second entry replaces the first.

    The meter must be the service's own; its device follows from it (AC015, AC016). Raises
    UnableToEnterReading with the field of the service it is about, and UnableToSettle.
    """
    locked = handling.lock_case_and_account(case)
    if handling.is_repeated(locked, form_key, act=ENTER, by=by, at=at, wishes=repr(wishes)):
        return tuple(FinalReading.objects.filter(case=case).order_by("service_connection"))
    refuse_ended(locked)
    refuse_approved(locked)
    services = _services(locked)
    today = day_of(at)
    before = {each.service_connection_id: each for each in locked.final_readings.all()}
    kept = tuple(
        _enter(
            locked,
            wish,
            services.get(wish.service_connection),
            before.get(wish.service_connection),
            today=today,
            by=by,
            at=at,
        )
        for wish in wishes
    )
    if kept:
        handling.touch(locked, by=by.pk, at=at)
    return kept


def _services(case: Case) -> dict[int, ServiceFacts]:
    terms = terms_of(case.pk)
    if terms is None:
        raise UnableToEnterReading(NOTHING_ENDS, is_conflict=True)
    return {each.service_connection: each for each in services_of(case.pk, terms)}


@step
def _enter(
    case: Case,
    wish: ReadingWish,
    service: ServiceFacts | None,
    old: FinalReading | None,
    *,
    today: date,
    by: Person,
    at: datetime,
) -> FinalReading:
    if service is None:
        raise UnableToEnterReading(NOT_OFFERED, field=wish.field("meter_number"))
    typed = wish.meter_number.strip().upper()
    if not typed:
        raise UnableToEnterReading(REQUIRED, field=wish.field("meter_number"))
    meter = service.meter
    if meter is None or typed != meter.number.upper():
        raise UnableToEnterReading(NOT_LINKED, field=wish.field("meter_number"))
    exception = check_reading(
        wish,
        service.previous,
        unit=meter.unit,
        today=today,
        is_supervisor=by.has_permission(Permission.OVERRIDE_READING),
    )
    is_far = _is_far_above(wish, service, exception)
    if is_far and not wish.confirms_unusual:
        raise UnableToEnterReading(FAR_ABOVE, field=wish.field("confirms_unusual"))
    was = _facts(old) if old else {}
    values = {
        "meter_id": meter.id,
        "value": wish.value,
        "read_on": wish.read_on,
        "exception": exception,
        "is_unusual": is_far,
        "entered_at": at,
        "entered_by_id": by.pk,
    }
    kept = old or FinalReading(case=case, service_connection_id=service.service_connection)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.save(update_fields=values if old else None)
    record(
        Event.FINAL_READING_ENTERED,
        by=by.pk,
        at=at,
        case=case.pk,
        consumer=case.consumer_id,
        old=was,
        new=_facts(kept),
    )
    return kept


def _is_far_above(wish: ReadingWish, service: ServiceFacts, exception: ReadingException) -> bool:
    """Whether the consumption is unusual for this meter (84)."""
    previous = service.previous
    if previous is None or wish.value is None or wish.read_on is None:
        return False
    used = units_between(previous.value, wish.value, exception)
    days = (wish.read_on - previous.read_on).days
    return is_unusual(used, days, service.usual, times=get_policy().unusual_from)


def _facts(reading: FinalReading) -> dict[str, object]:
    return {
        "service": reading.service_connection_id,
        "value": shown_value(reading.value),
        "read_on": reading.read_on.isoformat(),
        "exception": reading.exception,
        "is_unusual": reading.is_unusual,
    }


# ------------------------------------------------------------------ adjustments
@operation
def add_adjustment(
    *,
    case: int,
    amount: Decimal,
    reason: str,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> BillAdjustment:
    """Add a sum to a request's final bill, or take it off (below zero), with a reason.

    Raises UnableToAdjust and UnableToSettle.
    """
    locked = handling.lock_case_and_account(case)
    said = {"amount": f"{amount:f}", "reason": reason}
    if handling.is_repeated(locked, form_key, act=ADJUST, by=by, at=at, **said):
        return BillAdjustment.objects.filter(case=case, added_by=by).latest("pk")
    refuse_ended(locked)
    refuse_approved(locked)
    if not amount.is_finite() or amount == 0 or abs(amount) >= MOST:
        raise UnableToAdjust("Enter an amount that is not 0.00", field="amount")
    if amount != amount.quantize(Decimal("0.01")):
        raise UnableToAdjust("Ensure that there are no more than 2 decimal places.", field="amount")
    if wrong := why_unsaid(reason, at_most=LONGEST_REASON):
        raise UnableToAdjust(wrong, field="reason")
    added = BillAdjustment.objects.create(
        case=locked, amount=amount, reason=reason.strip(), added_at=at, added_by=by
    )
    _adjusted(locked, by=by, at=at, new={"added": f"{amount:f}"}, words=added.reason)
    return added


@operation
def remove_adjustment(
    *, case: int, adjustment: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> None:
    """Take an adjustment off the bill again; its row stays. Raises UnableToAdjust."""
    locked = handling.lock_case_and_account(case)
    if handling.is_repeated(locked, form_key, act=REMOVE, by=by, at=at, adjustment=adjustment):
        return
    refuse_ended(locked)
    refuse_approved(locked)
    found = BillAdjustment.objects.filter(case=case, pk=adjustment, removed_at=None).first()
    if found is None:
        raise UnableToAdjust("This adjustment was removed already.", is_conflict=True)
    found.removed_at = at
    found.removed_by = by
    found.save(update_fields=["removed_at", "removed_by"])
    _adjusted(locked, by=by, at=at, new={"removed": f"{found.amount:f}"}, words=found.reason)


@step
def _adjusted(case: Case, *, by: Person, at: datetime, new: dict[str, object], words: str) -> None:
    handling.touch(case, by=by.pk, at=at)
    record(
        Event.BILL_ADJUSTED,
        by=by.pk,
        at=at,
        case=case.pk,
        consumer=case.consumer_id,
        new=new,
        words=words,
    )
