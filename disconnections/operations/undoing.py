"""Undoing a non-payment run before dispatch: what nobody has acted on is closed again (BEY5)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from consumers import guards
from disconnections import protecting
from disconnections.choices import Outcome, RunState
from disconnections.models import NonPaymentRun, RunAccount
from disconnections.notices import request_taken_back
from disconnections.operations.runs import UNDO, end_run, hold_run, owe_the_rest
from disconnections.queries.runs import count_untouched, untouched
from smart360.cases import handling
from smart360.cases.choices import ClosingReason
from smart360.cases.lifecycle import SAY_WHY, says_why
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

AT_ONCE = 50
"""Requests per transaction; each is closed as a person would close it."""
NOTHING_LEFT = "Every request of this run was acted on or has ended: nothing can be undone"


class UnableToUndo(Refusal):
    """The run made nothing, or everything that it made was acted on."""

    sentence_by_default = "This run cannot be undone now"


@operation
def undo_run(
    *, run: int, because: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> None:
    """Let a worker close what the run made and nobody has acted on, with the reason given.

    A run that is at work stops at once. Raises UnableToUndo when nothing is left to undo.
    """
    locked = hold_run(run)
    if form_key is not None:
        about = form_keys.with_contents(f"non-payment run {run}", {"because": because})
        act = "disconnections.undo_run"
        if form_keys.claim(form_key, by=by.pk, act=act, about=about, at=at) is not None:
            return
    if locked.state not in (RunState.RUNNING, RunState.STOPPED, RunState.DONE):
        raise UnableToUndo(is_conflict=True)
    if not says_why(because):
        raise UnableToUndo(SAY_WHY, field="because")
    if not count_untouched(run):
        raise UnableToUndo(NOTHING_LEFT, is_conflict=True)
    locked.state, locked.ended_at, locked.after = RunState.UNDOING, None, 0
    locked.undone_at, locked.undone_by, locked.undone_because = at, by, because
    locked.save(
        update_fields=["state", "ended_at", "after", "undone_at", "undone_by", "undone_because"]
    )
    record(Event.RUN_UNDONE, by=by.pk, at=at, new={"run": run, "made": locked.made}, words=because)
    _owe_the_rest(locked, at=at)


@operation
def go_on_with_undoing(*, run: int, after: int, at: datetime) -> int:
    """Close the next requests of a run that nobody has acted on; how many it closed.

    Paid twice it does nothing the second time. Who pays, or is acted on, meanwhile is left alone.
    """
    locked = hold_run(run)
    if locked.state != RunState.UNDOING or locked.after != after:
        return 0
    accounts = _next_accounts(locked)
    if not accounts:
        end_run(locked, RunState.UNDONE, by=None, at=at)
        return 0
    for consumer in accounts:
        guards.lock_consumer(consumer)
    closed = _close(locked, accounts, at=at)
    locked.after = accounts[-1]
    locked.undone = F("undone") + closed
    locked.save(update_fields=["after", "undone"])
    _owe_the_rest(locked, at=at)
    return closed


def _next_accounts(run: NonPaymentRun) -> list[int]:
    """The next consumers whose request stands as it was made, in rising order."""
    made = RunAccount.objects.filter(run=run, outcome=Outcome.CREATED, consumer__gt=run.after)
    return list(made.order_by("consumer").values_list("consumer", flat=True)[:AT_ONCE])


def _close(run: NonPaymentRun, consumers: Sequence[int], *, at: datetime) -> int:
    """Close what of these nobody has acted on, looked at once the cases are held."""
    made = RunAccount.objects.filter(run=run, consumer__in=consumers, request__isnull=False)
    keys = list(made.order_by("consumer").values_list("request__pk", flat=True))
    cases = {key: handling.lock_case(key) for key in keys}
    left_alone = untouched(run.pk, keys)
    for key in left_alone:
        case = cases[key]
        protecting.close(
            case,
            reason=ClosingReason.OTHER,
            note=run.undone_because,
            by=run.undone_by_id,
            at=at,
        )
        request_taken_back(case, at=at)
    return len(left_alone)


def _owe_the_rest(run: NonPaymentRun, *, at: datetime) -> None:
    """The next batch; a run that was stopped can be undone again."""
    began = run.undone_at.isoformat() if run.undone_at else ""
    owe_the_rest(UNDO, run, at=at, again=began)
