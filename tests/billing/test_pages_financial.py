"""The Financial tab of a profile, and the pages of arrangements (CON9, CON3, BIL8)."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Arrangement
from consumers.choices import AccountHoldKind, SupplyState, UtilityType
from consumers.models import AccountHold, Consumer, Meter, Reading
from smart360.staff.choices import Role
from tests.billing.arranging import FIRST, arrange
from tests.billing.paying import cheque, deposit, owe, pay
from tests.billing.posting import DAY
from tests.billing.rates import make_tariff
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.looking import checksums

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
FIGURES = (Role.CSE, Role.CALL_CENTRE)
MONEY = (Role.RECOVERY, Role.BILLING, Role.SUPERVISOR)
NONE = (Role.ADMIN, Role.TECHNICIAN, Role.DISPATCHER)


@pytest.fixture
def john(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    """Nothing owed yet, electricity only."""
    return make_consumer(account_number="ACC-2024-001789")


def path(consumer: Consumer, rest: str = "/financial") -> str:
    return f"/cx/consumer-management/{consumer.account_number}{rest}"


def text_of(answer: Any) -> str:
    """What a reader sees."""
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace(" ,", ",")


def panel(answer: Any, id_: str) -> str:
    """The words of one panel."""
    page = answer.content.decode()
    found = re.search(rf'id="{id_}".*?</section>', page, flags=re.DOTALL)
    assert found, id_
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()).replace(" ,", ",")


# ------------------------------------------------------------------ who sees what
@pytest.mark.parametrize("role", MONEY, ids=str)
def test_money_people_see_every_line(
    role: Role, john: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
) -> None:
    by = person(Role.BILLING)
    owe(john, "606.78", at=at)
    deposit(john, by=by, at=at)
    made = pay(john, "150.00", by=by, at=at, method="ONLINE_BANKING", reference="OB-77")
    words = text_of(client_as(role).get(path(john)))
    for each in (
        "Outstanding $456.78", "Amount payable by consumer", "Security deposit $200.00",
        "Net with the deposit $256.78", made.number, "OB-77", "Online Banking", "Processed",
        "Dec 10, 2024",
    ):  # fmt: skip
        assert each in words, each


@pytest.mark.parametrize("role", FIGURES, ids=str)
def test_the_desk_sees_figures_and_no_line(
    role: Role, john: Consumer, person: MakePerson, client_as: ClientAs, at: datetime
) -> None:
    owe(john, "606.78", at=at)
    made = pay(john, "150.00", by=person(Role.BILLING), at=at, reference="SECRET-77")
    answer = client_as(role).get(path(john))
    words = text_of(answer)
    assert "Outstanding $456.78" in words
    assert "$150.00, Dec 10, 2024, Bank Transfer" in words
    for hidden in (made.number, "SECRET-77", "Payment history", "Statement of account"):
        assert hidden not in words
    for act in ("/payments/new", "/arrangements/new", "/statement", "/refunds/new"):
        assert act not in answer.content.decode()


@pytest.mark.parametrize("role", NONE, ids=str)
@pytest.mark.parametrize(
    "rest", ["/financial", "/statement", "/statement.csv", "/arrangements/new"]
)
def test_others_are_refused(role: Role, rest: str, john: Consumer, client_as: ClientAs) -> None:
    assert client_as(role).get(path(john, rest)).status_code == 403


@pytest.mark.parametrize("role", FIGURES, ids=str)
@pytest.mark.parametrize("rest", ["/statement", "/statement.csv", "/arrangements/new"])
def test_figures_give_no_right_to_lines(
    role: Role, rest: str, john: Consumer, client_as: ClientAs
) -> None:
    assert client_as(role).get(path(john, rest)).status_code == 403


@pytest.mark.parametrize("rest", ["/financial", "/statement", "/arrangements/new"])
def test_strangers_and_unknown_accounts(
    rest: str, john: Consumer, client: Client, client_as: ClientAs
) -> None:
    assert client.get(path(john, rest))["Location"].startswith("/sign-in")
    unknown = f"/cx/consumer-management/NOBODY-1{rest}"
    assert client_as(Role.BILLING).get(unknown).status_code == 404


def test_the_tab_stands_where_it_may_be_seen(john: Consumer, client_as: ClientAs) -> None:
    for role in (*FIGURES, *MONEY):
        page = client_as(role).get(path(john, "")).content.decode()
        assert f'href="{path(john)}"' in page, role
    page = client_as(Role.ADMIN).get(path(john, "")).content.decode()
    assert "/financial" not in page
    assert "Outstanding" not in page


# ------------------------------------------------------------------ the head (CON3)
def test_the_head_shows_balance_and_what_is_overdue(
    john: Consumer, client_as: ClientAs, at: datetime, person: MakePerson
) -> None:
    browser = client_as(Role.CSE)
    assert "Outstanding $0.00 Cleared Last billed --" in text_of(browser.get(path(john, "")))
    owe(john, "100.00", at=at - timedelta(days=9))
    pay(john, "40.00", by=person(Role.BILLING), at=at)
    assert "Outstanding $60.00" in text_of(browser.get(path(john, "")))
    pay(john, "90.00", by=person(Role.BILLING), at=at)
    words = text_of(browser.get(path(john, "")))
    assert "Credit $30.00" in words
    assert "Cleared" not in words


def test_nothing_due_is_cleared_and_a_credit_is_not(
    john: Consumer, client_as: ClientAs, at: datetime, person: MakePerson
) -> None:
    """Rows 72 to 74 of the bad inputs."""
    browser = client_as(Role.BILLING)
    balance = panel(browser.get(path(john)), "balance")
    assert "Outstanding $0.00 Cleared" in balance
    assert "Last payment --" in balance
    assert "Due date --" in balance
    pay(john, "30.00", by=person(Role.BILLING), at=at)
    balance = panel(browser.get(path(john)), "balance")
    assert "$30.00 Refund due to the consumer" in balance
    assert "Cleared" not in balance


# ------------------------------------------------------------------ the history
def test_payments_newest_first_with_their_state(
    john: Consumer, client_as: ClientAs, at: datetime, person: MakePerson
) -> None:
    by = person(Role.BILLING)
    old = pay(john, "10.00", by=by, at=at, paid_on=DAY - timedelta(days=3))
    waits = cheque(john, "20.00", by=by, at=at)
    answer = client_as(Role.BILLING).get(path(john))
    words = panel(answer, "payments")
    assert words.index(waits.number) < words.index(old.number)
    assert "Pending" in words
    assert "Processed" in words


def test_the_history_pages(
    john: Consumer, client_as: ClientAs, at: datetime, person: MakePerson
) -> None:
    by, browser = person(Role.BILLING), client_as(Role.BILLING)
    numbers = [pay(john, "1.00", by=by, at=at).number for _ in range(27)]
    first = browser.get(path(john))
    assert numbers[-1] in text_of(first)
    assert numbers[0] not in text_of(first)
    link = re.search(r'href="(\?cursor=[^"#]+)#payments"[^>]*rel="next"', first.content.decode())
    assert link
    second = browser.get(path(john) + link[1].replace("&amp;", "&"))
    assert numbers[0] in text_of(second)
    piece = browser.get(
        path(john) + link[1], headers={"HX-Request": "true", "HX-Target": "payment-history"}
    )
    assert numbers[0] in text_of(piece)
    assert "<html" not in piece.content.decode()


@pytest.mark.parametrize("cursor", ["x", "%00", "a.b.c", "9" * 4000])
def test_odd_cursors_mean_the_first_page(cursor: str, john: Consumer, client_as: ClientAs) -> None:
    assert client_as(Role.BILLING).get(f"{path(john)}?cursor={cursor}").status_code == 200


# ------------------------------------------------------------------ the overview
def test_plan_usage_and_the_next_bill(john: Consumer, client_as: ClientAs) -> None:
    """0.10 up to 200 kWh, then 0.15; 12.50 fixed; 7 % tax. Months of 300, 372 and 300 kWh."""
    tariff = make_tariff()
    meter = Meter.objects.get(assignments__service_connection__consumer=john)
    for day, value in ((date(2024, 8, 31), 17273), (date(2024, 9, 30), 17573),
                       (date(2024, 10, 31), 17945)):  # fmt: skip
        Reading.objects.create(meter=meter, value=value, read_on=day)
    words = panel(client_as(Role.BILLING).get(path(john)), "overview")
    assert f"Rate plan Electricity {tariff.name} $12.50 a month fixed" in words
    assert "Billing cycle Monthly" in words
    assert "Average monthly usage Electricity 324.89 kWh" in words
    # No run has billed November: its 30 days at 10 kWh are 300, at 12 they are 360.
    least, most = Decimal("50.83"), Decimal("60.46")
    assert f"${least} – ${most}" in words


def test_without_tariff_and_readings_nothing_is_made_up(
    make_consumer: MakeConsumer, client_as: ClientAs, stands: SetClock
) -> None:
    both = {UtilityType.WATER: SupplyState.CONNECTED, UtilityType.GAS: SupplyState.OFF_FOR_GOOD}
    consumer = make_consumer(services=both)
    words = panel(client_as(Role.BILLING).get(path(consumer)), "overview")
    assert "Rate plan Water --" in words
    assert "Average monthly usage Water --" in words
    assert "Next bill, estimate --" in words
    assert "Payment method on file --" in words


def test_holds_and_deposits(
    john: Consumer, client_as: ClientAs, at: datetime, person: MakePerson
) -> None:
    deposit(john, "200.00", by=person(Role.BILLING), at=at)
    for kind, to_on in (
        (AccountHoldKind.MEDICAL, DAY),
        (AccountHoldKind.LEGAL, DAY - timedelta(days=1)),
    ):
        AccountHold.objects.create(
            consumer=john, kind=kind, from_on=DAY - timedelta(days=5), to_on=to_on,
            source=f"H-{kind}", placed_at=at,
        )  # fmt: skip
    answer = client_as(Role.RECOVERY).get(path(john))
    assert "Held now $200.00" in panel(answer, "deposits")
    holds = panel(answer, "holds")
    assert "Protected Medical certificate" in holds
    assert "Lapsed Legal matter" in holds


def test_the_page_costs_as_many_statements_with_many_rows(
    john: Consumer, client_as: ClientAs, at: datetime, person: MakePerson
) -> None:
    by, browser = person(Role.BILLING), client_as(Role.BILLING)

    def count() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert browser.get(path(john)).status_code == 200
        return len(statements)

    owe(john, "900.00", at=at)
    pay(john, "1.00", by=by, at=at)
    deposit(john, "1.00", by=by, at=at)
    few = count()
    for _ in range(5):
        owe(john, "10.00", at=at)
        pay(john, "1.00", by=by, at=at)
        deposit(john, "1.00", by=by, at=at)
    assert count() <= few
    assert few <= 26


def test_reading_changes_nothing(john: Consumer, client_as: ClientAs, at: datetime) -> None:
    owe(john, "50.00", at=at)
    browser = client_as(Role.BILLING)
    before = checksums()
    for rest in ("/financial", "/statement", "/statement.csv", "/arrangements/new"):
        assert browser.get(path(john, rest)).status_code == 200
    assert checksums() == before


# ------------------------------------------------------------------ arrangements
def form(**fields: str) -> dict[str, str]:
    """Two instalments of 300.00, as the page sends them."""
    sent = {
        "form_key": str(uuid4()), "rows": "2", "total": "300.00", "count": "2",
        "first_on": "2024-12-20", "due_on_1": "2024-12-20", "amount_1": "150.00",
        "due_on_2": "2025-01-20", "amount_2": "150.00",
    }  # fmt: skip
    return sent | fields


def test_the_page_proposes_equal_parts(john: Consumer, client_as: ClientAs, at: datetime) -> None:
    owe(john, "100.00", at=at)
    page = client_as(Role.RECOVERY).get(path(john, "/arrangements/new")).content.decode()
    for value in ("100.00", "33.33", "33.34", "2025-01-10", "2025-03-10"):
        assert f'value="{value}"' in page, value


def test_dividing_works_out_rows_and_stores_nothing(
    john: Consumer, client_as: ClientAs, at: datetime
) -> None:
    owe(john, "100.00", at=at)
    browser = client_as(Role.RECOVERY)
    before = checksums()
    sent = form(act="divide", total="100.00", count="7", first_on="2024-12-31")
    answer = browser.post(path(john, "/arrangements/new"), sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count('value="14.28"') == 6
    assert 'value="14.32"' in page
    assert 'value="2025-02-28"' in page
    assert checksums() == before


def test_an_arrangement_is_made_and_shown(
    john: Consumer, client_as: ClientAs, at: datetime
) -> None:
    owe(john, "456.78", at=at)
    browser = client_as(Role.RECOVERY)
    sent = form()
    for _ in range(2):  # pressed twice: one effect
        answer = browser.post(path(john, "/arrangements/new"), sent)
        assert answer["Location"] == path(john)
    made = Arrangement.objects.get()
    words = panel(browser.get(path(john)), "arrangements")
    assert f"{made.number} Running $0.00 of $300.00 paid, next due Dec 20, 2024" in words
    assert "Jan 20, 2025 $150.00 Open" in words


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"amount_2": "NaN"}, "Enter a number."),
        ({"amount_2": "1,000.00"}, "Enter a number without sign or comma, such as 1234.50"),
        ({"amount_2": "-5"}, "Enter an amount above 0.00"),
        ({"amount_2": "12.345"}, "Ensure that there are no more than 2 decimal places."),
        ({"amount_2": "149.99"}, "The instalments add up to $299.99, not to $300.00"),
        ({"due_on_1": "2024-12-09"}, "Cannot select past date"),
        ({"due_on_2": "2024-12-20"}, "Each instalment must be due after the one before"),
        ({"due_on_2": "soon"}, "Enter a valid date."),
        ({"total": "456.79", "amount_2": "306.79"}, "More than the outstanding $456.78"),
        ({"rows": "0"}, "Enter at least one instalment"),
        ({"rows": "x"}, "Enter at least one instalment"),
        ({"rows": "99"}, "This field is required."),
        ({"act": "divide", "count": "25"}, "Select a valid choice."),
        ({"act": "divide", "count": "24", "total": "0.23"}, "Too little to be divided"),
        ({"act": "divide", "first_on": "2024-12-09"}, "Cannot select past date"),
        ({"act": "divide", "first_on": "9999-12-31"}, "must be due within a year"),
    ],
)
def test_wrong_instalments_come_back_as_typed(
    fields: dict[str, str], sentence: str, john: Consumer, client_as: ClientAs, at: datetime
) -> None:
    owe(john, "456.78", at=at)
    before = Arrangement.objects.count()
    answer = client_as(Role.BILLING).post(path(john, "/arrangements/new"), form(**fields))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert 'value="2024-12-20"' in answer.content.decode()
    assert Arrangement.objects.count() == before


def test_a_second_arrangement_is_a_conflict(
    john: Consumer, client_as: ClientAs, at: datetime, person: MakePerson
) -> None:
    owe(john, "456.78", at=at)
    first = arrange(john, by=person(Role.BILLING), at=at)
    answer = client_as(Role.RECOVERY).post(path(john, "/arrangements/new"), form())
    assert answer.status_code == 409
    assert f"{first.number} is running already" in text_of(answer)


def test_cancelling_from_the_tab(
    john: Consumer, client_as: ClientAs, at: datetime, person: MakePerson, stands: SetClock
) -> None:
    owe(john, "456.78", at=at)
    made = arrange(john, by=person(Role.BILLING), at=at)
    browser, rest = client_as(Role.RECOVERY), f"/arrangements/{made.number}/cancel"
    assert path(john, rest) in browser.get(path(john)).content.decode()
    assert browser.get(path(john, rest)).status_code == 200
    key = str(uuid4())
    assert browser.post(path(john, rest), {"form_key": key, "reason": " "}).status_code == 422
    answer = browser.post(path(john, rest), {"form_key": key, "reason": "Moved away"})
    assert answer["Location"] == path(john)
    words = panel(browser.get(path(john)), "arrangements")
    assert f"{made.number} Cancelled" in words
    assert "Cancelled: Moved away" in words
    again = browser.post(path(john, rest), {"form_key": str(uuid4()), "reason": "Again"})
    assert again.status_code == 409


def test_an_arrangement_of_somebody_else_is_404(
    john: Consumer,
    make_consumer: MakeConsumer,
    client_as: ClientAs,
    at: datetime,
    person: MakePerson,
) -> None:
    owe(john, "456.78", at=at)
    made = arrange(john, by=person(Role.BILLING), at=at)
    browser, rest = client_as(Role.RECOVERY), f"/arrangements/{made.number}/cancel"
    assert browser.get(path(make_consumer(), rest)).status_code == 404
    missing = rest.replace(made.number, "PA-2024-999999")
    assert browser.get(path(john, missing)).status_code == 404


def test_broken_is_shown_before_any_worker_says_so(
    john: Consumer, client_as: ClientAs, at: datetime, person: MakePerson, stands: SetClock
) -> None:
    owe(john, "456.78", at=at)
    made = arrange(john, by=person(Role.BILLING), at=at)
    stands.go_on(days=11)
    assert stands.at.date() == FIRST + timedelta(days=1)
    answer = client_as(Role.RECOVERY).get(path(john))
    words = panel(answer, "arrangements")
    assert f"{made.number} Broken" in words
    assert "Dec 20, 2024 $100.00 Not paid" in words
    assert "Lapsed Payment arrangement" in panel(answer, "holds")
    assert "/cancel" not in answer.content.decode()
