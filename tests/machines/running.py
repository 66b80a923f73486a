"""How the state machines run: small by day, long by night, each from a seed that is printed.

To replay a failure, give the seed that it printed:

    ./dev test tests/machines/test_request.py --hypothesis-seed=123456

Hypothesis also remembers the steps that failed, and tries them first in the next run here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import randbits
from typing import Any

import hypothesis
import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from smart360.kernel.errors import Refusal
from tests.looking import checksums

MINE = ("SAVEPOINT", "RELEASE", "ROLLBACK")
ALL_FINE = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
PHASES = tuple(phase for phase in Phase if phase != Phase.explain)
"""Explaining would trace every line that runs."""
BY_NIGHT = (200, 50)
"""Examples × steps: some ten minutes for each machine on two quiet cores, so that all machines
and what else runs by night fit into one. Each night has another seed, which searches further than
more examples from one; quality.md's 2,000 × 60 would take two hours each."""
MOST_STATEMENTS = 200
"""An act with more of them does something else than it should."""
Act = Callable[[], Any]


class Interrupted(Exception):
    """What is raised in the middle of an act to see that it leaves nothing behind."""


def run(
    machine: type[RuleBasedStateMachine],
    config: pytest.Config,
    *,
    by_day: tuple[int, int],
    by_night: tuple[int, int] = BY_NIGHT,
) -> int:
    """Run so many examples of so many steps of a machine; how many acts it went through.

    A step that differs from the model raises AssertionError.
    """
    examples, steps = by_night if config.getoption("--night") else by_day
    return _run(machine, config, examples, steps, PHASES)


def finds(
    machine: type[RuleBasedStateMachine], config: pytest.Config, *, examples: int = 60
) -> bool:
    """Whether the machine notices that something is broken: the control of each.

    What few examples come to needs more of them, so that no seed misses it.
    """
    try:
        _run(machine, config, examples, 20, (Phase.generate,))
    except AssertionError:
        return True
    return False


def _run(
    machine: type[RuleBasedStateMachine],
    config: pytest.Config,
    examples: int,
    steps: int,
    phases: tuple[Phase, ...],
) -> int:
    acts = 0

    class Counted(machine):  # type: ignore[valid-type, misc]  # the machine is a parameter
        def check_invariants(self, *args: Any) -> None:
            nonlocal acts
            acts += 1  # Hypothesis asks after each act
            super().check_invariants(*args)

    Counted.__name__ = machine.__name__
    given = config.getoption("hypothesis_seed", None)
    seed = randbits(32) if given in (None, "random") else int(given)
    print(f"{machine.__name__}: --hypothesis-seed={seed}")  # noqa: T201  (shown when it fails)
    run_state_machine_as_test(
        hypothesis.seed(seed)(Counted),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=ALL_FINE,
            database=None if phases == (Phase.generate,) else settings().database,
        ),
    )
    return acts


def begin_example() -> None:
    """What an example stores is taken back at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT example")


def end_example() -> None:
    """As if the example had never been."""
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT example")


def settle() -> None:
    """Let every deferred trigger speak, as at a commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class TryingMachine(RuleBasedStateMachine):
    """A machine that tries each act whether it is allowed or not, now and then cut short."""

    counted: tuple[str, ...]
    """The tables to which an act may add."""

    def tries(self, act: Act, *, may: bool, cut: int) -> Any:
        """Do it, cut short or not; what it gave, or None when nothing has changed."""
        before = self.stored()
        try:
            with interrupted_at(cut):
                result = act()
        except Refusal:
            assert not may, "refused what the model allows"
        except Interrupted:
            pass
        else:
            assert may, "did what the model refuses"
            settle()
            return True if result is None else result
        assert self.stored() == before, "left something behind"
        return None

    def stored(self) -> tuple[Any, ...]:
        """How much there is of all that an act may add."""
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in self.counted)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {counts}")
            found: tuple[Any, ...] = cursor.fetchone()
        return found

    def moves(self, case: dict[str, Any], status: str) -> None:
        """The model's case has another status, and so its next version."""
        case["status"] = status
        case["version"] += 1


@contextmanager
def interrupted_at(statement: int) -> Iterator[None]:
    """Raise Interrupted instead of so many'th statement; 0 lets everything through."""
    count = 0

    def interrupt(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        nonlocal count
        if not str(sql).startswith(MINE):
            count += 1
            if count == statement:
                raise Interrupted
        return execute(sql, params, many, context)

    with connection.execute_wrapper(interrupt):
        yield


def breaks_everywhere(act: Act) -> int:
    """Break the act at each of its statements, then let it through; how many it has (R7)."""
    before = checksums()
    for statement in range(1, MOST_STATEMENTS):
        try:
            with interrupted_at(statement):
                act()
        except Interrupted:
            changed = [table for table, digest in checksums().items() if digest != before[table]]
            assert changed == [], f"statement {statement} left {changed} behind"
        else:
            assert checksums() != before, "the act itself did nothing"
            return statement - 1
    raise AssertionError(f"more than {MOST_STATEMENTS} statements")
