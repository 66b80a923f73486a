"""The search that finds everything: requests, complaints and consumers, as page and options."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client

from smart360.cases import operations as cases
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.complaints.conftest import SOMEBODY, MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import (
    HTMX,
    ClientAs,
    numbers_in,
    page_of,
    put_on_hold,
    quoted,
)

pytestmark = pytest.mark.django_db


def test_a_phone_number_gives_the_open_request_and_what_to_say(
    client_as: ClientAs, make_consumer: MakeConsumer, make_request: MakeRequest, stands: SetClock
) -> None:
    asked = make_request(make_consumer(is_vip=True))
    make_consumer("Zoe Zimmer", phone="(312) 999-8888")
    html = page_of(client_as(Role.CALL_CENTRE), "/search?q=555-123-4567")
    assert "John Michael Smith" in html
    assert "s-vip" in html
    assert "Zoe" not in html
    assert asked.case.number in html
    assert "Pending" in html
    assert "On Track" in html
    assert "We have your disconnection request and confirm it next" in html
    assert "Dec 11, 2024, 09:30 AM" in html


def test_what_to_say_follows_the_status(
    client_as: ClientAs,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
    at: datetime,
) -> None:
    by = person(Role.CSE)
    asked = make_request(by=by)
    cases.acknowledge(case=asked.pk, by=by, at=at)
    client = client_as(by)
    assert "We are working on your disconnection request" in page_of(client, "/search?q=smith")
    put_on_hold(asked, by, at)
    html = page_of(client, "/search?q=smith")
    assert "is on hold, waiting for consumer; we go on by Dec 12, 2024, 09:30 AM" in html
    cases.resume(case=asked.pk, by=by, at=at)
    stands.at = at + timedelta(days=3)
    assert "is late" in page_of(client, "/search?q=smith")


@pytest.mark.parametrize("typed", ["{number}", "{short}", "dis-2024"])
def test_finds_requests_by_number(
    typed: str, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
) -> None:
    number = make_request().case.number
    words = typed.format(number=number, short=number[-6:])
    html = page_of(client_as(Role.CSE), f"/search?q={words}")
    assert numbers_in(html)[0] == number
    options = page_of(client_as(Role.CSE), f"/search/options?q={words}", **HTMX)
    assert f'data-href="/cx/disconnections/{number}"' in options


def test_options_lead_to_what_was_found(
    client_as: ClientAs, make_consumer: MakeConsumer, make_request: MakeRequest, stands: SetClock
) -> None:
    quiet = make_consumer("Quiet Smithers", phone="(312) 999-8888")
    asked = make_request()
    html = page_of(client_as(Role.CSE), "/search/options?q=smith", **HTMX)
    assert html.count('role="option"') == 2
    assert f'data-href="/cx/disconnections/{asked.case.number}"' in html
    assert f'data-href="/cx/consumer-management/{quiet.account_number}"' in html
    assert "2 found" in html
    assert "<html" not in html


@pytest.mark.parametrize("path", ["/search", "/search/options"])
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ab", "Enter at least 3 characters"),
        ("%%%", ""),
        ("' OR 1=1 --", ""),
        ("\ud800xyz", ""),
        ("a\x00bc", ""),
        ("x" * 10_000, "Search is too long"),
    ],
)
def test_every_sign_stands_for_itself(
    path: str,
    typed: str,
    sentence: str,
    client_as: ClientAs,
    make_request: MakeRequest,
    stands: SetClock,
) -> None:
    number = make_request().case.number
    answer = client_as(Role.CSE).get(f"{path}?q={quoted(typed)}")
    html = answer.content.decode()
    assert answer.status_code in (200, 422)
    assert number not in html
    assert sentence in html


def test_markup_is_shown_as_typed(client_as: ClientAs, utility: Utility, stands: SetClock) -> None:
    for path in ("/search", "/search/options"):
        html = client_as(Role.CSE).get(path, {"q": "<b>{{7*7}}</b>"}).content.decode()
        assert "<b>{{7*7}}" not in html
        assert "&lt;b&gt;{{7*7}}" in html


def test_administrators_see_no_personal_data(
    client_as: ClientAs, make_request: MakeRequest, stands: SetClock
) -> None:
    make_request()
    for path in ("/search?q=smith", "/search/options?q=smith", "/search?q=dis-2024"):
        html = page_of(client_as(Role.ADMIN), path)
        for canary in ("John M", "Oak Street", "(555) 123", "john.smith"):
            assert canary not in html, (path, canary)


@pytest.mark.parametrize("path", ["/search", "/search/options"])
def test_only_for_those_who_may_search(path: str, client_as: ClientAs, utility: Utility) -> None:
    assert Client().get(path).status_code == 302
    assert Client().get(path, headers=HTMX).status_code == 401
    assert client_as(Role.TECHNICIAN).get(path).status_code == 403
    assert client_as(Role.DISPATCHER).get(path).status_code == 200
    assert client_as(Role.CSE).post(path).status_code == 405


# ------------------------------------------------------------------ complaints
def test_a_complaint_is_found_by_its_number_and_by_who_complained(
    client_as: ClientAs, make_complaint: MakeComplaint, stands: SetClock
) -> None:
    """CMP1: somebody calls with the number on the receipt, or only with their name."""
    number = make_complaint().case.number
    other = make_complaint(stranger=replace(SOMEBODY, name="Zoe Zimmer"))
    client = client_as(Role.CSE)
    for words in (number, number.lower(), number[-6:], "newcomer"):
        html = page_of(client, f"/search?q={words}")
        assert f'href="/cx/services/{number}"' in html, words
        options = client.get(f"/search/options?q={words}", headers=HTMX).content.decode()
        assert f'data-href="/cx/services/{number}"' in options, words
        assert other.case.number not in html


def test_a_complaint_about_staff_is_found_by_nobody_who_may_not_know_of_it(
    client_as: ClientAs, make_complaint: MakeComplaint, person: MakePerson, stands: SetClock
) -> None:
    named, other = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    made = make_complaint(name="Rude or disrespectful", staff_named=named.pk)
    for reader, sees in ((named, False), (other, True), (Role.CSE, False), (Role.ADMIN, False)):
        client = client_as(reader)
        for path in ("/search", "/search/options"):
            answer = client.get(f"{path}?q={made.case.number}", headers=HTMX)
            assert (f"/cx/services/{made.case.number}" in answer.content.decode()) is sees, reader
