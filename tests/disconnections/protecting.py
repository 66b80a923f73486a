"""What the tests of protections share: rules in force, holds, debts, an operation around a step."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from consumers import guards
from consumers.choices import AccountHoldKind
from consumers.models import AccountHold, Consumer
from disconnections.models import ProtectionRule
from smart360.kernel.db import operation

R = TypeVar("R")
TODAY = date(2024, 12, 10)


@operation
def inside(act: Callable[[], R]) -> R:
    """Run a step as an operation would."""
    return act()


def hold(
    consumer: Consumer,
    kind: AccountHoldKind = AccountHoldKind.MEDICAL,
    *,
    at: datetime,
    **more: Any,
) -> AccountHold:
    """Protect an account as the product does it."""
    facts: dict[str, Any] = {"source": "CERT-1", "from_on": TODAY, "to_on": None, "by": None}

    def place() -> AccountHold:
        guards.lock_consumer(consumer.pk)
        return guards.place_hold(consumer.pk, kind=kind, at=at, **(facts | more))

    return inside(place)


def switch_on(*codes: str, **changes: Any) -> None:
    """Put rules that came with the product in force, changed where a test says so."""
    for rule in ProtectionRule.objects.filter(code__in=codes):
        for name, value in ({"is_active": True} | changes).items():
            setattr(rule, name, value)
        rule.save()
