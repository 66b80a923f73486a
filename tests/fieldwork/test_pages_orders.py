"""Service orders as a browser meets them: list, page, tab of a request, day board (SO1 to SO3)."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disconnections.models import DisconnectionRequest
from smart360.fieldwork.choices import OrderStatus
from smart360.fieldwork.models import ServiceOrder, Technician
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import HTMX, ClientAs, at_path, page_of
from tests.fieldwork.working import (
    MONDAY,
    MORNING,
    TUESDAY,
    order_from_case,
    order_from_profile,
    planned,
    technician,
    template,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stands")]
LIST = "/cx/service-orders/"


@pytest.fixture
def mike(person: MakePerson) -> Technician:
    return technician(person(Role.TECHNICIAN))


@pytest.fixture
def asked(make_request: MakeRequest, person: MakePerson) -> DisconnectionRequest:
    return make_request(by=person(Role.CSE), reason="CR-001")


@pytest.fixture
def dispatcher(client_as: ClientAs) -> Client:
    return client_as(Role.DISPATCHER)


def on(number: str, tail: str = "") -> str:
    return f"{LIST}{number}{tail}"


# ------------------------------------------------------------------ the tab of a request
def test_the_tab_adds_an_order_and_lists_it(
    client_as: ClientAs, asked: DisconnectionRequest, mike: Technician
) -> None:
    """004, Service order tab: only the types that fit, then the order with all its columns."""
    desk = client_as(Role.CSE)
    html = page_of(desk, at_path(asked, "/service-order"))
    assert "No service order yet" in html
    assert "Disconnect electricity" in html
    assert "Disconnect water" not in html
    typed = {"template": template("DIS-E").pk, "scheduled_on": MONDAY.isoformat()}
    typed |= {"remarks": "Dog in the yard", "form_key": str(uuid4())}
    answer = desk.post(at_path(asked, "/service-order/new"), typed)
    assert answer.status_code == 302
    made = ServiceOrder.objects.get(case=asked.pk)
    html = page_of(desk, at_path(asked, "/service-order"))
    for word in (made.number, "Assigned", "Mike Thompson", "Dog in the yard", "View details"):
        assert word in html, word
    assert desk.post(at_path(asked, "/service-order/new"), typed).status_code == 302
    assert ServiceOrder.objects.count() == 1


def test_what_was_typed_stays_with_what_is_wrong(
    client_as: ClientAs, asked: DisconnectionRequest
) -> None:
    desk = client_as(Role.CSE)
    typed = {"template": template("DIS-E").pk, "scheduled_on": "2024-12-01", "remarks": "Dog"}
    typed["form_key"] = str(uuid4())
    for headers in ({}, HTMX):
        answer = desk.post(at_path(asked, "/service-order/new"), typed, headers=headers)
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "Cannot select past date" in html
        assert re.search(r"<textarea[^>]*>\s*Dog</textarea>", html)
    assert not ServiceOrder.objects.exists()


def test_htmx_gets_the_tab_anew(client_as: ClientAs, asked: DisconnectionRequest) -> None:
    typed = {"template": template("DIS-E").pk, "form_key": str(uuid4())}
    answer = client_as(Role.CSE).post(at_path(asked, "/service-order/new"), typed, headers=HTMX)
    assert answer.status_code == 200
    assert b'id="service-orders"' in answer.content
    assert b"<html" not in answer.content


# ------------------------------------------------------------------ one order
def test_a_dispatcher_carries_an_order_to_its_end(
    dispatcher: Client, make_consumer: MakeConsumer, person: MakePerson, mike: Technician,
    at: datetime,
) -> None:  # fmt: skip
    made = order_from_profile(make_consumer(), by=person(Role.CSE), at=at)
    path = on(made.number)
    html = page_of(dispatcher, path)
    assert 'data-opens="schedule"' in html
    assert 'data-opens="assign"' not in html
    plan = {"day": MONDAY.isoformat(), "starts": "10:00", "ends": "12:00"}
    assert dispatcher.post(f"{path}/schedule", plan).status_code == 302
    made.refresh_from_db()
    assert (made.status, made.technician_id) == (OrderStatus.ASSIGNED, mike.pk)
    assert dispatcher.post(f"{path}/take-back").status_code == 302
    assert planned(mike, MONDAY) == 0
    assert dispatcher.post(f"{path}/assign", {"technician": mike.pk}).status_code == 302
    assert dispatcher.post(f"{path}/start").status_code == 302
    wrong = dispatcher.post(f"{path}/complete", {"words": ""}, headers=HTMX)
    assert wrong.status_code == 422
    answer = dispatcher.post(f"{path}/complete", {"words": "Fuse replaced"}, headers=HTMX)
    assert answer.status_code == 200
    html = page_of(dispatcher, path)
    for word in ("Completed", "Fuse replaced", "Download report"):
        assert word in html, word
    assert dispatcher.get(f"{path}/report.pdf").status_code == 202
    late = dispatcher.post(f"{path}/cancel", {"reason": "NOT_NEEDED"}, headers=HTMX)
    assert late.status_code == 409
    assert "already" in late.content.decode()


def test_a_desk_sees_an_order_and_plans_nothing(
    client_as: ClientAs, asked: DisconnectionRequest, person: MakePerson, at: datetime
) -> None:
    made = order_from_case(asked.pk, by=person(Role.CSE), at=at)
    desk = client_as(Role.CALL_CENTRE)
    html = page_of(desk, on(made.number))
    assert "data-opens=" not in html.partition('id="order"')[2]
    assert asked.case.number in html
    for tail in ("/assign", "/schedule", "/take-back", "/start", "/complete", "/cancel"):
        assert desk.post(on(made.number, tail)).status_code == 403
    assert client_as(Role.TECHNICIAN).get(on(made.number)).status_code == 403
    assert desk.get(on("SO-2024-999999")).status_code == 404
    assert desk.get(on(made.number, "/report.pdf")).status_code == 404


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ({"day": "2024-12-01"}, "Cannot select past date"),
        ({"day": "2024-12-16", "starts": "10:00"}, "This field is required"),
        ({"day": "2024-12-16", "starts": "12:00", "ends": "10:00"}, ""),
        ({"day": "Christmas"}, ""),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_the_field(
    plan: dict[str, str], sentence: str, dispatcher: Client, make_consumer: MakeConsumer,
    person: MakePerson, at: datetime,
) -> None:  # fmt: skip
    made = order_from_profile(make_consumer(), by=person(Role.CSE), at=at)
    answer = dispatcher.post(on(made.number, "/schedule"), plan)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert sentence in html
    assert 'aria-invalid="true"' in html
    made.refresh_from_db()
    assert made.status == OrderStatus.OPEN


# ------------------------------------------------------------------ the list
def test_the_list_finds_by_number_status_and_day(
    dispatcher: Client, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    by = person(Role.CSE)
    first = order_from_profile(make_consumer(), by=by, at=at)
    other = order_from_profile(make_consumer(), by=by, at=at, scheduled_on=MONDAY, window=MORNING)
    html = page_of(dispatcher, LIST)
    assert first.number in html
    assert other.number in html
    short = first.number.rpartition("-")[2].lstrip("0")
    for query in (f"?q=SO-{short}", "?status=OPEN", f"?q={first.consumer.account_number}"):
        html = page_of(dispatcher, LIST + query)
        assert first.number in html, query
        assert other.number not in html, query
    html = page_of(dispatcher, f"{LIST}?day={MONDAY.isoformat()}", **HTMX)
    assert other.number in html
    assert first.number not in html
    assert "No service orders match" in page_of(dispatcher, f"{LIST}?type=TRANSFER")
    assert "<html" not in html


def test_the_list_shows_what_one_technician_has(
    dispatcher: Client, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    by, mike = person(Role.CSE), technician(person(Role.TECHNICIAN, full_name="Mike Johnson"))
    waits = order_from_profile(make_consumer(), by=by, at=at)
    given = order_from_profile(make_consumer(), by=by, at=at, scheduled_on=MONDAY)
    html = page_of(dispatcher, f"{LIST}?technician={mike.pk}")
    assert f'<option value="{mike.pk}" selected>Mike Johnson</option>' in html
    assert given.number in html
    assert waits.number not in html
    html = page_of(dispatcher, f"{LIST}?technician=nobody")
    assert waits.number in html
    assert given.number not in html
    for odd in ("0", "-1", "x", "9" * 40, "٣"):
        assert waits.number in page_of(dispatcher, f"{LIST}?technician={odd}"), odd


def test_the_list_needs_as_many_statements_for_many_as_for_one(
    dispatcher: Client, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    by, consumer = person(Role.CSE), make_consumer()
    reached = []
    page_of(dispatcher, LIST)  # the first one warms up
    for _ in range(2):
        for _ in range(4):
            order_from_profile(consumer, by=by, at=at)
        with CaptureQueriesContext(connection) as seen:
            page_of(dispatcher, LIST)
        reached.append(len(seen))
    assert reached[0] == reached[1] <= 7


# ------------------------------------------------------------------ the day board
def test_the_board_shows_each_day_and_gives_orders_out(
    dispatcher: Client, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    by = person(Role.CSE)
    made = order_from_profile(make_consumer(), by=by, at=at, scheduled_on=MONDAY)
    mike = technician(person(Role.TECHNICIAN))
    day = f"{LIST}board?day={MONDAY.isoformat()}"
    html = page_of(dispatcher, day)
    assert "Nobody yet" in html
    assert "0 of 480 min planned" in html
    assert made.number in html
    assert made.number not in page_of(dispatcher, f"{LIST}board?day={TUESDAY.isoformat()}")
    typed = {"technician": mike.pk, "from": "board", "day": MONDAY.isoformat()}
    answer = dispatcher.post(on(made.number, "/assign"), typed)
    assert (answer.status_code, answer["Location"]) == (302, day)
    assert f"{made.estimated_minutes} of 480 min planned" in page_of(dispatcher, day)
    assert "is assigned" in dispatcher.get(LIST).content.decode() or planned(mike, MONDAY)


def test_the_board_of_any_day_shows_what_was_not_done(
    client_as: ClientAs, make_consumer: MakeConsumer, person: MakePerson, stands: SetClock,
    at: datetime,
) -> None:  # fmt: skip
    """An order whose day has passed is on no later day: without this nobody would see it."""
    by = person(Role.CSE)
    made = order_from_profile(make_consumer(), by=by, at=at, scheduled_on=MONDAY)
    board = f"{LIST}board"
    assert "Not done on their day" not in page_of(client_as(Role.DISPATCHER), board)
    stands.at = at + timedelta(days=30)
    html = page_of(client_as(Role.DISPATCHER), board)
    assert "Not done on their day" in html
    assert made.number in html


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ("0001-01-01", "", "0001-01-02"),
        ("2024-12-16", "2024-12-15", "2024-12-17"),
        ("9999-12-31", "9999-12-30", ""),
        ("10000-01-01", "9999-12-30", ""),
    ],
)
def test_the_board_leads_to_no_day_that_there_is_not(
    dispatcher: Client, mike: Technician, day: str, before: str, after: str
) -> None:
    def led_to(html: str) -> tuple[str, str]:
        led = {
            label: day
            for day, label in re.findall(r'day=([0-9-]+)" aria-label="The day (\w+)"', html)
        }
        return led.get("before", ""), led.get("after", "")

    assert led_to(page_of(dispatcher, f"{LIST}board?day={day}")) == (before, after)
    typed = {"day": day, "minutes": "1441"}  # refused, and the board of that day is shown again
    refused = dispatcher.post(f"{LIST}board/{mike.pk}/minutes", typed)
    assert refused.status_code == 422
    assert led_to(refused.content.decode()) == (before, after)


def test_a_day_is_made_shorter_but_not_than_its_plan(
    dispatcher: Client, make_consumer: MakeConsumer, person: MakePerson, mike: Technician,
    at: datetime,
) -> None:  # fmt: skip
    order_from_profile(make_consumer(), by=person(Role.CSE), at=at, scheduled_on=MONDAY)
    path = f"{LIST}board/{mike.pk}/minutes"
    day = {"day": MONDAY.isoformat()}
    assert dispatcher.post(path, {**day, "minutes": "120"}).status_code == 302
    assert "of 120 min planned" in page_of(dispatcher, f"{LIST}board?day={MONDAY.isoformat()}")
    refused = dispatcher.post(path, {**day, "minutes": "10"})
    assert refused.status_code == 409
    assert "minutes are planned" in refused.content.decode()
    for wrong in ("", "-1", "1e3", "99999"):
        assert dispatcher.post(path, {**day, "minutes": wrong}).status_code == 422


def test_the_board_is_for_those_who_plan(client_as: ClientAs) -> None:
    assert client_as(Role.SUPERVISOR).get(f"{LIST}board").status_code == 200
    for role in (Role.CSE, Role.CALL_CENTRE, Role.BILLING, Role.ADMIN, Role.TECHNICIAN):
        assert client_as(role).get(f"{LIST}board").status_code == 403
