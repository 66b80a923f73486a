"""A billing run: each consumer billed once for each day, from readings or by estimate (BIL9)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError

from billing.choices import InvoiceState, LineKind, PostingKind, RunState
from billing.models import BillingRun, Invoice, InvoiceSection, LedgerTransaction
from billing.operations import runs
from billing.operations.runs import (
    UnableToGoOn,
    UnableToStartRun,
    go_on_with_run,
    resume_run,
    start_billing_run,
    stop_run,
)
from billing.queries.accounts import balances_of
from billing.queries.ageing import allocation_of
from consumers.choices import AccountStatus, ReadingException, SupplyState, UtilityType
from consumers.models import (
    Consumer,
    ConsumerFigures,
    Meter,
    MeterAssignment,
    Reading,
    ServiceConnection,
)
from disconnections.operations import close_request
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain, pay
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.final_billing import LAST_DAY, MakeBilling
from tests.billing.posting import charge, post_now
from tests.billing.rates import make_tariff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
MakeConsumer = Callable[..., Consumer]
MakePerson = Callable[..., Person]
DAY = timedelta(days=1)
NOVEMBER = (date(2024, 11, 1), date(2024, 11, 30))
DECEMBER = (date(2024, 12, 1), date(2024, 12, 31))
JANUARY = (date(2025, 1, 1), date(2025, 1, 31))
BOTH = {UtilityType.ELECTRICITY: SupplyState.CONNECTED, UtilityType.WATER: SupplyState.CONNECTED}


@pytest.fixture
def run_cycle(person: MakePerson) -> Callable[..., BillingRun]:
    """A whole run of a cycle, made the day after its last day."""
    by = person(Role.BILLING)

    def run(cycle: tuple[date, date]) -> BillingRun:
        day = cycle[1] + DAY
        at = datetime(day.year, day.month, day.day, 15, 30, tzinfo=UTC)
        key = start_billing_run(period_from=cycle[0], period_to=cycle[1], by=by, at=at)
        run_to_the_end(key, at=at)
        return BillingRun.objects.get(pk=key)

    return run


def run_to_the_end(key: int, *, at: datetime) -> None:
    while BillingRun.objects.get(pk=key).state == RunState.RUNNING:
        go_on_with_run(run=key, after=BillingRun.objects.get(pk=key).after, at=at)


def read(
    consumer: Consumer,
    on: date,
    value: str,
    utility: str = "ELECTRICITY",
    exception: str = ReadingException.NONE,
) -> None:
    """The meter of a consumer's service was read."""
    meter = Meter.objects.get(
        assignments__service_connection__consumer=consumer, utility_type=utility
    )
    Reading.objects.create(meter=meter, read_on=on, value=Decimal(value), exception=exception)


def lines_of(invoice: Invoice) -> list[tuple[str, Decimal]]:
    return [
        (line.words, line.amount)
        for section in invoice.sections.order_by("pk")
        for line in section.lines.order_by("position")
    ]


# ------------------------------------------------------------------ one invoice, whole
def test_bills_what_was_used(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff()
    consumer = make_consumer()  # read on November 30: 18245
    read(consumer, date(2024, 12, 30), "18495")
    run = run_cycle(DECEMBER)
    assert (run.state, run.issued, run.estimated, run.left_out) == (RunState.DONE, 1, 0, {})
    invoice = Invoice.objects.get()
    assert lines_of(invoice) == [
        ("Fixed charge, December 2024", Decimal("12.50")),
        ("Consumption up to 200 kWh", Decimal("20.00")),
        ("Consumption above 200 kWh", Decimal("7.50")),
        ("Sales tax", Decimal("2.80")),
    ]
    assert (invoice.state, invoice.billed, invoice.number) == ("ISSUED", Decimal("42.80"), 1)
    assert (invoice.period_from, invoice.period_to) == DECEMBER
    assert (invoice.issued_on, invoice.due_on) == (date(2025, 1, 1), date(2025, 1, 21))
    section = invoice.sections.get()
    assert (section.previous_reading, section.previous_on) == (Decimal(18245), date(2024, 11, 30))
    assert (section.last_reading, section.read_on) == (Decimal(18495), date(2024, 12, 30))
    assert (section.consumption, section.basis, section.amount) == (
        Decimal(250),
        "READ",
        invoice.billed,
    )


def test_posts_what_it_bills(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff()
    make_tariff(UtilityType.WATER, fixed="5.00", slabs=(("0", "1.50"),), tax="")
    consumer = make_consumer(services=BOTH)
    run_cycle(DECEMBER)
    posted = LedgerTransaction.objects.get()
    assert (posted.kind, posted.reference) == (PostingKind.INVOICE, "INV-000001")
    assert (posted.valued_on, posted.due_on) == (date(2025, 1, 1), date(2025, 1, 21))
    of_kind = {
        (entry.account.kind, entry.account.utility_type): (
            entry.amount, entry.service_connection and entry.service_connection.utility_type
        )
        for entry in posted.entries.select_related("account", "service_connection")
    }  # fmt: skip
    assert of_kind == {
        ("RECEIVABLE", ""): (Decimal("18.38"), None),
        ("REVENUE", "ELECTRICITY"): (Decimal("-12.50"), "ELECTRICITY"),
        ("TAX", "ELECTRICITY"): (Decimal("-0.88"), "ELECTRICITY"),
        ("REVENUE", "WATER"): (Decimal("-5.00"), "WATER"),
    }
    assert balances_of(consumer.pk).outstanding == Decimal("18.38")
    figures = ConsumerFigures.objects.get(consumer=consumer)
    assert (figures.last_billed_on, figures.oldest_due_on) == (
        date(2025, 1, 1),
        date(2025, 1, 21),
    )


def test_a_run_leaves_a_line_when_it_begins_and_when_it_ends(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff()
    make_consumer()
    run = run_cycle(DECEMBER)
    began, ended = Entry.objects.filter(kind__startswith="BILLING_RUN").order_by("pk")
    assert (began.kind, began.new) == (
        Event.BILLING_RUN_STARTED,
        {"run": run.pk, "from": "2024-12-01", "to": "2024-12-31"},
    )
    assert (ended.kind, ended.new["issued"]) == (Event.BILLING_RUN_ENDED, 1)


# ------------------------------------------------------------------ never twice
def test_the_same_cycle_again_bills_nobody_again(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff()
    make_consumer()
    run_cycle(DECEMBER)
    again = run_cycle(DECEMBER)
    assert (again.issued, again.left_out) == (0, {"BILLED": 1})
    assert Invoice.objects.count() == 1


def test_the_next_cycle_goes_on_where_the_last_one_ended(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff()
    consumer = make_consumer()
    read(consumer, date(2024, 12, 30), "18345")
    read(consumer, date(2025, 1, 30), "18395")
    run_cycle(DECEMBER)
    run_cycle((date(2024, 12, 15), date(2025, 1, 31)))  # begins within what is billed already
    first, second = InvoiceSection.objects.order_by("pk")
    assert (first.to_on, second.from_on) == (date(2024, 12, 31), date(2025, 1, 1))
    assert (second.previous_reading, second.consumption) == (Decimal(18345), Decimal(50))


def test_a_cycle_that_was_missed_is_made_up_for(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    consumer = make_consumer()
    assert run_cycle(DECEMBER).left_out == {"NO_TARIFF": 1}
    make_tariff()
    read(consumer, date(2025, 1, 31), "18255")
    run_cycle(JANUARY)
    section = InvoiceSection.objects.get()
    assert (section.from_on, section.to_on) == (DECEMBER[0], JANUARY[1])


def test_work_that_is_paid_twice_bills_once(
    make_consumer: MakeConsumer, person: MakePerson
) -> None:
    make_tariff()
    make_consumer()
    at = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
    key = start_billing_run(
        period_from=DECEMBER[0], period_to=DECEMBER[1], by=person(Role.BILLING), at=at
    )
    assert go_on_with_run(run=key, after=0, at=at) == 1
    assert go_on_with_run(run=key, after=0, at=at) == 0
    assert Invoice.objects.count() == 1


def test_a_batch_that_fails_leaves_no_number_and_is_made_later(
    make_consumer: MakeConsumer, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tariff()
    for _ in range(3):
        make_consumer()
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    at = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
    key = start_billing_run(
        period_from=DECEMBER[0], period_to=DECEMBER[1], by=person(Role.BILLING), at=at
    )
    go_on_with_run(run=key, after=0, at=at)
    after = BillingRun.objects.get(pk=key).after

    def die(*args: Any, **named: Any) -> None:
        raise DatabaseError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(runs, "_count", die)  # everything is posted, and not committed yet
        with pytest.raises(DatabaseError, match="killed"):
            go_on_with_run(run=key, after=after, at=at)
    assert Invoice.objects.count() == 1
    run_to_the_end(key, at=at)
    assert list(Invoice.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3]


# ------------------------------------------------------------------ who is left out
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"services": {}}, "NO_SERVICE"),
        ({"services": {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD}}, "NOT_SUPPLIED"),
        ({"services": {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_NOW}}, "NOT_SUPPLIED"),
        ({"services": {UtilityType.GAS: SupplyState.CONNECTED}}, "NO_TARIFF"),
        ({"status": AccountStatus.INACTIVE}, "ENDED"),
    ],
)
def test_says_why_somebody_is_left_out(
    make_consumer: MakeConsumer,
    run_cycle: Callable[..., BillingRun],
    fields: dict[str, Any],
    reason: str,
) -> None:
    make_tariff()
    make_consumer(**fields)
    run = run_cycle(DECEMBER)
    assert (run.issued, run.left_out, run.looked_at) == (0, {reason: 1}, 1)


def test_a_frozen_service_is_left_out_and_the_other_is_billed(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun], at: datetime
) -> None:
    make_tariff()
    make_tariff(UtilityType.WATER)
    make_consumer(services=BOTH)
    frozen = ServiceConnection.objects.filter(utility_type=UtilityType.WATER)
    frozen.update(billing_frozen_at=at)
    run = run_cycle(DECEMBER)
    assert (run.issued, run.left_out) == (1, {"FROZEN": 1})
    assert InvoiceSection.objects.get().utility_type == UtilityType.ELECTRICITY


def test_nothing_is_billed_after_a_final_bill_while_its_request_is_open(
    make_billing: MakeBilling, run_cycle: Callable[..., BillingRun], at: datetime
) -> None:
    """The household would pay for days after its last bill; once the request is closed, it does."""
    billing = make_billing()
    billing.approved()
    run = run_cycle(DECEMBER)
    assert (run.issued, run.left_out) == (0, {"FROZEN": 1})
    close_request(case=billing.case.pk, reason="CANCELLED", note="", by=billing.david, at=at)
    run = run_cycle(JANUARY)
    assert run.issued == 1
    sections = InvoiceSection.objects.filter(invoice__run=run)
    assert {each.from_on for each in sections} == {LAST_DAY + DAY}


def test_nothing_to_charge_is_no_invoice(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff(fixed="0")
    make_consumer()
    run = run_cycle(DECEMBER)
    assert (run.issued, run.left_out) == (0, {"NOTHING_TO_BILL": 1})


def test_a_meter_that_went_back_is_for_a_person(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff()
    read(make_consumer(), date(2024, 12, 30), "18244.999", exception=ReadingException.ROLLOVER)
    assert run_cycle(DECEMBER).left_out == {"READING_IS_LOWER": 1}


def test_what_is_too_large_to_be_true_is_for_a_person(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff(slabs=(("0", "999999"),))
    read(make_consumer(), date(2024, 12, 30), "99999999")
    assert run_cycle(DECEMBER).left_out == {"TOO_LARGE": 1}


def test_supply_begins_within_the_cycle(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff()
    make_consumer()
    ServiceConnection.objects.update(connected_on=date(2024, 12, 22))
    run_cycle(DECEMBER)
    section = InvoiceSection.objects.get()
    assert (section.from_on, section.lines.get(kind=LineKind.FIXED).quantity) == (
        date(2024, 12, 22),
        Decimal(10),
    )


# ------------------------------------------------------------------ estimates
def test_a_missing_reading_is_estimated_and_trued_up(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff(fixed="0", slabs=(("0", "0.10"),), tax="")
    consumer = make_consumer()  # 18245 on November 30
    read(consumer, date(2024, 10, 31), "18185")  # 60 units in 30 days
    assert run_cycle(DECEMBER).estimated == 1
    read(consumer, date(2025, 1, 31), "18400")
    assert run_cycle(JANUARY).estimated == 0
    guessed, read_one = InvoiceSection.objects.order_by("pk")
    assert (guessed.basis, guessed.consumption) == ("ESTIMATED", Decimal(62))
    assert guessed.lines.get().words == "Estimated consumption, kWh"
    assert (guessed.last_reading, guessed.read_on) == (Decimal(18307), None)
    assert (read_one.previous_reading, read_one.consumption) == (Decimal(18307), Decimal(93))
    assert guessed.consumption + read_one.consumption == 18400 - 18245


def test_what_was_estimated_too_high_comes_back(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff(fixed="0", slabs=(("0", "0.10"),), tax="10")
    consumer = make_consumer()
    read(consumer, date(2024, 10, 31), "18185")
    run_cycle(DECEMBER)  # 62 units are guessed: 6.20 and 0.62
    read(consumer, date(2025, 1, 31), "18255")  # 10 were used
    run_cycle(JANUARY)
    first, second = Invoice.objects.order_by("pk")
    assert lines_of(second) == [
        ("Correction of an estimate, kWh", Decimal("-5.20")),
        ("Consumption, kWh", Decimal("0.00")),
        ("Sales tax", Decimal("-0.52")),
    ]
    assert first.billed + second.billed == Decimal("1.10")
    assert balances_of(consumer.pk).outstanding == Decimal("1.10")
    figures = ConsumerFigures.objects.get(consumer=consumer)
    assert figures.oldest_due_on == first.due_on
    read(consumer, date(2025, 2, 28), "18265")
    run_cycle((date(2025, 2, 1), date(2025, 2, 28)))
    assert InvoiceSection.objects.order_by("pk").last().consumption == 10  # type: ignore[union-attr]  # there are three


def test_several_estimates_are_corrected_together(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff(fixed="0", slabs=(("0", "0.10"),), tax="")
    consumer = make_consumer()
    read(consumer, date(2024, 10, 31), "18185")
    run_cycle(DECEMBER)
    run_cycle(JANUARY)
    read(consumer, date(2025, 2, 28), "18245", exception=ReadingException.NO_CONSUMPTION)
    run_cycle((date(2025, 2, 1), date(2025, 2, 28)))
    assert sum(invoice.billed for invoice in Invoice.objects.all()) == 0


def test_nobody_knows_what_was_used(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff()
    make_consumer()
    Reading.objects.update(verification="PENDING")
    assert run_cycle(DECEMBER).estimated == 1
    section = InvoiceSection.objects.get()
    assert (section.consumption, section.basis, section.last_reading) == (
        Decimal(0),
        "ESTIMATED",
        None,
    )


def test_without_a_meter_only_the_fixed_charge_is_billed(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff()
    make_consumer(with_meters=False)
    run_cycle(DECEMBER)
    section = InvoiceSection.objects.get()
    assert (section.basis, section.amount) == ("NO_METER", Decimal("13.38"))


def test_a_new_meter_begins_a_section(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff(fixed="0", slabs=(("0", "1"),), tax="")
    consumer = make_consumer()
    old = MeterAssignment.objects.get()
    read(consumer, date(2024, 12, 16), "18260")
    noon = datetime(2024, 12, 16, 18, tzinfo=UTC)
    old.during = (old.during.lower, noon)
    old.save(update_fields=["during"])
    new = Meter.objects.create(number="EM-NEW", utility_type="ELECTRICITY", unit="kWh")
    MeterAssignment.objects.create(
        meter=new, service_connection=old.service_connection, during=(noon, None)
    )
    Reading.objects.create(meter=new, value=Decimal(0), read_on=date(2024, 12, 16))
    Reading.objects.create(meter=new, value=Decimal(7), read_on=date(2024, 12, 31))
    run_cycle(DECEMBER)
    sections = InvoiceSection.objects.order_by("from_on").values_list(
        "meter_number", "from_on", "to_on", "consumption"
    )
    assert list(sections) == [
        (old.meter.number, date(2024, 12, 1), date(2024, 12, 15), Decimal(15)),
        ("EM-NEW", date(2024, 12, 16), date(2024, 12, 31), Decimal(7)),
    ]


def test_a_new_tariff_begins_a_section(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun]
) -> None:
    make_tariff(until=date(2024, 12, 11))
    make_tariff(from_on=date(2024, 12, 11), fixed="20")
    read(make_consumer(), date(2024, 12, 31), "18345")
    run_cycle(DECEMBER)
    sections = InvoiceSection.objects.order_by("from_on")
    assert [(each.from_on, each.consumption) for each in sections] == [
        (date(2024, 12, 1), Decimal("32.258")),
        (date(2024, 12, 11), Decimal("67.742")),
    ]


# ------------------------------------------------------------------ figures
def test_the_oldest_due_date_stays_while_something_is_owed(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun], at: datetime
) -> None:
    make_tariff()
    consumer = make_consumer()
    run_cycle(DECEMBER)
    run_cycle(JANUARY)
    figures = ConsumerFigures.objects.get(consumer=consumer)
    assert (figures.oldest_due_on, figures.last_billed_on) == (
        date(2025, 1, 21),
        date(2025, 2, 1),
    )
    found = allocation_of(consumer.pk)
    assert found.oldest_due_on == figures.oldest_due_on
    assert found.latest_due_on == date(2025, 2, 21)


def test_a_credit_pays_the_invoice_before_it_falls_due(
    make_consumer: MakeConsumer, run_cycle: Callable[..., BillingRun], at: datetime
) -> None:
    make_tariff()
    consumer = make_consumer()
    post_now(charge(consumer, "-100.00"), at=at)
    run_cycle(DECEMBER)
    assert ConsumerFigures.objects.get(consumer=consumer).oldest_due_on is None
    assert Invoice.objects.get().outstanding == Decimal("-100.00")


# ------------------------------------------------------------------ starting
@pytest.mark.parametrize(
    ("cycle", "field"),
    [
        ((DECEMBER[1], DECEMBER[0]), "period_to"),
        ((DECEMBER[0], date(2025, 1, 2)), "period_to"),
        ((date(2023, 12, 1), DECEMBER[1]), "period_from"),
        ((date(2023, 12, 1), date(2023, 12, 31)), "period_to"),
    ],
)
def test_refuses_days_that_cannot_be_billed(
    person: MakePerson, utility: object, cycle: tuple[date, date], field: str
) -> None:
    at = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
    with pytest.raises(UnableToStartRun) as refused:
        start_billing_run(period_from=cycle[0], period_to=cycle[1], by=person(Role.BILLING), at=at)
    assert refused.value.field == field
    assert not BillingRun.objects.exists()
    assert not OwedWork.objects.exists()


def test_one_run_at_a_time(person: MakePerson, utility: object) -> None:
    at = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
    by = person(Role.BILLING)
    start_billing_run(period_from=DECEMBER[0], period_to=DECEMBER[1], by=by, at=at)
    with pytest.raises(UnableToStartRun, match="Another billing run is at work"):
        start_billing_run(period_from=NOVEMBER[0], period_to=NOVEMBER[1], by=by, at=at)
    assert BillingRun.objects.count() == 1


def test_a_form_starts_one_run(person: MakePerson, utility: object) -> None:
    at = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
    by, key = person(Role.BILLING), uuid4()
    started = [
        start_billing_run(
            period_from=DECEMBER[0], period_to=DECEMBER[1], by=by, at=at, form_key=key
        )
        for _ in range(2)
    ]
    assert started[0] == started[1]
    assert OwedWork.objects.count() == 1


# ------------------------------------------------------------------ the worker
def test_a_worker_runs_it_to_the_end(
    make_consumer: MakeConsumer, person: MakePerson, stands: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tariff()
    for _ in range(3):
        make_consumer()
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    stands.at = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
    key = start_billing_run(
        period_from=DECEMBER[0], period_to=DECEMBER[1], by=person(Role.BILLING), at=stands.at
    )
    assert BillingRun.objects.get(pk=key).to_do == 0, "nobody waits until all are counted"
    drain("DEFAULT")
    run = BillingRun.objects.get(pk=key)
    assert (run.state, run.issued, run.looked_at, run.to_do) == (RunState.DONE, 3, 3, 3)
    assert not OwedWork.objects.exclude(state="DONE").exists()


def test_work_that_fails_for_good_stops_the_run_until_a_person_goes_on(
    make_consumer: MakeConsumer, person: MakePerson, stands: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tariff()
    make_consumer()
    by = person(Role.BILLING)
    stands.at = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
    key = start_billing_run(period_from=DECEMBER[0], period_to=DECEMBER[1], by=by, at=stands.at)
    work = OwedWork.objects.get()
    work.attempts = 99
    pay(work)
    assert BillingRun.objects.get(pk=key).state == RunState.STOPPED
    resume_run(run=key, by=by, at=stands.at)
    drain("DEFAULT")
    assert BillingRun.objects.get(pk=key).state == RunState.DONE
    assert Invoice.objects.get().state == InvoiceState.ISSUED
    with pytest.raises(UnableToGoOn):
        resume_run(run=key, by=by, at=stands.at)
    stop_run(run=key, at=stands.at)
    assert BillingRun.objects.get(pk=key).state == RunState.DONE
