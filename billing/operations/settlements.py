"""The acts on a settlement: whether the deposit is used, and what becomes of it (BIL3)."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from billing.choices import DepositPlan, InvoiceState
from billing.models import SettlementChoice
from billing.ports import terms_of
from billing.queries.accounts import balances_of
from billing.queries.bill_inputs import find_live_bill
from billing.queries.settlements import may_be_settled
from billing.rules.settlement import deposit_is_used
from smart360.cases import handling
from smart360.cases.models import Case
from smart360.cases.queries.states import end_sentence
from smart360.kernel.db import operation, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.organisation.queries import day_of
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record

USE = "billing.set_deposit_use"
PLAN = "billing.set_deposit_plan"
NO_DEPOSIT = "No deposit to apply"
OTHER_TAB = "The settlement was changed meanwhile. Look at it again."
NEVER_CHANGES = "An approved bill cannot be changed"
PAST = "Choose today or a later day"


class UnableToSettle(Refusal):
    """The request's settlement cannot be changed so, or not any more."""


def refuse_ended(case: Case) -> None:
    """A request that was closed without being carried out gets no bill. Raises UnableToSettle."""
    if not may_be_settled(case):
        raise UnableToSettle(end_sentence(case), is_conflict=True)


def refuse_approved(case: Case) -> None:
    """What an approved bill was made from stays. Raises UnableToSettle (79)."""
    bill = find_live_bill(case.pk)
    if bill is not None and bill.state == InvoiceState.APPROVED:
        raise UnableToSettle(NEVER_CHANGES, is_conflict=True)


@operation
def set_deposit_use(
    *,
    case: int,
    uses_deposit: bool,
    version: int,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> SettlementChoice:
    """Turn "Use in bill" on or off. ``version`` is the one the page showed, 0 before the first.

    Raises UnableToSettle: there is no deposit (68), somebody changed it meanwhile, or the bill is
    approved.
    """
    locked = handling.lock_case_and_account(case)
    said = {"uses_deposit": uses_deposit, "version": version}
    if handling.is_repeated(locked, form_key, act=USE, by=by, at=at, **said):
        return SettlementChoice.objects.get(case=case)
    refuse_ended(locked)
    refuse_approved(locked)
    choice = _choice(case, version)
    balances = balances_of(_consumer_of(locked))
    if uses_deposit and balances.deposit <= 0:
        raise UnableToSettle(NO_DEPOSIT, field="uses_deposit")
    before = deposit_is_used(
        choice.uses_deposit if choice else None,
        outstanding=balances.outstanding,
        deposit=balances.deposit,
    )
    kept = _keep(choice, case, by=by, at=at, uses_deposit=uses_deposit)
    _note(
        locked, Event.DEPOSIT_USE_SET, by=by, at=at,
        old={"uses_deposit": before}, new={"uses_deposit": uses_deposit},
    )  # fmt: skip
    return kept


@operation
def set_deposit_plan(
    *,
    case: int,
    plan: str,
    by_day: date | None,
    version: int,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> SettlementChoice:
    """Say what becomes of a deposit that a permanent closure does not use, and by when.

    Raises UnableToSettle.
    """
    locked = handling.lock_case_and_account(case)
    said = {"plan": plan, "by_day": by_day, "version": version}
    if handling.is_repeated(locked, form_key, act=PLAN, by=by, at=at, **said):
        return SettlementChoice.objects.get(case=case)
    refuse_ended(locked)
    choice = _choice(case, version)
    terms = terms_of(case)
    if terms is None or not terms.is_permanent:
        raise UnableToSettle("The deposit stays: this closure is temporary", field="plan")
    if balances_of(_consumer_of(locked)).deposit <= 0:
        raise UnableToSettle(NO_DEPOSIT, field="plan")
    if not plan:
        raise UnableToSettle(REQUIRED, field="plan")
    if plan not in DepositPlan.values:
        raise UnableToSettle(NOT_OFFERED, field="plan")
    if by_day is None:
        raise UnableToSettle(REQUIRED, field="by_day")
    if by_day < day_of(at):
        raise UnableToSettle(PAST, field="by_day")
    old = {"plan": choice.deposit_plan if choice else ""}
    kept = _keep(choice, case, by=by, at=at, deposit_plan=plan, deposit_plan_on=by_day)
    new = {"plan": plan, "by_day": by_day.isoformat()}
    _note(locked, Event.DEPOSIT_PLAN_SET, by=by, at=at, old=old, new=new)
    return kept


def _consumer_of(case: Case) -> int:
    assert case.consumer_id is not None  # a_request_has_a_consumer
    return case.consumer_id


def _choice(case: int, version: int) -> SettlementChoice | None:
    """What was chosen so far, if the page had shown it. Raises UnableToSettle."""
    choice = SettlementChoice.objects.filter(case=case).first()
    if (choice.version if choice else 0) != version:
        raise UnableToSettle(OTHER_TAB, is_conflict=True)
    return choice


@step
def _keep(
    choice: SettlementChoice | None, case: int, *, by: Person, at: datetime, **chosen: object
) -> SettlementChoice:
    if choice is None:
        return SettlementChoice.objects.create(case_id=case, set_at=at, set_by=by, **chosen)
    for name, value in chosen.items():
        setattr(choice, name, value)
    choice.version += 1
    choice.set_at = at
    choice.set_by = by
    choice.save(update_fields=["version", "set_at", "set_by", *chosen])
    return choice


@step
def _note(
    case: Case,
    event: Event,
    *,
    by: Person,
    at: datetime,
    old: Mapping[str, object],
    new: Mapping[str, object],
) -> None:
    handling.touch(case, by=by.pk, at=at)
    record(event, by=by.pk, at=at, case=case.pk, consumer=case.consumer_id, old=old, new=new)
