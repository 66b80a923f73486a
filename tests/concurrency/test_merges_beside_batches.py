"""A merge while a billing run bills the account that goes on, or an import reads the file again.

Both take many accounts at once; with the controls that fail.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

import pytest

from billing.models import BalanceTransfer, BillingRun, Invoice
from billing.operations import runs
from billing.operations.runs import go_on_with_run, start_billing_run
from billing.queries.accounts import balances_of
from consumers.models import AccountMerge, Category, Consumer
from consumers.rules.importing import ImportedAccount, ImportedMoney
from smart360.custody.operations import importing
from smart360.custody.operations.importing import ImportResult, import_accounts
from smart360.custody.operations.merging import merge_consumers, undo_merge
from smart360.kernel.errors import constraint_of
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.billing.paying import owe
from tests.billing.rates import make_tariff
from tests.concurrency.racing import SECONDS, done, race
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
AT = datetime(2024, 12, 20, 16, 0, tzinfo=UTC)
FROM, TO = date(2024, 12, 1), date(2024, 12, 19)
MOVED = Decimal("120.00")


def merging(ends: Consumer, goes_on: Consumer, person: MakePerson) -> partial[AccountMerge]:
    return partial(
        merge_consumers, merged=ends.pk, survivor=goes_on.pk, reason="Registered twice",
        by=person(Role.SUPERVISOR), at=AT, form_key=uuid4(),
    )  # fmt: skip


def undoing(ends: Consumer, person: MakePerson) -> partial[AccountMerge]:
    return partial(
        undo_merge, merged=ends.pk, reason="Two households after all",
        by=person(Role.SUPERVISOR), at=AT, form_key=uuid4(),
    )  # fmt: skip


# ------------------------------------------------------------------ beside a billing run
@pytest.fixture
def two(make_consumer: MakeConsumer, stands: SetClock) -> tuple[Consumer, Consumer]:
    """One that ends, owing something, and one that is supplied and goes on."""
    stands.at = AT
    ends, goes_on = make_consumer(services={}, email=""), make_consumer(email="")
    make_tariff()
    owe(ends, str(MOVED), at=AT)
    return ends, goes_on


def billing(person: MakePerson) -> partial[int]:
    """The one batch of a run that has begun."""
    run = start_billing_run(period_from=FROM, period_to=TO, by=person(Role.BILLING), at=AT)
    return partial(go_on_with_run, run=run, after=0, at=AT)


def assert_says_what_was_owed(goes_on: Consumer, *, first: int) -> None:
    """The invoice says what was owed when it was posted; ``first`` moved the balance."""
    invoice = Invoice.objects.get()
    assert invoice.consumer == goes_on
    assert invoice.posting_id is not None
    was_moved = first < invoice.posting_id
    assert invoice.outstanding == (MOVED if was_moved else 0)
    assert balances_of(goes_on.pk).outstanding == invoice.billed + MOVED


def test_the_invoice_says_what_was_owed_then(
    two: tuple[Consumer, Consumer], person: MakePerson
) -> None:
    """The run bills before the balance comes over or after it, never by half; both go through."""
    ends, goes_on = two
    outcomes = race([merging(*two, person), *[billing(person)] * 2])
    assert len(done(outcomes)) == 3, outcomes
    moved = BalanceTransfer.objects.get()
    assert_says_what_was_owed(goes_on, first=moved.posting_in_id)
    assert balances_of(ends.pk).outstanding == 0
    assert_sound()


def test_an_undo_and_a_run_both_go_through(
    two: tuple[Consumer, Consumer], person: MakePerson
) -> None:
    """What was billed meanwhile stays with the account that was billed, to the cent."""
    ends, goes_on = two
    merging(*two, person)()
    outcomes = race([undoing(ends, person), *[billing(person)] * 2])
    assert len(done(outcomes)) == 3, outcomes
    invoice = Invoice.objects.get()
    owed = [balances_of(each.pk).outstanding for each in (ends, goes_on)]
    assert owed == [MOVED, invoice.billed]
    assert invoice.outstanding in (MOVED, 0)
    assert_sound()


def test_control_without_the_lock_the_invoice_knows_nothing_of_the_balance(
    two: tuple[Consumer, Consumer], person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run has planned its invoices before the merge, and posts them after it."""
    _, goes_on = two
    bills, merges = billing(person), merging(*two, person)
    has_planned, has_merged, issue = Event(), Event(), runs._issue

    def unheld(after: int) -> list[int]:
        rows = Consumer.objects.filter(pk__gt=after).order_by("pk")
        return list(rows.values_list("pk", flat=True))

    def issues_late(run: BillingRun, planned: Sequence[Any], *, at: datetime) -> None:
        has_planned.set()
        assert has_merged.wait(SECONDS)
        issue(run, planned, at=at)

    def merges_early() -> AccountMerge:
        assert has_planned.wait(SECONDS)
        try:
            return merges()
        finally:
            has_merged.set()

    monkeypatch.setattr(runs, "_lock_next", unheld)
    monkeypatch.setattr(runs, "_issue", issues_late)
    outcomes = race([bills, merges_early])
    assert len(done(outcomes)) == 2, outcomes
    with pytest.raises(AssertionError):
        assert_says_what_was_owed(goes_on, first=BalanceTransfer.objects.get().posting_in_id)


# ------------------------------------------------------------------ beside an import
def account(number: str, balance: Decimal) -> ImportedAccount:
    """A household of a file, supplied nowhere."""
    day = date(2024, 12, 1)
    money = ImportedMoney(balance=balance, balance_on=day, due_on=day)
    return ImportedAccount(
        account_number=number, name="Ann Newcomer", phone="", email="", category="Residential",
        subcategory="", is_vip=False, status="ACTIVE", registered_on=date(2024, 1, 15),
        billing_address="", services=(), lines=(2,), money=money,
    )  # fmt: skip


FILE = [account("ACC-2024-700001", MOVED), account("ACC-2024-700002", Decimal("30.00"))]
READ = partial(import_accounts, accounts=FILE, by=None, at=AT)


@pytest.fixture
def imported(utility: Utility, stands: SetClock) -> tuple[Consumer, Consumer]:
    """The two accounts of the file, as it was read first."""
    stands.at = AT
    Category.objects.get_or_create(name="Residential")
    READ()
    one, other = (Consumer.objects.get(account_number=each.account_number) for each in FILE)
    return one, other


def test_a_file_that_is_read_again_leaves_the_merge_alone(
    imported: tuple[Consumer, Consumer], person: MakePerson
) -> None:
    """It finds the account as it was before or as it is now, and changes neither."""
    ends, goes_on = imported
    outcomes = race([merging(*imported, person), *[READ] * 3])
    assert len(done(outcomes)) == 4, outcomes
    results: list[ImportResult] = done(outcomes)[1:]
    for result in (*results, READ()):
        assert result.new == []
        assert goes_on.account_number in result.same
        told = [(each.account_number, each.column) for each in result.problems]
        if ends.account_number not in result.same:
            assert told == [(ends.account_number, "status")]
    assert told, "read after the merge, the account is not as in the file"
    owed = [balances_of(each.pk).outstanding for each in imported]
    assert owed == [0, MOVED + 30]
    assert Consumer.objects.count() == 2
    assert_sound()


def test_control_an_import_that_has_looked_too_early_is_refused(
    imported: tuple[Consumer, Consumer], person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows nothing of the accounts; the database has each number once, and posts nothing."""
    merges, has_looked, has_merged = merging(*imported, person), Event(), Event()

    def looks_early(_: Sequence[str]) -> dict[str, ImportedAccount]:
        has_looked.set()
        assert has_merged.wait(SECONDS)
        return {}

    def merges_meanwhile() -> AccountMerge:
        assert has_looked.wait(SECONDS)
        try:
            return merges()
        finally:
            has_merged.set()

    monkeypatch.setattr(importing, "_known_accounts", looks_early)
    merged, read = race([merges_meanwhile, READ])
    assert merged[0] == "done", merged
    assert (read[0], constraint_of(read[1])) == ("refused", "account_number_is_unique"), read
    assert [balances_of(each.pk).outstanding for each in imported] == [0, MOVED + 30]
    assert_sound()
