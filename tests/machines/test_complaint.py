"""A complaint's whole life as a state machine: two people, a clock that jumps, acts cut short.

Each act is tried whether it is allowed or not. The model is plain dicts; after each step the rows
must say what the model says, and at the end every oracle is asked. Replay: see ``running.py``.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from complaints.models import Complaint, ComplaintSettings, Reopening
from complaints.operations import deciding
from consumers.models import AccountHold
from smart360.cases import handling, operations, tasks
from smart360.cases.models import Case, Hold, HoldReason
from smart360.cases.oracles import alerts_that_are_overlooked, clocks_that_differ_from_history
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.complaints.conftest import MakeComplaint
from tests.conftest import CHICAGO_MORNING, MakeConsumer, MakePerson, SetClock
from tests.invariants import assert_sound
from tests.machines import running

pytestmark = pytest.mark.timeout(7200)  # of a night on a busy machine

COUNTED = (
    "trail_entry", "comms_message", "comms_delivery", "comms_notice", "owed_owedwork",
    "cases_hold", "cases_alert", "complaints_reopening", "consumers_accounthold",
)  # fmt: skip
NOT_OF_ROWS = {"A1", "F5", "R5", "X1"}
"""Oracles that no act on a complaint can give an answer to."""
BEGINNINGS: tuple[str, ...] = ("new", "in progress", "on hold", "disputed", "decided")
"""Where the first complaint stands when an example begins."""
OPEN = ("PENDING", "IN_PROGRESS", "ON_HOLD")
ENDS = ("RESOLVED", "REJECTED")
WINDOW = 3
"""Days in which a complaint can be reopened here: jumps of the clock meet both sides."""
who = st.integers(0, 1)
which = st.integers(0, 3)
cut = st.one_of(st.just(0), st.just(0), st.integers(1, 30))
"""At which statement an act is cut short; 0 lets it through."""
late = st.sampled_from([0, 0, 2])
"""So many seconds an act has waited for the lock since it read the clock."""
words = st.sampled_from(["Done.", "We read\nthe meter again", " \u200b "])
amounts = st.sampled_from([None, Decimal("20.00"), Decimal("75.50"), Decimal(-1)])


class ComplaintMachine(running.TryingMachine):
    """A complaint of an account and one of somebody unknown; ``cases`` is the model."""

    counted = COUNTED
    beginnings = BEGINNINGS
    people: list[Person]
    make: MakeComplaint
    make_account: Callable[..., Any]
    stands: SetClock

    def __init__(self) -> None:
        super().__init__()
        running.begin_example()
        ComplaintSettings.objects.update(reopen_within_days=WINDOW)
        self.cases: list[dict[str, Any]] = []
        self.accounts = [self.make_account(f"Consumer {n}", with_meters=False) for n in range(2)]

    @initialize(which=st.integers(0, 59))
    def begins(self, which: int) -> None:
        """Two complaints, the first of them anywhere on its way, so that each act is near."""
        self.at, begun = CHICAGO_MORNING, self.beginnings[which % len(self.beginnings)]
        for account in (self.accounts[0], None):
            made = self.make(account, when=self.at)
            self.cases.append(
                {
                    "id": made.pk,
                    "account": account.pk if account else None,
                    "status": "PENDING",
                    "version": 1,
                    "created_at": self.at,
                    "ended": None,
                    "disputed": None,
                    "reopened": 0,
                }
            )
        running.settle()
        if begun != "new":
            self.acknowledge(which=0, who=0, cut=0, late=0)
        if begun == "on hold":
            self.put_on_hold(which=0, who=0, cut=0, hours=30)
        if begun == "disputed":
            self.dispute(which=0, who=0, cut=0, amount=Decimal("20.00"))
        if begun == "decided":
            self.decide(which=0, who=0, cut=0, late=0, words="Done.", resolves=True)

    # -------------------------------------------------------------- trying an act
    def pick(self, which: int) -> dict[str, Any]:
        return self.cases[which % len(self.cases)]

    def moment(self, case: dict[str, Any], late: int) -> datetime:
        latest: datetime = case["ended"] or case["created_at"]
        return max(self.at - timedelta(seconds=late), latest)

    # -------------------------------------------------------------- time
    @rule(minutes=st.one_of(st.integers(1, 300), st.integers(1, 5 * 24 * 60)))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @precondition(lambda self: any(case["ended"] for case in self.cases))
    @rule(seconds=st.integers(-1, 1))
    def a_window_ends(self, seconds: int) -> None:
        first = min(case["ended"] for case in self.cases if case["ended"])
        self.at = max(self.at, first + timedelta(days=WINDOW, seconds=seconds))

    @rule()
    def workers_tick(self) -> None:
        self.stands.at = self.at
        tasks.end_lapsed_holds()
        tasks.raise_due_alerts()
        running.settle()
        for case in self.cases:
            if case["status"] == "ON_HOLD" and case["resume_by"] <= self.at:
                self.moves(case, "IN_PROGRESS")
        due = Case.objects.filter(status__in=OPEN, next_alert_at__lte=self.at)
        assert not due.exists(), "a worker left an alert"

    # -------------------------------------------------------------- people
    @rule(which=which, who=who, cut=cut, late=late)
    def acknowledge(self, which: int, who: int, cut: int, late: int) -> None:
        case, by = self.pick(which), self.people[who]
        at = self.moment(case, late)
        act = self.tries(
            lambda: operations.acknowledge(case=case["id"], by=by, at=at),
            may=case["status"] == "PENDING",
            cut=cut,
        )
        if act:
            self.moves(case, "IN_PROGRESS")

    @rule(which=which, who=who, cut=cut, hours=st.sampled_from([-1, 1, 30]))
    def put_on_hold(self, which: int, who: int, cut: int, hours: int) -> None:
        case, at = self.pick(which), self.moment(self.pick(which), 0)
        resume_by = at + timedelta(hours=hours)
        act = self.tries(
            lambda: operations.put_on_hold(
                case=case["id"],
                reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
                resume_by=resume_by,
                at_resume_by="RESUMES",
                by=self.people[who],
                at=at,
            ),
            may=case["status"] == "IN_PROGRESS" and hours > 0,
            cut=cut,
        )
        if act:
            case["resume_by"] = resume_by
            self.moves(case, "ON_HOLD")

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

    @rule(which=which, who=who, cut=cut, late=late, words=words, resolves=st.booleans())
    def decide(self, which: int, who: int, cut: int, late: int, words: str, resolves: bool) -> None:
        case, at = self.pick(which), self.moment(self.pick(which), late)
        decide = deciding.resolve_complaint if resolves else deciding.reject_complaint
        says_it = words.strip(" \u200b") and (resolves or len(words) > 10)
        act = self.tries(
            lambda: decide(case=case["id"], words=words, by=self.people[who], at=at),
            may=case["status"] == "IN_PROGRESS" and bool(says_it),
            cut=cut,
        )
        if act:
            case["ended"] = at
            self.moves(case, "RESOLVED" if resolves else "REJECTED")

    @rule(which=which, who=who, cut=cut, late=late, words=words)
    def reopen(self, which: int, who: int, cut: int, late: int, words: str) -> None:
        case, at = self.pick(which), self.moment(self.pick(which), late)
        in_time = bool(case["ended"]) and at <= case["ended"] + timedelta(days=WINDOW)
        act = self.tries(
            lambda: deciding.reopen_complaint(
                case=case["id"], words=words, by=self.people[who], at=at
            ),
            may=in_time and bool(words.strip(" \u200b")),
            cut=cut,
        )
        if act:
            case["ended"] = None
            case["reopened"] += 1
            self.moves(case, "IN_PROGRESS")

    @rule(which=which, who=who, cut=cut, account=st.integers(0, 1))
    def link(self, which: int, who: int, cut: int, account: int) -> None:
        case, to = self.pick(which), self.accounts[account].pk
        act = self.tries(
            lambda: deciding.link_account(
                case=case["id"], consumer=to, by=self.people[who], at=self.at
            ),
            may=case["account"] is None and case["status"] in OPEN,
            cut=cut,
        )
        if act:
            case["account"] = to

    @rule(which=which, who=who, cut=cut, amount=amounts)
    def dispute(self, which: int, who: int, cut: int, amount: Decimal | None) -> None:
        case = self.pick(which)
        act = self.tries(
            lambda: deciding.set_disputed_amount(
                case=case["id"], amount=amount, by=self.people[who], at=self.at
            ),
            may=case["status"] in OPEN and (amount is None or amount > 0),
            cut=cut,
        )
        if act:
            case["disputed"] = amount

    # -------------------------------------------------------------- what must hold
    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        for case in self.cases:
            row = Case.objects.get(pk=case["id"])
            assert (row.status, row.version, row.ended_at, row.consumer_id) == (
                case["status"], case["version"], case["ended"], case["account"],
            )  # fmt: skip
            assert bool(row.closing_note) == (row.status in ENDS)
            assert Reopening.objects.filter(complaint=row.pk).count() == case["reopened"]
            is_held = Hold.objects.filter(case=row, ended_at=None).exists()
            assert is_held == (row.status == "ON_HOLD")
            complaint = Complaint.objects.get(pk=row.pk)
            assert complaint.disputed_amount == case["disputed"]
            standing = AccountHold.objects.filter(source=row.number, lifted_at=None)
            protects = row.status in OPEN and row.consumer_id and case["disputed"]
            amounts = [(each.consumer_id, each.amount) for each in standing]
            assert amounts == ([(row.consumer_id, case["disputed"])] if protects else [])

    @invariant()
    def clocks_follow_from_history(self) -> None:
        assert clocks_that_differ_from_history() == []
        assert alerts_that_are_overlooked() == []

    def teardown(self) -> None:
        try:
            assert_sound(without=NOT_OF_ROWS)
        finally:
            running.end_example()


@pytest.fixture
def machine(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    stands: SetClock,
) -> type[ComplaintMachine]:
    """The machine with this test's people and clock."""

    class Machine(ComplaintMachine):
        make = staticmethod(make_complaint)
        make_account = staticmethod(make_consumer)
        people = [person(Role.CSE), person(Role.SUPERVISOR)]

    Machine.stands = stands
    return Machine


def test_a_complaint_behaves_like_its_model(
    machine: type[ComplaintMachine], pytestconfig: pytest.Config
) -> None:
    assert running.run(machine, pytestconfig, by_day=(15, 20)) > 100, "hardly anything was tried"


def near(beginning: str, machine: type[ComplaintMachine]) -> type[ComplaintMachine]:
    """The machine where the act that a control breaks is next, so that few examples come to it."""
    return type(machine.__name__, (machine,), {"beginnings": (beginning,)})


def test_control_an_end_that_keeps_its_fence_is_found(
    machine: type[ComplaintMachine],
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("complaints.protecting.lift_fence", lambda *args, **kwargs: False)
    assert running.finds(near("disputed", machine), pytestconfig, examples=120)


def test_control_a_window_that_never_opens_is_found(
    machine: type[ComplaintMachine],
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(ended_at: datetime, days: int) -> datetime:
        return ended_at - timedelta(days=days)

    monkeypatch.setattr("complaints.rules.reopened_until", never)
    assert running.finds(near("decided", machine), pytestconfig, examples=120)


def test_control_a_hold_that_does_not_end_is_found(
    machine: type[ComplaintMachine],
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handling, "end_hold", lambda *args, **kwargs: None)
    assert running.finds(near("on hold", machine), pytestconfig, examples=120)
