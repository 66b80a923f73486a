"""The acts on payment arrangements: make one, judge it, cancel it (BIL8, BEY7)."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from billing import ledger
from billing.choices import ArrangementState
from billing.models import Arrangement, Instalment
from billing.notices import arrangement_broken, arrangement_made
from billing.queries.accounts import balances_of, last_posting
from billing.queries.arrangements import running_arrangement, standing
from billing.rules.arrangements import NOTHING_OWED, ArrangementWish, Standing, why_not_parts
from consumers import guards
from consumers.choices import AccountHoldKind
from consumers.models import Consumer
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.money import ZERO
from smart360.kernel.numbering import next_number
from smart360.kernel.text import why_unsaid
from smart360.organisation.queries import day_of, get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys
from smart360.web.formats import shown_money

MAKE = "billing.make_arrangement"
CANCEL = "billing.cancel_arrangement"
LONGEST_REASON = 250
ENDS = {
    ArrangementState.KEPT: Event.ARRANGEMENT_KEPT,
    ArrangementState.BROKEN: Event.ARRANGEMENT_BROKEN,
}


class UnableToArrange(Refusal):
    """These instalments cannot be agreed."""


class UnableToCancelArrangement(Refusal):
    """The arrangement has ended already, or nobody said why."""


refuses(
    {
        "a_consumer_has_one_running_arrangement": UnableToArrange(
            "A payment arrangement is running already", is_conflict=True
        ),
        "ended_arrangements_stay": UnableToCancelArrangement(
            "This payment arrangement has ended already", is_conflict=True
        ),
    }
)


@operation
def make_arrangement(
    *, wish: ArrangementWish, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Arrangement:
    """Agree that what is owed is paid in instalments; until they are missed the account is held.

    The same form key gives the first arrangement again. Raises NoSuchConsumer, UnableToArrange.
    """
    consumer = guards.lock_consumer(wish.consumer)
    if form_key:
        said = {"total": f"{wish.total:f}", "parts": repr(wish.parts)}
        about = form_keys.with_contents(str(consumer.pk), said)
        earlier = form_keys.claim(form_key, by=by.pk, act=MAKE, about=about, at=at)
        if earlier:
            return Arrangement.objects.get(number=earlier)
    judge_running(consumer.pk, at=at)  # what has lapsed is in nobody's way
    today = day_of(at)
    _check(wish, today)
    made = _store(wish, consumer, today=today, by=by, at=at)
    record(
        Event.ARRANGEMENT_MADE,
        by=by.pk,
        at=at,
        consumer=consumer.pk,
        new={**_facts(made), "instalments": len(wish.parts)},
    )
    arrangement_made(made, consumer, wish.parts, at=at)
    if form_key:
        form_keys.submitted(form_key, form="", by=by.pk, act=MAKE, result=made.number)
    return made


def _check(wish: ArrangementWish, today: date) -> None:
    running = running_arrangement(wish.consumer)
    if running is not None:
        raise UnableToArrange(f"{running.number} is running already", is_conflict=True)
    outstanding = balances_of(wish.consumer).outstanding
    if outstanding <= 0:
        raise UnableToArrange(NOTHING_OWED, field="total")
    field, sentence = why_not_parts(wish.parts, today=today)
    if sentence:
        raise UnableToArrange(sentence, field=field)
    currency = get_utility().currency
    total = sum((part.amount for part in wish.parts), ZERO)
    if total != wish.total:
        sums = f"{shown_money(total, currency)}, not to {shown_money(wish.total, currency)}"
        raise UnableToArrange(f"The instalments add up to {sums}", field="total")
    if total > outstanding:
        owed = shown_money(outstanding, currency)
        raise UnableToArrange(f"More than the outstanding {owed}", field="total")


def _store(
    wish: ArrangementWish, consumer: Consumer, *, today: date, by: Person, at: datetime
) -> Arrangement:
    number = next_number(series="PA", year=today.year)
    first = wish.parts[0].due_on
    hold = guards.place_hold(
        consumer.pk,
        kind=AccountHoldKind.ARRANGEMENT,
        source=number,
        from_on=today,
        to_on=first,
        by=by.pk,
        at=at,
    )
    made = Arrangement.objects.create(
        number=number,
        consumer=consumer,
        total=wish.total,
        made_at=at,
        made_by=by,
        after_posting=last_posting(consumer.pk),
        next_due_on=first,
        hold=hold,
    )
    Instalment.objects.bulk_create(
        Instalment(arrangement=made, due_on=part.due_on, amount=part.amount) for part in wish.parts
    )
    return made


@operation
def judge_arrangement(*, consumer: int, at: datetime) -> int:
    """Say whether a consumer's running arrangement is kept so far; 1 when it has ended by this.

    Idempotent: a second look at the same ledger and day changes nothing.
    """
    guards.lock_consumer(consumer)
    return judge_running(consumer, at=at)


@step
def bring_up_to_date(
    consumer: int, *, before: Decimal, closing: int | None = None, by: int | None, at: datetime
) -> None:
    """What follows from the ledger, in the transaction that moved it; ``before`` was owed then.

    The figures' dates, the arrangement that runs, and who waits for the account to owe less.
    Every act that changes what one consumer owes ends with it; ``closing`` is the case whose final
    bill is posted. A refund of a credit does not: who has one owes nothing before and after.
    """
    ledger.refresh_figures(consumer)
    judge_running(consumer, at=at)
    ledger.tell_if_lowered(consumer, before=before, closing=closing, by=by, at=at)


@step
def judge_running(consumer: int, *, at: datetime) -> int:
    """The same inside an act that posts, whose consumer is locked: pages are right at once."""
    arrangement = running_arrangement(consumer)
    if arrangement is None:
        return 0
    outstanding = balances_of(consumer).outstanding
    found = standing(arrangement, today=day_of(at), outstanding=outstanding)
    if found.state == ArrangementState.RUNNING:
        _go_on(arrangement, found)
        return 0
    _end(arrangement, found.state, by=None, at=at)
    record(
        ENDS[found.state],
        by=None,
        at=at,
        consumer=consumer,
        new={
            **_facts(arrangement),
            "paid": f"{found.paid:f}",
            "missed_on": found.missed_on.isoformat() if found.missed_on else "",
        },
    )
    if found.missed_on is not None:
        arrangement_broken(arrangement, found.missed_on, outstanding=outstanding, at=at)
    return 1


def _go_on(arrangement: Arrangement, found: Standing) -> None:
    """The next day to look at, up to which the account stays protected."""
    if found.next_due_on is None or found.next_due_on == arrangement.next_due_on:
        return
    arrangement.next_due_on = found.next_due_on
    arrangement.save(update_fields=["next_due_on"])
    guards.move_hold(arrangement.hold, to_on=found.next_due_on)


@operation
def cancel_arrangement(
    *, number: str, reason: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Arrangement:
    """End an arrangement before its time; what is owed is owed at once again.

    Raises UnableToCancelArrangement.
    """
    consumer = Arrangement.objects.values_list("consumer_id", flat=True).get(number=number)
    guards.lock_consumer(consumer)
    arrangement = Arrangement.objects.select_related("hold").get(number=number)
    if form_key:
        about = form_keys.with_contents(number, {"reason": reason})
        if form_keys.claim(form_key, by=by.pk, act=CANCEL, about=about, at=at) is not None:
            return arrangement
    if judge_running(consumer, at=at):
        arrangement.refresh_from_db()
    if arrangement.state != ArrangementState.RUNNING:
        raise UnableToCancelArrangement(
            f"{number} is {arrangement.get_state_display().lower()} already", is_conflict=True
        )
    if wrong := why_unsaid(reason, at_most=LONGEST_REASON):
        raise UnableToCancelArrangement(wrong, field="reason")
    arrangement.reason = reason.strip()
    _end(arrangement, ArrangementState.CANCELLED, by=by.pk, at=at)
    record(
        Event.ARRANGEMENT_CANCELLED,
        by=by.pk,
        at=at,
        consumer=consumer,
        new=_facts(arrangement),
        words=arrangement.reason,
    )
    return arrangement


@step
def _end(
    arrangement: Arrangement, state: ArrangementState, *, by: int | None, at: datetime
) -> None:
    arrangement.state = state
    arrangement.ended_at = at
    arrangement.ended_by_id = by
    arrangement.next_due_on = None
    arrangement.save(update_fields=["state", "ended_at", "ended_by", "next_due_on", "reason"])
    guards.lift_hold(arrangement.hold, by=by, at=at)


def _facts(arrangement: Arrangement) -> dict[str, object]:
    return {"arrangement": arrangement.number, "total": f"{arrangement.total:f}"}
