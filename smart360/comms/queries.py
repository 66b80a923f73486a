"""Reads of what was said, what is to be handed over, and whose bell rings."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Case, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Now
from django.urls import reverse

from smart360.comms import ports, rules
from smart360.comms.choices import Channel, DeliveryState, Direction
from smart360.comms.models import Delivery, Message, Notice, Template
from smart360.comms.ports import Enclosure
from smart360.kernel.prepared import A_KEY, Shelf
from smart360.organisation.models import Utility
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.paging import Page, Sort, page_of, page_prepared
from smart360.web.shown import ThreadMessage

MOST_MESSAGES = 200
"""How many messages of one case a page shows, the newest ones."""

PAGE_SIZE = 20
"""Messages of a consumer on one page."""

MOST_UNREAD = 100
"""The bell counts no further."""

MOST_LATE = 1000
SYSTEM = "Smart360"
HIDDEN = "Not shown to your role."
WAITS_LONG = "The mail server has not taken it yet; it is tried again by itself."

NEWEST_FIRST = Sort("newest", "Newest first", ("-at", "-id"))
PREPARED = Shelf()
SHOWN = (
    "id", "at", "channel", "direction", "call_minutes", "by__full_name", "to__text",
    "subject__text", "body__text", "template__code", "delivery__state", "delivery__why",
)  # fmt: skip
Facts = dict[str, Any]


@dataclass(frozen=True)
class Parcel:
    """One letter as it is handed to a channel: plain values and no way back to the database."""

    message: int
    channel: str
    letter_id: str
    sender: str
    reply_to: str
    to: str
    subject: str
    body: str
    enclosure: Enclosure | None = None


# ------------------------------------------------------------------ templates
def find_wording(
    code: str, *, dedupe_key: str, channel: Channel = Channel.EMAIL
) -> tuple[Template | None, int | None]:
    """The wording of an event, and the message that was said under this key already, if any."""
    said = Message.objects.filter(dedupe_key=dedupe_key).values("pk")
    found = (
        Template.objects.filter(code=code, channel=channel).annotate(said=Subquery(said)).first()
    )
    return found, getattr(found, "said", None)


def utility_values(utility: Utility) -> dict[str, str]:
    """What every template may say about the utility."""
    return {
        "utility_name": utility.name,
        "utility_phone": utility.phone,
        "utility_email": utility.email,
        "utility_hours": utility.business_hours,
        "emergency_phone": utility.emergency_phone,
    }


def find_said(dedupe_key: str) -> Message | None:
    """What was said under this key already, if anything."""
    return Message.objects.filter(dedupe_key=dedupe_key).first()


# ------------------------------------------------------------------ what is to be handed over
def parcel_of_message(message: int) -> Parcel | None:
    """The letter of a message that still waits to be sent; None when nothing is to be done.

    Raises NotReady of ``comms.ports`` while its document is being made.
    """
    found = (
        Message.objects.filter(pk=message, delivery__state=DeliveryState.QUEUED)
        .select_related("to", "subject", "body", "template")
        .first()
    )
    if found is None:
        return None
    encloses = ports.ENCLOSURES.get(found.template.code) if found.template else None
    letter = _parcel(
        message=found.pk,
        channel=found.channel,
        dedupe_key=found.dedupe_key,
        to=found.to.text if found.to else "",
        subject=found.subject.text if found.subject else "",
        body=found.body.text,
    )
    return replace(letter, enclosure=encloses(found.dedupe_key)) if encloses else letter


def parcel_of_notice(notice: int) -> Parcel | None:
    """A notice as an e-mail; None when the person has left, read it, or wants no e-mail."""
    found = Notice.objects.filter(pk=notice).select_related("person").first()
    if found is None or found.read_at or not wants_email(found.person):
        return None
    return _parcel(
        message=0,
        channel=Channel.EMAIL,
        dedupe_key=f"notice:{found.dedupe_key}:{found.person_id}",
        to=found.person.email,
        subject=found.sentence,
        body=f"{found.sentence}\n\n{settings.PUBLIC_URL}{found.path}\n",
    )


def wants_email(person: Person) -> bool:
    """Whether notices go to this person by e-mail too (COM5)."""
    return (
        person.is_active
        and person.wants_notices_by_email
        and not rules.why_unreachable(person.email)
    )


def _parcel(
    *, message: int, channel: str, dedupe_key: str, to: str, subject: str, body: str
) -> Parcel:
    utility = get_utility()
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Parcel(
        message=message,
        channel=channel,
        letter_id=rules.letter_id(dedupe_key, domain=address.partition("@")[2]),
        sender=formataddr((rules.one_line(name or utility.name), address)),
        reply_to=utility.email,
        to=to,
        subject=rules.one_line(subject),
        body=body,
    )


def count_late(at: datetime) -> int:
    """How many messages wait longer than they should, counted up to a cap."""
    late = Delivery.objects.filter(
        state=DeliveryState.QUEUED, state_at__lt=at - rules.QUEUED_TOO_LONG
    )
    return late[:MOST_LATE].count()


def count_urgent(at: datetime) -> dict[str, int]:
    """How many letters of each urgent template wait too long for it, but not for any other (N5)."""
    waiting = {}
    for code, urgent in ports.URGENT.items():
        late = Delivery.objects.filter(
            state=DeliveryState.QUEUED,
            state_at__lt=at - urgent.alarm_after,
            state_at__gte=at - rules.QUEUED_TOO_LONG,
            message__template__code=code,
        )
        if count := late[:MOST_LATE].count():
            waiting[code] = count
    return waiting


# ------------------------------------------------------------------ the log
def messages_of_case(
    case: int, *, to: Person, consumer_name: str = "Customer"
) -> list[ThreadMessage]:
    """Everything said about a case, oldest first, as far as ``to`` may read it (COM1).

    ``consumer_name`` is the name as this person may see it.
    """
    rows = PREPARED.rows("thread", _thread, {A_KEY: case})
    return [_shown(each, to=to, consumer_name=consumer_name) for each in reversed(rows)]


def _thread() -> QuerySet[Message, Facts]:
    return _ready(Message.objects.filter(case=A_KEY)).order_by("-at", "-id")[:MOST_MESSAGES]


def list_said(
    consumer: int,
    *,
    to: Person,
    hidden: Collection[int],
    consumer_name: str,
    channel: str = "",
    direction: str = "",
    cursor: str = "",
) -> Page[ThreadMessage]:
    """A page of what was said to or by a consumer, newest first, as far as ``to`` may read it.

    ``hidden`` are cases that ``to`` may not know of; each message names the case it belongs to.
    One statement (CON12).
    """

    def said() -> QuerySet[Message, Facts]:
        said = Message.objects.filter(consumer=A_KEY)
        if hidden:
            said = said.exclude(case__in=hidden)
        if channel:
            said = said.filter(channel=channel)
        if direction:
            said = said.filter(direction=direction)
        return _ready(said, "case__number", "case__kind")

    found = page_prepared(
        said,
        sort=NEWEST_FIRST,
        cursor=cursor,
        size=PAGE_SIZE,
        shelf=PREPARED,
        about=(frozenset(hidden), channel, direction),
        given={A_KEY: consumer},
        keeps_plan=not hidden,
    )
    rows = [_shown(each, to=to, consumer_name=consumer_name) for each in found.rows]
    return Page(rows, found.next_cursor, found.previous_cursor)


def count_messages_of_case(case: int) -> int:
    """How many entries the log of a case has, for its tab."""
    return Message.objects.filter(case=case).count()


def is_known(message: int, *, to: Person) -> bool:
    """Whether there is such a message that was to go out, of no case that is kept from ``to``."""
    found = Message.objects.filter(pk=message, delivery__isnull=False).values_list("case").first()
    if found is None or found[0] is None:
        return found is not None
    return not any(found[0] in ask([found[0]], to.pk) for ask in ports.HIDDEN)


def why_not_sent(case: int) -> list[str]:
    """Why messages of this case did not go out, for a banner: "No e-mail on file; not sent"."""
    unsent = Message.objects.filter(case=case, delivery__state=DeliveryState.NOT_SENT)
    reasons = unsent.values_list("delivery__why", flat=True).distinct()
    return [f"{why}; not sent" for why in sorted(reasons)]


def _ready(messages: QuerySet[Message], *more: str) -> QuerySet[Message, Facts]:
    """The messages with all that is shown of them, and whether one waits too long; plain values."""
    waits_long = Q(
        delivery__state=DeliveryState.QUEUED,
        delivery__state_at__lt=Now() - rules.QUEUED_TOO_LONG,
    )
    is_late = Case(
        When(waits_long, then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )
    facts: QuerySet[Message, Facts] = messages.values(*SHOWN, *more, is_late=is_late)
    return facts


def _shown(message: Facts, *, to: Person, consumer_name: str) -> ThreadMessage:
    """One message of ``_ready``, with its case where that was read."""
    number, kind = message.get("case__number") or "", message.get("case__kind") or ""
    state = message["delivery__state"] or ""
    can_retry = state == DeliveryState.FAILED and to.has_permission(Permission.RETRY_MESSAGE)
    return ThreadMessage(
        direction=message["direction"],
        who=_who(message, consumer_name),
        at=message["at"],
        body=_words(message, to),
        channel=message["channel"],
        delivery=state,
        problem=WAITS_LONG if message["is_late"] else message["delivery__why"] or "",
        minutes=message["call_minutes"],
        address=_address(message, to),
        retry_url=reverse("message_retry", args=[message["id"]]) if can_retry else "",
        has_enclosure=message["template__code"] in ports.ENCLOSURES,
        ref=number,
        url=reverse(f"{kind.lower()}_detail", args=[number]) if number else "",
    )


def _who(message: Facts, consumer_name: str) -> str:
    if message["direction"] == Direction.FROM_CONSUMER:
        return consumer_name
    return message["by__full_name"] or SYSTEM


def _address(message: Facts, to: Person) -> str:
    """Where it went, for those who may see it (N6, X3)."""
    may_see = to.has_permission(Permission.SEE_PERSONAL_DATA)
    return message["to__text"] or "" if may_see else ""


def _words(message: Facts, to: Person) -> str:
    """Subject and body as this role may read them: free text may hold anything (X3)."""
    words: str = message["body__text"]
    if message["subject__text"] is not None:
        words = f"{message['subject__text']}\n\n{words}"
    return free_words(words, to=to) or HIDDEN


def free_words(words: str, *, to: Person) -> str:
    """What people wrote, as this role may read it; empty for who may not know of whom it tells."""
    if not to.has_permission(Permission.SEE_CONTACT_DATA):
        return ""
    return (
        words if to.has_permission(Permission.SEE_PERSONAL_DATA) else rules.without_addresses(words)
    )


# ------------------------------------------------------------------ the bell
def count_unread(person: Person) -> int:
    """How many notices this person has not read, counted up to a cap."""
    unread = Notice.objects.filter(person=person, read_at__isnull=True)
    return unread[:MOST_UNREAD].count()


def list_notices(person: Person, *, cursor: str = "") -> Page[Notice]:
    """A person's notices, newest first, a page at a time."""
    return page_of(Notice.objects.filter(person=person), sort=NEWEST_FIRST, cursor=cursor)


def visible_notices(person: Person) -> QuerySet[Notice]:
    """The only door to a notice: one's own."""
    return Notice.objects.filter(person=person)


def find_notice(person: Person, notice: int) -> Notice | None:
    """One of a person's own notices."""
    return visible_notices(person).filter(pk=notice).first()
