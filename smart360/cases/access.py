"""The only doors to a case for a person (quality.md, X2), and what can be done with one."""

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import QuerySet

from smart360.cases import ports
from smart360.cases.choices import OPEN_STATUSES, CaseKind, CaseStatus
from smart360.cases.lifecycle import may_move
from smart360.cases.models import Case
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission


def visible_cases(person: Person) -> QuerySet[Case]:
    """The cases that ``person`` may know of; a technician has none without a service order."""
    if not person.has_permission(Permission.VIEW_REQUESTS):
        return Case.objects.none()
    return Case.objects.all()


class Act(StrEnum):
    """Something that can be done with a case. Each kind says which of them it knows."""

    ACKNOWLEDGE = "acknowledge"
    HOLD = "hold"
    RESUME = "resume"
    CLOSE = "close"
    RESOLVE = "resolve"
    REJECT = "reject"
    REOPEN = "reopen"
    ASSIGN_TO_ME = "assign"
    ASSIGN_TO = "assign_to"
    ASK_APPROVAL = "approval"
    DECIDE_APPROVAL = "decision"
    LINK = "link"
    DISPUTE = "dispute"
    ADD_NOTE = "note"
    SEND_MESSAGE = "message"
    LOG_CALL = "call"
    RETRY_MESSAGE = "retry"


MOVES: Mapping[Act, tuple[frozenset[CaseStatus], CaseStatus]] = {
    Act.ACKNOWLEDGE: (frozenset({CaseStatus.PENDING}), CaseStatus.IN_PROGRESS),
    Act.HOLD: (frozenset({CaseStatus.IN_PROGRESS}), CaseStatus.ON_HOLD),
    Act.RESUME: (frozenset({CaseStatus.ON_HOLD}), CaseStatus.IN_PROGRESS),
    Act.CLOSE: (frozenset(OPEN_STATUSES), CaseStatus.CLOSED),
    Act.RESOLVE: (frozenset({CaseStatus.IN_PROGRESS}), CaseStatus.RESOLVED),
    Act.REJECT: (frozenset({CaseStatus.IN_PROGRESS}), CaseStatus.REJECTED),
    Act.REOPEN: (frozenset({CaseStatus.RESOLVED, CaseStatus.REJECTED}), CaseStatus.IN_PROGRESS),
}
"""The acts that move a case along one arrow of its lifecycle: from where, and to where."""
AT_ANY_TIME = frozenset({Act.ADD_NOTE, Act.SEND_MESSAGE, Act.LOG_CALL, Act.RETRY_MESSAGE})
"""Notes, messages, calls and retries stay possible after the end (W15)."""


def is_possible(act: Act, case: Case) -> bool:
    """Whether the case's state lets anybody do this now (cases/lifecycle.py decides)."""
    if act in MOVES:
        olds, new = MOVES[act]
        return case.status in olds and may_move(case.kind, case.status, new)
    return act in AT_ANY_TIME or case.is_open


def acts_on(case: Case, person: Person, permissions: Mapping[Act, Permission]) -> frozenset[Act]:
    """What this person may do with this case now, of the acts that its kind knows.

    ``permissions`` says what each of them asks for.
    """
    return frozenset(
        act
        for act, permission in permissions.items()
        if person.has_permission(permission)
        and is_possible(act, case)
        and (act != Act.ASSIGN_TO_ME or may_take(case, person))
    )


WORK = {CaseKind.COMPLAINT.value: Permission.WORK_ON_COMPLAINT}
"""What working on a case of a kind asks for, where it is not ``ASSIGN``."""


def may_work_on(case: Case, person: Person) -> bool:
    """Whether a case of this kind can be given to a person, who may know of it."""
    if not person.has_permission(WORK.get(case.kind, Permission.ASSIGN)):
        return False
    return person.pk not in ports.kept_from(case.pk, [person.pk])


def who_may_work_on(case: Case) -> list[Person]:
    """Everybody to whom the case can be given, by name; nobody from whom it is kept."""
    people = people_who_may(WORK.get(case.kind, Permission.ASSIGN))
    hidden = ports.kept_from(case.pk, [person.pk for person in people])
    known = (person for person in people if person.pk not in hidden)
    return sorted(known, key=lambda person: (person.full_name, person.pk))


def may_take(case: Case, person: Person) -> bool:
    """Nobody takes what they have; what somebody else has only a supervisor takes."""
    if case.assignee_id is None:
        return True
    return case.assignee_id != person.pk and person.has_permission(Permission.ASSIGN_OTHERS)
