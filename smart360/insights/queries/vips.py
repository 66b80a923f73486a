"""Who is suggested as VIP, and what waits for a supervisor (CON6)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum

from billing.models import InvoiceSection
from billing.models.invoices import SEALED
from billing.rules.compliance import Compliance, Year
from consumers.access import shown
from consumers.choices import AccountStatus, UtilityType
from consumers.models import Consumer
from smart360.insights.choices import SuggestionState
from smart360.insights.models import VipPolicy, VipSuggestion
from smart360.insights.rules.health import HealthFacts
from smart360.insights.rules.vip import (
    DAYS_OF_A_YEAR,
    VipCriteria,
    VipFigures,
    is_to_be_suggested,
    pays_and_stays,
)
from smart360.staff.models import Person
from smart360.web.paging import Page, Sort, page_of

LONGEST_WAITING = Sort("waiting", "Longest waiting first", ("suggested_at", "id"))
DAYS_OF_A_MONTH = 30
WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """One suggestion that waits, as a supervisor reads it."""

    id: int
    account_number: str
    name: str
    paid: str
    stayed: str
    used: str
    suggested_at: datetime

    @property
    def heard(self) -> str:
        """What tells its buttons from the others'."""
        return self.account_number


def vip_policy() -> VipPolicy:
    """The one row."""
    return VipPolicy.objects.get(pk=1)


def criteria_of(policy: VipPolicy) -> VipCriteria:
    """What the policy asks for, as plain values."""
    asked = {
        UtilityType.ELECTRICITY.value: policy.least_electricity,
        UtilityType.WATER.value: policy.least_water,
        UtilityType.GAS.value: policy.least_gas,
    }
    return VipCriteria(
        compliance=policy.least_compliance,
        bills=policy.least_bills,
        years=policy.least_years,
        used={utility: least for utility, least in asked.items() if least is not None},
    )


def new_suggestions(
    policy: VipPolicy, facts: Mapping[int, HealthFacts], *, today: date, at: datetime
) -> dict[int, VipFigures]:
    """Consumer → figures, of those who meet the policy and were not decided on lately."""
    criteria = criteria_of(policy)
    paying = {
        consumer: figures
        for consumer, each in facts.items()
        if pays_and_stays(criteria, figures := _figures(each, {}))
    }
    open_to_it = _not_decided(policy, paying, at=at)
    used = _used(open_to_it, today=today)
    found = {key: _figures(facts[key], used.get(key, {})) for key in open_to_it}
    return {key: figures for key, figures in found.items() if is_to_be_suggested(criteria, figures)}


def _figures(facts: HealthFacts, used: Mapping[str, Decimal]) -> VipFigures:
    return VipFigures(facts.bills_due, facts.bills_on_time, max(0, facts.days), used)


def _not_decided(policy: VipPolicy, consumers: Collection[int], *, at: datetime) -> list[int]:
    """Active ones who are no VIP yet, and of whom nothing waits or was decided lately."""
    if not consumers:
        return []
    since = at - timedelta(days=DAYS_OF_A_MONTH * policy.months_between)
    lately = VipSuggestion.objects.filter(consumer__in=list(consumers)).exclude(
        decided_at__lt=since
    )
    open_ones = Consumer.objects.filter(
        pk__in=list(consumers), is_vip=False, status=AccountStatus.ACTIVE
    )
    kept = open_ones.exclude(pk__in=lately.values("consumer"))
    return list(kept.order_by("pk").values_list("pk", flat=True))


def _used(consumers: Collection[int], *, today: date) -> dict[int, dict[str, Decimal]]:
    """Consumer → utility → what the bills of twelve months say was used."""
    if not consumers:
        return {}
    billed = InvoiceSection.objects.filter(
        invoice__consumer__in=list(consumers),
        invoice__issued_on__gt=Year.before(today).since,
        invoice__state__in=SEALED,
        invoice__taken_back_at__isnull=True,
    )
    used: dict[int, dict[str, Decimal]] = defaultdict(dict)
    sums = billed.values_list("invoice__consumer", "utility_type").annotate(Sum("consumption"))
    for consumer, utility, consumption in sums.order_by():
        used[consumer][utility] = consumption
    return used


# ------------------------------------------------------------------ what waits
def has_suggestion(suggestion: int) -> bool:
    """Whether there is such a suggestion, waiting or decided."""
    return VipSuggestion.objects.filter(pk=suggestion).exists()


def waiting_suggestions(*, to: Person, cursor: str = "", size: int = 25) -> Page[ShownSuggestion]:
    """A page of what waits and can be decided, the longest waiting first; one statement."""
    waiting = VipSuggestion.objects.filter(
        state=SuggestionState.WAITING, consumer__erased_at=None, consumer__merged_into=None
    ).select_related("consumer__category", "consumer__subcategory")
    found = page_of(waiting, sort=LONGEST_WAITING, cursor=cursor, size=size)
    rows = [_shown(each, to) for each in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def _shown(row: VipSuggestion, to: Person) -> ShownSuggestion:
    paid = Compliance(row.bills_due, row.bills_on_time)
    return ShownSuggestion(
        id=row.pk,
        account_number=row.consumer.account_number,
        name=shown(row.consumer, to=to, addresses=()).name,
        paid=f"{paid.percent}% of {row.bills_due}",
        stayed=f"{row.days // DAYS_OF_A_YEAR} years",
        used=used_in_words(row.used),
        suggested_at=row.suggested_at,
    )


def used_in_words(used: Mapping[str, str]) -> str:
    """What was used, by utility: ``Electricity 5,200``."""
    return ", ".join(
        f"{UtilityType(utility).label} {Decimal(value).quantize(WHOLE, ROUND_HALF_UP):,}"
        for utility, value in sorted(used.items())
    )
