"""The statement of account: page and CSV, right to the cent in any period (CON9)."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from billing.models import Invoice, StatementPaper
from billing.operations.runs import go_on_with_run, start_billing_run
from billing.operations.statements import ask_for_statement, attach_statement
from billing.queries.accounts import balances_of
from billing.queries.statements import StatementView, balance_before, statement_of
from consumers.models import Consumer
from smart360.documents.access import read
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import deposit, owe, pay, take_back
from tests.billing.rates import make_tariff
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.looking import put_back

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
ZONE = ZoneInfo("America/Chicago")
DAY = timedelta(days=1)


def ask(consumer: Consumer, from_on: date, to_on: date) -> StatementView:
    return statement_of(consumer.pk, from_on=from_on, to_on=to_on, zone=ZONE)


def path(consumer: Consumer, rest: str = "/statement") -> str:
    return f"/cx/consumer-management/{consumer.account_number}{rest}"


def text_of(answer: object) -> str:
    page = answer.content.decode()  # type: ignore[attr-defined]  # a test's answer
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def john(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer(account_number="ACC-2024-001789")


def test_lines_and_the_balance_after_each(john: Consumer, person: MakePerson, at: datetime) -> None:
    by = person(Role.BILLING)
    owe(john, "606.78", at=at - 40 * DAY)
    first = pay(john, "150.00", by=by, at=at - 3 * DAY, paid_on=date(2024, 12, 6))
    deposit(john, by=by, at=at)  # not what is owed: on no line
    second = pay(john, "500.00", by=by, at=at)
    take_back(first, by=person(Role.SUPERVISOR), at=at + timedelta(minutes=5))
    found = ask(john, date(2024, 12, 1), date(2024, 12, 10))
    assert found.opening == Decimal("606.78")
    assert [(line.what, line.reference, line.amount, line.balance) for line in found.lines] == [
        ("Payment", first.number, Decimal("-150.00"), Decimal("456.78")),
        ("Payment", second.number, Decimal("-500.00"), Decimal("-43.22")),
        ("Reversal", first.number, Decimal("150.00"), Decimal("106.78")),
    ]
    assert found.closing == balances_of(john.pk).outstanding == Decimal("106.78")
    assert (found.charged, found.credited) == (Decimal("150.00"), Decimal("650.00"))
    assert found.lines[0].valued_on == date(2024, 12, 6)


def test_days_are_the_utilitys(john: Consumer) -> None:
    """Half past eleven at night in Springfield is the next day in UTC."""
    owe(john, "10.00", at=datetime(2024, 12, 6, 5, 30, tzinfo=UTC))
    owe(john, "20.00", at=datetime(2024, 12, 6, 6, 0, tzinfo=UTC))
    fifth, sixth = date(2024, 12, 5), date(2024, 12, 6)
    assert [line.amount for line in ask(john, fifth, fifth).lines] == [Decimal("10.00")]
    found = ask(john, sixth, sixth)
    assert (found.opening, found.closing) == (Decimal("10.00"), Decimal("30.00"))


def test_an_empty_period_opens_as_it_closes(john: Consumer, at: datetime) -> None:
    owe(john, "10.00", at=at)
    assert ask(john, date(2024, 1, 1), date(2024, 6, 30)).closing == Decimal(0)
    found = ask(john, date(2024, 12, 11), date(2025, 1, 10))
    assert (found.opening, found.closing, found.lines) == (Decimal("10.00"), Decimal("10.00"), ())


def test_an_invoice_anchors_the_opening_balance(
    john: Consumer, person: MakePerson, at: datetime
) -> None:
    """What was owed before the invoice is the invoice's own; older postings are not read again."""
    make_tariff()
    by = person(Role.BILLING)
    owe(john, "100.00", at=at - 90 * DAY)
    run = start_billing_run(
        period_from=date(2024, 11, 1), period_to=date(2024, 11, 30), by=by, at=at - 2 * DAY
    )
    assert go_on_with_run(run=run, after=0, at=at - 2 * DAY) == 1
    billed = Invoice.objects.get(consumer=john)
    assert billed.outstanding == Decimal("100.00")
    pay(john, "30.00", by=by, at=at - DAY, paid_on=date(2024, 12, 9))
    expected = Decimal("70.00") + billed.billed
    assert balance_before(john.pk, at) == expected == balances_of(john.pk).outstanding
    with CaptureQueriesContext(connection) as statements:
        balance_before(john.pk, at)
    assert len(statements) == 2
    assert f'"transaction_id" >= {billed.posting_id}' in statements[1]["sql"]


def test_any_period_agrees_with_counting_everything(
    john: Consumer, person: MakePerson, at: datetime
) -> None:
    """An oracle that adds up every entry from the first on."""
    make_tariff()
    chance, by, start = Random(5), person(Role.BILLING), at - 60 * DAY
    run = start_billing_run(
        period_from=date(2024, 9, 1), period_to=date(2024, 9, 30), by=by, at=start
    )
    for turn in range(40):
        moment = start + turn * timedelta(hours=30)
        day = moment.astimezone(ZONE).date()
        if chance.random() < 0.5:
            owe(john, f"{chance.randint(1, 9000) / 100:.2f}", at=moment)
        else:
            pay(john, f"{chance.randint(1, 9000) / 100:.2f}", by=by, at=moment, paid_on=day)
        if turn == 17:
            go_on_with_run(run=run, after=0, at=moment)
    assert Invoice.objects.get().billed > 0
    whole = ask(john, date(2024, 10, 1), date(2024, 12, 31))
    assert whole.opening == 0
    assert whole.closing == balances_of(john.pk).outstanding
    for _ in range(30):
        first = date(2024, 10, 1) + chance.randint(0, 70) * DAY
        last = first + chance.randint(0, 20) * DAY
        found = ask(john, first, last)
        before = [x for x in whole.lines if x.posted_at.astimezone(ZONE).date() < first]
        inside = [x for x in whole.lines if first <= x.posted_at.astimezone(ZONE).date() <= last]
        assert found.opening == sum((x.amount for x in before), Decimal(0))
        assert [x.balance for x in found.lines] == [x.balance for x in inside]


# ------------------------------------------------------------------ the page and the file
def test_the_page_shows_twelve_months_unless_asked(
    john: Consumer, client_as: ClientAs, at: datetime
) -> None:
    owe(john, "456.78", at=at)
    browser = client_as(Role.BILLING)
    page = browser.get(path(john)).content.decode()
    assert 'name="from" value="2024-01-01"' in page
    assert 'name="to" value="2024-12-10"' in page
    words = text_of(browser.get(f"{path(john)}?from=2024-12-10&to=2024-12-31"))
    assert "Dec 10, 2024 Opening balance $0.00" in words
    assert "Fee" in words
    assert "$456.78" in words


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=2024-12-10&to=2024-12-01", "The last day is before the first"),
        ("from=2020-01-01&to=2024-12-10", "Choose at most a year"),
        ("from=0001-01-01", "Choose days after 1900"),
        ("from=soon", "Enter a valid date."),
        ("to=2024-02-30", "Enter a valid date."),
        ("from=%00", "Enter a valid date."),
        ("to=0001-01-01", "Choose days after 1900"),
    ],
)
def test_odd_periods_are_said_so(
    query: str, sentence: str, john: Consumer, client_as: ClientAs
) -> None:
    browser = client_as(Role.RECOVERY)
    answer = browser.get(f"{path(john)}?{query}")
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert browser.get(f"{path(john, '/statement.csv')}?{query}").status_code == 422


def test_the_last_day_that_a_picker_can_send(john: Consumer, client_as: ClientAs) -> None:
    answer = client_as(Role.RECOVERY).get(f"{path(john)}?from=2024-12-01&to=275760-09-13")
    assert answer.status_code == 200
    assert 'name="to" value="2024-12-10"' in answer.content.decode()


def test_the_file_has_the_same_lines(
    john: Consumer, client_as: ClientAs, person: MakePerson, at: datetime
) -> None:
    owe(john, "100.00", at=at - 9 * DAY)
    made = pay(john, "130.00", by=person(Role.BILLING), at=at)
    answer = client_as(Role.BILLING).get(
        f"{path(john, '/statement.csv')}?from=2024-12-05&to=2024-12-10"
    )
    assert answer["Content-Type"].startswith("text/csv")
    name = "Statement-ACC-2024-001789-2024-12-05-2024-12-10.csv"
    assert f'filename="{name}"' in answer["Content-Disposition"]
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # it streams
    assert list(csv.reader(io.StringIO(body))) == [
        ["Date", "Posted", "What", "Reference", "Debit", "Credit", "Owed after",
         "In credit after"],
        ["2024-12-05", "", "Opening balance", "", "", "", "100.00", ""],
        ["2024-12-10", "2024-12-10", "Payment", made.number, "", "130.00", "", "30.00"],
        ["2024-12-10", "", "Closing balance", "", "", "", "", "30.00"],
    ]  # fmt: skip


def test_a_statement_costs_as_much_with_many_lines(
    john: Consumer, client_as: ClientAs, at: datetime
) -> None:
    browser = client_as(Role.BILLING)

    def count() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert browser.get(path(john)).status_code == 200
        return len(statements)

    owe(john, "1.00", at=at)
    few = count()
    for _ in range(12):
        owe(john, "1.00", at=at)
    assert count() <= few


# ------------------------------------------------------------------ on paper
@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


DAYS = "?from=2024-12-01&to=2024-12-10"


def words_of(body: bytes) -> str:
    pages = PdfReader(io.BytesIO(body)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_worker_makes_the_paper(
    john: Consumer, client_as: ClientAs, person: MakePerson, at: datetime
) -> None:
    owe(john, "606.78", at=at - 20 * DAY)
    made = pay(john, "150.00", by=person(Role.BILLING), at=at)
    OwedWork.objects.all().delete()
    browser, pdf = client_as(Role.RECOVERY), f"{path(john, '/statement.pdf')}{DAYS}"
    assert "Make the PDF" in text_of(browser.get(pdf))
    for _ in range(2):  # asked twice: one paper, owed once
        assert browser.post(pdf)["Location"] == pdf
    assert (StatementPaper.objects.count(), OwedWork.objects.count()) == (1, 1)
    waits = browser.get(pdf)
    assert waits.status_code == 202
    assert "The statement is being made." in text_of(waits)
    assert drain("PDF") == 1
    answer = browser.get(pdf)
    assert answer["Content-Type"] == "application/pdf"
    words = words_of(answer.content)
    for each in (
        "Statement of account", "John Michael Smith", "ACC-2024-001789", "Springfield Utilities",
        "Dec 1, 2024 – Dec 10, 2024", "Opening balance $606.78", made.number, "$150.00",
        "$456.78", "As of Dec 10, 2024, 09:30 AM",
    ):  # fmt: skip
        assert each in words, each
    piece = browser.get(pdf, headers={"HX-Request": "true"})
    assert "The statement is ready." in text_of(piece)
    line = Entry.objects.get(consumer=john, kind=Event.DOCUMENT_MADE)
    assert line.new["document"] == "statement"


def test_the_paper_says_what_was_asked_for(
    john: Consumer, client_as: ClientAs, at: datetime
) -> None:
    """A posting that lands before the worker is not on it; asked again, there is another."""
    owe(john, "100.00", at=at)
    OwedWork.objects.all().delete()
    browser, pdf = client_as(Role.BILLING), f"{path(john, '/statement.pdf')}{DAYS}"
    browser.post(pdf)
    owe(john, "11.11", at=at)
    assert drain("PDF") == 1
    first = StatementPaper.objects.get()
    assert first.pdf is not None
    words = words_of(read(first.pdf))
    assert "$100.00" in words
    assert "$11.11" not in words
    assert "Make the PDF" in text_of(browser.get(pdf))
    browser.post(pdf)
    assert StatementPaper.objects.count() == 2


def test_a_paper_is_made_once_and_stays(john: Consumer, person: MakePerson, at: datetime) -> None:
    by = person(Role.BILLING)
    paper = ask_for_statement(
        consumer=john.pk, from_on=date(2024, 12, 1), to_on=date(2024, 12, 10), by=by, at=at
    )
    first = attach_statement(statement=paper.pk, body=b"%PDF one", at=at)
    assert attach_statement(statement=paper.pk, body=b"%PDF two", at=at).pdf == first.pdf
    for change in ({"upto": 9}, {"to_on": date(2024, 12, 11)}, {"pdf": None}):
        with pytest.raises(DatabaseError, match="stays as it is"), put_back():
            StatementPaper.objects.filter(pk=paper.pk).update(**change)


def test_one_that_could_not_be_made_is_tried_again(
    john: Consumer, client_as: ClientAs, at: datetime
) -> None:
    browser, pdf = client_as(Role.SUPERVISOR), f"{path(john, '/statement.pdf')}{DAYS}"
    browser.post(pdf)
    OwedWork.objects.update(state=OwedState.FAILED)
    assert "The statement could not be made." in text_of(browser.get(pdf))
    browser.post(pdf)
    assert OwedWork.objects.get().state == OwedState.WAITING
    assert Entry.objects.filter(consumer=john, kind=Event.DOCUMENT_RETRIED).count() == 1


@pytest.mark.parametrize("role", [Role.CSE, Role.CALL_CENTRE, Role.ADMIN, Role.DISPATCHER])
def test_who_may_not_export_gets_no_paper(role: Role, john: Consumer, client_as: ClientAs) -> None:
    browser, pdf = client_as(role), f"{path(john, '/statement.pdf')}{DAYS}"
    assert browser.get(pdf).status_code == browser.post(pdf).status_code == 403
    assert not StatementPaper.objects.exists()
