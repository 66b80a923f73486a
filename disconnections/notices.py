"""Who is told what when a request is made or ends, or waits for what has gone away."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from consumers.models import Consumer
from disconnections.choices import Stage
from disconnections.models import DisconnectionRequest
from disconnections.queries.lost_protections import stands, waiting_for_the_account
from disconnections.queries.protections import cut_of, judge_cut
from smart360.cases import handling
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case
from smart360.cases.notices import responsible_for, tell_consumer
from smart360.cases.queries.receipts import tracking_url
from smart360.comms.models import Message
from smart360.comms.outbox import Letter, notify_staff, send_each, send_from_template
from smart360.fieldwork.choices import OrderStatus
from smart360.kernel.db import step
from smart360.kernel.money import ZERO
from smart360.organisation.queries import day_of, get_utility
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web.formats import shown_day, shown_money, shown_slot

NOTICE = "request.disconnection_notice"


def preferred_words(disconnection_request: DisconnectionRequest) -> str:
    """Date and slot as a consumer reads them."""
    if disconnection_request.preferred_on is None:
        return "Not specified"
    day = shown_day(disconnection_request.preferred_on)
    slot = disconnection_request.slot
    return f"{day}, {shown_slot(slot.starts, slot.ends)}" if slot else f"{day}, any time"


@step
def request_received(
    case: Case, disconnection_request: DisconnectionRequest, *, at: datetime
) -> None:
    """The automatic receipt by e-mail (AC019)."""
    tell_consumer(
        case,
        code="request.received",
        values={
            "request_type": case.get_kind_display(),
            "reason": disconnection_request.reason.label,
            "preferred": preferred_words(disconnection_request),
            "tracking_url": tracking_url(disconnection_request.tracking_token),
        },
        at=at,
        once="1",
    )


@step
def notice_served(
    case: Case,
    disconnection_request: DisconnectionRequest,
    *,
    outstanding: Decimal,
    at: datetime,
) -> Message | None:
    """The consumer learns that they will be cut off unless they pay; always (COM3)."""
    if case.consumer is None:
        return None
    consumer, currency = case.consumer, get_utility().currency
    return send_from_template(
        case=case.pk,
        consumer=consumer.pk,
        code=NOTICE,
        values=_notice_words(consumer, case, disconnection_request, outstanding, currency),
        to=consumer.email,
        notifies=True,
        at=at,
        dedupe_key=f"{NOTICE}:{case.number}",
    )


@step
def notices_served(
    served: Sequence[tuple[Case, DisconnectionRequest, Decimal]],
    *,
    not_before: Sequence[datetime],
    at: datetime,
) -> list[tuple[int, str]]:
    """``notice_served`` in set form: each one's message, and why it cannot go or ``""``."""
    currency = get_utility().currency
    letters = [
        Letter(
            case=case.pk,
            consumer=case.consumer.pk,
            values=_notice_words(case.consumer, case, asked, outstanding, currency),
            to=case.consumer.email,
            dedupe_key=f"{NOTICE}:{case.number}",
            not_before=moment,
        )
        for (case, asked, outstanding), moment in zip(served, not_before, strict=True)
        if case.consumer is not None  # a_request_has_a_consumer
    ]
    return send_each(NOTICE, letters, at=at)


def _notice_words(
    consumer: Consumer,
    case: Case,
    disconnection_request: DisconnectionRequest,
    outstanding: Decimal,
    currency: str,
) -> dict[str, str]:
    return {
        "number": case.number,
        "consumer_name": consumer.name,
        "account_number": consumer.account_number,
        "outstanding": shown_money(max(ZERO, outstanding), currency),
        "reason": disconnection_request.reason.label,
        "service_address": disconnection_request.service_address,
        "tracking_url": tracking_url(disconnection_request.tracking_token),
    }


@step
def request_stopped(case: Case, *, because: str, at: datetime) -> None:
    """The consumer learns that nobody will come, and whoever works on it why; always (COM3).

    Where a technician was there before, everybody who can switch on again hears of it.
    """
    tell_consumer(
        case,
        code="request.stopped",
        values={"reason": because},
        at=at,
        once=str(case.version),
    )
    whom = case.assignee_id or case.created_by_id or 0
    people = list(Person.objects.filter(pk=whom, is_active=True))
    sentence = f"{case.number} is stopped: {because.lower()}"
    done = case.service_orders.filter(kind=case.kind, status=OrderStatus.COMPLETED).last()
    if done is not None:
        people = people_who_may(Permission.EXECUTE)
        sentence += f". {done.number} was completed before: the service may be off"
    notify_staff(
        people=people,
        sentence=sentence,
        path=reverse("request_detail", args=[case.number]),
        at=at,
        dedupe_key=f"stopped:{case.number}:{case.version}",
        case=case.pk,
        is_urgent=True,
    )


@step
def request_taken_back(case: Case, *, at: datetime) -> None:
    """The consumer, who was given notice, learns that nobody will come; always (COM3)."""
    tell_consumer(
        case,
        code="request.stopped",
        values={"reason": "We have taken it back"},
        at=at,
        once=str(case.version),
    )


@step
def request_closed(case: Case, *, at: datetime) -> None:
    """The consumer learns that and why a request was closed."""
    tell_consumer(
        case,
        code="request.closed",
        values={"closing_reason": case.get_closing_reason_display()},
        at=at,
        once="1",
    )


@step
def request_completed(case: Case, *, at: datetime) -> None:
    """The consumer learns that their request was carried out."""
    tell_consumer(case, code="request.completed", values={}, at=at, once="1")


@step
def closure_notice(
    case: Case,
    asked: DisconnectionRequest,
    *,
    services: str,
    what_follows: str,
    at: datetime,
    once: str,
) -> Message | None:
    """The notice of closure; always, the law asks for it. Without an address it is not sent."""
    if case.consumer is None:
        return None
    return send_from_template(
        case=case.pk,
        consumer=case.consumer_id,
        code="closure.notice",
        values={
            "number": case.number,
            "consumer_name": case.consumer.name,
            "service_address": asked.service_address,
            "services": services,
            "what_follows": what_follows,
        },
        to=case.consumer.email,
        notifies=case.notifies_consumer,
        at=at,
        dedupe_key=f"closure.notice:{case.number}:{once}",
    )


@step
def reconnection_offered(
    case: int, number: str, *, people: Sequence[Person], path: str, at: datetime
) -> None:
    """Who reconnects learns, once, that somebody who was cut off has paid (BEY4)."""
    notify_staff(
        people=people,
        sentence=f"{number}: the account is settled and can be reconnected",
        path=path,
        at=at,
        dedupe_key=f"reconnect:{number}",
        case=case,
        is_urgent=True,
    )


# ------------------------------------------------------------------ the reason went away
@step
def tell_of_lifted_hold(*, consumer: int, by: int | None, at: datetime) -> None:
    """Say that a request waits for a hold that was lifted. A port of ``consumers``.

    Another hold may still stand. What a payment has settled is not told: the payment closes the
    request in this very transaction.
    """
    case = waiting_for_the_account(consumer)
    if case is None or stands(consumer, today=day_of(at)):
        return
    judged = judge_cut(cut_of(case), stage=Stage.EXECUTION, at=at)
    if judged.facts.outstanding > judged.least:
        protection_ended(handling.lock_case(case), by=by, at=at)


@step
def protection_ended(case: Case, *, by: int | None, at: datetime) -> bool:
    """One line, and the bell of whoever works on the locked request; whether it still waited.

    Nothing resumes by itself. To resume is to go on towards cutting somebody off, who was told
    that it had stopped: after a certificate has run out a person looks at it first, calls, waits
    for a new one, or closes it. That nobody forgets it is why they are told; supervisors are
    when nobody works on it. The page says so too, for as long as it waits, and offers Resume.
    """
    if case.status != CaseStatus.ON_HOLD:
        return False
    line = record(Event.PROTECTION_ENDED, by=by, at=at, case=case.pk, consumer=case.consumer_id)
    notify_staff(
        people=responsible_for(case),
        sentence=f"{case.number}: the account is protected no more. Resume the request or close it",
        path=reverse("request_detail", args=[case.number]),
        at=at,
        dedupe_key=f"unprotected:{line.pk}",
        case=case.pk,
    )
    return True
