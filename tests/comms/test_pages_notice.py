"""The bell's pages and Retry: who may, what they show, that GET writes nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from smart360.comms import operations
from smart360.comms.models import Delivery, Message, Notice
from smart360.comms.outbox import notify_staff
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.comms.conftest import in_operation
from tests.conftest import SetClock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("utility")]
ClientAs = Callable[..., Client]
MakePerson = Callable[..., Person]
HTMX = {"HX-Request": "true"}


def ring(person: Person, at: datetime, *, times: int = 1, **changes: Any) -> None:
    for number in range(times):
        wish: dict[str, Any] = {
            "people": [person],
            "sentence": f"DIS-2024-00{number:04d}: response target is near",
            "path": f"/cx/disconnections/DIS-2024-00{number:04d}",
            "at": at,
            "dedupe_key": f"sla:{number}",
        }
        in_operation(lambda wish=wish: notify_staff(**(wish | changes)))  # type: ignore[misc]  # bound now


def test_the_list_shows_ones_own_notices(
    client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    """COM5: newest first, each with its moment in the utility's zone; nobody else's."""
    supervisor, other = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    ring(supervisor, stands.at, is_urgent=True)
    ring(other, stands.at, sentence="Not yours")
    page = client_as(supervisor).get(reverse("notice_list")).content.decode()
    assert "DIS-2024-000000: response target is near" in page
    assert "Dec 10, 2024, 09:30 AM" in page
    assert "Urgent" in page
    assert "Mark all as read" in page
    assert "Not yours" not in page


def test_an_empty_list_says_what_would_be_there(client_as: ClientAs) -> None:
    page = client_as(Role.CSE).get(reverse("notice_list")).content.decode()
    assert "No notices yet" in page
    assert "Mark all as read" not in page


def test_the_list_goes_on_page_by_page(
    client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    supervisor = person(Role.SUPERVISOR)
    ring(supervisor, stands.at, times=30)
    client = client_as(supervisor)
    first = client.get(reverse("notice_list"))
    assert len(first.context["page"].rows) == 25
    second = client.get(reverse("notice_list") + first.context["next_url"])
    assert len(second.context["page"].rows) == 5
    assert second.context["previous_url"]
    assert client.get(reverse("notice_list") + "?cursor=%00nonsense").status_code == 200


def test_the_bell_counts_what_is_new(
    client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    """COM5: live, as a fragment of its own, in two statements beside the session's."""
    supervisor = person(Role.SUPERVISOR)
    ring(supervisor, stands.at, times=3)
    client = client_as(supervisor)
    answer = client.get(reverse("notice_bell"), headers=HTMX)
    assert 'aria-label="Notices: 3 new"' in answer.content.decode()
    client.post(reverse("notice_read_all"))
    assert "Notices: 0 new" in client.get(reverse("notice_bell"), headers=HTMX).content.decode()


def test_opening_marks_as_read_and_leads_there(
    client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    supervisor = person(Role.SUPERVISOR)
    ring(supervisor, stands.at)
    notice = Notice.objects.get()
    answer = client_as(supervisor).post(reverse("notice_open", args=[notice.pk]))
    assert answer.status_code == 302
    assert answer["Location"] == "/cx/disconnections/DIS-2024-000000"
    notice.refresh_from_db()
    assert notice.read_at == stands.at


def test_somebody_elses_notice_is_not_there(
    client_as: ClientAs, person: MakePerson, stands: SetClock
) -> None:
    """X2: foreign and missing are the same 404, and nothing is written."""
    ring(person(Role.SUPERVISOR), stands.at)
    client = client_as(Role.SUPERVISOR)
    notice = Notice.objects.get()
    for number in (notice.pk, notice.pk + 1, 2**70):
        assert client.post(f"/notices/{number}/open").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.parametrize("name", ["notice_list", "notice_bell", "notice_read_all"])
def test_nobody_comes_in_without_signing_in(client: Client, name: str) -> None:
    method = client.post if name == "notice_read_all" else client.get
    assert method(reverse(name)).status_code == 302
    fragment = method(reverse(name), headers=HTMX)
    assert fragment.status_code == 401
    assert "HX-Redirect" in fragment


@pytest.mark.parametrize("path", ["/notices/read", "/notices/1/open", "/messages/1/retry"])
def test_get_never_writes(client_as: ClientAs, path: str) -> None:
    """bad-inputs 102."""
    assert client_as(Role.SUPERVISOR).get(path).status_code == 405


@pytest.mark.parametrize("path", ["/notices/", "/notices/count"])
def test_reading_pages_take_no_post(client_as: ClientAs, path: str) -> None:
    assert client_as(Role.SUPERVISOR).post(path).status_code == 405


# ------------------------------------------------------------------ retry
@pytest.fixture
def failed(send_message: Callable[..., Message], at: datetime) -> Message:
    message = send_message()
    operations.mark_failed(message=message.pk, why="refused", at=at)
    return message


@pytest.mark.parametrize("role", list(Role))
def test_only_these_roles_retry(client_as: ClientAs, failed: Message, role: Role) -> None:
    """COM4, roles.md: Retry is for supervisors and administrators."""
    answer = client_as(role).post(reverse("message_retry", args=[failed.pk]))
    allowed = role in {Role.SUPERVISOR, Role.ADMIN}
    assert answer.status_code == (302 if allowed else 403)
    assert Delivery.objects.get(message=failed).state == ("QUEUED" if allowed else "FAILED")
    owed = OwedWork.objects.filter(kind="comms.deliver")
    assert owed.count() == (2 if allowed else 1)


def test_retry_returns_to_the_page_it_was_pressed_on(client_as: ClientAs, failed: Message) -> None:
    client = client_as(Role.SUPERVISOR)
    url = reverse("message_retry", args=[failed.pk])
    back = "http://testserver/cx/disconnections/DIS-2024-001234"
    assert client.post(url, headers={"Referer": back})["Location"] == back


def test_retry_in_a_panel_answers_with_an_event(client_as: ClientAs, failed: Message) -> None:
    client = client_as(Role.SUPERVISOR)
    answer = client.post(reverse("message_retry", args=[failed.pk]), headers=HTMX)
    assert answer.status_code == 204
    assert "case-changed" in answer["HX-Trigger"]


def test_retry_leads_nowhere_else(client_as: ClientAs, failed: Message) -> None:
    url = reverse("message_retry", args=[failed.pk])
    answer = client_as(Role.SUPERVISOR).post(url, headers={"Referer": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_retry_of_what_has_not_failed_is_a_conflict(
    client_as: ClientAs, send_message: Callable[..., Message]
) -> None:
    message = send_message()
    answer = client_as(Role.SUPERVISOR).post(reverse("message_retry", args=[message.pk]))
    assert answer.status_code == 409
    assert "nothing to retry" in answer.content.decode()


@pytest.mark.parametrize("number", ["0", "999999", str(2**63), str(2**70)])
def test_retry_of_what_is_not_there_is_404(client_as: ClientAs, number: str) -> None:
    assert client_as(Role.SUPERVISOR).post(f"/messages/{number}/retry").status_code == 404
