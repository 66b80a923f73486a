"""The address of the list of requests: types, reasons and the month of completion besides."""

from django.http import QueryDict

from disconnections.choices import REQUEST_KINDS
from disconnections.queries.requests import REQUESTS, RequestFilter
from smart360.cases.choices import CaseKind
from smart360.cases.filters import Choice, ListAddress, ListWish, read_wish

RequestWishes = ListWish[RequestFilter]
ADDRESS = ListAddress[RequestFilter](
    kind=REQUESTS,
    filter=RequestFilter,
    choices=(
        Choice("type", "kinds", "Type", dict(CaseKind.choices), REQUEST_KINDS),
        Choice("reason", "reasons", "Reason", {}),
    ),
    has_completed=True,
)


def read_list_wish(sent: QueryDict, *, me: int) -> RequestWishes:
    """What the address asks for."""
    return read_wish(ADDRESS, sent, me=me)
