"""The workers' side of billing runs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.operations.runs import go_on_with_run, stop_run


def go_on(about: Mapping[str, Any], at: datetime) -> None:
    """One batch of a run; the next one is owed by it."""
    go_on_with_run(run=about["run"], after=about["after"], at=at)


def give_up(about: Mapping[str, Any], at: datetime, error: str) -> None:
    """The run is shown as stopped."""
    stop_run(run=about["run"], at=at)
