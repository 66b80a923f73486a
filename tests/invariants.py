"""Whether the database is sound, asked in the middle of a test.

Every test that kills, races or plants faults ends with ``assert_sound()``.
"""

from collections.abc import Collection
from datetime import datetime

from smart360.insights.operations import ask
from smart360.insights.oracles import EVERY_ORACLE
from smart360.kernel import clock

NOT_IN_TESTS = {"R1"}
"""The servers of tests are thrown away and do not wait for the disk."""


def broken_invariants(
    at: datetime | None = None, *, without: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """What the oracles find, by id and sentence.

    Alarms (what has waited too long) are asked only when ``at`` says what the time is: in most
    tests time stands in 2024 and nothing is ever paid. ``without`` leaves out ids on purpose.
    """
    found = {}
    for oracle in EVERY_ORACLE:
        if oracle.id in NOT_IN_TESTS | set(without) or (oracle.is_alarm and at is None):
            continue
        finding = ask(oracle=oracle, at=at or clock.now())
        if finding.rows:
            found[f"{oracle.id} {oracle.sentence}"] = finding.rows
    return found


def assert_sound(at: datetime | None = None, *, without: Collection[str] = ()) -> None:
    """Fail with every wrong row when an invariant is broken; see ``broken_invariants``."""
    found = broken_invariants(at, without=without)
    assert found == {}, found
