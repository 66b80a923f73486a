"""The list's search by words and its reasons: bounded, and honest about what was left out."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consumers.queries import Others, fitting, fitting_beside
from disconnections.models import Reason
from disconnections.operations import close_request
from disconnections.queries.finding import find_reasons
from disconnections.queries.requests import REQUESTS
from disconnections.rules import begins_number, is_nearly_number, numbers_meant
from smart360.cases.queries import finding, pages
from smart360.cases.queries.finding import find_fitting
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import HTMX, LIST, ClientAs, numbers_in, page_of

pytestmark = pytest.mark.django_db
TOO_MANY = finding.TOO_MANY.format(noun="requests")


@pytest.fixture
def two_are_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most two consumers are looked at for words."""
    monkeypatch.setattr(finding, "MOST_CONSUMERS", 2)


# ------------------------------------------------------------------ numbers
@pytest.mark.parametrize(
    ("typed", "begun", "meant"),
    [
        ("DIS-2024-001234", "DIS-2024-001234", ["DIS-2024-001234"]),
        (" rec-2024-1234 ", "REC-2024-1234", ["REC-2024-001234"]),
        ("2024-1234", "", ["DIS-2024-001234", "REC-2024-001234"]),
        ("dis", "DIS", []),
        ("d\0is", "DIS", []),
        ("123 oak street", "", []),
        ("(555) 123-4567", "", []),
        ("1234567890", "", []),
    ],
)
def test_knows_a_number_by_its_looks(typed: str, begun: str, meant: list[str]) -> None:
    assert (begins_number(typed), numbers_meant(typed)) == (begun, meant)


def test_a_number_without_its_year_is_of_any_year() -> None:
    assert len(numbers_meant("dis 1234")) == 100
    assert {"DIS-2000-001234", "REC-2099-001234"} < set(numbers_meant("001234"))


@pytest.mark.parametrize(
    ("typed", "is_so"), [("DIS-2024-00", True), ("rec-2024-001234", True), ("DIS-2024-0", False)]
)
def test_few_numbers_begin_alike(typed: str, is_so: bool) -> None:
    assert is_nearly_number(typed) == is_so


# ------------------------------------------------------------------ words
@pytest.mark.usefixtures("two_are_most")
def test_says_that_more_consumers_fit(
    client_as: ClientAs, make_consumer: MakeConsumer, make_request: MakeRequest, stands: SetClock
) -> None:
    for name in ("One Person", "Two Person", "Three Person"):
        make_request(make_consumer(name))
    client = client_as(Role.SUPERVISOR)
    for more in ({}, HTMX):
        html = page_of(client, f"{LIST}?q=person", **more)
        assert len(numbers_in(html)) == 2
        assert TOO_MANY in html
        html = page_of(client, f"{LIST}?q=three+person", **more)
        assert len(numbers_in(html)) == 1
        assert TOO_MANY not in html
    assert TOO_MANY not in page_of(client)
    lines = client.get(f"{LIST}export.csv?q=person").getvalue().decode().splitlines()
    assert len(lines) == 4  # the file is complete


@pytest.mark.usefixtures("two_are_most")
def test_takes_those_who_have_a_current_request(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    stands: SetClock,
) -> None:
    for name in ("A Person", "B Person"):
        make_consumer(name)
    ended, asked = make_request(make_consumer("C Person")), make_request(make_consumer("D Person"))
    close_request(
        case=ended.pk, reason="DUPLICATE", note="", by=person(Role.CSE), at=ended.case.created_at
    )
    html = page_of(client_as(Role.CSE), f"{LIST}?q=person")
    assert numbers_in(html) == [asked.case.number]
    assert TOO_MANY not in html
    found = find_fitting(REQUESTS, "person", to=person(Role.CSE), is_history=True, is_counted=False)
    assert found.is_cut  # the control: there are four
    html = page_of(client_as(Role.CSE), f"{LIST}?tab=history&q=c+person")
    assert numbers_in(html) == [ended.case.number]


def test_finds_by_words_in_no_more_statements(
    client_as: ClientAs, make_request: MakeRequest, stands: SetClock
) -> None:
    """The turn is counted where the consumers are found; each text takes two statements."""
    make_request()
    client = client_as(Role.CSE)
    page_of(client, f"{LIST}?q=smith", **HTMX)
    with CaptureQueriesContext(connection) as captured:
        page_of(client, f"{LIST}?q=smith", **HTMX)
    about_consumers = [q["sql"] for q in captured if "search_text" in q["sql"]]
    assert len(about_consumers) == 1
    assert "web_allowance" in about_consumers[0]
    assert len(captured) == 5


def test_fitting_are_those_of_the_search(make_consumer: MakeConsumer) -> None:
    makes = [make_consumer(f"Person {letter}") for letter in "ABC"]
    assert fitting("person", most=10) == [each.pk for each in makes]
    assert fitting("person b", most=10) == [makes[1].pk]
    assert len(fitting("person", most=2)) == 2
    assert len(fitting("person", most=None)) == 3
    assert fitting("person", most=10, is_guarded=True) == []
    assert fitting("pe", most=10) == []


def test_others_are_found_beside_the_fitting(
    make_consumer: MakeConsumer, person: MakePerson
) -> None:
    """In the same statement and turn, also where no consumer can be meant."""
    made, asker = make_consumer("Person A"), person(Role.CSE).pk
    others = Others("SELECT n FROM generate_series(7, %(least)s) n", {"least": 8})
    for typed, found in (("person", [made.pk]), ("nobody", [])):
        with CaptureQueriesContext(connection) as captured:
            assert fitting_beside(typed, others, most=10, asker=asker) == (found, [7, 8])
        assert len(captured) == 1
    assert fitting_beside("pe", others, most=10, asker=asker) == ([], [])


# ------------------------------------------------------------------ reasons
def test_finds_what_was_requested_before_a_reasons_priority_changed(
    client_as: ClientAs, make_request: MakeRequest, stands: SetClock
) -> None:
    number = make_request(reason="NP-001").case.number
    client = client_as(Role.CSE)
    Reason.objects.filter(code="NP-001").update(priority="LOW")
    for query, is_there in (
        ("reason=NP-001", True),
        ("reason=NP-001&priority=HIGH", True),
        ("reason=NP-001&priority=HIGH&sort=priority", True),
        ("reason=NP-001&priority=LOW", False),
        ("reason=NP-001&priority=CRITICAL", False),
        ("reason=NP-001&type=RECONNECTION", False),
        ("reason=NP-001&reason=RC-001&sort=-priority", True),
        ("reason=SF-001", False),
        ("reason=NOT-ONE", False),
    ):
        assert (number in numbers_in(page_of(client, f"{LIST}?{query}"))) == is_there, query


def test_a_reason_without_a_beginning_may_have_had_any_priority(
    make_request: MakeRequest, as_owner: Callable[[], None]
) -> None:
    make_request()
    assert find_reasons(["NP-001"]).priorities == {"HIGH"}
    assert find_reasons(["NP-001", "CR-001"]).priorities == {"HIGH", "MEDIUM"}
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE disconnections_reasonevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE disconnections_reasonevent SET pgh_label = 'update'")
    assert find_reasons(["NP-001"]).priorities == {"CRITICAL", "HIGH", "MEDIUM", "LOW"}


def test_sorts_by_priority_beyond_one_page(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    stands: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    for reason in ("CR-001", "NP-001", "SF-001"):
        make_request(make_consumer(f"Person {reason}"), reason=reason)
    client = client_as(Role.CSE)
    for query in ("type=DISCONNECTION", "reason=CR-001&reason=NP-001&reason=SF-001", "q=person"):
        for sort in ("priority", "-priority"):
            html = page_of(client, f"{LIST}?{query}&sort={sort}")
            assert len(numbers_in(html)) == 2
            assert "2 of 3, " in html
