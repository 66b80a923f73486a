"""What the acts on proposals share: a refund or a reversal is decided once, and says by whom."""

from collections.abc import Mapping
from datetime import datetime

from billing.choices import ProposalState
from billing.models import Refund, Reversal
from smart360.kernel.db import step
from smart360.kernel.errors import Refusal
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record

Proposal = Refund | Reversal


def refuse_decided(proposal: Proposal, refusal: type[Refusal]) -> None:
    """What was decided stays as it is."""
    if proposal.decided_by is not None:
        raise refusal(
            f"{proposal.get_state_display()} by {proposal.decided_by.full_name} already",
            is_conflict=True,
        )


@step
def decide(
    proposal: Proposal,
    state: ProposalState,
    *,
    event: Event,
    consumer: int,
    facts: Mapping[str, str],
    words: str,
    by: Person,
    at: datetime,
) -> None:
    """Store what was decided and its one line; the proposal is locked, its posting made."""
    proposal.state, proposal.decided_at, proposal.decided_by = state, at, by
    proposal.save(update_fields=["state", "decided_at", "decided_by", "decision", "posting"])
    record(
        event,
        by=by.pk,
        at=at,
        consumer=consumer,
        old={"state": ProposalState.PROPOSED},
        new={**facts, "state": state},
        words=words,
    )
