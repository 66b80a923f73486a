"""What a request's final bill is made from, read fresh: meters, readings, tariffs, balances."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case as SqlCase
from django.db.models import F, Q, When

from billing.choices import InvoiceKind, InvoiceState, LineKind, ReadingBasis
from billing.models import (
    BillAdjustment,
    FinalReading,
    Invoice,
    InvoiceSection,
    SettlementChoice,
    Tariff,
)
from billing.models.invoices import SEALED
from billing.ports import RequestTerms
from billing.queries.accounts import balances_of, last_posting
from billing.queries.cycles import rates_of
from billing.rules.final_bills import (
    AddedSum,
    Basis,
    BillContent,
    BillLine,
    BillSection,
    EnteredReading,
    missing_readings,
)
from billing.rules.rating import DAY, Correction, RatedSection, Rates, rate
from billing.rules.settlement import deposit_is_used
from consumers.choices import ReadingException, UtilityType
from consumers.models import MeterAssignment, ServiceConnection
from consumers.rules.readings import KnownReading, units_along
from smart360.cases.models import Case
from smart360.kernel.money import ZERO

SAY_WHAT_BECOMES = "Say what becomes of the security deposit"
MONTHS_OF_HISTORY = 13

NEWEST_READINGS = """
SELECT m.id, r.value, r.read_on, r.exception FROM unnest(%(meters)s::bigint[]) AS m(id)
 CROSS JOIN LATERAL (
    SELECT value, read_on, exception FROM consumers_reading
     WHERE meter_id = m.id AND verification <> 'REJECTED'
       AND NOT EXISTS (SELECT 1 FROM billing_invoicesection s
                         JOIN billing_invoice i ON i.id = s.invoice_id
                        WHERE i.case_id = %(case)s AND i.taken_back_at IS NOT NULL
                          AND s.meter_id = m.id AND s.read_on = consumers_reading.read_on)
     ORDER BY read_on DESC LIMIT %(most)s) r
 ORDER BY m.id, r.read_on
"""


@dataclass(frozen=True)
class MeterFacts:
    """The meter of a service, as a bill shows it."""

    id: int
    number: str
    device_number: str
    meter_type: str
    unit: str
    installed_on: date | None = None


@dataclass(frozen=True)
class BilledUpTo:
    """Where the last invoice of a service ended."""

    section: int
    to_on: date
    meter: int | None
    reading: Decimal | None
    read_on: date | None


@dataclass(frozen=True)
class ServiceFacts:
    """One service of a request, with what its last bill begins from.

    ``history``  the newest readings of its meter, oldest first; the last is the one to be beaten
    """

    service_connection: int
    utility_type: str
    connected_on: date
    is_frozen: bool
    meter: MeterFacts | None
    history: tuple[KnownReading, ...]
    billed: BilledUpTo | None

    @property
    def previous(self) -> KnownReading | None:
        """The last reading on record."""
        return self.history[-1] if self.history else None

    @property
    def usual(self) -> tuple[KnownReading, ...]:
        """The readings from which the usual consumption follows.

        With one alone: that the meter showed nothing when it was installed.
        """
        if len(self.history) == 1 and self.meter and self.meter.installed_on:
            return (KnownReading(Decimal(0), self.meter.installed_on), *self.history)
        return self.history

    @property
    def utility(self) -> str:
        """As a reader says it."""
        return str(UtilityType(self.utility_type).label)

    @property
    def base(self) -> KnownReading | None:
        """The reading up to which consumption is paid for, else the last on record."""
        billed, meter = self.billed, self.meter
        if billed and meter and billed.meter == meter.id and billed.reading is not None:
            return KnownReading(billed.reading, billed.read_on or billed.to_on)
        return self.previous

    @property
    def begins_on(self) -> date:
        """The first day not billed yet; after a reconnection not before that."""
        if self.billed:
            return max(self.billed.to_on + DAY, self.connected_on)
        return self.previous.read_on + DAY if self.previous else self.connected_on


@dataclass(frozen=True)
class BillInputs:
    """A final bill as it would be now, and what is missing before it can be approved."""

    content: BillContent
    digest: str
    missing: tuple[str, ...]
    readings: tuple[EnteredReading, ...]
    has_frozen_service: bool


def services_of(case: int, terms: RequestTerms) -> tuple[ServiceFacts, ...]:
    """The services of a request with their meters, in the order of the bill; four statements."""
    found = ServiceConnection.objects.filter(pk__in=terms.services)
    meters = _meters_of(terms.services)
    readings = _readings_of(case, [meter.id for meter in meters.values()])
    billed = _billed_up_to(terms.services)
    return tuple(
        ServiceFacts(
            service_connection=each.pk,
            utility_type=each.utility_type,
            connected_on=each.connected_on,
            is_frozen=each.billing_frozen_at is not None,
            meter=meters.get(each.pk),
            history=tuple(readings[meters[each.pk].id]) if each.pk in meters else (),
            billed=billed.get(each.pk),
        )
        for each in found.order_by("utility_type", "pk")
    )


def _meters_of(services: Sequence[int]) -> dict[int, MeterFacts]:
    """The meter that measures each service, or measured it last."""
    rows = (
        MeterAssignment.objects.filter(service_connection__in=services)
        .select_related("meter__device")
        .order_by("service_connection", "during")
    )
    return {
        row.service_connection_id: MeterFacts(
            id=row.meter_id,
            number=row.meter.number,
            device_number=row.meter.device.number if row.meter.device else "",
            meter_type=row.meter.meter_type,
            unit=row.meter.unit,
            installed_on=row.meter.installed_on,
        )
        for row in rows
    }


def _readings_of(case: int, meters: Iterable[int]) -> dict[int, list[KnownReading]]:
    """The newest readings of each meter, without those of a bill that was taken back."""
    found: dict[int, list[KnownReading]] = defaultdict(list)
    values: dict[str, Any] = {"meters": list(meters), "case": case, "most": MONTHS_OF_HISTORY}
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_READINGS, values)
        for meter, *shown in cursor.fetchall():
            found[meter].append(KnownReading(*shown))
    return found


def _billed_up_to(services: Sequence[int]) -> dict[int, BilledUpTo]:
    """Where the newest live invoice of each service ended.

    Where all were taken back, the first of them says from when on nothing is billed any more.
    """
    rows = (
        InvoiceSection.objects.filter(
            Q(invoice__taken_back_at__isnull=True) | Q(invoice__kind=InvoiceKind.REGULAR),
            service_connection__in=services,
            invoice__state__in=SEALED,
        )
        .annotate(
            unbilled_from=SqlCase(When(invoice__taken_back_at__isnull=False, then=F("from_on")))
        )
        .order_by("service_connection", F("unbilled_from").asc(nulls_first=True), "-to_on", "-id")
        .distinct("service_connection")
    )
    return {row.service_connection_id: _end_of(row, row.unbilled_from) for row in rows}


def _end_of(row: InvoiceSection, unbilled_from: date | None) -> BilledUpTo:
    if unbilled_from is None:
        return BilledUpTo(row.pk, row.to_on, row.meter_id, row.last_reading, row.read_on)
    before = unbilled_from - DAY
    return BilledUpTo(row.pk, before, row.meter_id, row.previous_reading, row.previous_on)


def entered_readings(case: int) -> tuple[EnteredReading, ...]:
    """The final readings of a request, as far as they were entered."""
    rows = FinalReading.objects.filter(case=case).order_by("service_connection")
    return tuple(
        EnteredReading(
            service_connection=row.service_connection_id,
            meter=row.meter_id,
            value=row.value,
            read_on=row.read_on,
            exception=ReadingException(row.exception),
            is_unusual=row.is_unusual,
        )
        for row in rows
    )


def adjustments_of(case: int) -> tuple[AddedSum, ...]:
    """What was added to a request's bill or taken off it, and not removed again."""
    rows = BillAdjustment.objects.filter(case=case, removed_at__isnull=True).order_by("pk")
    return tuple(AddedSum(row.pk, row.amount, row.reason, row.added_by_id) for row in rows)


def gather(case: Case, terms: RequestTerms, *, on: date) -> BillInputs:
    """Everything that a final bill is made from, as it is now.

    Raises `billing.rules.rating.NoTariff`.
    """
    assert case.consumer is not None  # a_request_has_a_consumer
    services = services_of(case.pk, terms)
    readings = entered_readings(case.pk)
    adjustments = adjustments_of(case.pk)
    ends_on = terms.ends_on or max((each.read_on for each in readings), default=on)
    rates = _rates_of(case.consumer.category_id, services, ends_on)
    balances = balances_of(case.consumer.pk)
    choice = SettlementChoice.objects.filter(case=case.pk).first()
    uses_deposit = deposit_is_used(
        choice.uses_deposit if choice else None,
        outstanding=balances.outstanding,
        deposit=balances.deposit,
    )
    by_service = {each.service_connection: each for each in readings}
    sections = tuple(
        section
        for each in services
        for section in _sections(
            each, by_service.get(each.service_connection), rates[each.utility_type], ends_on
        )
    )
    content = BillContent(
        period_from=min((ends_on, *(each.from_on for each in sections))),
        period_to=ends_on,
        sections=sections,
        adjustments=adjustments,
        outstanding=balances.outstanding,
        deposit=balances.deposit,
        uses_deposit=uses_deposit,
    )
    basis = Basis(
        readings=readings,
        ledger_head=last_posting(case.consumer.pk),
        uses_deposit=uses_deposit,
        rates=tuple(rate for _, found in sorted(rates.items()) for rate, _ in found),
        adjustments=adjustments,
        measured=services,
        ends_on=ends_on,
    )
    missing = tuple(
        f"Enter the final reading for {each.utility_type.capitalize()} meter {each.meter_number}"
        for each in missing_readings(sections)
    )
    asks_for_plan = terms.is_permanent and balances.deposit > 0 and not uses_deposit
    if asks_for_plan and not (choice and choice.deposit_plan):
        missing += (SAY_WHAT_BECOMES,)
    return BillInputs(
        content=content,
        digest=basis.digest,
        missing=tuple(dict.fromkeys(missing)),
        readings=readings,
        has_frozen_service=any(each.is_frozen for each in services),
    )


# ------------------------------------------------------------------ tariffs
NamedRates = list[tuple[Rates, str]]


def _rates_of(
    category: int, services: Sequence[ServiceFacts], ends_on: date
) -> dict[str, NamedRates]:
    """The tariffs of the services' utilities that may be needed, by utility; three statements."""
    found: dict[str, NamedRates] = {each.utility_type: [] for each in services}
    begins_on = [ends_on, *(each.begins_on for each in services)]
    rows = (
        Tariff.objects.filter(
            category=category,
            utility_type__in=found,
            valid__overlap=(min(begins_on), max(begins_on) + DAY),
        )
        .prefetch_related("slabs", "taxes")
        .order_by("valid")
    )
    for row in rows:
        found[row.utility_type].append((rates_of(row), row.name))
    return found


# ------------------------------------------------------------------ sections
def _sections(
    service: ServiceFacts, entered: EnteredReading | None, rates: NamedRates, ends_on: date
) -> tuple[BillSection, ...]:
    """What a service costs from the day after the last billed one to the last."""
    if entered and (service.meter is None or entered.meter != service.meter.id):
        entered = None  # of a meter that is not there any more
    used, correction = _used(service, entered, [each for each, _ in rates])
    unit = service.meter.unit if service.meter else ""
    begins_on, valid = service.begins_on, [each for each, _ in rates]
    if begins_on > ends_on:
        rated = _rate_rest(service, entered, valid, used, correction)
    else:
        rated = rate(
            tariffs=valid,
            from_on=begins_on,
            to_on=ends_on,
            consumption=used,
            unit=unit,
            correction=correction,
        )
    names = {each.key: name for each, name in rates}
    return tuple(_section(service, entered, each, names[each.tariff]) for each in rated)


def _rate_rest(
    service: ServiceFacts,
    entered: EnteredReading | None,
    rates: Sequence[Rates],
    used: Decimal | None,
    correction: Correction | None,
) -> tuple[RatedSection, ...]:
    """What is left where the days are billed already: consumption, on the first day not billed.

    Its slabs are those of the days between the two readings; there is no fixed charge.
    """
    on, base = service.begins_on, service.base
    last = entered.read_on if entered else on
    first = min(base.read_on + DAY if base else last, last)
    valid = [each for each in rates if each.from_on <= on and (not each.until or on < each.until)]
    rated = rate(
        tariffs=[replace(each, from_on=first, until=None, fixed_charge=ZERO) for each in valid[:1]],
        from_on=first,
        to_on=last,
        consumption=used,
        unit=service.meter.unit if service.meter else "",
        correction=correction,
    )
    return tuple(replace(each, from_on=on, to_on=on) for each in rated)


def _used(
    service: ServiceFacts, entered: EnteredReading | None, rates: Sequence[Rates]
) -> tuple[Decimal | None, Correction | None]:
    """Units since the last billed reading. Where an estimate was too high, what goes back."""
    if service.meter is None:
        return None, None
    if entered is None:
        return Decimal(0), None
    base = service.base
    since = [each for each in service.history if base and each.read_on > base.read_on]
    used = units_along(
        base.value if base else None,
        [*((each.value, each.exception) for each in since), (entered.value, entered.exception)],
    )
    if used >= 0:
        return used, None
    price = _price_of_a_unit(service.billed.section) if service.billed else None
    if price is None:
        price = max((slab.rate for each in rates for slab in each.slabs), default=Decimal(0))
    return Decimal(0), Correction(units=used, rate=price)


def _price_of_a_unit(section: int) -> Decimal | None:
    """What a unit of an invoice's section cost on average, to six places; None if none was sold."""
    found = InvoiceSection.objects.prefetch_related("lines").get(pk=section)
    usage = [line for line in found.lines.all() if line.kind == LineKind.USAGE]
    units = sum((line.quantity or Decimal(0) for line in usage), Decimal(0))
    if not units:
        return None
    paid = sum((line.amount for line in usage), ZERO)
    return (paid / units).quantize(Decimal("0.000001"))


def _section(
    service: ServiceFacts, entered: EnteredReading | None, rated: RatedSection, tariff_name: str
) -> BillSection:
    meter, base = service.meter, service.base
    return BillSection(
        service_connection=service.service_connection,
        utility_type=service.utility_type,
        tariff=rated.tariff,
        tariff_name=tariff_name,
        from_on=rated.from_on,
        to_on=rated.to_on,
        meter=meter.id if meter else None,
        meter_number=meter.number if meter else "",
        device_number=meter.device_number if meter else "",
        meter_type=meter.meter_type if meter else "",
        unit=meter.unit if meter else "",
        basis=ReadingBasis.READ if meter else ReadingBasis.NO_METER,
        previous_reading=base.value if meter and base else None,
        previous_on=base.read_on if meter and base else None,
        last_reading=entered.value if meter and entered else None,
        read_on=entered.read_on if meter and entered else None,
        consumption=rated.consumption,
        lines=tuple(
            BillLine(
                kind=line.kind,
                words=line.words,
                quantity=line.quantity,
                of=line.of,
                rate=line.rate,
                amount=line.amount,
            )
            for line in rated.lines
        ),
    )


def find_live_bill(case: int) -> Invoice | None:
    """The request's draft, or its approved bill that nobody took back."""
    return (
        Invoice.objects.filter(
            case=case, state__in=(InvoiceState.DRAFT, InvoiceState.APPROVED), taken_back_at=None
        )
        .select_related("made_by", "approved_by", "pdf")
        .first()
    )


def wrong_readings(case: int) -> dict[int, date]:
    """Meter → day of the final reading that stands on a bill of this request taken back last."""
    rows = (
        InvoiceSection.objects.filter(
            invoice__case=case, invoice__taken_back_at__isnull=False, read_on__isnull=False
        )
        .order_by("invoice__number")
        .values_list("meter", "read_on")
    )
    return {meter: read_on for meter, read_on in rows if meter and read_on}
