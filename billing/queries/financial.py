"""What the Financial tab of a consumer's profile shows (CON9); never a sum over entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from billing.models import Invoice
from billing.models.invoices import SEALED
from billing.queries.ageing import allocation_with
from billing.queries.payments import LastPayment, balances_and_last_payment
from billing.queries.tariffs import NamedRates, rates_since
from billing.rules.allocation import Allocation
from billing.rules.consumption import Shown
from billing.rules.forecast import NextBill, Usage, next_bill, next_period
from consumers.choices import SupplyState, Verification
from consumers.models import Consumer, MeterAssignment, Reading
from smart360.kernel.money import ZERO

MOST_INVOICES = 12
READINGS_SINCE = timedelta(days=430)


@dataclass(frozen=True, slots=True)
class Summary:
    """How an account stands, in a few figures and without any line."""

    outstanding: Decimal
    credit: Decimal
    deposit: Decimal
    due_on: date | None
    oldest_due_on: date | None
    last: LastPayment | None
    days_overdue: int

    @property
    def is_cleared(self) -> bool:
        """Whether nothing is owed either way (bad-inputs.md 73)."""
        return not self.outstanding and not self.credit

    @property
    def net(self) -> Decimal:
        """What is left when the deposit is used for what is owed; below zero: goes back."""
        owed = self.outstanding - self.credit
        return owed - self.deposit if owed > 0 else owed


@dataclass(frozen=True, slots=True)
class Plan:
    """What one utility costs this consumer today; ``name`` is empty without a tariff."""

    utility_type: str
    name: str
    fixed_charge: Decimal | None


@dataclass(frozen=True, slots=True)
class UsageRow:
    """How much of one utility a month takes on average."""

    utility_type: str
    unit: str
    a_month: Decimal | None


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice as the tab lists it."""

    id: int
    number: str
    kind: str
    period: tuple[date, date]
    issued_on: date | None
    due_on: date | None
    billed: Decimal
    unpaid: Decimal
    has_pdf: bool
    is_taken_back: bool

    @property
    def is_paid(self) -> bool:
        """Whether nothing of it is left to pay."""
        return not self.unpaid


@dataclass(frozen=True, slots=True)
class Overview:
    """How the consumer is billed."""

    plans: tuple[Plan, ...]
    usages: tuple[UsageRow, ...]
    last_period: tuple[date, date] | None
    next_bill: NextBill | None


def account_of(consumer: int, *, today: date) -> tuple[Summary, Allocation]:
    """The figures of an account, and what of its charges is unpaid; two statements."""
    balances, last = balances_and_last_payment(consumer)
    allocation = allocation_with(consumer, outstanding=balances.outstanding)
    oldest = allocation.oldest_due_on
    summary = Summary(
        outstanding=max(ZERO, balances.outstanding),
        credit=balances.credit,
        deposit=balances.deposit,
        due_on=allocation.latest_due_on,
        oldest_due_on=oldest,
        last=last,
        days_overdue=max(0, (today - oldest).days) if oldest else 0,
    )
    return summary, allocation


def overview_of(consumer: Consumer, invoices: Sequence[InvoiceRow], *, today: date) -> Overview:
    """Rate plans, usual consumption and what to expect of the next bill; two statements.

    ``invoices`` are the consumer's newest ones: the next bill goes on where the last one ended.
    """
    tariffs = rates_since(consumer.category_id, since=today - READINGS_SINCE)
    usages = _usages_of(consumer.pk, today)
    last = next((each.period for each in invoices if not each.is_taken_back), None)
    supplied = [usage for usage, is_supplied in usages if is_supplied]
    rates = {utility: [each.rates for each in rows] for utility, rows in tariffs.items()}
    utilities = dict.fromkeys(usage.utility_type for usage, _ in usages)
    return Overview(
        plans=tuple(_plan(utility, tariffs.get(utility, ()), today) for utility in utilities),
        usages=tuple(UsageRow(each.utility_type, each.unit, each.a_month) for each, _ in usages),
        last_period=last,
        next_bill=next_bill(supplied, rates, period=next_period(last[1] if last else None, today)),
    )


def _plan(utility: str, tariffs: Sequence[NamedRates], today: date) -> Plan:
    found = next((each for each in tariffs if each.is_valid_on(today)), None)
    if found is None:
        return Plan(utility, "", None)
    return Plan(utility, found.name, found.rates.fixed_charge)


def _usages_of(consumer: int, today: date) -> list[tuple[Usage, bool]]:
    """The consumer's meters with a year of verified readings, and whether each is supplied."""
    shown = Reading.objects.filter(
        meter=OuterRef("meter"),
        read_on__gte=today - READINGS_SINCE,
        read_on__lte=today,
        verification=Verification.VERIFIED,
    ).order_by("read_on")
    meters = (
        MeterAssignment.objects.filter(
            service_connection__consumer=consumer, during__upper_inf=True
        )
        .order_by("service_connection")
        .values_list(
            "meter__utility_type", "meter__unit", "service_connection__supply_state",
            ArraySubquery(shown.values("value")), ArraySubquery(shown.values("read_on")),
        )
    )  # fmt: skip
    return [
        (
            Usage(utility, unit, tuple(map(Shown, values, days))),
            state == SupplyState.CONNECTED,
        )
        for utility, unit, state, values, days in meters
    ]


def list_invoices(consumer: int, allocation: Allocation) -> list[InvoiceRow]:
    """The consumer's newest invoices with what is unpaid of each; one statement."""
    found = Invoice.objects.filter(consumer=consumer, state__in=SEALED).order_by("-number")
    return [
        InvoiceRow(
            id=each.pk,
            number=str(each),
            kind=each.get_kind_display(),
            period=(each.period_from, each.period_to),
            issued_on=each.issued_on,
            due_on=each.due_on,
            billed=each.billed,
            unpaid=allocation.unpaid_of(each.posting_id or 0),
            has_pdf=each.pdf_id is not None,
            is_taken_back=each.taken_back_at is not None,
        )
        for each in found[:MOST_INVOICES]
    ]
