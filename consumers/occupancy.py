"""Who lives where: open an account, hand a premise's services from one household to another.

Steps, callable only inside an operation that holds both consumers' rows.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from consumers import guards
from consumers.choices import AccountStatus, SupplyState, Verification
from consumers.metering import Cause, hand_meter_on, keep_reading, lock_meters
from consumers.models import (
    Consumer,
    HandedOverService,
    MeterAssignment,
    OccupancyChange,
    Reading,
    ServiceConnection,
)
from consumers.queries.occupancy import is_number_taken
from consumers.queries.profiles import search_text_now
from consumers.rules.occupancy import HandedService, NewAccount
from consumers.rules.profiles import LABELS, phone_digits_of, search_text_of
from smart360.kernel.db import step
from smart360.kernel.numbering import next_number
from smart360.organisation.queries import day_of, get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web.formats import MISSING

SERIES = "ACC"
ENDS = frozenset({AccountStatus.ACTIVE, AccountStatus.PENDING})
BEGINS = frozenset({AccountStatus.PENDING, AccountStatus.INACTIVE})


@step
def open_account(
    account: NewAccount,
    *,
    status: AccountStatus = AccountStatus.ACTIVE,
    by: Person,
    at: datetime,
) -> Consumer:
    """A new account: Active where what supplies it comes with the same act, else Pending."""
    today = day_of(at)
    number = next_number(series=SERIES, year=today.year)
    while is_number_taken(number):  # one that came with an import
        number = next_number(series=SERIES, year=today.year)
    made = Consumer.objects.create(
        account_number=number,
        name=account.name,
        status=status,
        category_id=account.category,
        phone=account.phone,
        phone_digits=phone_digits_of(account.phone),
        email=account.email,
        billing_address=account.billing_address,
        registered_on=today,
        search_text=search_text_of(account.name, [account.billing_address]),
    )
    new = {"account": number, "status": status.value}
    record(Event.ACCOUNT_OPENED, by=by.pk, at=at, consumer=made.pk, new=new)
    return made


@step
def forward_post(consumer: Consumer, address: str, *, by: Person, at: datetime) -> None:
    """Where post for who moves out goes from now on; ``""`` leaves it as it is."""
    if not address or address == consumer.billing_address:
        return
    before, version = consumer.billing_address or MISSING, consumer.version
    guards.act_as(by)
    consumer.billing_address, consumer.version = address, version + 1
    consumer.search_text = search_text_now(consumer)
    consumer.save(update_fields=["billing_address", "version", "search_text"])
    record(
        Event.PROFILE_CHANGED,
        by=by.pk,
        at=at,
        consumer=consumer.pk,
        old={"version": version},
        new={"version": consumer.version, "fields": ["billing_address"], "guarded_by": []},
        words=f"{LABELS['billing_address']}: {before} → {address}",
    )


@step
def connections_there(consumer: int, premise: int) -> dict[str, ServiceConnection]:
    """What a household was ever supplied with at a premise, by utility."""
    rows = ServiceConnection.objects.filter(consumer=consumer, premise=premise)
    return {each.utility_type: each for each in rows}


@step
def hand_over(
    premise: int,
    moved_out: Consumer,
    moved_in: Consumer,
    services: Sequence[HandedService],
    *,
    moved_on: date,
    by: Person,
    at: datetime,
) -> OccupancyChange:
    """End what one household is supplied with there and begin it for the other, on one day.

    Nothing is cut and no meter moves. What each meter shows is the last reading of the one and the
    first of the other. Who has no service left becomes Inactive, who begins becomes Active.
    """
    guards.act_as(by)
    targets = _targets(moved_in, premise, services, moved_on)
    change = OccupancyChange.objects.create(
        premise_id=premise, moved_out=moved_out, moved_in=moved_in, moved_on=moved_on,
        made_at=at, made_by=by,
    )  # fmt: skip
    HandedOverService.objects.bulk_create(
        HandedOverService(
            change=change,
            from_connection_id=each.service_connection,
            to_connection=targets[each.utility_type],
            meter_id=each.meter,
            read_value=each.value,
        )
        for each in services
    )
    meters = lock_meters([each.meter for each in services if each.meter is not None])
    _keep_readings(services, moved_on)
    ServiceConnection.objects.filter(pk__in=[each.service_connection for each in services]).update(
        supply_state=SupplyState.MOVED_OUT
    )
    for target in targets.values():
        target.supply_state, target.connected_on = SupplyState.CONNECTED, moved_on
        target.save(update_fields=["supply_state", "connected_on"])
    _hand_meters_on(services, targets, sorted(meters), change)
    _end_account(moved_out, by=by, at=at)
    _begin_account(moved_in, by=by, at=at)
    return change


def _targets(
    moved_in: Consumer, premise: int, services: Sequence[HandedService], moved_on: date
) -> Mapping[str, ServiceConnection]:
    """The connections that take over, by utility: those from an earlier time there, or new ones."""
    found = connections_there(moved_in.pk, premise)
    missing = [each for each in services if each.utility_type not in found]
    for each in missing:
        found[each.utility_type] = ServiceConnection.objects.create(
            consumer=moved_in,
            premise_id=premise,
            utility_type=each.utility_type,
            connected_on=moved_on,
        )
    return {each.utility_type: found[each.utility_type] for each in services}


def _keep_readings(services: Sequence[HandedService], moved_on: date) -> None:
    """What each meter shows stands for both, and counts at once: both vouch for it."""
    for each in services:
        if each.meter is None or each.value is None:
            continue
        keep_reading(
            each.meter,
            value=each.value,
            read_on=moved_on,
            exception=each.exception,
            is_verified=True,
        )
        waiting = Reading.objects.filter(
            meter=each.meter, read_on=moved_on, verification=Verification.PENDING
        )
        waiting.update(verification=Verification.VERIFIED)


def _hand_meters_on(
    services: Sequence[HandedService],
    targets: Mapping[str, ServiceConnection],
    meters: Sequence[int],
    change: OccupancyChange,
) -> None:
    """The day of the move is the new household's from its first instant."""
    since = datetime.combine(change.moved_on, time(), tzinfo=get_utility().zone)
    by_meter = {each.meter: each for each in services}
    running = MeterAssignment.objects.filter(meter__in=meters, during__upper_inf=True)
    at, by = change.made_at, change.made_by_id
    out = Cause(number="", case=None, consumer=change.moved_out_id, by=by, at=at)
    into = Cause(number="", case=None, consumer=change.moved_in_id, by=by, at=at)
    for assignment in running.select_related("meter").order_by("meter_id"):
        target = targets[by_meter[assignment.meter_id].utility_type]
        hand_meter_on(assignment, to=target.pk, since=since, out=out, into=into)


def _end_account(consumer: Consumer, *, by: Person, at: datetime) -> None:
    """Who is supplied nowhere any more is Inactive; who owes a collector stays with him."""
    if consumer.status not in ENDS:
        return
    left = ServiceConnection.objects.filter(consumer=consumer, supply_state=SupplyState.CONNECTED)
    if not left.exists():
        set_status(consumer, AccountStatus.INACTIVE, by=by, at=at)


def _begin_account(consumer: Consumer, *, by: Person, at: datetime) -> None:
    """Who is supplied is Active, in the lists again, and found at the new address."""
    was_archived = consumer.archived_at is not None
    if consumer.status in BEGINS:
        set_status(consumer, AccountStatus.ACTIVE, by=by, at=at)
    consumer.search_text = search_text_now(consumer)
    consumer.archived_at = None
    consumer.save(update_fields=["search_text", "archived_at"])
    if was_archived:
        record(Event.ACCOUNT_RESTORED, by=by.pk, at=at, consumer=consumer.pk)


@step
def set_status(consumer: Consumer, status: AccountStatus, *, by: Person, at: datetime) -> None:
    """Another status, with its line on the timeline (CON5)."""
    old, consumer.status = consumer.status, status
    consumer.save(update_fields=["status"])
    record(
        Event.STATUS_CHANGED,
        by=by.pk,
        at=at,
        consumer=consumer.pk,
        old={"status": old},
        new={"status": status.value},
    )
