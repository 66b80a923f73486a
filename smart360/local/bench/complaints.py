"""A million complaints for `./dev bench`: their rows, their limit view, and what is measured.

They stand beside the requests in one table. They have no timelines and no holds: what is measured
are the list and its dashboard.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils import timezone

from complaints.models import ComplaintName
from consumers.rules.profiles import search_text_of
from smart360.cases.choices import OPEN_STATUSES, CaseKind
from smart360.cases.models import DUE, Case, SlaPolicy
from smart360.local.bench.accounts import account
from smart360.local.bench.copying import NULL, moment
from smart360.local.bench.timelines import or_null
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires

HOUR, DAY = 3600, 86400
MONTH, TWO_YEARS = 30 * DAY, 730 * DAY
PAST_SHARE, STILL_OPEN, RESOLVED, STRANGERS = 0.62, 0.86, 0.85, 0.1
NAMED = 1000  # complaints name somebody, however many there are: staff do not grow with consumers
SEED = 1 << 41
COLUMNS: dict[str, str] = {
    "cases_case": "id, number, kind, topic, subtopic, consumer_id, status, version, priority,"
    " notifies_consumer, created_at, created_by_id, updated_at, updated_by_id, assignee_id,"
    " acknowledged_at, acknowledged_by_id, ended_at, ended_by_id, closing_reason, closing_note,"
    " policy_id, due_at, adjusted_due_at, warns_at, breaches_at, resolution_time",
    "complaints_complaint": "case_id, name_id, category_id, incident_on, description,"
    " expected_resolution, notes, service_address, staff_named_id, tracking_token",
    "complaints_complainant": "complaint_id, name, phone, email, service_address, customer_type,"
    " account_said, search_text, phone_digits",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """One complaint name with what follows from it."""

    name: int
    part: int
    category: int
    code: str
    priority: str
    is_about_staff: bool


class Complaints:
    """All complaints of one load, as lines for COPY."""

    def __init__(self, count: int, *, accounts: int, first: int, now: int) -> None:
        """``accounts`` are there; ``first`` is the first key to give; ``now`` in seconds."""
        self.count, self.accounts, self.first, self.now = count, accounts, first, now
        names = ComplaintName.objects.select_related("subcategory__category").order_by("pk")
        self.topics = [
            Topic(
                name.pk,
                name.subcategory_id,
                category.pk,
                category.code,
                category.priority,
                category.is_about_staff,
            )
            for name in names
            for category in [name.subcategory.category]
        ]
        policy = SlaPolicy.objects.filter(
            kind=CaseKind.COMPLAINT, replaced_at=None, topic=None, for_vip=False
        ).order_by("-priority")[0]
        self.policy, self.minutes = policy.pk, policy.resolution_minutes
        self.acknowledgement = policy.acknowledgement_minutes
        about_staff = sum(topic.is_about_staff for topic in self.topics) / len(self.topics)
        self.naming = NAMED / (count * about_staff)
        self.staff = list(Person.objects.order_by("pk").values_list("pk", flat=True))

    def batches(self, size: int) -> Iterator[list[tuple[str, str]]]:
        """So many complaints at a time, for each table its lines."""
        for begin in range(0, self.count, size):
            lines: dict[str, list[str]] = {table: [] for table in COLUMNS}
            for position in range(begin, min(begin + size, self.count)):
                self._add(position, lines)
            yield [(table, "\n".join(made) + "\n") for table, made in lines.items() if made]

    def _add(self, position: int, lines: dict[str, list[str]]) -> None:
        """One complaint: a third of all is open, most of it of the last days."""
        roll = Random(SEED + position).random
        created, is_recent = self._created(position / self.count)
        topic = self.topics[int(roll() * len(self.topics))]
        is_open = is_recent and (roll() < STILL_OPEN or self.now - created < 3 * HOUR)
        case = self.first + position
        worker = self.staff[int(roll() * len(self.staff))]
        consumer: int | None = 1 + int(roll() * self.accounts)
        if roll() < STRANGERS:
            consumer = None
            lines["complaints_complainant"].append(_stranger(case))
        lines["cases_case"].append(
            f"{case}\tCMP-{position + 1:08d}\tCOMPLAINT\t{topic.code}\t{topic.part}"
            f"\t{or_null(consumer)}"
            + self._course(created, topic, worker, roll(), is_open=is_open, chance=roll())
        )
        is_named = topic.is_about_staff and roll() < self.naming
        named = worker if is_named else None
        lines["complaints_complaint"].append(
            f"{case}\t{topic.name}\t{topic.category}\t{moment(created)[:10]}"
            "\tThe bill is three times the usual one.\tA corrected bill\t\t"
            f"\t{or_null(named)}\tbench-{case:037d}"
        )

    def _created(self, share: float) -> tuple[int, bool]:
        """When, and whether within the last month."""
        if share >= PAST_SHARE:
            left = 1 - (share - PAST_SHARE) / (1 - PAST_SHARE)
            return self.now - 120 - int(MONTH * left**4), True
        return self.now - MONTH - int((TWO_YEARS - MONTH) * (1 - share / PAST_SHARE)), False

    def _course(
        self, created: int, topic: Topic, worker: int, turn: float, *, is_open: bool, chance: float
    ) -> str:
        """Where it stands, from its status on: pending, in progress, or decided in time or late."""
        due, begun = created + 60 * self.minutes, moment(created)
        status, breaches, ended, took, note = "IN_PROGRESS", due, NULL, NULL, ""
        if is_open and chance < 0.3:
            status, breaches = "PENDING", created + 60 * self.acknowledgement
        late: int | None = breaches
        if not is_open:
            end = min(self.now - 60, created + int(HOUR * (1 + 90 * turn)))
            status = "RESOLVED" if chance < RESOLVED else "REJECTED"
            ended, took, note = (
                moment(end),
                f"{end - created} seconds",
                "Done as the consumer asked",
            )
            late = due if end > due else None
        acknowledged = NULL if status == "PENDING" else moment(created + 600)
        who = NULL if status == "PENDING" else str(worker)
        # The earliest warning of a clock that still runs, at three quarters of its time.
        clock = self.acknowledgement if status == "PENDING" else self.minutes
        warns = moment(created + 45 * clock) if is_open else NULL
        return (
            f"\t{status}\t1\t{topic.priority}\tf\t{begun}\t{worker}\t{begun}\t{worker}\t{who}"
            f"\t{acknowledged}\t{who}\t{ended}\t{NULL if is_open else worker}\t\t{note}"
            f"\t{self.policy}\t{moment(due)}\t{moment(due)}\t{warns}\t{moment(late)}\t{took}"
        )


def _stranger(case: int) -> str:
    """Somebody who is not in the system: named as an account far down would be."""
    made = account(10_000_000 + case)
    text = search_text_of(made.name, [made.address])
    return (
        f"{case}\t{made.name}\t{made.phone}\t\t{made.address}\tRESIDENTIAL\t\t{text}"
        f"\t{made.phone[1:]}"
    )


# ------------------------------------------------------------------ the limit view
SHOWN = (
    "number", "status", "priority", "created_at", "adjusted_due_at", "breaches_at",
    "consumer__name", "consumer__is_vip", "consumer__account_number", "assignee__full_name",
    "complaint__name__name", "complaint__category__name", "complaint__complainant__name",
)  # fmt: skip
ROWS = """<table><tbody>{% for row in rows %}<tr><th><a href="{{ row.number }}">{{ row.number }}
</a></th><td>{{ row.consumer__name|default:row.complaint__complainant__name }}
{% if row.consumer__is_vip %} VIP{% endif %}</td><td>{{ row.consumer__account_number }}</td>
<td>{{ row.complaint__name__name }}</td><td>{{ row.complaint__category__name }}</td>
<td>{{ row.created_at|date:"M j, Y" }}</td><td>{{ row.status }}</td><td>{{ row.priority }}</td>
<td>{% if row.breaches_at and row.breaches_at <= now %}Breached{% else %}Due{% endif %}
 {{ row.adjusted_due_at|date:"M j, H:i" }}</td><td>{{ row.assignee__full_name }}</td>
<td><a href="{{ row.number }}">View</a></td></tr>{% endfor %}</tbody></table>"""
WHOLE = "<!doctype html><html lang=en><head><title>Complaints</title></head><body>"
FILTERS = {"status": "status", "category": "topic", "priority": "priority"}


@requires(Permission.VIEW_COMPLAINTS)
def complaints_limit(request: HttpRequest) -> HttpResponse:
    """The rows of the list by the shortest Django way; no dashboard, nothing hidden."""
    asked = request.GET
    is_history = asked.get("tab") == "history"
    cases = Case.objects.filter(kind=CaseKind.COMPLAINT)
    cases = cases.filter(status__in=["RESOLVED", "REJECTED"] if is_history else OPEN_STATUSES)
    cases = cases.filter(**{FILTERS[name]: asked[name] for name in FILTERS if asked.get(name)})
    newest = is_history or asked.get("sort") == "-requested"
    order = ("-created_at", "-id") if newest else (DUE, "id")
    rows = cases.order_by(*order).values(*SHOWN)[:26]
    words = ROWS if request.headers.get("HX-Request") else WHOLE + ROWS
    template = engines["django"].from_string(words)
    context = {"rows": rows, "now": timezone.now()}  # noqa: TID251  (no act: a limit)
    return HttpResponse(template.render(context, request))
