"""``./dev bench money``: balances, settlements and lists on a ledger of ten million entries."""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse

from billing.models import BillingRun, LedgerEntry, Tariff, TariffSlab, TariffTax
from billing.operations.runs import go_on_with_run, start_billing_run, stop_run
from billing.queries.accounts import balances_of
from billing.queries.ageing import NEWEST_CHARGES, allocation_of, newest_charges
from billing.queries.compliance import COMPLIANCE
from billing.queries.settlements import get_settlement
from consumers.choices import UtilityType
from consumers.models import Category, Consumer
from smart360.cases.models import Case
from smart360.kernel import clock
from smart360.local.management.commands.bench_run import FEWEST_A_SECOND, MOST_GROWTH, megabytes
from smart360.organisation.queries import day_of
from smart360.staff.choices import Role
from smart360.staff.models import Person

BALANCE_MS = 1.0
BALANCE = "SELECT balance, deposit FROM consumers_consumerfigures WHERE consumer_id = %(consumer)s"
READINGS = """
INSERT INTO consumers_reading (meter_id, value, read_on, verification)
SELECT r.meter_id, max(r.value) + 300, %(day)s, 'VERIFIED'
  FROM consumers_reading r
  JOIN consumers_meterassignment m ON m.meter_id = r.meter_id
  JOIN consumers_serviceconnection s ON s.id = m.service_connection_id
 WHERE s.consumer_id <= (SELECT max(id) FROM (SELECT id FROM consumers_consumer
                                               ORDER BY id LIMIT %(most)s) first)
 GROUP BY r.meter_id HAVING max(r.read_on) < %(day)s
"""
WARM_UP = 20
SMALL = 1_000_000
"""Entries up to which the database may well read a whole table: it is the quickest way."""


@dataclass
class Watch:
    """What was asked of the database during one measure: each statement with its milliseconds."""

    statements: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Around one statement."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.statements.append((sql, (time.perf_counter() - began) * 1000))

    @property
    def milliseconds(self) -> float:
        """All of them together."""
        return sum(each for _, each in self.statements)

    @property
    def sums_entries(self) -> bool:
        """Whether one of them adds the ledger's entries up, other than those of a year (CON8)."""
        texts = [sql.lower() for sql, _ in self.statements if sql != COMPLIANCE]
        return any("billing_ledgerentry" in text and "sum(" in text for text in texts)


@contextmanager
def watching() -> Iterator[Watch]:
    """Note every statement."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch


class Command(BaseCommand):
    """Exit code 1 says that a figure falls short."""

    help = "Measure money on a database that load_bench has filled with a ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often."""
        parser.add_argument("--rounds", type=int, default=500)
        parser.add_argument(
            "--bill", type=int, default=0, metavar="N",
            help="also bill last month to the first N consumers; once in each database",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, print."""
        if not LedgerEntry.objects.exists():
            raise CommandError("This database has no ledger: ./dev bench money fills one.")
        self.short: list[str] = []
        self.rounds: int = options["rounds"]
        self.at = clock.now()
        self.stdout.write(
            "| read | times | ms, median | ms, 95 of 100 | SQL, ms, median | statements"
            " | sums entries |\n"
            "|---|---:|---:|---:|---:|---:|---|"
        )
        chance = Random(7)
        consumers = self._some(chance, Consumer.objects.order_by("pk").values_list("pk", flat=True))
        self._measure("balance of a consumer", balances_of, consumers)
        self._measure("what is unpaid, and since when", allocation_of, consumers)
        self._measure("the newest charges, as owed by who never paid", newest_charges, consumers)
        on = day_of(self.at)
        cases = self._some(chance, Case.objects.filter(consumer__isnull=False).order_by("pk"))
        self._measure(
            "settlement of a request", lambda case: get_settlement(case, on=on), cases, most=8
        )
        client = self._client()
        visits = self.rounds // 5 + WARM_UP
        pages = [reverse("consumer_list")] * visits
        self._measure("page: consumer list", lambda path: _page(client, path), pages)
        accounts = Consumer.objects.filter(pk__in=consumers[:visits])
        paths = [
            reverse("consumer_financial", args=[number])
            for number in accounts.values_list("account_number", flat=True)
        ]
        self._measure("page: a consumer's money", lambda path: _page(client, path), paths)
        self._explain(consumers)
        if options["bill"]:
            self._bill(options["bill"])
        self.stdout.write(f"\n{self._about()}")
        for each in self.short:
            self.stdout.write(f"short: {each}")
        if self.short:
            raise SystemExit(1)

    def _some(self, chance: Random, rows: Any) -> list[Any]:
        """Some of many rows, spread over all."""
        count = rows.count()
        places = sorted(chance.sample(range(count), min(count, self.rounds + WARM_UP)))
        keys = list(rows.values_list("pk", flat=True))
        chosen = [keys[place] for place in places]
        chance.shuffle(chosen)
        if rows.model is Case:
            found = Case.objects.in_bulk(chosen)
            return [found[key] for key in chosen]
        return chosen

    def _measure(
        self, name: str, read: Callable[[Any], Any], about: Sequence[Any], *, most: int = 0
    ) -> float:
        """Read about each, print a line; the median of the database's time as seen from here."""
        for each in about[:WARM_UP]:
            read(each)
        took, asked, counts, is_summing = [], [], [], False
        for each in about[WARM_UP:]:
            with watching() as watch:
                began = time.perf_counter()
                read(each)
                took.append((time.perf_counter() - began) * 1000)
            asked.append(watch.milliseconds)
            counts.append(len(watch.statements))
            is_summing = is_summing or watch.sums_entries
        if is_summing:
            self.short.append(f"{name}: adds entries up")
        if most and max(counts) > most:
            self.short.append(f"{name}: {max(counts)} statements")
        self.stdout.write(
            f"| {name} | {len(took)} | {statistics.median(took):.2f}"
            f" | {statistics.quantiles(took, n=20)[-1]:.2f} | {statistics.median(asked):.2f}"
            f" | {max(counts)} | {'yes' if is_summing else 'no'} |"
        )
        return statistics.median(asked)

    def _explain(self, consumers: Sequence[int]) -> None:
        """What finding a balance and the newest charges takes the database itself, and how."""
        is_large = LedgerEntry.objects.filter(pk__gt=SMALL).exists()
        charges = _asked_with(consumers[0])
        for name, sql in (("a balance", BALANCE), ("the newest charges", NEWEST_CHARGES)):
            plans = [
                _plan(sql, charges | {"consumer": each}) for each in consumers[: self.rounds // 2]
            ]
            took = [plan["Planning Time"] + plan["Execution Time"] for plan in plans]
            median = statistics.median(took)
            steps = sorted(set(_steps(plans[0]["Plan"])))
            self.stdout.write(
                f"\n{name}, planned and found by the database {len(plans)} times: median"
                f" {median:.2f} ms, 95 of 100 within {statistics.quantiles(took, n=20)[-1]:.2f} ms;"
                f" by {', '.join(steps)}"
            )
            if name == "a balance" and median > BALANCE_MS:
                self.short.append(f"{name} takes {median:.2f} ms")
            if is_large and any("Seq Scan on billing" in step for step in steps):
                self.short.append(f"{name}: reads a whole table of the ledger")

    def _bill(self, most: int) -> None:
        """Last month's bills of the first consumers, by one process."""
        today = day_of(self.at)
        last = today.replace(day=1) - timedelta(days=1)
        key = _prepared(most, last, at=self.at)
        began, early = time.monotonic(), 0.0
        while (run := BillingRun.objects.get(pk=key)).looked_at < most and run.state == "RUNNING":
            if not early and run.looked_at >= most / 10:
                early = megabytes()
            go_on_with_run(run=key, after=run.after, at=self.at)
        took = time.monotonic() - began
        rate, growth = run.issued / took, megabytes() - early
        self.stdout.write(
            f"\n{run.issued:,} invoices of {run.looked_at:,} consumers in {took:.1f} s:"
            f" {rate:,.0f} a second; {megabytes():.0f} MB, grown by {growth:.1f}"
        )
        stop_run(run=key, at=self.at)
        if rate < FEWEST_A_SECOND or growth > MOST_GROWTH:
            self.short.append(f"billing run: {rate:,.0f} invoices a second, {growth:.1f} MB more")

    def _client(self) -> Client:
        client = Client()
        boss = Person.objects.filter(groups__name=Role.SUPERVISOR.value).first()
        assert boss is not None
        client.force_login(boss, backend="smart360.staff.access.RoleBackend")
        return client

    def _about(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), pg_total_relation_size('billing_ledgerentry'),"
                " pg_total_relation_size('billing_ledgertransaction'),"
                " pg_database_size(current_database()) FROM billing_ledgerentry"
            )
            entries, own, postings, size = cursor.fetchone()
        return (
            f"{entries:,} entries ({own / 2**30:.1f} GiB; their postings {postings / 2**30:.1f}),"
            f" {size / 2**30:.1f} GiB in all, load {os.getloadavg()[0]:.1f}"
        )


def _page(client: Client, path: str) -> None:
    answer = client.get(path, HTTP_HOST="localhost")
    if answer.status_code != 200:
        raise CommandError(f"{path} was answered {answer.status_code}")


def _asked_with(consumer: int) -> dict[str, Any]:
    """What `newest_charges` asks with."""
    found: dict[str, Any] = {}

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.update(params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        newest_charges(consumer)
    return found


def _prepared(most: int, last: date, *, at: datetime) -> int:
    """Tariffs for all, a reading of the month's last day for the first, and the run itself."""
    everybody = product(Category.objects.all(), UtilityType.values)
    for category, utility in everybody:
        tariff = Tariff.objects.create(
            name=f"{category} {utility}", utility_type=utility, category=category,
            valid=DateRange(last.replace(day=1), None), fixed_charge=Decimal("12.50"),
        )  # fmt: skip
        for above, rate in ((0, "0.10"), (200, "0.15")):
            TariffSlab.objects.create(tariff=tariff, above=above, rate=Decimal(rate))
        TariffTax.objects.create(tariff=tariff, name="Sales tax", percent=7)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(READINGS, {"day": last, "most": most})
    by = Person.objects.filter(groups__name=Role.BILLING.value)[0]
    return start_billing_run(period_from=last.replace(day=1), period_to=last, by=by, at=at)


def _plan(sql: str, values: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        found = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]
    return plan


def _steps(node: dict[str, Any]) -> Iterator[str]:
    """What the plan does with each table."""
    if "Relation Name" in node:
        index = f" by {node['Index Name']}" if "Index Name" in node else ""
        yield f"{node['Node Type']} on {node['Relation Name']}{index}"
    for each in node.get("Plans", ()):
        yield from _steps(each)
