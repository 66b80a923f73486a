"""Taking accounts over from a file, many at once (CON15)."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import connection

from consumers.choices import Verification
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
from consumers.rules.importing import ImportedAccount, ImportedService, RowProblem
from consumers.rules.profiles import phone_digits_of, search_text_of
from smart360.kernel.db import operation
from smart360.organisation.queries import get_utility
from smart360.trail.choices import Event
from smart360.trail.record import record_for_each

CHUNK = 1_000
"""How many accounts one transaction takes over."""

ADD_IT = "An administrator adds it first."


@dataclass
class ImportResult:
    """What came of a chunk of accounts, by account number."""

    new: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


class OnlyTried(Exception):
    """Ends a dry run, so that nothing of it is stored; carries what would have come of it."""

    def __init__(self, result: ImportResult) -> None:
        self.result = result
        super().__init__("dry run")


def try_import(
    *, accounts: Sequence[ImportedAccount], by: int | None, at: datetime
) -> ImportResult:
    """What ``import_accounts`` would do, found out by doing it and taking it back."""
    try:
        import_accounts(accounts=accounts, by=by, at=at, is_dry_run=True)
    except OnlyTried as tried:
        return tried.result
    raise AssertionError("a dry run always ends with what it tried")


@operation
def import_accounts(
    *,
    accounts: Sequence[ImportedAccount],
    by: int | None,
    at: datetime,
    is_dry_run: bool = False,
) -> ImportResult:
    """Take over those accounts that are new, each whole; an account that is here is never changed.

    One that is here and the same counts as ``same``, so that a file can be given again after an
    interruption; one that differs, or that wants a meter of another account, is a problem.
    Raises OnlyTried at the end of a dry run.
    """
    with connection.cursor() as cursor:  # one import at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('consumers.import'))")
    result = ImportResult()
    known = _known_accounts([account.account_number for account in accounts])
    fresh = []
    for account in accounts:
        if account.account_number in known:
            _compare(account, known[account.account_number], result)
        else:
            fresh.append(account)
    fresh = _without_problems(fresh, result)
    _store(fresh, by=by, at=at)
    result.new = [account.account_number for account in fresh]
    if is_dry_run:
        raise OnlyTried(result)
    return result


def _compare(account: ImportedAccount, known: ImportedAccount, result: ImportResult) -> None:
    differing = account.differences(known)
    if not differing:
        result.same.append(account.account_number)
        return
    result.problems.append(
        RowProblem(
            account.lines[0],
            account.account_number,
            differing[0],
            f"This account is here already with other data ({', '.join(differing)}). Not changed.",
        )
    )


# ------------------------------------------------------------------ what is here already
SERVICES = """
SELECT sc.consumer_id, sc.utility_type, p.address, p.area, sc.supply_state, sc.connected_on,
       coalesce(m.number, ''), coalesce(d.number, ''), coalesce(m.meter_type, ''),
       coalesce(m.model, ''), coalesce(m.unit, ''), first.value, first.read_on
  FROM consumers_serviceconnection sc
  JOIN consumers_premise p ON p.id = sc.premise_id
  LEFT JOIN consumers_meterassignment a
    ON a.service_connection_id = sc.id AND upper_inf(a.during)
  LEFT JOIN consumers_meter m ON m.id = a.meter_id
  LEFT JOIN consumers_device d ON d.id = m.device_id
  LEFT JOIN LATERAL (
       SELECT value, read_on FROM consumers_reading
        WHERE meter_id = m.id ORDER BY read_on LIMIT 1) AS first ON true
 WHERE sc.consumer_id = ANY(%s)
 ORDER BY sc.id
"""


def _known_accounts(numbers: list[str]) -> dict[str, ImportedAccount]:
    """The accounts that are here, as a file would have them, with each meter's first reading."""
    consumers = list(
        Consumer.objects.select_related("category", "subcategory").filter(
            account_number__in=numbers
        )
    )
    services: dict[int, list[ImportedService]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SERVICES, [[consumer.pk for consumer in consumers]])
        for row in cursor.fetchall():
            services.setdefault(row[0], []).append(_service_of(row))
    return {
        consumer.account_number: ImportedAccount(
            account_number=consumer.account_number,
            name=consumer.name,
            phone=consumer.phone,
            email=consumer.email,
            category=consumer.category.name,
            subcategory=consumer.subcategory.name if consumer.subcategory else "",
            is_vip=consumer.is_vip,
            status=consumer.status,
            registered_on=consumer.registered_on,
            billing_address=consumer.billing_address,
            services=tuple(services.get(consumer.pk, ())),
            lines=(),
        )
        for consumer in consumers
    }


def _service_of(row: Sequence[Any]) -> ImportedService:
    """The columns of ``SERVICES`` stand in the order of the fields."""
    return ImportedService(*row[1:])


# ------------------------------------------------------------------ what is new
def _without_problems(
    accounts: Iterable[ImportedAccount], result: ImportResult
) -> list[ImportedAccount]:
    """Those that can be stored; the others' problems go to ``result``."""
    accounts = list(accounts)
    categories = {each.name: each.pk for each in Category.objects.all()}
    subcategories = set(Subcategory.objects.values_list("category__name", "name"))
    taken = _taken_numbers(accounts)
    kept = []
    for account in accounts:
        problems = list(_problems_of(account, categories.keys(), subcategories, taken))
        result.problems += problems
        if not problems:
            kept.append(account)
    return kept


def _taken_numbers(accounts: Sequence[ImportedAccount]) -> set[tuple[str, str]]:
    """Meters and devices of these accounts that are here already; their accounts are new."""
    services = [service for account in accounts for service in account.services]
    meters = Meter.objects.filter(number__in=[each.meter_number for each in services])
    devices = Device.objects.filter(number__in=[each.device_number for each in services])
    return {("meter_number", number) for number in meters.values_list("number", flat=True)} | {
        ("device_number", number) for number in devices.values_list("number", flat=True)
    }


def _problems_of(
    account: ImportedAccount,
    categories: Container[str],
    subcategories: Container[tuple[str, str]],
    taken: Container[tuple[str, str]],
) -> Iterator[RowProblem]:
    line, number = account.lines[0], account.account_number
    if account.category not in categories:
        yield RowProblem(line, number, "category", f"{account.category} is not known. {ADD_IT}")
    elif account.subcategory and (account.category, account.subcategory) not in subcategories:
        sentence = f"{account.subcategory} is not known within {account.category}. {ADD_IT}"
        yield RowProblem(line, number, "subcategory", sentence)
    for service in account.services:
        for column in ("meter_number", "device_number"):
            if (column, getattr(service, column)) in taken:
                word = column.replace("_number", "").capitalize()
                sentence = (
                    f"{word} {getattr(service, column)} is here already, not on this account."
                )
                yield RowProblem(line, number, column, sentence)


def _store(accounts: Sequence[ImportedAccount], *, by: int | None, at: datetime) -> None:
    """Write the accounts in set form, each with its line on the timeline."""
    if not accounts:
        return
    categories = {each.name: each for each in Category.objects.all()}
    subcategories = {(each.category_id, each.name): each for each in Subcategory.objects.all()}
    consumers = Consumer.objects.bulk_create(
        [_consumer_of(account, categories, subcategories) for account in accounts]
    )
    _store_services(zip(consumers, accounts, strict=True))
    record_for_each(
        Event.CONSUMER_IMPORTED,
        by=by,
        at=at,
        consumers={
            consumer.pk: {"line": account.lines[0], "services": len(account.services)}
            for consumer, account in zip(consumers, accounts, strict=True)
        },
    )


def _consumer_of(
    account: ImportedAccount,
    categories: Mapping[str, Category],
    subcategories: Mapping[tuple[int, str], Subcategory],
) -> Consumer:
    category = categories[account.category]
    addresses = [service.service_address for service in account.services]
    return Consumer(
        account_number=account.account_number,
        name=account.name,
        status=account.status,
        is_vip=account.is_vip,
        category=category,
        subcategory=subcategories.get((category.pk, account.subcategory)),
        phone=account.phone,
        phone_digits=phone_digits_of(account.phone),
        email=account.email,
        billing_address=account.billing_address,
        registered_on=account.registered_on,
        search_text=search_text_of(account.name, [*addresses, account.billing_address]),
    )


def _store_services(pairs: Iterable[tuple[Consumer, ImportedAccount]]) -> None:
    """Premises, connections, devices, meters, assignments and readings, kind by kind."""
    wanted = [(consumer, each) for consumer, account in pairs for each in account.services]
    places: dict[tuple[int, str, str], Premise] = {}
    for consumer, each in wanted:
        place = (consumer.pk, each.service_address, each.area)
        places.setdefault(place, Premise(address=each.service_address, area=each.area))
    Premise.objects.bulk_create(places.values())
    connections = ServiceConnection.objects.bulk_create(
        ServiceConnection(
            consumer=consumer,
            premise=places[consumer.pk, each.service_address, each.area],
            utility_type=each.utility,
            supply_state=each.supply_state,
            connected_on=each.connected_on,
        )
        for consumer, each in wanted
    )
    metered = [
        (service_connection, each)
        for service_connection, (_, each) in zip(connections, wanted, strict=True)
        if each.meter_number
    ]
    _store_meters(metered)


def _store_meters(metered: Sequence[tuple[ServiceConnection, ImportedService]]) -> None:
    devices = {
        device.number: device
        for device in Device.objects.bulk_create(
            Device(number=each.device_number) for _, each in metered if each.device_number
        )
    }
    meters = Meter.objects.bulk_create(
        Meter(
            number=each.meter_number,
            device=devices.get(each.device_number),
            utility_type=each.utility,
            meter_type=each.meter_type,
            model=each.model,
            unit=each.unit,
            installed_on=each.connected_on,
        )
        for _, each in metered
    )
    zone = get_utility().zone
    MeterAssignment.objects.bulk_create(
        MeterAssignment(
            meter=meter,
            service_connection=service_connection,
            during=(datetime.combine(each.connected_on, time(), tzinfo=zone), None),
        )
        for meter, (service_connection, each) in zip(meters, metered, strict=True)
    )
    Reading.objects.bulk_create(
        Reading(
            meter=meter,
            value=each.reading,
            read_on=each.read_on,
            verification=Verification.VERIFIED,
        )
        for meter, (_, each) in zip(meters, metered, strict=True)
        if each.reading is not None and each.read_on is not None
    )
