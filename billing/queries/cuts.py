"""What a consumer may be cut off for: what is owed without what is disputed (DIS12, BEY14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.models.invoices import SEALED
from consumers.choices import AccountHoldKind
from smart360.kernel.money import ZERO

# A dispute fences off what is owed, never a credit.
FIGURES = """
SELECT f.consumer_id,
       f.balance - least(greatest(f.balance, 0), coalesce((
           SELECT sum(h.amount) FROM consumers_accounthold h
            WHERE h.consumer_id = f.consumer_id AND h.kind = %(dispute)s
              AND h.lifted_at IS NULL AND h.amount IS NOT NULL
              AND h.from_on <= %(on)s AND (h.to_on IS NULL OR h.to_on >= %(on)s)), 0)),
       CASE WHEN f.balance > 0 THEN greatest(%(on)s::date - f.oldest_due_on, 0) END,
       coalesce((
           SELECT sum(i.billed) FROM billing_invoice i
            WHERE i.consumer_id = f.consumer_id AND i.state = ANY(%(sealed)s)
              AND i.taken_back_at IS NULL
              AND i.issued_on > %(on)s::date - interval '1 year' AND i.issued_on <= %(on)s), 0)
  FROM consumers_consumerfigures f WHERE f.consumer_id = ANY(%(consumers)s)
"""


@dataclass(frozen=True, slots=True)
class CutFigures:
    """``outstanding`` without what is disputed; ``overdue`` days; ``billed`` over 12 months."""

    outstanding: Decimal = ZERO
    overdue: int = 0
    billed: Decimal = ZERO


def figures_for_a_cut(consumers: Sequence[int], *, on: date) -> dict[int, CutFigures]:
    """The figures by which cuts are judged, of many consumers in one statement.

    Whoever has no figures yet owes nothing and is left out.
    """
    values: dict[str, Any] = {
        "consumers": list(consumers),
        "on": on,
        "dispute": AccountHoldKind.DISPUTE.value,
        "sealed": [state.value for state in SEALED],
    }
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, values)
        return {
            consumer: CutFigures(outstanding, overdue or 0, billed)
            for consumer, outstanding, overdue, billed in cursor.fetchall()
        }
