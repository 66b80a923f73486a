"""What the demo's accounts owe and have paid: tariffs, deposits, invoices, payments.

The sample of 004 §8 is lived through by the real operations: $606.78 charged, the newest invoice
due on November 30, 2024, $150.00 paid on October 15, 2024, a deposit of January 15, 2024. What
all the others have is posted in set form, so that the first start stays short.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from billing.choices import PostingKind
from billing.models import Invoice, LedgerTransaction, Payment, Tariff
from billing.operations.deposits import receive_deposit
from billing.operations.payments import record_payment
from billing.rules.arrangements import months_later
from billing.rules.payments import DepositWish, PaymentWish
from consumers.models import Consumer, ServiceConnection
from smart360.comms.models import Message
from smart360.comms.operations import mark_sent
from smart360.kernel.money import CENT, ZERO
from smart360.local.demo.operations import (
    DemoPayment,
    DemoTariff,
    add_tariffs,
    invoice_month,
    open_accounts,
    pay_accounts,
    plan_month,
)
from smart360.staff.models import Person

ZONE = ZoneInfo("America/Chicago")
SAMPLE = "ACC-2024-001789"
SAMPLE_OUTSTANDING = Decimal("456.78")
SAMPLE_PAID = Decimal("150.00")
SAMPLE_MONTHS = tuple(date(2024, month, 1) for month in (7, 8, 9, 10))
INVOICED_TOO = 300
"""Of how many accounts the last month is billed; a billing run bills the others."""
PAID_TOO = 160
BATCH = 40

TARIFFS = tuple(
    DemoTariff(utility, category, date(2024, 1, 1), *prices)
    for category, plans in {
        "Residential": {
            "ELECTRICITY": ("8.50", (("0", "0.098"), ("300", "0.124"), ("800", "0.152"))),
            "WATER": ("6.20", (("0", "1.15"), ("15", "1.62"))),
            "GAS": ("7.40", (("0", "0.54"),)),
        },
        "Commercial": {
            "ELECTRICITY": ("24.00", (("0", "0.117"), ("1000", "0.141"))),
            "WATER": ("14.50", (("0", "1.38"),)),
            "GAS": ("18.00", (("0", "0.49"),)),
        },
        "Industrial": {
            "ELECTRICITY": ("85.00", (("0", "0.109"), ("5000", "0.094"))),
            "WATER": ("40.00", (("0", "1.21"),)),
            "GAS": ("52.00", (("0", "0.43"),)),
        },
    }.items()
    for utility, prices in plans.items()
)


def make_money(*, at: datetime) -> None:
    """Make what is missing of it, however far an earlier run came."""
    if not Tariff.objects.exists():
        add_tariffs(tariffs=TARIFFS)
    make_sample()
    make_others(at=at, chance=Random(42))


# ------------------------------------------------------------------ the sample
def make_sample() -> None:
    """John Michael Smith as 004 §8 has him."""
    consumer = Consumer.objects.get(account_number=SAMPLE)
    biller = Person.objects.with_roles().get(username="billing")
    if not consumer.deposits.exists():
        wish = DepositWish(consumer.pk, Decimal("200.00"), date(2024, 1, 15))
        receive_deposit(wish=wish, by=biller, at=office_hours(date(2024, 1, 15)))
    if not _opened().filter(consumer=consumer).exists():
        _open_sample(consumer)
    *earlier, newest = SAMPLE_MONTHS
    for month in earlier:
        _invoice([consumer.pk], month)
    if not consumer.payments.exists():
        _pay_sample(consumer, biller)
    _invoice([consumer.pk], newest)


def _open_sample(consumer: Consumer) -> None:
    """What was owed before the four invoices, so that with them it is what the documents say."""
    billed = sum(
        (
            invoice.billed
            for month in SAMPLE_MONTHS
            for invoice in plan_month([consumer.pk], first=month)
        ),
        ZERO,
    )
    open_accounts(
        deposits={},
        openings={consumer.pk: (SAMPLE_OUTSTANDING + SAMPLE_PAID - billed, date(2024, 6, 20))},
        at=office_hours(date(2024, 6, 30)),
    )


def _opened() -> QuerySet[LedgerTransaction]:
    return LedgerTransaction.objects.filter(kind=PostingKind.OPENING_BALANCE)


def _pay_sample(consumer: Consumer, biller: Person) -> None:
    day = date(2024, 10, 15)
    paid = record_payment(
        wish=PaymentWish(
            consumer=consumer.pk,
            amount=SAMPLE_PAID,
            method="ONLINE_BANKING",
            paid_on=day,
            reference="OB-20241015-7741",
        ),
        by=biller,
        at=office_hours(day),
    )
    for message in Message.objects.filter(dedupe_key=f"payment.received:{paid.number}"):
        mark_sent(message=message.pk, at=message.at + timedelta(seconds=2))


def _invoice(consumers: Sequence[int], month: date) -> None:
    """Bill a month on the 10th of the next one, so that 20 days to pay end on the 30th."""
    issued_on = months_later(month, 1).replace(day=10)
    if Invoice.objects.filter(consumer__in=consumers, period_from=month).exists():
        return
    invoice_month(consumers=consumers, first=month, issued_on=issued_on, at=office_hours(issued_on))


# ------------------------------------------------------------------ everybody else
def make_others(*, at: datetime, chance: Random) -> None:
    """Deposits and opening balances at the go-live, payments since.

    Once there are invoices all of it is there; a later start adds nothing.
    """
    if Invoice.objects.exclude(consumer__account_number=SAMPLE).exists():
        return
    went_live = months_later(_last_month(at), -3)
    rows = list(
        Consumer.objects.exclude(account_number=SAMPLE)
        .exclude(status="PENDING")
        .order_by("pk")
        .values_list("pk", "status")
    )
    openings = dict(_openings(rows, went_live, chance))
    deposits = {
        key: Decimal(chance.choice((75, 100, 100, 150, 200)))
        for key, _ in rows
        if chance.random() < 0.7
    }
    if not _opened().exclude(consumer__account_number=SAMPLE).exists():
        open_accounts(deposits=deposits, openings=openings, at=office_hours(went_live))
    payers = chance.sample(sorted(key for key, (owed, _) in openings.items() if owed > 0), PAID_TOO)
    days = [went_live + timedelta(days=10 + 20 * turn) for turn in range(PAID_TOO // BATCH)]
    for turn, day in enumerate(days):
        payments = [
            _payment(consumer, openings[consumer][0], f"BF-{turn}-{consumer}", chance)
            for consumer in payers[turn * BATCH : (turn + 1) * BATCH]
        ]
        if not Payment.objects.filter(reference__startswith=f"BF-{turn}-").exists():
            pay_accounts(payments=payments, paid_on=day, at=office_hours(day))


def make_invoices(*, at: datetime) -> None:
    """A month of invoices, the last, for some of those who are supplied as they ever were.

    After the requests: theirs ended before these invoices, and a service that has ended is billed
    no more (M14).
    """
    closed = ServiceConnection.objects.exclude(billing_frozen_at=None).values("consumer")
    found = Consumer.objects.filter(status="ACTIVE").exclude(account_number=SAMPLE)
    active = list(found.exclude(pk__in=closed).order_by("pk").values_list("pk", flat=True))
    chance = Random(43)
    _invoice(sorted(chance.sample(active, INVOICED_TOO)), _last_month(at))


def _last_month(at: datetime) -> date:
    """The first day of the newest month whose invoices have gone out."""
    today = at.astimezone(ZONE).date()
    return months_later((today - timedelta(days=12)).replace(day=1), -1)


def _openings(
    rows: Sequence[tuple[int, str]], went_live: date, chance: Random
) -> Iterator[tuple[int, tuple[Decimal, date]]]:
    """Who owed what when the ledger began, and since when it was due; few had a credit."""
    shares = {"COLLECTION": 1.0, "INACTIVE": 0.3, "DISCONNECTED": 0.9}
    for key, status in rows:
        if chance.random() > shares.get(status, 0.35):
            continue
        cents = (
            chance.randint(1200, 62000) if chance.random() > 0.06 else -chance.randint(500, 4000)
        )
        age = chance.randint(95, 240) if status == "COLLECTION" else chance.randint(0, 100)
        yield key, (Decimal(cents) / 100, went_live - timedelta(days=age))


def _payment(consumer: int, owed: Decimal, reference: str, chance: Random) -> DemoPayment:
    """Most pay all that they owe, some a part."""
    amount = owed if chance.random() < 0.7 else (owed / 2).quantize(CENT)
    method = chance.choice(("ONLINE_BANKING", "BANK_TRANSFER", "CARD"))
    return DemoPayment(consumer, amount, method, reference)


def office_hours(day: date) -> datetime:
    """Ten in the morning of that day in Springfield."""
    return datetime.combine(day, time(10), ZONE).astimezone(UTC)
