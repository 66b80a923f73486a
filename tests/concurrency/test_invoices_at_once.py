"""Billing runs and invoice numbers, many at once: one run, one bill, no gap (M9, BIL9)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, connection

from billing import invoicing
from billing.choices import InvoiceKind, RunState
from billing.models import BillingRun, Invoice, InvoiceCounter
from billing.operations import runs
from billing.operations.runs import UnableToStartRun, go_on_with_run, start_billing_run
from consumers.models import Consumer
from smart360.kernel.db import operation
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.rates import make_tariff
from tests.concurrency.racing import done, pause, race, refusals, slowly, without_index

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
AT_ONCE = 20
NEW_YEAR = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
FIRST, LAST = date(2024, 12, 1), date(2024, 12, 31)
MakeConsumer = Callable[..., Consumer]


@pytest.fixture
def clerk(person: Callable[..., Person], utility: object) -> Person:
    return person(Role.BILLING)


def start(by: Person) -> int:
    return start_billing_run(period_from=FIRST, period_to=LAST, by=by, at=NEW_YEAR)


# ------------------------------------------------------------------ one run at a time
def test_one_of_many_starts_counts(clerk: Person) -> None:
    outcomes = race([lambda: start(clerk)] * AT_ONCE)
    assert len(done(outcomes)) == 1
    assert {type(each) for each in refusals(outcomes)} == {UnableToStartRun}
    assert BillingRun.objects.count() == 1


def test_without_the_index_several_start(clerk: Person) -> None:
    with without_index("one_billing_run_at_a_time"):
        assert len(done(race([lambda: start(clerk)] * 5))) > 1


# ------------------------------------------------------------------ one bill of a consumer
@pytest.fixture
def begun(make_consumer: MakeConsumer, clerk: Person) -> int:
    make_tariff()
    for _ in range(3):
        make_consumer()
    return start(clerk)


def batch(run: int) -> Callable[[], int]:
    return lambda: go_on_with_run(run=run, after=0, at=NEW_YEAR)


def test_workers_that_pay_the_same_work_bill_once(begun: int) -> None:
    outcomes = race([batch(begun)] * AT_ONCE)
    assert refusals(outcomes) == []
    assert sorted(done(outcomes)) == [0] * (AT_ONCE - 1) + [3]
    assert numbers() == [1, 2, 3]
    run = BillingRun.objects.get()
    assert (run.state, run.issued, run.looked_at) == (RunState.RUNNING, 3, 3)


def test_without_the_locks_consumers_are_billed_twice(
    begun: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_hold", lambda run: BillingRun.objects.get(pk=run))
    slowly(
        monkeypatch,
        "billing.operations.runs._lock_next",
        lambda after: list(Consumer.objects.filter(pk__gt=after).values_list("pk", flat=True)),
    )
    slowly(monkeypatch, "billing.operations.runs._issue")  # all have planned by then
    with without_index("a_run_bills_a_consumer_once"):
        race([batch(begun)] * 3)
        assert len(numbers()) > 3


# ------------------------------------------------------------------ numbers
@operation
def issue(consumer: int, count: int, *, fails: bool) -> None:
    """Drafts with their numbers, and perhaps a failure before the commit."""
    for number in invoicing.take_numbers(count):
        Invoice.objects.create(
            number=number,
            kind=InvoiceKind.REGULAR,
            consumer_id=consumer,
            period_from=FIRST,
            period_to=LAST,
            made_at=NEW_YEAR,
            billed=Decimal(0),
            outstanding=Decimal(0),
        )
    if fails:
        raise RuntimeError("the worker was killed")


def numbers() -> list[int]:
    return list(Invoice.objects.order_by("number").values_list("number", flat=True))


def many(consumer: int) -> Iterator[Callable[[], None]]:
    for place in range(AT_ONCE):
        fails = place % 3 == 0
        yield partial(issue, consumer, place % 4 + 1, fails=fails)


def test_rolled_back_numbers_are_given_again(make_consumer: MakeConsumer) -> None:
    acts = list(many(make_consumer().pk))
    outcomes = race(acts)
    assert {str(each) for each in refusals(outcomes)} == {"the worker was killed"}
    issued = sum(place % 4 + 1 for place in range(AT_ONCE) if place % 3)
    assert numbers() == list(range(1, issued + 1))
    assert InvoiceCounter.objects.get().last_number == issued


def test_numbers_that_are_only_read_are_given_twice(
    make_consumer: MakeConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_then_write(count: int) -> list[int]:
        last = InvoiceCounter.objects.get().last_number
        pause()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE billing_invoicecounter SET last_number = %s", [last + count])
        return list(range(last + 1, last + count + 1))

    monkeypatch.setattr(invoicing, "take_numbers", read_then_write)
    acts = list(many(make_consumer().pk))
    outcomes = race(acts)
    assert any(isinstance(each, IntegrityError) for each in refusals(outcomes))
