"""One request as its page shows it: facts, clocks, rail, services, and the sentence to read out."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, Subquery

from consumers.access import shown
from consumers.choices import Verification
from consumers.models import Meter, Reading
from consumers.rules.profiles import ShownConsumer
from disconnections.choices import IdentityCheck
from disconnections.models import DisconnectionRequest, RequestedService
from disconnections.queries.lost_protections import is_unprotected
from disconnections.queries.stations import rail_of, stations_of
from disconnections.rules import slot_begins_at
from smart360.cases.choices import ApprovalState, CaseStatus, WaitsFor
from smart360.cases.models import Approval, Case, Hold, HoldReason
from smart360.cases.queries.approvals import approval_of
from smart360.cases.queries.clocks import CaseClocks, case_clocks
from smart360.cases.queries.holds import MORNING, HoldOffer
from smart360.cases.queries.spoken import done_by, next_step
from smart360.comms.queries import free_words
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.shown import RailStep


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service of a request, with its meter and the last reading before the request."""

    utility: str
    supply: str
    meter_number: str = ""
    device_number: str = ""
    meter_type: str = ""
    reading: Decimal | None = None
    unit: str = ""
    read_on: date | None = None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Everything that the shell of a request's page shows."""

    case: Case
    asked: DisconnectionRequest
    consumer: ShownConsumer
    clocks: CaseClocks
    rail: tuple[RailStep, ...]
    notes: str
    closing_note: str
    spoken: str
    identity: str
    offer: HoldOffer | None
    approval: Approval | None
    is_billed: bool
    is_unprotected: bool
    """It waits because its account was held, and nothing holds the account any more."""

    @property
    def who(self) -> str:
        """Whose account it is about."""
        return self.consumer.name

    @property
    def subject(self) -> str:
        """The reason and its code."""
        return f"{self.asked.reason.label} · {self.asked.reason.code}"

    @property
    def is_waiting_for_approval(self) -> bool:
        """Whether a supervisor has to decide before anything is switched off or on."""
        is_pending = self.approval is not None and self.approval.state == ApprovalState.PENDING
        return is_pending and self.case.is_open

    @property
    def approval_words(self) -> str:
        """``Yes · Approved by David Chen``, or ``No`` when none was asked for."""
        if self.approval is None:
            return "No"
        state = self.approval.get_state_display()
        if self.approval.decided_by is None:
            return f"Yes · {state}"
        note = f": {self.approval.note}" if self.approval.note else ""
        return f"Yes · {state} by {self.approval.decided_by.full_name}{note}"


def request_page(case: Case, *, to: Person, at: datetime, zone: ZoneInfo) -> RequestPage:
    """The shell of the page, with only what this person may see (X3)."""
    if case.consumer is None:
        raise ValueError(f"request {case.number} has no consumer")
    asked = case.disconnection_request
    consumer = shown(case.consumer, to=to)
    clocks = case_clocks(case, at=at, zone=zone)
    approval, stations = approval_of(case.pk), stations_of(case.pk)
    return RequestPage(
        case=case,
        asked=asked,
        consumer=consumer,
        clocks=clocks,
        rail=rail_of(case, hold=clocks.hold, approval=approval, stations=stations),
        notes=free_words(asked.notes, to=to),
        closing_note=free_words(case.closing_note, to=to),
        spoken=spoken_sentence(case, asked, clocks.hold, at=at, zone=zone),
        identity=identity_in_words(asked, to=to),
        offer=hold_offer(case, asked, at=at, zone=zone)
        if to.has_permission(Permission.HOLD)
        else None,
        approval=approval,
        is_billed=stations.approved_at is not None,
        is_unprotected=is_unprotected(case, clocks.hold, today=at.astimezone(zone).date()),
    )


def identity_in_words(asked: DisconnectionRequest, *, to: Person) -> str:
    """How the caller was identified; the document only for those who may see it."""
    words = asked.get_identity_check_display()
    if asked.identity_check != IdentityCheck.DOCUMENT_SEEN:
        return words
    if not to.has_permission(Permission.SEE_IDENTITY_DOCUMENTS):
        return words
    ending = f", ending {asked.identity_last_four}" if asked.identity_last_four else ""
    return f"{words}: {asked.get_identity_document_display()}{ending}"


# ------------------------------------------------------------------ what comes next
def expected_at(
    case: Case, asked: DisconnectionRequest, *, zone: ZoneInfo
) -> tuple[datetime, bool]:
    """When the request will be done by, and whether the visit decides that."""
    due = case.adjusted_due_at or case.due_at
    visit = _visit_begins(asked, zone)
    if visit is not None and visit > due:
        return visit, True
    return due, False


def spoken_sentence(
    case: Case, asked: DisconnectionRequest, hold: Hold | None, *, at: datetime, zone: ZoneInfo
) -> str:
    """One sentence with the next step and the expected completion, to be read out on the phone."""
    kind = case.get_kind_display().lower()
    if case.status == CaseStatus.COMPLETED:
        return f"Your {kind} was completed on {formats.shown_date(case.ended_at or at)}."
    if not case.is_open:
        reason = case.get_closing_reason_display().lower()
        when = formats.shown_date(case.ended_at or at)
        return f"Your {kind} request was closed on {when}: {reason}."
    step = next_step(case, hold, what=f"{kind} request")
    expected, is_visit = expected_at(case, asked, zone=zone)
    if is_visit and expected.astimezone(zone).date() >= at.astimezone(zone).date():
        return f"{step}, and you asked for a visit on {visit_in_words(asked)}."
    return done_by(step, expected, at=at, verb="complete")


def visit_in_words(asked: DisconnectionRequest) -> str:
    """The day and slot that the consumer wished for."""
    if asked.preferred_on is None:
        return formats.NOT_CHOSEN
    day = formats.shown_day(asked.preferred_on)
    if asked.slot is None:
        return f"{day}, any time"
    return f"{day}, {formats.shown_slot(asked.slot.starts, asked.slot.ends)}"


def _visit_begins(asked: DisconnectionRequest, zone: ZoneInfo) -> datetime | None:
    if asked.preferred_on is None:
        return None
    starts = asked.slot.starts if asked.slot else MORNING
    return slot_begins_at(asked.preferred_on, starts, zone)


def hold_offer(
    case: Case, asked: DisconnectionRequest, *, at: datetime, zone: ZoneInfo
) -> HoldOffer | None:
    """After acknowledgement, when the visit lies after the due time: hold until then."""
    visit = _visit_begins(asked, zone)
    if case.status != CaseStatus.IN_PROGRESS or visit is None or visit <= at:
        return None
    if visit <= (case.adjusted_due_at or case.due_at):
        return None
    reason = HoldReason.objects.filter(
        waits_for=WaitsFor.SCHEDULED_DATE, pauses=True, is_active=True
    ).first()
    return HoldOffer(reason.pk, visit, visit_in_words(asked)) if reason else None


# ------------------------------------------------------------------ services
def service_lines(case: Case, *, zone: ZoneInfo) -> list[ServiceLine]:
    """Each service of the request with its meter as it was when the request was made (DIS10)."""
    services = list(
        RequestedService.objects.filter(request=case.pk)
        .select_related("service_connection")
        .order_by("service_connection__utility_type", "pk")
    )
    before = (
        Reading.objects.filter(
            meter=OuterRef("pk"), read_on__lte=case.created_at.astimezone(zone).date()
        )
        .exclude(verification=Verification.REJECTED)
        .order_by("-read_on")
    )
    meters = (
        Meter.objects.filter(
            assignments__service_connection__in=[s.service_connection_id for s in services],
            assignments__during__contains=case.created_at,
        )
        .select_related("device")
        .annotate(
            measured=F("assignments__service_connection"),
            value=Subquery(before.values("value")[:1]),
            read_on=Subquery(before.values("read_on")[:1]),
        )
    )
    by_service = {vars(meter)["measured"]: meter for meter in meters}
    return [_service_line(s, by_service.get(s.service_connection_id)) for s in services]


def _service_line(service: RequestedService, meter: Meter | None) -> ServiceLine:
    service_connection = service.service_connection
    supply = "Connected when requested" if service.was_connected else "Off when requested"
    if meter is None:
        return ServiceLine(service_connection.utility_type, supply)
    facts = vars(meter)
    return ServiceLine(
        utility=service_connection.utility_type,
        supply=supply,
        meter_number=meter.number,
        device_number=meter.device.number if meter.device else "",
        meter_type=meter.meter_type,
        reading=facts["value"],
        unit=meter.unit,
        read_on=facts["read_on"],
    )
