"""Who is told what about a complaint."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse

from complaints.models import Complaint
from smart360.cases.choices import CaseKind, CaseStatus
from smart360.cases.models import Case
from smart360.cases.notices import tell_assignee, tell_consumer, tell_of_event
from smart360.cases.queries.receipts import promise, tracking_url
from smart360.comms.outbox import notify_staff
from smart360.kernel.db import step
from smart360.staff.access import people_who_may
from smart360.staff.permissions import Permission

DECIDED = {CaseStatus.RESOLVED.value: "resolved", CaseStatus.REJECTED.value: "rejected"}


def words_of(case: int, kind: str) -> Mapping[str, str]:
    """What a complaint is about, and its link, for every message of it. A port of ``cases``."""
    if kind != CaseKind.COMPLAINT:
        return {}
    made = Complaint.objects.values("name__name", "tracking_token").filter(pk=case).first()
    if made is None:
        return {}
    return {
        "complaint": made["name__name"],
        "tracking_url": tracking_url(made["tracking_token"]),
    }


@step
def complaint_decided(case: Case, complaint: Complaint, *, at: datetime) -> None:
    """Whoever complained learns what was done, or why it was rejected (CMP5)."""
    tell_of_event(
        case,
        event=DECIDED[case.status],
        values={"resolution": case.closing_note},
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
        values={},
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
def no_supervisor_sees(case: Case, made: Complaint, *, at: datetime) -> None:
    """A complaint about the only supervisor would lie unseen: whoever gives roles hears of it.

    They hear neither its number nor whom it is about.
    """
    seeing = people_who_may(Permission.SEE_STAFF_COMPLAINTS)
    if not made.category.is_about_staff or any(one.pk != made.staff_named_id for one in seeing):
        return
    notify_staff(
        people=people_who_may(Permission.MANAGE_PEOPLE),
        sentence="A complaint about staff waits that no supervisor may see. "
        "Make somebody else a supervisor",
        path=reverse("admin:staff_person_changelist"),
        at=at,
        dedupe_key=f"no-supervisor:{case.number}",
        is_urgent=True,
    )


@step
def complaint_received(case: Case, made: Complaint, *, at: datetime) -> None:
    """The acknowledgement by e-mail, at once, if the box was ticked (CMP4, N5)."""
    tell_consumer(
        case,
        code="complaint.received",
        values={"answer_within": promise(case, case.policy.resolution_minutes)},
        at=at,
        once="1",
    )
