"""What the tests of non-payment runs share: people who owe, a run from choice to end."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from billing import ledger
from billing.ledger import Posting
from consumers.models import Consumer
from disconnections.choices import RunState
from disconnections.models import ClosurePolicy, NonPaymentRun, Reason, RunAccount
from disconnections.operations.proposing import propose_run
from disconnections.operations.runs import go_on_with_run, start_run
from disconnections.operations.undoing import go_on_with_undoing
from disconnections.rules.runs import RunChoice
from smart360.kernel.db import operation
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.posting import charge
from tests.conftest import MakeConsumer, MakePerson

__all__ = ["make_debtor", "run_of"]
DUE = date(2024, 10, 1)
"""Seventy days before the sample's morning."""
MakeDebtor = Callable[..., Consumer]


@pytest.fixture
def make_debtor(make_consumer: MakeConsumer) -> MakeDebtor:
    """A consumer who has owed for seventy days."""

    def make(amount: str = "120.00", *, due: date = DUE, **fields: Any) -> Consumer:
        made = make_consumer(**fields)
        owe_since(made, amount, due)
        return made

    return make


def owe_since(consumer: Consumer, amount: str, due: date = DUE) -> None:
    """Let a consumer owe so much since a day."""
    at = datetime(due.year, due.month, due.day, 15, tzinfo=UTC)
    _owe(replace(charge(consumer, amount), valued_on=due, due_on=due), at=at)


@operation
def _owe(posting: Posting, *, at: datetime) -> None:
    """Post a debt, and say since when it is due."""
    ledger.post(posting, by=None, at=at)
    ledger.refresh_figures(posting.consumer)


def choice(**more: Any) -> RunChoice:
    """Everybody who has owed for thirty days."""
    return RunChoice(reason=Reason.objects.get(code="NP-001").pk, **more)


def alone_up_to(requests: int) -> None:
    """Let one person start runs of so many requests."""
    ClosurePolicy.objects.filter(pk=1).update(run_alone_up_to=requests)


@dataclass
class Running:
    """A Recovery Executive and a supervisor, at one moment."""

    robert: Person
    david: Person
    at: datetime

    def propose(self, **chosen: Any) -> NonPaymentRun:
        """Choose and propose."""
        key = propose_run(choice=choice(**chosen), by=self.robert, at=self.at, form_key=uuid4())
        return NonPaymentRun.objects.get(pk=key)

    def start(self, run: NonPaymentRun, *, by: Person | None = None) -> None:
        """Start it; the proposer does if nobody else is named."""
        start_run(run=run.pk, by=by or self.robert, at=self.at, form_key=uuid4())

    def work(self, run: NonPaymentRun) -> NonPaymentRun:
        """Let the worker come to the end of it."""
        while (now := NonPaymentRun.objects.get(pk=run.pk)).state in ("RUNNING", "UNDOING"):
            go_on = go_on_with_run if now.state == RunState.RUNNING else go_on_with_undoing
            go_on(run=run.pk, after=now.after, at=self.at)
        return now

    def whole(self, **chosen: Any) -> NonPaymentRun:
        """From the choice to the last request."""
        run = self.propose(**chosen)
        self.start(run)
        return self.work(run)


@pytest.fixture
def run_of(person: MakePerson, at: datetime) -> Running:
    """Who runs, and when."""
    return Running(person(Role.RECOVERY), person(Role.SUPERVISOR), at)


def record_of(run: NonPaymentRun, consumer: Consumer) -> RunAccount:
    """The collection record of one account."""
    return RunAccount.objects.get(run=run, consumer=consumer)


def outcomes(run: NonPaymentRun) -> list[str]:
    """The outcomes of a run's accounts, in the order of the accounts."""
    found = RunAccount.objects.filter(run=run).order_by("consumer")
    return list(found.values_list("outcome", flat=True))


OWED = Decimal("120.00")
