"""A request's page: facts, clock, tabs, and the buttons that each role finds."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consumers.choices import AccountStatus
from disconnections.access import allowed_acts
from disconnections.operations import close_request
from smart360.cases import operations as cases
from smart360.cases.access import Act
from smart360.cases.models import Case
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import (
    HTMX,
    LIST,
    OFF,
    ClientAs,
    at_path,
    hold_data,
    page_of,
    put_on_hold,
)

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ one request
class TestDetail:
    def test_shows_the_samples_figures(
        self,
        client_as: ClientAs,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        """AC008, AC009: due is creation plus 24 h; any target that is past makes it Breached."""
        sarah = person(Role.CSE)
        asked = make_request(by=sarah, notes="Customer requested morning slot")
        cases.acknowledge(case=asked.pk, by=sarah, at=stands.go_on(minutes=90))
        client = client_as(sarah)
        stands.at = at + timedelta(hours=2, minutes=30)
        noon = page_of(client, at_path(asked))
        assert ">On Track<" in noon
        assert "Breached" not in noon
        stands.at = at + timedelta(hours=5, minutes=15)
        html = page_of(client, at_path(asked))
        assert "Breached: response since 13:30" in html
        assert "Dec 11, 2024, 09:30 AM" in html
        assert "18 h 45 m" in html
        assert "1.50 h" in html
        assert "2.00 h" in html
        assert "24.00 h" in html
        for shown in (
            "Non-payment of bills", "NP-001", "Customer has outstanding balance exceeding 90 days",
            "Customer requested morning slot", "Not specified", "Required approval", "18,245 kWh",
            "Nov 30, 2024", "(555) 123-4567", "Residential", "Standard", "Same as service address",
            "Last updated by", "Why this time?",
        ):  # fmt: skip
            assert shown in html, shown

    def test_a_service_without_a_meter_shows_dashes(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        html = page_of(client_as(Role.CSE), at_path(make_request(make_consumer(with_meters=False))))
        row = re.search(r"Electricity.*?</tr>", html, re.DOTALL)
        assert row
        assert row[0].count("<td>--</td>") + row[0].count('s-num">--</td>') == 5

    def test_offers_to_wait_for_a_late_visit(
        self,
        client_as: ClientAs,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        by = person(Role.CSE)
        asked = make_request(by=by, preferred_on=date(2024, 12, 15))
        client = client_as(by)
        assert "Put on Hold until then" not in page_of(client, at_path(asked))
        cases.acknowledge(case=asked.pk, by=by, at=at)
        html = page_of(client, at_path(asked))
        assert "Put on Hold until then" in html
        assert 'value="2024-12-15"' in html
        assert re.search(r'<option value="\d+" selected>Waiting for the scheduled date', html)
        assert "the consumer asked for a visit on Sun, Dec 15, 2024, any time" in html
        assert "and you asked for a visit on Sun, Dec 15, 2024, any time." in html

    def test_a_visit_that_is_past_is_not_promised(
        self,
        client_as: ClientAs,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        by = person(Role.CSE)
        asked = make_request(by=by, preferred_on=date(2024, 12, 15))
        cases.acknowledge(case=asked.pk, by=by, at=at)
        stands.go_on(days=7)
        html = page_of(client_as(by), at_path(asked))
        assert "you asked for a visit" not in html
        assert "it should have been done by Dec 15, 2024, 08:00 AM, and is late." in html

    def test_the_document_is_shown_to_those_who_may(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request(
            identity_check="DOCUMENT_SEEN", identity_document="PASSPORT", identity_last_four="7788"
        )
        assert "Passport, ending 7788" in page_of(client_as(Role.SUPERVISOR), at_path(asked))
        hidden = page_of(client_as(Role.CALL_CENTRE), at_path(asked))
        assert "Document seen" in hidden
        assert "7788" not in hidden
        assert "Passport" not in hidden

    @pytest.mark.parametrize(
        "number",
        [
            "DIS-2024-999999",
            "999999999999999999999",
            "abc",
            "a%00b",
            "%ff",
            "REC-2024-000001/timeline",
        ],
    )
    def test_what_is_not_there_is_404(
        self, number: str, client_as: ClientAs, utility: Utility
    ) -> None:
        assert client_as(Role.CSE).get(f"{LIST}{number}").status_code == 404

    def test_each_tab_is_an_address(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        client = client_as(Role.CSE)
        for tail, title in (
            ("", "Details"),
            ("/communication", "Communication"),
            ("/timeline", "Timeline"),
        ):
            html = page_of(client, at_path(asked, tail))
            assert f"<title>{asked.case.number} {title} ·" in html
            assert re.search(rf'aria-current="page"[^>]*>{title}', html)
            fragment = page_of(client, at_path(asked, tail), **HTMX)
            assert fragment.lstrip().startswith(("<div", "<section"))
            assert "<html" not in fragment

    def test_needs_few_statements(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        client = client_as(Role.CSE)
        page_of(client, at_path(asked))
        # session, person, utility, bell; case, holds, approval, stations, addresses of the
        # consumer, how much was said; then the tab's own: services, meters, verdict
        for tail, reached in (("", 13), ("/communication", 11), ("/timeline", 11)):
            with CaptureQueriesContext(connection) as seen:
                page_of(client, at_path(asked, tail))
            assert len(seen) == reached, (tail, [q["sql"][:90] for q in seen.captured_queries])

    def test_the_timeline_tells_who_did_what(
        self,
        client_as: ClientAs,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        by = person(Role.CSE)
        asked = make_request(by=by)
        cases.acknowledge(case=asked.pk, by=by, at=at)
        cases.assign(case=asked.pk, to=by, by=by, at=at)
        put_on_hold(asked, by, at)
        cases.resume(case=asked.pk, by=by, at=at)
        close_request(case=asked.pk, reason="CANCELLED", note="Moved away", by=by, at=at)
        html = page_of(client_as(by), at_path(asked, "/timeline"))
        for shown in (
            "Request created", "Status: Pending → In Progress", "Assigned to Sarah Johnson",
            "Status: In Progress → On Hold: Waiting for consumer", "Status: On Hold → In Progress",
            "Status: In Progress → Closed: Cancelled by consumer", "“Moved away”",
        ):  # fmt: skip
            assert shown in html, shown


# ------------------------------------------------------------------ buttons
BUTTONS = {
    Act.ACKNOWLEDGE: 'action="{path}/acknowledge"',
    Act.HOLD: 'data-opens="hold"',
    Act.RESUME: 'action="{path}/resume"',
    Act.CLOSE: 'data-opens="close"',
    Act.ASSIGN_TO_ME: 'action="{path}/assign"',
    Act.ASSIGN_TO: 'data-opens="assign"',
    Act.ADD_NOTE: 'write=note"',
    Act.SEND_MESSAGE: 'write=message"',
}
POSTS = {
    Act.ACKNOWLEDGE: "/acknowledge", Act.HOLD: "/hold", Act.RESUME: "/resume",
    Act.CLOSE: "/close", Act.ASSIGN_TO_ME: "/assign",
}  # fmt: skip
STATES = ("PENDING", "IN_PROGRESS", "ON_HOLD", "CLOSED")


def bring_to(state: str, asked: Any, by: Any, at: datetime) -> None:
    if state in ("IN_PROGRESS", "ON_HOLD"):
        cases.acknowledge(case=asked.pk, by=by, at=at)
    if state == "ON_HOLD":
        put_on_hold(asked, by, at)
    if state == "CLOSED":
        close_request(case=asked.pk, reason="DUPLICATE", note="", by=by, at=at)


@pytest.mark.parametrize("kind", ["DISCONNECTION", "RECONNECTION"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.TECHNICIAN])
def test_the_buttons_are_what_the_server_allows(
    role: Role,
    state: str,
    kind: str,
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
    at: datetime,
) -> None:
    """roles.md, rule 8: rendered actions, ``allowed_acts`` and the server's answers agree."""
    is_back = kind == "RECONNECTION"
    consumer = (
        make_consumer(status=AccountStatus.INACTIVE, services=OFF) if is_back else make_consumer()
    )
    by = person(Role.CSE)
    asked = make_request(consumer, by=by, reason="RC-001" if is_back else "NP-001")
    bring_to(state, asked, by, at)
    me = person(role)
    client = client_as(me)
    case = Case.objects.get(pk=asked.pk)
    assert case.kind == kind
    allowed = allowed_acts(case, me)
    html = page_of(client, at_path(asked))
    shown = {act for act, mark in BUTTONS.items() if mark.format(path=at_path(asked)) in html}
    assert shown == allowed & BUTTONS.keys()
    for act, tail in POSTS.items():
        if act not in allowed:
            sent = hold_data() if act == Act.HOLD else {"reason": "DUPLICATE"}
            assert client.post(at_path(asked, tail), sent).status_code in (403, 409), act
    case.refresh_from_db()
    assert case.status == state


def test_after_a_pause_the_adjusted_due_stands_beside_the_first(
    person: MakePerson, make_request: MakeRequest, client_as: ClientAs, stands: SetClock
) -> None:
    """SLA2: no page shows one due time here and another there without saying which is which."""
    sarah = person(Role.CSE)
    asked = make_request(by=sarah)
    cases.acknowledge(case=asked.pk, by=sarah, at=stands())
    assert "Adjusted due" not in page_of(client_as(sarah), at_path(asked))
    put_on_hold(asked, sarah, stands())
    cases.resume(case=asked.pk, by=sarah, at=stands.go_on(hours=2))
    html = page_of(client_as(sarah), at_path(asked))
    beside = html.partition("<dt>Adjusted due</dt>")[2].partition("</dd>")[0]
    assert "Dec 11, 2024, 11:30 AM" in beside


def test_a_technician_finds_nothing(
    person: MakePerson, make_request: MakeRequest, client_as: ClientAs, stands: SetClock
) -> None:
    asked = make_request()
    assert allowed_acts(asked.case, person(Role.TECHNICIAN)) == frozenset()
    assert (
        client_as(Role.TECHNICIAN)
        .get(reverse("request_detail", args=[asked.case.number]))
        .status_code
        == 403
    )


@pytest.mark.parametrize(
    ("role", "sees_words", "sees_addresses"),
    [
        (Role.CSE, True, True),
        (Role.BILLING, True, True),
        (Role.DISPATCHER, True, False),
        (Role.ADMIN, False, False),
    ],
)
def test_each_role_reads_what_it_may_of_free_words(
    client_as: ClientAs,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
    role: Role,
    sees_words: bool,
    sees_addresses: bool,
) -> None:
    """X3: notes may hold anything; no tab, and no receipt, shows more of them than another."""
    sarah = person(Role.CSE)
    asked = make_request(by=sarah, notes="Ring Ann Smith, ann@private.example")
    cases.acknowledge(case=asked.pk, by=sarah, at=stands())
    put_on_hold(asked, sarah, stands())
    close_request(
        case=asked.pk, reason="OTHER", note="Ann Smith moved, ann@private.example",
        by=sarah, at=stands(),
    )  # fmt: skip
    client = client_as(role)
    for tail in ("", "/timeline", "/communication", "/receipt", "/top"):
        html = page_of(client, at_path(asked, tail))
        if tail in ("", "/timeline", "/receipt"):
            assert ("Ann Smith" in html) is sees_words, tail
            assert ("ann@private.example" in html) is sees_addresses, tail
        assert sees_addresses or asked.tracking_token not in html, tail
