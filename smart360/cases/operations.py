"""The acts on any case: acknowledge, hold, resume, assign, say, alert."""

import uuid
from datetime import datetime, timedelta
from typing import Literal

import pghistory
from django.urls import reverse
from django.utils import timezone

from smart360.cases import handling, sla
from smart360.cases.access import may_work_on
from smart360.cases.choices import CaseStatus, HoldEnding
from smart360.cases.models import Alert, Case, Hold, HoldReason, SlaPolicy
from smart360.cases.notices import given, remind, tell_of_event, warn
from smart360.cases.queries.addressees import addressee_of
from smart360.cases.queries.history import clocks_of, raised_alerts
from smart360.cases.queries.receipts import receipt_key
from smart360.cases.queries.states import noun_of, state_sentence
from smart360.comms import outbox
from smart360.comms.choices import Channel, Direction, Visibility
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED, is_blank
from smart360.organisation.models import Utility
from smart360.organisation.queries import get_utility
from smart360.owed.book import owe_again
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web.formats import shown_datetime, shown_time

LONGEST_HOLD = timedelta(days=365)
FOLDED_AT_ONCE = 5_000
"""How many changes of tallies one fold takes; the next one goes on."""


class UnableToAcknowledge(Refusal):
    """Somebody acknowledged it before, or it has ended."""


class UnableToPutOnHold(Refusal):
    """It is not in progress, or the hold does not say why and until when."""


class UnableToResume(Refusal):
    """It is not on hold."""


class UnableToAssign(Refusal):
    """It has ended, or the person cannot work on it."""


class UnableToSay(Refusal):
    """The message or note is empty or has nobody to go to."""


refuses(
    {
        "a_milestone_is_reached_once": Refusal(
            "Somebody else was faster. Look at it again.", is_conflict=True
        ),
        "cases_move_along_arrows": Refusal(
            "The status has changed meanwhile. Look at it again.", is_conflict=True
        ),
        "one_hold_at_a_time": UnableToPutOnHold("This is on hold already.", is_conflict=True),
    }
)


@operation
def acknowledge(*, case: int, by: Person, at: datetime, form_key: uuid.UUID | None = None) -> Case:
    """Somebody takes note of a new case: it is in progress from now on (AC010).

    Raises UnableToAcknowledge when it is no longer Pending, naming who was faster and when.
    """
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act="cases.acknowledge", by=by, at=at):
        return locked
    if locked.status != CaseStatus.PENDING:
        raise UnableToAcknowledge(_who_was_faster(locked), is_conflict=True)
    locked.acknowledged_at = at
    locked.acknowledged_by_id = by.pk
    handling.move(locked, CaseStatus.IN_PROGRESS, event=Event.ACKNOWLEDGED, by=by.pk, at=at)
    tell_of_event(locked, event="acknowledged", values={}, at=at, once="1")
    return locked


@operation
def put_on_hold(
    *,
    case: int,
    reason: int,
    resume_by: datetime,
    at_resume_by: str,
    note: str = "",
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> Case:
    """Pause the work on a case for a reason, until a moment (DIS7).

    Raises UnableToPutOnHold when it is not In Progress, the reason is not offered, or the moment
    does not lie ahead.
    """
    locked = handling.lock_case(case)
    if handling.is_repeated(
        locked,
        form_key,
        act="cases.put_on_hold",
        by=by,
        at=at,
        reason=reason,
        resume_by=resume_by,
        at_resume_by=at_resume_by,
        note=note,
    ):
        return locked
    if locked.status != CaseStatus.IN_PROGRESS:
        raise UnableToPutOnHold(state_sentence(locked), is_conflict=True)
    why = _hold_reason(reason, resume_by=resume_by, at_resume_by=at_resume_by, at=at)
    handling.begin_hold(
        locked,
        reason=why.pk,
        waits_for=why.waits_for,
        pauses=why.pauses,
        resume_by=resume_by,
        at_resume_by=HoldEnding(at_resume_by),
        by=by.pk,
        at=at,
    )
    facts = {
        "reason": why.label,
        "pauses": why.pauses,
        "resume_by": resume_by.isoformat(),
        "at_resume_by": at_resume_by,
    }
    handling.move(
        locked, CaseStatus.ON_HOLD, event=Event.HELD, by=by.pk, at=at, new=facts, words=note
    )
    with timezone.override(get_utility().zone):
        values = {"hold_reason": why.label, "resume_by": shown_datetime(resume_by)}
    tell_of_event(locked, event="on_hold", values=values, at=at, once=str(locked.version))
    return locked


def _hold_reason(
    reason: int, *, resume_by: datetime, at_resume_by: str, at: datetime
) -> HoldReason:
    """The reason, if the hold says why and until when. Raises UnableToPutOnHold."""
    why = HoldReason.objects.filter(pk=reason, is_active=True).first()
    if why is None:
        raise UnableToPutOnHold(NOT_OFFERED, field="reason")
    if not at < resume_by <= at + LONGEST_HOLD:
        raise UnableToPutOnHold("Choose a moment in the future, within a year", field="resume_by")
    if at_resume_by not in HoldEnding.values:
        raise UnableToPutOnHold(NOT_OFFERED, field="at_resume_by")
    return why


@operation
def resume(*, case: int, by: Person, at: datetime, form_key: uuid.UUID | None = None) -> Case:
    """Go on with a case that was on hold (AC011). Raises UnableToResume when it is not."""
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act="cases.resume", by=by, at=at):
        return locked
    if locked.status != CaseStatus.ON_HOLD:
        raise UnableToResume(state_sentence(locked), is_conflict=True)
    handling.end_hold(locked, by=by.pk, at=at)
    handling.move(locked, CaseStatus.IN_PROGRESS, event=Event.RESUMED, by=by.pk, at=at)
    return locked


@operation
def assign(
    *,
    case: int,
    to: Person | None,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
    seen: int | Literal["anybody"] | None = "anybody",
) -> Case:
    """Give a case to somebody, who hears of it by the bell, or to nobody.

    To oneself whoever works on cases may; to others a supervisor. ``seen`` is who had it when
    that was asked for. Raises UnableToAssign.
    """
    locked = handling.lock_case(case)
    whom = to.pk if to else None
    if handling.is_repeated(locked, form_key, act="cases.assign", by=by, at=at, to=whom):
        return locked
    if not locked.is_open:
        raise UnableToAssign(state_sentence(locked), is_conflict=True)
    is_own = (to is not None and to.pk == by.pk) or (to is None and locked.assignee_id == by.pk)
    if not (is_own or by.has_permission(Permission.ASSIGN_OTHERS)):
        raise UnableToAssign("Only a supervisor gives work to others.", is_forbidden=True)
    if to is not None and not may_work_on(locked, to):
        raise UnableToAssign(f"{to.full_name} does not work on {noun_of(locked)}s.", field="to")
    is_taken = to is not None and locked.assignee_id not in (None, by.pk)
    is_news = seen not in ("anybody", locked.assignee_id)
    if is_news or (is_taken and not by.has_permission(Permission.ASSIGN_OTHERS)):
        holder = locked.assignee.full_name if locked.assignee else "nobody"
        when = "meanwhile" if is_news else "already"
        raise UnableToAssign(f"Assigned to {holder} {when}.", is_conflict=True)
    if locked.assignee_id == whom:
        return locked
    old = {"assignee": locked.assignee_id}
    locked.assignee = to
    handling.touch(locked, by=by.pk, at=at, fields=("assignee",))
    line = record(
        Event.ASSIGNED,
        by=by.pk,
        at=at,
        case=locked.pk,
        consumer=locked.consumer_id,
        old=old,
        new={"assignee": whom},
    )
    if whom != by.pk:
        given(locked, path=case_path(locked), at=at, once=str(line.pk))
    return locked


@operation
def add_note(*, case: int, words: str, by: Person, at: datetime, form_key: uuid.UUID) -> Case:
    """Write an internal note that the consumer never sees. Raises UnableToSay when it is empty."""
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act="cases.add_note", by=by, at=at, words=words):
        return locked
    if is_blank(words):
        raise UnableToSay(REQUIRED, field="words")
    outbox.say(
        case=locked.pk,
        consumer=locked.consumer_id,
        channel=Channel.SYSTEM,
        direction=Direction.WITHIN,
        visibility=Visibility.INTERNAL,
        words=words,
        by=by.pk,
        at=at,
        dedupe_key=f"note:{by.pk}:{form_key}",
    )
    handling.touch(locked, by=by.pk, at=at)
    record(Event.NOTE_ADDED, by=by.pk, at=at, case=locked.pk, consumer=locked.consumer_id)
    return locked


@operation
def send_message(
    *, case: int, subject: str, words: str, by: Person, at: datetime, form_key: uuid.UUID
) -> Case:
    """Write to the consumer by e-mail. The first message by a person is the response (SLA4).

    Raises UnableToSay when it is empty or no e-mail address is on file.
    """
    locked = handling.lock_case(case)
    said = {"subject": subject, "words": words}
    if handling.is_repeated(locked, form_key, act="cases.send_message", by=by, at=at, **said):
        return locked
    if is_blank(words):
        raise UnableToSay(REQUIRED, field="words")
    to = addressee_of(locked).email
    if not to:
        raise UnableToSay("No e-mail on file", field="words")
    outbox.send(
        case=locked.pk,
        consumer=locked.consumer_id,
        template=None,
        subject=subject or f"Your {noun_of(locked)} {locked.number}",
        words=words,
        to=to,
        by=by.pk,
        at=at,
        dedupe_key=f"message:{by.pk}:{form_key}",
    )
    _said(locked, Event.MESSAGE_SENT, is_response=True, by=by, at=at)
    return locked


@operation
def log_call(
    *,
    case: int,
    words: str,
    minutes: int | None,
    direction: str,
    by: Person,
    at: datetime,
    form_key: uuid.UUID,
) -> Case:
    """Note a phone call. One to the consumer is a response, too.

    Raises UnableToSay when nothing was written or the direction is unknown.
    """
    locked = handling.lock_case(case)
    if handling.is_repeated(
        locked,
        form_key,
        act="cases.log_call",
        by=by,
        at=at,
        words=words,
        minutes=minutes,
        direction=direction,
    ):
        return locked
    if is_blank(words):
        raise UnableToSay(REQUIRED, field="words")
    if direction not in (Direction.TO_CONSUMER, Direction.FROM_CONSUMER):
        raise UnableToSay(NOT_OFFERED, field="direction")
    outbox.say(
        case=locked.pk,
        consumer=locked.consumer_id,
        channel=Channel.PHONE,
        direction=Direction(direction),
        visibility=Visibility.CONSUMER,
        words=words,
        by=by.pk,
        at=at,
        dedupe_key=f"call:{by.pk}:{form_key}",
        minutes=minutes,
    )
    is_response = direction == Direction.TO_CONSUMER
    _said(locked, Event.CALL_LOGGED, is_response=is_response, by=by, at=at)
    return locked


def _said(case: Case, event: Event, *, is_response: bool, by: Person, at: datetime) -> None:
    """Note that a person spoke; the first word to the consumer while it is open is the response."""
    if is_response and case.responded_at is None and case.is_open:
        case.responded_at = at
        case.responded_by_id = by.pk
        handling.set_moments(case)
        fields = ("responded_at", "responded_by", *handling.MOMENT_FIELDS)
        handling.touch(case, by=by.pk, at=at, fields=fields)
    else:
        handling.touch(case, by=by.pk, at=at)
    record(event, by=by.pk, at=at, case=case.pk, consumer=case.consumer_id)


# --------------------------------------------------------------------------- what workers do
@operation
def raise_alerts(*, case: int, at: datetime) -> int:
    """Raise each warning and escalation of a case that is due and was not raised; how many."""
    locked = handling.lock_case(case)
    if not locked.is_open or locked.next_alert_at is None or locked.next_alert_at > at:
        return 0
    targets, facts = clocks_of(locked)
    raised, fresh = raised_alerts(locked), 0
    for moment, metric, is_escalation in sorted(sla.alerts_due(targets, facts)):
        level = sla.level_of(is_escalation=is_escalation)
        if moment > at or (metric.value, level.value) in raised:
            continue
        Alert.objects.create(
            case=locked, metric=metric, level=level, was_due_at=moment, raised_at=at
        )
        raised.add((metric.value, level.value))
        fresh += 1
        event = Event.SLA_BREACHED if is_escalation else Event.SLA_WARNED
        record(
            event,
            by=None,
            at=at,
            case=locked.pk,
            consumer=locked.consumer_id,
            new={"metric": metric, "due_at": moment.isoformat()},
        )
        warn(locked, metric, level, path=case_path(locked), at=at)
    locked.next_alert_at = sla.next_alert(targets, facts, raised)
    locked.save(update_fields=["next_alert_at"])
    return fresh


@operation
def end_lapsed_hold(*, case: int, at: datetime) -> bool:
    """Resume a case whose hold has reached its moment, or remind; whether anything was done."""
    locked = handling.lock_case(case)
    hold = Hold.objects.filter(case=locked, ended_at__isnull=True, resume_by__lte=at).first()
    if locked.status != CaseStatus.ON_HOLD or hold is None:
        return False
    if hold.at_resume_by == HoldEnding.RESUMES:
        handling.end_hold(locked, by=None, at=at)
        handling.move(locked, CaseStatus.IN_PROGRESS, event=Event.RESUMED, by=None, at=at)
        return True
    if hold.reminded_at is not None:
        return False
    hold.reminded_at = at
    hold.save(update_fields=["reminded_at"])
    remind(
        locked,
        whom=locked.assignee_id or hold.put_by_id,
        reason=hold.reason.label,
        path=case_path(locked),
        at=at,
    )
    return True


@operation
def recompute(*, case: int, why: str, at: datetime) -> bool:
    """Set a case's clocks anew from its history; whether they changed.

    After a change of calendar or holidays, and every night for all open cases (T1, T2). A
    difference leaves a timeline line. What has ended meanwhile keeps the times it ended with.
    """
    locked = handling.lock_case(case)
    if not locked.is_open:
        return False
    before = _moments_of(locked)
    handling.set_moments(locked)
    after = _moments_of(locked)
    if before == after:
        return False
    locked.save(update_fields=list(handling.MOMENT_FIELDS))
    record(
        Event.SLA_CORRECTED,
        by=None,
        at=at,
        case=locked.pk,
        consumer=locked.consumer_id,
        old=before,
        new={**after, "why": why},
    )
    return True


@operation
def publish_policy(*, policy: SlaPolicy, by: Person, at: datetime) -> SlaPolicy:
    """Put a new version of a policy in force for new cases; running ones keep theirs (SLA2).

    The row's history says who did it.
    """
    with pghistory.context(person=by.pk):
        policy.publish(at)
    return policy


@operation
def fold_tallies(*, at_once: int = FOLDED_AT_ONCE) -> int:
    """Fold what has changed into the tallies of the days; how many changes.

    The utility is locked, so that its time zone cannot change under the days. While somebody else
    has it, nothing is folded: a change of the zone counts everything anew, another fold goes on.
    """
    locked = Utility.objects.select_for_update(no_key=True, skip_locked=True)
    zone = locked.filter(pk=1).values_list("time_zone", flat=True).first()
    return handling.fold_changes(zone=zone, at_once=at_once) if zone else 0


@operation
def retry_receipt(*, case: int, by: Person, at: datetime) -> None:
    """Let a worker try again to make a receipt that could not be made.

    Raises UnableToRetry of ``owed.book`` when it has not failed.
    """
    locked = handling.lock_case(case)
    owe_again(receipt_key(locked.number), at=at)
    record(
        Event.DOCUMENT_RETRIED,
        by=by.pk,
        at=at,
        case=case,
        consumer=locked.consumer_id,
        new={"document": "receipt"},
    )


def _moments_of(case: Case) -> dict[str, str | None]:
    moments = ((name, getattr(case, name)) for name in handling.MOMENT_FIELDS[:-1])
    return {name: moment.isoformat() if moment else None for name, moment in moments}


def case_path(case: Case) -> str:
    """Where the case's page is: found by the kind's name, ``<kind>_detail`` (design.md §1)."""
    return reverse(f"{case.kind.lower()}_detail", args=[case.number])


def _who_was_faster(case: Case) -> str:
    if case.acknowledged_by is None or case.acknowledged_at is None:
        return state_sentence(case)
    moment = case.acknowledged_at.astimezone(get_utility().zone)
    return f"Acknowledged by {case.acknowledged_by.full_name} at {shown_time(moment.time())}"
