"""A request's whole life as a state machine: three people, a clock that jumps, acts cut short.

Each act is tried whether it is allowed or not. The model is plain dicts; after each step the rows
must say what the model says, and at the end every oracle is asked. Replay: see ``running.py``.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from consumers.choices import AccountStatus, LockPurpose
from consumers.models import Consumer
from consumers.operations import release_profile_lock, take_profile_lock
from disconnections.operations import close_request, create_request
from smart360.cases import handling, operations, tasks
from smart360.cases.models import Case, Hold, HoldReason
from smart360.cases.oracles import alerts_that_are_overlooked, clocks_that_differ_from_history
from smart360.cases.queries.history import facts_of
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakePerson, SetClock, wish_for
from tests.invariants import assert_sound
from tests.machines import running

pytestmark = pytest.mark.timeout(7200)  # of a night on a busy machine

COUNTED = (
    "trail_entry", "comms_message", "comms_delivery", "comms_notice", "owed_owedwork",
    "web_formkey", "cases_case", "cases_hold", "cases_alert", "consumers_guard",
)  # fmt: skip
MORNINGS = {  # the nights on which Chicago's clocks change lie just ahead of two of them
    "a winter's day": datetime(2024, 12, 10, 15, 30, tzinfo=UTC),
    "before clocks go forward": datetime(2025, 3, 8, 23, 0, tzinfo=UTC),
    "before clocks go back": datetime(2025, 11, 1, 22, 0, tzinfo=UTC),
}
NOT_OF_ROWS = {"A1", "F5", "R5", "X1"}
"""Oracles that no act on a request can give an answer to."""
OPEN = ("PENDING", "IN_PROGRESS", "ON_HOLD")
CLOSINGS = (
    ("CANCELLED", "", True),
    ("OTHER", "moved to another town", True),
    ("OTHER", "  n o \u200b  ", False),
    ("", "", False),
    ("BORED", "", False),
)
who = st.integers(0, 2)
which = st.integers(0, 3)
cut = st.one_of(st.just(0), st.just(0), st.integers(1, 30))
"""At which statement an act is cut short; 0 lets it through."""
late = st.sampled_from([0, 0, 2])
"""So many seconds an act has waited for the lock since it read the clock."""


class RequestMachine(running.TryingMachine):
    """Two accounts that are supplied, one that is not; ``cases`` is the model."""

    counted = COUNTED
    people: list[Person]
    make: Callable[..., Consumer]
    stands: SetClock

    def __init__(self) -> None:
        super().__init__()
        running.begin_example()
        self.cases: list[dict[str, Any]] = []
        self.accounts = [
            self.make(f"Consumer {status}", status=status)
            for status in (AccountStatus.ACTIVE, AccountStatus.COLLECTION, AccountStatus.INACTIVE)
        ]

    @initialize(morning=st.sampled_from(sorted(MORNINGS)), acts=st.integers(0, 2))
    def begins(self, morning: str, acts: int) -> None:
        """A request that is new, in progress or on hold."""
        self.at = MORNINGS[morning]
        self.create(account=0, who=0, cut=0, notifies=True, again=False)
        if acts > 0:
            self.acknowledge(which=0, who=1, cut=0, late=0)
        if acts > 1:
            self.put_on_hold(which=0, who=1, cut=0, late=0, pauses=True, ending="RESUMES", hours=24)

    # -------------------------------------------------------------- trying an act
    def pick(self, which: int) -> dict[str, Any]:
        """One that is open, if there is any; the last choice looks at all."""
        still_open = [case for case in self.cases if case["status"] in OPEN]
        from_these = still_open if still_open and which < 3 else self.cases
        return from_these[which % len(from_these)]

    def moment(self, case: dict[str, Any], late: int) -> datetime:
        created_at: datetime = case["created_at"]
        return max(self.at - timedelta(seconds=late), created_at)

    # -------------------------------------------------------------- time
    @rule(minutes=st.one_of(st.integers(1, 300), st.integers(1, 12 * 24 * 60)))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @precondition(lambda self: any(case["status"] == "ON_HOLD" for case in self.cases))
    @rule(seconds=st.integers(-1, 60))
    def a_hold_reaches_its_moment(self, seconds: int) -> None:
        first = min(case["resume_by"] for case in self.cases if case["status"] == "ON_HOLD")
        self.at = max(self.at, first + timedelta(seconds=seconds))

    @rule()
    def workers_tick(self) -> None:
        self.stands.at = self.at
        tasks.end_lapsed_holds()
        tasks.raise_due_alerts()
        running.settle()
        for case in self.cases:
            is_lapsed = case["status"] == "ON_HOLD" and case["resume_by"] <= self.at
            if is_lapsed and case["ending"] == "RESUMES":
                self.moves(case, "IN_PROGRESS")
        due = Case.objects.filter(status__in=OPEN, next_alert_at__lte=self.at)
        assert not due.exists(), "a worker left an alert"

    # -------------------------------------------------------------- people
    @rule(account=st.integers(0, 2), who=who, cut=cut, notifies=st.booleans(), again=st.booleans())
    def create(self, account: int, who: int, cut: int, notifies: bool, again: bool) -> None:
        consumer, by, key = self.accounts[account], self.people[who], uuid4()
        lock = take_profile_lock(
            consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=by, at=self.at
        )
        is_off = consumer.status == AccountStatus.INACTIVE
        wish = wish_for(
            consumer,
            lock_token=lock.token,
            reason="RC-001" if is_off else "NP-001",
            notifies_consumer=notifies,
        )

        def make() -> Any:
            return create_request(wish=wish, by=by, at=self.at, form_key=key)

        is_free = all(
            case["account"] != account or case["status"] not in OPEN for case in self.cases
        )
        made = self.tries(make, may=is_free, cut=cut)
        if made is None:
            release_profile_lock(consumer=consumer.pk, token=lock.token, by=by, at=self.at)
            return
        self.cases.append(
            {
                "id": made.case_id,
                "account": account,
                "kind": "RECONNECTION" if is_off else "DISCONNECTION",
                "status": "PENDING",
                "version": 1,
                "created_at": self.at,
                "acknowledged": None,
                "responded": None,
                "ended": None,
                "assignee": None,
                "notifies": notifies,
            }
        )
        if again:  # the same form once more: the first result, and nothing new
            before = self.stored()
            assert make().case_id == made.case_id
            assert self.stored() == before

    @precondition(lambda self: self.cases)
    @rule(which=which, who=who, cut=cut, late=late)
    def acknowledge(self, which: int, who: int, cut: int, late: int) -> None:
        case, by = self.pick(which), self.people[who]
        at = self.moment(case, late)
        may = case["status"] == "PENDING"
        act = self.tries(
            lambda: operations.acknowledge(case=case["id"], by=by, at=at), may=may, cut=cut
        )
        if act:
            case["acknowledged"] = (at, by.pk)
            self.moves(case, "IN_PROGRESS")

    @precondition(lambda self: self.cases)
    @rule(
        which=which,
        who=who,
        cut=cut,
        late=late,
        pauses=st.booleans(),
        ending=st.sampled_from(["RESUMES", "REMINDS", "SLEEPS"]),
        hours=st.sampled_from([-1, 1, 5, 24, 30, 24 * 366]),
    )
    def put_on_hold(
        self, which: int, who: int, cut: int, late: int, pauses: bool, ending: str, hours: int
    ) -> None:
        case, at = self.pick(which), self.moment(self.pick(which), late)
        reason = HoldReason.objects.filter(pauses=pauses).order_by("pk")[0].pk
        resume_by = at + timedelta(hours=hours)
        act = self.tries(
            lambda: operations.put_on_hold(
                case=case["id"],
                reason=reason,
                resume_by=resume_by,
                at_resume_by=ending,
                note="later",
                by=self.people[who],
                at=at,
            ),
            may=case["status"] == "IN_PROGRESS" and 0 < hours <= 30 and ending != "SLEEPS",
            cut=cut,
        )
        if act:
            case |= {"resume_by": resume_by, "ending": ending}
            self.moves(case, "ON_HOLD")

    @precondition(lambda self: self.cases)
    @rule(which=which, who=who, cut=cut, late=late)
    def resume(self, which: int, who: int, cut: int, late: int) -> None:
        case, at = self.pick(which), self.moment(self.pick(which), late)
        act = self.tries(
            lambda: operations.resume(case=case["id"], by=self.people[who], at=at),
            may=case["status"] == "ON_HOLD",
            cut=cut,
        )
        if act:
            self.moves(case, "IN_PROGRESS")

    @precondition(lambda self: self.cases)
    @rule(which=which, who=who, cut=cut, late=late, how=st.sampled_from(CLOSINGS))
    def close(self, which: int, who: int, cut: int, late: int, how: tuple[str, str, bool]) -> None:
        case, by = self.pick(which), self.people[who]
        at, (reason, note, is_fit) = self.moment(case, late), how
        act = self.tries(
            lambda: close_request(case=case["id"], reason=reason, note=note, by=by, at=at),
            may=case["status"] in OPEN and is_fit,
            cut=cut,
        )
        if act:
            case["ended"] = (at, by.pk)
            self.moves(case, "CLOSED")

    @precondition(lambda self: self.cases)
    @rule(which=which, who=who, to=st.integers(0, 3), cut=cut)
    def assign(self, which: int, who: int, to: int, cut: int) -> None:
        case, by = self.pick(which), self.people[who]
        receiver = [*self.people, None][to]
        key = receiver.pk if receiver else None
        holder, is_supervisor = case["assignee"], who == 2
        is_own = key == by.pk or (key is None and holder == by.pk)
        is_taken = key is not None and holder not in (None, by.pk)
        may = (
            case["status"] in OPEN
            and to != 1  # the call centre does not work on requests
            and (is_supervisor or (is_own and not is_taken))
        )
        act = self.tries(
            lambda: operations.assign(case=case["id"], to=receiver, by=by, at=self.at),
            may=may,
            cut=cut,
        )
        if act:
            case["assignee"] = key

    @precondition(lambda self: self.cases)
    @rule(
        which=which,
        who=who,
        cut=cut,
        late=late,
        how=st.sampled_from(["note", "message", "call to", "call from"]),
        words=st.sampled_from(["Hello", "We come\non Monday", " \u200b "]),
        again=st.booleans(),
    )
    def say(
        self, which: int, who: int, cut: int, late: int, how: str, words: str, again: bool
    ) -> None:
        case, by, key = self.pick(which), self.people[who], uuid4()
        said: dict[str, Any] = {
            "case": case["id"],
            "words": words,
            "by": by,
            "at": self.moment(case, late),
            "form_key": key,
        }

        def speak() -> Any:
            if how == "note":
                return operations.add_note(**said)
            if how == "message":
                return operations.send_message(subject="", **said)
            direction = "TO_CONSUMER" if how == "call to" else "FROM_CONSUMER"
            return operations.log_call(minutes=3, direction=direction, **said)

        act = self.tries(speak, may=bool(words.strip(" \u200b")), cut=cut)
        if not act:
            return
        is_answer = how in ("message", "call to")
        if is_answer and case["status"] in OPEN and case["responded"] is None:
            case["responded"] = (said["at"], by.pk)
        if again:
            before = self.stored()
            speak()
            assert self.stored() == before

    # -------------------------------------------------------------- what must hold
    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        rows = {case.pk: case for case in Case.objects.filter(pk__in=self.keys())}
        holds = dict(
            Hold.objects.filter(ended_at=None, case__in=self.keys()).values_list(
                "case", "resume_by"
            )
        )
        for case in self.cases:
            row = rows[case["id"]]
            assert (row.status, row.version, row.kind) == (
                case["status"], case["version"], case["kind"],
            )  # fmt: skip
            assert row.assignee_id == case["assignee"]
            assert both(row.acknowledged_at, row.acknowledged_by_id) == case["acknowledged"]
            assert both(row.responded_at, row.responded_by_id) == case["responded"]
            assert both(row.ended_at, row.ended_by_id) == case["ended"]
            expected = case["resume_by"] if case["status"] == "ON_HOLD" else None
            assert holds.get(case["id"]) == expected

    @invariant()
    def clocks_follow_from_history(self) -> None:
        assert clocks_that_differ_from_history() == []
        assert alerts_that_are_overlooked() == []

    def keys(self) -> list[int]:
        return [case["id"] for case in self.cases]

    def teardown(self) -> None:
        try:
            assert_sound(without=NOT_OF_ROWS)
        finally:
            running.end_example()


def both(at: datetime | None, by: int | None) -> tuple[datetime, int | None] | None:
    """A milestone of a row: when and by whom, or not yet."""
    return None if at is None else (at, by)


@pytest.fixture
def machine(
    make_consumer: MakeConsumer, person: MakePerson, stands: SetClock
) -> type[running.TryingMachine]:
    """The machine with this test's people and clock."""

    class Machine(RequestMachine):
        make = staticmethod(make_consumer)
        people = [person(Role.CSE), person(Role.CALL_CENTRE), person(Role.SUPERVISOR)]

    Machine.stands = stands
    return Machine


def test_a_request_behaves_like_its_model(
    machine: type[running.TryingMachine], pytestconfig: pytest.Config
) -> None:
    assert running.run(machine, pytestconfig, by_day=(15, 20)) > 100, "hardly anything was tried"


def test_control_a_hold_that_does_not_end_is_found(
    machine: type[running.TryingMachine],
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handling, "end_hold", lambda *args, **kwargs: None)
    assert running.finds(machine, pytestconfig)


def test_control_clocks_that_know_no_hold_are_found(
    machine: type[running.TryingMachine],
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("smart360.cases.handling.facts_of", lambda case, holds: facts_of(case, ()))
    assert running.finds(machine, pytestconfig)
