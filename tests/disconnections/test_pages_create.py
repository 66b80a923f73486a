"""The Create Request page: every way in, who may, and nothing typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from consumers.choices import AccountStatus, SupplyState, UtilityType
from consumers.models import Consumer, ProfileLock
from disconnections.models import Reason
from smart360.staff.choices import Role
from smart360.web.models import Allowance, Draft
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.creating import (
    HTMX,
    SignIn,
    choose,
    details,
    made,
    reason,
    review,
    submit,
)
from tests.disconnections.returning import set_fee

POSTED = (
    "request_consumer",
    "request_parts",
    "request_save",
    "request_review",
    "request_submit",
    "request_heartbeat",
    "request_release",
    "request_cancel",
)


@pytest.fixture
def consumer(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer()


@pytest.fixture
def client(client_as: SignIn) -> Client:
    return client_as(Role.CSE)


# ------------------------------------------------------------------ the whole way
def test_way_without_javascript(client: Client, consumer: Consumer) -> None:
    page = client.get(reverse("request_new"))
    assert "Search consumer" in page.text

    answer = choose(client, consumer)
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert "You hold this profile." in page.text
    assert "Disconnection Request" in page.text

    answer = review(client, consumer)
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert "Submit Request" in page.text
    assert "Mon, Dec 16, 2024" in page.text
    assert "Customer requested morning slot" in page.text

    answer = submit(client, consumer)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("request_created", args=[made().case.number])
    page = client.get(answer["Location"])
    assert f"{made().case.number} created" in page.text
    for link in ("Print receipt", "Download receipt", "Add Another Request"):
        assert link in page.text


def test_way_with_htmx(client: Client, consumer: Consumer) -> None:
    answer = choose(client, consumer, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div class="s-split" id="create"')
    assert answer["HX-Push-Url"] == reverse("request_new")
    answer = review(client, consumer, headers=HTMX)
    assert answer["HX-Push-Url"] == reverse("request_new") + "?step=3"
    assert "Submit Request" in answer.text
    answer = submit(client, consumer, headers=HTMX)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == reverse("request_created", args=[made().case.number])


# ------------------------------------------------------------------ who may
@pytest.mark.parametrize("name", POSTED)
def test_writes_need_a_signed_in_person_and_post(client: Client, name: str) -> None:
    """Bad inputs 102, 136."""
    assert client.get(reverse(name)).status_code == 405
    anonymous = Client()
    assert anonymous.post(reverse(name)).status_code == 302
    answer = anonymous.post(reverse(name), headers=HTMX)
    assert (answer.status_code, "HX-Redirect" in answer) == (401, True)


@pytest.mark.parametrize(
    "role", [Role.BILLING, Role.ADMIN, Role.DISPATCHER, Role.TECHNICIAN], ids=str
)
def test_other_roles_may_not(client_as: SignIn, utility: Any, role: Role) -> None:
    client = client_as(role)
    assert client.get(reverse("request_new")).status_code == 403
    assert client.get(reverse("request_created", args=["DIS-2024-000001"])).status_code == 403
    for name in POSTED:
        assert client.post(reverse(name)).status_code == 403


@pytest.mark.parametrize("role", [Role.CSE, Role.CALL_CENTRE, Role.RECOVERY, Role.SUPERVISOR])
def test_these_roles_may(client_as: SignIn, consumer: Consumer, role: Role) -> None:
    client = client_as(role)
    choose(client, consumer)
    assert submit(client, consumer).status_code == 302


def test_page_is_only_read(client: Client) -> None:
    assert client.post(reverse("request_new")).status_code == 405
    assert Client().get(reverse("request_new")).status_code == 302


def test_created_page_is_404_for_what_is_not_there(client: Client, utility: Any) -> None:
    assert client.get(reverse("request_created", args=["DIS-2024-999999"])).status_code == 404
    assert client.post(reverse("request_created", args=["DIS-2024-999999"])).status_code == 405


# ------------------------------------------------------------------ choosing the consumer
def test_chosen_consumer_fills_the_first_section(client: Client, consumer: Consumer) -> None:
    """DIS2: name, account, service address, phone, e-mail, category, sub-category."""
    page = choose(client, consumer, headers=HTMX).text
    for fact in (
        consumer.name,
        consumer.account_number,
        "123 Oak Street, Springfield, IL 62701",
        "(555) 123-4567",
        "john.smith@email.com",
        "Residential",
        "Standard",
    ):
        assert fact in page
    lock = ProfileLock.objects.get(consumer=consumer)
    assert "Held since" in page
    assert "09:30 AM" in page
    assert "09:45 AM" in page
    assert lock.holder == client.person  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("status", "services", "shown"),
    [
        (AccountStatus.ACTIVE, SupplyState.CONNECTED, "Disconnection Request"),
        (AccountStatus.PENDING, SupplyState.CONNECTED, "Disconnection Request"),
        (AccountStatus.COLLECTION, SupplyState.CONNECTED, "Disconnection Request"),
        (AccountStatus.INACTIVE, SupplyState.OFF_FOR_GOOD, "Reconnection Request"),
        (AccountStatus.DISCONNECTED, SupplyState.OFF_FOR_NOW, "Reconnection Request"),
        (AccountStatus.ACTIVE, SupplyState.OFF_FOR_NOW, "Reconnection Request"),
    ],
)
def test_type_is_shown_as_soon_as_the_consumer_is_chosen(
    client: Client,
    make_consumer: MakeConsumer,
    status: AccountStatus,
    services: SupplyState,
    shown: str,
) -> None:
    """AC003: Active is disconnected, Inactive reconnected; confirmed with the caller."""
    consumer = make_consumer(status=status, services={UtilityType.WATER: services})
    page = choose(client, consumer, headers=HTMX).text
    assert shown in page
    assert "To be confirmed with the caller" in page
    kinds = {"Disconnection Request": "DISCONNECTION", "Reconnection Request": "RECONNECTION"}
    for each in Reason.objects.all():
        assert (f"{each.code} · " in page) is (each.kind == kinds[shown])


@pytest.mark.parametrize("fee", ["45.00", "0"])
def test_what_a_reconnection_costs_is_said_before_it_is_asked_for(
    client: Client, make_consumer: MakeConsumer, stands: SetClock, fee: str
) -> None:
    """DIS17: at the choice, on the review, and on the page of the request that was made."""
    set_fee(fee)
    consumer = make_consumer(
        status=AccountStatus.INACTIVE, services={UtilityType.WATER: SupplyState.OFF_FOR_GOOD}
    )
    chosen = {"confirmed_kind": "RECONNECTION", "reason": reason("RC-001"), "permanence": ""}
    pages = [choose(client, consumer, headers=HTMX)]
    pages.append(review(client, consumer, headers=HTMX, **chosen))
    pages.append(client.get(submit(client, consumer, **chosen)["Location"]))
    for page in pages:
        assert page.status_code == 200
        assert ("$45.00" in page.text) is ("Reconnection fee" in page.text) is (fee == "45.00")


def test_no_disconnection_names_the_fee(client: Client, consumer: Consumer) -> None:
    set_fee("45.00")
    assert "Reconnection fee" not in choose(client, consumer, headers=HTMX).text


def test_consumer_of_somebody_else_is_named(
    client: Client, client_as: SignIn, person: MakePerson, consumer: Consumer
) -> None:
    """Bad input 24, AC002."""
    other = client_as(person(Role.CSE, full_name="Lisa Wilson"))
    choose(other, consumer)
    answer = choose(client, consumer, headers=HTMX)
    assert answer.status_code == 409
    assert "Being edited by Lisa Wilson until 09:45 AM" in answer.text
    assert ProfileLock.objects.get().holder == other.person  # type: ignore[attr-defined]
    assert not Draft.objects.filter(person=client.person).exists()  # type: ignore[attr-defined]


def test_open_request_is_named_with_a_link(
    client: Client, consumer: Consumer, make_request: MakeRequest
) -> None:
    """Bad input 23."""
    number = make_request(consumer).case.number
    answer = choose(client, consumer)
    assert answer.status_code == 409
    assert f"{number} is already open for this account" in answer.text
    assert reverse("disconnection_detail", args=[number]) in answer.text


def test_account_without_services_is_refused(
    client: Client, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    """Bad input 28."""
    answer = choose(client, make_consumer(services={}))
    assert answer.status_code == 422
    assert "This account has no connected service to disconnect" in answer.text
    assert not ProfileLock.objects.exists()


@pytest.mark.parametrize("account", ["ACC-0000-000000", "abc", "1" + "0" * 20, "-1", "a\0b"])
def test_unknown_account_is_refused(client: Client, consumer: Consumer, account: str) -> None:
    """Bad input 22."""
    answer = client.post(reverse("request_consumer"), {"account": account})
    assert answer.status_code == 422
    assert "Select a customer from the search results" in answer.text


def test_search_without_javascript_offers_buttons(client: Client, consumer: Consumer) -> None:
    answer = client.post(reverse("request_consumer"), {"q": "smi"})
    assert answer.status_code == 422
    assert f'name="account" value="{consumer.account_number}"' in answer.text
    for typed, sentence in (
        ("", "This field is required."),
        ("ab", "Enter at least 3 characters"),
        ("x" * 10_000, "Search is too long"),
        ("%%%", "Select a customer from the search results"),
        ('"><img src=x onerror=alert(1)>', "Select a customer from the search results"),
    ):
        answer = client.post(reverse("request_consumer"), {"q": typed})
        assert (answer.status_code, sentence in answer.text) == (422, True)
        assert "<img src=x" not in answer.text


def test_searches_without_javascript_are_counted(client: Client, consumer: Consumer) -> None:
    """bad-inputs 19."""
    client.post(reverse("request_consumer"), {"q": "smi"})
    Allowance.objects.update(turns_left=0.5, at=F("at") + timedelta(hours=1))
    answer = client.post(reverse("request_consumer"), {"q": "smi"})
    assert (answer.status_code, consumer.account_number in answer.text) == (429, False)


def test_profile_offers_its_consumer(client: Client, consumer: Consumer) -> None:
    page = client.get(reverse("request_new"), {"consumer": consumer.account_number})
    assert f'name="account" value="{consumer.account_number}"' in page.text
    assert not ProfileLock.objects.exists()  # X5: reading takes no lock


def test_vip_is_marked(client: Client, make_consumer: MakeConsumer, stands: SetClock) -> None:
    """AC014."""
    page = choose(client, make_consumer(is_vip=True), headers=HTMX).text
    assert page.count("VIP") >= 2


# ------------------------------------------------------------------ nothing typed is lost (DIS4)
def test_reload_second_tab_and_new_sign_in_restore_what_was_typed(
    client: Client, client_as: SignIn, consumer: Consumer
) -> None:
    choose(client, consumer)
    client.post(reverse("draft_save", args=["create_request"]), details(consumer))
    again = client_as(client.person)  # type: ignore[attr-defined]
    for browser in (client, again):
        page = browser.get(reverse("request_new")).text
        assert "Customer requested morning slot" in page
        assert 'value="2024-12-16"' in page
        assert f'<option value="{reason("CR-001")}" selected>' in page
        assert "You hold this profile." in page
    assert submit(again, consumer).status_code == 302
    assert "Search consumer" in client.get(reverse("request_new")).text


def test_draft_of_another_person_is_not_shown(
    client: Client, client_as: SignIn, consumer: Consumer
) -> None:
    choose(client, consumer)
    review(client, consumer)
    page = client_as(Role.CSE).get(reverse("request_new")).text
    assert consumer.account_number not in page
    assert "Customer requested morning slot" not in page


def test_refused_form_is_kept_too(client: Client, consumer: Consumer) -> None:
    choose(client, consumer)
    review(client, consumer, preferred_on="2024-12-09", notes="kept\0 all the same")
    page = client.get(reverse("request_new")).text
    assert 'value="2024-12-09"' in page
    assert "kept all the same" in page


def test_slots_load_without_javascript(client: Client, consumer: Consumer) -> None:
    choose(client, consumer)
    answer = client.post(reverse("request_save"), details(consumer, reason=""))
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert "10:00 AM – 12:00 PM" in page.text


def test_release_keeps_the_request_and_forgets_the_consumer(
    client: Client, consumer: Consumer, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    choose(client, consumer)
    typed = details(
        consumer,
        identity_check="DOCUMENT_SEEN",
        identity_document="PASSPORT",
        identity_last_four="9876",
    )
    answer = client.post(reverse("request_release"), typed, headers=HTMX)
    assert "Search consumer" in answer.text
    assert ProfileLock.objects.get().expires_at <= stands.at
    page = choose(client, make_consumer(), headers=HTMX).text
    assert "Customer requested morning slot" in page
    assert "9876" not in page
    assert '<option value="PASSPORT" selected>' not in page


def test_cancel_releases_and_forgets(client: Client, consumer: Consumer, stands: SetClock) -> None:
    choose(client, consumer)
    review(client, consumer)
    answer = client.post(reverse("request_cancel"), {"consumer": consumer.pk})
    assert answer["Location"] == reverse("request_list")
    assert ProfileLock.objects.get().expires_at <= stands.at
    assert not Draft.objects.exists()


def test_nobody_releases_what_another_holds(
    client: Client, client_as: SignIn, consumer: Consumer, stands: SetClock
) -> None:
    choose(client_as(Role.CSE), consumer)
    for name in ("request_release", "request_cancel"):
        client.post(reverse(name), {"consumer": consumer.pk, "lock_token": 1})
    assert ProfileLock.objects.get().expires_at > stands.at


def test_other_consumer_frees_the_first(
    client: Client, consumer: Consumer, make_consumer: MakeConsumer, stands: SetClock
) -> None:
    choose(client, consumer)
    review(client, consumer)
    other = make_consumer("Maria Mendez")
    page = client.get(reverse("request_new"), {"consumer": other.account_number}).text
    assert "Start anew" in page
    assert "Go on with the draft" in page
    page = choose(client, other, headers=HTMX, fresh="on").text
    assert "Maria Mendez" in page
    assert "Customer requested morning slot" not in page
    assert ProfileLock.objects.get(consumer=consumer).expires_at <= stands.at


def test_draft_of_a_request_that_was_made_is_not_carried_on(
    client: Client, consumer: Consumer, make_consumer: MakeConsumer
) -> None:
    """A second tab went on saving after the first had submitted."""
    choose(client, consumer)
    form = details(consumer)
    submit(client, consumer)
    client.post(reverse("draft_save", args=["create_request"]), form)
    page = client.get(reverse("request_new")).text
    assert "is already open for this account" in page
    assert "Search consumer" in page
    page = choose(client, make_consumer("Maria Mendez"), headers=HTMX).text
    assert "Customer requested morning slot" not in page


def test_heartbeat_renews_the_hold(
    client: Client, client_as: SignIn, consumer: Consumer, stands: SetClock
) -> None:
    """CON14."""
    choose(client, consumer)
    url = f"{reverse('request_heartbeat')}?consumer={consumer.pk}&token=1"
    stands.go_on(minutes=10)
    assert client.post(url).status_code == 204
    stands.go_on(minutes=10)
    page = client.get(reverse("request_new")).text
    assert url.replace("&", "&amp;") in page
    stands.go_on(minutes=16)
    choose(client_as(Role.SUPERVISOR), consumer)
    answer = client.post(url)
    assert (answer.status_code, "David Chen" in answer.text) == (409, True)


@pytest.mark.parametrize("query", ["", "consumer=abc&token=1", "consumer=1", "consumer=1&token=x"])
def test_heartbeat_of_nothing_is_404(client: Client, utility: Any, query: str) -> None:
    assert client.post(f"{reverse('request_heartbeat')}?{query}").status_code == 404
