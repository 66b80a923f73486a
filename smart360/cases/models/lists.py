"""The indexes by which lists of cases are read, for each list its own.

A list of one kind would else wade through the rows of the other: its statements say the kind, so
that the database sees that they ask for what the index has.
"""

from typing import Any

from django.db.models import F, Index, Q

from smart360.cases.choices import ENDED_STATUSES, KINDS_OF_REQUEST, OPEN_STATUSES, CaseKind
from smart360.cases.models.orders import DUE, URGENCY

OPEN = Q(status__in=OPEN_STATUSES)
ENDED = Q(status__in=ENDED_STATUSES)
REQUESTS = Q(kind__in=KINDS_OF_REQUEST)
COMPLAINTS = Q(kind=CaseKind.COMPLAINT)


def _of_a_list(of: Q, name: str, *, late: Index, own: Index) -> list[Index]:
    """Each order of a list, over what is open and over what has ended; then what it counts.

    ``late`` is by the soonest breach, for the start page and the counts of what is breached and at
    risk; ``own`` by who works on it.
    """
    indexes = []
    for standing, when in (("open", OPEN & of), ("ended", ENDED & of)):
        orders: dict[str, tuple[Any, ...]] = {
            "due": (DUE, F("id")),
            "age": (F("created_at").desc(), F("id").desc()),
            "urgency": (URGENCY, DUE, F("id")),
            "status": (F("status"), F("created_at"), F("id")),
            "number": (F("kind"), F("number")),
        }
        indexes += [
            Index(*columns, name=f"{standing}_{name}_by_{order}", condition=when)
            for order, columns in orders.items()
        ]
    return [
        *indexes,
        # One status, the soonest due first.
        Index(F("status"), DUE, F("id"), name=f"open_{name}_by_status_due", condition=OPEN & of),
        late,
        own,
        # What ended in a month or on a day.
        Index(fields=["ended_at"], name=f"ended_{name}_by_end", condition=ENDED & of),
    ]


LIST_INDEXES = [
    *_of_a_list(
        REQUESTS,
        "request",
        late=Index(
            fields=["breaches_at", "id"], name="open_request_by_breach", condition=OPEN & REQUESTS
        ),
        own=Index(
            fields=["assignee", "breaches_at"],
            name="open_request_by_assignee",
            condition=OPEN & REQUESTS,
        ),
    ),
    # What few requests are, such as the low.
    Index(
        F("kind"),
        F("status"),
        F("priority"),
        DUE,
        F("id"),
        name="open_request_by_what_it_is",
        condition=OPEN & REQUESTS,
    ),
    # With all by which some of them are hidden or not counted: they are counted in the index alone.
    *_of_a_list(
        COMPLAINTS,
        "complaint",
        late=Index(
            fields=["breaches_at", "id"],
            include=["topic", "status", "warns_at"],
            name="open_complaint_by_breach_first",
            condition=OPEN & COMPLAINTS,
        ),
        own=Index(
            fields=["assignee", "breaches_at"],
            include=["id", "topic"],
            name="open_complaint_by_worker",
            condition=OPEN & COMPLAINTS,
        ),
    ),
    # One category: the soonest due, and the newest of what has ended.
    Index(F("topic"), DUE, F("id"), name="open_complaint_by_topic", condition=OPEN & COMPLAINTS),
    Index(
        fields=["topic", "-created_at", "-id"],
        name="ended_complaint_by_topic",
        condition=ENDED & COMPLAINTS,
    ),
    # One sub-category in the same way.
    Index(
        F("subtopic"), DUE, F("id"), name="open_complaint_by_subtopic", condition=OPEN & COMPLAINTS
    ),
    Index(
        fields=["subtopic", "-created_at", "-id"],
        name="ended_complaint_by_subtopic",
        condition=ENDED & COMPLAINTS,
    ),
]
