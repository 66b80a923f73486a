"""A request's settlement as pages show it: what is owed, the deposit, the net (BIL2, BIL3)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from billing.choices import InvoiceState
from billing.models import DepositReceipt, Invoice, SettlementChoice
from billing.ports import terms_of
from billing.queries.ageing import newest_charges
from billing.queries.bill_inputs import find_live_bill
from billing.queries.payments import LastPayment, last_payment
from billing.rules.allocation import allocate
from billing.rules.settlement import Settlement, deposit_is_used
from consumers.models import ConsumerFigures
from smart360.cases.models import Case
from smart360.kernel.money import ZERO

PAYABLE = "Amount payable by consumer"
REFUND = "Refund due to consumer"
SETTLED = "Nothing to pay"


@dataclass(frozen=True)
class AfterBill:
    """The same once the draft is approved: what the draft says (decision 22)."""

    invoice: int
    number: str
    billed: Decimal
    applied: Decimal
    due: Decimal
    refund_due: Decimal


@dataclass(frozen=True)
class SettlementView:
    """A request's settlement at this moment.

    ``due_on``           of the most recent unpaid invoice; None when nothing is due
    ``oldest_unpaid_on`` and ``oldest_days``: due date of the oldest one, how long overdue (0: not)
    ``version``          what a form that sets the deposit's use sends back; 0 before the first
    ``is_chosen``        somebody set it; otherwise it follows from what is owed
    ``asks_for_plan``    the deposit is kept back on a permanent closure: what becomes of it?
    ``asks_again``       nothing was owed, but the draft bills something and the deposit stays
                         unused by default: ask (decision 22)
    """

    settlement: Settlement
    due_on: date | None
    oldest_unpaid_on: date | None
    oldest_days: int
    last_payment: LastPayment | None
    deposit_on: date | None
    version: int
    is_chosen: bool
    can_toggle: bool
    is_open: bool
    is_permanent: bool
    deposit_plan: str
    deposit_plan_on: date | None
    after_bill: AfterBill | None

    @property
    def outstanding(self) -> Decimal:
        """Total due less payments; below zero it is a credit."""
        return self.settlement.outstanding

    @property
    def deposit(self) -> Decimal:
        """The security deposit held."""
        return self.settlement.deposit

    @property
    def uses_deposit(self) -> bool:
        """Whether "Use in bill" is on."""
        return self.settlement.uses_deposit

    @property
    def net(self) -> Decimal:
        """What is left to pay; below zero: to refund."""
        return self.settlement.net

    @property
    def is_cleared(self) -> bool:
        """Whether the card says Cleared and hides the due date."""
        return self.settlement.is_cleared

    @property
    def words(self) -> str:
        """What the net is."""
        if self.net > 0:
            return PAYABLE
        return REFUND if self.net < 0 else SETTLED

    @property
    def asks_for_plan(self) -> bool:
        """Whether somebody has to say what becomes of an unused deposit (decision 23)."""
        return self.is_permanent and self.deposit > 0 and not self.uses_deposit

    @property
    def asks_again(self) -> bool:
        """Whether the default should be asked for again, now that there is a bill."""
        return (
            self.after_bill is not None
            and self.after_bill.billed > 0
            and self.can_toggle
            and not self.is_chosen
            and not self.uses_deposit
        )


def get_settlement(case: Case, *, on: date) -> SettlementView:
    """The settlement of a request on a day in the utility's zone; five short reads."""
    found = _case_with_figures(case.pk)
    assert found.consumer is not None  # a_request_has_a_consumer
    consumer: int = found.consumer.pk
    figures: ConsumerFigures | None = getattr(found.consumer, "figures", None)
    choice: SettlementChoice | None = getattr(found, "settlement_choice", None)
    outstanding = figures.balance if figures else ZERO
    deposit = figures.deposit if figures else ZERO
    chosen = choice.uses_deposit if choice else None
    uses = deposit_is_used(chosen, outstanding=outstanding, deposit=deposit)
    unpaid = allocate(newest_charges(consumer) if outstanding > 0 else (), outstanding)
    oldest = unpaid.oldest_due_on
    bill = find_live_bill(case.pk)
    is_draft = bill is not None and bill.state == InvoiceState.DRAFT
    terms = terms_of(case.pk)
    return SettlementView(
        settlement=Settlement(outstanding=outstanding, deposit=deposit, uses_deposit=uses),
        due_on=unpaid.latest_due_on,
        oldest_unpaid_on=oldest,
        oldest_days=max(0, (on - oldest).days) if oldest else 0,
        last_payment=last_payment(consumer),
        deposit_on=vars(found)["deposit_on"],
        version=choice.version if choice else 0,
        is_chosen=chosen is not None,
        can_toggle=deposit > 0 and may_be_settled(case) and (bill is None or is_draft),
        is_open=may_be_settled(case),
        is_permanent=terms is not None and terms.is_permanent,
        deposit_plan=choice.deposit_plan if choice else "",
        deposit_plan_on=choice.deposit_plan_on if choice else None,
        after_bill=_after(bill) if bill and is_draft else None,
    )


def may_be_settled(case: Case) -> bool:
    """Whether a final bill may still be made: open, or carried out; not closed without it."""
    return case.is_open or case.status == "COMPLETED"


def _case_with_figures(case: int) -> Case:
    """The case, its consumer's figures, what was chosen, and when the first deposit came."""
    received = DepositReceipt.objects.filter(consumer=OuterRef("consumer")).order_by("received_on")
    return (
        Case.objects.select_related("consumer__figures", "settlement_choice")
        .annotate(deposit_on=Subquery(received.values("received_on")[:1]))
        .get(pk=case)
    )


def _after(bill: Invoice) -> AfterBill:
    return AfterBill(
        invoice=bill.pk,
        number=str(bill),
        billed=bill.billed,
        applied=bill.applied,
        due=bill.due,
        refund_due=bill.refund_due,
    )
