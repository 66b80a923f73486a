"""The pages of a merge: who looks alike, both side by side, one button; and its undo."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consumers.models import AccountMerge, Consumer
from smart360.staff.choices import Role
from tests.billing.paying import owe, pay
from tests.complaints.conftest import complain
from tests.conftest import MakeConsumer, MakePerson, SetClock

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
WHY = "Registered twice at the desk"


@pytest.fixture
def desk(client_as: ClientAs, stands: SetClock) -> Client:
    return client_as(Role.SUPERVISOR)


@pytest.fixture
def survivor(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer(account_number="ACC-2024-700001")


@pytest.fixture
def double(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer(services={}, account_number="ACC-2024-700002")


def address(consumer: Consumer, name: str = "consumer_merge") -> str:
    return reverse(name, args=[consumer.account_number])


def said(survivor: Consumer | None = None, reason: str = WHY) -> dict[str, str]:
    account = {"account": survivor.account_number} if survivor else {}
    return {"form_key": str(uuid4()), "reason": reason, **account}


def test_from_the_suggestion_to_the_undo(
    survivor: Consumer, double: Consumer, desk: Client, stands: SetClock
) -> None:
    for consumer, amount in ((double, "120.00"), (survivor, "30.00")):
        owe(consumer, amount, at=stands.at)
    profile = desk.get(address(double, "consumer_detail")).content.decode()
    assert f'href="{address(double)}"' in profile
    page = desk.get(address(double)).content.decode()
    assert f"?account={survivor.account_number}" in page
    assert "phone, name, e-mail" in page
    review = desk.get(f"{address(double)}?account={survivor.account_number}").content.decode()
    for words in ("Ends: ACC-2024-700002", "$120.00", "then stands at", "$150.00"):
        assert words in review
    done = desk.post(address(double), said(survivor), follow=True)
    shown = done.content.decode()
    assert done.redirect_chain[-1][0] == address(survivor, "consumer_detail")
    assert "was merged into ACC-2024-700001" in shown
    assert "Accounts merged: ACC-2024-700002 into this one" in shown
    assert 'id="also"' in shown
    merged = desk.get(address(double, "consumer_detail")).content.decode()
    for words in ("Merged into", "Undo merge", "Accounts merged: into ACC-2024-700001"):
        assert words in merged
    for act in ("account_holds", "profile_hold", "consumer_move", "consumer_merge", "consumer_vip"):
        assert f'"{address(double, act)}"' not in merged
    assert f"?consumer={double.account_number}" not in merged
    listed = desk.get(reverse("consumer_list")).content.decode()
    assert "Merged into" in listed
    found = desk.get(reverse("consumer_search"), {"q": double.account_number}).content.decode()
    assert "Merged into ACC-2024-700001" in found
    assert f'href="{address(double, "merge_undo")}"' in merged
    undoing = desk.get(address(double, "merge_undo")).content.decode()
    assert "$150.00" in undoing
    assert f'href="{address(double, "merge_undo")}"' not in undoing, "it is open already"
    short = desk.post(address(double, "merge_undo"), said(reason="<b>No"))
    assert (short.status_code, "&lt;b&gt;No" in short.content.decode()) == (422, True)
    undone = desk.post(address(double, "merge_undo"), said(), follow=True)
    assert "is an account of its own again" in undone.content.decode()
    assert "Merged into" not in undone.content.decode()


def test_each_tab_of_a_merged_account_says_so(
    survivor: Consumer, double: Consumer, desk: Client
) -> None:
    """Within the budget of a tab, and without anything to do."""
    desk.post(address(double), said(survivor))
    tabs = [each.url for each in desk.get(address(double, "consumer_detail")).context["tabs"]]
    assert len(tabs) >= 9
    for url in tabs:
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(url)
        assert page.status_code == 200
        assert "go on with ACC-2024-700001" in page.content.decode(), url
        assert len(asked) <= 16, url
    for name in ("payment_new", "deposit_new"):
        form = desk.get(address(double, name)).content.decode()
        assert "Nothing can be recorded here any more" in form, name


def test_nothing_is_offered_beside_what_it_once_paid(
    make_consumer: MakeConsumer, survivor: Consumer, desk: Client, person: MakePerson,
    stands: SetClock,
) -> None:  # fmt: skip
    """A reversal would be refused; the payment itself stays to be read."""
    ends = make_consumer("Ana Ruiz", services={}, email="", phone="")
    number = pay(ends, "20.00", by=person(Role.BILLING), at=stands.at).number
    payment = reverse("payment_detail", args=[number])
    assert "Propose reversal" in desk.get(payment).content.decode()
    assert desk.post(address(ends), said(survivor)).status_code == 302
    shown = desk.get(payment)
    assert (shown.status_code, "Propose reversal" in shown.content.decode()) == (200, False)


def test_what_is_in_the_way_stands_there_with_its_link(
    make_consumer: MakeConsumer, survivor: Consumer, double: Consumer, desk: Client,
    person: MakePerson, stands: SetClock,
) -> None:  # fmt: skip
    number = complain(double, by=person(Role.CSE), at=stands.at).case.number
    page = desk.get(address(double)).content.decode()
    assert f"{number} is open: finish it first." in page
    assert reverse("complaint_detail", args=[number]) in page
    refused = desk.post(address(double), said(survivor))
    assert (refused.status_code, AccountMerge.objects.count()) == (409, 0)
    assert "finish it first" in refused.content.decode()
    supplied = desk.get(address(survivor)).content.decode()
    assert reverse("consumer_move", args=[survivor.account_number]) in supplied


def test_what_is_wrong_stands_beside_its_field(
    make_consumer: MakeConsumer, survivor: Consumer, double: Consumer, desk: Client
) -> None:
    other = make_consumer("Bo Li", services={}, account_number="ACC-2024-700003")
    short = desk.post(address(double), said(survivor, reason="Twice"))
    assert short.status_code == 422
    assert "Twice" in short.content.decode()
    nobody = desk.post(address(double), {"form_key": str(uuid4()), "account": "ACC-1"})
    assert nobody.status_code == 422
    assert "Choose the account that goes on" in nobody.content.decode()
    itself = desk.get(f"{address(double)}?account={double.account_number}").content.decode()
    assert "this one ends" in itself
    found = desk.get(f"{address(double)}?q=Bo+Li").content.decode()
    assert f'value="{other.account_number}"' in found
    desk.post(address(other), said(survivor))
    review = desk.get(f"{address(double)}?account={other.account_number}").content.decode()
    assert "was merged itself" in review
    assert f"?account={survivor.account_number}" in review
    again = desk.get(address(other))
    assert "go on with ACC-2024-700001" in again.content.decode()
    assert "not merged into another one" in desk.get(address(double, "merge_undo")).content.decode()
