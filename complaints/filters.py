"""The list of complaints as its address and its door have it."""

from collections.abc import Hashable

from django.db.models.expressions import RawSQL

from complaints.access import sees_staff_complaints, visible_complaints
from complaints.choices import DECIDED
from complaints.queries.lists import (
    SHOWN,
    ComplaintFilter,
    narrow,
    strangers,
    total,
)
from complaints.rules import NUMBERS
from smart360.cases.choices import CaseKind
from smart360.cases.filters import CREATED, Choice, Days, ListAddress, ListWish
from smart360.cases.queries.lists import ListKind, sorts
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

ComplaintWishes = ListWish[ComplaintFilter]


def _reach(person: Person) -> Hashable:
    """Everybody sees all but what names them; some see what is about other staff besides."""
    return sees_staff_complaints(person)


def _ready(wish: ComplaintFilter) -> ComplaintFilter:
    """There is nothing to find beforehand."""
    return wish


def _total(person: Person, reader: int, is_history: bool) -> RawSQL:
    return total(reader, sees_staff=sees_staff_complaints(person), is_history=is_history)


COMPLAINTS = ListKind[ComplaintFilter](
    name="complaints",
    kinds=(CaseKind.COMPLAINT.value,),
    ended=DECIDED,
    numbers=NUMBERS,
    needs=Permission.VIEW_COMPLAINTS,
    noun="complaints",
    sorts=sorts(low="In Progress or Rejected first", high="Pending or Resolved first"),
    seen_by=visible_complaints,
    reach=_reach,
    ready=_ready,
    narrow=narrow,
    total=_total,
    others=strangers,
    shown=SHOWN,
)
ENDED_ON = Days(
    "ended_from", "ended_to", ("ended_from", "ended_to"), "Resolved or rejected", is_of_history=True
)
ADDRESS = ListAddress[ComplaintFilter](
    kind=COMPLAINTS,
    filter=ComplaintFilter,
    choices=(
        Choice("category", "categories", "Category", {}, longest=30),
        Choice("subcategory", "subcategories", "Sub-category", {}),
    ),
    days=(CREATED, ENDED_ON),
)
