"""Entering final readings: the documented checks and sentences (BIL4; bad-inputs.md 83 to 89)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.models import FinalReading
from billing.operations.final_readings import (
    UnableToAdjust,
    add_adjustment,
    remove_adjustment,
)
from billing.queries.final_bills import get_final_bill
from consumers.models import Reading
from consumers.rules.readings import UnableToEnterReading
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.final_billing import DAY, PREVIOUS, MakeBilling

pytestmark = pytest.mark.django_db
SAME = Decimal(PREVIOUS)
NOT_ABOVE = "Reading must be greater than the previous reading (18245 kWh)"


def test_a_reading_is_kept_with_its_meter(make_billing: MakeBilling) -> None:
    billing = make_billing()
    (kept,) = billing.read(billing.wish(meter_number=f" {billing.meter().number.lower()} "))
    assert (kept.meter, kept.value, kept.exception) == (billing.meter(), SAME + 100, "NONE")
    assert Reading.objects.filter(read_on=DAY).count() == 0, "among the meter's when approved"
    entry = Entry.objects.get(kind=Event.FINAL_READING_ENTERED)
    assert (entry.case, entry.new["value"]) == (billing.case, "18345")
    view = get_final_bill(billing.case, on=DAY)
    assert view.meters[0].entered is not None
    assert view.meters[0].service.meter is not None
    assert view.meters[0].service.meter.device_number == str(billing.meter().device)
    assert view.meters[1].entered is None
    billing.read(billing.wish(value=Decimal(PREVIOUS + 90)))
    assert FinalReading.objects.get().value == PREVIOUS + 90


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"value": SAME}, "value", NOT_ABOVE),
        ({"value": SAME - 1}, "value", NOT_ABOVE),
        (
            {"value": SAME - 1, "has_no_consumption": True},
            "value",
            NOT_ABOVE,
        ),
        (
            {"value": Decimal(100), "exception": "ROLLOVER"},
            "exception",
            "Only a supervisor accepts a lower reading",
        ),
        (
            {"value": SAME, "exception": "ROLLOVER"},
            "value",
            NOT_ABOVE,
        ),
        ({"value": Decimal(-1)}, "value", "Enter a number."),
        ({"value": Decimal("NaN")}, "value", "Enter a number."),
        ({"value": Decimal("1.00001")}, "value", "Enter a number."),
        ({"value": Decimal("1e9")}, "value", "Enter a number."),
        ({"value": None}, "value", "This field is required."),
        ({"read_on": None}, "read_on", "This field is required."),
        ({"read_on": date(2024, 12, 11)}, "read_on", "Reading date cannot be in the future"),
        (
            {"read_on": date(2024, 11, 29)},
            "read_on",
            "Reading date cannot be before the last reading on Nov 30, 2024",
        ),
        (
            {"read_on": date(2024, 11, 30)},
            "read_on",
            "The meter was read on Nov 30, 2024 already (18245 kWh)",
        ),
        ({"exception": "OTHER"}, "exception", "Select a valid choice."),
        ({"meter_number": ""}, "meter_number", "This field is required."),
        ({"meter_number": "EM-1"}, "meter_number", "Meter not linked to this account"),
        ({"value": SAME * 1000}, "confirms_unusual", "Far above usual; tick to confirm"),
    ],
)  # fmt: skip
def test_what_a_reading_may_not_be(
    make_billing: MakeBilling, changed: dict[str, Any], field: str, sentence: str
) -> None:
    billing = make_billing()
    wish = billing.wish(**changed)
    with pytest.raises(UnableToEnterReading) as no:
        billing.read(wish)
    assert (no.value.sentence, no.value.field) == (sentence, wish.field(field))
    assert no.value.http_status == 422
    assert not FinalReading.objects.exists()
    assert not Entry.objects.filter(kind=Event.FINAL_READING_ENTERED).exists()


def test_the_meter_of_another_service_is_not_linked(make_billing: MakeBilling) -> None:
    """88, 89: right account, wrong field; and the meter of another account."""
    billing, other = make_billing(), make_billing()
    for number in (billing.meter(1).number, other.meter().number):
        with pytest.raises(UnableToEnterReading, match="Meter not linked to this account"):
            billing.read(billing.wish(meter_number=number))
    with pytest.raises(UnableToEnterReading, match="Select a valid choice"):
        billing.read(other.wish())


def test_equal_passes_with_no_consumption(make_billing: MakeBilling) -> None:
    billing = make_billing()
    (kept,) = billing.read(billing.wish(value=SAME, has_no_consumption=True))
    assert kept.exception == "NO_CONSUMPTION"


@pytest.mark.parametrize(
    ("exception", "value", "used"),
    [("ROLLOVER", Decimal(55), Decimal(81_810)), ("REPLACEMENT", Decimal(40), Decimal(40))],
)
def test_a_supervisor_accepts_a_lower_reading(
    make_billing: MakeBilling, exception: str, value: Decimal, used: Decimal
) -> None:
    billing = make_billing(services={"WATER": "CONNECTED"})
    wish = billing.wish(value=value, exception=exception, confirms_unusual=True)
    billing.read(wish, by=billing.david)
    billing.generate()
    view = get_final_bill(billing.case, on=DAY)
    assert view.content is not None
    assert view.content.sections[0].consumption == used


def test_an_unusual_reading_is_confirmed_and_marked(make_billing: MakeBilling) -> None:
    """84: 18,245 in 320 days is 57 a day; ten times that is unusual."""
    billing = make_billing()
    (usual,) = billing.read(billing.wish(value=SAME + 5_000))
    assert not usual.is_unusual
    far = billing.wish(value=SAME + 6_000, confirms_unusual=True)
    (kept,) = billing.read(far)
    assert kept.is_unusual
    billing.read(billing.wish(1))
    billing.generate()
    billing.approve()
    verifications = dict(Reading.objects.filter(read_on=DAY).values_list("meter", "verification"))
    assert verifications == {billing.meter(0).pk: "PENDING", billing.meter(1).pk: "VERIFIED"}


def test_adjustments_have_a_reason_and_can_be_removed(make_billing: MakeBilling) -> None:
    billing = make_billing()
    case, karen, at = billing.case.pk, billing.karen, billing.at
    for amount, reason in (
        ("0", "x"),
        ("NaN", "x"),
        ("1.001", "x"),
        ("5", " \u200b"),
        ("5", "x" * 251),
    ):
        with pytest.raises(UnableToAdjust):
            add_adjustment(case=case, amount=Decimal(amount), reason=reason, by=karen, at=at)
    billing.read()
    first = add_adjustment(case=case, amount=Decimal("-26.60"), reason="Goodwill", by=karen, at=at)
    billing.generate()
    view = get_final_bill(billing.case, on=DAY)
    assert view.content is not None
    assert view.content.billed == Decimal("200.00")
    assert view.content.adjustments[0].reason == "Goodwill"
    remove_adjustment(case=case, adjustment=first.pk, by=karen, at=at)
    with pytest.raises(UnableToAdjust, match="removed already"):
        remove_adjustment(case=case, adjustment=first.pk, by=karen, at=at)
    billing.generate()
    view = get_final_bill(billing.case, on=DAY)
    told = {change.what: (change.before, change.after) for change in view.changes}
    assert told["Adjustment: Goodwill"] == (Decimal("-26.60"), None)
    assert told["Billed amount"] == (Decimal("200.00"), Decimal("226.60"))
