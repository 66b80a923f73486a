"""Protection rules, packs and weather in Django admin: checked, versioned, never deleted (ADM1)."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from disconnections.models import ProtectionRule, RulePack, WeatherAlert
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.disconnections.browsing import ClientAs

pytestmark = pytest.mark.usefixtures("stands", "utility")

RULES = "/admin/disconnections/protectionrule/"
PACKS = "/admin/disconnections/rulepack/"
WEATHER = "/admin/disconnections/weatheralert/"


@pytest.fixture
def client(client_as: ClientAs, utility: Utility) -> Client:
    return client_as(Role.ADMIN)


def rule_data(**more: Any) -> dict[str, Any]:
    return {
        "code": "X-1", "name": "Tried", "answer": "BLOCKED", "condition": "AMOUNT_BELOW",
        "sentence": "{{ outstanding }} is below {{ amount }}", "source": "A decision",
        "amount": "25.00", "stages": ["SUBMIT", "EXECUTION"], "kinds": ["DISCONNECTION"],
        "only_for_debt": "on", "is_active": "on", "_save": "Save",
    } | more  # fmt: skip


def test_a_rule_is_added_and_changed_as_a_version(client: Client) -> None:
    assert client.post(f"{RULES}add/", rule_data()).status_code == 302
    rule = ProtectionRule.objects.get(code="X-1")
    assert (rule.version, rule.stages) == (1, ["SUBMIT", "EXECUTION"])
    changed = rule_data(amount="30.00", areas="North,South", categories=[])
    assert client.post(f"{RULES}{rule.pk}/change/", changed).status_code == 302
    rule.refresh_from_db()
    assert (rule.version, str(rule.amount), rule.areas) == (2, "30.00", ["North", "South"])
    assert client.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "Changed protection rule" in client.get(f"{RULES}{rule.pk}/history/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": ""}, "A rule by amount has an amount, and no other has."),
        ({"weekdays": ["5"]}, "A rule by weekday has some, and no other has."),
        ({"sentence": "{{ sum }}"}, "There is no placeholder {{ sum }}."),
        ({"stages": []}, "This field is required."),
        ({"kinds": ["COMPLAINT"]}, "Select a valid choice."),
        ({"source": ""}, "This field is required."),
        ({"code": "x 1"}, "Use capital letters, digits and hyphens, such as NY-HOURS."),
        (
            {"condition": "SEASON", "amount": "", "season_from": "02-30", "season_to": "03-31"},
            "Enter month and day, such as 12-01.",
        ),
        (
            {"condition": "ALWAYS", "amount": ""},
            "What always applies names reasons, categories, utilities or areas.",
        ),
        ({"from_on": "2024-12-02", "until_on": "2024-12-01"}, "The last day is before the first."),
    ],
)
def test_a_wrong_rule_is_refused_with_a_sentence(
    client: Client, wrong: dict[str, Any], sentence: str
) -> None:
    answer = client.post(f"{RULES}add/", rule_data(**wrong))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not ProtectionRule.objects.filter(code="X-1").exists()


def test_example_packs_are_taken_over_and_enabled(client: Client) -> None:
    assert "Take over example packs" in client.get(PACKS).content.decode()
    page = client.get(f"{PACKS}examples/").content.decode()
    assert "New York, electricity and gas (7 rules)" in page
    answer = client.post(f"{PACKS}examples/", {"packs": ["us_new_york", "india"]}, follow=True)
    assert "9 rules were added, switched off with their packs." in answer.content.decode()
    pack = RulePack.objects.get(code="US-NY")
    assert pack.is_enabled is False
    data = {"name": pack.name, "note": "", "is_enabled": "on", "_save": "Save"}
    assert client.post(f"{PACKS}{pack.pk}/change/", data).status_code == 302
    assert RulePack.objects.filter(code="US-NY", is_enabled=True).exists()
    assert client.post(f"{PACKS}examples/", {"packs": ["mars"]}).status_code == 422


def test_weather_is_declared_and_taken_back(client: Client) -> None:
    data = {
        "kind": "COLD", "area": "North", "from_on": "2024-12-10", "to_on": "2024-12-12",
        "source": "National Weather Service", "is_active": "on", "_save": "Save",
    }  # fmt: skip
    assert client.post(f"{WEATHER}add/", data).status_code == 302
    alert = WeatherAlert.objects.get()
    assert alert.to_on == date(2024, 12, 12)
    wrong = client.post(f"{WEATHER}add/", data | {"to_on": "2024-12-09"}).content.decode()
    assert "The last day is before the first." in wrong
    del data["is_active"]
    assert client.post(f"{WEATHER}{alert.pk}/change/", data).status_code == 302
    alert.refresh_from_db()
    assert not alert.is_active


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.CSE])
def test_only_administrators_configure(client_as: ClientAs, role: Role) -> None:
    client = client_as(role)
    for address in (RULES, PACKS, WEATHER, f"{PACKS}examples/"):
        assert client.get(address).status_code in (302, 403, 404)
