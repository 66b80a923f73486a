"""What the next bill will be about: the days that the next run charges, by its own rule (CON9)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from billing.models import BillingRun, Invoice
from billing.operations.runs import go_on_with_run, start_billing_run
from billing.rules.forecast import ended_month
from consumers.choices import AccountStatus, SupplyState, UtilityType
from consumers.models import Consumer, Meter, Reading, ServiceConnection
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.rates import make_tariff
from tests.billing.test_pages_financial import panel, path
from tests.conftest import MakeConsumer, MakePerson, SetClock

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
SEPTEMBER = (date(2024, 9, 1), date(2024, 9, 30))
OCTOBER = (date(2024, 10, 1), date(2024, 10, 31))
NOVEMBER = (date(2024, 11, 1), date(2024, 11, 30))


@pytest.fixture
def john(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    """Electricity, read at each month's end; it is December 10."""
    make_tariff()
    made = make_consumer()
    read(made)
    return made


def read(consumer: Consumer) -> None:
    meter = Meter.objects.get(assignments__service_connection__consumer=consumer)
    for day, value in ((date(2024, 8, 31), 17273), (date(2024, 9, 30), 17573),
                       (date(2024, 10, 31), 17945)):  # fmt: skip
        Reading.objects.create(meter=meter, value=value, read_on=day)


def run_cycle(cycle: tuple[date, date], by: Person) -> None:
    """A whole run, made the day after the cycle."""
    day = cycle[1] + timedelta(days=1)
    at = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
    key = start_billing_run(period_from=cycle[0], period_to=cycle[1], by=by, at=at)
    while go_on_with_run(run=key, after=BillingRun.objects.get(pk=key).after, at=at):
        pass


def expected(consumer: Consumer, client_as: ClientAs) -> str:
    """The words of the fact "Next bill, estimate"."""
    words = panel(client_as(Role.BILLING).get(path(consumer)), "overview")
    return words.partition("Next bill, estimate ")[2]


def test_two_unbilled_months_are_the_next_bill(
    john: Consumer, person: MakePerson, client_as: ClientAs
) -> None:
    """What the page names is what the run then bills, to the day and within the range."""
    by = person(Role.BILLING)
    run_cycle(SEPTEMBER, by)
    words = expected(john, client_as)
    assert "Oct 1, 2024 – Nov 30, 2024" in words
    least, most = (Decimal(each.strip("$")) for each in words.split()[:3:2])
    run_cycle(NOVEMBER, by)
    bill = Invoice.objects.latest("pk")
    assert (bill.period_from, bill.period_to) == (OCTOBER[0], NOVEMBER[1])
    assert least <= bill.billed <= most
    assert "Dec 1, 2024 – Dec 31, 2024" in expected(john, client_as)


def test_before_any_run_it_is_the_month_that_ended(john: Consumer, client_as: ClientAs) -> None:
    assert "Nov 1, 2024 – Nov 30, 2024" in expected(john, client_as)


def test_who_came_this_month_is_billed_from_then(john: Consumer, client_as: ClientAs) -> None:
    ServiceConnection.objects.filter(consumer=john).update(connected_on=date(2024, 12, 5))
    assert "Dec 5, 2024 – Dec 31, 2024" in expected(john, client_as)


def test_each_service_by_its_own_days(
    make_consumer: MakeConsumer, person: MakePerson, client_as: ClientAs, stands: SetClock
) -> None:
    """No run could bill water, which had no tariff: the next bill is of the months it lacks."""
    make_tariff()
    both = dict.fromkeys((UtilityType.ELECTRICITY, UtilityType.WATER), SupplyState.CONNECTED)
    consumer = make_consumer(services=both)
    for meter in Meter.objects.filter(assignments__service_connection__consumer=consumer):
        Reading.objects.create(meter=meter, value=9000, read_on=date(2024, 9, 30))
    for cycle in (OCTOBER, NOVEMBER):
        run_cycle(cycle, person(Role.BILLING))
    assert expected(consumer, client_as) == "--"  # nobody knows what water will cost
    make_tariff(UtilityType.WATER)
    assert "Oct 1, 2024 – Nov 30, 2024" in expected(consumer, client_as)


@pytest.mark.parametrize(
    "ends",
    [{"status": AccountStatus.INACTIVE}, {"supply_state": SupplyState.MOVED_OUT}],
    ids=["inactive", "moved out"],
)
def test_who_is_billed_no_more_has_no_next_bill(
    ends: dict[str, str], make_consumer: MakeConsumer, client_as: ClientAs, stands: SetClock
) -> None:
    make_tariff()
    state = SupplyState(ends.get("supply_state", SupplyState.CONNECTED))
    status = AccountStatus(ends.get("status", AccountStatus.ACTIVE))
    consumer = make_consumer(status=status, services={UtilityType.ELECTRICITY: state})
    read(consumer)
    assert expected(consumer, client_as) == "--"


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2024, 12, 1), NOVEMBER),
        (date(2024, 12, 31), NOVEMBER),
        (date(2025, 1, 1), (date(2024, 12, 1), date(2024, 12, 31))),
        (date(2024, 3, 30), (date(2024, 2, 1), date(2024, 2, 29))),
    ],
)
def test_the_month_that_ended(today: date, month: tuple[date, date]) -> None:
    assert ended_month(today) == month
