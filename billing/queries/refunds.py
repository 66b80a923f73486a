"""Refunds as pages show them: what waits for a decision, and what can be given back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from billing.choices import ProposalState
from billing.models import Refund
from consumers.access import shown
from smart360.kernel.money import ZERO
from smart360.staff.models import Person
from smart360.web.paging import Page, Sort, page_of

OLDEST_FIRST = Sort("waiting", "Longest waiting first", ("proposed_at", "id"))


@dataclass(frozen=True, slots=True)
class WaitingRefund:
    """One refund that somebody has to decide."""

    number: str
    account_number: str
    name: str
    source: str
    amount: Decimal
    method: str
    reason: str
    proposed_at: datetime
    proposed_by: str
    needs_second_person: bool
    is_own: bool

    @property
    def takes_another(self) -> bool:
        """Whether this reader proposed it and cannot decide it."""
        return self.is_own and self.needs_second_person


def list_waiting(
    refunds: QuerySet[Refund], *, to: Person, cursor: str = "", size: int = 25
) -> Page[WaitingRefund]:
    """A page of those of ``refunds`` that wait for a decision, as ``to`` may see them."""
    waiting = refunds.filter(state=ProposalState.PROPOSED)
    found = page_of(
        waiting.select_related("consumer__category", "consumer__subcategory", "proposed_by"),
        sort=OLDEST_FIRST,
        cursor=cursor,
        size=size,
    )
    rows = [_row(each, to=to) for each in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def _row(refund: Refund, *, to: Person) -> WaitingRefund:
    return WaitingRefund(
        number=refund.number,
        account_number=refund.consumer.account_number,
        name=shown(refund.consumer, to=to, addresses=()).name,
        source=refund.get_source_display(),
        amount=refund.amount,
        method=refund.get_method_display(),
        reason=refund.reason,
        proposed_at=refund.proposed_at,
        proposed_by=refund.proposed_by.full_name,
        needs_second_person=refund.needs_second_person,
        is_own=refund.proposed_by_id == to.pk,
    )


def waiting_of(consumer: int) -> list[tuple[str, Decimal]]:
    """Number and amount of a consumer's refunds that wait, newest first."""
    waiting = Refund.objects.filter(consumer=consumer, state=ProposalState.PROPOSED)
    return list(waiting.order_by(F("pk").desc()).values_list("number", "amount")[:25])


def proposed_since(consumer: int, *, by: int, since: datetime) -> Decimal:
    """What one person proposed to give back to an account since then, and nobody rejected."""
    found = Refund.objects.filter(consumer=consumer, proposed_by=by, proposed_at__gt=since)
    return found.exclude(state=ProposalState.REJECTED).aggregate(all=Sum("amount"))["all"] or ZERO
