"""bad-inputs.md §1, every search of the product alike: the exact answer, and nothing written."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from smart360.staff.choices import Role
from smart360.web import throttle
from tests.conftest import MakeConsumer, MakeRequest, SetClock
from tests.inputs.reading import Page
from tests.inputs.walker import quoted
from tests.looking import checksums

pytestmark = pytest.mark.django_db

LISTS = ("/cx/disconnections/", "/cx/consumer-management/", "/search")
WHILE_TYPING = ("/cx/consumer-management/search", "/search/options")
SEARCHES = (*LISTS, *WHILE_TYPING)
ACCOUNT = "WU-10001"


@pytest.fixture
def asked(
    client_as: Callable[..., Client],
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    stands: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str, str], Any]:
    """Search in one place, with one request of José Méndez there; it changes no row.

    Row 19 (ten a second) has its own test.
    """
    monkeypatch.setattr(throttle, "SEARCHES_A_SECOND", 1_000)
    make_request(make_consumer("José Méndez", account_number=ACCOUNT))
    client = client_as(Role.SUPERVISOR)
    client.get("/")

    def ask(path: str, typed: str) -> Any:
        before = checksums()
        answer = client.get(f"{path}?q={quoted(typed)}")
        assert checksums() == before
        return answer

    return ask


def rows_of(answer: Any) -> bool:
    """Whether the one who is there was found."""
    return ACCOUNT in answer.content.decode() or "DIS-2024-" in answer.content.decode()


def searched(captured: CaptureQueriesContext) -> bool:
    """Whether any statement looked for words."""
    after = (query["sql"].partition(" WHERE ")[2] for query in captured.captured_queries)
    return any("search_text" in condition for condition in after)


@pytest.mark.parametrize("path", SEARCHES)
def test_rows_1_and_2_fewer_than_three_ask_nothing(path: str, asked: Any) -> None:
    for typed in ("ab", "a  b", "  ab ", "\u200bab\u200b"):
        with CaptureQueriesContext(connection) as captured:
            answer = asked(path, typed)
        assert answer.status_code == 200
        assert "Enter at least 3 characters" in answer.content.decode(), typed
        assert not searched(captured), typed


@pytest.mark.parametrize("path", SEARCHES)
def test_row_2_nothing_to_see_asks_nothing(path: str, asked: Any) -> None:
    for typed in ("   ", "\u200b\u200b\u200b", "\u00a0\u2003 "):
        with CaptureQueriesContext(connection) as captured:
            answer = asked(path, typed)
        assert answer.status_code == 200
        assert not searched(captured), typed


def test_row_2_the_control_sees_a_search(asked: Any) -> None:
    with CaptureQueriesContext(connection) as captured:
        asked(SEARCHES[1], "mendez")
    assert searched(captured)


LITERAL = (
    *("%%%", "___", "%e%", "' OR 1=1 --", "(((", "[a-z]", "\\\\\\", ".*.", "^WU", "WU-1000_"),
    *("{{7*7}}", "{% debug %}", "\ud800abc", "a\0bcd", "$$$"),
)


@pytest.mark.parametrize("path", SEARCHES)
def test_rows_3_4_7_11_20_every_sign_is_itself(path: str, asked: Any) -> None:
    for typed in LITERAL:
        answer = asked(path, typed)
        assert answer.status_code == 200, typed
        assert not rows_of(answer), typed
        assert ">49<" not in answer.content.decode()


@pytest.mark.parametrize("path", SEARCHES)
def test_row_6_too_long(path: str, asked: Any) -> None:
    assert asked(path, "x" * 100).status_code == 200
    for length in (101, 10_000):
        answer = asked(path, "x" * length)
        assert answer.status_code == 422
        assert "Search is too long" in answer.content.decode()


MEANT = ("(555) 123-4567", "5551234567", "+1 555 123 4567", "JOSÉ", "Jose\u0301", "jose")


@pytest.mark.parametrize("path", SEARCHES)
def test_rows_8_and_9_what_people_mean_is_found(path: str, asked: Any) -> None:
    for typed in MEANT:
        assert rows_of(asked(path, typed)), typed


MARKUP = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onfocus='alert(1)")


@pytest.mark.parametrize("path", SEARCHES)
def test_row_10_markup_is_shown_as_typed(path: str, asked: Any) -> None:
    for typed in MARKUP:
        answer = asked(path, typed)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert typed not in page
        assert Page(page).foreign == []
        if path in LISTS:
            assert html.escape(typed) in page


ODD = (
    *("page=1&page=2", "sort=password", "sort=account__user__password", "sort=-", "q=zzz&q=jos"),
    *("sort=-requested&sort=evil", "status[]=ACTIVE", "status__in=ACTIVE"),
)


@pytest.mark.parametrize("path", LISTS[:2])
def test_rows_13_and_14_odd_parameters_are_ignored(
    path: str, asked: Any, client_as: Callable[..., Client]
) -> None:
    client = client_as(Role.SUPERVISOR)
    for query in ODD:
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 200, query
        assert rows_of(answer), query
