"""Amounts of money: exact decimals, and the one way in which they are rounded (M12)."""

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """``amount`` in whole cents, half a cent away from zero; never ``-0.00``.

    Used once, where a line of a bill is made. Sums of lines are exact and are never rounded.
    """
    return amount.quantize(CENT, ROUND_HALF_UP) + ZERO


def exact_rows(found: str | None) -> list[Any]:
    """The rows that the database gathered as JSON, or none; a decimal of theirs stays exact."""
    rows: list[Any] = json.loads(found, parse_float=Decimal) if found else []
    return rows
