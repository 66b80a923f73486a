"""Non-payment runs: propose, start, make requests batch after batch, undo (DIS13, BEY5).

Lock order: the run's row first, which only acts on runs take; then consumers in rising order of
their keys, then cases.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from psycopg import sql

from consumers.models import Consumer
from disconnections.choices import Outcome, RunState
from disconnections.models import ClosurePolicy, NonPaymentRun, Reason, RunAccount
from disconnections.operations.making import ToCut, make_requests
from disconnections.queries.protections import rules_in_force
from disconnections.queries.run_preview import (
    COUNTED,
    TO_CUT,
    Asked,
    Explained,
    Preview,
    ask,
    counted,
    explain,
    first_left_out,
)
from disconnections.rules.protections import Rule
from disconnections.rules.runs import (
    RunChoice,
    outcome_of,
    takes_two,
    why_not_start,
)
from smart360.cases.models import Case
from smart360.comms.outbox import notify_staff
from smart360.kernel.db import copy_rows, operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED
from smart360.owed.book import owe
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

GO_ON = "disconnections.go_on_with_run"
AT_ONCE = 200
"""Accounts per transaction: their rows are held for about a second, and nobody waits longer."""
NOBODY = "Nobody is left to be disconnected: all are excluded"
ANOTHER_RUN = "Another non-payment run is at work. Wait until it is done."


class UnableToPropose(Refusal):
    """The choice cannot become a run. ``field`` names the form's field."""


class UnableToStartRun(Refusal):
    """The run cannot be started by this person, or not any more."""

    sentence_by_default = "This run cannot be started"


class UnableToGoOn(Refusal):
    """Only a stopped run goes on."""

    sentence_by_default = "This run was not stopped"


class UnableToWithdraw(Refusal):
    """Only a proposal can be withdrawn."""

    sentence_by_default = "This run is not a proposal any more"


refuses(
    {
        "one_non_payment_run_at_a_time": UnableToStartRun(ANOTHER_RUN, is_conflict=True),
        "a_large_run_takes_two_people": UnableToStartRun(
            "A second person starts a run of this size", is_forbidden=True
        ),
    }
)

KEEP_PROPOSED = """
INSERT INTO disconnections_runaccount
       (run_id, consumer_id, outcome, outcome_at, outstanding, overdue, reasons, findings)
SELECT {run}, t.id, 'PROPOSED', {at}, t.outstanding, t.overdue, ARRAY[]::varchar[], '[]'::jsonb
  FROM ({to_cut}) t ORDER BY t.id
"""
MARK_MADE = """
UPDATE disconnections_runaccount a
   SET outcome = 'CREATED', outcome_at = %(at)s, request_id = made.request
  FROM unnest(%(accounts)s::bigint[], %(requests)s::bigint[]) AS made (account, request)
 WHERE a.id = made.account
"""
MARK_LEFT_OUT = """
UPDATE disconnections_runaccount a
   SET outcome = l.outcome, outcome_at = %(at)s, outstanding = l.outstanding, overdue = l.overdue,
       reasons = ARRAY(SELECT jsonb_array_elements_text(l.reasons)), findings = l.findings
  FROM jsonb_to_recordset(%(left_out)s::jsonb)
       AS l (id bigint, outcome text, outstanding numeric, overdue integer, reasons jsonb,
             findings jsonb)
 WHERE a.id = l.id
"""


# ------------------------------------------------------------------ proposing
@operation
def propose_run(
    *, choice: RunChoice, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> int:
    """Keep a choice as a run to be started: whom it cuts off, and who is left out and why.

    The accounts are those of this moment: who comes to owe later is in none of it, and who pays
    before the start is left out then. Who may start it is told. Raises UnableToPropose.
    """
    if form_key is not None:
        about = form_keys.with_contents("non-payment run", {"choice": repr(choice)})
        act = "disconnections.propose_run"
        earlier = form_keys.claim(form_key, by=by.pk, act=act, about=about, at=at)
        if earlier is not None:
            return int(earlier)
    if not Reason.objects.filter(pk=choice.reason, is_active=True, is_for_debt=True).exists():
        raise UnableToPropose(NOT_OFFERED, field="reason")
    asked = ask(choice, at=at)
    found = _count(asked)
    if not found.wanted:
        raise UnableToPropose(NOBODY)
    run = _keep(choice, found, by=by, at=at)
    _keep_proposed(run, asked, at=at)
    _keep_left_out(run, choice, at=at)
    record(
        Event.RUN_PROPOSED,
        by=by.pk,
        at=at,
        new={"run": run.pk, "accounts": run.wanted, "amount": str(run.amount)},
    )
    if takes_two(run.wanted, run.alone_up_to):
        _tell_who_may_start(run, at=at)
    if form_key is not None:
        form_keys.submitted(form_key, form="non_payment_run", by=by.pk, act=act, result=str(run.pk))
    return run.pk


def _count(asked: Asked) -> Preview:
    with connection.cursor() as cursor:
        cursor.execute(asked.scope + sql.SQL(COUNTED), asked.values)
        return counted(cursor.fetchall(), asked.rules)


def _keep(choice: RunChoice, found: Preview, *, by: Person, at: datetime) -> NonPaymentRun:
    return NonPaymentRun.objects.create(
        reason_id=choice.reason,
        overdue=choice.overdue,
        amount_from=choice.amount_from,
        amount_to=choice.amount_to,
        categories=list(choice.categories),
        areas=list(choice.areas),
        wanted=found.wanted,
        amount=found.amount,
        to_approve=found.to_approve,
        excluded=found.excluded,
        left_out={each.code: [each.accounts, str(each.amount)] for each in found.reasons},
        names_of_reasons={each.code: each.name for each in found.reasons},
        alone_up_to=ClosurePolicy.objects.get(pk=1).run_alone_up_to,
        proposed_at=at,
        proposed_by=by,
    )


def _keep_proposed(run: NonPaymentRun, asked: Asked, *, at: datetime) -> None:
    """The accounts that are to be cut off, in one statement from the very scope that counted."""
    insert = sql.SQL(KEEP_PROPOSED).format(
        run=sql.Placeholder("run"), at=sql.Placeholder("at"), to_cut=sql.SQL(TO_CUT)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked.scope + insert, {**asked.values, "run": run.pk, "at": at})
        if cursor.rowcount != run.wanted:
            raise UnableToPropose(
                "The accounts changed meanwhile. Look at the preview again.", is_conflict=True
            )


def _keep_left_out(run: NonPaymentRun, choice: RunChoice, *, at: datetime) -> None:
    """The first of each reason with their sentences, as the rules say them."""
    explained = explain(first_left_out(choice, at=at), choice, at=at)
    found = [each.consumer for each in explained]
    proposed = set(  # something may have come in the way between two statements
        RunAccount.objects.filter(run=run, consumer__in=found).values_list("consumer", flat=True)
    )
    kept = [each for each in explained if each.exclusions and each.consumer not in proposed]
    copy_rows(
        RunAccount,
        ("run_id", "consumer_id", "outcome", "outcome_at", "outstanding", "overdue", "reasons",
         "findings"),
        (
            (
                run.pk, each.consumer, Outcome.LEFT_OUT.value, at,
                each.judged.facts.outstanding, each.judged.facts.overdue,
                [one.code for one in each.exclusions],
                json.dumps([one.as_json() for one in each.exclusions]),
            )
            for each in kept
        ),
    )  # fmt: skip


def _tell_who_may_start(run: NonPaymentRun, *, at: datetime) -> None:
    who = people_who_may(Permission.CONFIRM_RUN)
    notify_staff(
        people=[each for each in who if each.pk != run.proposed_by_id],
        sentence=f"Non-payment run {run.pk} ({run.wanted:,} requests) waits for you to start it",
        path=_path(run),
        at=at,
        dedupe_key=f"run:{run.pk}:proposed",
    )


# ------------------------------------------------------------------ starting
@operation
def start_run(*, run: int, by: Person, at: datetime, form_key: uuid.UUID | None = None) -> None:
    """Let a worker make the requests of a proposed run.

    Above the policy's size a second person starts it. Raises UnableToStartRun when it is at work
    already, another run is, or this person may not.
    """
    locked = hold_run(run)
    if _is_repeated(form_key, "disconnections.start_run", run, by=by, at=at):
        return
    if locked.state != RunState.PROPOSED:
        raise UnableToStartRun(is_conflict=True)
    why_not = why_not_start(
        wanted=locked.wanted,
        alone_up_to=locked.alone_up_to,
        is_proposer=locked.proposed_by_id == by.pk,
        may_confirm=by.has_permission(Permission.CONFIRM_RUN),
    )
    if why_not:
        raise UnableToStartRun(why_not, is_forbidden=True)
    locked.state, locked.started_at, locked.started_by = RunState.RUNNING, at, by
    locked.save(update_fields=["state", "started_at", "started_by"])
    record(Event.RUN_STARTED, by=by.pk, at=at, new={"run": run, "accounts": locked.wanted})
    _owe_the_rest(locked, at=at)


@operation
def withdraw_run(*, run: int, by: Person, at: datetime, form_key: uuid.UUID | None = None) -> None:
    """Take a proposal back. Raises UnableToWithdraw when it was started."""
    locked = hold_run(run)
    if _is_repeated(form_key, "disconnections.withdraw_run", run, by=by, at=at):
        return
    if locked.state != RunState.PROPOSED:
        raise UnableToWithdraw(is_conflict=True)
    end_run(locked, RunState.WITHDRAWN, by=by.pk, at=at)


@operation
def resume_run(*, run: int, by: Person, at: datetime, form_key: uuid.UUID | None = None) -> None:
    """Let a stopped run go on where it stopped. Raises UnableToGoOn when it did not stop."""
    locked = hold_run(run)
    if _is_repeated(form_key, "disconnections.resume_run", run, by=by, at=at):
        return
    if locked.state != RunState.STOPPED:
        raise UnableToGoOn(is_conflict=True)
    locked.state, locked.ended_at = RunState.RUNNING, None
    locked.save(update_fields=["state", "ended_at"])
    record(Event.RUN_STARTED, by=by.pk, at=at, new={"run": run, "after": locked.after})
    _owe_the_rest(locked, at=at, again=at.isoformat())


# ------------------------------------------------------------------ the worker
@operation
def go_on_with_run(*, run: int, after: int, at: datetime) -> int:
    """Make the next requests of a run, of the accounts after the key ``after``; how many it saw.

    All of a batch is one transaction: a worker that is killed leaves nothing of it behind. Work
    that is paid twice finds that the run is further on and does nothing.
    """
    locked = hold_run(run)
    if locked.state != RunState.RUNNING or locked.after != after:
        return 0
    accounts = _next_accounts(locked)
    if not accounts:
        end_run(locked, RunState.DONE, by=None, at=at)
        _tell_that_it_is_done(locked, at=at)
        return 0
    consumers = _lock(list(accounts))
    explained = explain(list(accounts), choice_of(locked), at=at)
    _leave_out(accounts, explained, at=at)
    to_cut = [
        ToCut(consumers[each.consumer], each.judged) for each in explained if not each.exclusions
    ]
    cases = make_requests(
        to_cut, reason=locked.reason, place=locked.made, by=locked.proposed_by_id, at=at
    )
    _mark_made(accounts, cases, at=at)
    locked.after = max(accounts)
    locked.looked_at += len(accounts)
    locked.made += len(cases)
    locked.save(update_fields=["after", "looked_at", "made"])
    _owe_the_rest(locked, at=at)
    return len(accounts)


@operation
def stop_run(*, run: int, at: datetime) -> None:
    """The worker has failed too often: the run stands still until a person lets it go on."""
    locked = hold_run(run)
    if locked.state in (RunState.RUNNING, RunState.UNDOING):
        end_run(locked, RunState.STOPPED, by=None, at=at)


def choice_of(run: NonPaymentRun) -> RunChoice:
    """What was chosen, as the rules ask for it."""
    return RunChoice(
        reason=run.reason_id,
        overdue=run.overdue,
        amount_from=run.amount_from,
        amount_to=run.amount_to,
        categories=tuple(run.categories),
        areas=tuple(run.areas),
    )


def hold_run(run: int) -> NonPaymentRun:
    """The run, with its row held: before the consumers', and by acts on runs alone."""
    rows = NonPaymentRun.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("reason").get(pk=run)


def end_run(run: NonPaymentRun, state: RunState, *, by: int | None, at: datetime) -> None:
    """The run stands in an end, or stands still."""
    run.state, run.ended_at = state, at
    run.save(update_fields=["state", "ended_at"])
    counted_so_far = {"run": run.pk, "state": state.value, "made": run.made, "undone": run.undone}
    record(Event.RUN_ENDED, by=by, at=at, new=counted_so_far)


def _next_accounts(run: NonPaymentRun) -> dict[int, int]:
    """The next accounts that wait: consumer → the key of its record, in rising order."""
    waiting = RunAccount.objects.filter(
        run=run, outcome=Outcome.PROPOSED, consumer__gt=run.after
    ).order_by("consumer")
    return dict(waiting.values_list("consumer_id", "pk")[:AT_ONCE])


def _lock(consumers: Sequence[int]) -> dict[int, Consumer]:
    """The consumers, with their rows held in rising order."""
    rows = Consumer.objects.filter(pk__in=consumers).order_by("pk")
    held = rows.select_for_update(of=("self",), no_key=True)
    return {each.pk: each for each in held}


def _leave_out(
    accounts: Mapping[int, int], explained: Sequence[Explained], *, at: datetime
) -> None:
    """Keep of those that are not cut off now what stands in the way: paid, arranged, protected."""
    left_out = [each for each in explained if each.exclusions]
    if not left_out:
        return
    rules: dict[str, Rule] = {rule.code: rule for rule in rules_in_force()}
    rows = [
        {
            "id": accounts[each.consumer],
            "outcome": outcome_of(each.exclusions, each.standing, rules).value,
            "outstanding": str(each.judged.facts.outstanding),
            "overdue": each.judged.facts.overdue,
            "reasons": [one.code for one in each.exclusions],
            "findings": [one.as_json() for one in each.exclusions],
        }
        for each in left_out
    ]
    with connection.cursor() as cursor:
        cursor.execute(MARK_LEFT_OUT, {"left_out": json.dumps(rows), "at": at})


def _mark_made(accounts: Mapping[int, int], cases: Sequence[Case], *, at: datetime) -> None:
    values: dict[str, Any] = {
        "accounts": [accounts[case.consumer_id] for case in cases if case.consumer_id],
        "requests": [case.pk for case in cases],
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(MARK_MADE, values)


def _owe_the_rest(run: NonPaymentRun, *, at: datetime, again: str = "") -> None:
    """The next batch is owed in the transaction of this one; ``again`` tells failed work apart."""
    key = f"{GO_ON}:{run.pk}:{run.after}:{again}"
    owe(GO_ON, dedupe_key=key, about={"run": run.pk, "after": run.after}, at=at)


def _tell_that_it_is_done(run: NonPaymentRun, *, at: datetime) -> None:
    """Whoever proposed it hears of it; supervisors, how many of its requests wait for them."""
    people = [Person.objects.get(pk=run.proposed_by_id)]
    notify_staff(
        people=people,
        sentence=f"Non-payment run {run.pk} is done: {run.made:,} requests",
        path=_path(run),
        at=at,
        dedupe_key=f"run:{run.pk}:done",
    )
    waiting = RunAccount.objects.filter(run=run, request__case__approvals__state="PENDING").count()
    if waiting:
        who = people_who_may(Permission.APPROVE_REQUEST)
        notify_staff(
            people=[each for each in who if each.pk != run.proposed_by_id],
            sentence=f"{waiting:,} requests of non-payment run {run.pk} wait for your approval",
            path=_path(run),
            at=at,
            dedupe_key=f"run:{run.pk}:approvals",
        )


def _path(run: NonPaymentRun) -> str:
    return reverse("run_detail", args=[run.pk])


def _is_repeated(
    form_key: uuid.UUID | None, act: str, run: int, *, by: Person, at: datetime
) -> bool:
    """Whether this very form did it already."""
    if form_key is None:
        return False
    about = f"non-payment run {run}"
    return form_keys.claim(form_key, by=by.pk, act=act, about=about, at=at) is not None
