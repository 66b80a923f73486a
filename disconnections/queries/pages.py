"""One page of the list of requests."""

from datetime import datetime
from zoneinfo import ZoneInfo

from disconnections.queries.requests import PAGE_SIZE, Facts, RequestFilter, facts_of, filtered
from smart360.kernel.errors import Broken
from smart360.kernel.prepared import A_MOMENT, Shelf
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.paging import Page, Sort, page_of, page_prepared

PREPARED = Shelf()


def list_requests(
    person: Person, wish: RequestFilter, *, sort: Sort, cursor: str, at: datetime, zone: ZoneInfo
) -> Page[Facts]:
    """One page of the list, in one statement.

    It is prepared where only the moment differs from one asking to the next; what somebody typed
    and the reasons, which can be changed, are looked up each time.
    """
    if not person.has_permission(Permission.VIEW_REQUESTS):
        raise Broken("the list is for those who may see it")
    if wish.words or wish.reasons:
        cases = facts_of(filtered(person, wish, at=at, zone=zone, sort=sort))
        return page_of(cases, sort=sort, cursor=cursor, size=PAGE_SIZE)
    return page_prepared(
        lambda: facts_of(filtered(person, wish, at=A_MOMENT, zone=zone, sort=sort)),
        sort=sort,
        cursor=cursor,
        size=PAGE_SIZE,
        shelf=PREPARED,
        about=(wish, zone),
        at=at,
    )
