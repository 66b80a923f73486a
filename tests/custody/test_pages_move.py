"""The pages of a change of occupier: three steps that are kept, and one button."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consumers.choices import SupplyState, UtilityType
from consumers.models import Category, Consumer, OccupancyChange
from smart360.staff.choices import Role
from smart360.web.models import Draft
from tests.conftest import MakeConsumer, MakeRequest, SetClock

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]


@pytest.fixture
def desk(client_as: ClientAs, stands: SetClock) -> Client:
    return client_as(Role.CSE)


def address(consumer: Consumer, name: str = "consumer_move") -> str:
    return reverse(name, args=[consumer.account_number])


def out_of(consumer: Consumer, *, shown: str = "18300", on: str = "2024-12-09") -> dict[str, str]:
    mine = consumer.connections.get()
    return {"premise": str(mine.premise_id), "moved_on": on, f"reading_{mine.pk}": shown}


def somebody_new() -> dict[str, str]:
    category = Category.objects.get(name="Residential")
    return {"name": "Ana Ruiz", "category": str(category.pk), "email": "ana@x.example"}


def test_three_steps_and_one_button(make_consumer: MakeConsumer, desk: Client) -> None:
    """Each step is kept, a reload goes on; the end is the new account's profile."""
    old = make_consumer()
    page = desk.get(address(old))
    assert "Last reading 18,245 kWh on Nov 30, 2024" in page.content.decode()
    out = out_of(old) | {"forwarding_address": "7 Quarry Lane, Chatham"}
    kept = desk.post(address(old, "move_out"), out)
    assert kept["Location"] == f"{address(old)}?step=2"
    assert "Or somebody new" in desk.get(kept["Location"]).content.decode()
    ready = desk.post(address(old, "move_in_new"), somebody_new())
    review = desk.get(ready["Location"]).content.decode()
    for words in (
        "Ana Ruiz",
        "18,300 kWh",
        "Dec 8, 2024",
        "Dec 9, 2024",
        "Nothing to bill",
        "7 Quarry Lane",
    ):
        assert words in review
    done = desk.post(address(old), {"form_key": str(uuid4()), "notifies": "on"}, follow=True)
    change = OccupancyChange.objects.get()
    assert done.redirect_chain[-1][0] == reverse(
        "consumer_detail", args=[change.moved_in.account_number]
    )
    assert "is supplied there now" in done.content.decode()
    assert not Draft.objects.exists()
    profile = desk.get(reverse("consumer_detail", args=[old.account_number])).content.decode()
    assert "Moved out: Dec 9, 2024, before" in profile
    assert "7 Quarry Lane, Chatham" in profile
    assert "Nothing is supplied to this account" in desk.get(address(old)).content.decode()


def test_what_is_wrong_stands_beside_its_field(make_consumer: MakeConsumer, desk: Client) -> None:
    old, other = make_consumer(), make_consumer("Bo Li", address="7 Elm Street")
    lower = desk.post(address(old, "move_out"), out_of(old, shown="18000"))
    assert lower.status_code == 422
    assert "Reading must be greater than the previous reading (18245 kWh)" in lower.content.decode()
    assert 'value="18000"' in lower.content.decode()
    nothing = desk.post(address(old, "move_out"), out_of(old, shown="", on=""))
    assert "Enter the day of the move" in nothing.text
    assert "Enter what the meter shows" in nothing.text
    late = desk.post(address(old, "move_out"), out_of(old, on="2024-12-11"))
    assert "has not come yet" in late.content.decode()
    assert not Draft.objects.exists()
    assert desk.get(f"{address(old)}?step=3").context["step"] == 1, "the steps come in turn"
    desk.post(address(old, "move_out"), out_of(old))
    itself = desk.post(address(old, "move_in"), {"account": old.account_number})
    assert itself.status_code == 422
    assert "this one moves out" in itself.content.decode()
    found = desk.post(address(old, "move_in"), {"q": "Bo Li"})
    assert f'value="{other.account_number}"' in found.content.decode()
    nobody = desk.post(address(old, "move_in_new"), {**somebody_new(), "email": ""})
    assert "Enter a phone number or an e-mail address" in nobody.content.decode()
    chosen = desk.post(address(old, "move_in"), {"account": other.account_number}, follow=True)
    assert (chosen.status_code, chosen.context["step"]) == (200, 3)
    assert desk.post(address(old), {"notifies": "on"}).status_code == 400, "a form has its key"


def test_nobody_moves_while_a_request_is_open(
    make_consumer: MakeConsumer, make_request: MakeRequest, desk: Client
) -> None:
    """Before it is typed, and when the request came in between."""
    old = make_consumer()
    desk.post(address(old, "move_out"), out_of(old))
    desk.post(address(old, "move_in_new"), somebody_new())
    request = make_request(old)
    assert request.case.number in desk.get(address(old)).content.decode()
    refused = desk.post(address(old), {"form_key": str(uuid4())})
    assert (refused.status_code, OccupancyChange.objects.count()) == (409, 0)
    assert f"{request.case.number} is open" in refused.content.decode()


def test_one_of_two_addresses_is_given_up(make_consumer: MakeConsumer, desk: Client) -> None:
    old = make_consumer()
    far = make_consumer("Helper", address="9 Far Street").connections.get().premise
    water = old.connections.create(
        premise=far, utility_type=UtilityType.WATER, supply_state=SupplyState.CONNECTED,
        connected_on="2024-01-15",
    )  # fmt: skip
    page = desk.get(f"{address(old)}?premise={far.pk}").content.decode()
    assert f'name="premise" value="{far.pk}"' in page
    assert f"reading_{water.pk}" not in page, "it has no meter"
