"""The landing list, and the tabs of one request."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from billing.views.settlement_sheet import settlement_context
from disconnections.access import Act, allowed_acts, find_request
from disconnections.choices import REQUEST_KINDS
from disconnections.filters import OWN_NAMES, ListWish, address_with, read_list_wish
from disconnections.queries.counts import Counts, count_requests
from disconnections.queries.detail import (
    MORNING,
    HoldOffer,
    hold_choices,
    request_page,
    service_lines,
)
from disconnections.queries.figures import Figure, list_figures
from disconnections.queries.finding import TOO_MANY, find_consumers
from disconnections.queries.pages import FOUND_CAP, list_requests
from disconnections.queries.requests import (
    ENDED,
    SLA_WORDS,
    Facts,
    RequestFilter,
    row_of,
)
from disconnections.queries.verdicts import last_verdict
from disconnections.rules import months_after
from smart360.cases.choices import OPEN_STATUSES, CaseKind, CaseStatus, Priority, Standing
from smart360.cases.forms import (
    ApprovalForm,
    CallForm,
    CloseForm,
    DecisionForm,
    HoldForm,
    MessageForm,
    NoteForm,
)
from smart360.cases.models import Case
from smart360.cases.queries.timeline import case_timeline
from smart360.comms.queries import count_messages_of_case, messages_of_case
from smart360.kernel import clock
from smart360.organisation.context import zone_in_use
from smart360.organisation.queries import get_utility
from smart360.staff.access import signed_in_person
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web import form_keys, formats
from smart360.web.gate import requires
from smart360.web.htmx import is_fragment
from smart360.web.paging import Page
from smart360.web.shown import Link

LIST = "disconnections/request_list.html"
TABS = (
    ("details", "Details", "request_detail"),
    ("settlement", "Settlement", "request_settlement"),
    ("service-order", "Service order", "request_service_orders"),
    ("disconnect", "Disconnect", "request_disconnect"),
    ("reconnect", "Reconnect", "request_reconnect"),
    ("communication", "Communication", "request_communication"),
    ("timeline", "Timeline", "request_timeline"),
)
NEEDED_FOR = {
    "settlement": Permission.VIEW_BALANCE,
    "service-order": Permission.VIEW_SERVICE_ORDERS,
    "disconnect": Permission.VIEW_BALANCE,
    "reconnect": Permission.VIEW_BALANCE,
}
"""Tabs that not everybody may open who may open the page."""
TAB_OF_KIND = {
    "disconnect": CaseKind.DISCONNECTION.value,
    "reconnect": CaseKind.RECONNECTION.value,
}
"""Tabs that only one type of request has."""


# ------------------------------------------------------------------ the list
@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_list(request: HttpRequest) -> HttpResponse:
    """The list with its figures; htmx gets only the rows."""
    me = signed_in_person(request)
    wish = read_list_wish(request.GET, me=me.pk)
    at, zone = clock.now(), zone_in_use()
    if wish.looks_for.words:
        looks_for = wish.looks_for
        consumers = find_consumers(looks_for.words, is_history=looks_for.is_history, asker=me.pk)
        wish.looks_for = replace(looks_for, consumers=consumers)
    page = list_requests(
        me,
        wish.looks_for,
        sort=wish.sort,
        cursor=wish.cursor,
        at=at,
        zone=zone,
        is_counted=is_fragment(request) or not wish.looks_for.is_whole,
    )
    currency = get_utility().currency
    rows = [row_of(facts, to=me, at=at, currency=currency) for facts in page.rows]
    context: dict[str, Any] = {
        "now": at,
        "wish": wish,
        "rows": rows,
        "previous_url": address_of_page(request, page.previous_cursor),
        "next_url": address_of_page(request, page.next_cursor),
        "heads": sort_heads(request, wish),
        "sees_balance": me.has_permission(Permission.VIEW_BALANCE),
        "clear_url": clear_address(wish),
        "can_create": me.has_permission(Permission.CREATE_REQUEST),
    }
    counts = None
    if not is_fragment(request):
        month = wish.month or at.astimezone(zone).date().replace(day=1)
        counts = count_requests(me, month=month, at=at)
        context |= _whole_list(request, wish, counts, month=month)
    context["words"] = page_words(_found(page, counts, wish), wish, page)
    template = LIST if counts else f"{LIST}#request-rows"
    response = render(request, template, context, status=_list_status(wish))
    response["Vary"] = "HX-Request"
    return response


def _found(page: Page[Facts], counts: Counts | None, wish: ListWish) -> int:
    """How many there are in all, as the tab says it where nothing narrows the list."""
    if counts and wish.looks_for.is_whole:
        return counts.history if wish.looks_for.is_history else counts.open
    return len(page.rows) if page.is_all or page.found is None else page.found


def _list_status(wish: ListWish) -> int:
    return 422 if wish.is_too_long else 200


def _whole_list(
    request: HttpRequest, wish: ListWish, counts: Counts, *, month: date
) -> dict[str, Any]:
    """What stands around the rows."""
    me = signed_in_person(request)
    return {
        "counts": counts,
        "month": month,
        "month_words": f"{formats.MONTHS[month.month - 1]} {month.year}",
        "cards": cards(request, wish, month, list_figures(month, counts.months)),
        "tabs": list_tabs(wish, counts),
        "views": saved_views(request, wish, counts),
        "selects": selects(wish, counts),
        "kept": kept_values(wish),
        "month_kept": sent_values(request.GET, without=("month", "cursor")),
        "can_export": me.has_permission(Permission.EXPORT_REQUESTS),
        "export_url": f"{reverse('request_export')}{address_with(request.GET, month=None)}",
    }


def address_of_page(request: HttpRequest, cursor: str) -> str:
    """The list's address at another page, or ``""``."""
    return address_with(request.GET, cursor=cursor) if cursor else ""


def clear_address(wish: ListWish) -> str:
    """The list without any filter, on the same tab."""
    return f"{reverse('request_list')}{'?tab=history' if wish.looks_for.is_history else ''}"


def page_words(found: int, wish: ListWish, page: Page[Facts]) -> str:
    """``25 of 46, soonest due first``; exact where nothing narrows the list, else capped."""
    in_all = f"{found:,}" if wish.looks_for.is_whole else formats.shown_count(found, FOUND_CAP)
    shown = f"{len(page.rows)} of {in_all}, {wish.sort.label}"
    consumers = wish.looks_for.consumers
    return f"{shown}. {TOO_MANY}." if consumers and consumers.is_cut else shown


def sort_heads(request: HttpRequest, wish: ListWish) -> list[dict[str, str]]:
    """The columns' heads, those that sort with where they lead and which way they go now."""
    columns = (
        ("Request ID", "number"), ("Consumer", ""), ("Account no", ""), ("Address", ""),
        ("Type", ""), ("Date requested", "requested"), ("Status", "status"),
        ("Priority", "priority"), ("SLA", "due"),
    )  # fmt: skip
    now = wish.sort.name
    heads = []
    for label, name in columns:
        direction = {name: "ascending", f"-{name}": "descending"}.get(now, "") if name else ""
        other = f"-{name}" if now == name else name
        url = address_with(request.GET, sort=other) if name else ""
        heads.append({"label": label, "url": url, "direction": direction})
    return heads


def cards(
    request: HttpRequest, wish: ListWish, month: date, figures: Iterable[Figure]
) -> list[dict[str, Any]]:
    """The four figures of the month, each leading to its list (decision 17)."""
    last = months_after(month, 1).toordinal() - 1
    shown = []
    for figure in figures:
        if figure.standing == Standing.OPEN:
            query = f"from={month:%Y-%m-%d}&to={date.fromordinal(last):%Y-%m-%d}"
        else:
            query = f"tab=history&completed={month:%Y-%m}"
        url = f"?type={figure.kind}&{query}&month={month:%Y-%m}"
        shown.append(
            {
                "label": figure.label,
                "value": f"{figure.value:,}",
                "change": figure.change,
                "series": figure.series,
                "url": url,
                "current": request.META.get("QUERY_STRING", "") == url[1:],
            }
        )
    return shown


def list_tabs(wish: ListWish, counts: Counts) -> list[Link]:
    """Current request and Request history."""
    base = reverse("request_list")
    history = wish.looks_for.is_history
    return [
        Link("Current request", base, not history, f"{counts.open:,}"),
        Link("Request history", f"{base}?tab=history", history, f"{counts.history:,}"),
    ]


def saved_views(request: HttpRequest, wish: ListWish, counts: Counts) -> list[Link]:
    """The views that everybody has, as links."""
    me = signed_in_person(request)
    base, looks_for = reverse("request_list"), wish.looks_for
    risky = {"AT_RISK", "BREACHED"}
    is_all = not looks_for.is_history and not wish.is_narrowed
    return [
        Link("All open", base, is_all, icon="bookmark"),
        Link(
            "My requests",
            f"{base}?assignee=me",
            looks_for == RequestFilter(assignee=me.pk),
            formats.shown_count(counts.mine),
        ),
        Link(
            "At risk and breached",
            f"{base}?sla=AT_RISK&sla=BREACHED",
            set(looks_for.sla) == risky and looks_for == RequestFilter(sla=looks_for.sla),
            formats.shown_count(counts.breached + counts.at_risk),
        ),
    ]


def selects(wish: ListWish, counts: Counts) -> list[dict[str, Any]]:
    """The filters that choose one value. One with several chosen values is a chip instead."""
    looks_for = wish.looks_for
    statuses: Iterable[str] = ENDED if looks_for.is_history else OPEN_STATUSES
    by_kind = [(code, CaseKind(code).label) for code in REQUEST_KINDS]
    sla = SLA_WORDS.items()
    if looks_for.is_history:
        sla = {"ON_TRACK": "Within target", "BREACHED": "Breached"}.items()
    by_status = [(code, CaseStatus(code).label) for code in statuses]
    by_reason = [(code, f"{code} · {label}") for code, label in counts.reasons]
    every: tuple[tuple[str, str, list[tuple[str, str]], tuple[str, ...]], ...] = (
        ("status", "Status", by_status, looks_for.statuses),
        ("type", "Type", by_kind, looks_for.kinds),
        ("reason", "Reason", by_reason, looks_for.reasons),
        ("priority", "Priority", list(Priority.choices), looks_for.priorities),
        ("sla", "SLA", list(sla), looks_for.sla),
    )
    return [
        {"name": name, "label": label, "options": options, "chosen": "".join(chosen)}
        for name, label, options, chosen in every
        if len(chosen) < 2
    ]


def kept_values(wish: ListWish) -> list[tuple[str, str]]:
    """What the filter form hands on unseen."""
    looks_for = wish.looks_for
    kept: list[tuple[str, str]] = []
    if looks_for.is_history:
        kept.append(("tab", "history"))
    for name, chosen in (
        ("status", looks_for.statuses), ("type", looks_for.kinds), ("reason", looks_for.reasons),
        ("priority", looks_for.priorities), ("sla", looks_for.sla),
    ):  # fmt: skip
        if len(chosen) > 1:
            kept.extend((name, code) for code in chosen)
    if looks_for.assignee is not None:
        kept.append(("assignee", "me"))
    for name, month in (("completed", looks_for.completed_in), ("month", wish.month)):
        if month is not None:
            kept.append((name, f"{month:%Y-%m}"))
    kept.append(("sort", wish.sort.name))
    return kept


def sent_values(sent: QueryDict, *, without: tuple[str, ...]) -> list[tuple[str, str]]:
    """Everything of ours that the address says, but for some names."""
    return [
        (name, value)
        for name in sent
        if name in OWN_NAMES and name not in without
        for value in sent.getlist(name)
        if value
    ]


# ------------------------------------------------------------------ one request
def found_or_404(request: HttpRequest, number: str) -> Case:
    """The request of this number, or 404: not there and not yours look the same (X2)."""
    me = signed_in_person(request)
    case = find_request(number, me)
    if case is None:
        raise Http404
    return case


def shell(
    request: HttpRequest, case: Case, *, tab: str, at: datetime, **more: Any
) -> dict[str, Any]:
    """What each tab of a request's page stands in; ``more`` replaces forms that came back."""
    me = signed_in_person(request)
    zone = zone_in_use()
    page = request_page(case, to=me, at=at, zone=zone)
    acts = allowed_acts(case, me, page.approval)
    values: dict[str, Any] = {
        "now": at,
        "page": page,
        "case": case,
        "acts": {act.name.lower(): act in acts for act in Act},
        "tab": tab,
        "tabs": [
            Link(label, reverse(name, args=[case.number]), tab == code, key=str(place))
            for place, (code, label, name) in enumerate(_tabs_for(me, case), start=1)
        ],
        "can_order": case.is_open and me.has_permission(Permission.CREATE_SERVICE_ORDER),
        "can_bill": case.is_open
        and not page.is_billed
        and me.has_permission(Permission.GENERATE_BILL),
    }
    if Act.HOLD in acts:
        values["hold_form"] = hold_form(page.offer, at=at, zone=zone)
    if Act.CLOSE in acts:
        values["close_form"] = CloseForm()
    if Act.ASK_APPROVAL in acts:
        values["approval_form"] = ApprovalForm()
    if Act.DECIDE_APPROVAL in acts:
        values["decision_form"] = DecisionForm()
    return values | more


def _tabs_for(person: Person, case: Case) -> list[tuple[str, str, str]]:
    """The tabs that this type of request has, and that this person may open."""
    return [
        each
        for each in TABS
        if TAB_OF_KIND.get(each[0], case.kind) == case.kind
        and (each[0] not in NEEDED_FOR or person.has_permission(NEEDED_FOR[each[0]]))
    ]


def hold_form(offer: HoldOffer | None, *, at: datetime, zone: ZoneInfo) -> HoldForm:
    """A fresh form: until the visit when that is what makes sense, else tomorrow morning."""
    tomorrow = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), MORNING, zone)
    until = (offer.until if offer else tomorrow).astimezone(zone)
    initial = {
        "reason": offer.reason if offer else "",
        "resume_on": until.date(),
        "resume_at": until.time(),
    }
    return HoldForm(reasons=hold_choices(), initial=initial)


@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_detail(request: HttpRequest, number: str) -> HttpResponse:
    """The Details tab; htmx gets its panels."""
    case = found_or_404(request, number)
    at = clock.now()
    context = shell(request, case, tab="details", at=at)
    context["services"] = service_lines(case, zone=zone_in_use())
    context["verdict"] = last_verdict(case.pk, context["page"].approval)
    return tab_or_fragment(request, "disconnections/request_detail.html", "details", context)


@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_top(request: HttpRequest, number: str) -> HttpResponse:
    """Header, clock and rail alone, fetched again when something was said."""
    case = found_or_404(request, number)
    context = shell(request, case, tab=request.GET.get("tab", "details"), at=clock.now())
    return render(request, "disconnections/request_shell.html#case-top", context)


@require_GET
@requires(Permission.VIEW_BALANCE)
def request_settlement(request: HttpRequest, number: str) -> HttpResponse:
    """The Settlement tab; its panels fetch themselves from billing (DIS9)."""
    me, case, at = signed_in_person(request), found_or_404(request, number), clock.now()
    context = settlement_context(case, to=me, at=at) | shell(request, case, tab="settlement", at=at)
    return tab_or_fragment(request, "disconnections/request_settlement.html", "settlement", context)


@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_communication(request: HttpRequest, number: str) -> HttpResponse:
    """The Communication tab: note, message and call as forms of their own, and the log."""
    case = found_or_404(request, number)
    context = shell(request, case, tab="communication", at=clock.now())
    context |= communication(request, case, context)
    return tab_or_fragment(
        request, "disconnections/request_communication.html", "communication", context
    )


def communication(request: HttpRequest, case: Case, context: dict[str, Any]) -> dict[str, Any]:
    """The three forms and the log."""
    me = signed_in_person(request)
    consumer = context["page"].consumer
    said = messages_of_case(case.pk, to=me, consumer_name=consumer.name)
    forms = {"note_form": NoteForm(), "message_form": MessageForm(), "call_form": CallForm()}
    ready = forms.get(f"{request.GET.get('write', '')}_form")
    if ready is not None:  # a quick action leads here: the field waits for the first letter
        ready.fields["words"].widget.attrs["autofocus"] = True
    return {
        **forms,
        "messages_said": said,
        "log_words": f"{len(said)} {'entry' if len(said) == 1 else 'entries'}",
        "form_key": form_keys.new_key,
        "recipient": consumer.email,
    }


@require_GET
@requires(Permission.VIEW_REQUESTS)
def request_timeline_tab(request: HttpRequest, number: str) -> HttpResponse:
    """The Timeline tab."""
    me = signed_in_person(request)
    case = found_or_404(request, number)
    before = request.GET.get("before", "")
    before_seq = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    context = shell(request, case, tab="timeline", at=clock.now())
    lines, more = case_timeline(case, to=me, before_seq=before_seq)
    context |= {"lines": lines, "older_url": f"?before={more}" if more else ""}
    return tab_or_fragment(request, "disconnections/request_timeline.html", "timeline", context)


def tab_or_fragment(
    request: HttpRequest, template: str, fragment: str, context: dict[str, Any]
) -> HttpResponse:
    """The whole page, or what the tab refreshes of itself."""
    if not is_fragment(request):
        context["said"] = count_messages_of_case(context["case"].pk)
        context["tabs"] = [
            Link(t.label, t.url, t.is_current, str(context["said"] or ""), t.key)
            if t.label == "Communication"
            else t
            for t in context["tabs"]
        ]
    name = f"{template}#{fragment}" if is_fragment(request) else template
    response = render(request, name, context)
    response["Vary"] = "HX-Request"
    return response
