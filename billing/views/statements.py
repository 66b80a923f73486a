"""The statement of account: page and CSV (CON9)."""

from collections.abc import Iterator
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from billing.filters import Period, read_period
from billing.queries.statements import StatementView, statement_of
from billing.views.financial import consumer_or_404, profile_page, today
from consumers.models import Consumer
from smart360.documents.access import plain_name
from smart360.organisation.context import zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.export import csv_response
from smart360.web.gate import requires

PAGE = "billing/consumer_statement.html"
HEAD = (
    "Date", "Posted", "What", "Reference", "Debit", "Credit", "Owed after", "In credit after",
)  # fmt: skip


@require_GET
@requires(Permission.VIEW_MONEY)
def consumer_statement(request: HttpRequest, account: str) -> HttpResponse:
    """What was charged and paid in a period, with the balance after each line."""
    consumer, period = consumer_or_404(request, account), _period(request)
    context = {
        "period": period,
        "statement": _statement(consumer, period),
        "can_export": signed_in_person(request).has_permission(Permission.EXPORT_MONEY),
    }
    status = 422 if period.problem else 200
    return profile_page(request, consumer, PAGE, context, status=status)


@require_GET
@requires(Permission.EXPORT_MONEY)
def statement_csv(request: HttpRequest, account: str) -> HttpResponseBase:
    """The same lines as a file."""
    consumer, period = consumer_or_404(request, account), _period(request)
    if period.problem:
        return HttpResponse(period.problem, status=422, content_type="text/plain; charset=utf-8")
    name = plain_name(f"Statement {account} {period.from_on} {period.to_on}")
    return csv_response(f"{name}.csv", HEAD, _rows(_statement(consumer, period)))


def _period(request: HttpRequest) -> Period:
    return read_period(request.GET.dict(), today=today())


def _statement(consumer: Consumer, period: Period) -> StatementView:
    return statement_of(consumer.pk, from_on=period.from_on, to_on=period.to_on, zone=zone_in_use())


def _rows(statement: StatementView) -> Iterator[tuple[str, ...]]:
    """A spreadsheet adds up plain numbers: no sign, no currency, no minus."""
    yield (
        statement.from_on.isoformat(), "", "Opening balance", "", "", "",
        *_owed(statement.opening),
    )  # fmt: skip
    for line in statement.lines:
        yield (
            line.valued_on.isoformat(),
            line.posted_at.astimezone(zone_in_use()).date().isoformat(),
            line.what,
            line.reference,
            f"{line.debit:f}" if line.debit is not None else "",
            f"{line.credit:f}" if line.credit is not None else "",
            *_owed(line.balance),
        )
    yield (
        statement.to_on.isoformat(), "", "Closing balance", "", "", "",
        *_owed(statement.closing),
    )  # fmt: skip


def _owed(balance: Decimal) -> tuple[str, str]:
    return (f"{balance:f}", "") if balance >= 0 else ("", f"{-balance:f}")
