"""The list of consumers as a file: what is filtered, and nothing that the reader may not see."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from consumers import access, queries
from consumers.choices import AccountStatus
from consumers.filters import ConsumerWish, read_wish
from consumers.models.figures import NEVER_DUE
from consumers.queries.lists import AccountFilter, Facts
from consumers.rules.profiles import masked_name
from consumers.views.lists import reach_of
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.export import Cell, csv_response, xlsx_response
from smart360.web.formats import shown_phone
from smart360.web.gate import requires

PLAIN = ("Account no", "Consumer", "VIP", "Status", "Category", "Sub-category", "Area")
CONTACT = ("Phone", "Service address")
MONEY = ("Outstanding", "Unpaid since")


@require_GET
@requires(Permission.EXPORT_CONSUMERS, Permission.EXPORT_COLLECTION)
def consumer_export(request: HttpRequest) -> StreamingHttpResponse:
    """What is filtered, as CSV; who collects gets those to be collected from."""
    name, head, rows = _file(request)
    return csv_response(f"{name}.csv", head, rows, by=signed_in_person(request).pk)


@require_GET
@requires(Permission.EXPORT_CONSUMERS, Permission.EXPORT_COLLECTION)
def consumer_export_xlsx(request: HttpRequest) -> StreamingHttpResponse:
    """The same as a workbook, where what is owed is a number."""
    name, head, rows = _file(request)
    return xlsx_response(f"{name}.xlsx", head, rows, by=signed_in_person(request).pk)


def _file(request: HttpRequest) -> tuple[str, list[str], Iterator[list[Cell]]]:
    """What the file is called, its head, and its lines."""
    me, at = signed_in_person(request), clock.now()
    now = at.astimezone(zone_in_use())
    wish = read_wish(request.GET, reach_of(me))
    facts = queries.accounts_for_file(
        access.exported_consumers(me, today=now.date()),
        _looked_for(wish),
        sort=wish.sort,
        today=now.date(),
    )
    sees_contact = me.has_permission(Permission.SEE_CONTACT_DATA)
    sees_balance = me.has_permission(Permission.VIEW_BALANCE)
    head = [*PLAIN, *(CONTACT if sees_contact else ()), *(MONEY if sees_balance else ())]
    lines = _lines(facts, sees_contact=sees_contact, sees_balance=sees_balance)
    return f"consumers-{now:%Y-%m-%d-%H%M}", head, lines


def _looked_for(wish: ConsumerWish) -> AccountFilter:
    """With everybody whom the words fit; nobody, where nothing can be searched by them."""
    if not wish.searched:
        return wish.looks_for
    fitting = [] if wish.problem else queries.fitting(wish.typed, most=None)
    return replace(
        wish.looks_for,
        consumers=tuple(fitting),
        archived=wish.looks_for.archived or "with",
    )


def _lines(
    rows: Iterable[Facts], *, sees_contact: bool, sees_balance: bool
) -> Iterator[list[Cell]]:
    for row in rows:
        line: list[Cell] = [
            row["account_number"],
            row["name"] if sees_contact else masked_name(row["name"]),
            "VIP" if row["is_vip"] else "",
            AccountStatus(row["status"]).label,
            row["kind"],
            row["finer"] or "",
            row["area"],
        ]
        if sees_contact:
            line += [shown_phone(row["phone"]), row["place"]]
        if sees_balance:
            line += [row["balance"], "" if row["due"] == NEVER_DUE else row["due"].isoformat()]
        yield line
