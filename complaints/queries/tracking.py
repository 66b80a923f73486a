"""What a customer reads who follows the link on the receipt of a complaint (BEY6).

No name, no account, nobody of the staff, and no word that was written about it.
"""

from datetime import datetime

from complaints.choices import DECIDED
from complaints.models import Complaint
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case, Hold
from smart360.cases.queries.tracking import (
    Stop,
    Tracked,
    headline_of,
    is_link,
    moment,
    running_hold,
    stops_of,
    why_nothing_yet,
)
from smart360.web.formats import shown_long_date

NOUN = "complaint"
LATE = "It takes longer than we promised, and we are sorry."


def follow(token: str, *, at: datetime) -> Tracked | None:
    """The complaint whose link this is, in plain words; None for any other link.

    Call it with the utility's zone active.
    """
    if not is_link(token):
        return None
    made = (
        Complaint.objects.select_related(
            "case__policy", "category", "name__subcategory", "receipt", "rating"
        )
        .filter(tracking_token=token)
        .first()
    )
    return None if made is None else _tracked(made, at)


def _tracked(made: Complaint, at: datetime) -> Tracked:
    case, rating = made.case, getattr(made, "rating", None)
    hold = running_hold(case)
    decision = Stop("Decision", _by_when(case, at), "now" if case.acknowledged_at else "next")
    return Tracked(
        case=case.pk,
        noun=NOUN,
        number=case.number,
        headline=headline_of(case, NOUN, hold),
        about=f"{made.category.name}, {made.name.subcategory.name}: {made.name.name}, "
        f"on {shown_long_date(made.incident_on)}.",
        next_step=_next_step(case, hold, at),
        stops=tuple(stops_of(case, NOUN, decision, "We tell you")),
        is_open=case.is_open,
        receipt=made.receipt,
        asks_rating=case.status in DECIDED and rating is None,
        stars=rating.stars if rating else None,
    )


def _by_when(case: Case, at: datetime) -> str:
    """The promise, as long as it can be kept."""
    due_at = case.adjusted_due_at
    return f"By {moment(due_at)}" if due_at is not None and due_at > at else "As soon as we can"


def _next_step(case: Case, hold: Hold | None, at: datetime) -> str:
    """What happens next, or what can be done when nothing does."""
    if case.status == CaseStatus.RESOLVED:
        return "If something is still wrong, please call us."
    if not case.is_open:
        return "We could not do what you asked for. Please call us if you would like to know more."
    if why := why_nothing_yet(case, NOUN, hold):
        return why
    if case.adjusted_due_at is not None and case.adjusted_due_at <= at:
        return f"Next: we tell you what we decide. {LATE}"
    return "Next: we tell you what we decide, within the time that we promised."
