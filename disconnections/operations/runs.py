"""Non-payment runs: start, make requests batch after batch, stop, go on (DIS13, BEY5).

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

from consumers.models import Consumer
from disconnections.choices import Outcome, RunState
from disconnections.models import NonPaymentRun, RunAccount
from disconnections.operations.making import ToCut, make_requests
from disconnections.queries.protections import rules_in_force
from disconnections.queries.run_preview import (
    Explained,
    explain,
)
from disconnections.rules.protections import Rule
from disconnections.rules.runs import (
    RunChoice,
    outcome_of,
    why_not_start,
)
from smart360.cases.models import Case
from smart360.comms.outbox import notify_staff
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.owed.book import owe
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

GO_ON = "disconnections.go_on_with_run"
UNDO = "disconnections.undo_run"
AT_ONCE = 200
"""Accounts per transaction: their rows are held for about a second, and nobody waits longer."""
RETIRED = "Its reason is not given any more. Withdraw this run and propose another."
ANOTHER_RUN = "Another non-payment run is at work. Wait until it is done."


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
    if not (locked.reason.is_active and locked.reason.is_for_debt):
        raise UnableToStartRun(RETIRED, is_conflict=True)
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
    owe_the_rest(GO_ON, locked, at=at)


@operation
def withdraw_run(*, run: int, by: Person, at: datetime, form_key: uuid.UUID | None = None) -> None:
    """Take a proposal back. Raises UnableToWithdraw when it was started."""
    locked = hold_run(run)
    if _is_repeated(form_key, "disconnections.withdraw_run", run, by=by, at=at):
        return
    if locked.state not in (RunState.PREPARING, RunState.PROPOSED):
        raise UnableToWithdraw(is_conflict=True)
    end_run(locked, RunState.WITHDRAWN, by=by.pk, at=at)


@operation
def resume_run(*, run: int, by: Person, at: datetime, form_key: uuid.UUID | None = None) -> None:
    """Let a stopped run go on where it stopped: with making requests, or with closing them.

    What somebody has begun to undo makes no request any more. Raises UnableToGoOn when it did not
    stop.
    """
    locked = hold_run(run)
    if _is_repeated(form_key, "disconnections.resume_run", run, by=by, at=at):
        return
    if locked.state != RunState.STOPPED:
        raise UnableToGoOn(is_conflict=True)
    is_undone = locked.undone_at is not None
    locked.state = RunState.UNDOING if is_undone else RunState.RUNNING
    locked.ended_at = None
    locked.save(update_fields=["state", "ended_at"])
    record(Event.RUN_STARTED, by=by.pk, at=at, new={"run": run, "after": locked.after})
    owe_the_rest(UNDO if is_undone else GO_ON, locked, at=at, again=at.isoformat())


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
    owe_the_rest(GO_ON, locked, at=at)
    return len(accounts)


@operation
def stop_run(*, run: int, at: datetime) -> None:
    """The worker has failed too often: the run stands still until a person lets it go on.

    One that was still being prepared is withdrawn: nobody has seen whom it is about. Its proposer
    is told.
    """
    locked = hold_run(run)
    if locked.state in (RunState.RUNNING, RunState.UNDOING):
        end_run(locked, RunState.STOPPED, by=None, at=at)
    elif locked.state == RunState.PREPARING:
        end_run(locked, RunState.WITHDRAWN, by=None, at=at)
        tell_proposer(locked, f"Non-payment run {run} could not be prepared", once="failed", at=at)


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


def owe_the_rest(kind: str, run: NonPaymentRun, *, at: datetime, again: str = "") -> None:
    """The next batch is owed in the transaction of this one; ``again`` tells failed work apart."""
    key = f"{kind}:{run.pk}:{run.after}:{again}"
    owe(kind, dedupe_key=key, about={"run": run.pk, "after": run.after}, at=at)


def tell_proposer(run: NonPaymentRun, sentence: str, *, once: str, at: datetime) -> None:
    """Ring the bell of whoever proposed the run, for ``once`` a single time."""
    notify_staff(
        people=[Person.objects.get(pk=run.proposed_by_id)],
        sentence=sentence,
        path=path_of(run),
        at=at,
        dedupe_key=f"run:{run.pk}:{once}",
    )


def _tell_that_it_is_done(run: NonPaymentRun, *, at: datetime) -> None:
    """Whoever proposed it hears of it; supervisors, how many of its requests wait for them."""
    done = f"Non-payment run {run.pk} is done: {run.made:,} requests"
    tell_proposer(run, done, once="done", at=at)
    waiting = RunAccount.objects.filter(run=run, request__case__approvals__state="PENDING").count()
    if waiting:
        who = people_who_may(Permission.APPROVE_REQUEST)
        notify_staff(
            people=[each for each in who if each.pk != run.proposed_by_id],
            sentence=f"{waiting:,} requests of non-payment run {run.pk} wait for your approval",
            path=path_of(run),
            at=at,
            dedupe_key=f"run:{run.pk}:approvals",
        )


def path_of(run: NonPaymentRun) -> str:
    """The address of a run's page."""
    return reverse("run_detail", args=[run.pk])


def _is_repeated(
    form_key: uuid.UUID | None, act: str, run: int, *, by: Person, at: datetime
) -> bool:
    """Whether this very form did it already."""
    about = f"non-payment run {run}"
    return form_keys.is_repeated(form_key, about, {}, by=by.pk, act=act, at=at)
