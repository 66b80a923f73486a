"""Holds that were proposed: on the account's page, and those that wait for a supervisor."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from consumers.choices import HoldProposalState
from consumers.models import Consumer, HoldProposal
from consumers.rules.protections import is_close
from smart360.staff.models import Person
from smart360.web.paging import Page, Sort, page_of

OLDEST_FIRST = Sort("waiting", "Longest waiting first", ("proposed_at", "id"))
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownProposal:
    """One proposed hold as ``to`` sees it; ``is_own`` is what they may not decide."""

    id: int
    consumer: Consumer
    """As it is kept: a page shows it through ``access.shown``."""
    kind: str
    state: str
    source: str
    from_on: date
    to_on: date | None
    amount: Decimal | None
    note: str
    proposed_at: datetime
    proposed_by: str
    decided_by: str
    decision: str
    waits: bool
    is_own: bool
    certificate: int | None
    lacks_certificate: bool
    """Whether it waits and needs one that is still to follow."""
    is_close: bool
    """Whether only those who need to know may read it (BEY11)."""

    @property
    def slug(self) -> str:
        """The id of its panel."""
        return f"proposal-{self.id}"


def proposals_of(consumer: int, *, to: Person) -> list[ShownProposal]:
    """What was proposed for an account and not accepted, newest first; one statement.

    What was accepted is a hold, which says who proposed it.
    """
    found = _with_people(HoldProposal.objects.filter(consumer=consumer))
    rows = found.exclude(state=HoldProposalState.ACCEPTED).order_by("-pk")[:MOST_SHOWN]
    return [_shown(each, to=to) for each in rows]


def waiting_proposals(
    proposals: QuerySet[HoldProposal], *, to: Person, cursor: str = "", size: int = 25
) -> Page[ShownProposal]:
    """A page of those of ``proposals`` that wait for a decision."""
    found = page_of(
        _with_people(proposals.filter(state=HoldProposalState.PROPOSED)),
        sort=OLDEST_FIRST,
        cursor=cursor,
        size=size,
    )
    rows = [_shown(each, to=to) for each in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def waiting_for_certificate(consumer: int) -> list[int]:
    """Who proposed the protections of this account that wait for their certificate."""
    waiting = HoldProposal.objects.filter(
        consumer=consumer,
        state=HoldProposalState.PROPOSED,
        certificate=None,
        protection__needs_certificate=True,
    )
    return list(waiting.order_by("pk").values_list("proposed_by_id", flat=True))


def _with_people(proposals: QuerySet[HoldProposal]) -> QuerySet[HoldProposal]:
    return proposals.select_related(
        "consumer__category", "consumer__subcategory", "proposed_by", "decided_by", "protection"
    )


def _shown(proposal: HoldProposal, *, to: Person) -> ShownProposal:
    return ShownProposal(
        id=proposal.pk,
        consumer=proposal.consumer,
        kind=proposal.protection.name if proposal.protection else proposal.get_kind_display(),
        state=proposal.state,
        source=proposal.source,
        from_on=proposal.from_on,
        to_on=proposal.to_on,
        amount=proposal.amount,
        note=proposal.note,
        proposed_at=proposal.proposed_at,
        proposed_by=proposal.proposed_by.full_name,
        decided_by=proposal.decided_by.full_name if proposal.decided_by else "",
        decision=proposal.decision,
        waits=proposal.state == HoldProposalState.PROPOSED,
        is_own=proposal.proposed_by_id == to.pk,
        certificate=proposal.certificate_id,
        lacks_certificate=proposal.state == HoldProposalState.PROPOSED
        and proposal.certificate_id is None
        and proposal.protection is not None
        and proposal.protection.needs_certificate,
        is_close=is_close(proposal.kind, proposal.protection_id),
    )
