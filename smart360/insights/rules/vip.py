"""Who may be suggested as VIP, pure (CON6): by what was paid in time, for how long, how much used.

Complaints are none of the criteria: nobody misses the crown by complaining (decision 39).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

DAYS_OF_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class VipCriteria:
    """What an administrator asks for; every part must be met.

    ``compliance``  least payment compliance in percent, of at least ``bills`` that were due
    ``years``       least years as a consumer
    ``used``        utility type → least consumption in twelve months; one of them is enough, and
                    without any consumption does not matter
    """

    compliance: int
    bills: int
    years: int
    used: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class VipFigures:
    """What is known of a consumer: their bills, their days with us, what they used by utility."""

    bills_due: int
    bills_on_time: int
    days: int
    used: Mapping[str, Decimal]


def pays_and_stays(criteria: VipCriteria, figures: VipFigures) -> bool:
    """Whether what does not need any reading is met."""
    return (
        figures.bills_due >= max(1, criteria.bills)
        and 100 * figures.bills_on_time >= criteria.compliance * figures.bills_due
        and figures.days >= criteria.years * DAYS_OF_A_YEAR
    )


def is_to_be_suggested(criteria: VipCriteria, figures: VipFigures) -> bool:
    """Whether a consumer meets every criterion."""
    uses_enough = not criteria.used or any(
        figures.used.get(utility, Decimal(0)) >= least for utility, least in criteria.used.items()
    )
    return pays_and_stays(criteria, figures) and uses_enough
