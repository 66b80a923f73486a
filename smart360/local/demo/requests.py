"""300 requests over three months, in every state and by several people.

They are made and moved by the real operations, each with the moment at which it happened.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from consumers.choices import LockPurpose, SupplyState
from consumers.models import Consumer, ServiceConnection
from consumers.operations import take_profile_lock
from disconnections.models import DisconnectionRequest, Reason, TimeSlot
from disconnections.operations import (
    UnableToCreate,
    close_request,
    create_request,
    decide_approval,
)
from disconnections.rules import RequestWish, request_kind
from smart360.cases.choices import ApprovalState, CaseKind
from smart360.cases.models import Case, HoldReason
from smart360.cases.operations import acknowledge, add_note, assign, put_on_hold, send_message
from smart360.cases.queries.approvals import approval_of
from smart360.comms.choices import DeliveryState
from smart360.comms.models import Message
from smart360.comms.operations import mark_sent
from smart360.local.demo.cast import ANSWERS, INTERNAL, NOTES
from smart360.local.demo.visits import order_sample
from smart360.local.operations import complete_in_the_past, settle_the_past, take_over_numbers
from smart360.staff.choices import Role
from smart360.staff.models import Person

HOW_MANY = 300
DAYS = 90
LEFT_TO_WORKERS = timedelta(hours=1)
ZONE = ZoneInfo("America/Chicago")
SAMPLE_NUMBER = 1234
SAMPLE_CREATED_AT = datetime(2024, 12, 10, 9, 30, tzinfo=ZONE).astimezone(UTC)


@dataclass(frozen=True)
class Team:
    """Who does what in the demo's history."""

    desk: list[Person]
    callers: list[Person]
    supervisor: Person

    @classmethod
    def of_the_demo(cls) -> "Team":
        """The demo's people with their roles."""
        people = list(Person.objects.with_roles().filter(is_demo=True).order_by("pk"))
        return cls(
            desk=[p for p in people if {Role.CSE, Role.RECOVERY} & p.roles],
            callers=[p for p in people if Role.CALL_CENTRE in p.roles],
            supervisor=next(p for p in people if Role.SUPERVISOR in p.roles),
        )


def make_requests(*, at: datetime, tell: Callable[[int, int], None]) -> None:
    """Make what is still missing of the demo's requests; ``tell(done, all)`` shows how far."""
    chance, team = Random(360), Team.of_the_demo()
    make_sample(team, at)
    made = Case.objects.filter(created_at__year__gt=2024).count()
    moments = sorted(_moments(at, chance))
    willing = _accounts(chance)
    for position, moment in enumerate(moments[made:], start=made + 1):
        for consumer in willing:
            try:
                _live_through(consumer, moment, at, team, chance)
            except UnableToCreate:  # has one already, or the last place of a slot is gone
                continue
            break
        tell(position, HOW_MANY)
    settle_the_past(before=at - LEFT_TO_WORKERS, at=at)


def make_sample(team: Team, at: datetime) -> None:
    """004 §8: DIS-2024-001234, acknowledged after an hour and a half, never answered."""
    if Case.objects.filter(number=f"DIS-2024-{SAMPLE_NUMBER:06d}").exists():
        return
    take_over_numbers(series="DIS", year=2024, last=SAMPLE_NUMBER - 1)
    consumer = Consumer.objects.get(account_number="ACC-2024-001789")
    sarah = next(p for p in team.desk if p.username == "cse")
    made = _create(
        consumer,
        by=sarah,
        at=SAMPLE_CREATED_AT,
        reason=Reason.objects.get(code="NP-001"),
        day=date(2024, 12, 15),
        slot=TimeSlot.objects.filter(starts=time(10), is_active=True).first(),
        notes="Customer requested morning slot due to work schedule",
    )
    hand_over(made.pk, at)
    acknowledge(case=made.pk, by=sarah, at=SAMPLE_CREATED_AT + timedelta(minutes=90))
    _approve_sample(made, team)
    hand_over(made.pk, at)
    order_sample(made.pk, at=at)


def _approve_sample(made: DisconnectionRequest, team: Team) -> None:
    """004 §8 has "Required Approval: Yes" and an order that is assigned: it was given."""
    asked = approval_of(made.pk)
    if asked is not None and asked.state == ApprovalState.PENDING:
        decide_approval(
            case=made.pk,
            decision=ApprovalState.APPROVED,
            note="Reminders and notice are on file",
            by=team.supervisor,
            at=SAMPLE_CREATED_AT + timedelta(minutes=90),
        )


def _moments(at: datetime, chance: Random) -> Iterator[datetime]:
    """When requests were made: over three months, at office hours, the last ones just now."""
    for _ in range(HOW_MANY - 40):
        day = at.astimezone(ZONE).date() - timedelta(days=chance.randint(4, DAYS))
        yield datetime.combine(
            day, time(chance.randint(8, 16), chance.randrange(60)), ZONE
        ).astimezone(UTC)
    for _ in range(10):
        yield at - timedelta(minutes=chance.randint(20 * 60, 60 * 60))
    for _ in range(30):
        yield at - timedelta(minutes=chance.randint(2, 20 * 60))


def _accounts(chance: Random) -> Iterator[Consumer]:
    """Made-up accounts in random order, a few that are off among them; each once."""
    known = ("WU-1", "ACC-2024-001789")
    consumers = [
        consumer
        for consumer in Consumer.objects.exclude(status="PENDING").order_by("pk")
        if not consumer.account_number.startswith(known)
    ]
    off = [c for c in consumers if c.status in ("INACTIVE", "DISCONNECTED")]
    on = [c for c in consumers if c.status not in ("INACTIVE", "DISCONNECTED")]
    chance.shuffle(off)
    chance.shuffle(on)
    for position, consumer in enumerate(on):
        if position % 5 == 0 and off:
            yield off.pop()
        yield consumer


def _live_through(
    consumer: Consumer, created_at: datetime, at: datetime, team: Team, chance: Random
) -> None:
    """One request from its creation to where it stands today."""
    by = chance.choice(team.desk + team.callers)
    services = ServiceConnection.objects.filter(consumer=consumer)
    kind = request_kind(
        consumer.status, [s.supply_state == SupplyState.CONNECTED for s in services]
    )
    day = created_at.astimezone(ZONE).date() + timedelta(days=chance.randint(1, 12))
    has_day = chance.random() < 0.85 and day.weekday() < 5
    made = _create(
        consumer,
        by=by,
        at=created_at,
        reason=_reason(kind, chance),
        day=day if has_day else None,
        slot=_slot(chance) if has_day and chance.random() < 0.7 else None,
        notes=chance.choice(NOTES),
        notifies=chance.random() < 0.9,
    )
    _go_on(made, created_at, at, team, chance)


def _go_on(
    made: DisconnectionRequest, created_at: datetime, at: datetime, team: Team, chance: Random
) -> None:
    """What happened to it since: the older, the further."""
    hand_over(made.pk, at)
    age = at - created_at
    worker = chance.choice(team.desk)
    acknowledged_at = created_at + timedelta(minutes=chance.choice((12, 25, 40, 55, 70, 95, 150)))
    if acknowledged_at >= at or (age < timedelta(hours=5) and chance.random() < 0.5):
        return
    acknowledge(case=made.pk, by=worker, at=acknowledged_at)
    hand_over(made.pk, at)
    assign(case=made.pk, to=worker, by=worker, at=acknowledged_at + timedelta(minutes=1))
    answered_at = acknowledged_at + timedelta(minutes=chance.choice((20, 45, 80, 130)))
    _say(made, worker, answered_at, at, chance)
    hand_over(made.pk, at)
    end = created_at + timedelta(hours=chance.choice((5, 7, 9, 12, 14, 16, 19, 23, 33)))
    is_recent = age < timedelta(hours=20) or (age < timedelta(days=3) and chance.random() < 0.2)
    if is_recent:
        holds_at = answered_at + timedelta(minutes=10)
        if chance.random() < 0.35 and holds_at < at:
            _hold(made, worker, holds_at, at, chance)
            hand_over(made.pk, at)
        return
    end = min(end, at - timedelta(minutes=20))
    if chance.random() < 0.72:
        complete_in_the_past(case=made.pk, by=worker, at=end)
    else:
        reason = chance.choice(("ISSUE_RESOLVED", "DUPLICATE", "CANCELLED", "NO_RESPONSE", "OTHER"))
        note = "Building is to be sold, owner will come back" if reason == "OTHER" else ""
        close_request(case=made.pk, reason=reason, note=note, by=worker, at=end)
    hand_over(made.pk, at)


def hand_over(case: int, at: datetime) -> None:
    """What workers would have sent within seconds is sent; the last hour is left to them."""
    queued = Message.objects.filter(
        case=case, delivery__state=DeliveryState.QUEUED, at__lt=at - LEFT_TO_WORKERS
    )
    for message in queued.order_by("at"):
        mark_sent(message=message.pk, at=message.at + timedelta(seconds=2))


def _say(
    made: DisconnectionRequest, worker: Person, answered_at: datetime, at: datetime, chance: Random
) -> None:
    if answered_at >= at:
        return
    if made.case.consumer is not None and made.case.consumer.email and chance.random() < 0.85:
        send_message(
            case=made.pk, subject="", words=chance.choice(ANSWERS), by=worker, at=answered_at,
            form_key=uuid.uuid4(),
        )  # fmt: skip
    if chance.random() < 0.3:
        add_note(
            case=made.pk, words=chance.choice(INTERNAL), by=worker,
            at=answered_at - timedelta(minutes=2), form_key=uuid.uuid4(),
        )  # fmt: skip


def _hold(
    made: DisconnectionRequest, worker: Person, holds_at: datetime, at: datetime, chance: Random
) -> None:
    code = chance.choice(("WAITING_CONSUMER", "WAITING_DATE", "WAITING_FIELD"))
    put_on_hold(
        case=made.pk,
        reason=HoldReason.objects.get(code=code).pk,
        resume_by=at + timedelta(days=chance.randint(1, 6)),
        at_resume_by=chance.choice(("RESUMES", "RESUMES", "REMINDS")),
        by=worker,
        at=holds_at,
    )


def _reason(kind: CaseKind, chance: Random) -> Reason:
    reasons = list(Reason.objects.filter(kind=kind, is_active=True).order_by("pk"))
    weights = {"NP-001": 6, "CR-001": 5, "RC-001": 5}
    return chance.choices(reasons, [weights.get(reason.code, 1) for reason in reasons])[0]


def _slot(chance: Random) -> TimeSlot:
    return chance.choice(list(TimeSlot.objects.filter(is_active=True).order_by("starts")))


def _create(
    consumer: Consumer,
    *,
    by: Person,
    at: datetime,
    reason: Reason,
    day: date | None,
    slot: TimeSlot | None,
    notes: str,
    notifies: bool = True,
) -> DisconnectionRequest:
    """The way people make a request: take the profile, then submit."""
    lock = take_profile_lock(
        consumer=consumer.pk,
        purpose=LockPurpose.CREATE_REQUEST,
        by=by,
        at=at - timedelta(minutes=3),
    )
    wish = RequestWish(
        consumer=consumer.pk,
        lock_token=lock.token,
        confirmed_kind="",
        reason=reason.pk,
        services=tuple(
            ServiceConnection.objects.filter(consumer=consumer).values_list("pk", flat=True)
        ),
        permanence=reason.permanence,
        preferred_on=day,
        slot=slot.pk if slot and day else None,
        has_no_preference=day is None,
        notes=notes,
        identity_check="QUESTIONS_ANSWERED",
        notifies_consumer=notifies,
    )
    return create_request(wish=wish, by=by, at=at, form_key=uuid.uuid4())
