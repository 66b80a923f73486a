"""What workers do for insights: the nightly check of every invariant, and the nightly scores."""

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from celery import shared_task

from smart360.insights import operations
from smart360.insights.oracles import EVERY_ORACLE
from smart360.kernel import clock
from smart360.owed.turns import in_turn

log = logging.getLogger(__name__)
LONGEST = 3_600  # seconds; a million cases take minutes


@shared_task(name="insights.check_invariants", soft_time_limit=LONGEST - 60, time_limit=LONGEST)
def check_invariants() -> int:
    """Every night: ask every oracle; how many found something (none should)."""
    with in_turn("insights.check_invariants") as is_ours:
        if not is_ours:
            return 0
        at = clock.now()
        findings = [operations.ask(oracle=oracle, at=at) for oracle in EVERY_ORACLE]
        found = [finding for finding in findings if finding.rows]
        for finding in found:
            log.error(
                "invariant %s is broken: %s; %s rows, such as %s",
                finding.oracle.id,
                finding.oracle.sentence,
                len(finding.rows),
                finding.rows[0],
            )
        if found:
            operations.tell_of_findings(findings=found, at=at)
        return len(found)


@shared_task(name="insights.score_consumers")
def score_consumers() -> None:
    """Every night: owe the first batch of scores; each owes the next."""
    operations.begin_scoring(at=clock.now())


def go_on_with_scores(about: Mapping[str, Any], at: datetime) -> None:
    """One batch of scores; the next one is owed by it."""
    day = date.fromisoformat(about["day"])
    operations.go_on_with_scores(day=day, after=about["after"], at=at)
