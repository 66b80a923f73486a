"""Views of a list that people keep for themselves: saved, followed, renamed, removed."""

from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from django.test import Client

from smart360.kernel.text import NULL_SENTENCE
from smart360.organisation.models import Utility
from smart360.staff import operations
from smart360.staff.choices import Role, SavedPage
from smart360.staff.models import Person, SavedView
from tests.conftest import MakeConsumer

pytestmark = pytest.mark.django_db
VIEWS = "/me/views"
CONSUMERS = "/cx/consumer-management/"
SignIn = Callable[..., Client]


def save(client: Client, name: str = "Mine", query: str = "vip=yes", **more: str) -> Any:
    sent = {"form_key": str(uuid4()), "page": "consumer_list", "name": name, "query": query}
    return client.post(VIEWS, sent | more)


def me(client: Client) -> Person:
    person: Person = client.person  # type: ignore[attr-defined]  # see client_as
    return person


def test_a_list_is_saved_and_followed(client_as: SignIn, make_consumer: MakeConsumer) -> None:
    make_consumer("Vip Jones", account_number="V-1", is_vip=True)
    make_consumer("Ann Other", account_number="V-2")
    client = client_as(Role.CSE)
    page = client.get(f"{CONSUMERS}?vip=yes&sort=newest")
    asked = parse_qs(page.context["save_url"].partition("?")[2])
    assert asked == {"page": ["consumer_list"], "query": ["vip=yes&sort=newest"]}
    assert "Save view" in client.get(page.context["save_url"]).content.decode()
    answer = save(client, "My VIPs", asked["query"][0])
    assert answer.status_code == 302
    assert answer["Location"] == f"{CONSUMERS}?sort=newest&vip=yes"
    page = client.get(answer["Location"])
    (own, edit) = page.context["views"]
    assert (own.label, own.is_current, edit.label) == ("My VIPs", True, "Edit views")
    assert [row.number for row in page.context["rows"]] == ["V-1"]
    assert not client.get(CONSUMERS).context["views"][0].is_current
    assert client_as(Role.CSE).get(CONSUMERS).context["views"] == []


def test_the_same_form_twice_is_one_view(client_as: SignIn, utility: Utility) -> None:
    client, key = client_as(Role.CSE), str(uuid4())
    for _ in range(2):
        assert save(client, form_key=key).status_code == 302
    assert SavedView.objects.count() == 1
    assert save(client, "Other", form_key=key).status_code == 409


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("Mine", "vip=no", operations.NAME_TAKEN),
        (" ", "vip=no", "required"),
        ("x" * 41, "vip=no", "at most 40 characters"),
        ("a\0b", "vip=no", NULL_SENTENCE),
        ("Long", f"q={'x' * 1000}", "too many filters"),
    ],
)
def test_what_a_view_may_not_be(
    client_as: SignIn, utility: Utility, name: str, query: str, sentence: str
) -> None:
    client = client_as(Role.CSE)
    save(client)
    answer = save(client, name, query)
    assert answer.status_code == 422
    assert sentence.lower() in unescape(answer.content.decode()).lower()
    assert [view.name for view in SavedView.objects.all()] == ["Mine"]


def test_there_are_twenty_at_most(
    client_as: SignIn, utility: Utility, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST_VIEWS", 1)
    client = client_as(Role.CSE)
    save(client)
    assert "remove one first" in save(client, "Second").content.decode()
    assert save(client_as(Role.CSE), "Another's").status_code == 302


def test_a_view_is_renamed_and_removed(client_as: SignIn, utility: Utility) -> None:
    client = client_as(Role.CSE)
    for name in ("One", "Two"):
        save(client, name)
    one, two = SavedView.objects.order_by("name")
    refused = client.post(f"{VIEWS}/{one.pk}", {"act": "rename", "name": "Two"})
    assert refused.status_code == 422
    assert operations.NAME_TAKEN in refused.content.decode()
    assert client.post(f"{VIEWS}/{one.pk}", {"act": "rename", "name": "Zero"}).status_code == 302
    assert client.post(f"{VIEWS}/{two.pk}", {"act": "remove"}).status_code == 302
    assert [view.name for view in SavedView.objects.all()] == ["Zero"]
    assert "Zero" in client.get(f"{VIEWS}?page=consumer_list").content.decode()
    assert client.post(f"{VIEWS}/{two.pk}", {"act": "remove"}).status_code == 404


def test_nobody_reaches_anothers_view(client_as: SignIn, utility: Utility) -> None:
    mine, other = client_as(Role.CSE), client_as(Role.SUPERVISOR)
    save(mine)
    view = SavedView.objects.get()
    assert view.person == me(mine)
    for act in ("rename", "remove"):
        assert other.post(f"{VIEWS}/{view.pk}", {"act": act, "name": "x"}).status_code == 404
    assert other.post(f"{VIEWS}/{2**63}", {"act": "remove"}).status_code == 404
    operations.remove_view(view=view.pk, by=me(other))
    operations.rename_view(view=view.pk, name="x", by=me(other))
    assert SavedView.objects.get().name == "Mine"
    for page in SavedPage:
        assert "Mine" not in other.get(f"{VIEWS}?page={page}").content.decode()


@pytest.mark.parametrize("page", ["", "admin:index", "request_list"])
def test_there_are_views_of_lists_only(client_as: SignIn, utility: Utility, page: str) -> None:
    client = client_as(Role.CSE)
    assert client.get(VIEWS, {"page": page}).status_code == 404
    assert save(client, page=page).status_code == 404
