"""Acts that only the demo needs: many accounts at once, and a past that nobody lived through."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import Group
from django.db.models import F
from django.urls import reverse
from holidays import country_holidays

from consumers import guards
from consumers.models import (
    Category,
    Consumer,
    Device,
    Meter,
    MeterAssignment,
    Premise,
    Reading,
    ServiceConnection,
    Subcategory,
)
from consumers.rules.profiles import phone_digits_of, plain_phone, search_text_of
from disconnections.executing import carry_out
from disconnections.queries.closures import gather
from disconnections.queries.reconnections import gather as gather_reconnection
from disconnections.reconnecting import bring_back
from disconnections.rules.closures import checklist
from disconnections.rules.reconnections import LastReading, reconnection_checklist
from smart360.cases import handling
from smart360.cases.approvals import decide
from smart360.cases.choices import ApprovalState, CaseKind
from smart360.cases.models import Approval, Case
from smart360.cases.queries.approvals import approval_of
from smart360.fieldwork.models import OrderTemplate, ServiceOrder, Technician
from smart360.fieldwork.orders import assign_order, create_order
from smart360.kernel.db import operation
from smart360.kernel.errors import Broken
from smart360.kernel.numbering import go_on_after
from smart360.organisation.models import BusinessCalendar, BusinessHours, Holiday, Utility
from smart360.organisation.queries import day_of, get_utility
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.staff.access import people_who_may
from smart360.staff.choices import Role
from smart360.staff.models import Person, RoleMembership
from smart360.staff.permissions import Permission


@dataclass(frozen=True)
class DemoMeter:
    """A meter with what it showed."""

    utility_type: str
    number: str
    device: str
    meter_type: str
    model: str
    unit: str
    supply_state: str
    readings: Sequence[tuple[date, Decimal]] = ()


@dataclass(frozen=True)
class DemoAccount:
    """One account of the demo, with what serves it."""

    account_number: str
    name: str
    status: str
    category: str
    subcategory: str
    phone: str
    email: str
    address: str
    area: str
    registered_on: date
    is_vip: bool = False
    meters: Sequence[DemoMeter] = field(default_factory=tuple)


@operation
def add_staff(*, people: Sequence[tuple[str, str, Role]], password: str) -> None:
    """The demo's people, each with one role and the password that everybody knows."""
    for username, full_name, role in people:
        if Person.objects.filter(username=username).exists():
            continue
        person = Person(
            username=username,
            full_name=full_name,
            email=f"{username}@springfield.example",
            is_demo=True,
            wants_notices_by_email=False,
        )
        person.set_password(password)
        person.save(force_insert=True)
        RoleMembership.objects.create(person=person, group=Group.objects.get(name=role.value))


@operation
def set_up_utility(*, years: Sequence[int]) -> None:
    """Springfield Utilities, its office hours and the public holidays of Illinois."""
    Utility.objects.filter(pk=1).update(
        name="Springfield Utilities",
        address="1 Main Street, Springfield, IL 62701",
        phone="(555) 010-0100",
        email="service@springfield.example",
        emergency_phone="(555) 010-0911",
        business_hours="Weekdays 8:00 AM – 6:00 PM",
        time_zone="America/Chicago",
    )
    calendar, is_new = BusinessCalendar.objects.get_or_create(
        name="Springfield office", defaults={"time_zone": "America/Chicago"}
    )
    if not is_new:
        return
    BusinessHours.objects.bulk_create(
        BusinessHours(calendar=calendar, weekday=weekday, opens="08:00", closes="18:00")
        for weekday in range(1, 6)
    )
    Holiday.objects.bulk_create(
        Holiday(calendar=calendar, day=day, name=name[:80])
        for day, name in sorted(country_holidays("US", subdiv="IL", years=list(years)).items())
    )


@operation
def add_accounts(
    *, accounts: Sequence[DemoAccount], categories: dict[str, tuple[str, ...]]
) -> None:
    """All accounts in set form: consumers, premises, connections, meters, readings."""
    kinds: dict[tuple[str, str], Subcategory] = {}
    for name, finer in categories.items():
        category, _ = Category.objects.get_or_create(name=name)
        for each in finer:
            kinds[name, each], _ = Subcategory.objects.get_or_create(category=category, name=each)
    consumers = Consumer.objects.bulk_create(
        (
            Consumer(
                account_number=account.account_number,
                name=account.name,
                status=account.status,
                is_vip=account.is_vip,
                category_id=kinds[account.category, account.subcategory].category_id,
                subcategory=kinds[account.category, account.subcategory],
                phone=phone,
                phone_digits=phone_digits_of(phone),
                email=account.email,
                registered_on=account.registered_on,
                search_text=search_text_of(account.name, [account.address]),
            )
            for account in accounts
            for phone in [plain_phone(account.phone, "US") or ""]
        ),
        batch_size=1000,
    )
    premises = Premise.objects.bulk_create(
        (Premise(address=account.address, area=account.area) for account in accounts),
        batch_size=1000,
    )
    _add_services(accounts, consumers, premises)


Served = tuple[DemoAccount, Consumer, Premise, DemoMeter]
"""One service of one account, with the meter that measures it."""


def _add_services(
    accounts: Sequence[DemoAccount], consumers: Sequence[Consumer], premises: Sequence[Premise]
) -> None:
    """What serves the accounts, in the same order."""
    pairs = [
        (account, consumer, premise, meter)
        for account, consumer, premise in zip(accounts, consumers, premises, strict=True)
        for meter in account.meters
    ]
    connections = ServiceConnection.objects.bulk_create(
        (
            ServiceConnection(
                consumer=consumer,
                premise=premise,
                utility_type=meter.utility_type,
                supply_state=meter.supply_state,
                connected_on=account.registered_on,
            )
            for account, consumer, premise, meter in pairs
        ),
        batch_size=1000,
    )
    _add_meters(pairs, connections)


def _add_meters(pairs: Sequence[Served], connections: Sequence[ServiceConnection]) -> None:
    """The meter of each connection, in the same order, with its device and its readings."""
    devices = Device.objects.bulk_create(
        (Device(number=meter.device) for *_, meter in pairs), batch_size=1000
    )
    meters = Meter.objects.bulk_create(
        (
            Meter(
                number=meter.number,
                device=device,
                utility_type=meter.utility_type,
                meter_type=meter.meter_type,
                model=meter.model,
                unit=meter.unit,
                installed_on=account.registered_on,
            )
            for (account, *_, meter), device in zip(pairs, devices, strict=True)
        ),
        batch_size=1000,
    )
    MeterAssignment.objects.bulk_create(
        (
            MeterAssignment(
                meter=row,
                service_connection=service_connection,
                during=(datetime.fromisoformat(f"{account.registered_on}T12:00:00+00:00"), None),
            )
            for (account, *_), row, service_connection in zip(
                pairs, meters, connections, strict=True
            )
        ),
        batch_size=1000,
    )
    Reading.objects.bulk_create(
        (
            Reading(meter=row, read_on=day, value=value)
            for (*_, meter), row in zip(pairs, meters, strict=True)
            for day, value in meter.readings
        ),
        batch_size=5000,
    )


@operation
def take_over_numbers(*, series: str, year: int, last: int) -> None:
    """Let a number series go on after numbers that were given elsewhere."""
    go_on_after(series=series, year=year, last=last)


@operation
def complete_in_the_past(*, case: int, by: Person, at: datetime) -> None:
    """Carry a request out as it happened before the demo began.

    It goes the way that Execute goes, with a service order that was done; what nobody lived
    through are its conditions: checklist, typed devices, bill (ADR 24).
    """
    consumer_id = Case.objects.values_list("consumer_id", flat=True).get(pk=case)
    consumer = guards.lock_consumer(consumer_id or 0)
    locked = handling.lock_case(case)
    if locked.kind == CaseKind.DISCONNECTION:
        _carry_out_in_the_past(locked, consumer, by=by, at=at)
        return
    _reconnect_in_the_past(locked, consumer, by=by, at=at)


def _carry_out_in_the_past(locked: Case, consumer: Consumer, *, by: Person, at: datetime) -> None:
    gathered = gather(locked, at=at)
    services = [plan.service_connection for plan in gathered.facts.meters]
    carry_out(
        locked,
        consumer,
        gathered.asked,
        plans=gathered.facts.meters,
        service_order=_order_in_the_past(locked, consumer, "DIS-A", services, by=by, at=at),
        approval=_approved_in_the_past(locked, by=by, at=at),
        items_done=checklist(gathered.facts).done,
        by=by,
        at=at,
    )


def _order_in_the_past(
    locked: Case,
    consumer: Consumer,
    code: str,
    services: Sequence[int],
    *,
    by: Person,
    at: datetime,
) -> ServiceOrder:
    """A visit of that day, by whoever had the time; ``by`` goes when there is no technician."""
    made = create_order(
        template=OrderTemplate.objects.get(code=code),
        consumer=consumer.pk,
        case=locked,
        services=services,
        scheduled_on=None,
        window=None,
        remarks="",
        by=by,
        at=at,
    )
    day = at.astimezone(get_utility().zone).date()
    technicians = list(Technician.objects.order_by("pk").values_list("pk", flat=True))
    if not technicians:
        technicians = [Technician.objects.create(person=by).pk]
    first = locked.pk % len(technicians)
    for technician in technicians[first:] + technicians[:first]:
        if assign_order(made, technician, day, window=None, by=by.pk, at=at):
            return made
    raise Broken(f"{locked.number}: nobody had time on {day}")


def _approved_in_the_past(locked: Case, *, by: Person, at: datetime) -> Approval | None:
    """What waited for approval was approved by a supervisor, before."""
    approval = approval_of(locked.pk)
    if approval is None or approval.state != ApprovalState.PENDING:
        return approval
    strangers = {by.pk, locked.created_by_id, approval.asked_by_id}
    for boss in people_who_may(Permission.APPROVE_REQUEST):
        if boss.pk not in strangers:
            path = reverse("request_detail", args=[locked.number])
            return decide(
                locked, decision=ApprovalState.APPROVED, note="", by=boss, at=at, path=path
            )
    raise Broken(f"{locked.number}: nobody may approve it")


def _reconnect_in_the_past(locked: Case, consumer: Consumer, *, by: Person, at: datetime) -> None:
    """The way that Execute goes: each meter that hangs free measures again, from what it showed."""
    gathered = gather_reconnection(locked, at=at)
    day = day_of(at)
    services = []
    for each in gathered.facts.services:
        if each.in_place is None:
            services.append(replace(each, is_measured=False))
            continue
        last = each.in_place.last or LastReading(Decimal(0), day)
        begins = replace(each, meter=each.in_place, reading=last.value, read_on=day)
        services.append(begins)
    connections = [each.service_connection for each in services]
    bring_back(
        locked,
        consumer,
        gathered.asked,
        services=services,
        service_order=_order_in_the_past(locked, consumer, "REC-A", connections, by=by, at=at),
        approval=_approved_in_the_past(locked, by=by, at=at),
        items_done=reconnection_checklist(gathered.facts).done,
        by=by,
        at=at,
    )


@operation
def settle_the_past(*, before: datetime, at: datetime) -> None:
    """What workers would have paid long ago is paid; receipts are made slowly, after the start."""
    past = OwedWork.objects.filter(state=OwedState.WAITING, owed_at__lt=before)
    past.filter(queue="MAIL").update(state=OwedState.DONE, done_at=F("owed_at"), attempts=1)
    receipts = list(past.filter(queue="PDF").order_by("-owed_at"))
    for position, work in enumerate(receipts):  # one at a time, so that a new receipt never waits
        work.next_at = at + timedelta(seconds=60 + 2 * position)
    OwedWork.objects.bulk_update(receipts, ["next_at"])
