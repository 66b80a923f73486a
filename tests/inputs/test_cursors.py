"""A place in a list that we did not write means the first page, whatever it holds."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.inputs.walker import quoted

pytestmark = pytest.mark.django_db

LIST = "/cx/disconnections/"
CRAFTED = [
    '["a","word","word"]',
    '["a",1,1]',
    '["a","2024-01-01",1]',
    '["a",{"at":"2024-01-01T00:00:00"},1]',
    '["a",{"at":"0001-01-01T00:00:00+14:00"},1]',
    '["b",{"at":"9999-12-31T23:59:59-14:00"},1]',
    '["a","\\ud800",1]',
    '["a","\\u0000",1]',
    "[[],1,2]",
    "[{},{},{}]",
    '["a",null,null]',
    '["a",' + "9" * 4_400 + ",1]",
    "[" * 2_500,
]


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("path", [LIST, "/cx/consumer-management/", "/notices/"])
def test_what_somebody_made_up_is_the_first_page(
    path: str, client_as: Callable[..., Client], utility: Any
) -> None:
    client = client_as(Role.SUPERVISOR)
    for text in CRAFTED:
        for sort in ("due", "priority"):
            answer = client.get(f"{path}?sort={sort}&cursor={packed(text)}")
            assert answer.status_code == 200, (sort, text[:40])


def test_what_is_no_cursor_at_all_is_the_first_page(
    client_as: Callable[..., Client], utility: Any
) -> None:
    client = client_as(Role.SUPERVISOR)
    for cursor in ("", ".", "a.b", "é.ü", "\0", "\ud800.x", "a" * 4_000, "..."):
        answer = client.get(f"{LIST}?cursor={quoted(cursor)}")
        assert answer.status_code == 200, cursor


def test_a_cursor_is_good_for_its_own_order_only(
    client_as: Callable[..., Client],
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
) -> None:
    """One of another order holds keys of other kinds: the first page, not an error."""
    by = person(Role.SUPERVISOR)
    made = [
        make_request(make_consumer(), by=by, moment=stands.at + timedelta(seconds=step))
        for step in range(26)
    ]
    stands.go_on(minutes=1)
    client = client_as(by)
    found = re.search(r"cursor=([\w.%-]+)", client.get(f"{LIST}?sort=number").content.decode())
    assert found
    following = client.get(f"{LIST}?sort=number&cursor={found[1]}").content.decode()
    assert re.findall(r"DIS-2024-\d{6}", following)[0] == made[-1].case.number
    for sort in ("due", "-requested", "priority", "-number"):
        answer = client.get(f"{LIST}?sort={sort}&cursor={found[1]}")
        first = client.get(f"{LIST}?sort={sort}")
        assert answer.status_code == 200
        rows = [re.findall(r"DIS-2024-\d{6}", each.content.decode()) for each in (answer, first)]
        assert rows[0] == rows[1]
