"""The customer's one answer to how their complaint was handled (BEY6)."""

from datetime import datetime

from complaints.choices import DECIDED
from complaints.models import Rating
from smart360.cases import handling
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, why_unshowable
from smart360.trail.choices import Event
from smart360.trail.record import record

MOST_STARS = 5
LONGEST_COMMENT = 500
RATED = "This was rated already. Thank you."
NOT_DECIDED = "This complaint is not decided yet. Please rate it when it is."


class UnableToRate(Refusal):
    """It was rated before, or it is not decided."""


refuses(
    {
        "complaints_rating_pkey": UnableToRate(RATED, is_conflict=True),
        "what_was_resolved_is_rated": UnableToRate(NOT_DECIDED, is_conflict=True),
        "a_rating_has_1_to_5": UnableToRate(NOT_OFFERED, field="stars"),
    }
)


@operation
def rate_complaint(*, complaint: int, stars: int, comment: str, by: None, at: datetime) -> Rating:
    """What whoever follows the link says, once: 1 to 5 stars and a comment or ``""``.

    Nobody of the staff does it: ``by`` is None. Raises UnableToRate.
    """
    locked = handling.lock_case(complaint)
    if Rating.objects.filter(pk=complaint).exists():
        raise UnableToRate(RATED, is_conflict=True)
    if locked.status not in DECIDED:
        raise UnableToRate(NOT_DECIDED, is_conflict=True)
    if not 1 <= stars <= MOST_STARS:
        raise UnableToRate(NOT_OFFERED, field="stars")
    if len(comment) > LONGEST_COMMENT or why_unshowable(comment):
        raise UnableToRate("Please write a shorter comment, in letters.", field="comment")
    line = record(
        Event.RATED,
        by=by,
        at=at,
        case=complaint,
        consumer=locked.consumer_id,
        new={"stars": stars},
        words=comment,
    )
    return Rating.objects.create(
        complaint_id=complaint, stars=stars, comment=line.text, rated_at=at
    )
