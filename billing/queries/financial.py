"""What the Financial tab of a consumer's profile shows (CON9); never a sum over entries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.choices import LedgerKind, PostingKind
from billing.models import Invoice, LedgerEntry, Tariff
from billing.models.invoices import SEALED
from billing.queries.accounts import balances_of
from billing.queries.ageing import allocation_with
from billing.queries.cycles import rates_of
from billing.queries.payments import LastPayment, last_payment
from billing.rules.allocation import Allocation
from billing.rules.consumption import Shown
from billing.rules.forecast import NextBill, Usage, next_bill, next_period
from consumers.choices import SupplyState, Verification
from consumers.models import AccountHold, Consumer, MeterAssignment, Reading
from smart360.kernel.money import ZERO

MOST_INVOICES = 12
MOST_HOLDS = 20
READINGS_SINCE = timedelta(days=430)
DEPOSIT_WORDS: dict[str, str] = {
    PostingKind.DEPOSIT_RECEIVED: "Received",
    PostingKind.DEPOSIT_APPLIED: "Applied to a bill",
    PostingKind.DEPOSIT_REFUNDED: "Refunded",
    PostingKind.DEPOSIT_INTEREST: "Interest",
}
"""What a posting does to a deposit, said below the heading "Deposits"."""


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


@dataclass(frozen=True, slots=True)
class DepositMove:
    """One movement of a security deposit; ``amount`` is below zero when less is held after it."""

    on: date
    what: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class HoldRow:
    """What protects the account, or did. ``state`` is STANDS, LAPSED or LIFTED."""

    kind: str
    source: str
    from_on: date
    to_on: date | None
    state: str


def account_of(consumer: int, *, today: date) -> tuple[Summary, Allocation]:
    """The figures of an account, and what of its charges is unpaid; three statements."""
    balances = balances_of(consumer)
    allocation = allocation_with(consumer, outstanding=balances.outstanding)
    oldest = allocation.oldest_due_on
    summary = Summary(
        outstanding=max(ZERO, balances.outstanding),
        credit=balances.credit,
        deposit=balances.deposit,
        due_on=allocation.latest_due_on,
        oldest_due_on=oldest,
        last=last_payment(consumer),
        days_overdue=max(0, (today - oldest).days) if oldest else 0,
    )
    return summary, allocation


def overview_of(consumer: Consumer, invoices: Sequence[InvoiceRow], *, today: date) -> Overview:
    """Rate plans, usual consumption and what to expect of the next bill; five statements.

    ``invoices`` are the consumer's newest ones: the next bill goes on where the last one ended.
    """
    tariffs = _tariffs_of(consumer.category_id, today)
    usages = _usages_of(consumer.pk, today)
    last = next((each.period for each in invoices if not each.is_taken_back), None)
    supplied = [usage for usage, is_supplied in usages if is_supplied]
    rates = {utility: [rates_of(each) for each in rows] for utility, rows in tariffs.items()}
    utilities = dict.fromkeys(usage.utility_type for usage, _ in usages)
    return Overview(
        plans=tuple(_plan(utility, tariffs.get(utility, ()), today) for utility in utilities),
        usages=tuple(UsageRow(each.utility_type, each.unit, each.a_month) for each, _ in usages),
        last_period=last,
        next_bill=next_bill(supplied, rates, period=next_period(last[1] if last else None, today)),
    )


def _tariffs_of(category: int, today: date) -> Mapping[str, list[Tariff]]:
    """The tariffs of a category from a year ago on, by utility, the earliest first."""
    found = Tariff.objects.filter(category=category).prefetch_related("slabs", "taxes")
    tariffs: dict[str, list[Tariff]] = defaultdict(list)
    for tariff in found.order_by("valid"):
        ended = tariff.valid.upper is not None and tariff.valid.upper < today - READINGS_SINCE
        if not ended:
            tariffs[tariff.utility_type].append(tariff)
    return tariffs


def _plan(utility: str, tariffs: Sequence[Tariff], today: date) -> Plan:
    valid = (
        each
        for each in tariffs
        if each.valid.lower <= today and (each.valid.upper is None or today < each.valid.upper)
    )
    found = next(valid, None)
    if found is None:
        return Plan(utility, "", None)
    return Plan(utility, found.name, found.fixed_charge)


def _usages_of(consumer: int, today: date) -> list[tuple[Usage, bool]]:
    """The consumer's meters with a year of verified readings, and whether each is supplied."""
    meters = list(
        MeterAssignment.objects.filter(
            service_connection__consumer=consumer, during__upper_inf=True
        )
        .order_by("service_connection")
        .values_list(
            "meter", "meter__utility_type", "meter__unit", "service_connection__supply_state"
        )
    )
    shown: dict[int, list[Shown]] = defaultdict(list)
    readings = Reading.objects.filter(
        meter__in=[meter for meter, *_ in meters],
        read_on__gte=today - READINGS_SINCE,
        read_on__lte=today,
        verification=Verification.VERIFIED,
    )
    for meter, value, on in readings.order_by("read_on").values_list("meter", "value", "read_on"):
        shown[meter].append(Shown(value, on))
    return [
        (Usage(utility, unit, tuple(shown[meter])), state == SupplyState.CONNECTED)
        for meter, utility, unit, state in meters
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


def list_deposit_moves(consumer: int) -> list[DepositMove]:
    """What moved a consumer's security deposit, newest first; one statement."""
    found = LedgerEntry.objects.filter(
        account__consumer=consumer, account__kind=LedgerKind.DEPOSIT_HELD
    ).select_related("transaction")
    return [
        DepositMove(
            on=each.transaction.valued_on,
            what=DEPOSIT_WORDS.get(each.transaction.kind, PostingKind(each.transaction.kind).label),
            reference=each.transaction.reference,
            amount=-each.amount,
        )
        for each in found.order_by("-pk")[:MOST_INVOICES]
    ]


def list_holds(consumer: int, *, today: date) -> list[HoldRow]:
    """What protects an account or did, newest first; right with every worker dead."""
    found = AccountHold.objects.filter(consumer=consumer).order_by("-pk")[:MOST_HOLDS]
    return [
        HoldRow(
            kind=each.get_kind_display(),
            source=each.source,
            from_on=each.from_on,
            to_on=each.to_on,
            state=_hold_state(each, today),
        )
        for each in found
    ]


def _hold_state(hold: AccountHold, today: date) -> str:
    if hold.lifted_at is not None:
        return "LIFTED"
    return "LAPSED" if hold.to_on is not None and hold.to_on < today else "STANDS"
