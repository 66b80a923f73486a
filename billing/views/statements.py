"""The statement of account: page, CSV and PDF (CON9)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from billing.filters import Period, read_period
from billing.models import StatementPaper
from billing.operations.statements import ask_for_statement, retry_statement
from billing.queries.statements import (
    PaperState,
    StatementView,
    find_paper,
    paper_state,
    statement_of,
)
from billing.views.financial import consumer_or_404, profile_page
from consumers.models import Consumer
from smart360.documents.access import as_download, plain_name
from smart360.kernel import clock
from smart360.organisation.context import today_in_use, zone_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.export import csv_response
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment

PAGE = "billing/consumer_statement.html"
WAITING = "billing/statement_waiting.html"
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
    rows = _rows(_statement(consumer, period))
    return csv_response(f"{name}.csv", HEAD, rows, by=signed_in_person(request).pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.EXPORT_MONEY)
def statement_pdf(request: HttpRequest, account: str) -> HttpResponse:
    """The PDF of the days in the address, or a page that lets it be made and waits for it."""
    consumer, period = consumer_or_404(request, account), _period(request)
    if period.problem:
        return HttpResponse(period.problem, status=422, content_type="text/plain; charset=utf-8")
    paper = find_paper(consumer.pk, from_on=period.from_on, to_on=period.to_on)
    state = paper_state(paper)
    if request.method == "POST":
        return _let_be_made(request, consumer, period, paper)
    if paper is not None and paper.pdf is not None and "HX-Request" not in request.headers:
        return as_download(paper.pdf)
    context: dict[str, Any] = {"period": period, "state": state.value}
    status = 202 if state is PaperState.BEING_MADE else 200
    if is_fragment(request):
        context["consumer"] = consumer
        return render(request, f"{WAITING}#statement-paper", context, status=status)
    return profile_page(request, consumer, WAITING, context, status=status)


def _let_be_made(
    request: HttpRequest, consumer: Consumer, period: Period, paper: StatementPaper | None
) -> HttpResponse:
    me, at = signed_in_person(request), clock.now()
    if paper is not None and paper_state(paper) is PaperState.FAILED:
        retry_statement(statement=paper.pk, by=me, at=at)
    else:
        ask_for_statement(
            consumer=consumer.pk, from_on=period.from_on, to_on=period.to_on, by=me, at=at
        )
    page = reverse("statement_pdf", args=[consumer.account_number])
    return HttpResponseRedirect(f"{page}?{period.query}")


def _period(request: HttpRequest) -> Period:
    return read_period(request.GET.dict(), today=today_in_use())


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
