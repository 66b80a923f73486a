"""Billing runs as their page shows them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from billing.choices import LeftOut, RunState
from billing.models import BillingRun

MOST_RUNS = 24
"""Two years of monthly cycles."""


@dataclass(frozen=True)
class RunRow:
    """One run. ``reasons`` says why consumers were left out, and how many; the most first."""

    key: int
    period_from: date
    period_to: date
    state: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    to_do: int
    looked_at: int
    issued: int
    estimated: int
    billed: Decimal
    reasons: tuple[tuple[str, int], ...]

    @property
    def is_running(self) -> bool:
        """Whether a worker is at it."""
        return self.state == RunState.RUNNING

    @property
    def is_stopped(self) -> bool:
        """Whether it failed and waits for a person."""
        return self.state == RunState.STOPPED

    @property
    def most(self) -> int:
        """Consumers to look at: those it began with, and who came since; 1 before it began."""
        return max(self.to_do, self.looked_at, 1)


def list_runs() -> list[RunRow]:
    """The newest runs, the newest first; one statement."""
    found = BillingRun.objects.select_related("started_by").order_by("-pk")[:MOST_RUNS]
    return [_row(run) for run in found]


def has_run(run: int) -> bool:
    """Whether there is such a run."""
    return BillingRun.objects.filter(pk=run).exists()


def _row(run: BillingRun) -> RunRow:
    counted = sorted(run.left_out.items(), key=lambda each: (-each[1], each[0]))
    return RunRow(
        key=run.pk,
        period_from=run.period_from,
        period_to=run.period_to,
        state=run.state,
        started_at=run.started_at,
        started_by=run.started_by.full_name,
        ended_at=run.ended_at,
        to_do=run.to_do,
        looked_at=run.looked_at,
        issued=run.issued,
        estimated=run.estimated,
        billed=run.billed,
        reasons=tuple((LeftOut(reason).label, count) for reason, count in counted),
    )
