"""The cards of all accounts: exact at every moment, folded or not (CON1, quality.md W17)."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consumers.choices import AccountStatus
from consumers.models import AccountChange, AccountTally, Consumer
from consumers.operations.figures import fold_accounts, rebuild_account_tallies
from consumers.oracles import tallies_that_differ_from_the_accounts
from consumers.queries import accounts_in_all
from consumers.queries.figures import AccountsInAll
from consumers.tasks import fold_accounts as fold_all
from smart360.kernel.db import operation
from tests.concurrency.racing import done, race
from tests.conftest import MakeConsumer
from tests.seeds import chance_for

pytestmark = [pytest.mark.django_db, pytest.mark.database]
STATUSES = tuple(AccountStatus.values)


def counted() -> AccountsInAll:
    """The same by brute force: every account, looked at one by one."""
    found = list(Consumer.objects.values_list("status", "archived_at"))
    return AccountsInAll(
        counts=Counter(status for status, _ in found),
        shelved=Counter(status for status, archived_at in found if archived_at is not None),
        balance=None,
    )


def shown() -> AccountsInAll:
    """What the cards say, without the statuses that nobody has."""
    found = accounts_in_all(with_balance=False)
    assert min(found.counts.values(), default=0) >= 0
    return AccountsInAll(+Counter(found.counts), +Counter(found.shelved), found.balance)


@pytest.fixture
def only_tallying(as_owner: Callable[[], None]) -> None:
    """Accounts by hand: only the triggers that tally stay."""
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE consumers_consumer DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'consumers_consumer'::regclass"
            " AND tgname LIKE '%%accounts_are_tallied%%'"
        )
        names = [name for (name,) in cursor.fetchall()]
        assert len(names) == 2
        for name in names:
            cursor.execute(f"ALTER TABLE consumers_consumer ENABLE TRIGGER {name}")


def change_by_hand(by_hand: random.Random, at: datetime) -> None:
    """Change some accounts at once, perhaps to what they are already, or remove them."""
    keys = list(Consumer.objects.values_list("pk", flat=True))
    some = Consumer.objects.filter(pk__in=by_hand.sample(keys, by_hand.randint(0, len(keys))))
    match by_hand.randrange(5):
        case 0:
            some.update(status=by_hand.choice(STATUSES))
        case 1:
            when = by_hand.choice([None, at, at + timedelta(days=1)])
            some.update(archived_at=when)
        case 2:
            some.update(status=by_hand.choice(STATUSES), archived_at=by_hand.choice([None, at]))
        case 3:
            some.update(is_vip=True)
        case _:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM consumers_consumer WHERE id = ANY(%s)", [keys[:1]])


@pytest.mark.usefixtures("only_tallying")
def test_the_cards_say_what_counting_gives(
    make_consumer: MakeConsumer, at: datetime, request: pytest.FixtureRequest
) -> None:
    by_hand = chance_for(request.node.name)
    assert shown() == counted() == AccountsInAll({}, {}, None)
    for _ in range(30):
        match by_hand.randrange(4):
            case 0:
                first = make_consumer(status=by_hand.choice(STATUSES), services={})
                many = [
                    Consumer(
                        account_number=f"{first.account_number}-{n}",
                        name="One of many",
                        status=by_hand.choice(STATUSES),
                        category=first.category,
                        registered_on=at.date(),
                    )
                    for n in range(by_hand.randint(1, 9))
                ]
                Consumer.objects.bulk_create(many)
            case 1:
                fold_accounts(at_once=by_hand.randint(1, 5))
            case _ if Consumer.objects.exists():
                change_by_hand(by_hand, at)
        assert shown() == counted()
        assert tallies_that_differ_from_the_accounts() == []
    fold_all()
    assert not AccountChange.objects.exists()
    assert shown() == counted()


def test_many_accounts_at_once_are_a_row_for_each_status(make_consumer: MakeConsumer) -> None:
    """A takeover of a million accounts leaves no million changes to fold."""
    first = make_consumer()
    fold_all()
    Consumer.objects.bulk_create(
        Consumer(
            account_number=f"M-{n}",
            name="One of many",
            status=STATUSES[n % 2],
            category=first.category,
            registered_on=first.registered_on,
        )
        for n in range(100)
    )
    assert sorted(AccountChange.objects.values_list("change", flat=True)) == [50, 50]


@pytest.mark.django_db(transaction=True)
def test_workers_fold_each_change_once(make_consumer: MakeConsumer) -> None:
    for n in range(12):
        make_consumer(status=STATUSES[n % 5], services={})
    folded = race([lambda: fold_accounts(at_once=5)] * 8)
    assert 5 <= sum(done(folded)) <= 12
    while fold_accounts(at_once=5):
        assert shown() == counted()
    assert sum(each.count for each in AccountTally.objects.all()) == shown().total == 12


@pytest.mark.django_db(transaction=True)
def test_a_fold_is_seen_whole(make_consumer: MakeConsumer) -> None:
    """Who reads while others fold and add sees every account once."""
    for _ in range(20):
        make_consumer(services={})
    ended = Event()

    def read() -> set[int]:
        seen = {shown().total}
        while not ended.is_set():
            seen.add(shown().total)
        return seen

    def fold() -> None:
        while fold_accounts(at_once=1):
            pass
        ended.set()

    seen = done(race([read, read, fold]))
    assert [each for each in seen if each is not None] == [{20}, {20}]


def test_counting_anew_mends_what_went_by_the_triggers(
    make_consumer: MakeConsumer, as_owner: Callable[[], None]
) -> None:
    """It may be repeated, and folds nothing twice."""
    for _ in range(3):
        make_consumer(services={})
    fold_accounts(at_once=1)
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE consumers_consumer DISABLE TRIGGER USER")
        cursor.execute("UPDATE consumers_consumer SET status = 'PENDING'")
        cursor.execute("ALTER TABLE consumers_consumer ENABLE TRIGGER USER")
    assert len(tallies_that_differ_from_the_accounts()) == 2
    for _ in range(2):
        operation(rebuild_account_tallies)()
        assert shown() == counted()
        assert tallies_that_differ_from_the_accounts() == []
    assert not AccountChange.objects.exists()


def test_the_cards_are_one_statement(make_consumer: MakeConsumer) -> None:
    make_consumer()
    with CaptureQueriesContext(connection) as statements:
        assert accounts_in_all(with_balance=True).total == 1
    assert len(statements) == 1
