"""The doors to a request: who finds it, and what they may do with it now."""

from enum import StrEnum

from disconnections.choices import REQUEST_KINDS
from smart360.cases.access import visible_cases
from smart360.cases.choices import ApprovalState, CaseStatus
from smart360.cases.lifecycle import may_move
from smart360.cases.models import Approval, Case
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


class Act(StrEnum):
    """Something that can be done with a request."""

    ACKNOWLEDGE = "acknowledge"
    HOLD = "hold"
    RESUME = "resume"
    CLOSE = "close"
    ASSIGN_TO_ME = "assign"
    ASK_APPROVAL = "approval"
    DECIDE_APPROVAL = "decision"
    ADD_NOTE = "note"
    SEND_MESSAGE = "message"
    LOG_CALL = "call"
    RETRY_MESSAGE = "retry"


PERMISSION_OF: dict[Act, Permission] = {
    Act.ACKNOWLEDGE: Permission.ACKNOWLEDGE,
    Act.HOLD: Permission.HOLD,
    Act.RESUME: Permission.HOLD,
    Act.CLOSE: Permission.CLOSE,
    Act.ASSIGN_TO_ME: Permission.ASSIGN,
    Act.ASK_APPROVAL: Permission.ASK_FOR_APPROVAL,
    Act.DECIDE_APPROVAL: Permission.APPROVE_REQUEST,
    Act.ADD_NOTE: Permission.ADD_NOTE,
    Act.SEND_MESSAGE: Permission.MESSAGE_CONSUMER,
    Act.LOG_CALL: Permission.LOG_CALL,
    Act.RETRY_MESSAGE: Permission.RETRY_MESSAGE,
}
"""What each act asks for. The views declare the same permission at the gate."""

MOVES: dict[Act, tuple[CaseStatus, CaseStatus]] = {
    Act.ACKNOWLEDGE: (CaseStatus.PENDING, CaseStatus.IN_PROGRESS),
    Act.HOLD: (CaseStatus.IN_PROGRESS, CaseStatus.ON_HOLD),
    Act.RESUME: (CaseStatus.ON_HOLD, CaseStatus.IN_PROGRESS),
}
"""The acts that move a request along one arrow of its lifecycle."""


def is_possible(act: Act, case: Case, approval: Approval | None = None) -> bool:
    """Whether the request's state lets anybody do this now (cases/lifecycle.py decides).

    ``approval`` is the one that counts, or None when none was asked for.
    """
    if act in MOVES:
        old, new = MOVES[act]
        return case.status == old and may_move(case.kind, old, new)
    if act == Act.CLOSE:
        return may_move(case.kind, case.status, CaseStatus.CLOSED)
    if act == Act.ASSIGN_TO_ME:
        return case.is_open
    if act == Act.ASK_APPROVAL:
        return case.is_open and not (approval and approval.is_live)
    if act == Act.DECIDE_APPROVAL:
        is_waiting = approval is not None and approval.state == ApprovalState.PENDING
        return case.is_open and is_waiting
    return True  # notes, messages, calls and retries stay possible after the end (W15)


def allowed_acts(case: Case, person: Person, approval: Approval | None = None) -> frozenset[Act]:
    """What this person may do with this request now: the buttons of the page are exactly these."""
    return frozenset(
        act
        for act, permission in PERMISSION_OF.items()
        if person.has_permission(permission)
        and is_possible(act, case, approval)
        and (act != Act.ASSIGN_TO_ME or _may_take(case, person))
        and (act != Act.DECIDE_APPROVAL or _may_decide(case, approval, person))
    )


def _may_take(case: Case, person: Person) -> bool:
    """Nobody takes what they have; what somebody else has only a supervisor takes."""
    if case.assignee_id is None:
        return True
    return case.assignee_id != person.pk and person.has_permission(Permission.ASSIGN_OTHERS)


def _may_decide(case: Case, approval: Approval | None, person: Person) -> bool:
    """Nobody decides what they made or put forward (W14)."""
    asked_by = approval.asked_by_id if approval else None
    return person.pk not in (case.created_by_id, asked_by)


def find_request(number: str, person: Person) -> Case | None:
    """The case of a request that this person may see, with all that its page shows of it."""
    return (
        visible_cases(person)
        .filter(number=number, kind__in=REQUEST_KINDS)
        .select_related(
            "consumer__category",
            "consumer__subcategory",
            "policy",
            "created_by",
            "updated_by",
            "assignee",
            "acknowledged_by",
            "responded_by",
            "ended_by",
            "disconnection_request__reason",
            "disconnection_request__slot",
        )
        .first()
    )
