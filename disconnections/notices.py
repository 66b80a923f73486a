"""Who is told what when a request is made or ends."""

from datetime import datetime

from disconnections.models import DisconnectionRequest
from disconnections.queries.receipts import tracking_url
from smart360.cases.models import Case
from smart360.cases.notices import tell_consumer
from smart360.kernel.db import step
from smart360.web.formats import shown_day, shown_slot


def preferred_words(disconnection_request: DisconnectionRequest) -> str:
    """Date and slot as a consumer reads them."""
    if disconnection_request.preferred_on is None:
        return "Not specified"
    day = shown_day(disconnection_request.preferred_on)
    slot = disconnection_request.slot
    return f"{day}, {shown_slot(slot.starts, slot.ends)}" if slot else f"{day}, any time"


@step
def request_received(
    case: Case, disconnection_request: DisconnectionRequest, *, at: datetime
) -> None:
    """The automatic receipt by e-mail (AC019)."""
    tell_consumer(
        case,
        code="request.received",
        values={
            "request_type": case.get_kind_display(),
            "reason": disconnection_request.reason.label,
            "preferred": preferred_words(disconnection_request),
            "tracking_url": tracking_url(disconnection_request.tracking_token),
        },
        at=at,
        once="1",
    )


@step
def request_closed(case: Case, *, at: datetime) -> None:
    """The consumer learns that and why a request was closed."""
    tell_consumer(
        case,
        code="request.closed",
        values={"closing_reason": case.get_closing_reason_display()},
        at=at,
        once="1",
    )
