"""Filling an empty database with made-up accounts, requests and a ledger, each all or nothing."""

import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
from django.db import connection

from billing.choices import LedgerKind
from billing.ledger import post_openings
from billing.models import LedgerEntry
from billing.queries.accounts import shared_accounts
from consumers import guards
from consumers.choices import AccountHoldKind
from consumers.models import Consumer
from consumers.operations.figures import give_every_account_figures, rebuild_account_tallies
from consumers.rules.importing import ImportedMoney
from smart360.cases.choices import CaseKind
from smart360.cases.handling import SERIES, rebuild_tallies
from smart360.cases.models import Case
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.kernel.numbering import WITHOUT_YEARS, go_on_after
from smart360.local.bench import billed_year, complaints, ledger
from smart360.local.bench.complaints import Complaints
from smart360.local.bench.copying import COLUMNS
from smart360.local.bench.histories import Histories
from smart360.local.bench.setting import Setting, add_categories
from smart360.local.demo.cast import CATEGORIES
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork

BATCH = 4000
OWES, PROTECTED = 5, 199
"""One account in so many owes something, one in so many is protected; some are both."""
MARK = "consumers_consumer"  # its comment says what was loaded
Tell = Callable[[str], None]

# What is cheaper to make once at the end than row by row: foreign keys, other constraints but
# primary keys, other indexes.
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype
  FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u', 'x')
 ORDER BY contype = 'f', conrelid::regclass::text, conname
"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
  FROM pg_index i
 WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary
   AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid
                                                   AND c.contype IN ('u', 'x', 'p'))
"""
ROOM_TO_LOAD = """
SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL work_mem = '128MB';
SET LOCAL max_parallel_maintenance_workers = 2;
SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0
"""
SEQUENCES = """
SELECT pg_get_serial_sequence(t, 'id') FROM unnest(%s::text[]) t
  JOIN information_schema.columns c ON c.table_schema = 'public' AND c.table_name = t
   AND c.column_name = 'id'
"""


class UnableToLoad(Refusal):
    """The database holds something already."""


@dataclass(frozen=True)
class Loaded:
    """What a database was filled with."""

    rows: int
    at: str


def loaded() -> Loaded | None:
    """What an earlier load has put here, or None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(%s::regclass, 'pg_class')", [MARK])
        comment: str | None = cursor.fetchone()[0]
    if not comment or not comment.startswith("bench "):
        return None
    return Loaded(**json.loads(comment.removeprefix("bench ")))


@operation
def load(*, rows: int, at: datetime, tell: Tell) -> None:
    """Fill an empty database with ``rows`` accounts, each with one request and its timeline.

    It runs as the owner, who alone may set triggers aside. Raises UnableToLoad.
    """
    with connection.cursor() as cursor:
        if Consumer.objects.exists() or Case.objects.exists():
            raise UnableToLoad("Only a database without consumers and requests is filled.")
        add_categories(CATEGORIES)
        # What the utility's own calendar owes is about cases, and there were none.
        OwedWork.objects.filter(state=OwedState.WAITING).update(
            state=OwedState.DONE, done_at=at, attempts=1
        )
        histories = Histories(rows, int(at.timestamp()), Setting.of_the_database())
        for table in COLUMNS:
            histories.spool.ids[table] = _last_id(cursor, table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _copied(cursor, COLUMNS, histories.batches(BATCH), tell=tell)
        _go_on(cursor, histories)
        rebuild_tallies()  # what triggers would have derived row by row
        rebuild_account_tallies()
        give_every_account_figures()
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        mark = json.dumps(asdict(Loaded(rows, at.isoformat())))
        cursor.execute(f"COMMENT ON TABLE {MARK} IS 'bench {mark}'")


@operation
def load_complaints(*, count: int, at: datetime, tell: Tell) -> None:
    """Put so many complaints beside the requests that are there. Raises UnableToLoad."""
    if Case.objects.filter(kind=CaseKind.COMPLAINT).exists():
        raise UnableToLoad("There are complaints already.")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        made = Complaints(
            count,
            accounts=Consumer.objects.count(),
            first=_last_id(cursor, "cases_case") + 1,
            now=int(at.timestamp()),
        )
        _copied(cursor, complaints.COLUMNS, made.batches(BATCH), tell=tell)
        go_on_after(series=SERIES[CaseKind.COMPLAINT], year=WITHOUT_YEARS, last=count)
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('cases_case', 'id'), max(id))  FROM cases_case"
        )
        rebuild_tallies()
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@operation
def load_standing(*, at: datetime, tell: Tell) -> int:
    """Let some accounts owe what they owed elsewhere, and protect a few; how many owe.

    Everything goes by the steps of the product, triggers included: some 0.3 ms an account.
    Raises UnableToLoad.
    """
    if LedgerEntry.objects.exists():
        raise UnableToLoad("There is something in the ledger already.")
    keys = list(Consumer.objects.order_by("pk").values_list("pk", flat=True))
    owing = [key for key in keys if key % OWES == 0]
    with connection.cursor() as cursor:
        cursor.execute(ROOM_TO_LOAD)
    for start in range(0, len(owing), BATCH):
        tell(f"balances, {start:,} of {len(owing):,} …")
        openings = {key: _opening(key, at.date()) for key in owing[start : start + BATCH]}
        post_openings(openings, by=None, at=at)
    until = at.date() + timedelta(days=90)
    for key in keys:
        if key % PROTECTED == 1:
            guards.place_hold(
                key, kind=AccountHoldKind.MEDICAL, source=f"MC-{key}", from_on=at.date(),
                to_on=until, by=None, at=at,
            )  # fmt: skip
    return len(owing)


def _opening(key: int, today: date) -> ImportedMoney:
    """Up to a thousand, and one in ten of them a credit; due some day of the last year."""
    amount = Decimal(key * 7919 % 100_000 + 1) / 100
    day = today - timedelta(days=1 + key % 360)
    return ImportedMoney(-amount if key % (10 * OWES) == 0 else amount, day, day)


@operation
def load_ledger(*, entries: int, at: datetime, tell: Tell) -> int:
    """Give every consumer a ledger, so that there are about ``entries`` in all; how many it made.

    It runs as the owner. Triggers are off meanwhile: the balances are loaded as what the entries
    come to, which the oracles confirm. Raises UnableToLoad.
    """
    if LedgerEntry.objects.exists():
        raise UnableToLoad("There is something in the ledger already.")
    consumers = list(Consumer.objects.order_by("pk").values_list("pk", flat=True))
    shared = shared_accounts()
    with connection.cursor() as cursor:
        made = ledger.Ledger(
            consumers,
            entries // ledger.LEGS // len(consumers),
            until=at.date(),
            shared=(shared[LedgerKind.CASH, ""], shared[LedgerKind.REVENUE, "ELECTRICITY"]),
            first=(
                _last_id(cursor, "billing_ledgeraccount") + 1,
                _last_id(cursor, "billing_ledgertransaction") + 1,
            ),
        )
        cursor.execute("DELETE FROM consumers_balancetotal; SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE consumers_consumerfigures")  # they come with the ledger
        _copied(cursor, ledger.COLUMNS, made.batches(), tell=tell)
        for table in ("billing_ledgeraccount", "billing_ledgertransaction"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {table}",  # noqa: S608  (our own names)
                [table],
            )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return made.entries


def _copied(
    cursor: Any, columns: Mapping[str, str], batches: Iterator[list[tuple[str, str]]], *, tell: Tell
) -> None:
    """Copy rows while triggers, indexes and keys are aside, and bring these back."""
    cursor.execute(ROOM_TO_LOAD)
    aside = _set_aside(cursor, list(columns))
    tell("rows …")
    _copy_all(columns, batches)
    for number, statement in enumerate(aside):
        if number % 20 == 0:
            tell(f"indexes and keys, {number} of {len(aside)} …")
        cursor.execute(statement)


def _last_id(cursor: Any, table: str) -> int:
    """The greatest id that was ever given; tables keyed by another have none of their own."""
    if not {**COLUMNS, **ledger.COLUMNS}[table].startswith("id,"):
        return 0
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608  (our own names)
    last: int = cursor.fetchone()[0]
    return last


def _set_aside(cursor: Any, tables: list[str]) -> list[str]:
    """Switch triggers off, drop what can be made again; the statements that bring all back."""
    again: list[str] = []
    cursor.execute(CONSTRAINTS, [tables])
    constraints = cursor.fetchall()
    cursor.execute(INDEXES, [tables])
    indexes = cursor.fetchall()
    for table, name, _, kind in constraints:
        if kind == "f":
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for table, name, _, kind in constraints:
        if kind != "f":
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
        again.append(definition)
    again += [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
        for table, name, definition, _ in constraints
    ]
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        again.append(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return again


def _copy_all(columns: Mapping[str, str], batches: Iterator[list[tuple[str, str]]]) -> None:
    """Let the database take one batch while the next one is made."""
    waiting: queue.Queue[list[tuple[str, str]] | None] = queue.Queue(maxsize=2)
    failed: list[BaseException] = []
    raw: psycopg.Connection[Any] = connection.connection

    def take() -> None:
        while (batch := waiting.get()) is not None:
            if failed:
                continue
            try:
                with psycopg.ClientCursor(raw) as cursor:
                    for table, lines in batch:
                        with cursor.copy(f"COPY {table} ({columns[table]}) FROM STDIN") as copy:
                            copy.write(lines)
            except psycopg.Error as error:
                failed.append(error)

    taker = threading.Thread(target=take)
    taker.start()
    try:
        for batch in batches:
            waiting.put(batch)
            if failed:
                break
    finally:
        waiting.put(None)
        taker.join()
    if failed:
        raise failed[0]


def _go_on(cursor: Any, histories: Histories) -> None:
    """Ids and numbers go on after what was loaded."""
    for (series, year), last in histories.numbers.items():
        go_on_after(series=series, year=year, last=last)
    cursor.execute(SEQUENCES, [list(COLUMNS)])
    for (sequence,) in cursor.fetchall():
        table = sequence.removeprefix("public.").removesuffix("_id_seq")
        cursor.execute(
            f"SELECT setval(%s, coalesce((SELECT max(id) FROM {table}), 0) + 1, false)",  # noqa: S608
            [sequence],
        )


@operation
def load_year() -> int:
    """Give every consumer a year of invoices, the last three unpaid; how many invoices.

    It runs as the owner. Triggers are off meanwhile: balances and figures are loaded as what the
    entries come to. Raises UnableToLoad.
    """
    if LedgerEntry.objects.exists():
        raise UnableToLoad("There is something in the ledger already.")
    shared = shared_accounts()
    values: dict[str, Any] = {
        "first": billed_year.FIRST,
        "cash": shared[LedgerKind.CASH, ""],
        "revenue": shared[LedgerKind.REVENUE, "ELECTRICITY"],
    }
    with connection.cursor() as cursor:
        cursor.execute(ROOM_TO_LOAD)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        aside = _set_aside(cursor, list(billed_year.TABLES))
        for statement in (*billed_year.STATEMENTS, *aside):
            cursor.execute(statement, values if "%(" in statement else None)
        for table in ("billing_ledgeraccount", "billing_ledgertransaction"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {table}",  # noqa: S608  (our own names)
                [table],
            )
        cursor.execute("SELECT count(*) FROM bench_bills")
        made: int = cursor.fetchone()[0]
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return made
