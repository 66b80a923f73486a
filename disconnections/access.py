"""The doors to a request: who finds it, and what they may do with it now."""

from disconnections.choices import REQUEST_KINDS
from smart360.cases.access import Act, acts_on, visible_cases
from smart360.cases.choices import ApprovalState
from smart360.cases.models import Approval, Case
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

PERMISSION_OF: dict[Act, Permission] = {
    Act.ACKNOWLEDGE: Permission.ACKNOWLEDGE,
    Act.HOLD: Permission.HOLD,
    Act.RESUME: Permission.HOLD,
    Act.CLOSE: Permission.CLOSE,
    Act.ASSIGN_TO: Permission.ASSIGN_OTHERS,
    Act.ASSIGN_TO_ME: Permission.ASSIGN,
    Act.ASK_APPROVAL: Permission.ASK_FOR_APPROVAL,
    Act.DECIDE_APPROVAL: Permission.APPROVE_REQUEST,
    Act.ADD_NOTE: Permission.ADD_NOTE,
    Act.SEND_MESSAGE: Permission.MESSAGE_CONSUMER,
    Act.LOG_CALL: Permission.LOG_CALL,
    Act.RETRY_MESSAGE: Permission.RETRY_MESSAGE,
}
"""What each act asks for. The views declare the same permission at the gate."""


def allowed_acts(case: Case, person: Person, approval: Approval | None = None) -> frozenset[Act]:
    """What this person may do with this request now: the buttons of the page are exactly these.

    ``approval`` is the one that counts, or None when none was asked for.
    """
    acts = acts_on(case, person, PERMISSION_OF)
    if approval and approval.is_live:
        acts -= {Act.ASK_APPROVAL}
    if not _may_decide(case, approval, person):
        acts -= {Act.DECIDE_APPROVAL}
    return acts


def _may_decide(case: Case, approval: Approval | None, person: Person) -> bool:
    """What waits is decided by nobody who made it or put it forward (W14)."""
    if approval is None or approval.state != ApprovalState.PENDING:
        return False
    return person.pk not in (case.created_by_id, approval.asked_by_id)


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
