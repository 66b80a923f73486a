"""Storing: accounts that are taken over (CON15), scores of a night, the mark of a VIP.

Accounts by COPY: every constraint and trigger speaks as it does for one row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from consumers.choices import MeterCondition, ReadingException, Verification
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
from consumers.rules.importing import ImportedAccount, ImportedService
from consumers.rules.profiles import phone_digits_of, search_text_of
from smart360.kernel.db import copy_rows, next_keys, step
from smart360.organisation.queries import get_utility
from smart360.trail.choices import Event
from smart360.trail.record import record


@step
def store_accounts(accounts: Sequence[ImportedAccount]) -> list[int]:
    """Add these accounts with their services and meters; their keys, in the order given."""
    keys = next_keys(Consumer, len(accounts))
    _store_consumers(keys, accounts)
    _store_services(
        [
            (key, service)
            for key, account in zip(keys, accounts, strict=True)
            for service in account.services
        ]
    )
    return keys


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
    """The meters of these connections, each with its device, assignment and readings."""
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
        ("meter_id", "value", "read_on", "verification", "exception"),
        (
            (meter, value, read_on, Verification.VERIFIED.value, exception)
            for meter, (_, each) in zip(meters, metered, strict=True)
            for read_on, value, exception in _with_why(each)
        ),
    )


def _with_why(service: ImportedService) -> Iterator[tuple[date, Decimal, str]]:
    """Its readings; one that is like the one before says that nothing was used (W13)."""
    before = None
    for read_on, value in service.readings:
        is_same = value == before
        why = ReadingException.NO_CONSUMPTION if is_same else ReadingException.NONE
        yield read_on, value, why.value
        before = value


@step
def mark_vip(row: Consumer, *, is_vip: bool, words: str, by: int, at: datetime) -> None:
    """Set or take off a locked consumer's VIP mark, with one line on the timeline (CON6).

    The database was told before who acts (guards.act_as). ``words`` say why.
    """
    row.is_vip = is_vip
    row.save(update_fields=["is_vip"])
    told = f"VIP: {'No → Yes' if is_vip else 'Yes → No'}. Reason: {words}"
    new = {"fields": ["VIP"], "is_vip": is_vip}
    record(Event.PROFILE_CHANGED, by=by, at=at, consumer=row.pk, new=new, words=told)


KEEP_SCORES = """
INSERT INTO consumers_consumerfigures AS f (consumer_id, balance, deposit, health_score)
SELECT consumer, 0, 0, score
  FROM unnest(%(consumers)s::bigint[], %(scores)s::smallint[]) AS new (consumer, score)
 ORDER BY consumer
    ON CONFLICT (consumer_id) DO UPDATE SET health_score = excluded.health_score
 WHERE f.health_score IS DISTINCT FROM excluded.health_score
"""
"""In the order in which runs take these rows, so that the two never wait for each other."""


@step
def keep_health_scores(scores: Mapping[int, int]) -> None:
    """Keep consumers' Relationship Health Scores (0 to 100) for lists; only what has changed."""
    values: dict[str, Any] = {"consumers": list(scores), "scores": list(scores.values())}
    with connection.cursor() as cursor:
        cursor.execute(KEEP_SCORES, values)
