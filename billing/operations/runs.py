"""Billing runs: a cycle's regular invoices, batch after batch, by a worker (BIL9)."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from billing.choices import RunState
from billing.invoicing import issue_invoices
from billing.models import BillingRun
from billing.queries.cycles import accounts_of, facts_of, first_cycle_on
from billing.queries.policies import get_policy
from billing.rules.cycles import Cycle, Planned, plan
from consumers.models import Consumer
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.money import ZERO
from smart360.organisation.queries import day_of, get_utility
from smart360.owed.book import owe
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

GO_ON = "billing.go_on_with_run"
AT_ONCE = 200
"""Consumers per transaction: their rows are held for about a second, and nobody waits longer."""
LONGEST_CYCLE = timedelta(days=366)


class UnableToStartRun(Refusal):
    """The run cannot be started."""

    sentence_by_default = "This billing run cannot be started"


class UnableToGoOn(Refusal):
    """Only a stopped run goes on."""

    sentence_by_default = "This billing run was not stopped"


refuses(
    {
        "one_billing_run_at_a_time": UnableToStartRun(
            "Another billing run is at work. Wait until it is done.", is_conflict=True
        )
    }
)


@operation
def start_billing_run(
    *,
    period_from: date,
    period_to: date,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> int:
    """Begin to bill every consumer for a cycle, both days included; the run's key.

    A worker does the rest. The same cycle may be run again: who is billed already is left out.
    Raises UnableToStartRun when the days cannot be billed, or another run is at work.
    """
    if form_key is not None:
        about = form_keys.with_contents("billing run", {"from": period_from, "to": period_to})
        earlier = form_keys.claim(form_key, by=by.pk, act="billing.start_run", about=about, at=at)
        if earlier is not None:
            return int(earlier)
    _check_period(period_from, period_to, today=day_of(at))
    run = BillingRun.objects.create(
        period_from=period_from,
        period_to=period_to,
        state=RunState.RUNNING,
        started_at=at,
        started_by=by,
    )
    cycle = {"run": run.pk, "from": period_from.isoformat(), "to": period_to.isoformat()}
    record(Event.BILLING_RUN_STARTED, by=by.pk, at=at, new=cycle)
    _owe_the_rest(run, at=at)
    if form_key is not None:
        form_keys.submitted(
            form_key, form="billing_run", by=by.pk, act="billing.start_run", result=str(run.pk)
        )
    return run.pk


@operation
def go_on_with_run(*, run: int, after: int, at: datetime) -> int:
    """Bill the next consumers of a run, those after the key ``after``; how many were looked at.

    All of a batch is one transaction: a worker that is killed leaves nothing of it behind. Work
    that is paid twice finds that the run is further on and does nothing.
    """
    locked = _hold(run)
    if locked.state != RunState.RUNNING or locked.after != after:
        return 0
    consumers = _lock_next(after)
    if not consumers:
        _end(locked, RunState.DONE, at=at)
        return 0
    if not after:  # who starts a run does not wait until all consumers are counted
        locked.to_do = Consumer.objects.count()
    planned = _plan(locked, consumers)
    _issue(locked, planned, at=at)
    locked.after = consumers[-1]
    locked.looked_at += len(consumers)
    _count(locked, planned)
    locked.save(
        update_fields=["to_do", "after", "looked_at", "issued", "estimated", "left_out", "billed"]
    )
    _owe_the_rest(locked, at=at)
    return len(consumers)


@operation
def stop_run(*, run: int, at: datetime) -> None:
    """The worker has failed too often: the run stands still until a person lets it go on."""
    locked = _hold(run)
    if locked.state == RunState.RUNNING:
        _end(locked, RunState.STOPPED, at=at)


@operation
def resume_run(*, run: int, by: Person, at: datetime, form_key: uuid.UUID | None = None) -> None:
    """Let a stopped run go on where it stopped. Raises UnableToGoOn when it did not stop."""
    locked = _hold(run)
    if form_key is not None:
        about, act = f"billing run {run}", "billing.resume_run"
        if form_keys.claim(form_key, by=by.pk, act=act, about=about, at=at) is not None:
            return
    if locked.state != RunState.STOPPED:
        raise UnableToGoOn(is_conflict=True)
    locked.state, locked.ended_at = RunState.RUNNING, None
    locked.save(update_fields=["state", "ended_at"])
    record(Event.BILLING_RUN_STARTED, by=by.pk, at=at, new={"run": run, "after": locked.after})
    _owe_the_rest(locked, at=at, again=at.isoformat())


def _hold(run: int) -> BillingRun:
    """The run, with its row held: before the consumers', and by acts on runs alone."""
    return BillingRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run)


def _check_period(period_from: date, period_to: date, *, today: date) -> None:
    if period_to < period_from:
        raise UnableToStartRun("The last day lies before the first", field="period_to")
    if period_to > today:
        raise UnableToStartRun("The cycle has not ended yet", field="period_to")
    if today - period_to > LONGEST_CYCLE:
        raise UnableToStartRun("The cycle ended more than a year ago", field="period_to")
    if period_to - period_from >= LONGEST_CYCLE:
        raise UnableToStartRun("A cycle is no longer than a year", field="period_from")


def _lock_next(after: int) -> list[int]:
    """The next consumers' keys, with their rows held in rising order."""
    rows = Consumer.objects.filter(pk__gt=after).order_by("pk")
    held = rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
    return list(held[:AT_ONCE])


def _plan(run: BillingRun, consumers: Sequence[int]) -> list[Planned]:
    accounts = accounts_of(consumers)
    cycle = Cycle(run.period_from, run.period_to, first=first_cycle_on() or run.period_from)
    facts = facts_of(accounts, cycle, zone=get_utility().zone)
    return [plan(account, cycle, facts) for account in accounts]


def _issue(run: BillingRun, planned: Sequence[Planned], *, at: datetime) -> None:
    today = day_of(at)
    issue_invoices(
        [each.invoice for each in planned if each.invoice],
        run=run.pk,
        issued_on=today,
        due_on=today + timedelta(days=get_policy().days_to_pay),
        by=run.started_by_id,
        at=at,
    )


def _count(run: BillingRun, planned: Sequence[Planned]) -> None:
    invoices = [each.invoice for each in planned if each.invoice]
    run.issued += len(invoices)
    run.estimated += sum(invoice.is_estimated for invoice in invoices)
    run.billed += sum((invoice.billed for invoice in invoices), ZERO)
    reasons = Counter(run.left_out)
    reasons.update(reason.value for each in planned for reason in each.left_out)
    run.left_out = dict(reasons)


def _end(run: BillingRun, state: RunState, *, at: datetime) -> None:
    run.state, run.ended_at = state, at
    run.save(update_fields=["state", "ended_at"])
    counted = {"run": run.pk, "state": state.value, "issued": run.issued, "billed": str(run.billed)}
    record(Event.BILLING_RUN_ENDED, by=None, at=at, new=counted)


def _owe_the_rest(run: BillingRun, *, at: datetime, again: str = "") -> None:
    """The next batch is owed in the transaction of this one; ``again`` tells failed work apart."""
    key = f"{GO_ON}:{run.pk}:{run.after}:{again}"
    owe(GO_ON, dedupe_key=key, about={"run": run.pk, "after": run.after}, at=at)
