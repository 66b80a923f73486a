"""Where meters are, where they were, what they measured (SO4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from consumers.choices import MeterPlace, UtilityType
from consumers.models import InventoryMovement, Meter, MeterAssignment, Warehouse
from smart360.kernel.prepared import A_KEY, Shelf

PREPARED = Shelf()


@dataclass(frozen=True)
class AssignmentLine:
    """One stretch of time in which a meter measured a service; ``until`` None: it does now."""

    meter_id: int
    meter_number: str
    device_number: str
    service_connection: int
    utility: str
    unit: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class MovementLine:
    """One move of a meter in words; ``cause`` is the number of what it was moved for, or ``""``."""

    meter_number: str
    from_place: str
    to_place: str
    cause: str
    moved_at: datetime
    moved_by: str


def assignments_of(consumer: int) -> list[AssignmentLine]:
    """Every meter that a consumer's services have had, newest first; one statement."""
    return [
        AssignmentLine(
            meter_id=row["meter"],
            meter_number=row["meter__number"],
            device_number=row["meter__device__number"] or "",
            service_connection=row["service_connection"],
            utility=UtilityType(row["utility"]).label,
            unit=row["meter__unit"],
            since=row["during"].lower,
            until=row["during"].upper,
        )
        for row in PREPARED.rows("assignments", _assignments, {A_KEY: consumer})
    ]


def _assignments() -> QuerySet[MeterAssignment, Any]:
    rows = MeterAssignment.objects.filter(service_connection__consumer=A_KEY)
    return rows.order_by("-during", "-pk").values(
        "meter", "meter__number", "meter__device__number", "meter__unit", "during",
        "service_connection", utility=F("service_connection__utility_type"),
    )  # fmt: skip


def movements_of(meters: Sequence[int], *, consumer: int) -> list[MovementLine]:
    """Every move of these meters but for another consumer's request, newest first."""
    own = Q(case=None) | Q(case__consumer=consumer)
    rows = (
        InventoryMovement.objects.filter(own, meter__in=meters)
        .select_related("meter", "from_warehouse", "to_warehouse", "moved_by")
        .order_by("-pk")
    )
    return [
        MovementLine(
            meter_number=row.meter.number,
            from_place=place_words(row.from_place, row.from_warehouse),
            to_place=place_words(row.to_place, row.to_warehouse),
            cause=row.cause,
            moved_at=row.moved_at,
            moved_by=row.moved_by.full_name if row.moved_by else "Smart360",
        )
        for row in rows
    ]


@dataclass(frozen=True)
class MeterHistory:
    """What a consumer's services were measured by, and where those meters came from and went."""

    assignments: list[AssignmentLine]
    movements: list[MovementLine]


def meter_history(consumer: int) -> MeterHistory:
    """Both, newest first; at most two statements."""
    assignments = assignments_of(consumer)
    meters = sorted({each.meter_id for each in assignments})
    movements = movements_of(meters, consumer=consumer) if meters else []
    return MeterHistory(assignments, movements)


def place_words(place: str, warehouse: Warehouse | None) -> str:
    """Where a meter is, for a reader: the warehouse by its name."""
    return warehouse.name if warehouse else MeterPlace(place).label


def warehouses() -> list[Warehouse]:
    """Those that take meters, by name."""
    return list(Warehouse.objects.filter(is_active=True).order_by("name"))


def running_assignments(services: Sequence[int]) -> list[MeterAssignment]:
    """What these services are measured with now, each with its meter and device."""
    return list(
        MeterAssignment.objects.filter(
            service_connection__in=services, during__endswith__isnull=True
        )
        .select_related("meter__device", "service_connection")
        .order_by("meter_id")
    )


def meters_in_use(consumer: int) -> list[MeterAssignment]:
    """What measures a consumer's services now, each with its meter and service."""
    running = MeterAssignment.objects.filter(
        service_connection__consumer=consumer, during__upper_inf=True
    )
    return list(running.select_related("meter", "service_connection").order_by("pk"))


def meters_in_stock(utility: str, *, at_most: int = 50) -> list[Meter]:
    """What can be installed for a utility, by number."""
    stock = Meter.objects.filter(place=MeterPlace.IN_WAREHOUSE, utility_type=utility)
    return list(stock.select_related("device", "warehouse").order_by("number")[:at_most])
