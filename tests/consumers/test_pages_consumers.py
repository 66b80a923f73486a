"""The list of consumers, the search box, the profile (CON1–CON3, CON5, CON6; bad-inputs 1–20)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.models import Consumer
from consumers.operations import take_profile_lock
from smart360.kernel import clock
from smart360.staff.choices import Role
from smart360.web.models import Allowance
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.closing import past_every_guard

pytestmark = pytest.mark.django_db
LIST = "/cx/consumer-management/"
SEARCH = "/cx/consumer-management/search"
HTMX: dict[str, Any] = {"headers": {"HX-Request": "true"}}
SignIn = Callable[..., Client]


@pytest.fixture
def maria(make_consumer: MakeConsumer) -> Consumer:
    """Maria Mendez, a VIP with electricity and water."""
    return make_consumer(
        "Maria Mendez",
        account_number="WU-10001",
        is_vip=True,
        phone="(555) 410-2218",
        email="maria@example.com",
        address="14 Orchard Way, Springfield, IL 62702",
        services={
            UtilityType.ELECTRICITY: SupplyState.CONNECTED,
            UtilityType.WATER: SupplyState.OFF_FOR_NOW,
        },
    )


def text_of(response: Any) -> str:
    return str(response.content.decode())


class TestList:
    def test_shows_who_and_how_the_account_stands(self, maria: Consumer, client_as: SignIn) -> None:
        """AC014: the crown and the word VIP stand beside the name."""
        page = text_of(client_as(Role.CSE).get(LIST))
        for part in ("WU-10001", "Maria Mendez", "VIP", "(555) 410-2218", "14 Orchard Way"):
            assert part in page
        assert "Active" in page

    def test_searches(
        self, maria: Consumer, make_consumer: MakeConsumer, client_as: SignIn
    ) -> None:
        make_consumer("Ann Other", account_number="WU-10002", phone="", address="1 Elm Street")
        page = text_of(client_as(Role.CSE).get(LIST, {"q": "mendez"}))
        assert "WU-10001" in page
        assert "WU-10002" not in page
        assert "1 consumer found" in page

    def test_filters_by_status(self, make_consumer: MakeConsumer, client_as: SignIn) -> None:
        for status in AccountStatus:
            make_consumer(account_number=f"S-{status.value}", status=status)
        page = text_of(client_as(Role.CSE).get(f"{LIST}?status=INACTIVE&status=COLLECTION"))
        shown = {status for status in AccountStatus if f"S-{status.value}<" in page}
        assert shown == {AccountStatus.INACTIVE, AccountStatus.COLLECTION}
        assert "Unknown filter" not in page

    def test_an_archived_account_is_out_of_the_default_list(
        self, make_consumer: MakeConsumer, client_as: SignIn, at: datetime
    ) -> None:
        """DIS15: out of the list that everybody opens, and found when somebody looks for it."""
        make_consumer("Ann Gone", account_number="S-GONE", status=AccountStatus.INACTIVE)
        make_consumer(account_number="S-HERE", status=AccountStatus.INACTIVE)
        past_every_guard(
            "consumers_consumer",
            "UPDATE consumers_consumer SET archived_at = %s WHERE account_number = 'S-GONE'",
            at,
        )
        client = client_as(Role.CSE)
        assert "S-GONE<" not in text_of(client.get(LIST))
        assert "S-HERE<" in text_of(client.get(LIST))
        assert "S-GONE<" not in text_of(client.get(f"{LIST}?status=INACTIVE"))
        assert "S-GONE<" in text_of(client.get(f"{LIST}?status=INACTIVE&archived=with"))
        only = text_of(client.get(f"{LIST}?archived=only"))
        assert "S-GONE<" in only
        assert "S-HERE<" not in only
        assert "S-GONE" in text_of(client.get(LIST, {"q": "ann gone"}))
        assert client.get(f"{LIST}S-GONE").status_code == 200

    def test_pages_through_all(self, make_consumer: MakeConsumer, client_as: SignIn) -> None:
        for number in range(60):
            make_consumer(account_number=f"P-{number:03}", with_meters=False)
        client, seen, url = client_as(Role.CSE), [], LIST
        while url:
            response = client.get(url)
            seen += [row.number for row in response.context["rows"]]
            query = response.context.get("next_url", "")
            url = f"{LIST}{query}" if query else ""
        assert seen == [f"P-{number:03}" for number in range(60)]

    def test_htmx_gets_the_rows_only(self, maria: Consumer, client_as: SignIn) -> None:
        page = text_of(client_as(Role.CSE).get(LIST, {"q": "mendez"}, **HTMX))
        assert page.lstrip().startswith('<div id="consumers"')
        assert "WU-10001" in page

    def test_costs_few_statements(self, make_consumer: MakeConsumer, client_as: SignIn) -> None:
        for number in range(30):
            make_consumer(account_number=f"P-{number:03}")
        client = client_as(Role.CSE)
        client.get(LIST, {"q": "smith"})  # the first request of a session writes when it was seen
        with CaptureQueriesContext(connection) as statements:
            client.get(LIST)
        assert len(statements) <= 8  # the last ones count the cards and offer the filters
        with CaptureQueriesContext(connection) as statements:
            client.get(LIST, {"sort": "newest"}, **HTMX)
        assert len(statements) <= 5
        with CaptureQueriesContext(connection) as statements:
            client.get(LIST, {"q": "smith"}, **HTMX)
        assert len(statements) <= 5  # the last one reads what those found owe


def cards_of(html: str) -> dict[str, tuple[str, str, str]]:
    """Label → the figure, its words and where it leads, of the cards that lead somewhere."""
    pattern = (
        r'<a class="s-kpi" href="([^"]*)"[^>]*><b>([^<]*)</b><strong>([^<]*)</strong>'
        r"(?:<small>([^<]*)</small>)?"
    )
    found = re.findall(pattern, html)
    return {label: (figure, words, unescape(url)) for url, label, figure, words in found}


class TestCards:
    """CON1; decision 44: 4, 1 and 1 of 7, and the seventh under Other."""

    @pytest.fixture(autouse=True)
    def _seven(self, make_consumer: MakeConsumer, at: datetime) -> None:
        for n, status in enumerate(
            [AccountStatus.ACTIVE] * 4
            + [AccountStatus.INACTIVE, AccountStatus.DISCONNECTED, AccountStatus.COLLECTION]
        ):
            make_consumer(account_number=f"S-{n}", status=status, services={})
        past_every_guard(
            "consumers_consumer",
            "UPDATE consumers_consumer SET archived_at = %s WHERE account_number = 'S-4'",
            at,
        )
        with connection.cursor() as cursor:  # what its trigger would have said
            cursor.execute(
                "INSERT INTO consumers_accountchange (status, is_archived, change)"
                " VALUES ('INACTIVE', false, -1), ('INACTIVE', true, 1)"
            )

    def test_count_and_share(self, client_as: SignIn) -> None:
        cards = cards_of(text_of(client_as(Role.CSE).get(LIST)))
        assert {label: card[:2] for label, card in cards.items()} == {
            "Total Accounts": ("7", "1 of them archived"),
            "Active": ("4", "57 %"),
            "Inactive": ("1", "14 %"),
            "Temporarily Disconnected": ("1", "14 %"),
            "Other": ("1", "14 % · Pending and Collection"),
        }

    def test_each_leads_to_the_accounts_that_it_counts(self, client_as: SignIn) -> None:
        client = client_as(Role.CSE)
        for label, (figure, _, url) in cards_of(text_of(client.get(LIST))).items():
            response = client.get(f"{LIST}{url}")
            assert len(response.context["rows"]) == int(figure), label
            current = [card.label for card in response.context["cards"] if card.is_current]
            assert current == [label]
            assert "Unknown filter" not in text_of(response)

    def test_nothing_is_current_that_is_narrowed_further(self, client_as: SignIn) -> None:
        page = text_of(client_as(Role.CSE).get(LIST, {"status": "ACTIVE", "q": "smith"}))
        assert "aria-current" not in page.split('class="s-cols-6')[1].split("</section>")[0]

    def test_the_form_keeps_archived_accounts(self, client_as: SignIn) -> None:
        page = text_of(client_as(Role.CSE).get(LIST, {"archived": "with"}))
        assert '<option value="with" selected>' in page

    def test_what_it_does_not_know_it_says(self, client_as: SignIn) -> None:
        assert "Unknown filter" in text_of(client_as(Role.CSE).get(LIST, {"archived": "x"}))

    def test_htmx_does_not_count_again(self, client_as: SignIn) -> None:
        assert not cards_of(text_of(client_as(Role.CSE).get(LIST, **HTMX)))


def test_without_accounts_the_cards_say_none(client_as: SignIn) -> None:
    cards = cards_of(text_of(client_as(Role.CSE).get(LIST)))
    assert {card[:2] for card in cards.values()} <= {("0", ""), ("0", "Pending and Collection")}
    assert len(cards) == 5


@pytest.mark.parametrize("role", [Role.ADMIN])
class TestMasked:
    """X3: an administrator finds accounts and sees nobody's name, address, phone or e-mail."""

    SECRETS = ("Maria", "Mendez", "410-2218", "4102218", "maria@example.com", "Orchard")

    def test_on_every_page(self, maria: Consumer, client_as: SignIn, role: Role) -> None:
        client = client_as(role)
        for url in (LIST, f"{LIST}WU-10001", f"{SEARCH}?q=WU-10001", f"{LIST}?q=WU-10001"):
            page = text_of(client.get(url))
            assert "WU-10001" in page
            assert not [secret for secret in self.SECRETS if secret in page]
        assert "M••• M•••" in text_of(client.get(LIST))


def test_a_dispatcher_sees_address_and_phone_only(maria: Consumer, client_as: SignIn) -> None:
    """X3: no e-mail and no billing address for a dispatcher."""
    Consumer.objects.filter(pk=maria.pk).update(billing_address="PO Box 99")
    page = text_of(client_as(Role.DISPATCHER).get(f"{LIST}WU-10001"))
    assert "Maria Mendez" in page
    assert "14 Orchard Way" in page
    assert "maria@example.com" not in page
    assert "PO Box 99" not in page


class TestBadInput:
    @pytest.mark.parametrize("typed", ["ab", "  ab  ", "a"])
    def test_too_short(self, maria: Consumer, client_as: SignIn, typed: str) -> None:
        for url in (LIST, SEARCH):
            response = client_as(Role.CSE).get(url, {"q": typed})
            assert response.status_code == 200
            assert "Enter at least 3 characters" in text_of(response)
            assert "WU-10001" not in text_of(response)

    def test_too_long(self, client_as: SignIn, utility: Any) -> None:
        for url in (LIST, SEARCH):
            response = client_as(Role.CSE).get(url, {"q": "x" * 10_000})
            assert response.status_code == 422
            assert "Search is too long" in text_of(response)

    @pytest.mark.parametrize(
        "typed",
        [
            *("%%%", "___", "' OR 1=1 --", "(((", "[a-z]", "\\\\\\", "{{7*7}}", "{% debug %}"),
            *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'),
        ],
    )
    def test_signs_are_literal_and_escaped(
        self, maria: Consumer, client_as: SignIn, typed: str
    ) -> None:
        client = client_as(Role.CSE)
        for url in (LIST, SEARCH):
            response = client.get(url, {"q": typed})
            assert response.status_code == 200
            page = text_of(response)
            assert "WU-10001" not in page
            assert "<script>alert" not in page
            assert "<img src=x" not in page

    def test_lone_surrogates_and_nulls(self, maria: Consumer, client_as: SignIn) -> None:
        client = client_as(Role.CSE)
        for raw in ("%ED%A0%80abc", "a%00bcd", "%FF%FEabc"):
            assert client.get(f"{SEARCH}?q={raw}").status_code == 200
            assert client.get(f"{LIST}?q={raw}").status_code == 200

    @pytest.mark.parametrize("query", ["status=DELETED", "status=x&status=ACTIVE"])
    def test_unknown_filters_are_said_so(
        self, maria: Consumer, client_as: SignIn, query: str
    ) -> None:
        response = client_as(Role.CSE).get(f"{LIST}?{query}")
        assert response.status_code == 200
        assert "Unknown filter" in text_of(response)
        assert "WU-10001" in text_of(response)

    @pytest.mark.parametrize(
        "query",
        [
            *("sort=password", "sort=account__user__password", "sort=-", "sort=newest&sort=x"),
            *("cursor=rubbish", "cursor=%00", "cursor=WyJhIiwxXQ", "q=&q=mendez"),
            "page=1&page=2",
        ],
    )
    def test_other_parameters_are_harmless(
        self, maria: Consumer, client_as: SignIn, query: str
    ) -> None:
        response = client_as(Role.CSE).get(f"{LIST}?{query}")
        assert response.status_code == 200
        assert "WU-10001" in text_of(response)

    @pytest.mark.parametrize(
        "tail",
        ["NOBODY-1", "999999999999999999999", "abc", "a%00b", "%ff", "WU-10001/", "A%2F..%2F"],
    )
    def test_unknown_accounts_are_404(self, maria: Consumer, client_as: SignIn, tail: str) -> None:
        """bad-inputs 132."""
        assert client_as(Role.CSE).get(f"{LIST}{tail}").status_code == 404

    @pytest.mark.parametrize(
        "path",
        [
            *(f"{SEARCH}?q=mendez", f"{LIST}?q=mendez", "/search?q=mendez"),
            *("/search/options?q=m3z", "/cx/disconnections/?q=mendez"),
        ],
    )
    def test_asking_too_often(self, maria: Consumer, client_as: SignIn, path: str) -> None:
        """bad-inputs 19: over ten a second is refused with Retry-After, wherever one searches."""
        client = client_as(Role.CSE)
        assert client.get(path, **HTMX).status_code == 200
        Allowance.objects.update(turns_left=0.5, at=clock.now() + timedelta(hours=1))
        for refused in (client.get(path, **HTMX), client.get(path)):
            assert refused.status_code == 429
            assert refused["Retry-After"] == "1"
            assert "Mendez" not in text_of(refused)
        assert client_as(Role.CSE).get(path, **HTMX).status_code == 200
        Allowance.objects.update(at=clock.now() - timedelta(seconds=1))
        assert client.get(path, **HTMX).status_code == 200


@pytest.mark.django_db(transaction=True)
class TestSearchBox:
    def test_options_carry_account_and_consumer(self, maria: Consumer, client_as: SignIn) -> None:
        """AC001: options as one types, with what is needed to choose."""
        page = text_of(client_as(Role.CALL_CENTRE).get(SEARCH, {"q": "mend"}, **HTMX))
        assert 'role="option"' in page
        assert 'data-value="WU-10001"' in page
        assert f'data-consumer="{maria.pk}"' in page
        assert "<mark>Mend</mark>" in page
        assert "1 consumer found" in page
        assert "aria-disabled" not in page

    def test_ten_options_weigh_at_most_five_kilobytes(
        self, make_consumer: MakeConsumer, client_as: SignIn
    ) -> None:
        """They are fetched anew at each keystroke; what the box itself can add is not sent."""
        for number in range(10):
            make_consumer(f"Alejandro Mendez {number}", address="1368 MacArthur Boulevard, Mendota")
        page = client_as(Role.CSE).get(SEARCH, {"q": "mend"}, **HTMX)
        assert text_of(page).count('role="option"') == 10
        assert text_of(page).count("<mark>") == 20
        assert len(page.content) <= 5 * 1024

    def test_a_held_consumer_is_named_and_cannot_be_chosen(
        self,
        maria: Consumer,
        client_as: SignIn,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        """AC002: the second operator sees who holds the account and cannot choose it."""
        sarah = person(Role.CSE)
        take_profile_lock(consumer=maria.pk, purpose=LockPurpose.CREATE_REQUEST, by=sarah, at=at)
        page = text_of(client_as(Role.CALL_CENTRE).get(SEARCH, {"q": "mendez"}, **HTMX))
        assert "Sarah Johnson holds this profile since" in page
        assert "09:30 AM" in page
        assert 'aria-disabled="true"' in page
        own = text_of(client_as(sarah).get(SEARCH, {"q": "mendez"}, **HTMX))
        assert "aria-disabled" not in own
        stands.go_on(minutes=16)
        lapsed = text_of(client_as(Role.CALL_CENTRE).get(SEARCH, {"q": "mendez"}, **HTMX))
        assert "aria-disabled" not in lapsed

    def test_costs_few_statements(self, maria: Consumer, client_as: SignIn) -> None:
        """Session, person, utility; then the search, which counts itself in the same statement."""
        client = client_as(Role.CSE)
        client.get(SEARCH, {"q": "mendez"}, **HTMX)
        with CaptureQueriesContext(connection) as statements:
            answer = client.get(SEARCH, {"q": "mendez"}, **HTMX)
        assert "Mendez" in text_of(answer)
        assert len(statements) == 4


class TestProfile:
    def test_shows_the_account_and_what_is_supplied(
        self, maria: Consumer, client_as: SignIn
    ) -> None:
        """AC014: the VIP badge stands in the profile's head."""
        page = text_of(client_as(Role.CSE).get(f"{LIST}WU-10001"))
        for part in (
            *("Maria Mendez", "VIP", "WU-10001", "Residential", "Standard", "Jan 15, 2024"),
            *("maria@example.com", "14 Orchard Way, Springfield, IL 62702"),
            *("Electricity", "Water", "Disconnected temporarily", "18,245 kWh", "Nov 30, 2024"),
        ):
            assert part in page

    def test_no_vip_no_crown(self, make_consumer: MakeConsumer, client_as: SignIn) -> None:
        make_consumer(account_number="N-1")
        assert "s-vip" not in text_of(client_as(Role.CSE).get(f"{LIST}N-1"))

    def test_missing_facts(self, make_consumer: MakeConsumer, client_as: SignIn) -> None:
        make_consumer(account_number="N-1", phone="", email="", with_meters=False)
        assert "--" in text_of(client_as(Role.CSE).get(f"{LIST}N-1"))

    def test_account_numbers_with_a_slash(
        self, make_consumer: MakeConsumer, client_as: SignIn
    ) -> None:
        make_consumer(account_number="WU/100/7")
        assert client_as(Role.CSE).get(f"{LIST}WU/100/7").status_code == 200
        assert client_as(Role.CSE).get(f"{LIST}{quote('WU/100/7')}/edit").status_code == 200


@pytest.mark.parametrize("url", [LIST, SEARCH, f"{LIST}WU-10001", f"{LIST}WU-10001/edit"])
class TestDoors:
    def test_strangers_are_sent_to_sign_in(self, client: Client, url: str, utility: Any) -> None:
        response = client.get(url)
        assert response.status_code == 302
        assert "next=" in response["Location"]
        assert client.get(url, **HTMX).status_code == 401

    def test_technicians_are_refused(self, maria: Consumer, client_as: SignIn, url: str) -> None:
        assert client_as(Role.TECHNICIAN).get(url).status_code == 403

    def test_only_get_reads(self, maria: Consumer, client_as: SignIn, url: str) -> None:
        if not url.endswith("/edit"):
            assert client_as(Role.CSE).post(url).status_code == 405
        assert client_as(Role.CSE).delete(url).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_guarded_profile_names_its_request(
    maria: Consumer, client_as: SignIn, make_request: MakeRequest
) -> None:
    electricity = maria.connections.get(utility_type=UtilityType.ELECTRICITY)
    number = make_request(maria, services=(electricity.pk,)).case.number
    client = client_as(Role.CSE)
    assert number in text_of(client.get(f"{LIST}WU-10001"))
    assert number in text_of(client.get(LIST))


def test_what_is_done_most_is_offered_first(maria: Consumer, client_as: SignIn) -> None:
    """On a phone the actions stand two in a row: what comes last is far below."""
    page = client_as(Role.SUPERVISOR).get(f"{LIST}{maria.account_number}").text
    actions = page[page.index('class="s-actions"') :]
    words = ("Create Request", "Edit profile", "Create Complaint", "Account holds", "Merge")
    places = [actions.index(each) for each in words]
    assert places == sorted(places)
