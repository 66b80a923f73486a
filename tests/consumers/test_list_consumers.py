"""The list of accounts, narrowed and ordered; what its page says and its file has (CON1)."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client

from consumers.choices import AccountHoldKind, AccountStatus
from consumers.models import (
    AccountHold,
    Category,
    Consumer,
    ConsumerFigures,
    Premise,
    ServiceConnection,
)
from consumers.models.figures import NEVER_DUE
from consumers.operations.figures import give_every_account_figures
from consumers.oracles import accounts_without_figures
from consumers.queries import list_accounts, offered_filters
from consumers.queries.lists import SORTS, AccountFilter
from smart360.kernel.db import operation
from smart360.organisation.models import Utility
from smart360.staff import permissions
from smart360.staff.choices import Role
from smart360.staff.permissions import Permission
from tests.conftest import MakeConsumer, MakePerson
from tests.disconnections.closing import past_every_guard
from tests.seeds import chance_for

pytestmark = pytest.mark.django_db
LIST = "/cx/consumer-management/"
HTMX: dict[str, Any] = {"headers": {"HX-Request": "true"}}
TODAY = date(2024, 12, 10)
AREAS = ("", "Lakeside", "North Side", "Old Town")
SignIn = Callable[..., Client]


def owes(consumer: Consumer, balance: str, due: date | None = None) -> None:
    """What a ledger would have come to."""
    past_every_guard(
        "consumers_consumerfigures",
        "UPDATE consumers_consumerfigures SET balance = %s, oldest_due_on = %s"
        " WHERE consumer_id = %s",
        Decimal(balance), due, consumer.pk,
    )  # fmt: skip


def archive(consumer: Consumer, at: datetime) -> None:
    past_every_guard(
        "consumers_consumer",
        "UPDATE consumers_consumer SET archived_at = %s WHERE id = %s",
        at, consumer.pk,
    )  # fmt: skip
    with connection.cursor() as cursor:  # what its trigger would have said
        cursor.execute(
            "INSERT INTO consumers_accountchange (status, is_archived, change)"
            " VALUES (%(status)s, false, -1), (%(status)s, true, 1)",
            {"status": consumer.status},
        )


def protect(
    consumer: Consumer, at: datetime, *, from_on: date = TODAY, to_on: date | None = None
) -> AccountHold:
    return AccountHold.objects.create(
        consumer=consumer,
        kind=AccountHoldKind.MEDICAL,
        from_on=from_on,
        to_on=to_on,
        source=f"C-{consumer.pk}",
        placed_at=at,
    )


def listed(page: Any) -> list[str]:
    return [row.number for row in page.context["rows"]]


# ------------------------------------------------------------------ every filter and order
@dataclass
class Known:
    """One account as brute force sees it."""

    id: int
    account_number: str
    status: str
    category: int
    areas: set[str]
    is_vip: bool
    is_protected: bool
    is_archived: bool
    balance: Decimal
    due: date

    def fits(self, wish: AccountFilter) -> bool:
        return (
            (not wish.statuses or self.status in wish.statuses)
            and (not wish.categories or self.category in wish.categories)
            and (not wish.areas or bool(self.areas & set(wish.areas)))
            and (wish.is_vip is None or self.is_vip == wish.is_vip)
            and (self.is_protected or not wish.is_protected)
            and (wish.least is None or self.balance >= wish.least)
            and (wish.most is None or self.balance <= wish.most)
            and (wish.archived == "with" or self.is_archived == (wish.archived == "only"))
            and (wish.consumers is None or self.id in wish.consumers)
        )

    def place(self, sort: str) -> tuple[Any, ...]:
        return {
            "account": (self.account_number,),
            "newest": (self.id,),
            "balance": (self.balance, self.id),
            "due": (self.due, self.id),
        }[sort.removeprefix("-")]


def some_accounts(by_hand: random.Random, at: datetime) -> list[Known]:
    """Thirty of every kind, some alike in what they are ordered by."""
    categories = [Category.objects.create(name=f"Kind {n}") for n in range(3)]
    known = []
    for n in range(30):
        status = by_hand.choice(AccountStatus.values)
        consumer = Consumer.objects.create(
            account_number=f"{by_hand.choice('ABC')}-{n:02}",
            name=f"Consumer {n}",
            status=status,
            is_vip=by_hand.random() < 0.3,
            category=by_hand.choice(categories),
            registered_on=TODAY,
        )
        areas = {by_hand.choice(AREAS) for _ in range(by_hand.randint(0, 2))}
        for area in areas:
            premise = Premise.objects.create(address=f"{n} Elm Street", area=area)
            ServiceConnection.objects.create(
                consumer=consumer, premise=premise, utility_type="WATER", connected_on=TODAY
            )
        balance = Decimal(by_hand.choice(["0", "0", "12.50", "12.50", "-3", "900", "8.01"]))
        due = by_hand.choice([None, TODAY, TODAY - timedelta(days=by_hand.randint(1, 3))])
        owes(consumer, str(balance), due)
        is_archived = by_hand.random() < 0.2
        if is_archived:
            archive(consumer, at)
        is_protected = _perhaps_protect(by_hand, consumer, at)
        known.append(
            Known(
                consumer.pk, consumer.account_number, status, consumer.category_id,
                areas - {""}, consumer.is_vip, is_protected, is_archived, balance,
                due or NEVER_DUE,
            )
        )  # fmt: skip
    return known


def _perhaps_protect(by_hand: random.Random, consumer: Consumer, at: datetime) -> bool:
    """By a hold that stands, that has ended or has not begun, or that was lifted; or not."""
    day = timedelta(days=1)
    match by_hand.randrange(8):
        case 0:
            protect(consumer, at)
            return True
        case 1:
            protect(consumer, at, from_on=TODAY - day, to_on=TODAY)
            return True
        case 2:
            protect(consumer, at, from_on=TODAY - 2 * day, to_on=TODAY - day)
        case 3:
            protect(consumer, at, from_on=TODAY + day)
        case 4:
            hold = protect(consumer, at)
            AccountHold.objects.filter(pk=hold.pk).update(lifted_at=at)
    return False


def some_filter(by_hand: random.Random, known: list[Known]) -> AccountFilter:
    def perhaps(value: Any, nothing: Any) -> Any:
        return value if by_hand.random() < 0.25 else nothing

    some = by_hand.sample(known, 12)
    return AccountFilter(
        statuses=perhaps(tuple(by_hand.sample(AccountStatus.values, 2)), ()),
        categories=perhaps(tuple({each.category for each in some[:2]}), ()),
        areas=perhaps(tuple(by_hand.sample(AREAS[1:], 2)), ()),
        is_vip=perhaps(by_hand.random() < 0.5, None),
        is_protected=perhaps(True, False),
        least=perhaps(by_hand.choice(some).balance, None),
        most=perhaps(by_hand.choice(some).balance, None),
        archived=by_hand.choice(["", "with", "with", "only"]),
        consumers=perhaps(tuple(each.id for each in some), None),
    )


def test_any_filter_and_order_agree_with_looking_at_each(
    at: datetime, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page there, and back again to the first."""
    by_hand = chance_for(request.node.name)
    monkeypatch.setattr("consumers.queries.lists.PAGE_SIZE", 4)
    known = some_accounts(by_hand, at)
    for _ in range(25):
        wish, sort = some_filter(by_hand, known), by_hand.choice([*SORTS.values()])
        fitting = [each for each in known if each.fits(wish)]
        fitting.sort(key=lambda each: each.place(sort.name), reverse="-" in sort.columns[0])
        seen, cursor, page = [], "", None
        while page is None or cursor:
            page = list_accounts(
                Consumer.objects.all(), wish, sort=sort, cursor=cursor, at=at, today=TODAY
            )
            seen += [row["account_number"] for row in page.rows]
            cursor = page.next_cursor
        assert seen == [each.account_number for each in fitting], (wish, sort.name)
        if page.previous_cursor:
            before = list_accounts(
                Consumer.objects.all(), wish, sort=sort, cursor=page.previous_cursor, at=at,
                today=TODAY,
            )  # fmt: skip
            assert [row["account_number"] for row in before.rows] == seen[: -len(page.rows)][-4:]
    assert offered_filters().areas == sorted({area for each in known for area in each.areas})
    assert {key for key, _ in offered_filters().categories} >= {each.category for each in known}


def test_every_account_has_figures(
    make_consumer: MakeConsumer, as_owner: Callable[[], None]
) -> None:
    """From the first; and those that came in past the trigger are given theirs, however often."""
    make_consumer()
    assert ConsumerFigures.objects.count() == 1
    assert accounts_without_figures() == []
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE consumers_consumerfigures DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM consumers_consumerfigures")
        cursor.execute("ALTER TABLE consumers_consumerfigures ENABLE TRIGGER USER")
    assert len(accounts_without_figures()) == 1
    for _ in range(2):
        operation(give_every_account_figures)()
        assert accounts_without_figures() == []


# ------------------------------------------------------------------ the page
@pytest.fixture
def three(make_consumer: MakeConsumer, at: datetime) -> dict[str, Consumer]:
    """A debtor, a creditor under protection, and a VIP who owes nothing; one of them archived."""
    debtor = make_consumer("=Debtor Smith", account_number="L-1", address="1 Elm Street")
    creditor = make_consumer("Creditor Smith", account_number="L-2", address="2 Elm Street")
    vip = make_consumer("Vip Jones", account_number="L-3", is_vip=True, address="3 Elm Street")
    gone = make_consumer("Gone Smith", account_number="L-4", status=AccountStatus.INACTIVE)
    owes(debtor, "120.50", date(2024, 11, 15))
    owes(creditor, "-20")
    protect(creditor, at)
    archive(gone, at)
    Premise.objects.filter(connections__consumer=vip).update(area="Lakeside")
    return {"debtor": debtor, "creditor": creditor, "vip": vip, "gone": gone}


@pytest.mark.usefixtures("stands", "three")
class TestPage:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["L-1", "L-2", "L-3"]),
            ("vip=yes", ["L-3"]),
            ("vip=no&archived=with", ["L-1", "L-2", "L-4"]),
            ("area=Lakeside", ["L-3"]),
            ("protected=yes", ["L-2"]),
            ("archived=only", ["L-4"]),
            ("balance_from=0.01", ["L-1"]),
            ("balance_to=0", ["L-2", "L-3"]),
            ("balance_from=-20&balance_to=-20", ["L-2"]),
            ("sort=-balance", ["L-1", "L-3", "L-2"]),
            ("sort=balance", ["L-2", "L-3", "L-1"]),
            ("sort=-account", ["L-3", "L-2", "L-1"]),
            ("q=smith&sort=-account", ["L-4", "L-2", "L-1"]),
            ("q=smith&balance_from=-100&balance_to=0", ["L-2", "L-4"]),
            ("status=INACTIVE", []),
            ("category=999999999", []),
        ],
    )
    def test_filters_are_combined(self, client_as: SignIn, query: str, found: list[str]) -> None:
        client = client_as(Role.SUPERVISOR)
        for more in ({}, HTMX):
            page = client.get(f"{LIST}?{query}", **more)
            assert listed(page) == found
            assert "Unknown filter" not in page.content.decode()

    def test_each_chip_leads_to_the_list_without_it(self, client_as: SignIn) -> None:
        client = client_as(Role.SUPERVISOR)
        category = Category.objects.get(name="Residential").pk
        asked = (
            f"status=ACTIVE&status=PENDING&category={category}&area=Lakeside&vip=yes"
            "&balance_from=-5.00&balance_to=10&archived=with&sort=newest"
        )
        for more in ({}, HTMX):
            page = client.get(f"{LIST}?{asked}", **more)
            chips = {chip.label: chip.url for chip in page.context["chips"]}
            assert list(chips) == [
                "Status: Active, Pending", "Category: Residential", "Area: Lakeside", "VIP",
                "With archived accounts", "Balance at least -5.00", "Balance at most 10",
            ]  # fmt: skip
            assert 'href="/cx/consumer-management/">Clear all</a>' in page.content.decode()
        without = client.get(f"{LIST}{chips['Area: Lakeside']}").context["wish"]
        assert without.looks_for.areas == ()
        assert without.looks_for.categories == (category,)
        assert without.sort.name == "newest"

    def test_what_is_owed_narrows_nothing_for_who_may_not_see_it(self, client_as: SignIn) -> None:
        client = client_as(Role.DISPATCHER)
        for query in ("balance_from=1", "balance_to=1", "protected=yes"):
            page = client.get(f"{LIST}?{query}")
            assert listed(page) == ["L-1", "L-2", "L-3"]
            assert "Unknown filter" in page.content.decode()
        page = client.get(f"{LIST}?sort=-balance")
        assert listed(page) == ["L-1", "L-2", "L-3"]
        for word in ("Balance from", "Protected", "balance first", "120.50"):
            assert word not in page.content.decode()

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("balance_from=abc", "Enter a number."),
            ("balance_to=1,000", "Enter a number without sign or comma, such as 1234.50"),
            ("balance_from=1.234", "no more than 2 decimal places"),
            ("balance_from=10&balance_to=5", "The lower balance is above the upper one"),
            ("balance_from=%00%ED%A0%80x", "Enter a number."),
        ],
    )
    def test_a_wrong_balance_is_said_and_narrows_nothing(
        self, client_as: SignIn, query: str, sentence: str
    ) -> None:
        page = client_as(Role.CSE).get(f"{LIST}?{query}")
        assert page.status_code == 200
        assert sentence in unescape(page.content.decode())
        assert 'aria-invalid="true"' in page.content.decode()
        assert listed(page) == ["L-1", "L-2", "L-3"]

    @pytest.mark.parametrize(
        "query", ["vip=x", "area=%00", "category=x", "category=１", "area=" + 61 * "x"]
    )
    def test_what_is_unknown_is_said(self, client_as: SignIn, query: str) -> None:
        page = client_as(Role.CSE).get(f"{LIST}?{query}")
        assert listed(page) == ["L-1", "L-2", "L-3"]
        assert "Unknown filter" in page.content.decode()

    def test_the_words_say_how_many_and_in_which_order(self, client_as: SignIn) -> None:
        client = client_as(Role.CSE)
        for query, words in (
            ("", "3 of 3, by account number, without archived accounts"),
            ("archived=with", "4 of 4, by account number"),
            ("status=INACTIVE&archived=only&sort=newest", "1 of 1, newest first"),
            ("vip=yes&sort=due", "1 of 1, longest unpaid first"),
        ):
            for more in ({}, HTMX):
                assert client.get(f"{LIST}?{query}", **more).context["words"] == words

    def test_of_how_many_is_left_open_where_that_would_be_counting(
        self, client_as: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("consumers.queries.lists.PAGE_SIZE", 1)
        client, address, said = client_as(Role.CSE), f"{LIST}?archived=with&vip=no", []
        while address:
            page = client.get(address)
            said.append(page.context["words"].partition(",")[0])
            address = page.context["next_url"] and LIST + page.context["next_url"]
        assert said == ["The first one", "One more", "The last one"]

    def test_the_order_by_what_is_unpaid_says_since_when(self, client_as: SignIn) -> None:
        client = client_as(Role.BILLING)
        assert "since Nov 15, 2024" in client.get(f"{LIST}?sort=due").content.decode()
        assert "since Nov" not in client.get(LIST).content.decode()

    def test_very_many_that_fit_words_and_filter_are_said(
        self, client_as: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("consumers.views.lists.MOST_FITTING", 2)
        client = client_as(Role.CSE)
        page = client.get(f"{LIST}?q=smith&vip=no")
        assert len(listed(page)) == 2
        assert "type more for the rest" in page.content.decode()
        assert page.context["words"].startswith("2, by account number"), "nobody counted the rest"
        nobody = client.get(f"{LIST}?q=smith&vip=yes").content.decode()
        assert "None of the best" in nobody
        assert "type more of it" in nobody
        assert "No consumers match" not in nobody


def test_a_page_keeps_its_weight(make_consumer: MakeConsumer, client_as: SignIn) -> None:
    for number in range(26):
        make_consumer(
            "Alexandra Fitzgerald-Montgomery",
            account_number=f"ACC-2024-{number:06}",
            address=f"{number} Martin Luther King Boulevard, Springfield, IL 62701",
            is_vip=number % 5 == 0,
            with_meters=False,
        )
    client = client_as(Role.SUPERVISOR)
    assert len(client.get(LIST).content) <= 30 * 1024
    assert len(client.get(LIST, **HTMX).content) <= 12 * 1024


# ------------------------------------------------------------------ the file
def lines(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}export.csv{query}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return list(answer.getvalue().decode("utf-8-sig").splitlines())


@pytest.mark.usefixtures("stands", "three")
class TestExport:
    def test_it_has_what_is_filtered(self, client_as: SignIn) -> None:
        client = client_as(Role.SUPERVISOR)
        assert lines(client, "?status=ACTIVE&sort=-balance") == [
            (
                '"Account no","Consumer","VIP","Status","Category","Sub-category","Area","Phone",'
                '"Service address","Outstanding","Unpaid since"'
            ),
            (
                '"L-1","\'=Debtor Smith","","Active","Residential","Standard","","(555) 123-4567",'
                '"1 Elm Street","120.50","2024-11-15"'
            ),
            (
                '"L-3","Vip Jones","VIP","Active","Residential","Standard","Lakeside",'
                '"(555) 123-4567","3 Elm Street","0.00",""'
            ),
            (
                '"L-2","Creditor Smith","","Active","Residential","Standard","","(555) 123-4567",'
                '"2 Elm Street","-20.00",""'
            ),
        ]
        assert len(lines(client, "?q=smith")) == 4
        assert len(lines(client, "?q=smith&vip=yes")) == 1
        assert len(lines(client, "?q=ab")) == 1

    def test_a_workbook_has_the_same(self, client_as: SignIn) -> None:
        answer = client_as(Role.BILLING).get(f"{LIST}export.xlsx?balance_from=1")
        assert answer["Content-Disposition"].endswith('.xlsx"')
        with ZipFile(BytesIO(answer.getvalue())) as book:
            assert book.testzip() is None
            sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314  (ours)
        rows = [[(cell.get("t"), "".join(cell.itertext())) for cell in row] for row in sheet[0]]
        assert len(rows) == 2
        assert rows[1][1] == ("inlineStr", "=Debtor Smith")
        assert rows[1][9] == (None, "120.50")

    def test_who_collects_gets_those_to_be_collected_from(self, client_as: SignIn) -> None:
        found = lines(client_as(Role.RECOVERY))
        assert [line.split(",")[0] for line in found[1:]] == ['"L-1"']

    def test_the_log_says_who_took_how_many(
        self, client_as: SignIn, person: MakePerson, caplog: pytest.LogCaptureFixture
    ) -> None:
        boss = person(Role.SUPERVISOR)
        with caplog.at_level("INFO", "smart360.web.export"):
            assert len(lines(client_as(boss), "?q=smith")) == 4
        (told,) = [each.message for each in caplog.records if "took" in each.message]
        assert told == f"person {boss.pk} took consumers-2024-12-10-0930.csv, 3 rows"

    def test_it_is_capped(self, client_as: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("consumers.queries.lists.EXPORT_CAP", 2)
        assert len(lines(client_as(Role.SUPERVISOR))) == 3

    def test_who_sees_less_takes_less_away(
        self, client_as: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Masked, and without what they may not see, whoever were given the permission."""
        may = permissions.ROLE_PERMISSIONS[Role.ADMIN] | {Permission.EXPORT_CONSUMERS}
        monkeypatch.setitem(permissions.ROLE_PERMISSIONS, Role.ADMIN, may)
        text = "\n".join(lines(client_as(Role.ADMIN), "?sort=-balance"))
        assert "L-1" in text
        for secret in ("Smith", "Elm", "123-4567", "120.50", "Outstanding", "Phone"):
            assert secret not in text


@pytest.mark.parametrize("role", [Role.CSE, Role.CALL_CENTRE, Role.ADMIN, Role.DISPATCHER])
def test_others_take_nothing_away(role: Role, client_as: SignIn, utility: Utility) -> None:
    client = client_as(role)
    assert "export.csv" not in client.get(LIST).content.decode()
    for name in ("export.csv", "export.xlsx"):
        assert client.get(f"{LIST}{name}").status_code == 403
