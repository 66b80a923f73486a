"""What a change of occupier begins from, and what would come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.queries.closing import closing_invoice
from billing.rules.closing import CannotClose
from billing.rules.cycles import InvoiceToBe
from consumers.choices import ReadingException, SupplyState
from consumers.models import ServiceConnection
from consumers.queries.meters import assignments_of
from consumers.queries.occupancy import supplied_places
from consumers.queries.readings import seen_readings, stretches_of
from consumers.rules.anomalies import Period, periods_of, warning_before
from consumers.rules.occupancy import DAY, HandedService, Place, ServiceThere
from consumers.rules.readings import shown_value, units_between
from smart360.custody.rules.moving import (
    MoveOut,
    UnableToMove,
    check_day,
    check_readings,
    place_of,
    why_not_billed,
)
from smart360.organisation.queries import get_utility


@dataclass(frozen=True)
class Outlook:
    """What goes over, what the old household is billed for it, and what to look at again."""

    place: Place
    handed: tuple[HandedService, ...]
    moved_on: date
    invoice: InvoiceToBe
    warnings: tuple[str, ...]

    @property
    def rows(self) -> list[tuple[ServiceThere, HandedService]]:
        """Each service as it is, and as it goes over."""
        return list(zip(self.place.services, self.handed, strict=True))

    @property
    def sentences(self) -> list[str]:
        """What each meter shows, in words."""
        return [
            f"{service.utility} {shown_value(each.value)} {service.unit}"
            for service, each in self.rows
            if each.value is not None
        ]

    @property
    def last_day(self) -> date:
        """The last day that the old household pays for."""
        return self.moved_on - DAY

    @property
    def total(self) -> Decimal:
        """What the old household owes afterwards; below zero: a credit."""
        return self.invoice.billed + self.invoice.outstanding


def places_of(consumer: int) -> list[Place]:
    """Where a consumer is supplied now."""
    return supplied_places(consumer, zone=get_utility().zone)


def judge_move_out(
    consumer: int, out: MoveOut, *, today: date
) -> tuple[Place, list[HandedService], list[UnableToMove]]:
    """The premise, what goes over, and all that is wrong. Raises UnableToMove without a premise."""
    place = place_of(places_of(consumer), out.premise)
    wrong: list[UnableToMove] = []
    try:
        check_day(place, out.moved_on, today=today)
    except UnableToMove as refusal:
        wrong.append(refusal)
    handed, misread = check_readings(place, out, today=today)
    known = {each.field for each in wrong}
    return place, handed, wrong + [each for each in misread if each.field not in known]


def outlook_of(consumer: int, out: MoveOut, *, today: date) -> Outlook:
    """What would come of a move. Raises UnableToMove with the first thing that is wrong."""
    place, handed, wrong = judge_move_out(consumer, out, today=today)
    if wrong:
        raise wrong[0]
    assert out.moved_on is not None  # nothing is wrong
    shown = {each.service_connection: each.value for each in handed}
    try:
        invoice = closing_invoice(consumer, shown, moved_on=out.moved_on)
    except CannotClose as problem:
        raise why_not_billed(problem) from None
    warnings = _warnings(consumer, place, handed, out.moved_on)
    return Outlook(place, tuple(handed), out.moved_on, invoice, tuple(warnings))


def _warnings(
    consumer: int, place: Place, handed: Sequence[HandedService], moved_on: date
) -> list[str]:
    """What is unusual about what would be used, by the household's own history."""
    lines, zone = assignments_of(consumer), get_utility().zone
    found = []
    for service, each in zip(place.services, handed, strict=True):
        is_read = each.value is not None and service.last is not None
        if not is_read or each.exception == ReadingException.NO_CONSUMPTION:
            continue
        assert service.last is not None
        assert each.value is not None
        used = units_between(service.last.value, each.value, each.exception)
        stretches = stretches_of(lines, service.id, zone=zone)
        history = periods_of(seen_readings(stretches))
        warned = warning_before(Period(service.last.read_on, moved_on, used), history)
        if warned is not None:
            found.append(f"{service.utility}, {warned.kind.label}: {warned.sentence(service.unit)}")
    return found


def supplied_at(consumer: int, premise: int) -> Mapping[str, str]:
    """How each utility of a household stands at a premise, by utility."""
    rows = ServiceConnection.objects.filter(consumer=consumer, premise=premise)
    return dict(rows.values_list("utility_type", "supply_state"))


def is_supplied(states: Mapping[str, str], utilities: Sequence[str]) -> bool:
    """Whether one of these is on there, or was cut and waits to come back."""
    taken = (SupplyState.CONNECTED, SupplyState.OFF_FOR_NOW)
    return any(states.get(each) in taken for each in utilities)
