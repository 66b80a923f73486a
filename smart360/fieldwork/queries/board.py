"""The day board of the dispatchers: who is there, for how long, with what to do (SO3)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from smart360.fieldwork.choices import LIVE_STATUSES, WITH_A_DAY, OrderStatus
from smart360.fieldwork.models import ServiceOrder, Technician
from smart360.fieldwork.queries.orders import OrderRow, rows_of
from smart360.fieldwork.queries.technicians import with_day, with_skills

MOST_WAITING = 50
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Column:
    """A technician's day: the minutes there are, those planned, and the orders in their turn."""

    technician: int
    name: str
    areas: tuple[str, ...]
    skills: tuple[str, ...]
    minutes: int
    planned: int
    orders: tuple[OrderRow, ...]

    @property
    def free(self) -> int:
        """The minutes that are left."""
        return self.minutes - self.planned

    @property
    def percent(self) -> int:
        """How much of the day is planned, 0 to 100."""
        return round(100 * self.planned / self.minutes) if self.minutes else 100


@dataclass(frozen=True, slots=True)
class Board:
    """One day: a column for each technician, what nobody has yet, and what no day shows.

    ``left_over``: planned for a day that is over and not done; ``has_more_…``: more than shown.
    """

    day: date
    columns: tuple[Column, ...]
    unassigned: tuple[OrderRow, ...]
    without_day: tuple[OrderRow, ...]
    left_over: tuple[OrderRow, ...] = ()
    has_more_without_day: bool = False
    has_more_left_over: bool = False

    @property
    def previous_day(self) -> date | None:
        """The day before; None before the first that there is."""
        return self.day - DAY if self.day > date.min else None

    @property
    def next_day(self) -> date | None:
        """The day after; None after the last that there is."""
        return self.day + DAY if self.day < date.max else None

    @property
    def planned(self) -> int:
        """The minutes planned for everybody."""
        return sum(column.planned for column in self.columns)

    @property
    def minutes(self) -> int:
        """The minutes that there are."""
        return sum(column.minutes for column in self.columns)


def day_board(day: date, *, today: date) -> Board:
    """The board of a day; four statements."""
    of_day = ServiceOrder.objects.filter(scheduled_on=day).exclude(status=OrderStatus.CANCELLED)
    orders = rows_of(of_day.order_by("starts", "id"))
    by_technician: dict[int | None, list[OrderRow]] = defaultdict(list)
    for each in orders:
        by_technician[each.technician].append(each)
    waiting = ServiceOrder.objects.filter(status=OrderStatus.OPEN).order_by("id")
    without_day = rows_of(waiting[: MOST_WAITING + 1])
    late = ServiceOrder.objects.filter(status__in=WITH_A_DAY, scheduled_on__lt=today)
    left_over = rows_of(late.order_by("scheduled_on", "id")[: MOST_WAITING + 1])
    return Board(
        day=day,
        columns=_columns(day, by_technician),
        unassigned=tuple(each for each in by_technician[None] if each.status in LIVE_STATUSES),
        without_day=tuple(without_day[:MOST_WAITING]),
        has_more_without_day=len(without_day) > MOST_WAITING,
        left_over=tuple(left_over[:MOST_WAITING]),
        has_more_left_over=len(left_over) > MOST_WAITING,
    )


def _columns(day: date, orders: dict[int | None, list[OrderRow]]) -> tuple[Column, ...]:
    """Everybody who works, and who was retired but has something that day; by name."""
    has_orders = [technician for technician in orders if technician is not None]
    here = Q(is_active=True, person__is_active=True) | Q(pk__in=has_orders)
    technicians = with_day(with_skills(Technician.objects.filter(here)), day)
    return tuple(
        Column(
            technician=each.pk,
            name=each.person.full_name,
            areas=tuple(each.areas),
            skills=tuple(vars(each)["skill_names"]),
            minutes=vars(each)["there"],
            planned=vars(each)["planned"],
            orders=tuple(orders.get(each.pk, ())),
        )
        for each in technicians.select_related("person").order_by("person__full_name", "pk")
    )
