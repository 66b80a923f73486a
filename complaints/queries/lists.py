"""The list of complaints: what it adds to a list of cases."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import IntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from consumers.queries import Others
from consumers.rules.profiles import masked_name
from consumers.rules.searching import LAST_TEN, literally, read_search
from smart360.cases.models import Case
from smart360.cases.queries.lists import CaseFilter, Facts, listed
from smart360.cases.queries.tallies import IN_EACH_TOPIC
from smart360.kernel.text import key_in
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import formats
from smart360.web.paging import Sort
from smart360.web.shown import ListedCase

# All by the tallies, but for what names the reader: of these there are few, found by their index.
TOTAL = f"""
SELECT (coalesce((SELECT sum(n) FROM ({IN_EACH_TOPIC}) AS every
                   WHERE kind = 'COMPLAINT' AND standing = ANY (%s::text[]) {{among}}), 0)
      - (SELECT count(*) FROM complaints_complaint p JOIN cases_case c ON c.id = p.case_id
          WHERE p.staff_named_id = %s AND (c.ended_at IS NOT NULL) = %s {{among}}))::bigint
"""  # noqa: S608  (put together from our own words)
NOT_ABOUT_STAFF = (
    "AND topic NOT IN (SELECT code FROM complaints_complaintcategory WHERE is_about_staff)"
)
STRANGERS = """
SELECT complaint_id FROM complaints_complainant
 WHERE {fits} ORDER BY complaint_id DESC LIMIT %(strangers)s
"""


@dataclass(frozen=True, slots=True)
class ComplaintFilter(CaseFilter):
    """What somebody looks for in the list of complaints. Empty means everything.

    ``categories`` are codes, ``subcategories`` keys.
    """

    categories: tuple[str, ...] = ()
    subcategories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintRow(ListedCase):
    """One line of the list, ready to be shown; ``address`` says what exactly it is about."""

    @property
    def url(self) -> str:
        """The address of the complaint's page."""
        return reverse("complaint_detail", args=[self.number])


# ------------------------------------------------------------------ which complaints
def narrow(cases: QuerySet[Case], wish: ComplaintFilter, _sort: Sort | None) -> QuerySet[Case]:
    """By category and sub-category."""
    if wish.categories:
        cases = cases.filter(topic__in=wish.categories)
    if wish.subcategories:
        keys = [key_in(text) for text in wish.subcategories]
        cases = cases.filter(subtopic__in=[key for key in keys if key is not None])
    return cases


def total(reader: int, *, sees_staff: bool, is_history: bool) -> RawSQL:
    """How many complaints somebody sees that are open, or have ended: a column, exact."""
    among = "" if sees_staff else NOT_ABOUT_STAFF
    standings = "{RESOLVED,REJECTED}" if is_history else "{OPEN}"
    return RawSQL(  # noqa: S611  (ours)
        TOTAL.format(among=among), [standings, reader, is_history], output_field=IntegerField()
    )


def strangers(words: str, most: int | None) -> Others | None:
    """What finds the complaints of people who are no consumers, by name, address or phone.

    The newest first. Who may see which of them the list says.
    """
    searched = read_search(words)
    ways: list[str] = []
    values: dict[str, int | str | None] = {"strangers": most}
    if searched.phone:
        ways += [
            "phone_digits LIKE %(begins)s",
            "right(phone_digits, 10) LIKE %(last)s",
            "reverse(phone_digits) LIKE %(backwards)s",
        ]
        values |= {
            "begins": f"{searched.phone}%",
            "last": f"{searched.phone[-LAST_TEN:]}%",
            "backwards": f"{searched.phone[::-1]}%",
        }
    if searched.can_be_text:
        values |= {f"has{n}": f"%{literally(word)}%" for n, word in enumerate(searched.words)}
        has_all = " AND ".join(f"search_text LIKE %(has{n})s" for n in range(len(searched.words)))
        ways.append(f"({has_all})")
    return Others(STRANGERS.format(fits=" OR ".join(ways)), values) if ways else None


def find_strangers(words: str, most: int) -> tuple[int, ...]:
    """What ``strangers`` finds, asked on its own."""
    others = strangers(words, most)
    if others is None:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(others.sql, others.values)
        return tuple(row[0] for row in cursor.fetchall())


SHOWN = (
    "complaint__name__name",
    "complaint__category__name",
    "complaint__complainant__name",
)
"""What a line shows besides what every list does."""


# ------------------------------------------------------------------ rows
def row_of(facts: Facts, *, to: Person, at: datetime) -> ComplaintRow:
    """One line of the list, with only what this person may see (X3)."""
    name = facts["consumer__name"] or facts["complaint__complainant__name"] or ""
    return ComplaintRow(
        name=name if to.has_permission(Permission.SEE_CONTACT_DATA) else masked_name(name),
        is_vip=bool(facts["consumer__is_vip"]),
        account_number=facts["consumer__account_number"] or formats.MISSING,
        address=facts["complaint__name__name"],
        kind=facts["complaint__category__name"],
        assigned_to=facts["assignee__full_name"] or "",
        **listed(facts, at=at),
    )
