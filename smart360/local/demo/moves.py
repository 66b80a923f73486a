"""Some who have moved lately: supply went over, and the last invoice came with it."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from consumers.choices import AccountStatus
from consumers.models import Category, Consumer, OccupancyChange
from consumers.rules.occupancy import NewAccount
from smart360.custody.operations.moving import change_occupier
from smart360.custody.queries.moving import places_of
from smart360.custody.rules.moving import MoveOut, MoveWish, UnableToMove
from smart360.organisation.queries import day_of
from smart360.staff.models import Person

NEWCOMERS = ("Grace Okafor", "Tomás Herrera", "Mei Lindqvist")
A_MONTH = Decimal(20)
"""What each meter measured between its last reading and the move."""


def make_moves(*, at: datetime) -> None:
    """Three households move out, and somebody new moves in after each."""
    if OccupancyChange.objects.exists():
        return
    by = Person.objects.get(username="cse")
    residential = Category.objects.get(name="Residential").pk
    quiet = Consumer.objects.filter(
        status=AccountStatus.ACTIVE, category=residential, guards=None, cases=None, is_vip=False
    )
    keys = list(quiet.order_by("-pk").values_list("pk", flat=True)[:30])
    waiting = list(NEWCOMERS)
    for days, consumer in enumerate(keys):
        if not waiting:
            return
        email = f"{waiting[0].split()[-1].lower()}@example.com"
        opens = NewAccount(waiting[0], residential, email=email)
        if _moves(consumer, opens, by=by, at=at - timedelta(days=1, hours=days % 5)):
            waiting.pop(0)


def _moves(consumer: int, opens: NewAccount, *, by: Person, at: datetime) -> bool:
    """Whether the household could be let go: it is not billed beyond the day, for instance."""
    place = next(iter(places_of(consumer)), None)
    if place is None:
        return False
    shown = {
        each.id: each.last.value + A_MONTH if each.last else Decimal(1)
        for each in place.services
        if each.meter is not None
    }
    moved_on = max(place.first_day, day_of(at))
    wish = MoveWish(MoveOut(place.premise, moved_on, shown), opens=opens, confirms_unusual=True)
    try:
        change_occupier(consumer=consumer, wish=wish, by=by, at=at, form_key=uuid4())
    except UnableToMove:
        return False
    return True
