"""The Financial tab of a consumer's profile (CON9)."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from billing.queries.beside import beside
from billing.queries.compliance import compliance_of
from billing.queries.financial import account_of, list_invoices, overview_of
from billing.queries.payments import list_payments
from billing.rules.allocation import Allocation
from consumers import access
from consumers.models import Consumer
from consumers.views.profiles import shell
from smart360.organisation.context import today_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

FINANCIAL = "billing/consumer_financial.html"


def consumer_or_404(request: HttpRequest, account: str) -> Consumer:
    """The consumer with this account number; not there and not theirs are the same 404."""
    consumer = access.get_consumer(account, to=signed_in_person(request))
    if consumer is None:
        raise Http404
    return consumer


def profile_page(
    request: HttpRequest,
    consumer: Consumer,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A whole page below the head of the consumer's profile, on the tab Financial."""
    shown = access.shown(consumer, to=signed_in_person(request))
    whole = shell(request, shown, tab="Financial") | context
    return render(request, template, whole, status=status)


@require_GET
@requires(Permission.VIEW_BALANCE)
def consumer_financial(request: HttpRequest, account: str) -> HttpResponse:
    """Balance, payments, invoices, deposits, arrangements; a summary for who sees no lines."""
    consumer, person = consumer_or_404(request, account), signed_in_person(request)
    day = today_in_use()
    if not person.has_permission(Permission.VIEW_MONEY):
        context: dict[str, Any] = {
            "summary": account_of(consumer.pk, today=day)[0],
            "compliance": compliance_of(consumer.pk, today=day),
        }
        return profile_page(request, consumer, FINANCIAL, context)
    cursor = request.GET.get("cursor", "")
    payments = list_payments(consumer.pk, cursor=cursor)
    history = {
        "payments": payments.rows,
        "next_url": f"?{urlencode({'cursor': payments.next_cursor})}",
        "previous_url": f"?{urlencode({'cursor': payments.previous_cursor})}",
        "has_next": bool(payments.next_cursor),
        "has_previous": bool(payments.previous_cursor),
    }
    if request.headers.get("HX-Target") == "payment-history":
        return page_or_fragment(request, FINANCIAL, "payment-history", history)
    summary, allocation = account_of(consumer.pk, today=day)
    invoices = list_invoices(consumer.pk, allocation)
    owed = summary.outstanding - summary.credit
    context = history | {
        "sees_lines": True,
        "summary": summary,
        "compliance": compliance_of(consumer.pk, today=day),
        "ageing": _ageing(allocation, day),
        "overview": overview_of(consumer, invoices, today=day),
        "invoices": invoices,
        "beside": beside(
            consumer.pk,
            today=day,
            outstanding=owed,
            knows_why=person.has_permission(Permission.SEE_PROTECTIONS),
        ),
        "can_record": person.has_permission(Permission.RECORD_PAYMENT),
        "can_propose": person.has_permission(Permission.PROPOSE_REFUND),
        "can_print": person.has_permission(Permission.PRINT_BILL),
    }
    return profile_page(request, consumer, FINANCIAL, context)


def _ageing(allocation: Allocation, day: date) -> list[tuple[str, Any]]:
    return [(bucket.label, amount) for bucket, amount in allocation.aged(day).items()]
