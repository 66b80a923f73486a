"""Service orders as lists show them: of a case, of a consumer, and all of them with filters."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import F, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from consumers.models import Consumer
from smart360.cases import ports
from smart360.cases.models import Case
from smart360.fieldwork.choices import LIVE_STATUSES, OrderStatus
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.rules import OrderNumber, read_number, years_until
from smart360.staff.models import Person
from smart360.web.paging import Page, Sort, page_of

PAGE_SIZE = 25
MOST_OF_ONE = 200
"""Orders of one case or consumer that are shown; nobody has as many."""
NEWEST_FIRST = Sort("-created", "newest first", ("-id",))
OLDEST_FIRST = Sort("created", "oldest first", ("id",))
SORTS = {sort.name: sort for sort in (NEWEST_FIRST, OLDEST_FIRST)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One service order as a table shows it; ``kind``, ``status``, ``priority`` are codes.

    ``case_number`` only where the reader was named and may know of the case.
    """

    id: int
    number: str
    name: str
    description: str
    kind: str
    status: str
    priority: str
    case_number: str
    account_number: str
    consumer_name: str
    is_vip: bool
    address: str
    area: str
    scheduled_on: date | None
    starts: time | None
    ends: time | None
    minutes: int
    technician: int | None
    technician_name: str
    created_at: datetime
    created_by: str
    assigned_at: datetime | None
    ended_at: datetime | None
    has_report: bool
    remarks: str

    @property
    def is_live(self) -> bool:
        """Whether somebody still has to do something."""
        return self.status in LIVE_STATUSES

    @property
    def is_completed(self) -> bool:
        """Whether the work is done, so that there is or will be a report."""
        return self.status == OrderStatus.COMPLETED

    @property
    def is_begun(self) -> bool:
        """Whether the technician is at work."""
        return self.status == OrderStatus.IN_PROGRESS


FACTS = {
    "case_number": Coalesce(F("case__number"), Value("")),
    "account_number": F("consumer__account_number"),
    "consumer_name": F("consumer__name"),
    "is_vip": F("consumer__is_vip"),
    "minutes": F("estimated_minutes"),
    "technician_name": Coalesce(F("technician__person__full_name"), Value("")),
    "created_by_name": Coalesce(F("created_by__full_name"), Value("")),
}
PLAIN = (
    "id", "number", "case", "name", "description", "kind", "status", "priority", "address", "area",
    "scheduled_on", "starts", "ends", "technician", "created_at", "assigned_at", "ended_at",
    "report", "remarks",
)  # fmt: skip


def rows_of(orders: QuerySet[ServiceOrder]) -> list[OrderRow]:
    """Rows ready to be shown; one statement."""
    return [_row(each, shows_case=False) for each in orders.values(*PLAIN, **FACTS)]


def _row(facts: dict[str, object], *, shows_case: bool) -> OrderRow:
    shown = dict(facts)
    del shown["case"]
    if not shows_case:
        shown["case_number"] = ""
    shown["has_report"] = shown.pop("report") is not None
    shown["created_by"] = shown.pop("created_by_name")
    return OrderRow(**shown)  # type: ignore[arg-type]  # the names are the columns above


# ------------------------------------------------------------------ of one case, of one consumer
def orders_of_case(case: int) -> list[OrderRow]:
    """The service orders of a case, newest first; one statement."""
    return rows_of(ServiceOrder.objects.filter(case=case).order_by("-id")[:MOST_OF_ONE])


def orders_of_consumer(consumer: int) -> list[OrderRow]:
    """The service orders of a consumer, newest first; one statement."""
    return rows_of(ServiceOrder.objects.filter(consumer=consumer).order_by("-id")[:MOST_OF_ONE])


def find_order_for(case: int, number: str) -> ServiceOrder | None:
    """The order with this number, long or short, of a case's consumer; None when it is cancelled.

    A short number means the consumer's newest order of that number.
    """
    wanted = read_number(number)
    if wanted is None:
        return None
    about = Case.objects.filter(pk=case).values("consumer")
    found = ServiceOrder.objects.filter(consumer__in=about).exclude(status=OrderStatus.CANCELLED)
    if wanted.year is not None:
        found = found.filter(number__in=wanted.among(()))
    else:
        found = found.filter(number__regex=rf"^SO-\d+-{wanted.serial:06d}$")
    return (
        found.select_related("technician__person", "ended_by", "case", "consumer")
        .order_by("-number")
        .first()
    )


# ------------------------------------------------------------------ all of them
@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What somebody looks for. Empty means everything; ``is_live`` only what is not done.

    ``technician`` 0 means nobody; ``words`` are an order's number, long or short, a request's or
    an account's.
    """

    is_live: bool = True
    statuses: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    technician: int | None = None
    day: date | None = None
    area: str = ""
    words: str = ""


def list_orders(
    orders: QuerySet[ServiceOrder],
    wish: OrderFilter,
    *,
    to: Person,
    this_year: int,
    sort: str = "",
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> Page[OrderRow]:
    """A page of those of ``orders``, which ``to`` may see, that fit, in up to four statements."""
    fitting = orders.filter(_fits(wish, this_year, to))
    values = fitting.values(*PLAIN, **FACTS)
    found = page_of(values, sort=SORTS.get(sort, NEWEST_FIRST), cursor=cursor, size=size)
    hidden = ports.hidden([each["case"] for each in found.rows if each["case"]], to.pk)
    rows = [_row(each, shows_case=each["case"] not in hidden) for each in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def count_orders(
    orders: QuerySet[ServiceOrder],
    wish: OrderFilter,
    *,
    to: Person,
    this_year: int,
    cap: int = 500,
) -> int:
    """How many of ``orders`` fit, up to one more than ``cap``."""
    return orders.filter(_fits(wish, this_year, to))[: cap + 1].count()


def _fits(wish: OrderFilter, this_year: int, to: Person) -> Q:
    fits = Q()
    if wish.words:
        fits &= _by_words(wish.words, this_year, to)
    elif wish.is_live:
        fits &= Q(status__in=LIVE_STATUSES)
    if wish.statuses:
        fits &= Q(status__in=wish.statuses)
    if wish.kinds:
        fits &= Q(kind__in=wish.kinds)
    if wish.technician is not None:
        fits &= Q(technician=wish.technician) if wish.technician else Q(technician=None)
    if wish.day:
        fits &= Q(scheduled_on=wish.day)
    if wish.area:
        fits &= Q(area=wish.area)
    return fits


def _by_words(words: str, this_year: int, to: Person) -> Q:
    """By a number of an order, an account, or a case that ``to`` may know of, as it was typed."""
    typed = words.strip().upper()
    # Each side by its own index; a join with ORs would read every order.
    account = Consumer.objects.filter(account_number=typed).values("pk")
    cases = frozenset(Case.objects.filter(number=typed).values_list("pk", flat=True))
    known = cases - ports.hidden(cases, to.pk)
    fits = Q(consumer_id=Subquery(account)) | Q(case_id__in=known)
    number: OrderNumber | None = read_number(typed)
    if number is not None:
        fits |= Q(number__in=number.among(years_until(this_year)))
    return fits
