"""The start page: one's own work and what nobody works on, the most urgent first."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disconnections.operations import ask_for_approval
from smart360.cases import operations as cases
from smart360.cases.queries import approvals
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import HTMX, ClientAs, numbers_in, page_of

pytestmark = pytest.mark.django_db


def panel(html: str, id_: str) -> str:
    found = re.search(rf'<section class="s-panel" id="{id_}".*?</section>', html, re.DOTALL)
    assert found, id_
    return found[0]


def test_shows_my_work_and_the_unassigned_soonest_breach_first(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
    at: datetime,
) -> None:
    me = person(Role.CSE)
    made = [
        make_request(make_consumer(f"Person {step}"), by=me, moment=at + timedelta(minutes=step))
        for step in range(4)
    ]
    stands.at = at + timedelta(minutes=10)
    for each in (made[2], made[0]):
        cases.assign(case=each.pk, to=me, by=me, at=stands.at)
    html = page_of(client_as(me), "/")
    assert "Good morning, Sarah" in html
    assert "Tuesday, December 10, 2024" in html
    assert numbers_in(panel(html, "my-requests")) == [made[0].case.number, made[2].case.number]
    assert numbers_in(panel(html, "unassigned")) == [made[1].case.number, made[3].case.number]
    assert re.search(
        r'data-at="2024-12-10T09:40:00-06:00".*<time datetime="2024-12-11', html, re.DOTALL
    )
    assert "Create Request" in html


def test_assigns_from_the_start_page(
    client_as: ClientAs, make_request: MakeRequest, person: MakePerson, stands: SetClock
) -> None:
    asked = make_request()
    me = person(Role.CSE)
    client = client_as(me)
    path = f"/cx/disconnections/{asked.case.number}/assign"
    answer = client.post(path, {"from": "start"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    html = page_of(client, "/")
    assert f"{asked.case.number} is assigned to you." in html
    assert numbers_in(panel(html, "my-requests")) == [asked.case.number]
    other = client_as(Role.CSE)
    assert other.post(path, {"from": "start"}).status_code == 302
    assert "Assigned to Sarah Johnson already" in page_of(other, "/")


def test_pressed_twice_on_the_start_page_it_is_assigned_once(
    client_as: ClientAs, make_request: MakeRequest, person: MakePerson
) -> None:
    """R4: each button has a key of its own, and the second press shows the first result."""
    asked, other = make_request(), make_request()
    client = client_as(person(Role.CSE))
    keys = re.findall(r'name="form_key" value="([0-9a-f-]{36})"', page_of(client, "/"))
    assert len(keys) == len(set(keys)) == 2
    path = f"/cx/disconnections/{asked.case.number}/assign"
    for _ in range(2):
        client.post(path, {"from": "start", "form_key": keys[0]})
        assert f"{asked.case.number} is assigned to you." in page_of(client, "/")
    assert asked.case.entries.filter(kind="ASSIGNED").count() == 1
    taken = client.post(
        f"/cx/disconnections/{other.case.number}/assign", {"from": "start", "form_key": keys[0]}
    )
    assert taken.status_code == 302
    other.case.refresh_from_db()
    assert other.case.assignee is None


def test_a_supervisor_sees_what_is_breached_and_at_risk(
    client_as: ClientAs, make_request: MakeRequest, stands: SetClock
) -> None:
    make_request()
    client = client_as(Role.SUPERVISOR)
    assert "0 breached" in page_of(client, "/")
    stands.go_on(hours=1, minutes=45)
    assert "1 at risk" in page_of(client, "/")
    stands.go_on(hours=1)
    html = page_of(client, "/")
    assert "1 breached" in html
    assert "1 with nobody on it" in html
    assert "breached" not in page_of(client_as(Role.CSE), "/").replace("Breached", "")


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (Role.CSE, ["Create Request", "My requests"], ["Settings", "People and roles"]),
        (Role.CALL_CENTRE, ["Create Request", "Find a consumer"], ["Nobody assigned"]),
        (Role.BILLING, ["All open requests"], ["Create Request", "Nobody assigned"]),
        (Role.DISPATCHER, ["Day board"], ["Create Request", "Nobody assigned"]),
        (Role.ADMIN, ["Settings", "People and roles", "Administration"], ["Create Request"]),
        (Role.TECHNICIAN, ["Nothing to do here yet"], ["Shortcuts", "Create Request"]),
    ],
)
def test_each_role_finds_its_shortcuts(
    role: Role,
    shown: list[str],
    hidden: list[str],
    client_as: ClientAs,
    utility: Utility,
    stands: SetClock,
) -> None:
    html = page_of(client_as(role), "/")
    main = html[html.index("<main") : html.index("</main>")]
    for words in shown:
        assert words in main, words
    for words in hidden:
        assert words not in main, words


def test_what_waits_for_approval_says_when_there_is_more_of_it(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What this supervisor may not decide comes last and hides nothing that they may."""
    monkeypatch.setattr(approvals, "MOST_WAITING", 1)
    david, robert = person(Role.SUPERVISOR), person(Role.RECOVERY)
    own = make_request(make_consumer("Own"), by=david)
    other = make_request(make_consumer("Other"), by=person(Role.CSE))
    for each in (own, other):
        ask_for_approval(case=each.pk, reason="Look", by=robert, at=stands.go_on(minutes=1))
    html = page_of(client_as(david), "/")
    waiting = panel(html, "waiting-approvals")
    assert other.case.number in waiting
    assert own.case.number not in waiting
    assert "The 1 oldest; the others follow when these are decided." in waiting
    monkeypatch.setattr(approvals, "MOST_WAITING", 2)
    waiting = panel(page_of(client_as(david), "/"), "waiting-approvals")
    assert own.case.number in waiting
    assert "the others follow" not in waiting


def test_says_when_there_is_nothing_to_do(
    client_as: ClientAs, utility: Utility, stands: SetClock
) -> None:
    html = page_of(client_as(Role.CSE), "/")
    assert "Nothing is assigned to you" in html
    assert "Every open request has somebody" in html


def test_needs_few_statements(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
) -> None:
    by = person(Role.SUPERVISOR)
    for step in range(4):
        make_request(make_consumer(f"Person {step}"), by=by)
    client = client_as(by)
    page_of(client, "/")
    with CaptureQueriesContext(connection) as seen:
        page_of(client, "/")
    # session and person, utility, bell, the two lists, counts, what waits for approval
    assert len(seen) == 7, [query["sql"][:90] for query in seen.captured_queries]


def test_only_for_those_who_are_signed_in(client_as: ClientAs, utility: Utility) -> None:
    assert Client().get("/").status_code == 302
    assert Client().get("/", headers=HTMX).status_code == 401
    assert client_as(Role.CSE).post("/").status_code == 405
