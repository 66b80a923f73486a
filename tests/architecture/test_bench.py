"""The bench: what it loads is sound, each page has its figure, and a bad figure is called short."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum

from billing.models import Invoice, LedgerAccount, LedgerEntry
from billing.queries.ageing import allocation_of
from complaints.models import Complainant, Complaint
from consumers.models import (
    AccountHold,
    Consumer,
    ConsumerFigures,
    MeterAssignment,
    ServiceConnection,
)
from smart360.cases.choices import OPEN_STATUSES, CaseKind
from smart360.cases.models import Case, Hold
from smart360.cases.oracles import tallies_that_differ_from_the_cases
from smart360.kernel import clock
from smart360.kernel.numbering import WITHOUT_YEARS, next_number
from smart360.local.bench.accounts import account
from smart360.local.bench.at_once import throughput
from smart360.local.bench.delays import row as delay_row
from smart360.local.bench.fates import Order
from smart360.local.bench.operations import (
    UnableToLoad,
    load,
    load_complaints,
    load_ledger,
    load_standing,
    load_year,
    loaded,
)
from smart360.local.bench.pages import Bench
from smart360.local.bench.table import (
    Budget,
    Row,
    as_json,
    as_markdown,
    growth,
    put_into,
    read_json,
)
from smart360.local.demo.cast import STAFF
from smart360.local.operations import add_staff, set_up_utility
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer
from tests.invariants import assert_sound

ROWS = 400


@pytest.fixture
def as_the_owner(db: None) -> None:
    """As ``load_bench`` runs: the owner sets triggers aside."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")


@pytest.fixture
def full(as_the_owner: None, settings: Any) -> None:
    """A database of a few hundred requests."""
    settings.IS_DEMO = True
    _fill(ROWS)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE smart360_app")


def _fill(rows: int) -> None:
    at = clock.now()
    add_staff(people=STAFF, password="smart360-demo")
    set_up_utility(years=(at.year, at.year + 1))
    load(rows=rows, at=at, tell=lambda words: None)


# ------------------------------------------------------------------ what is loaded
def test_what_is_loaded_is_sound(full: None) -> None:
    assert_sound(clock.now())
    assert Consumer.objects.count() == Case.objects.count() == ROWS
    assert loaded() is not None


def test_some_owe_and_a_few_are_protected(full: None) -> None:
    """What the list of accounts is narrowed by is there, and the books balance; once."""
    owing = load_standing(at=clock.now(), tell=lambda words: None)
    assert_sound(clock.now())
    assert owing == ConsumerFigures.objects.exclude(balance=0).count() == ROWS / 5
    assert 0 < ConsumerFigures.objects.filter(balance__lt=0).count() < owing / 2
    assert AccountHold.objects.filter(lifted_at=None).count() in (2, 3)
    with pytest.raises(UnableToLoad):
        load_standing(at=clock.now(), tell=lambda words: None)


def test_loaded_requests_stand_everywhere(full: None) -> None:
    """A third is open, in every status; some are breached, some not; some were held."""
    statuses = set(Case.objects.values_list("status", flat=True))
    assert statuses == {*OPEN_STATUSES, "COMPLETED", "CLOSED"}
    is_open = Case.objects.filter(status__in=OPEN_STATUSES)
    assert ROWS / 4 < is_open.count() < ROWS / 2
    now = clock.now()
    assert is_open.filter(breaches_at__lte=now).exists()
    assert is_open.filter(breaches_at__gt=now).exists()
    assert Hold.objects.filter(ended_at=None).exists()
    assert Entry.objects.filter(case__isnull=False).count() > 4 * ROWS


def test_guards_are_back_after_a_load(full: None) -> None:
    """Triggers, keys and indexes are what they were: a guarded meter stays, a number goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone()[0] == 0
    case = Case.objects.filter(status="PENDING").first()
    assert case is not None
    served = ServiceConnection.objects.filter(consumer=case.consumer_id).values("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")  # the application may not remove an assignment at all
    with pytest.raises(Exception, match="an open request guards this meter"):
        MeterAssignment.objects.filter(service_connection__in=served).delete()


def test_numbers_go_on_after_a_load(full: None) -> None:
    year = clock.now().year
    highest = Case.objects.filter(number__startswith=f"DIS-{year}").latest("number").number
    assert next_number(series="DIS", year=year) > highest


def test_nothing_of_the_schema_is_lost(as_the_owner: None) -> None:
    before = _schema()
    _fill(50)
    assert _schema() == before


def test_complaints_stand_beside_the_requests(as_the_owner: None) -> None:
    """Open and decided, of customers and of strangers, tallied; nothing of the schema is lost."""
    _fill(50)
    before, at = _schema(), clock.now()
    load_complaints(count=300, at=at, tell=lambda words: None)
    assert _schema() == before
    assert not tallies_that_differ_from_the_cases()
    made = Case.objects.filter(kind=CaseKind.COMPLAINT)
    assert made.count() == Complaint.objects.count() == 300
    statuses = set(made.values_list("status", flat=True))
    assert statuses == {"PENDING", "IN_PROGRESS", "RESOLVED", "REJECTED"}
    assert 0 < Complainant.objects.count() == made.filter(consumer=None).count() < 100
    assert not made.filter(ended_at=None, breaches_at=None).exists()
    assert not made.filter(created_at__gt=at).exists()
    assert not made.filter(ended_at__gt=at).exists()
    assert next_number(series="CMP", year=WITHOUT_YEARS) == "CMP-00000301"
    with pytest.raises(UnableToLoad):
        load_complaints(count=1, at=at, tell=lambda words: None)


def _schema() -> set[tuple[str, ...]]:
    """Every constraint, index and trigger by what it says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            "  FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            " UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes"
            " WHERE schemaname = 'public'"
            " UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text"
            "  FROM pg_trigger WHERE NOT tgisinternal"
        )
        return {(*names, UNTOLD.sub("", words)) for *names, words in cursor.fetchall()}


UNTOLD = re.compile(r"::character varying|::text|\[\]|[()]")
"""What PostgreSQL writes another way when it reads its own words again."""


# ------------------------------------------------------------------ the ledger
ENTRIES = 60 * 2 * 21


@pytest.fixture
def with_ledger(as_the_owner: None, settings: Any) -> None:
    """Sixty accounts with 21 postings each."""
    settings.IS_DEMO = True
    _fill(60)
    before = _schema()
    assert load_ledger(entries=ENTRIES, at=clock.now(), tell=lambda words: None) == ENTRIES
    assert _schema() == before
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE smart360_app")


def test_a_loaded_ledger_is_sound(with_ledger: None) -> None:
    """Every oracle agrees: balances are what the entries come to, payments are posted."""
    assert_sound(clock.now())
    assert LedgerEntry.objects.count() == ENTRIES
    figures = ConsumerFigures.objects.order_by("consumer")
    assert {
        allocation_of(each.consumer_id).oldest_due_on == each.oldest_due_on for each in figures
    } == {True}
    assert figures.values("oldest_due_on").distinct().count() > 1


def test_a_ledger_is_loaded_once(with_ledger: None) -> None:
    with pytest.raises(UnableToLoad):
        load_ledger(entries=ENTRIES, at=clock.now(), tell=lambda words: None)


def test_every_read_of_money_has_a_figure(with_ledger: None) -> None:
    said = StringIO()
    try:
        call_command("bench_money", rounds=30, stdout=said)
    except SystemExit:  # a figure may fall short on a busy machine
        assert "short: " in said.getvalue()
    table = [line for line in said.getvalue().splitlines() if line.startswith("| ")]
    assert len(table) == 7
    assert all(line.endswith("| no |") for line in table[1:])


# ------------------------------------------------------------------ a year of invoices
def test_a_billed_year_is_what_its_entries_come_to(
    as_the_owner: None, make_consumer: MakeConsumer
) -> None:
    """Twelve invoices each, nine paid: figures and dates as the ledger gives them, once."""
    consumers = [make_consumer() for _ in range(5)]
    before = _schema()
    assert load_year() == 12 * len(consumers) == Invoice.objects.count()
    assert _schema() == before
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE smart360_app")
    for figures in ConsumerFigures.objects.all():
        entries = LedgerEntry.objects.filter(account__consumer=figures.consumer_id)
        owed = entries.aggregate(sum=Sum("amount"))["sum"]
        posted = LedgerAccount.objects.get(consumer=figures.consumer_id).balance
        newest = Invoice.objects.filter(consumer=figures.consumer_id).order_by("-issued_on")[:3]
        assert owed == figures.balance == posted == sum(each.billed for each in newest) > 0
        assert allocation_of(figures.consumer_id).oldest_due_on == figures.oldest_due_on
    assert LedgerEntry.objects.aggregate(sum=Sum("amount"))["sum"] == 0
    with pytest.raises(UnableToLoad):
        load_year()


def test_a_database_with_consumers_is_left_alone(full: None) -> None:
    with pytest.raises(UnableToLoad):
        load(rows=5, at=clock.now(), tell=lambda words: None)
    assert Consumer.objects.count() == ROWS


def test_another_number_of_rows_is_refused(full: None) -> None:
    with pytest.raises(CommandError, match="was filled with 400 rows"):
        call_command("load_bench", rows=500)


def test_the_same_serial_gives_the_same_account() -> None:
    assert account(7) == account(7)
    assert account(7).number != account(8).number


@pytest.mark.parametrize("rows", [1, 2, 10, 400, 100_000])
def test_each_account_has_one_request(rows: int) -> None:
    order = Order(rows)
    some = range(0, rows, max(1, rows // 50))
    assert all(order.position_of(order.account_of(each)) == each for each in some)


# ------------------------------------------------------------------ what is measured
def test_every_row_has_a_figure(full: None, settings: Any) -> None:
    settings.ROOT_URLCONF = "smart360.local.bench.limits"
    rows = list(Bench(rounds=1, warm_up=0, depth=2, tell=lambda words: None).rows())
    failed = [row.failure for row in rows if row.failure]
    assert failed == []
    assert {row.name for row in rows} >= NAMES
    assert all(row.milliseconds > 0 for row in rows)
    assert all(row.limit_milliseconds > 0 for row in rows if row.budget.ratio)


NAMES = {
    "list", "rows only, filter", "rows only, sort", "rows only, next",
    *(f"list, {words}" for words in ("1 filter", "2 filters", "3 filters", "4 filters")),
    "page 1,000 × own page 1",
    *(f"search as you type: {kind}, {n}" for kind in ("common", "rare", "infix")
      for n in (3, 4, 6, 10)),
    *(f"search as you type: {kind}" for kind in
      ("two words", "account number", "phone", "no hit", "SQL p99")),
    "request search: a name", "request search: a number", "detail", "detail with timeline",
    "create", "start page", "KPI cards, their SQL", "consumer profile",
    "receipt PDF, made and stored",
}  # fmt: skip


def _row(**more: Any) -> Row:
    facts: dict[str, Any] = {"milliseconds": 15.0, "limit_milliseconds": 10.0, "statements": 6}
    facts |= {"kilobytes": 20.0, "kilobytes_packed": 4.0}
    return Row("list", more.pop("budget", Budget(1.5, 6, 30)), **facts | more)


def test_a_good_figure_holds() -> None:
    assert _row().verdict == "holds"
    assert _row(milliseconds=20).verdict == "within the noise"
    asked = Budget(1.5, sql_milliseconds=4)
    assert _row(budget=asked, sql_milliseconds=5).verdict == "within the noise"
    assert _row(budget=asked, sql_milliseconds=6).shortfalls == ["SQL 6.0 ms instead of 4"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"milliseconds": 21.1}, "× 2.11 instead of 1.5"),
        ({"statements": 7}, "7 statements instead of 6"),
        ({"kilobytes": 30.1}, "30.1 KB instead of 30"),
        ({"failure": "no figure"}, "no figure"),
    ],
)
def test_a_wrong_figure_is_short(wrong: dict[str, Any], words: str) -> None:
    assert _row(**wrong).verdict == f"**short**: {words}"
    assert "**short**" in as_markdown([_row(**wrong)])


@pytest.mark.parametrize(
    ("mine", "errors", "of_the_limit", "words"),
    [
        (60, 0, 0, ""),
        (59, 0, 0, "× 1.69 instead of 1.67"),
        (90, 1, 0, "1 errors, such as 500"),
        (90, 0, 2, "2 errors, such as 500"),
        (0, 300, 0, "300 errors, such as 500"),
    ],
)
def test_many_at_once_get_six_tenths_and_no_error(
    mine: float, errors: int, of_the_limit: int, words: str
) -> None:
    def got(per_second: float, errors: int) -> dict[str, Any]:
        return {"per_second": per_second, "errors": errors, "p95": 9, "first_error": "500"}

    row = throughput(8, [got(mine, errors)], [got(100, of_the_limit)])
    assert row.shortfalls == ([words] if words else [])
    assert ("holds" in row.verdict) == (not words)


def test_what_never_came_is_late() -> None:
    assert "holds" in delay_row("mail", [0.5, 0.7], 2, target=2)
    assert "short" in delay_row("mail", [0.5, 0.7], 3, target=2)
    assert "short" in delay_row("mail", [0.5, 2.7], 2, target=2)


def test_growth_is_told_from_kept_figures() -> None:
    size, before = read_json(as_json([_row()], size=100, about={}))
    (grown,) = growth([_row(milliseconds=40)], before)
    assert (size, grown.ratio) == (100, 40 / 15)
    assert grown.shortfalls == ["× 2.67 instead of 1.5"]


def test_tables_are_put_in_their_place() -> None:
    document = "A\n<!-- bench 5 -->\nold\n<!-- end of bench -->\nB\n"
    assert put_into(document, "new", size=5) == document.replace("old", "new")
    with pytest.raises(ValueError, match="no place"):
        put_into(document, "new", size=6)
