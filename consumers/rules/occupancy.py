"""Who moves out of where, who moves in, and what goes over. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol, TypeVar

from consumers.choices import ReadingException, SupplyState, UtilityType
from consumers.rules.readings import KnownReading

DAY = timedelta(days=1)


class Supplied(Protocol):
    """Anything that says how a service stands."""

    @property
    def supply_state(self) -> str:
        """A code of ``SupplyState``."""


S = TypeVar("S", bound=Supplied)


def still_theirs(services: Iterable[S]) -> tuple[S, ...]:
    """The services that a request can be about: not those of a place that was left.

    Who has nothing else keeps them, so that a page can say why there is nothing to ask for.
    """
    every = tuple(services)
    return tuple(each for each in every if each.supply_state != SupplyState.MOVED_OUT) or every


@dataclass(frozen=True)
class NewAccount:
    """Somebody who is no consumer yet; ``category`` by primary key."""

    name: str
    category: int
    phone: str = ""
    email: str = ""
    billing_address: str = ""


@dataclass(frozen=True)
class HandedService:
    """One service that goes over, and what its meter shows; both None where there is none."""

    service_connection: int
    utility_type: str
    meter: int | None = None
    value: Decimal | None = None
    exception: ReadingException = ReadingException.NONE


@dataclass(frozen=True, slots=True)
class ServiceThere:
    """One service that is supplied; meter and reading are None where there is none."""

    id: int
    utility_type: str
    connected_on: date
    meter: int | None
    meter_number: str
    unit: str
    measured_since: date | None
    last: KnownReading | None

    @property
    def utility(self) -> str:
        """As a reader says it."""
        return str(UtilityType(self.utility_type).label)

    @property
    def field(self) -> str:
        """The form's own name for what its meter shows."""
        return f"reading_{self.id}"


@dataclass(frozen=True, slots=True)
class Place:
    """One premise at which a household is supplied, with all that is."""

    premise: int
    address: str
    services: tuple[ServiceThere, ...]

    @property
    def first_day(self) -> date:
        """The first day on which somebody else can move in."""
        days = [each.connected_on + DAY for each in self.services]
        days += [each.measured_since + DAY for each in self.services if each.measured_since]
        days += [each.last.read_on for each in self.services if each.last]
        return max(days)
