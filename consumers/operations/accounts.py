"""Taking accounts over from a file, many at once (CON15)."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from consumers.choices import MeterCondition, Verification
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
from smart360.kernel.db import copy_rows, next_keys, operation
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
    _wait_for_others()
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


def _wait_for_others() -> None:
    """One chunk at a time: what is looked up here stays true until it is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('consumers.import'))")


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
    keys = next_keys(Consumer, len(accounts))
    _store_consumers(keys, accounts)
    _store_services(
        [
            (key, service)
            for key, account in zip(keys, accounts, strict=True)
            for service in account.services
        ]
    )
    record_for_each(
        Event.CONSUMER_IMPORTED,
        by=by,
        at=at,
        consumers={
            key: {"line": account.lines[0], "services": len(account.services)}
            for key, account in zip(keys, accounts, strict=True)
        },
    )


CONSUMER_COLUMNS = (
    *("id", "account_number", "name", "status", "is_vip", "category_id", "subcategory_id"),
    *(
        "phone",
        "phone_digits",
        "email",
        "billing_address",
        "registered_on",
        "search_text",
        "version",
    ),
)


def _store_consumers(keys: Iterable[int], accounts: Iterable[ImportedAccount]) -> None:
    categories = {each.name: each.pk for each in Category.objects.all()}
    subcategories = {(each.category_id, each.name): each.pk for each in Subcategory.objects.all()}
    rows = []
    for key, account in zip(keys, accounts, strict=True):
        category = categories[account.category]
        addresses = [service.service_address for service in account.services]
        rows.append(
            (
                key,
                account.account_number,
                account.name,
                account.status,
                account.is_vip,
                category,
                subcategories.get((category, account.subcategory)),
                account.phone,
                phone_digits_of(account.phone),
                account.email,
                account.billing_address,
                account.registered_on,
                search_text_of(account.name, [*addresses, account.billing_address]),
                1,
            )
        )
    copy_rows(Consumer, CONSUMER_COLUMNS, rows)


def _store_services(wanted: Sequence[tuple[int, ImportedService]]) -> None:
    """Premises, connections, devices, meters, assignments and readings, kind by kind."""
    places = dict.fromkeys((key, each.service_address, each.area) for key, each in wanted)
    premises = dict(zip(places, next_keys(Premise, len(places)), strict=True))
    copy_rows(
        Premise,
        ("id", "address", "area"),
        ((premise, address, area) for (_, address, area), premise in premises.items()),
    )
    connections = next_keys(ServiceConnection, len(wanted))
    copy_rows(
        ServiceConnection,
        ("id", "consumer_id", "premise_id", "utility_type", "supply_state", "connected_on"),
        (
            (
                service_connection,
                key,
                premises[key, each.service_address, each.area],
                each.utility,
                each.supply_state,
                each.connected_on,
            )
            for service_connection, (key, each) in zip(connections, wanted, strict=True)
        ),
    )
    _store_meters(
        [
            (service_connection, each)
            for service_connection, (_, each) in zip(connections, wanted, strict=True)
            if each.meter_number
        ]
    )


METER_COLUMNS = (
    *("id", "number", "device_id", "utility_type", "meter_type", "model", "condition", "unit"),
    "installed_on",
)


def _store_meters(metered: Sequence[tuple[int, ImportedService]]) -> None:
    """The meters of these connections, each with its device, assignment and first reading."""
    numbers = [each.device_number for _, each in metered if each.device_number]
    devices = dict(zip(numbers, next_keys(Device, len(numbers)), strict=True))
    copy_rows(Device, ("id", "number"), ((key, number) for number, key in devices.items()))
    meters = next_keys(Meter, len(metered))
    copy_rows(
        Meter,
        METER_COLUMNS,
        (
            (
                meter,
                each.meter_number,
                devices.get(each.device_number),
                each.utility,
                each.meter_type,
                each.model,
                MeterCondition.ACTIVE.value,
                each.unit,
                each.connected_on,
            )
            for meter, (_, each) in zip(meters, metered, strict=True)
        ),
    )
    zone = get_utility().zone
    copy_rows(
        MeterAssignment,
        ("meter_id", "service_connection_id", "during"),
        (
            (
                meter,
                service_connection,
                DateTimeTZRange(datetime.combine(each.connected_on, time(), tzinfo=zone), None),
            )
            for meter, (service_connection, each) in zip(meters, metered, strict=True)
        ),
    )
    copy_rows(
        Reading,
        ("meter_id", "value", "read_on", "verification"),
        (
            (meter, each.reading, each.read_on, Verification.VERIFIED.value)
            for meter, (_, each) in zip(meters, metered, strict=True)
            if each.reading is not None and each.read_on is not None
        ),
    )
