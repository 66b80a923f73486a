"""Limit views: what each page shows, made the shortest Django way, behind the same middleware.

They stand beside the real addresses under ``/limit/`` and are served by the bench alone. A plain
query, a plain template with a table: no components, no filters, no permission for a field, no
counts. What a real page needs on top of this is what its ratio says.
"""

from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from consumers.models import Consumer, Guard, Premise, ProfileLock, Reading, ServiceConnection
from disconnections.models import DisconnectionRequest, RequestedService
from smart360.cases.choices import KINDS_OF_REQUEST, OPEN_STATUSES
from smart360.cases.models import Case, Hold, SlaPolicy
from smart360.cases.sla import NEVER
from smart360.comms.models import Delivery, Message, Template
from smart360.local.bench.complaints import complaints_limit
from smart360.local.bench.listed import consumers_limit
from smart360.owed.models import OwedWork
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.trail.models import Entry, PersonalText
from smart360.web.gate import requires, signed_in
from smart360.web.models import FormKey

PAGE = 25
OPEN = [status.value for status in OPEN_STATUSES]
REQUESTS = Case.objects.filter(kind__in=KINDS_OF_REQUEST)  # as the indexes of their list have it
COLUMNS = (
    "number", "kind", "status", "priority", "created_at", "adjusted_due_at", "breaches_at",
    "consumer__name", "consumer__is_vip", "consumer__account_number",
    "disconnection_request__service_address",
)  # fmt: skip
HEADS = (
    "Request ID", "Consumer", "Account no", "Address", "Type", "Date requested", "Status",
    "Priority", "SLA", "Action",
)  # fmt: skip
ROWS = """<table><thead><tr>{% for head in heads %}<th>{{ head }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr>
<th><a href="{% url "request_detail" row.number %}">{{ row.number }}</a></th>
<td>{{ row.consumer__name }}{% if row.consumer__is_vip %} VIP{% endif %}</td>
<td>{{ row.consumer__account_number }}</td>
<td>{{ row.disconnection_request__service_address }}</td>
<td>{{ row.kind|title }}</td><td>{{ row.created_at|date:"M j, Y" }}</td><td>{{ row.status }}</td>
<td>{{ row.priority }}</td>
<td>{% if row.breaches_at and row.breaches_at <= now %}Breached{% else %}Due{% endif %}
 {{ row.adjusted_due_at|date:"M j, H:i" }}</td>
<td><a href="{% url "request_detail" row.number %}">View</a></td>
</tr>{% endfor %}</tbody></table>"""
WHOLE = "<!doctype html><html lang=en><head><title>{{ title }}</title></head><body>"
FACTS = """<h1>{{ case.number }}</h1><dl>{% for name, value in facts %}<dt>{{ name }}</dt>
<dd>{{ value }}</dd>{% endfor %}</dl>"""
SERVICES = """<table>{% for line in services %}<tr><td>{{ line.utility }}</td>
<td>{{ line.meter }}</td><td>{{ line.device }}</td><td>{{ line.type }}</td>
<td>{{ line.value }} {{ line.unit }}</td><td>{{ line.read_on|date:"M j, Y" }}</td></tr>
{% endfor %}</table>"""
ENTRIES = """<ul>{% for entry in entries %}<li>{{ entry.at|date:"M j, Y, H:i" }} {{ entry.kind }}
{{ entry.old }} {{ entry.new }} {{ entry.actor__full_name }} {{ entry.text__text }}</li>
{% endfor %}</ul>"""
HITS = """{% for row in rows %}<li data-value="{{ row.account_number }}">{{ row.name }}
{{ row.account_number }} {{ row.phone }} {{ row.address }} {{ row.guard }} {{ row.status }}</li>
{% endfor %}"""


def _template(words: str) -> Any:
    return engines["django"].from_string(words)


LIST = _template(WHOLE + ROWS)
ONLY_ROWS = _template(ROWS)
START = _template(WHOLE + ROWS + ROWS.replace("in rows", "in others"))
DETAIL = _template(WHOLE + FACTS + SERVICES)
TIMELINE = _template(WHOLE + FACTS + ENTRIES)
PROFILE = _template(WHOLE + FACTS + SERVICES + ENTRIES)
FOUND = _template(HITS)


def page(template: Any, request: HttpRequest, **context: Any) -> HttpResponse:
    """A page of this template, with what every page's context has."""
    return HttpResponse(template.render(context, request))


# ------------------------------------------------------------------ the list
def narrowed(request: HttpRequest) -> QuerySet[Case]:
    """What the address asks for, read without any check."""
    asked, cases = request.GET, REQUESTS.filter(status__in=OPEN)
    if asked.get("tab") == "history":
        cases = REQUESTS.filter(status__in=["COMPLETED", "CLOSED"])
    for name, column in (
        ("status", "status"), ("type", "kind"), ("priority", "priority"),
        ("reason", "disconnection_request__reason__code"),
    ):  # fmt: skip
        if asked.get(name):
            cases = cases.filter(**{column: asked[name]})
    if asked.get("sla") == "BREACHED":
        cases = cases.filter(breaches_at__lte=timezone.now())  # noqa: TID251  (no act: a limit)
    if words := asked.get("q", ""):
        cases = cases.filter(
            Q(consumer__search_text__contains=words.upper())
            if words[:4] not in ("DIS-", "REC-")
            else Q(number__startswith=words)
        )
    return cases


DUE = Coalesce("adjusted_due_at", Value(NEVER))  # as the list's index has it


def some_rows(cases: QuerySet[Case], request: HttpRequest) -> Any:
    """One page of them, by due time or newest first; ``after`` is the keyset, the shortest way."""
    if request.GET.get("sort") == "-requested":
        return cases.order_by("-created_at", "-id").values(*COLUMNS)[:PAGE]
    cases = cases.annotate(due=DUE)
    if after := request.GET.get("after"):
        cases = cases.filter(due__gt=datetime.fromisoformat(after))
    return cases.order_by("due", "id").values(*COLUMNS)[:PAGE]


@requires(Permission.VIEW_REQUESTS)
def list_limit(request: HttpRequest) -> HttpResponse:
    """The list, whole or, for htmx, the rows."""
    template = ONLY_ROWS if request.headers.get("HX-Request") else LIST
    rows = some_rows(narrowed(request), request)
    return page(template, request, rows=rows, heads=HEADS, now=timezone.now())  # noqa: TID251


@signed_in
def start_limit(request: HttpRequest) -> HttpResponse:
    """The start page: what is mine and what is nobody's, by urgency."""
    urgent = REQUESTS.filter(status__in=OPEN).order_by("breaches_at").values(*COLUMNS)
    return page(
        START, request, heads=HEADS, now=timezone.now(),  # noqa: TID251
        rows=urgent.filter(assignee=signed_in_person(request))[:PAGE],
        others=urgent.filter(assignee=None)[:PAGE],
    )  # fmt: skip


# ------------------------------------------------------------------ one request
FACTS_OF = (
    "consumer__category", "consumer__subcategory", "created_by", "updated_by", "assignee",
    "disconnection_request__reason", "disconnection_request__slot", "policy",
)  # fmt: skip


def facts_of(case: Case) -> list[tuple[str, Any]]:
    """What the page says of a request."""
    asked, consumer = case.disconnection_request, case.consumer
    assert consumer is not None
    return [
        ("Status", case.status), ("Type", case.kind), ("Reason", asked.reason.label),
        ("Code", asked.reason.code), ("Priority", case.priority), ("Date", asked.preferred_on),
        ("Slot", asked.slot), ("Permanence", asked.permanence), ("Notify", case.notifies_consumer),
        ("Identity", asked.identity_check), ("Description", asked.reason.description),
        ("Notes", asked.notes), ("Created", case.created_at), ("By", case.created_by),
        ("Updated", case.updated_at), ("By", case.updated_by), ("Due", case.due_at),
        ("Adjusted", case.adjusted_due_at), ("Assigned", case.assignee), ("Name", consumer.name),
        ("Account", consumer.account_number), ("Phone", consumer.phone),
        ("E-mail", consumer.email), ("Category", consumer.category.name),
        ("Sub-category", consumer.subcategory), ("Address", asked.service_address),
        ("Billing", consumer.billing_address), ("Acknowledged", case.acknowledged_at),
        ("Responded", case.responded_at), ("Ended", case.ended_at),
        ("Target", case.policy.resolution_minutes),
    ]  # fmt: skip


def find(number: str) -> Case:
    """A request by its number, with all that its page says."""
    return Case.objects.select_related(*FACTS_OF).get(number=number)


def services_of(connections: QuerySet[ServiceConnection]) -> Any:
    """Each service with its meter and the last reading."""
    last = Reading.objects.filter(meter=OuterRef("assignments__meter")).order_by("-read_on")
    return list(
        connections.values(
            utility=F("utility_type"), meter=F("assignments__meter__number"),
            device=F("assignments__meter__device__number"), unit=F("assignments__meter__unit"),
            type=F("assignments__meter__meter_type"), value=Subquery(last.values("value")[:1]),
            read_on=Subquery(last.values("read_on")[:1]),
        )
    )  # fmt: skip


@requires(Permission.VIEW_REQUESTS)
def detail_limit(request: HttpRequest, number: str) -> HttpResponse:
    """The Details tab."""
    case = find(number)
    services = RequestedService.objects.filter(request=case.pk).values("service_connection")
    return page(
        DETAIL, request, case=case, facts=facts_of(case), title=number,
        holds=list(Hold.objects.filter(case=case)),
        services=services_of(ServiceConnection.objects.filter(pk__in=services)),
    )  # fmt: skip


ENTRY = ("at", "kind", "old", "new", "actor__full_name", "text__text")


@requires(Permission.VIEW_REQUESTS)
def timeline_limit(request: HttpRequest, number: str) -> HttpResponse:
    """The Timeline tab."""
    case = find(number)
    entries = Entry.objects.filter(case=case).order_by("-seq").values(*ENTRY)[:50]
    return page(TIMELINE, request, case=case, facts=facts_of(case), entries=entries, title=number)


# ------------------------------------------------------------------ consumers
@requires(Permission.VIEW_CONSUMER)
def profile_limit(request: HttpRequest, account: str) -> HttpResponse:
    """A consumer's profile."""
    consumer = Consumer.objects.select_related("category", "subcategory").get(
        account_number=account
    )
    facts = [(field.name, getattr(consumer, field.name)) for field in Consumer._meta.fields]
    return page(
        PROFILE, request, facts=facts, title=account,
        services=services_of(consumer.connections.all()),
        guards=list(consumer.guards.values_list("placed_by", flat=True)),
        entries=Entry.objects.filter(consumer=consumer).order_by("-at").values(*ENTRY)[:20],
    )  # fmt: skip


@requires(Permission.SEARCH_CONSUMERS)
def search_limit(request: HttpRequest) -> HttpResponse:
    """Search as one types, each kind of text by the one index that fits it."""
    words, found = request.GET["q"].upper(), Q()
    number = "".join(each for each in words if each.isdigit())
    if words.startswith("ACC-"):
        found = Q(account_number__startswith=words)
    elif len(number) >= 10:
        found = Q(phone_digits__startswith=f"1{number[-10:]}")
    else:
        for word in words.split():
            found &= Q(search_text__contains=word)
    place = Premise.objects.filter(connections__consumer=OuterRef("pk")).values("address")[:1]
    guard = Guard.objects.filter(consumer=OuterRef("pk")).values("placed_by")[:1]
    rows = Consumer.objects.filter(found).values("account_number", "name", "phone", "status")
    return page(
        FOUND, request, rows=rows.annotate(address=Subquery(place), guard=Subquery(guard))[:10]
    )


# ------------------------------------------------------------------ create
class Asked(forms.ModelForm[DisconnectionRequest]):
    """What is asked for, as Django would make a form of it."""

    class Meta:
        model = DisconnectionRequest
        fields = ("reason", "permanence", "preferred_on", "notes", "identity_check")


@requires(Permission.CREATE_REQUEST)
def create_limit(request: HttpRequest) -> HttpResponse:
    """The rows that a create writes, each by the shortest call."""
    form = Asked(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=422)
    with transaction.atomic():  # noqa: TID251  (a limit is no operation)
        case = _insert(form.instance, request)
    return redirect("request_created", case.number)


def _insert(asked: DisconnectionRequest, request: HttpRequest) -> Case:
    at, by = timezone.now(), signed_in_person(request).pk  # noqa: TID251
    consumer = Consumer.objects.get(pk=request.POST["consumer"])
    form_key = FormKey.objects.create(
        key=uuid4(), person_id=by, act="bench", about=consumer.account_number, created_at=at
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT smart360_next_number('DIS', %s)", [at.year])
        number = f"DIS-{at.year}-{cursor.fetchone()[0]:06d}"
    policy = SlaPolicy.objects.get(kind="DISCONNECTION", replaced_at=None)
    due = at + timedelta(minutes=policy.resolution_minutes)
    case = Case.objects.create(
        number=number, kind="DISCONNECTION", consumer=consumer, priority=asked.reason.priority,
        notifies_consumer=True, created_at=at, created_by_id=by, updated_at=at, updated_by_id=by,
        policy=policy, due_at=due, adjusted_due_at=due,
        warns_at=at + timedelta(minutes=90), breaches_at=at + timedelta(minutes=120),
        next_alert_at=at + timedelta(minutes=90),
    )  # fmt: skip
    Entry.objects.create(
        case=case, consumer=consumer, kind="CREATED", at=at, actor_id=by, case_version=1,
        new={"status": "PENDING", "kind": "DISCONNECTION", "reason": asked.reason.code},
    )  # fmt: skip
    asked.case, asked.consumer_status = case, consumer.status
    asked.service_address, asked.tracking_token = "1 Main Street", uuid4().hex
    asked.save(force_insert=True)
    RequestedService.objects.bulk_create(
        RequestedService(request=asked, service_connection_id=each, was_connected=True)
        for each in request.POST.getlist("services")
    )
    Guard.objects.create(consumer=consumer, placed_by=number, placed_at=at)
    ProfileLock.objects.filter(consumer=consumer).update(expires_at=at)
    words = PersonalText.objects.bulk_create(
        PersonalText(text=each, digest=sha256(each.encode()).hexdigest())
        for each in (asked.notes, number, consumer.email)
    )
    message = Message.objects.create(
        case=case, consumer=consumer, channel="EMAIL", direction="TO_CONSUMER",
        visibility="CONSUMER", at=at, body=words[0], subject=words[1], to=words[2],
        dedupe_key=f"request.received:{number}:1", template_id=_template_of_a_receipt(),
    )  # fmt: skip
    Delivery.objects.create(message=message, state="QUEUED", state_at=at)
    OwedWork.objects.bulk_create(
        OwedWork(queue=queue, kind=kind, dedupe_key=key, about=about, owed_at=at, next_at=at)
        for queue, kind, key, about in (
            ("MAIL", "comms.deliver", f"comms.deliver:{message.pk}", {"message": message.pk}),
            ("PDF", "disconnections.receipt", f"receipt:{number}", {"case": case.pk}),
        )
    )
    FormKey.objects.filter(pk=form_key.pk).update(result=number)
    return case


@cache
def _template_of_a_receipt() -> int:
    """Asked once: the shortest way knows it, and a message without it would be unsound (N6)."""
    return Template.objects.get(code="request.received", channel="EMAIL").pk


urlpatterns = [
    path("limit/list", list_limit),
    path("limit/start", start_limit),
    path("limit/complaints", complaints_limit),
    path("limit/consumers", consumers_limit),
    path("limit/search", search_limit),
    path("limit/create", create_limit),
    path("limit/requests/<number>", detail_limit),
    path("limit/requests/<number>/timeline", timeline_limit),
    path("limit/consumers/<path:account>", profile_limit),
    path("", include("smart360.urls")),
]
