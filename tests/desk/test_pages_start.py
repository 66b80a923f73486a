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
from smart360.desk.queries import start as queries
from smart360.kernel.prepared import Shelf
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import HTMX, ClientAs, numbers_in, page_of

pytestmark = pytest.mark.django_db


REQUESTS, COMPLAINTS = "/cx/disconnections/?sla=", "/cx/services/?sla="
NONE_LATE = {
    f"{where}{sla}": 0 for where in (REQUESTS, COMPLAINTS) for sla in ("BREACHED", "AT_RISK")
}
STAFF = "Rude or disrespectful"


def late_in(html: str) -> dict[str, int]:
    """What the page counts, by the address of the list that makes it up."""
    found = re.findall(r'<a href="([^"]*\?sla=[A-Z_]+)">(\d+) (?:breached|at risk)</a>', html)
    return {address: int(number) for address, number in found}


def work_in(html: str) -> list[str]:
    """The numbers in a panel, requests and complaints alike."""
    return re.findall(r'<th scope="row"><a href="/cx/[a-z]+/([A-Z]+-[0-9-]+)">\1</a>', html)


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
    assert numbers_in(panel(html, "my-work")) == [made[0].case.number, made[2].case.number]
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
    assert numbers_in(panel(html, "my-work")) == [asked.case.number]
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
    assert late_in(page_of(client, "/")) == NONE_LATE
    stands.go_on(hours=1, minutes=45)
    assert late_in(page_of(client, "/")) == {**NONE_LATE, REQUESTS + "AT_RISK": 1}
    stands.go_on(hours=1)
    html = page_of(client, "/")
    assert late_in(html) == {**NONE_LATE, REQUESTS + "BREACHED": 1}
    assert "Requests and complaints with nobody on them: 1" in html
    assert "breached" not in page_of(client_as(Role.CSE), "/").replace("Breached", "")


def test_complaints_are_among_the_work_soonest_breach_first(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    person: MakePerson,
    stands: SetClock,
    at: datetime,
) -> None:
    me = person(Role.CSE)
    asked = [
        make_request(make_consumer(f"Person {step}"), by=me, moment=at + timedelta(minutes=step))
        for step in (0, 20)
    ]
    said = [make_complaint(by=me, when=at + timedelta(minutes=step)) for step in (10, 30)]
    made = [each.case for each in asked] + [each.case for each in said]
    breaches = [(case.breaches_at, case.number) for case in made]
    soonest_first = [number for _, number in sorted(breaches)]
    client = client_as(me)
    html = page_of(client, "/")
    assert work_in(panel(html, "unassigned")) == soonest_first
    assert "Nothing is assigned to you" in html
    path = f"/cx/services/{said[0].case.number}/assign"
    assert f'formaction="{path}"' in html
    answer = client.post(path, {"from": "start"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    cases.assign(case=asked[1].pk, to=me, by=me, at=at + timedelta(minutes=40))
    mine = [number for number in soonest_first if number in
            {said[0].case.number, asked[1].case.number}]  # fmt: skip
    html = page_of(client, "/")
    assert f"{said[0].case.number} is assigned to you." in html
    assert work_in(panel(html, "my-work")) == mine
    assert work_in(panel(html, "unassigned")) == [
        number for number in soonest_first if number not in mine
    ]
    call_centre = panel(page_of(client_as(Role.CALL_CENTRE), "/"), "unassigned")
    assert work_in(call_centre) == [said[1].case.number]
    recovery = panel(page_of(client_as(Role.RECOVERY), "/"), "unassigned")
    assert work_in(recovery) == [asked[0].case.number]


def test_the_panels_hold_the_soonest_of_both(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    person: MakePerson,
    stands: SetClock,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queries, "MOST_SHOWN", 2)
    monkeypatch.setattr(queries, "PREPARED", Shelf())
    by = person(Role.SUPERVISOR)
    made = [make_request(make_consumer(), by=by).case for _ in range(2)]
    made += [make_complaint(by=by, when=at + timedelta(hours=n)).case for n in range(2)]
    breaches = sorted((case.breaches_at, case.pk, case.number) for case in made)
    html = page_of(client_as(by), "/")
    assert work_in(panel(html, "unassigned")) == [number for *_, number in breaches[:2]]


def test_a_hidden_complaint_is_hidden_from_the_start_page_and_its_counts(
    client_as: ClientAs, make_complaint: MakeComplaint, person: MakePerson, stands: SetClock
) -> None:
    """X2: what is about staff is for supervisors, and never for the person named."""
    named, boss = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    hidden = make_complaint(name=STAFF, staff_named=named.pk).case
    seen = make_complaint().case
    stands.go_on(days=60)
    for whose, numbers in (
        (boss, [hidden.number, seen.number]),
        (named, [seen.number]),
        (person(Role.CSE), [seen.number]),
    ):
        html = page_of(client_as(whose), "/")
        assert sorted(work_in(panel(html, "unassigned"))) == sorted(numbers)
        assert (hidden.number in html) == (whose is boss)
        if whose is not boss and whose is not named:
            assert late_in(html) == {}
            continue
        assert late_in(html) == {**NONE_LATE, COMPLAINTS + "BREACHED": len(numbers)}
        assert f"Requests and complaints with nobody on them: {len(numbers)}<" in html
        listed = page_of(client_as(whose), f"{COMPLAINTS}BREACHED")
        assert all(number in listed for number in numbers)
        assert (hidden.number in listed) == (whose is boss)


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (
            Role.CSE,
            ["Create Request", "My requests", "My complaints", "My open requests and complaints"],
            ["Settings", "People and roles", "at risk"],
        ),
        (
            Role.CALL_CENTRE,
            ["Create Request", "Find a consumer", "My open complaints", "New complaints appear"],
            ["My requests", "requests and complaints"],
        ),
        (
            Role.RECOVERY,
            ["My open requests", "All open complaints"],
            ["My complaints", "requests and complaints"],
        ),
        (
            Role.BILLING,
            ["All open requests", "All open complaints"],
            ["Create Request", "Nobody assigned", "My complaints"],
        ),
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
    assert "Everything open has somebody" in html


def test_needs_few_statements(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    person: MakePerson,
    stands: SetClock,
) -> None:
    by = person(Role.SUPERVISOR)
    for step in range(4):
        make_request(make_consumer(f"Person {step}"), by=by)
        make_complaint(by=by)
    client = client_as(by)
    page_of(client, "/")
    with CaptureQueriesContext(connection) as seen:
        page_of(client, "/")
    # session, person, utility, bell, work and counts of each kind, what waits for approval
    assert len(seen) == 9, [query["sql"][:90] for query in seen.captured_queries]


def test_only_for_those_who_are_signed_in(client_as: ClientAs, utility: Utility) -> None:
    assert Client().get("/").status_code == 302
    assert Client().get("/", headers=HTMX).status_code == 401
    assert client_as(Role.CSE).post("/").status_code == 405
