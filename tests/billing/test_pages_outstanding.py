"""What accounts owe, in the lists (004: "Outstanding", "Total Balance")."""

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from smart360.staff.choices import Role
from tests.billing.paying import owe
from tests.conftest import MakeConsumer, MakeRequest, SetClock

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
REQUESTS = "/cx/disconnections/"
CONSUMERS = "/cx/consumer-management/"
SEES = (Role.CSE, Role.CALL_CENTRE, Role.RECOVERY, Role.BILLING, Role.SUPERVISOR)
SEES_NONE = (Role.ADMIN, Role.DISPATCHER)


@pytest.fixture(autouse=True)
def _owed(
    make_consumer: MakeConsumer, make_request: MakeRequest, stands: SetClock, at: datetime
) -> None:
    """One account with a request that owes $456.78, one without that owes nothing."""
    consumer = make_consumer(account_number="ACC-2024-001789")
    make_request(consumer)
    make_consumer("Mary Jones", account_number="ACC-2024-001790")
    owe(consumer, "456.78", at=at)


def row_of(html: str, account: str) -> str:
    rows = re.findall(r"<tr[ >].*?(?=<tr[ >]|</tbody>)", html, re.DOTALL)
    return str(next(row for row in rows if account in row))


@pytest.mark.parametrize("role", SEES, ids=str)
def test_lists_show_what_is_owed(client_as: ClientAs, role: Role) -> None:
    client = client_as(role)
    for path in (REQUESTS, f"{REQUESTS}?q=Smith", CONSUMERS, f"{CONSUMERS}?q=Smith"):
        html = client.get(path).content.decode()
        assert re.search(">Outstanding(</a>)?</th>", html)
        assert "$456.78" in row_of(html, "ACC-2024-001789")
    assert "$0.00" in row_of(client.get(CONSUMERS).content.decode(), "ACC-2024-001790")


@pytest.mark.parametrize("role", SEES_NONE, ids=str)
def test_others_see_no_money_in_lists(client_as: ClientAs, role: Role) -> None:
    client = client_as(role)
    for path in (REQUESTS, CONSUMERS):
        html = client.get(path).content.decode()
        assert "456.78" not in html
        assert "Outstanding" not in html
        assert "Total Balance" not in html


def test_the_total_is_for_those_who_see_money(client_as: ClientAs) -> None:
    """004: the card of the consumers' page; a fragment leaves it as it stands."""
    for role in (Role.RECOVERY, Role.BILLING, Role.SUPERVISOR):
        html = client_as(role).get(CONSUMERS).content.decode()
        assert re.search(r"Total Balance</b><strong[^>]*>\$456\.78", html)
    for role in (Role.CSE, Role.CALL_CENTRE):
        assert "Total Balance" not in client_as(role).get(CONSUMERS).content.decode()
    part = client_as(Role.BILLING).get(CONSUMERS, headers={"HX-Request": "true"})
    assert "Total Balance" not in part.content.decode()


def test_the_export_has_the_column(client_as: ClientAs) -> None:
    answer = client_as(Role.SUPERVISOR).get(f"{REQUESTS}export.csv")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it streams
    (line,) = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    assert line["Outstanding"] == "$456.78"
