"""Reversals of payments as pages show them: what waits, and what was decided."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from billing.choices import ProposalState
from billing.models import Reversal
from consumers.access import shown
from smart360.staff.models import Person
from smart360.web.paging import Page, Sort, page_of

OLDEST_FIRST = Sort("waiting", "Longest waiting first", ("proposed_at", "id"))


@dataclass(frozen=True, slots=True)
class WaitingReversal:
    """One payment that somebody has to decide to take back or not."""

    number: str
    payment: str
    account_number: str
    name: str
    amount: Decimal
    reason: str
    proposed_at: datetime
    proposed_by: str
    takes_another: bool
    """Whether this reader proposed it or recorded the payment, and cannot approve it."""


@dataclass(frozen=True, slots=True)
class ReversalLine:
    """A reversal on its payment's page."""

    number: str
    waits: bool
    is_rejected: bool
    is_own: bool
    reason: str
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str
    decision: str


def list_waiting(
    reversals: QuerySet[Reversal], *, to: Person, cursor: str = "", size: int = 25
) -> Page[WaitingReversal]:
    """A page of those of ``reversals`` that wait for a decision, as ``to`` may see them."""
    found = page_of(
        reversals.filter(state=ProposalState.PROPOSED).select_related(
            "payment__consumer__category", "payment__consumer__subcategory", "proposed_by"
        ),
        sort=OLDEST_FIRST,
        cursor=cursor,
        size=size,
    )
    rows = [_row(each, to=to) for each in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def _row(reversal: Reversal, *, to: Person) -> WaitingReversal:
    payment = reversal.payment
    return WaitingReversal(
        number=reversal.number,
        payment=payment.number,
        account_number=payment.consumer.account_number,
        name=shown(payment.consumer, to=to, addresses=()).name,
        amount=payment.amount,
        reason=reversal.reason,
        proposed_at=reversal.proposed_at,
        proposed_by=reversal.proposed_by.full_name,
        takes_another=to.pk in (reversal.proposed_by_id, payment.recorded_by_id),
    )


def reversals_of(payment: int, *, to: Person) -> list[ReversalLine]:
    """What became of the wishes to take a payment back, the newest first; one statement."""
    found = Reversal.objects.filter(payment=payment).select_related("proposed_by", "decided_by")
    return [
        ReversalLine(
            number=each.number,
            waits=each.state == ProposalState.PROPOSED,
            is_rejected=each.state == ProposalState.REJECTED,
            is_own=each.proposed_by_id == to.pk,
            reason=each.reason,
            proposed_at=each.proposed_at,
            proposed_by=each.proposed_by.full_name,
            decided_at=each.decided_at,
            decided_by=each.decided_by.full_name if each.decided_by else "",
            decision=each.decision,
        )
        for each in found.order_by("-pk")[:25]
    ]
