"""Who is told what about a complaint."""

from datetime import datetime

from complaints.models import Complaint
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case
from smart360.cases.notices import tell_assignee, tell_consumer, tell_of_event
from smart360.cases.queries.receipts import promise, tracking_url
from smart360.kernel.db import step

DECIDED = {CaseStatus.RESOLVED.value: "resolved", CaseStatus.REJECTED.value: "rejected"}


@step
def complaint_decided(case: Case, complaint: Complaint, *, at: datetime) -> None:
    """Whoever complained learns what was done, or why it was rejected (CMP5)."""
    tell_of_event(
        case,
        event=DECIDED[case.status],
        values={"complaint": complaint.name.name, "resolution": case.closing_note},
        at=at,
        once=str(case.version),
    )


@step
def complaint_reopened(
    case: Case, complaint: Complaint, *, path: str, by: int, at: datetime
) -> None:
    """Whoever complained learns that we look into it again, and so does who worked on it."""
    tell_of_event(
        case,
        event="reopened",
        values={"complaint": complaint.name.name},
        at=at,
        once=str(case.version),
    )
    if case.assignee_id != by:
        tell_assignee(
            case,
            sentence=f"{case.number} was reopened",
            path=path,
            at=at,
            once=f"reopened:{case.version}",
        )


@step
def complaint_received(case: Case, made: Complaint, *, at: datetime) -> None:
    """The acknowledgement by e-mail, at once, if the box was ticked (CMP4, N5)."""
    tell_consumer(
        case,
        code="complaint.received",
        values={
            "complaint": made.name.name,
            "answer_within": promise(case, case.policy.resolution_minutes),
            "tracking_url": tracking_url(made.tracking_token),
        },
        at=at,
        once="1",
    )
