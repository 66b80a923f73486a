"""Who is told what when something happens to a case."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from smart360.cases import ports
from smart360.cases.choices import AlertLevel, ApprovalState, Metric
from smart360.cases.models import Approval, Case
from smart360.cases.queries.addressees import addressee_of
from smart360.cases.queries.states import noun_of
from smart360.comms.outbox import Letter, notify_staff, send_each, send_from_template
from smart360.kernel.db import step
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


@step
def tell_consumer(
    case: Case, *, code: str, values: Mapping[str, str], at: datetime, once: str
) -> None:
    """Send a courtesy message by its template, if the consumer is to be notified (COM3).

    Without an account it goes to whoever the case says it is. ``once`` tells this event from
    others of the same code on the same case.
    """
    addressee = addressee_of(case)
    if not addressee.name:
        return
    send_from_template(
        case=case.pk,
        consumer=case.consumer_id,
        code=code,
        values={
            "number": case.number,
            "consumer_name": addressee.name,
            **ports.words_of(case.pk, case.kind),
            **values,
        },
        to=addressee.email,
        notifies=case.notifies_consumer,
        at=at,
        dedupe_key=f"{code}:{case.number}:{once}",
    )


@step
def tell_of_event(
    case: Case, *, event: str, values: Mapping[str, str], at: datetime, once: str
) -> None:
    """``tell_consumer`` of what happens to cases of every kind, in the words of the case's kind."""
    tell_consumer(case, code=f"{noun_of(case)}.{event}", values=values, at=at, once=once)


@step
def warn(case: Case, metric: Metric, level: AlertLevel, *, path: str, at: datetime) -> None:
    """Tell whoever works on the case that a target is near, and supervisors that it was missed."""
    is_escalation = level == AlertLevel.ESCALATION
    people = _still_here(case.assignee_id)
    if is_escalation or not people:
        people += people_who_may(Permission.SEE_ESCALATIONS)
    people = _who_may_know(case, people)
    what = "missed" if is_escalation else "is near"
    notify_staff(
        people=people,
        sentence=f"{case.number}: {metric.label.lower()} target {what}",
        path=path,
        at=at,
        dedupe_key=f"sla:{case.number}:{metric}:{level}",
        case=case.pk,
        is_urgent=is_escalation,
    )


@step
def remind(case: Case, *, whom: int | None, reason: str, path: str, at: datetime) -> None:
    """A hold has reached its resume-by moment and asks for a person."""
    notify_staff(
        people=_who_may_know(case, _still_here(whom) or people_who_may(Permission.SEE_ESCALATIONS)),
        sentence=f"{case.number}: the hold “{reason}” has reached its date",
        path=path,
        at=at,
        dedupe_key=f"hold:{case.number}:{case.version}",
        case=case.pk,
    )


@step
def given(case: Case, *, path: str, at: datetime, once: str) -> None:
    """Whoever was given the case by somebody else hears of it."""
    sentence = f"{case.number} is assigned to you"
    tell_assignee(case, sentence=sentence, path=path, at=at, once=f"assigned:{once}")


@step
def tell_assignee(case: Case, *, sentence: str, path: str, at: datetime, once: str) -> None:
    """Whoever works on the case hears of something that somebody else did with it."""
    notify_staff(
        people=_who_may_know(case, _still_here(case.assignee_id)),
        sentence=sentence,
        path=path,
        at=at,
        dedupe_key=f"{case.number}:{once}",
        case=case.pk,
    )


@step
def approval_asked(case: Case, approval: Approval, *, path: str, at: datetime) -> None:
    """Supervisors hear that somebody waits for them; the consumer, that a decision is pending."""
    people = [
        each
        for each in people_who_may(Permission.APPROVE_REQUEST)
        if each.pk not in (case.created_by_id, approval.asked_by_id)
    ]
    notify_staff(
        people=people,
        sentence=f"{case.number} waits for your approval",
        path=path,
        at=at,
        dedupe_key=f"approval:{case.number}:{approval.pk}",
        case=case.pk,
    )
    tell_consumer(case, code="request.approval_asked", values={}, at=at, once=str(approval.pk))


@step
def approvals_asked(waiting: Sequence[tuple[Case, Approval, datetime]], *, at: datetime) -> None:
    """The consumers of many new cases hear that a decision is pending, each not before a moment."""
    code = "request.approval_asked"
    letters = [
        Letter(
            case=case.pk,
            consumer=case.consumer.pk,
            values={"number": case.number, "consumer_name": case.consumer.name},
            to=case.consumer.email,
            dedupe_key=f"{code}:{case.number}:{approval.pk}",
            not_before=not_before,
        )
        for case, approval, not_before in waiting
        if case.consumer is not None
    ]
    send_each(code, letters, at=at)


@step
def approval_decided(case: Case, approval: Approval, *, path: str, at: datetime) -> None:
    """The consumer hears what was decided, and so does whoever works on the case or asked."""
    decision = approval.get_state_display().lower()
    tell_consumer(
        case,
        code="request.approval_decided",
        values={"decision": decision},
        at=at,
        once=str(approval.pk),
    )
    whom = {case.assignee_id, approval.asked_by_id or case.created_by_id} - {None}
    is_refused = approval.state == ApprovalState.REJECTED
    notify_staff(
        people=[each for key in sorted(filter(None, whom)) for each in _still_here(key)],
        sentence=f"{case.number}: approval {'refused' if is_refused else 'given'}",
        path=path,
        at=at,
        dedupe_key=f"decision:{case.number}:{approval.pk}",
        case=case.pk,
    )


def responsible_for(case: Case) -> list[Person]:
    """Whoever works on the case; supervisors when nobody does."""
    return _still_here(case.assignee_id) or people_who_may(Permission.SEE_ESCALATIONS)


def _who_may_know(case: Case, people: Sequence[Person]) -> list[Person]:
    """Those of ``people`` from whom the case is not kept."""
    hidden = ports.kept_from(case.pk, [person.pk for person in people])
    return [person for person in people if person.pk not in hidden]


def _still_here(person: int | None) -> list[Person]:
    """The person alone, or nobody when there is none or they have left."""
    if person is None:
        return []
    return list(Person.objects.filter(pk=person, is_active=True))
