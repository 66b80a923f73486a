"""What the Complaint Registration Receipt says (CMP3). It goes to the customer."""

from dataclasses import dataclass
from datetime import date, datetime

from complaints.models import Complainant, Complaint
from complaints.queries.detail import shown_complainant
from smart360.cases.models import Case
from smart360.cases.queries.receipts import Contact, contact_of, promise, steps_of, tracking_url
from smart360.comms.queries import free_words
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

NOBODY = Contact("", "", "", sees_words=False, sees_link=False)


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """One complaint as its receipt tells it. What the reader may not see is empty.

    Nobody of the staff is named on it, nor what was noted for them.
    """

    case: int
    number: str
    created_at: datetime
    due_at: datetime
    status: str
    name: str
    account_number: str
    phone: str
    email: str
    service_address: str
    customer_type: str
    category: str
    subcategory: str
    complaint: str
    priority: str
    incident_on: date
    description: str
    expected_resolution: str
    files: int
    tracking_url: str
    next_steps: tuple[str, ...]


def receipt_facts(case: int, *, to: Person | None = None) -> ReceiptFacts:
    """The receipt of a complaint as ``to`` may see it; None is the customer."""
    made = Complaint.objects.select_related(
        "case__consumer__category",
        "case__consumer__subcategory",
        "case__policy",
        "category",
        "name__subcategory",
        "complainant",
    ).get(case=case)
    about, contact = made.case, _contact(made, to)
    return ReceiptFacts(
        case=about.pk,
        number=about.number,
        created_at=about.created_at,
        due_at=about.adjusted_due_at or about.due_at,
        status=about.get_status_display(),
        name=contact.name,
        account_number=_account(made, sees_words=contact.sees_words),
        phone=contact.phone,
        email=contact.email,
        service_address=made.service_address if contact.sees_words else "",
        customer_type=_customer_type(made),
        category=made.category.name,
        subcategory=made.name.subcategory.name,
        complaint=made.name.name,
        priority=about.get_priority_display(),
        incident_on=made.incident_on,
        description=_said(made.description, to),
        expected_resolution=_said(made.expected_resolution, to),
        files=made.evidence.count(),
        tracking_url=tracking_url(made.tracking_token) if contact.sees_link else "",
        next_steps=next_steps(about),
    )


def _contact(made: Complaint, to: Person | None) -> Contact:
    """The account's data once there is one, before that what was told (CMP2)."""
    said = _told_by(made)
    if made.case.consumer is not None:
        return contact_of(made.case.consumer, to)
    if said is None:
        return NOBODY
    if to is None:
        return Contact(said.name, said.phone, said.email, sees_words=True, sees_link=True)
    seen = shown_complainant(said, to=to)
    sees_words = to.has_permission(Permission.SEE_CONTACT_DATA)
    return Contact(
        seen.name,
        seen.phone,
        seen.email,
        sees_words=sees_words,
        sees_link=sees_words and to.has_permission(Permission.SEE_PERSONAL_DATA),
    )


def _told_by(made: Complaint) -> Complainant | None:
    """Who complained without an account that we knew of, as they told."""
    said: Complainant | None = getattr(made, "complainant", None)
    return said


def _account(made: Complaint, *, sees_words: bool) -> str:
    """The account, or the number that was told and that we do not know."""
    if made.case.consumer is not None:
        return made.case.consumer.account_number
    said = _told_by(made)
    return f"{said.account_said} (as told)" if said and said.account_said and sees_words else ""


def _customer_type(made: Complaint) -> str:
    """What kind of customer it is, by the account or as told."""
    consumer = made.case.consumer
    if consumer is None:
        said = _told_by(made)
        return said.get_customer_type_display() if said and said.customer_type else ""
    return " · ".join(filter(None, [consumer.category.name, str(consumer.subcategory or "")]))


def _said(words: str, to: Person | None) -> str:
    """What the customer wrote, as the reader may read it."""
    return free_words(words, to=to) if to else words


def next_steps(about: Case) -> tuple[str, ...]:
    """What happens next, with the promise, in the order in which it happens."""
    between = [
        f"You hear from us within {promise(about, about.policy.response_minutes)}.",
        f"We tell you what we decide within {promise(about, about.policy.resolution_minutes)}.",
    ]
    return steps_of(about, "complaint", between)


def has_receipt(case: int) -> bool:
    """Whether the PDF of a complaint is there already."""
    return Complaint.objects.filter(case=case, receipt__isnull=False).exists()
