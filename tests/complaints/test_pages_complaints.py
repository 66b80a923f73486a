"""The list of complaints as a page: who may, plain and htmx, odd input, statements, the file."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import ComplaintName, ComplaintSubcategory
from complaints.rules import Stranger
from smart360.cases.operations import assign
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stands")]
ClientAs = Callable[..., Client]
LIST = "/cx/services/"
HTMX = {"HX-Request": "true"}


def page_of(client: Client, path: str = LIST, **headers: str) -> str:
    answer = client.get(path, headers=headers or None)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def numbers_in(html: str) -> list[str]:
    return re.findall(r"<th scope=row><a href=(CMP-[0-9]+)>", html)


@pytest.fixture
def about_staff() -> str:
    """The name of a default complaint about staff."""
    return ComplaintName.objects.filter(subcategory__category__is_about_staff=True)[0].name


# ------------------------------------------------------------------ who sees what
def test_it_shows_who_complains_and_of_what(
    client_as: ClientAs, make_complaint: MakeComplaint, make_consumer: MakeConsumer
) -> None:
    known = make_complaint(make_consumer("Eleanor Whitfield", is_vip=True))
    make_complaint()
    html = page_of(client_as(Role.CSE))
    for words in ("Eleanor Whitfield", "VIP", known.case.number, "Bill is too high", "Billing",
                  "Ann Newcomer", "Current Complaints", "History", "My complaints"):  # fmt: skip
        assert words in html
    assert "2 open" in html
    masked = page_of(client_as(Role.ADMIN))
    assert "Ann Newcomer" not in masked
    assert "Eleanor Whitfield" not in masked
    assert len(numbers_in(masked)) == 2


def test_what_is_about_staff_is_for_supervisors_who_are_not_named(
    client_as: ClientAs, make_complaint: MakeComplaint, about_staff: str
) -> None:
    named, other = client_as(Role.SUPERVISOR), client_as(Role.SUPERVISOR)
    person = int(named.session["_auth_user_id"])
    number = make_complaint(name=about_staff, staff_named=person).case.number
    for client, is_there in (
        (other, True), (named, False), (client_as(Role.CSE), False), (client_as(Role.ADMIN), False),
    ):  # fmt: skip
        for query in ("", f"?q={number}", "?q=newcomer", "?q=5551230000"):
            html = page_of(client, LIST + query)
            assert (number in numbers_in(html)) == is_there, query
            assert ("1 open" in html) == is_there
        rows = page_of(client, LIST, **HTMX)
        assert ("1 of 1" in rows) == is_there
    assert "About staff" in page_of(other)
    assert "About staff" not in page_of(client_as(Role.CSE))
    for client, lines in ((other, 2), (named, 1)):
        file = client.get(f"{LIST}export.csv").getvalue().decode()
        assert len(file.splitlines()) == lines
        assert (number in file) == (lines == 2)


def test_strangers_are_found(client_as: ClientAs, make_complaint: MakeComplaint) -> None:
    said = Stranger(
        name="José O’Neil", phone="+1 555 777 8899", service_address="12 Birch Lane",
        account_said="WU-88123",
    )  # fmt: skip
    number = make_complaint(stranger=said).case.number
    make_complaint()
    short = str(int(number.removeprefix("CMP-")))
    for typed in ("jose", "O’Neil", "neil", "birch", "7778899", "555 777", "wu-88123", number,
                  number.lower(), f"cmp {short}", number.removeprefix("CMP-")):  # fmt: skip
        client = client_as(Role.CSE)  # nobody asks too often
        for more in ({}, HTMX):
            assert numbers_in(page_of(client, f"{LIST}?q={typed}", **more)) == [number], typed
    assert numbers_in(page_of(client, f"{LIST}?q=nobody+is+called+so")) == []
    assert "No complaints match these filters" in page_of(client, f"{LIST}?q=nobody+is+so")


# ------------------------------------------------------------------ whose work it is
def test_the_work_of_one_person(
    client_as: ClientAs, make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    """Whoever works on complaints is offered, and who has left while their work is asked for."""
    karen, left = person(Role.CSE), person(Role.CALL_CENTRE)
    for whose in (karen, left):
        Person.objects.filter(pk=whose.pk).update(full_name=f"{whose.username} at work")
    billing = person(Role.BILLING)
    numbers = {}
    for whose in (karen, left):
        made = make_complaint()
        assign(case=made.pk, to=whose, by=whose, at=at)
        numbers[whose] = made.case.number
    make_complaint()
    Person.objects.filter(pk=left.pk).update(is_active=False)
    client = client_as(Role.SUPERVISOR)

    html = page_of(client)
    assert f'<option value="{karen.pk}">{karen.username} at work</option>' in html
    for nobody in (billing, left):
        assert f'<option value="{nobody.pk}"' not in html
    for whose, number in numbers.items():
        for more in ({}, HTMX):
            assert numbers_in(page_of(client, f"{LIST}?assignee={whose.pk}", **more)) == [number]
        shown = page_of(client, f"{LIST}?assignee={whose.pk}")
        assert f'<option value="{whose.pk}" selected>{whose.username} at work</option>' in shown
        file = client.get(f"{LIST}export.csv?assignee={whose.pk}").getvalue().decode()
        assert [number in file for number in numbers.values()].count(True) == 1
    assert '<option value="me" selected>Me</option>' in page_of(client, f"{LIST}?assignee=me")


def test_any_subcategory_is_asked_for(client_as: ClientAs, make_complaint: MakeComplaint) -> None:
    """Also one with a key as long as the column takes."""
    billing = ComplaintName.objects.get(name="Bill is too high").subcategory.category
    late = ComplaintSubcategory.objects.create(pk=10**12, category=billing, name="Late bills")
    ComplaintName.objects.create(subcategory=late, name="Never came")
    number = make_complaint(name="Never came").case.number
    make_complaint()
    assert numbers_in(page_of(client_as(Role.CSE), f"{LIST}?subcategory={late.pk}")) == [number]


# ------------------------------------------------------------------ odd input
@pytest.mark.parametrize(
    "query",
    ["subcategory=abc", "subcategory=99999999999999", "category=nothing", "sort=no", "cursor=no",
     "subcategory=99999999999999999999", "subcategory=042",
     "ended_from=2024-13-40&tab=history", "q=%00%00%00", "subcategory=%C3%BF", "subcategory=²",
     "assignee=", "assignee=²", "assignee=99999999999999999999", "assignee=-1", "assignee=you"],
)  # fmt: skip
def test_odd_addresses_are_no_errors(
    query: str, client_as: ClientAs, make_complaint: MakeComplaint
) -> None:
    make_complaint()
    client = client_as(Role.SUPERVISOR)
    for more in ({}, HTMX):
        page_of(client, f"{LIST}?{query}", **more)
    assert client.get(f"{LIST}export.csv?{query}").getvalue()


def test_says_which_day_is_wrong(client_as: ClientAs) -> None:
    client = client_as(Role.CSE)
    html = page_of(client, f"{LIST}?tab=history&ended_from=2024-12-10&ended_to=2024-12-01")
    assert "Resolved or rejected from: Start date is after end date" in html
    assert "Resolved or rejected" not in page_of(client)  # nothing of what is open has ended
    html = page_of(client, f"{LIST}?ended_from=2024-12-10&status=PENDING")
    assert "Remove filter Unknown filter" in html
    assert 'href="?status=PENDING" aria-label="Remove filter Unknown filter"' in html


# ------------------------------------------------------------------ statements
def test_takes_as_many_statements_however_many_there_are(
    client_as: ClientAs, make_complaint: MakeComplaint, make_consumer: MakeConsumer
) -> None:
    """The whole page, the rows alone, and a search: N+1 would show here."""
    client = client_as(Role.SUPERVISOR)
    took = []
    for step in range(2):
        for number in range(1 + 4 * step):
            make_complaint(make_consumer(f"Person {step} {number}"))
            make_complaint()
        page_of(client)
        for path, more, most in (
            (LIST, {}, 8), (LIST, HTMX, 5), (f"{LIST}?q=newcomer", HTMX, 5),
            (f"{LIST}?category=billing&priority=HIGH&status=PENDING", {}, 8),
        ):  # fmt: skip
            page_of(client, path, **more)
            with CaptureQueriesContext(connection) as captured:
                page_of(client, path, **more)
            assert len(captured) <= most, [query["sql"] for query in captured]
            took.append(len(captured))
    assert took[:4] == took[4:]


# ------------------------------------------------------------------ the file
def test_the_file_has_what_is_filtered(
    client_as: ClientAs, make_complaint: MakeComplaint, at: datetime
) -> None:
    number = make_complaint().case.number
    client = client_as(Role.SUPERVISOR)
    answer = client.get(f"{LIST}export.csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="complaints-2024-12-')
    lines = answer.getvalue().decode().splitlines()
    assert number in lines[1]
    assert "Ann Newcomer" in lines[1]
    assert len(client.get(f"{LIST}export.csv?status=ON_HOLD").getvalue().splitlines()) == 1
    assert client_as(Role.CSE).get(f"{LIST}export.csv").status_code == 403
