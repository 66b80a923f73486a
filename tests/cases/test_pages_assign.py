"""Assign to …: a supervisor gives a request or a complaint to somebody else."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from disconnections.models import DisconnectionRequest
from smart360.cases.models import Case
from smart360.cases.operations import acknowledge, assign
from smart360.comms.models import Notice
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakePerson, MakeRequest, SetClock

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
HTMX = {"HX-Request": "true"}
KINDS = ("disconnections", "services")


@pytest.fixture(params=KINDS)
def shown(request: Any, make_request: MakeRequest, make_complaint: MakeComplaint) -> Any:
    """A case of each kind."""
    return make_request() if request.param == "disconnections" else make_complaint()


def path_of(made: Any, tail: str = "") -> str:
    kind = "disconnections" if isinstance(made, DisconnectionRequest) else "services"
    return f"/cx/{kind}/{made.case.number}{tail}"


def offered(client: Client, made: Any) -> set[str]:
    """The names that the dialog offers."""
    html = client.get(path_of(made)).content.decode()
    select = re.findall(r'<select[^>]*name="to".*?</select>', html, re.DOTALL)[0]
    return set(re.findall(r"<option[^>]*value=\"[0-9]+\"[^>]*>([^<]*)<", select))


def sent(to: Person, seen: Person | None = None) -> dict[str, str]:
    return {"to": str(to.pk), "seen": str(seen.pk) if seen else "", "form_key": str(uuid4())}


def test_it_goes_to_somebody_who_hears_of_it(
    shown: Any, client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    boss, clerk = person(Role.SUPERVISOR), person(Role.CSE, full_name="Chosen Clerk")
    client, body = client_as(boss), sent(clerk)
    assert client.post(path_of(shown, "/assign-to"), body).status_code == 302
    assert client.post(path_of(shown, "/assign-to"), body).status_code == 302  # the same form
    assert Case.objects.get(pk=shown.pk).assignee == clerk
    assert Entry.objects.filter(case=shown.pk, kind=Event.ASSIGNED).count() == 1
    given = Notice.objects.filter(sentence__endswith="is assigned to you")
    assert [notice.person for notice in given] == [clerk]
    assert "assigned to Chosen Clerk" in client.get(path_of(shown)).content.decode()
    assert "Chosen Clerk" not in offered(client, shown)


def test_only_who_works_on_its_kind_is_offered(
    shown: Any, client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    boss = person(Role.SUPERVISOR, full_name="Boris Boss")
    for role in (Role.CSE, Role.CALL_CENTRE, Role.RECOVERY, Role.BILLING, Role.TECHNICIAN):
        person(role, full_name=role.value)
    person(Role.CSE, full_name="Gone Away", is_active=False)
    both = offered(client_as(boss), shown)
    works = "RECOVERY" if isinstance(shown, DisconnectionRequest) else "CALL_CENTRE"
    assert both >= {"Boris Boss", Role.CSE.value, Role[works].value}
    assert not both & ({each.value for each in Role} - {Role.CSE.value, Role[works].value})
    assert "Gone Away" not in both
    wrong = client_as(boss).post(
        path_of(shown, "/assign-to"), sent(Person.objects.get(full_name="Gone Away"))
    )
    assert wrong.status_code == 422
    assert Case.objects.get(pk=shown.pk).assignee is None


def test_nobody_is_given_what_names_them(
    make_complaint: MakeComplaint, client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    boss = person(Role.SUPERVISOR, full_name="Boris Boss")
    named = person(Role.SUPERVISOR, full_name="Named Supervisor")
    person(Role.CSE, full_name="Any Clerk")
    complaint = make_complaint(name="Rude or disrespectful", staff_named=named.pk)
    assert "Boris Boss" in (both := offered(client_as(boss), complaint))
    assert not both & {"Named Supervisor", "Any Clerk"}
    answer = client_as(boss).post(path_of(complaint, "/assign-to"), sent(named))
    assert answer.status_code == 422
    assert Case.objects.get(pk=complaint.pk).assignee is None


def test_what_changed_meanwhile_shows_the_fresh_state(
    shown: Any, client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    boss, clerk = person(Role.SUPERVISOR), person(Role.CSE, full_name="Quick Clerk")
    acknowledge(case=shown.pk, by=clerk, at=stands())
    assign(case=shown.pk, to=clerk, by=clerk, at=stands())
    for to in (person(Role.CSE), clerk):
        answer = client_as(boss).post(path_of(shown, "/assign-to"), sent(to), headers=HTMX)
        assert answer.status_code == 409
        html = answer.content.decode()
        assert "Assigned to Quick Clerk meanwhile." in html
        assert 'id="case-header"' in html
    assert Case.objects.get(pk=shown.pk).assignee == clerk


def test_nobody_chosen_comes_back_in_the_dialog(
    shown: Any, client_as: ClientAs, stands: SetClock
) -> None:
    client = client_as(Role.SUPERVISOR)
    answer = client.post(path_of(shown, "/assign-to"), {"to": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert answer.content.decode().lstrip().startswith('<form id="assign-form"')
    whole = client.post(path_of(shown, "/assign-to"), {"to": ""})
    assert whole.status_code == 422
    assert "This field is required." in whole.content.decode()


def test_only_supervisors_give_work_to_others(
    shown: Any, client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    clerk = client_as(Role.CSE)
    assert "Assign to …" not in clerk.get(path_of(shown)).content.decode()
    assert clerk.post(path_of(shown, "/assign-to"), sent(person(Role.CSE))).status_code == 403
