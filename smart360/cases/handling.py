"""What operations do to a case: open it, move it, hold it, set its clocks.

Every function is a step: it runs inside an operation that has locked the case.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from consumers import guards
from smart360.cases import sla
from smart360.cases.choices import CaseKind, CaseStatus, HoldEnding, Metric
from smart360.cases.lifecycle import may_move
from smart360.cases.models import Case, Hold, HoldReason
from smart360.cases.queries.history import (
    facts_of,
    holds_of,
    policy_in_force,
    raised_alerts,
    targets_of,
)
from smart360.cases.sla import Facts
from smart360.kernel.db import copy_rows, next_keys, step
from smart360.kernel.errors import Broken, Refusal
from smart360.kernel.numbering import WITHOUT_YEARS, next_number, next_numbers
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import Line, record, record_lines
from smart360.web import form_keys

FOLD = """
WITH taken AS (
    DELETE FROM cases_tallychange WHERE id IN (
        SELECT id FROM cases_tallychange ORDER BY id LIMIT %(at_once)s)
    RETURNING standing, kind, topic, (counts_at AT TIME ZONE %(zone)s)::date AS day,
              change, seconds, missed
), folded AS (
    INSERT INTO cases_tally AS t (standing, kind, topic, day, count, seconds, missed)
    SELECT standing, kind, topic, day, sum(change), sum(seconds), sum(missed) FROM taken
     GROUP BY standing, kind, topic, day
    HAVING (sum(change), sum(seconds), sum(missed)) <> (0, 0, 0)
     ORDER BY standing, kind, topic, day
        ON CONFLICT (standing, kind, topic, day) DO UPDATE
       SET count = t.count + excluded.count, seconds = t.seconds + excluded.seconds,
           missed = t.missed + excluded.missed
)
SELECT count(*) FROM taken
"""

ENDED_MEANWHILE = "ENDED_MEANWHILE"
"""The reason of the pause between the end of a case and its being taken up again."""
SHORTEST_PAUSE = timedelta(microseconds=1)
LINKED_MEANWHILE = "Somebody linked it to an account meanwhile. Look at it again."

SERIES = {
    CaseKind.DISCONNECTION: "DIS",
    CaseKind.RECONNECTION: "REC",
    CaseKind.COMPLAINT: "CMP",
}


@step
def lock_case(case: int) -> Case:
    """The case, locked until the operation ends, with its policy."""
    return (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("policy", "consumer")
        .get(pk=case)
    )


@step
def lock_case_and_account(case: int) -> Case:
    """The case, locked, and before it the account that it is about: the one lock order.

    For acts that change both. Raises Refusal when somebody linked it to an account meanwhile.
    """
    account = Case.objects.values_list("consumer_id", flat=True).get(pk=case)
    if account is not None:
        guards.lock_consumer(account)
    locked = lock_case(case)
    if locked.consumer_id != account:
        raise Refusal(LINKED_MEANWHILE, is_conflict=True)
    return locked


@step
def is_repeated(
    case: Case,
    form_key: uuid.UUID | None,
    *,
    act: str,
    by: Person,
    at: datetime,
    **contents: object,
) -> bool:
    """Whether this very form did ``act`` already: then its result is shown again (R4).

    Asked when the case is locked and before anything is checked, so that a second press is not
    told that the first was faster. Without a key (a worker, a command) nothing is remembered.
    Raises UnableToSubmitAgain when the form was about another case or had other ``contents``:
    what it says now would be lost.
    """
    return form_keys.is_repeated(form_key, case.number, contents, by=by.pk, act=act, at=at)


@step
def open_case(
    *,
    kind: CaseKind,
    consumer: int | None,
    is_vip: bool,
    priority: str,
    notifies_consumer: bool,
    year: int,
    by: int | None,
    at: datetime,
    new: Mapping[str, Any],
    topic: str = "",
) -> Case:
    """A new case, Pending, numbered, with its clocks set and its first timeline line.

    ``topic`` is what a complaint is about, where a policy is made for it alone.
    """
    case = Case.objects.create(
        number=next_number(
            series=SERIES[kind], year=WITHOUT_YEARS if kind == CaseKind.COMPLAINT else year
        ),
        kind=kind,
        topic=topic,
        consumer_id=consumer,
        priority=priority,
        notifies_consumer=notifies_consumer,
        created_at=at,
        created_by_id=by,
        updated_at=at,
        updated_by_id=by,
        **_clocks_of_a_new_case(kind=kind, priority=priority, is_vip=is_vip, topic=topic, at=at),
    )
    record(
        Event.CREATED,
        by=by,
        at=at,
        case=case.pk,
        consumer=consumer,
        new={"status": case.status, **new},
        case_version=case.version,
    )
    return case


@dataclass(frozen=True, slots=True)
class NewCase:
    """One of many cases to come: whose it is, and what its first line tells."""

    consumer: int
    is_vip: bool
    new: Mapping[str, Any]


CASE_COLUMNS = (
    "id", "number", "kind", "consumer_id", "status", "version", "priority", "notifies_consumer",
    "created_at", "created_by_id", "updated_at", "updated_by_id", "closing_reason",
    "closing_note", "policy_id", "due_at", "adjusted_due_at", "warns_at", "breaches_at",
    "next_alert_at",
)  # fmt: skip


@step
def open_cases(
    wishes: Sequence[NewCase],
    *,
    kind: CaseKind,
    priority: str,
    notifies_consumer: bool,
    year: int,
    by: int | None,
    at: datetime,
) -> list[Case]:
    """``open_case`` in set form: as many cases of one kind as there are wishes, in their order.

    The consumers' rows are held. The clocks of all are the same but for VIPs.
    """
    begun = {
        is_vip: _clocks_of_a_new_case(kind=kind, priority=priority, is_vip=is_vip, at=at)
        for is_vip in {wish.is_vip for wish in wishes}
    }
    keys = next_keys(Case, len(wishes))
    numbers = next_numbers(series=SERIES[kind], year=year, count=len(wishes))
    cases = [
        Case(
            id=key, number=number, kind=kind, consumer_id=wish.consumer, priority=priority,
            notifies_consumer=notifies_consumer, created_at=at, created_by_id=by, updated_at=at,
            updated_by_id=by, **begun[wish.is_vip],
        )
        for key, number, wish in zip(keys, numbers, wishes, strict=True)
    ]  # fmt: skip
    copy_rows(
        Case,
        CASE_COLUMNS,
        ([str(v) if isinstance(v := getattr(case, name), str) else v for name in CASE_COLUMNS]
         for case in cases),
    )  # fmt: skip
    record_lines(
        (
            Line(
                Event.CREATED, case.pk, case.consumer_id, by, {"status": case.status, **wish.new},
                case_version=case.version,
            )
            for case, wish in zip(cases, wishes, strict=True)
        ),
        at=at,
    )  # fmt: skip
    return cases


def _clocks_of_a_new_case(
    *, kind: CaseKind, priority: str, is_vip: bool, at: datetime, topic: str = ""
) -> dict[str, Any]:
    """The policy of a case that begins now, and the moments that follow."""
    policy = policy_in_force(kind=kind, priority=priority, is_vip=is_vip, topic=topic)
    targets, facts = targets_of(policy), Facts(created_at=at)
    moments = sla.moments(targets, facts)
    return {
        "policy": policy,
        "due_at": moments.due_at,
        "adjusted_due_at": moments.adjusted_due_at,
        "warns_at": moments.warns_at,
        "breaches_at": moments.breaches_at,
        "next_alert_at": sla.next_alert(targets, facts, set()),
    }


@step
def move(
    case: Case,
    to: CaseStatus,
    *,
    event: Event,
    by: int | None,
    at: datetime,
    new: Mapping[str, Any] | None = None,
    words: str = "",
) -> None:
    """Give the case its next status and write the one line that records it.

    The caller has checked that the arrow exists and has set what goes with it.
    """
    if not may_move(case.kind, case.status, to):
        raise Broken(f"{case.number}: no arrow from {case.status} to {to}")
    old = {"status": case.status}
    case.status = to
    case.version += 1
    case.updated_at = at
    case.updated_by_id = by
    set_moments(case)
    case.save(
        update_fields=[
            "status", "version", "updated_at", "updated_by",
            "acknowledged_at", "acknowledged_by", "ended_at", "ended_by",
            "closing_reason", "closing_note",
            "adjusted_due_at", "warns_at", "breaches_at", "next_alert_at", "resolution_time",
        ]
    )  # fmt: skip
    record(
        event,
        by=by,
        at=at,
        case=case.pk,
        consumer=case.consumer_id,
        old=old,
        new={"status": to, **(new or {})},
        words=words,
        case_version=case.version,
    )


@step
def touch(case: Case, *, by: int | None, at: datetime, fields: tuple[str, ...] = ()) -> None:
    """Note who changed the case last, together with the fields just set."""
    case.updated_at = at
    case.updated_by_id = by
    case.save(update_fields=["updated_at", "updated_by", *fields])


@step
def begin_hold(
    case: Case,
    *,
    reason: int,
    waits_for: str,
    pauses: bool,
    resume_by: datetime,
    at_resume_by: HoldEnding,
    by: int | None,
    at: datetime,
) -> Hold:
    """A hold from now on."""
    return Hold.objects.create(
        case=case,
        reason_id=reason,
        waits_for=waits_for,
        pauses=pauses,
        since=at,
        resume_by=resume_by,
        at_resume_by=at_resume_by,
        put_by_id=by,
    )


@step
def end_hold(case: Case, *, by: int | None, at: datetime) -> Hold | None:
    """End the running hold, if there is one.

    One that resumes by itself has ended at its resume-by moment, however late that is noticed.
    An act that waited for the lock may have begun before the hold did: then the hold took no time.
    """
    hold = Hold.objects.filter(case=case, ended_at__isnull=True).first()
    if hold is None:
        return None
    is_lapsed = hold.at_resume_by == HoldEnding.RESUMES and hold.resume_by <= at
    hold.ended_at = hold.resume_by if is_lapsed else max(at, hold.since)
    hold.ended_by_id = by
    hold.save(update_fields=["ended_at", "ended_by"])
    return hold


@step
def reopen(case: Case, *, by: int, at: datetime, words: str) -> None:
    """Take up again what had ended. The time between counts as a pause of its resolution clock.

    The caller has written why it may be taken up: the database asks for that row.
    """
    ended_at = case.ended_at
    if ended_at is None:
        raise Broken(f"{case.number} has not ended")
    pause = HoldReason.objects.get(code=ENDED_MEANWHILE)
    Hold.objects.create(
        case=case,
        reason=pause,
        waits_for=pause.waits_for,
        pauses=pause.pauses,
        since=ended_at,
        resume_by=max(at, ended_at + SHORTEST_PAUSE),
        ended_at=max(at, ended_at),
        put_by_id=by,
        ended_by_id=by,
    )
    case.ended_at = None
    case.ended_by_id = None
    case.closing_note = ""
    move(case, CaseStatus.IN_PROGRESS, event=Event.REOPENED, by=by, at=at, words=words)


@step
def set_moments(case: Case) -> sla.Moments:
    """Set the case's stored moments from its history. The caller saves them."""
    targets, facts = targets_of(case.policy), facts_of(case, holds_of(case))
    moments = sla.moments(targets, facts)
    case.due_at = moments.due_at
    case.adjusted_due_at = moments.adjusted_due_at
    case.warns_at = moments.warns_at
    case.breaches_at = moments.breaches_at
    case.next_alert_at = (
        sla.next_alert(targets, facts, raised_alerts(case)) if facts.ended_at is None else None
    )
    resolution = sla.clock_of(Metric.RESOLUTION, targets, facts)
    case.resolution_time = sla.achieved(resolution, facts, targets)
    return moments


MOMENT_FIELDS = ("due_at", "adjusted_due_at", "warns_at", "breaches_at", "next_alert_at")


# ------------------------------------------------------------------ tallies
@step
def fold_changes(*, zone: str, at_once: int) -> int:
    """Put the oldest changes into the tallies of their days, in one statement; how many.

    The caller holds the utility, so that its zone stays ``zone`` until the end. Whoever deletes a
    change counts it, so that two workers never count one twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLD, {"zone": zone, "at_once": at_once})
        row: tuple[int] = cursor.fetchone()
    return row[0]


@step
def rebuild_tallies() -> None:
    """Count every case anew, for rows that came in without their triggers.

    A trigger does the same when the utility's time zone changes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_rebuild_tallies()")
