"""A worker is killed between the numbers and the commit of a batch: no gap, nobody twice (M9)."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from billing import oracles
from billing.choices import RunState
from billing.models import BillingRun, Invoice, InvoiceCounter, LedgerTransaction
from billing.operations.runs import go_on_with_run, start_billing_run
from consumers.models import Consumer
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.rates import make_tariff

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
NEW_YEAR = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
WORKER = """
import os, signal
from datetime import datetime, UTC
import django
django.setup()
from billing.models import Invoice, InvoiceCounter
from billing.operations import runs

def die(run, planned):
    assert InvoiceCounter.objects.get().last_number == Invoice.objects.count() == 3
    os.kill(os.getpid(), signal.SIGKILL)

runs._count = die
runs.go_on_with_run(run={run}, after=0, at=datetime(2025, 1, 1, 15, 30, tzinfo=UTC))
"""


def test_a_killed_batch_leaves_nothing_and_is_made_by_the_next_worker(
    make_consumer: Callable[..., Consumer], person: Callable[..., Person]
) -> None:
    make_tariff()
    for _ in range(3):
        make_consumer()
    key = start_billing_run(
        period_from=date(2024, 12, 1), period_to=date(2024, 12, 31), by=person(Role.BILLING),
        at=NEW_YEAR,
    )  # fmt: skip
    killed = subprocess.run(
        [sys.executable, "-c", WORKER.format(run=key)],
        cwd=ROOT, env=os.environ | {"DATABASE_URL": address()}, check=False, capture_output=True,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert InvoiceCounter.objects.get().last_number == Invoice.objects.count() == 0
    assert not LedgerTransaction.objects.exists()
    while (run := BillingRun.objects.get(pk=key)).state == RunState.RUNNING:
        go_on_with_run(run=key, after=run.after, at=NEW_YEAR)
    assert list(Invoice.objects.order_by("pk").values_list("number", flat=True)) == [1, 2, 3]
    found = {oracle.sentence: oracle.rows(NEW_YEAR) for oracle in oracles.ORACLES}
    assert {sentence: rows for sentence, rows in found.items() if rows} == {}


def address() -> str:
    """The test's own database, as an address."""
    given = connection.settings_dict
    who = f"{quote(given['USER'])}:{quote(given['PASSWORD'])}"
    return f"postgresql://{who}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
