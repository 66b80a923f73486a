"""Acts that only the demo needs: its money in set form, the field work, what things cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from billing import ledger
from billing.choices import LedgerKind, PaymentSource, PaymentState, PostingKind
from billing.invoicing import issue_invoices
from billing.ledger import Leg, Posting
from billing.models import DepositReceipt, Payment, Tariff, TariffSlab, TariffTax
from billing.queries.cycles import accounts_of, facts_of
from billing.queries.payments import receipt_key
from billing.queries.policies import get_policy
from billing.rules.arrangements import months_later
from billing.rules.cycles import Cycle, InvoiceToBe, plan
from consumers.models import Category, Consumer, ConsumerFigures
from disconnections.models import ClosurePolicy
from smart360.cases.choices import Priority
from smart360.fieldwork.choices import OrderKind
from smart360.fieldwork.models import (
    OrderTemplate,
    Skill,
    Technician,
    TechnicianSkill,
    TemplateCategory,
)
from smart360.insights.models import VipPolicy
from smart360.kernel.db import copy_rows, operation, step
from smart360.kernel.numbering import go_on_after, next_number
from smart360.organisation.queries import day_of, get_utility
from smart360.owed.book import owe
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record_for_each

RECEIPT = "billing.payment_receipt"
TAX = ("Utility tax", Decimal(5))
PAYMENT_COLUMNS = (
    "number", "consumer_id", "source", "reference", "method", "amount", "paid_on", "state",
    "recorded_at", "settled_at", "failure", "posting_id", "reversal_reason",
)  # fmt: skip


@dataclass(frozen=True)
class DemoTariff:
    """What a utility costs a category from a day on: monthly charge, and slabs (above, rate)."""

    utility_type: str
    category: str
    from_on: date
    fixed_charge: str
    slabs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DemoPayment:
    """A payment that came with a file of the bank."""

    consumer: int
    amount: Decimal
    method: str
    reference: str


@operation
def add_tariffs(*, tariffs: Sequence[DemoTariff]) -> None:
    """What supply costs, each with one tax on all of it."""
    categories = dict(Category.objects.values_list("name", "pk"))
    for each in tariffs:
        tariff = Tariff.objects.create(
            name=f"{each.category} {each.from_on.year}",
            utility_type=each.utility_type,
            category_id=categories[each.category],
            valid=DateRange(each.from_on, None),
            fixed_charge=Decimal(each.fixed_charge),
        )
        TariffSlab.objects.bulk_create(
            TariffSlab(tariff=tariff, above=Decimal(above), rate=Decimal(rate))
            for above, rate in each.slabs
        )
        TariffTax.objects.create(tariff=tariff, name=TAX[0], percent=TAX[1])


@operation
def open_accounts(
    *,
    deposits: Mapping[int, Decimal],
    openings: Mapping[int, tuple[Decimal, date]],
    at: datetime,
) -> None:
    """The go-live: the deposits that were held, and what was owed since when (below 0: a credit).

    Who owes something owes it since that day.
    """
    _lock({*deposits, *openings})
    day = day_of(at)
    postings = [
        Posting(
            kind=PostingKind.DEPOSIT_RECEIVED,
            consumer=consumer,
            reference="OPENING-DEPOSIT",
            valued_on=day,
            legs=[Leg(LedgerKind.CASH, amount), Leg(LedgerKind.DEPOSIT_HELD, -amount)],
        )
        for consumer, amount in deposits.items()
    ]
    keys = ledger.post_many(postings, by=None, at=at)
    copy_rows(
        DepositReceipt,
        ("consumer_id", "amount", "received_on", "posting_id"),
        (
            (consumer, amount, day, key)
            for (consumer, amount), key in zip(deposits.items(), keys, strict=True)
        ),
    )
    record_for_each(
        Event.DEPOSIT_RECEIVED,
        by=None,
        at=at,
        consumers={
            consumer: {"deposit": "OPENING-DEPOSIT", "amount": str(amount)}
            for consumer, amount in deposits.items()
        },
    )
    _open_balances(openings, day, at=at)


@step
def _open_balances(
    openings: Mapping[int, tuple[Decimal, date]], day: date, *, at: datetime
) -> None:
    postings = [
        Posting(
            kind=PostingKind.OPENING_BALANCE,
            consumer=consumer,
            reference="OPENING",
            valued_on=day,
            due_on=due_on if amount > 0 else None,
            legs=[Leg(LedgerKind.RECEIVABLE, amount), Leg(LedgerKind.OPENING, -amount)],
        )
        for consumer, (amount, due_on) in openings.items()
    ]
    ledger.post_many(postings, by=None, at=at)
    owing = {consumer: due_on for consumer, (amount, due_on) in openings.items() if amount > 0}
    figures = list(ConsumerFigures.objects.filter(consumer__in=owing))
    for each in figures:
        each.oldest_due_on = owing[each.consumer_id]
    ConsumerFigures.objects.bulk_update(figures, ["oldest_due_on"])


@operation
def pay_accounts(*, payments: Sequence[DemoPayment], paid_on: date, at: datetime) -> None:
    """What a bank's file brought on one day: posted, each with a line, its receipt owed."""
    _lock({payment.consumer for payment in payments})
    numbers = _numbers(len(payments), paid_on.year)
    keys = ledger.post_many(
        [
            Posting(
                kind=PostingKind.PAYMENT,
                consumer=payment.consumer,
                reference=number,
                valued_on=paid_on,
                legs=[
                    Leg(LedgerKind.CASH, payment.amount),
                    Leg(LedgerKind.RECEIVABLE, -payment.amount),
                ],
            )
            for payment, number in zip(payments, numbers, strict=True)
        ],
        by=None,
        at=at,
    )
    copy_rows(
        Payment,
        PAYMENT_COLUMNS,
        (
            (number, each.consumer, PaymentSource.IMPORT.value, each.reference, each.method,
             each.amount, paid_on, PaymentState.PROCESSED.value, at, at, "", key, "")
            for number, each, key in zip(numbers, payments, keys, strict=True)
        ),
    )  # fmt: skip
    record_for_each(
        Event.PAYMENT_RECORDED,
        by=None,
        at=at,
        consumers={
            each.consumer: {
                "payment": number, "amount": str(each.amount), "method": each.method,
                "state": PaymentState.PROCESSED.value,
            }
            for number, each in zip(numbers, payments, strict=True)
        },
    )  # fmt: skip
    _owe_receipts(numbers, at=at)
    paid_up = ConsumerFigures.objects.filter(
        consumer__in=[payment.consumer for payment in payments], balance__lte=0
    )
    paid_up.update(oldest_due_on=None)


def _numbers(count: int, year: int) -> list[str]:
    """The next numbers of payments, taken at once."""
    first = next_number(series="PAY", year=year)
    head, serial = first.rsplit("-", 1)
    last = int(serial) + count - 1
    go_on_after(series="PAY", year=year, last=last)
    return [f"{head}-{number:06d}" for number in range(int(serial), last + 1)]


@step
def _owe_receipts(numbers: Sequence[str], *, at: datetime) -> None:
    for key, number in Payment.objects.filter(number__in=numbers).values_list("pk", "number"):
        owe(RECEIPT, dedupe_key=receipt_key(number), about={"payment": key}, at=at)


def _lock(consumers: set[int]) -> None:
    """Hold these consumers' rows in their order."""
    rows = Consumer.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=consumers).order_by("pk").values_list("pk", flat=True))


# ------------------------------------------------------------------ invoices
def plan_month(consumers: Sequence[int], *, first: date) -> list[InvoiceToBe]:
    """What one calendar month costs these consumers, each that has something to pay."""
    accounts = accounts_of(consumers)
    cycle = Cycle(first, months_later(first, 1) - timedelta(days=1), first=first)
    facts = facts_of(accounts, cycle, zone=get_utility().zone)
    planned = [plan(account, cycle, facts).invoice for account in accounts]
    return [invoice for invoice in planned if invoice is not None]


@operation
def invoice_month(*, consumers: Sequence[int], first: date, issued_on: date, at: datetime) -> None:
    """Bill these consumers for one calendar month, as it was issued then."""
    _lock(set(consumers))
    issue_invoices(
        plan_month(consumers, first=first),
        run=None,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=get_policy().days_to_pay),
        by=None,
        at=at,
    )


# ------------------------------------------------------------------ field work
@operation
def add_technicians(*, technicians: Mapping[str, tuple[Sequence[str], Sequence[str], int]]) -> None:
    """Who of the demo's people is sent out: by user name their areas, skills and minutes a day."""
    people = Person.objects.filter(username__in=technicians, technician=None)
    for person in people.order_by("pk"):
        areas, skills, minutes = technicians[person.username]
        made = Technician.objects.create(person=person, areas=list(areas), minutes_a_day=minutes)
        known = Skill.objects.filter(name__in=skills).order_by("pk")
        TechnicianSkill.objects.bulk_create(
            TechnicianSkill(technician=made, skill=each) for each in known
        )


@operation
def add_order_type(*, code: str, name: str, description: str, category: str, minutes: int) -> None:
    """A disconnection of everything for one category of consumers."""
    made, is_new = OrderTemplate.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "description": description,
            "kind": OrderKind.DISCONNECTION,
            "estimated_minutes": minutes,
            "priority": Priority.HIGH,
        },
    )
    if is_new:
        TemplateCategory.objects.create(template=made, category=Category.objects.get(name=category))


# ------------------------------------------------------------------ reconnections
@operation
def charge_for_reconnections(*, fee: Decimal) -> None:
    """What a reconnection costs from now on."""
    ClosurePolicy.objects.update(reconnection_fee=fee)


@operation
def switch_on_vip_suggestions(*, least_bills: int, least_years: int) -> None:
    """Let VIPs be suggested by criteria that some of the demo's accounts meet."""
    VipPolicy.objects.update(is_on=True, least_bills=least_bills, least_years=least_years)
