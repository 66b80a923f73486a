"""Arrangements from a test, as recovery would agree them."""

from datetime import date, datetime
from decimal import Decimal

from billing.models import Arrangement
from billing.operations.arrangements import make_arrangement
from billing.rules.arrangements import ArrangementWish, Part
from consumers.models import Consumer
from smart360.staff.models import Person

FIRST, SECOND, THIRD = date(2024, 12, 20), date(2025, 1, 20), date(2025, 2, 20)
THREE = (
    Part(FIRST, Decimal("100.00")),
    Part(SECOND, Decimal("100.00")),
    Part(THIRD, Decimal("100.00")),
)


def arrangement_wish(
    consumer: Consumer, parts: tuple[Part, ...] = THREE, total: str = "300.00"
) -> ArrangementWish:
    """Three instalments of 100.00, the first in ten days."""
    return ArrangementWish(consumer=consumer.pk, total=Decimal(total), parts=parts)


def arrange(
    consumer: Consumer, parts: tuple[Part, ...] = THREE, *, by: Person, at: datetime
) -> Arrangement:
    """An arrangement that runs."""
    total = sum((part.amount for part in parts), Decimal("0.00"))
    return make_arrangement(wish=arrangement_wish(consumer, parts, f"{total}"), by=by, at=at)
