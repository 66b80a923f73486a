"""What customers say of how their complaints were handled (BEY6)."""

from dataclasses import dataclass
from datetime import datetime

from complaints.models import Rating
from smart360.comms.queries import free_words
from smart360.staff.models import Person


@dataclass(frozen=True, slots=True)
class ShownRating:
    """A rating as somebody of the staff may see it: 1 to 5 stars, and the comment or ``""``."""

    stars: int
    comment: str
    rated_at: datetime

    @property
    def words(self) -> str:
        """``4 of 5 stars``"""
        return f"{self.stars} of 5 stars"


def rating_of(case: int, *, to: Person) -> ShownRating | None:
    """How the customer rated a complaint that ``to`` may see; None while they have not."""
    rating = Rating.objects.select_related("comment").filter(complaint=case).first()
    if rating is None:
        return None
    comment = free_words(rating.comment.text, to=to) if rating.comment else ""
    return ShownRating(rating.stars, comment, rating.rated_at)
