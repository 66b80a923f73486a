"""A request before supervisors: asked for by a person, decided by another (DIS11)."""

import uuid
from datetime import datetime

from django.urls import reverse

from disconnections.choices import Answer, Stage
from disconnections.protecting import check_protections
from smart360.cases import approvals, handling
from smart360.cases.approvals import UnableToAskForApproval, UnableToDecide
from smart360.cases.choices import ApprovalState
from smart360.cases.models import Approval, Case
from smart360.cases.queries.approvals import approval_of
from smart360.kernel.db import operation
from smart360.kernel.text import REQUIRED
from smart360.staff.models import Person
from smart360.web import form_keys

ASK = "disconnections.ask_for_approval"
DECIDE = "disconnections.decide_approval"


@operation
def ask_for_approval(
    *, case: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Approval:
    """Put a request before supervisors and say why; it is not carried out until they approve.

    Raises UnableToAskForApproval when the request has ended, says nothing, or waits already.
    """
    locked = handling.lock_case(case)
    standing = approval_of(case)
    if handling.is_repeated(locked, form_key, act=ASK, by=by, at=at, reason=reason) and standing:
        return standing
    if not locked.is_open:
        raise UnableToAskForApproval("This request has ended", is_conflict=True)
    if standing is not None and standing.is_live:
        who = standing.asked_by.full_name if standing.asked_by else "Smart360"
        raise UnableToAskForApproval(f"Approval was asked for by {who} already", is_conflict=True)
    if not reason:
        raise UnableToAskForApproval(REQUIRED, field="reason")
    asked = approvals.require_approval(
        locked, because=(), reason=reason, by=by.pk, at=at, path=_path(locked)
    )
    handling.touch(locked, by=by.pk, at=at)
    return asked


def decide_approval(
    *,
    case: int,
    decision: str,
    note: str,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> Approval:
    """Approve or reject a request that waits; never one's own (W14).

    Raises UnableToDecide of ``cases.approvals``; also when a protection blocks, and that verdict
    is kept: nobody can allow what a protection blocks (BEY1).
    """
    decided, sentences = _decide(
        case=case, decision=decision, note=note, by=by, at=at, form_key=form_key
    )
    if decided is None:
        raise UnableToDecide(". ".join(sentences), is_conflict=True)
    return decided


@operation
def _decide(
    *, case: int, decision: str, note: str, by: Person, at: datetime, form_key: uuid.UUID | None
) -> tuple[Approval | None, tuple[str, ...]]:
    """The decision, or what blocks it."""
    locked = handling.lock_case(case)
    standing = approval_of(case)
    said = {"decision": decision, "note": note}
    if handling.is_repeated(locked, form_key, act=DECIDE, by=by, at=at, **said) and standing:
        return standing, ()
    is_waiting = standing is not None and standing.state == ApprovalState.PENDING
    if is_waiting and locked.is_open and decision == ApprovalState.APPROVED:
        judgement = check_protections(locked, stage=Stage.APPROVAL, by=by.pk, at=at)
        if judgement.answer == Answer.BLOCKED:
            if form_key is not None:
                form_keys.release(form_key, by=by.pk, act=DECIDE)
            return None, judgement.sentences
    decided = approvals.decide(
        locked, decision=decision, note=note, by=by, at=at, path=_path(locked)
    )
    handling.touch(locked, by=by.pk, at=at)
    return decided, ()


def _path(case: Case) -> str:
    return reverse("request_detail", args=[case.number])
