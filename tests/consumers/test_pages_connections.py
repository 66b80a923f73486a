"""The Connections tab: meters, readings, consumption, what is unusual (CON10)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consumers.choices import (
    MeterCondition,
    ReadingException,
    SupplyState,
    UtilityType,
    Verification,
)
from consumers.models import Consumer, Meter, MeterAssignment, Reading, ServiceConnection
from smart360.fieldwork.choices import OrderKind
from smart360.fieldwork.models import OrderTemplate, ServiceOrder
from smart360.fieldwork.operations import cancel_service_order
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.consumers.reading_meters import LAST, SHOWED, keep, meter_of, read_back
from tests.fieldwork.working import order_from_profile
from tests.looking import checksums

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
READERS = (
    Role.CSE, Role.CALL_CENTRE, Role.RECOVERY, Role.BILLING, Role.SUPERVISOR, Role.ADMIN,
    Role.DISPATCHER,
)  # fmt: skip


@pytest.fixture
def john(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    """Electricity and water."""
    both = {
        UtilityType.ELECTRICITY: SupplyState.CONNECTED,
        UtilityType.WATER: SupplyState.CONNECTED,
    }
    return make_consumer(account_number="ACC-2024-001789", services=both)


def path(consumer: Consumer, rest: str = "") -> str:
    return f"/cx/consumer-management/{consumer.account_number}/connections{rest}"


def words(html: str) -> str:
    """What a reader sees."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def panel(answer: Any, id_: str) -> str:
    """One panel of a page."""
    found = re.search(
        rf'<section class="s-panel" id="{id_}".*?</section>', answer.content.decode(), re.DOTALL
    )
    assert found, id_
    return found[0]


def service_of(consumer: Consumer, utility: str) -> int:
    return ServiceConnection.objects.get(consumer=consumer, utility_type=utility).pk


# ------------------------------------------------------------------ what is shown
def test_each_service_shows_its_meter(john: Consumer, client_as: ClientAs) -> None:
    meter = meter_of(john)
    Meter.objects.filter(pk=meter.pk).update(condition=MeterCondition.MAINTENANCE)
    shown = words(panel(client_as(Role.CSE).get(path(john)), "connections"))
    device = meter.device.number if meter.device else ""
    for each in (
        "Electricity", "Water", meter.number, device, "Smart, single phase", "Voltis 3",
        "Jan 14, 2024", "Jan 15, 2024", "Maintenance", "Active", "18,245 kWh", "18,245 m³",
        "Nov 30, 2024",
    ):  # fmt: skip
        assert each in shown, each


def test_readings_come_with_what_was_used_since(john: Consumer, client_as: ClientAs) -> None:
    meter = meter_of(john)
    read_back(meter, 60)
    keep(meter, 18000, LAST + timedelta(1), verification=Verification.REJECTED)
    keep(meter, SHOWED, LAST + timedelta(5), exception=ReadingException.NO_CONSUMPTION,
         verification=Verification.PENDING)  # fmt: skip
    rows = re.findall(
        r"<tr>\s*<th scope=\"row\".*?</tr>",
        panel(client_as(Role.CSE).get(path(john)), "readings"),
        re.DOTALL,
    )
    assert [words(row) for row in rows] == [
        f"Dec 5, 2024 {meter.number} 18,245 kWh 0 kWh in 5 days 0 kWh a day Pending No consumption",
        f"Dec 1, 2024 {meter.number} 18,000 kWh -- -- Rejected",
        f"Nov 30, 2024 {meter.number} 18,245 kWh 60 kWh in 30 days 2 kWh a day Verified",
        f"Oct 31, 2024 {meter.number} 18,185 kWh -- -- Verified",
    ]


def test_one_service_is_looked_at_at_a_time(john: Consumer, client_as: ClientAs) -> None:
    electricity, water = meter_of(john).number, meter_of(john, "WATER").number
    client = client_as(Role.CSE)
    assert electricity in panel(client.get(path(john)), "readings")
    of_water = client.get(path(john, f"?service={service_of(john, 'WATER')}"))
    assert water in panel(of_water, "readings")
    assert electricity not in panel(of_water, "readings")
    assert 'aria-current="page"' in of_water.content.decode()


def test_another_accounts_service_is_never_shown(
    john: Consumer, make_consumer: MakeConsumer, client_as: ClientAs
) -> None:
    """X2: what is in the address chooses among one's own."""
    other = make_consumer("Ann Other")
    shown = client_as(Role.CSE).get(path(john, f"?service={service_of(other, 'ELECTRICITY')}"))
    assert meter_of(other).number not in shown.content.decode()
    for odd in ("x", "-1", "9" * 30, "", "1&service=\x00"):
        assert client_as(Role.CSE).get(path(john, f"?service={odd}")).status_code == 200, odd


def test_what_a_meter_showed_elsewhere_stays_there(
    john: Consumer, make_consumer: MakeConsumer, client_as: ClientAs
) -> None:
    """A meter that came from another home: its readings of that time are that home's."""
    meter = meter_of(john)
    read_back(meter, 100, 100, 100)
    MeterAssignment.objects.filter(meter=meter).update(
        during=(datetime(2024, 1, 15, tzinfo=UTC), datetime(2024, 11, 1, 12, tzinfo=UTC))
    )
    other = make_consumer("Ann Other", with_meters=False)
    MeterAssignment.objects.create(
        meter=meter,
        service_connection=ServiceConnection.objects.get(consumer=other),
        during=(datetime(2024, 11, 1, 12, tzinfo=UTC), None),
    )
    client = client_as(Role.CSE)
    of_other = words(panel(client.get(path(other)), "readings"))
    assert "18,245 kWh -- --" in of_other  # nothing is known of the time before
    assert "18,145 kWh" not in of_other
    of_john = words(
        panel(client.get(path(john, f"?service={service_of(john, 'ELECTRICITY')}")), "readings")
    )
    assert "18,145 kWh" in of_john
    assert "18,245 kWh" not in of_john


def test_the_chart_and_its_table_say_the_same(john: Consumer, client_as: ClientAs) -> None:
    read_back(meter_of(john), *[60] * 3, 300)
    chart = panel(client_as(Role.CSE).get(path(john)), "consumption")
    assert chart.count("<rect") == 4
    assert "style=" not in chart
    for each in ("Oct 31, 2024 – Nov 30, 2024", "300 kWh", "10 kWh", "2 kWh"):
        assert each in words(chart), each


# ------------------------------------------------------------------ what is unusual
def test_an_anomaly_stands_with_what_can_be_done(john: Consumer, client_as: ClientAs) -> None:
    read_back(meter_of(john), 900, *[60] * 9)
    answer = client_as(Role.CSE).get(path(john))
    found = panel(answer, "anomalies")
    assert "Consumption far above usual 30 kWh a day, usually 2 kWh Nov 30, 2024" in words(found)
    assert 'class="is-flag"' in panel(answer, "consumption")
    assert "Consumption far above usual" in words(panel(answer, "consumption"))


@pytest.mark.parametrize("role", READERS, ids=str)
def test_an_inspection_is_ordered_from_an_anomaly(
    role: Role, john: Consumer, client_as: ClientAs
) -> None:
    """The form comes filled in: an inspection of that service, with what was seen."""
    meter = meter_of(john)
    read_back(meter, 900, *[60] * 9)
    client = client_as(role)
    found = panel(client.get(path(john)), "anomalies")
    if role not in (Role.CSE, Role.RECOVERY, Role.SUPERVISOR, Role.DISPATCHER):
        assert "Create service order" not in found
        return
    link = re.search(r'href="(/cx/service-orders/[^"]+)"', found)
    assert link
    page = client.get(link[1].replace("&amp;", "&")).content.decode()
    kind = re.search(r'<option value="(\d+)" selected>INS-1', page)
    services = re.findall(r'name="services"[^>]*value="(\d+)" checked', page)
    key = re.search(r'name="form_key" value="([^"]+)"', page)
    assert kind
    assert key
    assert services == [str(service_of(john, "ELECTRICITY"))]
    remarks = f"{meter.number}: Consumption far above usual: 30 kWh a day, usually 2 kWh"
    assert remarks in page
    answer = client.post(
        f"/cx/service-orders/new/{john.account_number}",
        {"form_key": key[1], "template": kind[1], "services": services, "remarks": remarks},
    )
    made = ServiceOrder.objects.get()
    assert answer.headers["Location"] == f"/cx/service-orders/{made.number}"
    assert (made.kind, made.case, made.consumer, made.remarks) == (
        OrderKind.INSPECTION, None, john, remarks,
    )  # fmt: skip
    assert [each.meter_id for each in made.services.all()] == [meter.pk]
    again = panel(client.get(path(john)), "anomalies")
    assert f"Inspection under way: {made.number}" in words(again)
    assert "Create service order" not in again
    assert "Add note" in again
    assert client.get(f"/cx/service-orders/{made.number}").status_code == 200


def test_an_inspection_stands_there_while_it_is_under_way(
    john: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
) -> None:
    """Not one of another service, no repair, none that has ended; and in one statement."""
    sarah, client = person(Role.CSE), client_as(Role.CSE)
    read_back(meter_of(john), 1, 900, *[60] * 9)
    power, water = service_of(john, "ELECTRICITY"), service_of(john, "WATER")
    order_from_profile(john, by=sarah, at=at, code="INS-1", services=(water,))
    order_from_profile(john, by=sarah, at=at, code="RPR-1", services=(power,))
    client.get(path(john))
    with CaptureQueriesContext(connection) as before:
        offered = panel(client.get(path(john)), "anomalies")
    assert offered.count("Create service order</a>") > 1
    assert "Inspection under way" not in offered
    made = order_from_profile(john, by=sarah, at=at, code="INS-1", services=(power,))
    with CaptureQueriesContext(connection) as after:
        shown = panel(client.get(path(john)), "anomalies")
    assert shown.count(made.number) > 1
    assert len(after) == len(before)
    by_call_centre = panel(client_as(Role.CALL_CENTRE).get(path(john)), "anomalies")
    assert made.number not in by_call_centre
    boss = person(Role.SUPERVISOR)
    cancel_service_order(service_order=made.pk, reason="DUPLICATE", by=boss, at=at)
    assert "Create service order</a>" in panel(client.get(path(john)), "anomalies")


def test_what_was_typed_of_an_order_is_kept(john: Consumer, client_as: ClientAs) -> None:
    client = client_as(Role.CSE)
    new = f"/cx/service-orders/new/{john.account_number}"
    typed = {"form_key": str(uuid4()), "template": "0", "remarks": "Dog in the yard"}
    answer = client.post(new, typed)
    assert answer.status_code == 422
    assert "Dog in the yard" in answer.content.decode()
    kind = OrderTemplate.objects.get(code="INS-1").pk
    answer = client.post(new, {**typed, "template": kind, "scheduled_on": "2024-12-09"})
    assert answer.status_code == 422
    assert "Dog in the yard" in answer.content.decode()
    assert not ServiceOrder.objects.exists()


def test_constant_use_has_none(john: Consumer, client_as: ClientAs) -> None:
    read_back(meter_of(john), *[60] * 9)
    answer = client_as(Role.CSE).get(path(john))
    assert "Nothing unusual" in words(panel(answer, "anomalies"))
    assert 'class="is-flag"' not in panel(answer, "consumption")


# ------------------------------------------------------------------ pages, roles, budget
def test_readings_are_turned_page_by_page(john: Consumer, client_as: ClientAs) -> None:
    meter = meter_of(john)
    read_back(meter, *[10] * 44, step=timedelta(7))
    client, seen = client_as(Role.CSE), []
    url = path(john)
    for _ in range(3):
        answer = client.get(url, headers={"HX-Request": "true", "HX-Target": "service-readings"})
        html = answer.content.decode()
        assert "<html" not in html
        seen += re.findall(r'<th scope="row" class="s-nowrap"><time datetime="([^"]+)"', html)
        further = re.search(r'hx-get="([^"]+)"[^>]*rel="next"', html)
        url = further[1].replace("&amp;", "&") if further else ""
    days = [date.fromisoformat(each) for each in seen]
    assert days == sorted(set(days), reverse=True)
    assert len(days) == Reading.objects.filter(meter=meter, read_on__gte=date(2024, 1, 14)).count()
    assert url == ""


@pytest.mark.parametrize("role", READERS, ids=str)
def test_who_opens_a_profile_sees_the_tab(role: Role, john: Consumer, client_as: ClientAs) -> None:
    client = client_as(role)
    before = checksums()
    answer = client.get(path(john))
    assert answer.status_code == 200
    assert "Connections" in answer.content.decode()
    shown = "123 Oak Street" in answer.content.decode()
    assert shown == (role != Role.ADMIN)
    assert checksums() == before


def test_a_long_history_costs_what_a_short_one_costs(john: Consumer, client_as: ClientAs) -> None:
    """At most 16 statements and 40 KB, with 200 readings."""
    read_back(meter_of(john), *[10 + at % 5 for at in range(300)], step=timedelta(1))
    client = client_as(Role.SUPERVISOR)
    client.get(path(john))
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path(john))
    assert len(asked) <= 16, [each["sql"][:80] for each in asked]
    assert len(answer.content) <= 40_000


def test_an_account_without_a_service_has_a_tab_too(
    make_consumer: MakeConsumer, client_as: ClientAs, stands: SetClock
) -> None:
    bare = make_consumer("Bare", services={})
    assert "No service connection" in client_as(Role.CSE).get(path(bare)).content.decode()
    unmetered = make_consumer("Unmetered", with_meters=False)
    assert "No reading yet" in client_as(Role.CSE).get(path(unmetered)).content.decode()
