"""Putting a case before supervisors, and what they decide: the steps (DIS11, W14).

Every function runs inside an operation that has locked the case.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from smart360.cases.choices import ApprovalState
from smart360.cases.models import Approval, Case
from smart360.cases.notices import approval_asked, approval_decided, approvals_asked
from smart360.cases.queries.approvals import approval_of
from smart360.kernel.db import refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import Line, keep_all, record, record_lines

OWN_REQUEST = "Nobody approves a request that they made or put forward"
NOTHING_WAITS = "Nothing of this request waits for approval"


class UnableToAskForApproval(Refusal):
    """It has ended, or somebody has asked already."""


class UnableToDecide(Refusal):
    """Nothing waits for a decision, or another person must decide."""


refuses(
    {
        "a_case_has_one_live_approval": UnableToAskForApproval(
            "Approval was asked for already", is_conflict=True
        ),
        "approvals_are_decided_once": UnableToDecide(
            "Somebody decided before you. Look at the request again.", is_conflict=True
        ),
        "nobody_approves_what_they_asked_for": UnableToDecide(OWN_REQUEST, is_forbidden=True),
        "nobody_approves_their_own_request": UnableToDecide(OWN_REQUEST, is_forbidden=True),
        "who_decides_may_approve": UnableToDecide(
            "Your role does not approve requests any more", is_forbidden=True
        ),
    }
)


@step
def require_approval(
    case: Case, *, because: Sequence[str], reason: str, by: int | None, at: datetime, path: str
) -> Approval:
    """Put the case before supervisors; what is asked for or given already stays as it is.

    ``because`` holds the codes of the rules that ask for it, none when a person does; ``reason``
    says it in words; ``path`` is where supervisors decide. The consumer is told that a decision is
    pending, whatever the notify box says.
    """
    standing = approval_of(case.pk)
    if standing is not None and standing.is_live:
        return standing
    made = Approval.objects.create(
        case=case, because=list(because), reason=reason, asked_at=at, asked_by_id=by
    )
    record(
        Event.APPROVAL_ASKED,
        by=by,
        at=at,
        case=case.pk,
        consumer=case.consumer_id,
        new={"because": list(because)},
        words=reason,
    )
    approval_asked(case, made, path=path, at=at)
    return made


@dataclass(frozen=True, slots=True)
class Need:
    """One of many new cases that rules put before supervisors, and the words for it."""

    case: Case
    because: Sequence[str]
    reason: str
    not_before: datetime


@step
def require_approvals(needs: Sequence[Need], *, by: int | None, at: datetime) -> None:
    """``require_approval`` in set form, for cases that were just opened; their consumers are told.

    The caller tells the supervisors once of all of them, instead of each.
    """
    made = Approval.objects.bulk_create(
        Approval(
            case=need.case, because=list(need.because), reason=need.reason, asked_at=at,
            asked_by_id=by,
        )
        for need in needs
    )  # fmt: skip
    texts = keep_all([need.reason for need in needs])
    record_lines(
        (
            Line(
                Event.APPROVAL_ASKED, need.case.pk, need.case.consumer_id, by,
                {"because": list(need.because)}, text.pk,
            )
            for need, text in zip(needs, texts, strict=True)
        ),
        at=at,
    )  # fmt: skip
    waiting = zip(needs, made, strict=True)
    approvals_asked([(n.case, approval, n.not_before) for n, approval in waiting], at=at)


@step
def decide(
    case: Case, *, decision: str, note: str, by: Person, at: datetime, path: str
) -> Approval:
    """Approve or reject what waits. Raises UnableToDecide, naming who was faster."""
    waiting = approval_of(case.pk)
    if waiting is None:
        raise UnableToDecide(NOTHING_WAITS, is_conflict=True)
    if waiting.state != ApprovalState.PENDING:
        who = waiting.decided_by.full_name if waiting.decided_by else "the system"
        state = waiting.get_state_display()
        raise UnableToDecide(f"{state} by {who} already", is_conflict=True)
    if not case.is_open:
        raise UnableToDecide("This request has ended", is_conflict=True)
    if by.pk in (case.created_by_id, waiting.asked_by_id):
        raise UnableToDecide(OWN_REQUEST, is_forbidden=True)
    if decision not in (ApprovalState.APPROVED, ApprovalState.REJECTED):
        raise UnableToDecide(NOT_OFFERED, field="decision")
    if decision == ApprovalState.REJECTED and not note:
        raise UnableToDecide(REQUIRED, field="note")
    waiting.state = ApprovalState(decision)
    waiting.decided_at, waiting.decided_by, waiting.note = at, by, note
    waiting.save(update_fields=["state", "decided_at", "decided_by", "note"])
    is_given = decision == ApprovalState.APPROVED
    record(
        Event.APPROVAL_GIVEN if is_given else Event.APPROVAL_REFUSED,
        by=by.pk,
        at=at,
        case=case.pk,
        consumer=case.consumer_id,
        words=note,
    )
    approval_decided(case, waiting, path=path, at=at)
    return waiting


@step
def withdraw(case: int, *, by: int | None, at: datetime) -> None:
    """Take back what still waits: the case has ended without it."""
    for waiting in Approval.objects.filter(case=case, state=ApprovalState.PENDING):
        waiting.state = ApprovalState.WITHDRAWN
        waiting.decided_at, waiting.decided_by_id = at, by
        waiting.save(update_fields=["state", "decided_at", "decided_by"])


@step
def withdraw_given(case: int, *, unless_for: Collection[str]) -> None:
    """What was approved before more was known is asked anew; not if it was given for all of it.

    ``unless_for`` holds the codes of the rules that ask for approval now.
    """
    given = approval_of(case)
    if given is None or given.state != ApprovalState.APPROVED:
        return
    if set(unless_for) <= set(given.because):
        return
    given.state = ApprovalState.WITHDRAWN
    given.save(update_fields=["state"])
