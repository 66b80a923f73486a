"""The Reconnect tab: it works plain and with htmx, and says what is missing (DIS17)."""

import re
from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.test import Client

from disconnections.models import ChecklistTick, Closure, ReconnectionMeter
from disconnections.operations import ask_for_approval, decide_approval
from disconnections.rules.conditions import Evidence
from smart360.cases.choices import CaseStatus
from smart360.comms.models import Message
from smart360.staff.choices import Role
from tests.conftest import MakePerson, SetClock
from tests.disconnections.closing import make_billing, make_closing
from tests.disconnections.returning import MakeReturn, Return, make_return, stocked

__all__ = ["make_billing", "make_closing", "make_return"]
pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}


def url(back: Return, part: str = "") -> str:
    return f"/cx/disconnections/{back.case.number}/reconnect{part}"


def page_of(client: Client, back: Return) -> str:
    answer = client.get(url(back))
    assert answer.status_code == HTTPStatus.OK
    return str(answer.content.decode())


def typed(back: Return, **changed: str) -> dict[str, str]:
    """What the form sends: the meters in place, read today."""
    values = {"version": "0", "service_order": "", "form_key": str(uuid4())}
    for service, meter in zip(back.services, back.closing.meters(), strict=True):
        values |= {
            f"{service.pk}-meter": meter.number,
            f"{service.pk}-reading": "18400",
            f"{service.pk}-read_on": back.day.isoformat(),
        }
    return values | changed


@pytest.fixture
def back(make_return: MakeReturn, stands: SetClock) -> Return:
    made = make_return(fee="45.00")
    stands.at = made.at
    return made


def test_it_says_what_is_missing_with_links(client_as: SignIn, back: Return) -> None:
    page = page_of(client_as(back.sarah), back)
    power = back.services[0].pk
    assert "Completion: 0/4 items" in page
    assert "10 things are missing" in page
    for anchor in (f"id_{power}-meter", "id_service_order", "item-meter_verified", "money"):
        assert f'href="#{anchor}"' in page
        assert f'id="{anchor}"' in page
    assert f"Still in place: {back.closing.meters()[0].number}" in page
    assert back.closing.case.number in page
    assert "$45.00" in page
    button = re.search(r"<button[^>]*>(?:(?!</button>).)*Execute Reconnection</button>", page)
    assert button
    assert " disabled" in button[0]
    assert re.search(r"Not below [\d,]+ kWh of ", page)


def test_no_bill_is_offered(client_as: SignIn, back: Return) -> None:
    """A reconnection has no service to bill; the disconnection before it had."""
    page = client_as(back.robert).get(f"/cx/disconnections/{back.case.number}").content.decode()
    assert f'href="/cx/disconnections/{back.case.number}/receipt"' in page
    assert "Generate Bill" not in page


def test_only_a_message_about_it_tells_of_the_reconnection(
    back: Return, person: MakePerson
) -> None:
    """What was sent about an approval or a hold is no evidence that they were told."""

    def evidence() -> Evidence:
        return back.list().line("CONSUMER_TOLD").evidence

    ask_for_approval(case=back.case.pk, reason="VIP", by=back.sarah, at=back.at)
    boss = person(Role.SUPERVISOR)
    decide_approval(case=back.case.pk, decision="APPROVED", note="", by=boss, at=back.at)
    told = Message.objects.filter(case=back.case.pk, direction="TO_CONSUMER")
    assert told.filter(template__code="request.approval_decided").exists()
    assert evidence() == Evidence("No message about the reconnection yet")
    back.order()
    assert told.filter(template__code="visit.scheduled").exists()
    assert evidence().is_found


def test_the_way_without_scripts(client_as: SignIn, back: Return) -> None:
    number = back.order().number
    client = client_as(back.sarah)
    answer = client.post(url(back, "/details"), typed(back, service_order=number))
    assert answer.status_code == HTTPStatus.FOUND
    assert ReconnectionMeter.objects.exclude(meter=None).count() == 2
    page = page_of(client, back)
    assert "Mike Thompson" in page
    assert 'value="18400"' in page or 'value="18400.000"' in page
    back.settle()
    back.tell()
    sent = {"is_ticked": "on"}
    robert = client_as(back.robert)
    answer = robert.post(
        url(back, "/money-items"), sent | {"item": "MONEY_SETTLED", "form_key": str(uuid4())}
    )
    assert answer.status_code == HTTPStatus.FOUND
    for item in ("METER_VERIFIED", "READING_TAKEN", "CONSUMER_TOLD"):
        form = sent | {"item": item, "form_key": str(uuid4())}
        assert client.post(url(back, "/items"), form).status_code == HTTPStatus.FOUND
    page = page_of(client, back)
    assert "Completion: 4/4 items" in page
    assert 'id="missing"' not in page
    asked = page[page.index('<dialog class="s-dialog" id="execute"') :]
    for words in (
        "the account becomes Active and comes out of the archive",
        "Water is switched on",
        f"{back.closing.meters()[0].number} (Electricity) is assigned and begins at",
        f"{number} is completed",
    ):
        assert words in asked[: asked.index("</dialog>")]
    answer = client.post(url(back, "/execute"), {"form_key": str(uuid4())}, follow=True)
    assert f"{back.case.number} is carried out." in answer.content.decode()
    assert back.case.status == CaseStatus.COMPLETED
    page = page_of(client, back)
    assert "Carried out" in page
    assert "Was still in place" in page
    assert "Execute Reconnection" not in page
    closed = client.get(f"/cx/disconnections/{back.closing.case.number}").content.decode()
    assert "Reconnected" in closed
    assert back.case.number in closed


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_wrong_stands_at_its_field(
    client_as: SignIn, back: Return, headers: dict[str, str]
) -> None:
    power = back.services[0].pk
    water = stocked("WM-990002", "WATER", at=back.at)
    client = client_as(back.sarah)
    for changed, sentence in (
        ({f"{power}-meter": "EM-1"}, "No meter has this number"),
        ({f"{power}-meter": water.number}, "WM-990002 measures water"),
        ({f"{power}-reading": "18000"}, "Below the last reading: 18,345.000 on Dec 10, 2024"),
        ({f"{power}-reading": "-5"}, "value"),
        ({f"{power}-read_on": "2024-12-31"}, "Enter a day that is not in the future"),
        ({f"{power}-read_on": "2024-12-01"}, "Before the last reading"),
        ({"service_order": "SO-2024-999999"}, "Service order not found or not applicable"),
    ):
        answer = client.post(url(back, "/details"), typed(back, **changed), headers=headers)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, changed
        assert sentence in answer.content.decode(), changed
    assert not Closure.objects.filter(pk=back.request.pk).exists()


def test_a_disproved_tick_says_the_figure(client_as: SignIn, back: Return) -> None:
    form = {"item": "MONEY_SETTLED", "is_ticked": "on", "form_key": str(uuid4())}
    answer = client_as(back.robert).post(url(back, "/money-items"), form, headers=HTMX)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "$45.00 is still owed and not arranged" in answer.content.decode()
    assert not ChecklistTick.objects.filter(request=back.request).exists()


def test_money_is_ticked_by_its_roles(client_as: SignIn, back: Return) -> None:
    back.settle()
    form = {"item": "MONEY_SETTLED", "is_ticked": "on", "form_key": str(uuid4())}
    client = client_as(back.sarah)
    assert client.post(url(back, "/items"), form).status_code == HTTPStatus.FORBIDDEN
    assert client.post(url(back, "/money-items"), form).status_code == HTTPStatus.FORBIDDEN


def test_the_button_and_the_server_say_the_same(client_as: SignIn, back: Return) -> None:
    client = client_as(back.sarah)
    answer = client.post(url(back, "/execute"), {"form_key": str(uuid4())}, headers=HTMX)
    assert answer.status_code == HTTPStatus.CONFLICT
    page = answer.content.decode()
    said = re.search(r'id="refusal".*?</div>', page, re.DOTALL)
    assert said
    for each in back.missing():
        assert page.count(each.sentence) > 1, each.sentence


def test_each_kind_has_its_own_tab(client_as: SignIn, back: Return, person: MakePerson) -> None:
    client = client_as(back.sarah)
    assert "/reconnect" in client.get(f"/cx/disconnections/{back.case.number}").content.decode()
    closed = f"/cx/disconnections/{back.closing.case.number}"
    assert f'{closed}/reconnect"' not in client.get(closed).content.decode()
    assert client.get(f"{closed}/reconnect").status_code == HTTPStatus.NOT_FOUND
    own = f"/cx/disconnections/{back.case.number}/disconnect"
    assert client.get(own).status_code == HTTPStatus.NOT_FOUND
    call_centre = client_as(person(Role.CALL_CENTRE))
    page = call_centre.get(url(back)).content.decode()
    assert "Save details" not in page
    assert "Execute Reconnection" not in page
    assert call_centre.post(url(back, "/execute")).status_code == HTTPStatus.FORBIDDEN
