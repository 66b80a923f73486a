"""Choosing an account on a page of another app, without JavaScript: what a search finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from consumers import queries
from consumers.access import shown_hits
from consumers.rules.searching import TOO_SHORT, SearchHit, read_search
from smart360.kernel.text import REQUIRED
from smart360.staff.models import Person

SELECT_A_CUSTOMER = "Select a customer from the search results"


@dataclass(frozen=True, slots=True)
class Looked:
    """What the box of the search shows when nobody was chosen.

    ``error`` is ``""`` where the search was right and ``is_empty``: it found nobody.
    """

    typed: str = ""
    hits: Sequence[SearchHit] = ()
    error: str = ""
    is_empty: bool = False


def look_for(post: QueryDict, *, to: Person, at: datetime) -> Looked:
    """What ``q`` of a form finds, for ``to``; ``account`` was sent and is nobody's.

    Raises AskedTooOften.
    """
    typed = post.get("q", "")
    searched = read_search(typed)
    hits = shown_hits(queries.search(typed, at=at, asker=to.pk), to)
    is_empty = not hits and not searched.problem and bool(typed.strip())
    error = REQUIRED
    if typed.strip():
        error = searched.problem or ("" if is_empty else SELECT_A_CUSTOMER)
    elif post.get("account"):
        error = SELECT_A_CUSTOMER
    elif typed:
        error = TOO_SHORT
    return Looked(searched.text if searched.problem else typed, hits, error, is_empty)
