"""What the Financial tab of a consumer's profile shows (CON9); never a sum over entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.models import Invoice
from billing.models.invoices import SEALED
from billing.queries.ageing import allocation_with
from billing.queries.cycles import SERVICES, accounts_from
from billing.queries.payments import LastPayment, balances_and_last_payment
from billing.queries.tariffs import NamedRates, rates_since
from billing.rules.allocation import Allocation
from billing.rules.consumption import Shown
from billing.rules.cycles import Account
from billing.rules.forecast import NextBill, Usage, days_of_next_bill, next_bill
from consumers.models import Consumer
from smart360.kernel.money import ZERO

MOST_INVOICES = 12
READINGS_SINCE = timedelta(days=430)

# Each service as a billing run sees it, in the columns of SERVICES; beside it the first day that
# any run billed, and a year of verified readings of the meter that is there now.
SERVICES_AND_USAGE = f"""
SELECT s.*, (SELECT min(period_from) FROM billing_billingrun), m.unit, shown.values, shown.days
  FROM ({SERVICES}) AS s (consumer, category, status, balance, deposit, oldest, service)
  LEFT JOIN consumers_meterassignment a
    ON a.service_connection_id = s.service AND upper_inf(a.during)
  LEFT JOIN consumers_meter m ON m.id = a.meter_id
  LEFT JOIN LATERAL (
       SELECT array_agg(r.value ORDER BY r.read_on) AS values,
              array_agg(r.read_on ORDER BY r.read_on) AS days
         FROM consumers_reading r
        WHERE r.meter_id = m.id AND r.verification = 'VERIFIED'
          AND r.read_on BETWEEN %(since)s AND %(today)s) shown ON true
 ORDER BY s.service
"""  # noqa: S608  (put together from our own words)


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

    ``invoices`` are the consumer's newest ones, the newest first.
    """
    tariffs = rates_since(consumer.category_id, since=today - READINGS_SINCE)
    account, first_cycle_on, usages = _services_of(consumer.pk, today)
    rates = {utility: [each.rates for each in rows] for utility, rows in tariffs.items()}
    days = days_of_next_bill(account, first_cycle_on=first_cycle_on, today=today)
    utilities = dict.fromkeys(usage.utility_type for usage in usages)
    return Overview(
        plans=tuple(_plan(utility, tariffs.get(utility, ()), today) for utility in utilities),
        usages=tuple(UsageRow(each.utility_type, each.unit, each.a_month) for each in usages),
        last_period=next((each.period for each in invoices if not each.is_taken_back), None),
        next_bill=next_bill(usages, rates, days=days),
    )


def _plan(utility: str, tariffs: Sequence[NamedRates], today: date) -> Plan:
    found = next((each for each in tariffs if each.is_valid_on(today)), None)
    if found is None:
        return Plan(utility, "", None)
    return Plan(utility, found.name, found.rates.fixed_charge)


def _services_of(consumer: int, today: date) -> tuple[Account, date | None, list[Usage]]:
    """The account as a run sees it, the first day any run billed, and what its meters measured."""
    since = today - READINGS_SINCE
    asked: dict[str, Any] = {"consumers": [consumer], "since": since, "today": today}
    with connection.cursor() as cursor:
        cursor.execute(SERVICES_AND_USAGE, asked)
        rows = cursor.fetchall()
    (account,) = accounts_from(row[:-4] for row in rows)
    usages = [
        Usage(row[6], row[7], unit, tuple(map(Shown, values or (), days or ())))
        for *row, _, unit, values, days in rows
        if unit is not None
    ]
    return account, rows[0][-4], usages


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
