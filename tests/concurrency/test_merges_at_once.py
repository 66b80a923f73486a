"""A merge against whatever else is done with one of the two accounts at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from billing import ledger
from billing.models import Payment
from billing.queries.accounts import balances_of
from consumers import guards
from consumers.guards import AccountIsMerged
from consumers.models import AccountMerge, Consumer
from smart360.cases.models import Case
from smart360.custody.operations.merging import merge_consumers, undo_merge
from smart360.custody.rules.merging import FASTER
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.paying import owe, pay
from tests.complaints.conftest import complain
from tests.concurrency.racing import SECONDS, Outcome, as_owner, done, race, refusals
from tests.conftest import MakeConsumer, MakePerson
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
AT = datetime(2024, 12, 10, 16, 0, tzinfo=UTC)
SAID: dict[str, Any] = {"reason": "Registered twice at the desk", "at": AT}
AT_THE_COMMIT = "pgtrigger_a_merge_is_whole"


@contextmanager
def without_the_last_look() -> Iterator[None]:
    """Switch off what the database asks of a merge at its end, and on again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE starts_with(tgname, %s)", [AT_THE_COMMIT]
        )
        (name,) = cursor.fetchone()
    as_owner(f"ALTER TABLE consumers_accountmerge DISABLE TRIGGER {name}")
    try:
        yield
    finally:
        as_owner(f"ALTER TABLE consumers_accountmerge ENABLE TRIGGER {name}")


@pytest.fixture
def boss(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def two(make_consumer: MakeConsumer) -> tuple[Consumer, Consumer]:
    """One that ends, owing something, and one that goes on."""
    ends, goes_on = make_consumer(services={}, email=""), make_consumer(email="")
    owe(ends, "120.00", at=AT)
    return ends, goes_on


def merging(ends: Consumer, goes_on: Consumer, by: Person) -> partial[AccountMerge]:
    return partial(
        merge_consumers, merged=ends.pk, survivor=goes_on.pk, by=by, form_key=uuid4(), **SAID
    )


def undoing(ends: Consumer, by: Person) -> partial[AccountMerge]:
    return partial(undo_merge, merged=ends.pk, by=by, form_key=uuid4(), **SAID)


def unlocked(patch: pytest.MonkeyPatch) -> None:
    def found(consumer: int, *, even_merged: bool = False) -> Consumer:
        return Consumer.objects.get(pk=consumer)

    patch.setattr(guards, "lock_consumer", found)


def all_refused_in_words(outcomes: list[Outcome]) -> bool:
    return all(isinstance(each, Refusal) for each in refusals(outcomes))


def test_a_payment_goes_over_or_is_refused(two: tuple[Consumer, Consumer], boss: Person) -> None:
    """It came before the merge and is part of what went over, or there is none."""
    ends, goes_on = two
    outcomes = race([merging(*two, boss), *[partial(pay, ends, "50.00", by=boss, at=AT)] * 2])
    assert outcomes[0][0] == "done", outcomes
    assert all(isinstance(each, AccountIsMerged) for each in refusals(outcomes))
    paid = 50 * Payment.objects.filter(consumer=ends).count()
    assert balances_of(ends.pk).outstanding == 0
    assert balances_of(goes_on.pk).outstanding == Decimal(120 - paid)
    assert_sound()


def test_control_without_the_lock_the_database_lets_no_money_stay_behind(
    two: tuple[Consumer, Consumer], boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payment comes when the merge has read the balance already: it is refused at its end."""
    ends, _ = two
    has_read, has_paid = Event(), Event()
    adjusts = ledger._adjustment

    def adjusts_later(*args: Any, **named: Any) -> Any:
        has_read.set()
        assert has_paid.wait(SECONDS)
        return adjusts(*args, **named)

    def pays() -> Payment:
        assert has_read.wait(SECONDS)
        try:
            return pay(ends, "50.00", by=boss, at=AT)
        finally:
            has_paid.set()

    unlocked(monkeypatch)
    monkeypatch.setattr(ledger, "_adjustment", adjusts_later)
    merged, paid = race([merging(*two, boss), pays])
    assert paid[0] == "done", paid
    assert (merged[0], str(merged[1])) == ("refused", FASTER)
    assert not AccountMerge.objects.exists()
    assert_sound()


def merge_or_complaint(two: tuple[Consumer, Consumer], boss: Person) -> list[Outcome]:
    return race([merging(*two, boss), partial(complain, two[0], by=boss, at=AT)])


def test_a_complaint_or_a_merge_never_both(two: tuple[Consumer, Consumer], boss: Person) -> None:
    outcomes = merge_or_complaint(two, boss)
    assert len(done(outcomes)) == 1, outcomes
    assert all_refused_in_words(outcomes)
    assert AccountMerge.objects.count() + Case.objects.count() == 1
    assert_sound()


def test_control_without_lock_and_last_look_both_go_through(
    two: tuple[Consumer, Consumer], boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked before either has stored anything."""
    has_looked, has_opened = Event(), Event()

    def looks(*args: Any, **named: Any) -> list[Any]:
        has_looked.set()
        assert has_opened.wait(SECONDS)
        return []

    def complains() -> object:
        assert has_looked.wait(SECONDS)
        try:
            return complain(two[0], by=boss, at=AT)
        finally:
            has_opened.set()

    unlocked(monkeypatch)
    monkeypatch.setattr("smart360.custody.operations.merging.in_the_way", looks)
    with without_the_last_look():
        outcomes = race([merging(*two, boss), complains])
    assert len(done(outcomes)) == 2, outcomes


def test_of_many_merges_one_is_made_and_never_a_chain(
    make_consumer: MakeConsumer, boss: Person
) -> None:
    """One account into several, two into each other, one into another that ends."""
    one, two, three = (make_consumer(f"Home {n}", services={}, email="") for n in range(3))
    pairs = [(one, two), (two, one), (one, three), (three, one), (two, three), (three, two)]
    outcomes = race([merging(*pair, boss) for pair in pairs])
    assert all_refused_in_words(outcomes), outcomes
    survivors = set(AccountMerge.objects.values_list("survivor", flat=True))
    ended = list(AccountMerge.objects.values_list("merged", flat=True))
    assert done(outcomes)
    assert len(ended) == len(set(ended))
    assert not survivors & set(ended)
    assert_sound()


def test_a_merge_is_undone_once(two: tuple[Consumer, Consumer], boss: Person) -> None:
    """Against payments that the other account takes; the amount comes back to the cent."""
    ends, goes_on = two
    merging(*two, boss)()
    pays = partial(pay, goes_on, "50.00", by=boss, at=AT)
    outcomes = race([*[undoing(ends, boss) for _ in range(3)], pays])
    assert len(done(outcomes)) == 2, outcomes
    assert all_refused_in_words(outcomes)
    owed = [balances_of(each.pk).outstanding for each in two]
    assert owed == [Decimal(120), Decimal(-50)]
    assert_sound()
