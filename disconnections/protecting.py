"""Protections at work: asked at each stage, kept with their reasons, and what stops a cut.

Steps, callable only inside an operation. Where the consumer is locked the case is locked after
it, also when a payment or a hold has begun the act: nobody who holds a case waits for a consumer.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from billing.invoicing import void_draft
from consumers import guards
from consumers.models import AccountHold
from disconnections import slots
from disconnections.choices import Answer, NoticeWay, Stage
from disconnections.models import DisconnectionNotice, DisconnectionRequest, ProtectionVerdict
from disconnections.notices import notice_served, notices_served, request_stopped
from disconnections.queries.closures import is_without_its_debt
from disconnections.queries.protections import (
    Judged,
    cut_of,
    facts_as_json,
    finding_as_json,
    judge_cut,
    moment_of,
)
from disconnections.rules.protections import NOTHING_OWED, Judgement, Moment
from smart360.cases import approvals, handling
from smart360.cases.approvals import Need
from smart360.cases.choices import (
    OPEN_STATUSES,
    ApprovalState,
    CaseStatus,
    ClosingReason,
    HoldEnding,
)
from smart360.cases.models import Case, Hold, HoldReason
from smart360.cases.queries.approvals import approval_of
from smart360.comms.rules import why_unreachable
from smart360.fieldwork.choices import WITH_A_TECHNICIAN, Cancelled, OrderKind
from smart360.fieldwork.models import ServiceOrder
from smart360.fieldwork.orders import cancel_live_orders, take_back_order
from smart360.fieldwork.ports import Stage as FieldStage
from smart360.fieldwork.ports import Verdict, Window
from smart360.kernel.db import copy_rows, step
from smart360.kernel.errors import Broken
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import Line, record, record_lines

MORNING = time(8)
LOOKED_AT_AGAIN = timedelta(days=30)
"""After how long somebody is reminded of a request whose account is held without an end."""
LONGEST_HOLD = timedelta(days=365)
OF_THE_ACCOUNT = "ACCOUNT_"
"""How the codes of those hold reasons begin that an account hold brings."""


# ------------------------------------------------------------------ asked at each stage
@step
def check_protections(
    case: Case, *, stage: Stage, by: int | None, at: datetime, moment: Moment | None = None
) -> Judgement:
    """Ask the rules about a locked request, keep the verdict and record it.

    Rules of the moment judge ``moment`` when a visit is planned for it, at execution the present
    one, else the day that was asked for. What newly needs approval is put before supervisors.
    """
    cut = cut_of(case.pk)
    if stage == Stage.EXECUTION:
        moment = moment_of(at)
    if moment is not None:
        cut = cut.at(moment)
    judged = judge_cut(cut, stage=stage, at=at)
    keep_verdict(case, judged, by=by, at=at)
    asked = approval_of(case.pk)
    if judged.judgement.answer == Answer.NEEDS_APPROVAL and (
        asked is None or asked.state == ApprovalState.WITHDRAWN
    ):
        ask_for_approval(case, judged.judgement, by=None, at=at)
    return judged.judgement


@step
def take_up(
    case: Case, asked: DisconnectionRequest, judged: Judged, *, by: int, at: datetime
) -> None:
    """What follows for a new request: its verdict is kept, the notice is given for a debt, and
    supervisors are asked when rules say so.
    """
    keep_verdict(case, judged, by=by, at=at)
    if judged.facts.is_for_debt:
        serve_notice(case, asked, outstanding=judged.facts.outstanding, at=at)
    if judged.judgement.answer == Answer.NEEDS_APPROVAL:
        ask_for_approval(case, judged.judgement, by=by, at=at)


@step
def take_up_each(
    opened: Sequence[tuple[Case, DisconnectionRequest, Judged]],
    *,
    not_before: Sequence[datetime],
    by: int | None,
    at: datetime,
) -> None:
    """``take_up`` in set form, of many new requests for debt; letters go when it is their turn.

    Supervisors are told once by the caller of all that wait for approval.
    """
    _keep_verdicts([(case, judged) for case, _, judged in opened], by=by, at=at)
    _serve_notices(opened, not_before=not_before, at=at)
    approvals.require_approvals(
        [
            Need(case, judged.judgement.codes, _reason_of(judged.judgement), moment)
            for (case, _, judged), moment in zip(opened, not_before, strict=True)
            if judged.judgement.answer == Answer.NEEDS_APPROVAL
        ],
        by=by,
        at=at,
    )


@step
def _keep_verdicts(judged: Sequence[tuple[Case, Judged]], *, by: int | None, at: datetime) -> None:
    spoken = [(case, each) for case, each in judged if each.judgement.findings]
    copy_rows(
        ProtectionVerdict,
        ("case_id", "stage", "at", "by_id", "answer", "findings", "facts"),
        (
            (
                case.pk, str(each.facts.stage), at, by, each.judgement.answer.value,
                json.dumps([finding_as_json(one) for one in each.judgement.findings]),
                json.dumps(facts_as_json(each.facts)),
            )
            for case, each in spoken
        ),
    )  # fmt: skip
    record_lines(
        (
            Line(Event.PROTECTION_CHECKED, case.pk, case.consumer_id, by, _verdict_line(each))
            for case, each in spoken
        ),
        at=at,
    )


@step
def _serve_notices(
    opened: Sequence[tuple[Case, DisconnectionRequest, Judged]],
    *,
    not_before: Sequence[datetime],
    at: datetime,
) -> None:
    """Each consumer is told; whoever can be reached has been given notice with it."""
    told = notices_served(
        [(case, asked, judged.facts.outstanding) for case, asked, judged in opened],
        not_before=not_before,
        at=at,
    )
    today = at.astimezone(get_utility().zone).date()
    served = [
        (case, message)
        for (case, _, _), (message, why) in zip(opened, told, strict=True)
        if not why
    ]
    copy_rows(
        DisconnectionNotice,
        ("case_id", "way", "served_on", "served_at", "message_id"),
        ((case.pk, NoticeWay.EMAIL.value, today, at, message) for case, message in served),
    )
    new = {"way": NoticeWay.EMAIL, "served_on": today.isoformat()}
    record_lines(
        (Line(Event.NOTICE_SERVED, case.pk, case.consumer_id, None, new) for case, _ in served),
        at=at,
    )


@step
def keep_verdict(case: Case, judged: Judged, *, by: int | None, at: datetime) -> None:
    """Keep what was answered, from which facts; nothing when no rule had a say."""
    judgement = judged.judgement
    if not judgement.findings:
        return
    ProtectionVerdict.objects.create(
        case=case,
        stage=judged.facts.stage,
        at=at,
        by_id=by,
        answer=judgement.answer,
        findings=[finding_as_json(each) for each in judgement.findings],
        facts=facts_as_json(judged.facts),
    )
    record(
        Event.PROTECTION_CHECKED,
        by=by,
        at=at,
        case=case.pk,
        consumer=case.consumer_id,
        new=_verdict_line(judged),
    )


def _verdict_line(judged: Judged) -> dict[str, Any]:
    """What the timeline tells of a verdict."""
    return {
        "stage": judged.facts.stage,
        "answer": judged.judgement.answer.value,
        "rules": list(judged.judgement.codes),
    }


def _reason_of(judgement: Judgement) -> str:
    return ". ".join(judgement.sentences)[:250]


@step
def ask_for_approval(case: Case, judgement: Judgement, *, by: int | None, at: datetime) -> None:
    """Put a request before supervisors because rules ask for it."""
    approvals.require_approval(
        case,
        because=judgement.codes,
        reason=_reason_of(judgement),
        by=by,
        at=at,
        path=reverse("request_detail", args=[case.number]),
    )


@step
def why_not(case: int, judgement: Judgement) -> tuple[str, ...]:
    """What stands in the way of a request, as sentences: the rules, and an approval not given."""
    if judgement.answer == Answer.BLOCKED:
        return judgement.sentences
    approval = approval_of(case)
    if approval is not None and approval.state == ApprovalState.APPROVED:
        return ()
    if approval is not None and approval.state == ApprovalState.PENDING:
        return ("It waits for approval", *judgement.sentences)
    if approval is not None and approval.state == ApprovalState.REJECTED:
        return ("Approval was refused", *judgement.sentences)
    return judgement.sentences


@step
def may_go(
    *,
    kind: str,
    case: int | None,
    consumer: int,
    stage: FieldStage,
    on: date | None,
    window: Window | None,
    by: int | None,
    at: datetime,
) -> Verdict:
    """Whether somebody may be sent to switch off, or begin with it: a port of field work (BEY1).

    Asked for the planned visit before it is assigned, and for this very moment at the door.
    """
    if case is None or kind != OrderKind.DISCONNECTION:
        return Verdict(is_allowed=True)
    locked = Case.objects.select_related("consumer", "policy").get(pk=case)
    if stage == FieldStage.START:
        judgement = check_protections(locked, stage=Stage.EXECUTION, by=by, at=at)
    else:
        starts, ends = window or (None, None)
        planned = Moment(on, starts, ends)
        judgement = check_protections(locked, stage=Stage.DISPATCH, by=by, at=at, moment=planned)
    sentences = (*_why_not_now(locked), *why_not(case, judgement))
    return Verdict(is_allowed=not sentences, sentences=sentences)


def _why_not_now(case: Case) -> tuple[str, ...]:
    """What keeps everybody from the door whatever the rules say: a hold, or no debt left."""
    sentences = []
    if case.status == CaseStatus.ON_HOLD:
        sentences.append("The request is On Hold")
    if is_without_its_debt(case):
        sentences.append(NOTHING_OWED)
    return tuple(sentences)


# ------------------------------------------------------------------ the notice
@step
def serve_notice(
    case: Case, asked: DisconnectionRequest, *, outstanding: Decimal, at: datetime
) -> None:
    """Tell the consumer that they will be cut off unless they pay; always, the law asks for it.

    Without an address the message is visibly not sent, and no notice was given: somebody posts it.
    """
    message = notice_served(case, asked, outstanding=outstanding, at=at)
    if message is None or why_unreachable(case.consumer.email if case.consumer else ""):
        return
    zone = get_utility().zone
    _keep_notice(
        case,
        DisconnectionNotice(
            case=case,
            way=NoticeWay.EMAIL,
            served_on=at.astimezone(zone).date(),
            served_at=at,
            message=message,
        ),
    )


@step
def keep_notice_by_hand(
    case: Case, *, way: NoticeWay, served_on: date, by: Person, at: datetime
) -> None:
    """Keep that the notice was posted or handed over on a day."""
    _keep_notice(
        case,
        DisconnectionNotice(case=case, way=way, served_on=served_on, served_at=at, served_by=by),
    )


@step
def _keep_notice(case: Case, notice: DisconnectionNotice) -> None:
    notice.save(force_insert=True)
    record(
        Event.NOTICE_SERVED,
        by=notice.served_by_id,
        at=notice.served_at,
        case=case.pk,
        consumer=case.consumer_id,
        new={"way": notice.way, "served_on": notice.served_on.isoformat()},
    )


# ------------------------------------------------------------------ what ends it
@step
def close(
    case: Case,
    *,
    reason: ClosingReason,
    note: str = "",
    because: Cancelled = Cancelled.REQUEST_ENDED,
    by: int | None,
    at: datetime,
) -> None:
    """End a locked request without carrying it out; the consumer is locked, too.

    Cancels its service orders ``because`` of it, gives the slot back, lifts the guard, voids a
    draft of the final bill, takes back what waits for approval.
    """
    slots.give_back(DisconnectionRequest.objects.get(pk=case.pk))  # slots before technicians
    cancel_live_orders(case.pk, because=because, by=by, at=at)
    if case.status == CaseStatus.ON_HOLD:
        handling.end_hold(case, by=by, at=at)
    case.ended_at = at
    case.ended_by_id = by
    case.closing_reason = reason
    case.closing_note = note
    handling.move(
        case, CaseStatus.CLOSED, event=Event.CLOSED, by=by, at=at,
        new={"reason": reason}, words=note,
    )  # fmt: skip
    void_draft(case.pk, by=by, at=at)
    approvals.withdraw(case.pk, by=by, at=at)
    guards.remove_guard(case.number)


# ------------------------------------------------------------------ what stops it
@step
def stop_if_paid(*, consumer: int, closing: int | None, by: int | None, at: datetime) -> None:
    """Whoever owes no more than the least that anybody is cut off for is not cut off (DIS12).

    A port of ``billing``, told in the payment's transaction. ``by`` took the payment; the request
    is closed by the system. ``closing`` is the request whose own final bill took the deposit.
    """
    case = _open_request_for_debt(consumer)
    if case is None or case == closing:
        return
    locked = handling.lock_case(case)
    if not locked.is_open:
        return
    judged = judge_cut(cut_of(case), stage=Stage.EXECUTION, at=at)
    if judged.facts.outstanding > judged.least:
        return
    close(
        locked,
        reason=ClosingReason.ISSUE_RESOLVED,
        because=Cancelled.PAID,
        by=None,
        at=at,
    )
    request_stopped(locked, because="The account is paid", at=at)


@step
def stop_for_hold(*, consumer: int, hold: int, by: int | None, at: datetime) -> None:
    """Whoever is protected is not cut off for debt: the request goes on hold with that reason.

    A port of ``consumers``. A Pending one is acknowledged by the system first, since work begins
    with acknowledgement; one that waits for something else waits for this from now on.
    """
    case = _open_request_for_debt(consumer)
    if case is None:
        return
    placed = AccountHold.objects.get(pk=hold)
    zone = get_utility().zone
    today = at.astimezone(zone).date()
    if placed.to_on is not None and placed.to_on < today:
        return
    locked = handling.lock_case(case)
    if not locked.is_open:
        return
    if placed.from_on > today:  # the rules see it on its days
        last = placed.to_on or date.max
        _take_orders_back(case, at=at, scheduled_on__range=(placed.from_on, last))
        return
    _take_orders_back(case, at=at)
    judged = judge_cut(cut_of(case), stage=Stage.EXECUTION, at=at).judgement
    asking = [each.code for each in judged.those_that(Answer.NEEDS_APPROVAL)]
    approvals.withdraw_given(case, unless_for=asking)
    if _is_held_for_the_account(locked):
        return
    why = HoldReason.objects.filter(code=f"{OF_THE_ACCOUNT}{placed.kind}").first()
    if why is None:
        raise Broken(f"there is no hold reason for {placed.kind}")
    _make_ready_for_hold(locked, at=at)
    resume_by = at + LOOKED_AT_AGAIN
    if placed.to_on is not None:
        resume_by = datetime.combine(placed.to_on + timedelta(days=1), MORNING, zone)
    resume_by = min(resume_by, at + LONGEST_HOLD)
    handling.begin_hold(
        locked,
        reason=why.pk,
        waits_for=why.waits_for,
        pauses=why.pauses,
        resume_by=resume_by,
        at_resume_by=HoldEnding.REMINDS,
        by=None,
        at=at,
    )
    facts = {
        "reason": why.label,
        "pauses": why.pauses,
        "resume_by": resume_by.isoformat(),
        "at_resume_by": HoldEnding.REMINDS,
    }
    handling.move(locked, CaseStatus.ON_HOLD, event=Event.HELD, by=None, at=at, new=facts)
    request_stopped(locked, because=why.label, at=at)


def _open_request_for_debt(consumer: int) -> int | None:
    """The one open request to cut this consumer off for debt, if there is one."""
    cases = DisconnectionRequest.objects.filter(
        case__consumer=consumer, case__status__in=OPEN_STATUSES, reason__is_for_debt=True
    )
    return cases.values_list("case", flat=True).first()


def _is_held_for_the_account(case: Case) -> bool:
    """Whether the request waits already because its account is held."""
    return Hold.objects.filter(
        case=case, ended_at__isnull=True, reason__code__startswith=OF_THE_ACCOUNT
    ).exists()


@step
def _take_orders_back(case: int, *, at: datetime, **days: tuple[date, date]) -> None:
    """Nobody is on the way any more: the orders of a case wait for a dispatcher again."""
    assigned = (
        ServiceOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case", "consumer")
        .filter(case=case, kind=OrderKind.DISCONNECTION, status__in=WITH_A_TECHNICIAN, **days)
        .order_by("technician", "scheduled_on", "pk")  # the order in which days are locked
    )
    for service_order in assigned:
        take_back_order(service_order, by=None, at=at)


@step
def _make_ready_for_hold(case: Case, *, at: datetime) -> None:
    """Only what is In Progress can be put on hold: from wherever it is to there."""
    if case.status == CaseStatus.PENDING:
        case.acknowledged_at = at
        handling.move(case, CaseStatus.IN_PROGRESS, event=Event.ACKNOWLEDGED, by=None, at=at)
    elif case.status == CaseStatus.ON_HOLD:
        handling.end_hold(case, by=None, at=at)
        handling.move(case, CaseStatus.IN_PROGRESS, event=Event.RESUMED, by=None, at=at)
