"""Taking accounts over from a file, many at once (CON15)."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection

from billing import ledger
from billing.queries.opening import opening_money
from consumers.models import Category, Subcategory
from consumers.queries.importing import known_accounts, taken_numbers
from consumers.rules.importing import ImportedAccount
from consumers.store import store_accounts
from smart360.custody.rules.importing import RowProblem
from smart360.kernel.db import operation
from smart360.trail.choices import Event
from smart360.trail.record import record_for_each

CHUNK = 1_000
"""How many accounts one transaction takes over."""

PLANS = "DISCARD PLANS; SET LOCAL enable_seqscan = off; SET LOCAL statement_timeout = '2min'"
ADD_IT = "An administrator adds it first."


@dataclass
class ImportResult:
    """What came of a chunk of accounts, by account number."""

    new: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


class OnlyTried(Exception):
    """Ends a dry run, so that nothing of it is stored; carries what would have come of it."""

    def __init__(self, result: ImportResult) -> None:
        self.result = result
        super().__init__("dry run")


def try_import(
    *, accounts: Sequence[ImportedAccount], by: int | None, at: datetime
) -> ImportResult:
    """What ``import_accounts`` would do, found out by doing it and taking it back."""
    try:
        import_accounts(accounts=accounts, by=by, at=at, is_dry_run=True)
    except OnlyTried as tried:
        return tried.result
    raise AssertionError("a dry run always ends with what it tried")


@operation
def import_accounts(
    *,
    accounts: Sequence[ImportedAccount],
    by: int | None,
    at: datetime,
    is_dry_run: bool = False,
) -> ImportResult:
    """Take over those accounts that are new, each whole; an account that is here is never changed.

    One that is here and the same counts as ``same``, so that a file can be given again after an
    interruption; one that differs, or that wants a meter of another account, is a problem.
    Raises OnlyTried at the end of a dry run.
    """
    result = take_over(accounts, by=by, at=at)
    if is_dry_run:
        raise OnlyTried(result)
    return result


def take_over(accounts: Sequence[ImportedAccount], *, by: int | None, at: datetime) -> ImportResult:
    """What the operations on accounts and on pieces of a file do; only inside one of them."""
    _wait_for_others()
    _plan_for_many()
    result = ImportResult()
    known = _known_accounts([account.account_number for account in accounts])
    fresh = []
    for account in accounts:
        if account.account_number in known:
            _compare(account, known[account.account_number], result)
        else:
            fresh.append(account)
    fresh = _without_problems(fresh, result)
    _store(fresh, by=by, at=at)
    result.new = [account.account_number for account in fresh]
    return result


def _known_accounts(numbers: Sequence[str]) -> Mapping[str, ImportedAccount]:
    """The accounts that are here, as a file would have them, with what they began with."""
    found = known_accounts(numbers)
    money = opening_money(list(found))
    return {number: replace(account, money=money[number]) for number, account in found.items()}


def _plan_for_many() -> None:
    """Let triggers look rows up by index, as if the tables were as large as they become.

    A first import begins with empty tables. What their triggers ask is planned once a session,
    for tables of no rows, and would read all of them for each row until they are analysed.
    """
    with connection.cursor() as cursor:
        cursor.execute(PLANS)


def _wait_for_others() -> None:
    """One chunk at a time: what is looked up here stays true until it is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('consumers.import'))")


def _compare(account: ImportedAccount, known: ImportedAccount, result: ImportResult) -> None:
    differing = account.differences(known)
    if not differing:
        result.same.append(account.account_number)
        return
    result.problems.append(
        RowProblem(
            account.lines[0],
            account.account_number,
            differing[0],
            f"This account is here already with other data ({', '.join(differing)}). Not changed.",
        )
    )


# ------------------------------------------------------------------ what is new
def _without_problems(
    accounts: Iterable[ImportedAccount], result: ImportResult
) -> list[ImportedAccount]:
    """Those that can be stored; the others' problems go to ``result``."""
    accounts = list(accounts)
    categories = {each.name: each.pk for each in Category.objects.all()}
    subcategories = set(Subcategory.objects.values_list("category__name", "name"))
    taken = taken_numbers(accounts)
    kept = []
    for account in accounts:
        problems = list(_problems_of(account, categories.keys(), subcategories, taken))
        result.problems += problems
        if not problems:
            kept.append(account)
    return kept


def _problems_of(
    account: ImportedAccount,
    categories: Container[str],
    subcategories: Container[tuple[str, str]],
    taken: Container[tuple[str, str]],
) -> Iterator[RowProblem]:
    line, number = account.lines[0], account.account_number
    if account.category not in categories:
        yield RowProblem(line, number, "category", f"{account.category} is not known. {ADD_IT}")
    elif account.subcategory and (account.category, account.subcategory) not in subcategories:
        sentence = f"{account.subcategory} is not known within {account.category}. {ADD_IT}"
        yield RowProblem(line, number, "subcategory", sentence)
    for service in account.services:
        for column in ("meter_number", "device_number"):
            if (column, getattr(service, column)) in taken:
                word = column.replace("_number", "").capitalize()
                sentence = (
                    f"{word} {getattr(service, column)} is here already, not on this account."
                )
                yield RowProblem(line, number, column, sentence)


def _store(accounts: Sequence[ImportedAccount], *, by: int | None, at: datetime) -> None:
    """Write the accounts in set form, each with its line on the timeline."""
    if not accounts:
        return
    keys = store_accounts(accounts)
    stored = list(zip(keys, accounts, strict=True))
    record_for_each(
        Event.CONSUMER_IMPORTED,
        by=by,
        at=at,
        consumers={key: _told(account) for key, account in stored},
    )
    ledger.post_openings({key: account.money for key, account in stored}, by=by, at=at)


def _told(account: ImportedAccount) -> dict[str, object]:
    """What the timeline says of an account's import."""
    told: dict[str, object] = {"line": account.lines[0], "services": len(account.services)}
    if account.money.balance:
        told["balance"] = str(account.money.balance)
    if account.money.deposit:
        told["deposit"] = str(account.money.deposit)
    return told
