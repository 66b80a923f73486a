"""Tallies: exact in every snapshot, folded or not, in every zone (quality.md, W17)."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from disconnections.operations import close_request
from smart360.cases import handling, operations, tasks
from smart360.cases.choices import CaseKind, Standing
from smart360.cases.models import Case, Tally, TallyChange
from smart360.cases.oracles import (
    late_tallies_that_differ_from_the_cases,
    months_that_differ_from_their_days,
    tallies_that_differ_from_the_cases,
)
from smart360.cases.queries.tallies import Months, tallies_by_month
from smart360.kernel.db import operation
from smart360.organisation.models import Utility
from smart360.organisation.operations import change_utility
from smart360.staff.choices import Role
from tests.concurrency.racing import race, refusals
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.seeds import chance_for

TOPICS = ("BILLING", "TECHNICAL", "STAFF")
ZONES = ("America/Chicago", "Pacific/Chatham", "Asia/Kolkata", "UTC", "Pacific/Kiritimati")
BEGIN, END = date(2024, 1, 1), date(2026, 1, 1)


def tallied() -> Months:
    """What a page would show of two years, without the months that have none."""
    months = tallies_by_month(
        standings=list(Standing), kinds=list(CaseKind), since=BEGIN, until=END
    )
    return +months


def counted(zone: str) -> Months:
    """The same by brute force: every case, looked at one by one."""
    found: Months = Counter()
    for case in Case.objects.all():
        moment = (case.ended_at or case.created_at).astimezone(ZoneInfo(zone))
        standing = "OPEN" if case.ended_at is None else case.status
        found[standing, case.kind, moment.date().replace(day=1)] += 1
        if case.kind == CaseKind.COMPLAINT and case.ended_at is None and case.breaches_at:
            late = case.breaches_at.astimezone(ZoneInfo(zone)).date()
            found["LATE", case.kind, late.replace(day=1)] += 1
    return found


def put_a_case(by_hand: random.Random, consumer: int, moment: datetime) -> None:
    """A case of any standing, as a load without triggers on the trail would bring it."""
    standing = by_hand.choice([each for each in Standing if each != Standing.LATE])
    kind = by_hand.choice([*CaseKind])
    topic = by_hand.choice(TOPICS) if kind == CaseKind.COMPLAINT else ""
    ended_at = moment + timedelta(minutes=by_hand.randrange(90_000))
    breaches_at = by_hand.choice([None, moment + timedelta(minutes=by_hand.randrange(9_000))])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_case (number, kind, topic, consumer_id, status, version, priority,"
            " notifies_consumer, created_at, updated_at, policy_id, due_at, breaches_at,"
            " closing_reason, closing_note) SELECT %s, %s, %s, %s, 'PENDING', 1, 'LOW', false,"
            " %s, %s, (SELECT min(id) FROM cases_slapolicy), %s, %s, '', '' RETURNING id",
            [f"T-{by_hand.randrange(10**15)}", kind, topic, consumer, moment, moment, moment,
             breaches_at],
        )  # fmt: skip
        key = cursor.fetchone()[0]
        if standing != Standing.OPEN:
            reason = "DUPLICATE" if standing == Standing.CLOSED else ""
            cursor.execute(
                "UPDATE cases_case SET status = %s, ended_at = %s, closing_reason = %s,"
                " closing_note = 'Done as asked for', acknowledged_at = %s,"
                " resolution_time = %s WHERE id = %s",
                [standing, ended_at, reason, moment, str(ended_at - moment), key],
            )
        elif by_hand.random() < 0.5:  # its clocks move while it is open
            cursor.execute(
                "UPDATE cases_case SET breaches_at = %s WHERE id = %s",
                [by_hand.choice([None, ended_at]), key],
            )


@pytest.fixture
def by_hand(request: pytest.FixtureRequest) -> random.Random:
    """Random data of this test."""
    return chance_for(request.node.name)


@pytest.fixture
def without_other_triggers(as_owner: Callable[[], None]) -> Callable[[], None]:
    """Cases by hand: only the trigger that tallies stays."""

    def switch_off() -> None:
        as_owner()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
            cursor.execute("DROP INDEX one_open_request_per_account")
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = 'cases_case'::regclass"
                " AND tgname LIKE 'pgtrigger_cases_are_tallied%'"
            )
            cursor.execute(f"ALTER TABLE cases_case ENABLE TRIGGER {cursor.fetchone()[0]}")

    return switch_off


def edges(by_hand: random.Random, zone: str) -> datetime:
    """A moment of two years, often just at a midnight or a month's end of some zone."""
    day = date(2024, 2, 1) + timedelta(days=by_hand.randrange(600))
    if by_hand.random() < 0.5:
        day = day.replace(day=1)
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=ZoneInfo(zone))
    step = by_hand.choice([0, -1, 1, -3600, 3600, 40_000])
    return midnight.astimezone(UTC) + timedelta(seconds=step)


# ------------------------------------------------------------------ exact
@pytest.mark.django_db
@pytest.mark.parametrize("zone", ZONES)
def test_tallies_are_what_counting_gives(
    zone: str,
    by_hand: random.Random,
    without_other_triggers: Callable[[], None],
    make_consumer: MakeConsumer,
    amount: Callable[[int, int], int],
) -> None:
    """W17: before, while and after changes are folded, at the edges of days and months."""
    consumer = make_consumer().pk
    without_other_triggers()
    Utility.objects.filter(pk=1).update(time_zone=zone)
    for _ in range(amount(4, 40)):
        for _ in range(by_hand.randrange(12)):
            put_a_case(by_hand, consumer, edges(by_hand, by_hand.choice(ZONES)))
        assert tallied() == counted(zone)
        operations.fold_tallies(at_once=by_hand.choice([1, 3, 1_000]))
        assert tallied() == counted(zone)
        assert not tallies_that_differ_from_the_cases()
        assert not late_tallies_that_differ_from_the_cases()
        assert not months_that_differ_from_their_days()


@pytest.mark.django_db
def test_a_change_of_the_zone_counts_anew(
    by_hand: random.Random,
    without_other_triggers: Callable[[], None],
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
) -> None:
    """Whoever changes the zone, by the settings page or by hand."""
    consumer, admin = make_consumer().pk, person(Role.ADMIN).pk
    without_other_triggers()
    for _ in range(30):
        put_a_case(by_hand, consumer, edges(by_hand, by_hand.choice(ZONES)))
    operations.fold_tallies(at_once=20)
    before = tallied()
    change_utility(
        values={"time_zone": "Pacific/Kiritimati"}, logo=None, removes_logo=False, by=admin, at=at
    )
    assert not TallyChange.objects.exists()
    assert tallied() == counted("Pacific/Kiritimati")
    assert not late_tallies_that_differ_from_the_cases()
    assert not months_that_differ_from_their_days()
    Utility.objects.filter(pk=1).update(time_zone="America/Chicago")
    assert tallied() == before


@pytest.mark.django_db
def test_months_follow_whatever_is_done_to_days(
    by_hand: random.Random, as_owner: Callable[[], None]
) -> None:
    """Written, changed, moved or removed, several at once; without their trigger they do not."""
    as_owner()
    for number in range(60):
        Tally.objects.create(
            standing=by_hand.choice(["OPEN", "LATE"]), kind="COMPLAINT", topic=f"T{number}",
            day=date(2024, 1, 1) + timedelta(days=by_hand.randrange(90)), count=number,
            seconds=by_hand.randrange(9), missed=by_hand.randrange(9),
        )  # fmt: skip
    for statement in (
        "UPDATE cases_tally SET count = count * 3, missed = missed - 1 WHERE count % 2 = 0",
        "UPDATE cases_tally SET day = day + 20, topic = 'T' WHERE count = 5",
        "DELETE FROM cases_tally WHERE count % 5 = 1",
    ):
        with connection.cursor() as cursor:
            cursor.execute(statement)
        assert not months_that_differ_from_their_days(), statement
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE cases_tally DISABLE TRIGGER USER"
        )
    Tally.objects.update(missed=99)
    assert months_that_differ_from_their_days()


@pytest.mark.django_db
def test_a_load_without_triggers_is_counted_by_one_call(
    by_hand: random.Random,
    without_other_triggers: Callable[[], None],
    make_consumer: MakeConsumer,
) -> None:
    consumer = make_consumer().pk
    without_other_triggers()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
    for _ in range(10):
        put_a_case(by_hand, consumer, edges(by_hand, "UTC"))
    assert tallies_that_differ_from_the_cases()
    operation(handling.rebuild_tallies)()
    assert tallied() == counted("America/Chicago")
    assert not tallies_that_differ_from_the_cases()
    assert not late_tallies_that_differ_from_the_cases()


@pytest.mark.django_db
def test_what_is_late_follows_whoever_folds(
    by_hand: random.Random,
    without_other_triggers: Callable[[], None],
    make_consumer: MakeConsumer,
) -> None:
    """The control: without the trigger of what is folded, the quarters of an hour are wrong."""
    consumer = make_consumer().pk
    without_other_triggers()
    became_late = TallyChange.objects.filter(standing="LATE", change=1)
    while not became_late.exists():
        put_a_case(by_hand, consumer, edges(by_hand, "UTC"))
    one = became_late.order_by("id")[0].pk
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_tallychange WHERE id <> %s", [one])
    assert not late_tallies_that_differ_from_the_cases()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE cases_tallychange DISABLE TRIGGER USER"
        )
    operations.fold_tallies()
    assert late_tallies_that_differ_from_the_cases()


@pytest.mark.django_db
def test_the_worker_folds_all_there_is(
    make_request: MakeRequest, person: MakePerson, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations.fold_tallies, "__kwdefaults__", {"at_once": 2})
    cse = person(Role.CSE)
    asked = make_request(by=cse)
    make_request(by=cse)
    close_request(case=asked.pk, reason="DUPLICATE", note="", by=cse, at=at)
    assert TallyChange.objects.count() == 4
    assert tasks.fold_tallies() == 4
    assert not TallyChange.objects.exists()
    assert {(t.standing, t.count) for t in Tally.objects.exclude(count=0)} == {
        ("OPEN", 1),
        ("CLOSED", 1),
    }
    assert tasks.fold_tallies() == 0


@pytest.mark.django_db
def test_what_is_no_other_standing_changes_nothing(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    asked = make_request()
    operations.fold_tallies()
    operations.acknowledge(case=asked.pk, by=person(Role.CSE), at=at)
    assert not TallyChange.objects.exists()


# ------------------------------------------------------------------ at once
@pytest.mark.django_db(transaction=True)
def test_writers_folders_and_a_new_zone_at_once_lose_nothing(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """Two workers fold while people write and the zone changes; who looks sees whole numbers."""
    cse, admin = person(Role.CSE), person(Role.ADMIN).pk
    made = [make_request(make_consumer(f"Person {n}"), by=cse) for n in range(4)]
    waiting = [make_consumer(f"Later {n}") for n in range(6)]
    over = Event()

    def close(case: int) -> Callable[[], Any]:
        return lambda: close_request(case=case, reason="DUPLICATE", note="", by=cse, at=at)

    def create(position: int) -> Callable[[], Any]:
        return lambda: make_request(waiting[position], by=cse)

    def fold() -> None:
        while not over.is_set():
            operations.fold_tallies(at_once=1)

    def look() -> None:
        try:
            for _ in range(40):
                wrong = tallies_that_differ_from_the_cases()
                wrong += late_tallies_that_differ_from_the_cases()
                wrong += months_that_differ_from_their_days()
                assert not wrong, wrong
        finally:
            over.set()

    def rezone() -> None:
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"):
            change_utility(
                values={"time_zone": zone}, logo=None, removes_logo=False, by=admin, at=at
            )

    acts = [close(each.pk) for each in made] + [create(n) for n in range(len(waiting))]
    assert not refusals(race([*acts, fold, fold, look, rezone]))
    tasks.fold_tallies()
    assert tallied() == counted("Asia/Kolkata")
    assert sum(tallied().values()) == 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_lock", [True, False], ids=["locked", "control"])
def test_the_zone_stays_until_its_changes_are_folded(
    has_lock: bool,
    make_request: MakeRequest,
    person: MakePerson,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody changes the zone between reading and folding; without the lock a day is wrong."""
    moment = datetime(2024, 12, 10, 4, 30, tzinfo=UTC)  # the 9th in Chicago, the 10th in Kolkata
    make_request(moment=moment)
    admin, fold = person(Role.ADMIN).pk, handling.fold_changes

    def rezone() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        change_utility(
            values={"time_zone": "Asia/Kolkata"}, logo=None, removes_logo=False, by=admin, at=at
        )

    def fold_later(**given: Any) -> int:
        assert len(refusals(race([rezone]))) == has_lock
        assert not refusals(race([lambda: make_request(moment=moment)]))
        return fold(**given)

    monkeypatch.setattr(handling, "fold_changes", fold_later)
    with nullcontext() if has_lock else connection.execute_wrapper(without_its_lock):
        operations.fold_tallies()
    assert bool(tallies_that_differ_from_the_cases()) != has_lock


def without_its_lock(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
) -> Any:
    """The guard taken away: the utility is read, and not held."""
    return execute(sql.replace(" FOR NO KEY UPDATE SKIP LOCKED", ""), params, many, context)
