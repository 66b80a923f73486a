"""Change of occupier: one household moves out, another moves in, supply stays on."""

import uuid
from datetime import datetime, timedelta

from billing import ledger
from billing.invoicing import issue_invoices, shown_number
from billing.queries.policies import get_policy
from billing.rules.cycles import InvoiceToBe
from consumers import guards, occupancy
from consumers.models import Category, Consumer, OccupancyChange, ServiceConnection
from consumers.queries.occupancy import guards_of_both
from smart360.comms import outbox
from smart360.custody.queries.moving import Outlook, is_supplied, outlook_of, supplied_at
from smart360.custody.rules.moving import MoveWish, UnableToMove, refuse_who_moves_in
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.organisation.queries import day_of, get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys
from smart360.web.formats import shown_date, shown_money

MOVE = "custody.change_occupier"
MOVED_OUT, MOVED_IN = "account.moved_out", "account.moved_in"
FASTER = "Somebody else changed who lives there meanwhile"

refuses(
    {
        "a_move_is_not_of_the_future": UnableToMove(
            "The day of the move has not come yet", field="moved_on"
        ),
        "a_service_goes_over_as_it_is": UnableToMove(FASTER, is_conflict=True),
        "a_service_goes_over_whole": UnableToMove(FASTER, is_conflict=True),
        "a_move_hands_something_over": UnableToMove(FASTER, is_conflict=True),
    }
)


@operation
def change_occupier(
    *, consumer: int, wish: MoveWish, by: Person, at: datetime, form_key: uuid.UUID
) -> OccupancyChange:
    """Hand a premise over from one household to another on a day, with the readings of that day.

    Who moves out is billed up to the day before and never for anything after it; who moves in is
    supplied and billed from that day on. The same form again gives the first move.
    Raises NoSuchConsumer, LockIsHeld, UnableToMove with the field.
    """
    locked = {
        each: guards.lock_consumer(each) for each in sorted({consumer, wish.account or consumer})
    }
    about = form_keys.with_contents(str(consumer), {"wish": repr(wish)})
    earlier = form_keys.claim(form_key, by=by.pk, act=MOVE, about=about, at=at)
    if earlier:
        return OccupancyChange.objects.select_related("moved_in").get(pk=int(earlier))
    for each in locked:
        guards.refuse_if_held(each, by, at)
    _refuse_open_requests(*locked)
    outlook = outlook_of(consumer, wish.out, today=day_of(at))
    if outlook.warnings and not wish.confirms_unusual:
        raise UnableToMove(outlook.warnings[0], field="confirms_unusual")
    moved_in = _who_moves_in(consumer, wish, outlook, locked, by=by, at=at)
    occupancy.forward_post(locked[consumer], wish.forwards_to, by=by, at=at)
    change = _hand_over(outlook, locked[consumer], moved_in, by=by, at=at)
    number = _bill(outlook.invoice, by=by, at=at)
    ledger.freeze_billing(
        [each.service_connection for each in outlook.handed], case=None, by=by.pk, at=at
    )
    _record(change, outlook, number, by=by, at=at)
    _tell(change, outlook, number, notifies=wish.notifies, at=at)
    form_keys.submitted(
        form_key, form=draft_of(change.moved_out), by=by.pk, act=MOVE, result=str(change.pk)
    )
    return change


def draft_of(consumer: Consumer) -> str:
    """The name of the draft in which a move of this consumer is typed."""
    return f"move:{consumer.account_number}"


@step
def _refuse_open_requests(*consumers: int) -> None:
    numbers = guards_of_both(*consumers)
    if numbers:
        are = "is" if len(numbers) == 1 else "are"
        raise UnableToMove(f"{', '.join(numbers)} {are} open: finish it first", is_conflict=True)


@step
def _who_moves_in(
    consumer: int,
    wish: MoveWish,
    outlook: Outlook,
    locked: dict[int, Consumer],
    *,
    by: Person,
    at: datetime,
) -> Consumer:
    """The account that takes over, opened now if it is a new one."""
    if wish.opens is not None:
        if not Category.objects.filter(pk=wish.opens.category, is_active=True).exists():
            raise UnableToMove(NOT_OFFERED, field="category")
        return occupancy.open_account(wish.opens, by=by, at=at)
    if wish.account is None:
        raise UnableToMove(REQUIRED, field="account")
    found = locked[wish.account]
    states = supplied_at(found.pk, outlook.place.premise)
    utilities = [each.utility_type for each in outlook.handed]
    refuse_who_moves_in(
        consumer, found.pk, status=found.status, has_supply=is_supplied(states, utilities)
    )
    return found


@step
def _hand_over(
    outlook: Outlook, moved_out: Consumer, moved_in: Consumer, *, by: Person, at: datetime
) -> OccupancyChange:
    back = ServiceConnection.objects.filter(
        consumer=moved_in,
        premise=outlook.place.premise,
        utility_type__in=[each.utility_type for each in outlook.handed],
    )
    services = list(back.values_list("pk", flat=True))
    ledger.lift_freeze(services, case=None, by=by.pk, at=at)  # who lived there once
    return occupancy.hand_over(
        outlook.place.premise, moved_out, moved_in, outlook.handed,
        moved_on=outlook.moved_on, by=by, at=at,
    )  # fmt: skip


@step
def _bill(invoice: InvoiceToBe, *, by: Person, at: datetime) -> str:
    """Issue the last invoice; its number, ``""`` where there is nothing to bill."""
    if not invoice.billed:
        return ""
    today = day_of(at)
    due_on = today + timedelta(days=get_policy().days_to_pay)
    (number,) = issue_invoices([invoice], run=None, issued_on=today, due_on=due_on, by=by.pk, at=at)
    return shown_number(number)


@step
def _record(
    change: OccupancyChange, outlook: Outlook, invoice: str, *, by: Person, at: datetime
) -> None:
    """One line on each timeline."""
    facts = {
        "on": change.moved_on.isoformat(),
        "premise": change.premise_id,
        "move": change.pk,
        "services": [each.utility_type for each in outlook.handed],
    }
    went, came = change.moved_out, change.moved_in
    record(
        Event.MOVED_OUT, by=by.pk, at=at, consumer=went.pk,
        new={**facts, "account": came.account_number, "invoice": invoice},
    )  # fmt: skip
    record(
        Event.MOVED_IN, by=by.pk, at=at, consumer=came.pk,
        new={**facts, "account": went.account_number},
    )  # fmt: skip


@step
def _tell(
    change: OccupancyChange, outlook: Outlook, invoice: str, *, notifies: bool, at: datetime
) -> None:
    """Both are written to, if the box was ticked: what was read, and what follows."""
    shared = {
        "service_address": outlook.place.address,
        "moved_on": shown_date(change.moved_on),
        "readings": "; ".join(outlook.sentences) or "no meter",
    }
    currency = get_utility().currency
    billed = shown_money(outlook.invoice.billed, currency) if invoice else "nothing"
    of_both: tuple[tuple[str, Consumer, dict[str, str]], ...] = (
        (MOVED_OUT, change.moved_out, {"invoice": invoice or "none", "billed": billed}),
        (MOVED_IN, change.moved_in, {}),
    )
    for code, consumer, own in of_both:
        outbox.send_from_template(
            case=None,
            consumer=consumer.pk,
            code=code,
            values={
                **shared,
                **own,
                "consumer_name": consumer.name,
                "account_number": consumer.account_number,
            },
            to=consumer.email,
            notifies=notifies,
            at=at,
            dedupe_key=f"{code}:{change.pk}",
        )
