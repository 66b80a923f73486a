"""Non-payment runs as their pages show them, and what of them can still be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from disconnections.choices import LeftOut, Outcome, RunState
from disconnections.models import NonPaymentRun, Reason, RunAccount
from disconnections.rules.runs import takes_two, why_not_start
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.web.paging import Page, Sort, page_of

MOST_RUNS = 50
LARGEST_FIRST = Sort("largest", "Largest debt first", ("-outstanding", "-id"))
BEGUN_WITH = tuple(
    each.value
    for each in (
        Event.CREATED,
        Event.PROTECTION_CHECKED,
        Event.NOTICE_SERVED,
        Event.APPROVAL_ASKED,
    )
)
"""The lines that a request of a run begins with; any other one of a person is an act."""

UNTOUCHED = """
  FROM disconnections_runaccount a JOIN cases_case c ON c.id = a.request_id
 WHERE a.run_id = %(run)s AND a.outcome = 'CREATED'
   AND c.status = 'PENDING' AND c.version = 1
   AND c.assignee_id IS NULL AND c.responded_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM fieldwork_serviceorder o WHERE o.case_id = c.id)
   AND NOT EXISTS (SELECT 1 FROM trail_entry e WHERE e.case_id = c.id
                      AND e.actor_id IS NOT NULL AND e.kind <> ALL(%(begun_with)s))
"""


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """How many a run left out for one reason, and what they owe."""

    code: str
    name: str
    accounts: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """How many accounts of a run have come to one outcome, and what they owed."""

    code: str
    name: str
    accounts: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, as lists and its page show it."""

    key: int
    proposer: int
    state: str
    reason: str
    overdue: int
    amount_from: Decimal
    amount_to: Decimal | None
    categories: tuple[str, ...]
    areas: tuple[str, ...]
    wanted: int
    amount: Decimal
    to_approve: int
    excluded: int
    expected: int
    alone_up_to: int
    proposed_at: datetime
    proposed_by: str
    started_at: datetime | None
    started_by: str
    ended_at: datetime | None
    undone_at: datetime | None
    undone_by: str
    undone_because: str
    looked_at: int
    made: int
    undone: int
    left_out: tuple[LeftOutLine, ...]

    @property
    def state_words(self) -> str:
        """The state in words."""
        return RunState(self.state).label

    @property
    def is_preparing(self) -> bool:
        """Whether a worker still writes down whom it is about."""
        return self.state == RunState.PREPARING

    @property
    def is_proposed(self) -> bool:
        """Whether it waits to be started."""
        return self.state == RunState.PROPOSED

    @property
    def is_running(self) -> bool:
        """Whether a worker makes requests."""
        return self.state == RunState.RUNNING

    @property
    def is_undoing(self) -> bool:
        """Whether a worker closes them again."""
        return self.state == RunState.UNDOING

    @property
    def is_at_work(self) -> bool:
        """Whether its page should ask again by itself."""
        return self.is_preparing or self.is_running or self.is_undoing

    @property
    def is_stopped(self) -> bool:
        """Whether it failed and waits for a person."""
        return self.state == RunState.STOPPED

    @property
    def may_be_undone(self) -> bool:
        """Whether its state allows it; each request is asked for itself."""
        return bool(self.made) and self.state in (
            RunState.RUNNING,
            RunState.STOPPED,
            RunState.DONE,
        )

    @property
    def takes_two(self) -> bool:
        """Whether a second person has to start it."""
        return takes_two(self.wanted, self.alone_up_to)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One account of a run with what became of it."""

    id: int
    account_number: str
    name: str
    outcome: str
    outcome_at: datetime
    outstanding: Decimal
    overdue: int
    request: str
    sentences: tuple[str, ...]

    @property
    def outcome_words(self) -> str:
        """The outcome in words."""
        return Outcome(self.outcome).label


def list_runs() -> list[RunRow]:
    """The newest runs, the newest first; one statement."""
    found = NonPaymentRun.objects.select_related(
        "reason", "proposed_by", "started_by", "undone_by"
    ).order_by("-pk")
    return [_row(run) for run in found[:MOST_RUNS]]


def find_run(run: int) -> RunRow | None:
    """One run; None when there is none."""
    found = (
        NonPaymentRun.objects.select_related("reason", "proposed_by", "started_by", "undone_by")
        .filter(pk=run)
        .first()
    )
    return _row(found) if found else None


def outcomes_of(run: int) -> list[OutcomeLine]:
    """How many accounts of a run have come to which outcome, in the order of outcomes."""
    counted = (
        RunAccount.objects.filter(run=run)
        .values_list("outcome")
        .annotate(accounts=Count("pk"), amount=Sum("outstanding"))
    )
    found = {code: (accounts, amount) for code, accounts, amount in counted}
    return [
        OutcomeLine(outcome.value, outcome.label, *found[outcome.value])
        for outcome in Outcome
        if outcome.value in found
    ]


def records_of(
    run: int, *, outcome: str = "", reason: str = "", cursor: str = ""
) -> Page[RecordRow]:
    """The accounts of a run, the largest debts first; of one outcome or reason if asked for."""
    rows = RunAccount.objects.filter(run=run)
    if outcome in Outcome.values:
        rows = rows.filter(outcome=outcome)
    if reason:
        rows = rows.filter(reasons__contains=[reason])
    values = rows.values(
        "id", "outcome", "outcome_at", "outstanding", "overdue", "findings",
        "consumer__account_number", "consumer__name", "request__case__number",
    )  # fmt: skip
    found: QuerySet[Any, Any] = values
    page = page_of(found, sort=LARGEST_FIRST, cursor=cursor, size=50, value=_value)
    return Page([_record(each) for each in page.rows], page.next_cursor, page.previous_cursor)


def _value(row: dict[str, Any], name: str) -> Any:
    return row[name]


def _record(row: dict[str, Any]) -> RecordRow:
    return RecordRow(
        id=row["id"],
        account_number=row["consumer__account_number"],
        name=row["consumer__name"],
        outcome=row["outcome"],
        outcome_at=row["outcome_at"],
        outstanding=row["outstanding"],
        overdue=row["overdue"],
        request=row["request__case__number"] or "",
        sentences=tuple(str(each["sentence"]) for each in row["findings"]),
    )


def _row(run: NonPaymentRun) -> RunRow:
    named: dict[str, str] = run.names_of_reasons
    left_out = [
        LeftOutLine(code, named.get(code) or LeftOut(code).label, accounts, Decimal(amount))
        for code, (accounts, amount) in run.left_out.items()
    ]
    return RunRow(
        key=run.pk,
        proposer=run.proposed_by_id,
        state=run.state,
        reason=run.reason.label,
        overdue=run.overdue,
        amount_from=run.amount_from,
        amount_to=run.amount_to,
        categories=tuple(run.categories),
        areas=tuple(run.areas),
        wanted=run.wanted,
        amount=run.amount,
        to_approve=run.to_approve,
        excluded=run.excluded,
        expected=max(run.expected, run.wanted),
        alone_up_to=run.alone_up_to,
        proposed_at=run.proposed_at,
        proposed_by=run.proposed_by.full_name,
        started_at=run.started_at,
        started_by=run.started_by.full_name if run.started_by else "",
        ended_at=run.ended_at,
        undone_at=run.undone_at,
        undone_by=run.undone_by.full_name if run.undone_by else "",
        undone_because=run.undone_because,
        looked_at=run.looked_at,
        made=run.made,
        undone=run.undone,
        left_out=tuple(sorted(left_out, key=lambda each: (-each.accounts, each.code))),
    )


# ------------------------------------------------------------------ what can be undone
def count_untouched(run: int) -> int:
    """How many requests of a run nobody has acted on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*)" + UNTOUCHED, _about(run))
        row: tuple[int] = cursor.fetchone()
    return row[0]


def untouched(run: int, requests: Sequence[int]) -> list[int]:
    """Which of these requests nobody has acted on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id" + UNTOUCHED + " AND c.id = ANY(%(requests)s) ORDER BY a.consumer_id",
            {**_about(run), "requests": list(requests)},
        )
        return [row[0] for row in cursor.fetchall()]


def _about(run: int) -> dict[str, Any]:
    return {"run": run, "begun_with": list(BEGUN_WITH)}


# ------------------------------------------------------------------ for the form
def reasons_for_debt() -> list[tuple[int, str]]:
    """The reasons that a run can give, for the form."""
    found = Reason.objects.filter(is_active=True, is_for_debt=True).order_by("code")
    return [(reason.pk, str(reason)) for reason in found]


def why_not_started_by(run: RunRow, person: Person) -> str:
    """Why this person cannot start a proposed run; ``""`` when they can."""
    return why_not_start(
        wanted=run.wanted,
        alone_up_to=run.alone_up_to,
        is_proposer=person.pk == run.proposer,
        may_confirm=person.has_permission(Permission.CONFIRM_RUN),
    )
