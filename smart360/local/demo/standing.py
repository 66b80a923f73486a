"""How it stands with the demo's consumers: half a year of scores, VIPs suggested, a debt collected.

By the real operations, each with the moment at which it happened.
"""

import uuid
from datetime import date, datetime, timedelta

from billing.rules.arrangements import months_later
from consumers.choices import AccountStatus
from consumers.models import Consumer, ConsumerFigures
from consumers.operations.standing import move_to_collection, set_vip
from smart360.insights.models import HealthScore
from smart360.insights.operations import go_on_with_scores
from smart360.local.demo.accounts import HOW_MANY
from smart360.local.demo.money import office_hours
from smart360.local.demo.operations import (
    DemoPayment,
    invoice_month,
    pay_accounts,
    switch_on_vip_suggestions,
)
from smart360.organisation.queries import day_of
from smart360.staff.choices import Role
from smart360.staff.models import Person

MONTHS = 6
A_MONTH = timedelta(days=30)
OLD_DEBT = timedelta(days=120)
COLLECTED = 3
REGULARS, REGULAR_YEARS, BILLS = 20, 4, 7
IN_TIME, TOO_LATE = 12, 30
"""Days from a bill to its payment; 20 are given."""
WHY_COLLECTED = "Three reminders without an answer, and nobody there when we called."
WHY_VIP = "Looks after a clinic next door; the supply must not fail."


def make_standing(*, at: datetime) -> None:
    """Score the months behind us, collect a few old debts, mark one VIP; once."""
    if HealthScore.objects.exists():
        return
    _bill_and_pay(day_of(at))
    for months in reversed(range(MONTHS)):
        moment = at - A_MONTH * months
        if not months:
            switch_on_vip_suggestions(least_bills=6, least_years=4)
        go_on_with_scores(day=day_of(moment), after=0, at=moment, at_once=2 * HOW_MANY)
    people = Person.objects.with_roles().filter(is_demo=True).order_by("pk")
    recovery = next(each for each in people if Role.RECOVERY in each.roles)
    boss = next(each for each in people if Role.SUPERVISOR in each.roles)
    for consumer in _old_debts(day_of(at)):
        move_to_collection(
            consumer=consumer, reason=WHY_COLLECTED, by=recovery, at=at, form_key=uuid.uuid4()
        )
    plain = Consumer.objects.filter(is_vip=False, status=AccountStatus.ACTIVE, guards=None)
    chosen = plain.order_by("-pk").values_list("pk", flat=True)[0]
    set_vip(consumer=chosen, is_vip=True, reason=WHY_VIP, by=boss, at=at, form_key=uuid.uuid4())


def _bill_and_pay(today: date) -> None:
    """Some who are with us for years get a bill a month and pay it, a few of them late."""
    regulars = _regulars(today)
    for months in reversed(range(2, 2 + BILLS)):
        first = months_later(today.replace(day=1), -months)
        issued_on = months_later(first, 1).replace(day=10)
        invoice_month(
            consumers=regulars, first=first, issued_on=issued_on, at=office_hours(issued_on)
        )
        owed = dict(
            ConsumerFigures.objects.filter(consumer__in=regulars, balance__gt=0).values_list(
                "consumer", "balance"
            )
        )
        late = [key for nth, key in enumerate(regulars) if nth % 5 == 0 and months % 2]
        for days, payers in ((IN_TIME, set(owed) - set(late)), (TOO_LATE, set(owed) & set(late))):
            paid_on = issued_on + timedelta(days=days)
            payments = [
                DemoPayment(key, owed[key], "ONLINE_BANKING", f"ST-{paid_on:%y%m%d}-{key}")
                for key in sorted(payers)
            ]
            if payments:
                pay_accounts(payments=payments, paid_on=paid_on, at=office_hours(paid_on))


def _regulars(today: date) -> list[int]:
    """Active accounts of many years with nothing in the ledger yet, in the order of locking."""
    since = today.replace(year=today.year - REGULAR_YEARS, day=1)
    found = Consumer.objects.filter(
        status=AccountStatus.ACTIVE,
        registered_on__lt=since,
        ledger_transactions=None,
        guards=None,
        cases=None,
    )
    return sorted(found.order_by("pk").values_list("pk", flat=True)[:REGULARS])


def _old_debts(today: date) -> list[int]:
    """A few accounts that owe for long, and that nothing guards or holds."""
    old = Consumer.objects.filter(
        status=AccountStatus.ACTIVE,
        figures__oldest_due_on__lte=today - OLD_DEBT,
        figures__balance__gt=0,
        guards=None,
        profile_lock=None,
        cases=None,
    )
    return list(old.order_by("-pk").values_list("pk", flat=True)[:COLLECTED])
