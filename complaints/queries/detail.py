"""One complaint as its page shows it: facts, clocks, rail, files, and the sentence to read out."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from complaints.models import Complainant, Complaint, ComplaintSettings, Evidence, Reopening
from consumers.access import shown
from consumers.models import AccountHold
from consumers.rules.profiles import ShownConsumer, masked_name
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case, Hold
from smart360.cases.queries.clocks import CaseClocks, case_clocks
from smart360.cases.queries.holds import HoldOffer
from smart360.cases.queries.rails import acknowledged, with_now
from smart360.cases.queries.spoken import done_by, next_step
from smart360.comms.queries import free_words
from smart360.documents.choices import ContentType
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.shown import RailStep

MOST_PLACES = 100
PICTURES = (ContentType.PNG.value, ContentType.JPG.value)


@dataclass(frozen=True, slots=True)
class ShownComplainant:
    """Who complained without an account, as one person may see it."""

    name: str
    phone: str = ""
    email: str = ""
    service_address: str = ""
    customer_type: str = ""
    account_said: str = ""


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """One file of a complaint; ``position`` is its place, ``size`` as people read it."""

    position: int
    title: str
    kind: str
    size: str
    is_picture: bool


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """Everything that the shell of a complaint's page shows."""

    case: Case
    complaint: Complaint
    consumer: ShownConsumer | None
    complainant: ShownComplainant | None
    clocks: CaseClocks
    rail: tuple[RailStep, ...]
    description: str
    expected: str
    notes: str
    service_address: str
    decision: str
    staff_named: str
    spoken: str
    reopen_days: int
    currency: str

    @property
    def who(self) -> str:
        """Whose complaint it is: the account's holder, or who says to be it."""
        if self.consumer is not None:
            return self.consumer.name
        return self.complainant.name if self.complainant else ""

    @property
    def subject(self) -> str:
        """Category and complaint name."""
        return f"{self.complaint.category.name} · {self.complaint.name.name}"

    @property
    def offer(self) -> HoldOffer | None:
        """A complaint waits for no visit that was wished for."""
        return None


def complaint_page(case: Case, *, to: Person, at: datetime, zone: ZoneInfo) -> ComplaintPage:
    """The shell of the page, with only what this person may see (X3)."""
    complaint = case.complaint
    clocks = case_clocks(case, at=at, zone=zone)
    said = getattr(complaint, "complainant", None)
    return ComplaintPage(
        case=case,
        complaint=complaint,
        consumer=shown(case.consumer, to=to) if case.consumer else None,
        complainant=shown_complainant(said, to=to) if said else None,
        clocks=clocks,
        rail=rail_of(case, hold=clocks.hold),
        description=free_words(complaint.description, to=to),
        expected=free_words(complaint.expected_resolution, to=to),
        notes=free_words(complaint.notes, to=to),
        service_address=free_words(complaint.service_address, to=to),
        decision=free_words(case.closing_note, to=to),
        staff_named=complaint.staff_named.full_name if complaint.staff_named else "",
        spoken=spoken_sentence(case, clocks.hold, at=at),
        reopen_days=reopen_days(),
        currency=get_utility().currency,
    )


def reopen_days() -> int:
    """How long after its end a complaint can be reopened, in days."""
    return ComplaintSettings.objects.values_list("reopen_within_days", flat=True).get(pk=1)


def shown_complainant(said: Complainant, *, to: Person) -> ShownComplainant:
    """Who complained, by the rules for consumers: the name masked, or without the e-mail (X3)."""
    kind = said.get_customer_type_display() if said.customer_type else ""
    if not to.has_permission(Permission.SEE_CONTACT_DATA):
        return ShownComplainant(name=masked_name(said.name), customer_type=kind)
    return ShownComplainant(
        name=said.name,
        phone=said.phone,
        email=said.email if to.has_permission(Permission.SEE_PERSONAL_DATA) else "",
        service_address=said.service_address,
        customer_type=kind,
        account_said=said.account_said,
    )


# ------------------------------------------------------------------ what comes next
def rail_of(case: Case, *, hold: Hold | None) -> tuple[RailStep, ...]:
    """Registered, acknowledged, decided; one station is where the complaint stands now."""
    steps = [
        RailStep("Registered", "done", formats.shown_short_datetime(case.created_at)),
        acknowledged(case),
    ]
    if case.is_open or case.ended_at is None:
        return with_now([*steps, RailStep("Resolved", "next")], hold)
    when = formats.shown_short_datetime(case.ended_at)
    return (*steps, RailStep(case.get_status_display(), "done", when))


def spoken_sentence(case: Case, hold: Hold | None, *, at: datetime) -> str:
    """One sentence with the next step and the expected end, to be read out on the phone."""
    when = formats.shown_date(case.ended_at or at)
    if case.status == CaseStatus.RESOLVED:
        return f"Your complaint was resolved on {when}."
    if case.status == CaseStatus.REJECTED:
        return f"We looked into your complaint and could not follow it; we decided on {when}."
    step = next_step(case, hold, what="complaint")
    return done_by(step, case.adjusted_due_at or case.due_at, at=at, verb="resolve")


# ------------------------------------------------------------------ files and disputes
def evidence_of(case: int) -> list[ShownEvidence]:
    """The files of a complaint, for those who may see them."""
    files = Evidence.objects.filter(complaint=case).select_related("file").order_by("position")
    return [
        ShownEvidence(
            position=each.position,
            title=each.file.title,
            kind=each.file.content_type,
            size=formats.shown_size(each.file.size),
            is_picture=each.file.content_type in PICTURES,
        )
        for each in files
    ]


def find_evidence(case: int, position: int) -> Evidence | None:
    """One file of a complaint by its place."""
    if position > MOST_PLACES:
        return None
    found = Evidence.objects.filter(complaint=case, position=position)
    return found.select_related("file").first()


def is_fenced_off(case: Case) -> bool:
    """Whether the account is held for what this complaint disputes."""
    return AccountHold.objects.filter(source=case.number, lifted_at__isnull=True).exists()


def reopenings_of(case: int) -> list[Reopening]:
    """Each time that a complaint was taken up again, oldest first."""
    found = Reopening.objects.filter(complaint=case).select_related("reopened_by")
    return list(found.order_by("reopened_at"))
