"""Proposing a non-payment run: whom it is about, and who is left out and why (DIS13, BEY5).

The record of the accounts is written piece after piece: the first piece by whoever proposes, what
is left by a worker, so that no choice is too large for one request.
"""

import json
import uuid
from datetime import datetime

from django.db import connection
from psycopg import sql

from disconnections.choices import Outcome, RunState
from disconnections.models import ClosurePolicy, NonPaymentRun, Reason, RunAccount
from disconnections.operations.runs import (
    choice_of,
    end_run,
    hold_run,
    owe_the_rest,
    path_of,
    tell_proposer,
)
from disconnections.queries.run_preview import (
    TO_CUT,
    Preview,
    ask,
    explain,
    first_left_out,
    next_window,
    preview,
)
from disconnections.rules.runs import RunChoice, takes_two
from smart360.comms.outbox import notify_staff
from smart360.kernel.db import copy_rows, operation
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED
from smart360.staff.access import people_who_may
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

GO_ON = "disconnections.go_on_with_proposal"
AT_ONCE = 5000
"""Overdue accounts per transaction: half a second of work."""
NOBODY = "Nobody is left to be disconnected: all are excluded"
KEEP_PROPOSED = """
, chosen AS MATERIALIZED ({to_cut}), kept AS (
    INSERT INTO disconnections_runaccount
           (run_id, consumer_id, outcome, outcome_at, outstanding, overdue, reasons, findings)
    SELECT {run}, t.id, 'PROPOSED', {at}, t.outstanding, t.overdue, ARRAY[]::varchar[], '[]'::jsonb
      FROM chosen t ORDER BY t.id
)
SELECT count(*), coalesce(sum(outstanding), 0), count(*) FILTER (WHERE is_to_approve) FROM chosen
"""


class UnableToPropose(Refusal):
    """The choice cannot become a run. ``field`` names the form's field."""


@operation
def propose_run(
    *, choice: RunChoice, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> int:
    """Keep a choice as a run to be started: whom it cuts off, and who is left out and why.

    The accounts are those that stand in the record once it is written, at once or, of a large
    choice, by a worker: who comes to owe later is in none of it, and who pays before the start is
    left out then. Who may start it is told. Raises UnableToPropose.
    """
    if form_key is not None:
        about = form_keys.with_contents("non-payment run", {"choice": repr(choice)})
        act = "disconnections.propose_run"
        earlier = form_keys.claim(form_key, by=by.pk, act=act, about=about, at=at)
        if earlier is not None:
            return int(earlier)
    if not Reason.objects.filter(pk=choice.reason, is_active=True, is_for_debt=True).exists():
        raise UnableToPropose(NOT_OFFERED, field="reason")
    found = preview(choice, at=at)
    if not found.wanted:
        raise UnableToPropose(NOBODY)
    run = _begin(choice, found, by=by, at=at)
    _keep_the_next(run, at=at)
    if form_key is not None:
        form_keys.submitted(form_key, form="non_payment_run", by=by.pk, act=act, result=str(run.pk))
    return run.pk


@operation
def go_on_with_proposal(*, run: int, after: int, at: datetime) -> None:
    """Write the next piece of a proposal's record, of the accounts after the key ``after``.

    A worker that is killed leaves nothing of its piece behind; paid twice it finds that the run is
    further on and does nothing.
    """
    locked = hold_run(run)
    if locked.state == RunState.PREPARING and locked.after == after:
        _keep_the_next(locked, at=at)


def _begin(choice: RunChoice, found: Preview, *, by: Person, at: datetime) -> NonPaymentRun:
    return NonPaymentRun.objects.create(
        reason_id=choice.reason,
        overdue=choice.overdue,
        amount_from=choice.amount_from,
        amount_to=choice.amount_to,
        categories=list(choice.categories),
        areas=list(choice.areas),
        expected=found.wanted,
        wanted=0,
        amount=0,
        to_approve=0,
        excluded=found.excluded,
        left_out={each.code: [each.accounts, str(each.amount)] for each in found.reasons},
        names_of_reasons={each.code: each.name for each in found.reasons},
        alone_up_to=ClosurePolicy.objects.get(pk=1).run_alone_up_to,
        proposed_at=at,
        proposed_by=by,
    )


def _keep_the_next(run: NonPaymentRun, *, at: datetime) -> None:
    """One piece of the record; what is left is owed, or the proposal is there to be started."""
    choice, is_first = choice_of(run), run.after == 0
    window, is_last = next_window(choice, at=run.proposed_at, after=run.after, at_most=AT_ONCE)
    _keep_proposed(run, choice, window, at=at)
    run.after = window[1]
    if is_last:
        _finish(run, choice, at=at, is_late=not is_first)
    else:
        owe_the_rest(GO_ON, run, at=at)
    run.save(update_fields=["wanted", "amount", "to_approve", "after", "state"])


def _keep_proposed(
    run: NonPaymentRun, choice: RunChoice, window: tuple[int, int], *, at: datetime
) -> None:
    """The accounts that are to be cut off, counted by the statement that writes them."""
    asked = ask(choice, at=run.proposed_at, window=window)
    insert = sql.SQL(KEEP_PROPOSED).format(
        run=sql.Placeholder("run"), at=sql.Placeholder("kept_at"), to_cut=sql.SQL(TO_CUT)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked.scope + insert, {**asked.values, "run": run.pk, "kept_at": at})
        accounts, amount, to_approve = cursor.fetchone()
    run.wanted += accounts
    run.amount += amount
    run.to_approve += to_approve


def _finish(run: NonPaymentRun, choice: RunChoice, *, at: datetime, is_late: bool) -> None:
    """All accounts are kept: whoever may start the run can. Nobody left: it is withdrawn."""
    if not run.wanted:
        end_run(run, RunState.WITHDRAWN, by=None, at=at)
        tell_proposer(run, f"Non-payment run {run.pk}: {NOBODY}", once="nobody", at=at)
        return
    _keep_left_out(run, choice, at=at)
    run.state, run.after = RunState.PROPOSED, 0
    record(
        Event.RUN_PROPOSED,
        by=run.proposed_by_id,
        at=at,
        new={"run": run.pk, "accounts": run.wanted, "amount": str(run.amount)},
    )
    if takes_two(run.wanted, run.alone_up_to):
        _tell_who_may_start(run, at=at)
    if is_late:
        tell_proposer(run, f"Non-payment run {run.pk} can be started now", once="ready", at=at)


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
        path=path_of(run),
        at=at,
        dedupe_key=f"run:{run.pk}:proposed",
    )
