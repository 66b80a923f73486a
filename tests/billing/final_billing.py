"""A request whose final bill can be made: tariffs, meters, what is owed, a deposit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from billing.models import FinalReading, Invoice, Tariff, TariffSlab, TariffTax
from billing.operations.final_bills import approve_and_send, generate_final_bill
from billing.operations.final_readings import enter_final_readings
from billing.operations.settlements import set_deposit_plan, set_deposit_use
from billing.rules.readings import ReadingWish
from consumers.choices import SupplyState, UtilityType
from consumers.models import Category, Consumer, Meter, ServiceConnection
from smart360.cases.models import Case
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.paying import deposit
from tests.billing.posting import charge, post_now
from tests.conftest import MakeConsumer, MakePerson, MakeRequest

DAY = date(2024, 12, 10)
LAST_DAY = date(2024, 12, 15)
PREVIOUS = 18_245
"""What each meter of the fixtures showed on November 30."""
BOTH = {
    UtilityType.ELECTRICITY: SupplyState.CONNECTED,
    UtilityType.WATER: SupplyState.CONNECTED,
}


def make_tariffs(fixed: str = "31.00") -> None:
    """Electricity with two slabs and a tax, water with one price."""
    category, _ = Category.objects.get_or_create(name="Residential")
    valid = (date(2024, 1, 1), None)
    power = Tariff.objects.create(
        name="Residential 2024", utility_type="ELECTRICITY", category=category, valid=valid,
        fixed_charge=Decimal(fixed),
    )  # fmt: skip
    TariffSlab.objects.create(tariff=power, above=0, rate=Decimal("0.10"))
    TariffSlab.objects.create(tariff=power, above=200, rate=Decimal("0.20"))
    TariffTax.objects.create(tariff=power, name="Sales tax", percent=Decimal(5))
    water = Tariff.objects.create(
        name="Water 2024", utility_type="WATER", category=category, valid=valid, fixed_charge=0
    )
    TariffSlab.objects.create(tariff=water, above=0, rate=Decimal("2.00"))


@dataclass
class Billing:
    """One request and the acts on its bill, by a recovery executive and a billing specialist."""

    case: Case
    consumer: Consumer
    robert: Person
    karen: Person
    david: Person
    at: datetime
    make_request: MakeRequest

    @property
    def services(self) -> list[ServiceConnection]:
        """Electricity, then water if there is any."""
        return list(self.consumer.connections.order_by("utility_type", "pk"))

    def meter(self, position: int = 0) -> Meter:
        """The meter of a service."""
        found: Meter = self.services[position].assignments.get().meter
        return found

    def wish(self, position: int = 0, **changed: Any) -> ReadingWish:
        """What the form sends for a service: a hundred units, read today."""
        values: dict[str, Any] = {
            "service_connection": self.services[position].pk,
            "meter_number": self.meter(position).number,
            "value": Decimal(PREVIOUS + 100),
            "read_on": DAY,
        }
        return ReadingWish(**(values | changed))

    def read(self, *wishes: ReadingWish, by: Person | None = None) -> tuple[FinalReading, ...]:
        """Enter final readings: of all services when none is given."""
        chosen = wishes or tuple(self.wish(each) for each in range(len(self.services)))
        return enter_final_readings(
            case=self.case.pk, wishes=chosen, by=by or self.karen, at=self.at
        )

    def generate(self, by: Person | None = None) -> Invoice:
        """A draft."""
        return generate_final_bill(case=self.case.pk, by=by or self.robert, at=self.at)

    def approve(self, seen: str | None = None, by: Person | None = None) -> Invoice:
        """Approve what the page shows now."""
        if seen is None:
            seen = Invoice.objects.get(case=self.case, taken_back_at=None).inputs_hash
        return approve_and_send(
            case=self.case.pk, seen=seen, by=by or self.karen, at=self.at, form_key=uuid4()
        )

    def approved(self) -> Invoice:
        """A bill from the readings to the approval."""
        self.read()
        self.generate()
        return self.approve()

    def use_deposit(self, uses: bool, *, version: int = 0, by: Person | None = None) -> Any:
        """Turn "Use in bill" on or off."""
        return set_deposit_use(
            case=self.case.pk, uses_deposit=uses, version=version, by=by or self.robert, at=self.at
        )

    def plan(self, plan: str = "REFUND", *, version: int = 0, on: date | None = LAST_DAY) -> Any:
        """Say what becomes of the deposit."""
        return set_deposit_plan(
            case=self.case.pk, plan=plan, by_day=on, version=version, by=self.robert, at=self.at
        )

    def once_more(self, *, days: int) -> "Billing":
        """Another request of the same account some days later, when the first one has ended."""
        later = self.at + timedelta(days=days)
        made = self.make_request(self.consumer, moment=later, preferred_on=LAST_DAY)
        return replace(self, case=Case.objects.get(pk=made.pk), at=later)

    def owe(self, amount: str) -> None:
        """Charge the consumer."""
        post_now(charge(self.consumer, amount), at=self.at)

    def hold_deposit(self, amount: str) -> None:
        """Take a deposit."""
        deposit(self.consumer, amount, by=self.karen, at=self.at)


MakeBilling = Callable[..., Billing]


@pytest.fixture
def make_billing(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, at: datetime
) -> MakeBilling:
    """A disconnection for December 15: by default owing $456.78 with a deposit of $200.00."""

    def make(
        outstanding: str = "456.78", held: str = "200.00", *, services: Any = None, **wishes: Any
    ) -> Billing:
        consumer = make_consumer(services=services or BOTH)
        if not Tariff.objects.exists():
            make_tariffs()
        chosen = {"preferred_on": LAST_DAY} | wishes
        made = make_request(consumer, **{k: v for k, v in chosen.items() if v is not None})
        billing = Billing(
            case=Case.objects.get(pk=made.pk),
            consumer=consumer,
            robert=person(Role.RECOVERY),
            karen=person(Role.BILLING),
            david=person(Role.SUPERVISOR),
            at=at,
            make_request=make_request,
        )
        if Decimal(outstanding):
            billing.owe(outstanding)
        if Decimal(held):
            billing.hold_deposit(held)
        return billing

    return make
