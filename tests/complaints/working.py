"""What the tests of complaints share: bringing one to a state as people do."""

from datetime import datetime, timedelta

from complaints.models import Complaint
from complaints.operations.deciding import reject_complaint, resolve_complaint
from smart360.cases.models import HoldReason
from smart360.cases.operations import acknowledge
from smart360.cases.operations import put_on_hold as hold
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakePerson

LIST = "/cx/services/"


def in_progress(complaint: Complaint, person: MakePerson, at: datetime) -> Complaint:
    """Acknowledged by somebody."""
    acknowledge(case=complaint.pk, by=person(Role.SUPERVISOR), at=at)
    return complaint


def put_on_hold(complaint: Complaint, by: Person, at: datetime) -> None:
    """For two days, then it resumes by itself."""
    hold(
        case=complaint.pk,
        reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
        resume_by=at + timedelta(days=2),
        at_resume_by="RESUMES",
        by=by,
        at=at,
    )


def bring_to(state: str, complaint: Complaint, by: Person, at: datetime) -> None:
    """To the status of this name."""
    if state != "PENDING":
        acknowledge(case=complaint.pk, by=by, at=at)
    if state == "ON_HOLD":
        put_on_hold(complaint, by, at)
    if state == "RESOLVED":
        resolve_complaint(case=complaint.pk, words="We read the meter again.", by=by, at=at)
    if state == "REJECTED":
        reject_complaint(case=complaint.pk, words="The bill is right.", by=by, at=at)


def at_path(complaint: Complaint, tail: str = "") -> str:
    """An address of the complaint."""
    return f"{LIST}{complaint.case.number}{tail}"
