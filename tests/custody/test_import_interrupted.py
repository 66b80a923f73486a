"""An import that is killed, and two at once: the same file again makes the rows of once (CON15)."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from io import StringIO
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client

from billing.models import DepositReceipt, LedgerTransaction
from consumers.models import (
    Category,
    Consumer,
    ConsumerFigures,
    Device,
    Meter,
    MeterAssignment,
    Premise,
    Reading,
    ServiceConnection,
    Subcategory,
)
from consumers.rules.importing import ImportedAccount
from smart360.custody.management.commands import import_consumers as command
from smart360.custody.models import ImportRow, ImportRun
from smart360.custody.operations import import_accounts, import_piece, importing
from smart360.custody.queries.imports import TURN, Piece
from smart360.custody.rules.importing import COLUMNS, AccountReader
from smart360.kernel import clock
from smart360.organisation.models import Utility
from smart360.owed.tasks import drain
from smart360.owed.turns import in_turn
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from tests.concurrency.racing import done, race, refusals
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS = 60
CHUNK = 25
COPIES = 11
"""Consumers, premises, connections, devices, meters, assignments, readings, entries; postings,
their legs, deposits."""

CHILD = f"""
import os, signal, sys, django
django.setup()
from django.db import connection
connection.settings_dict["OPTIONS"]["options"] += " -c role=smart360_app"
from smart360.custody.management.commands import import_consumers as command
from smart360.custody.operations import files
from billing import ledger
from consumers import store
from smart360.trail import record
from django.core.management import call_command

command.CHUNK = {CHUNK}
files.AT_ONCE = {CHUNK}
moment, copies, pieces, staged = sys.argv[2], [0], [0], [0]

def killing(copy_rows, counted, name):
    def copy(model, columns, rows):
        counted[0] += 1
        if moment == f"{{name}} {{counted[0]}}":
            rows = half(list(rows))
        copy_rows(model, columns, rows)
    return copy

def half(rows):
    yield from rows[: len(rows) // 2]
    os.kill(os.getpid(), signal.SIGKILL)

def killing_before(act, name):
    def do(**given):
        pieces[0] += name == "piece"
        if moment in (name, f"{{name}} {{pieces[0]}}"):
            os.kill(os.getpid(), signal.SIGKILL)
        return act(**given)
    return do

for module in (store, record, ledger):
    module.copy_rows = killing(module.copy_rows, copies, "copy")
files.copy_rows = killing(files.copy_rows, staged, "rows")
command.import_piece = killing_before(command.import_piece, "piece")
command.end_import = killing_before(command.end_import, "end")
command.drop_file = killing_before(command.drop_file, "drop")
call_command("import_consumers", sys.argv[1])
"""


def account(serial: int) -> dict[str, str]:
    return {column.name: column.example for column in COLUMNS} | {
        "account_number": f"ACC-{serial:06}",
        "name": f"Consumer {serial}",
        "meter_number": f"EM-{serial:06}",
        "device_number": f"D-{serial:06}",
        "earlier_readings": "",
    }


@pytest.fixture(autouse=True)
def known(utility: Utility) -> None:
    """The category that an administrator has made before an import."""
    Subcategory.objects.create(
        category=Category.objects.create(name="Residential"), name="Standard"
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of 60 accounts."""
    path = tmp_path / "accounts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [column.name for column in COLUMNS])
        writer.writeheader()
        writer.writerows(account(serial) for serial in range(1, ACCOUNTS + 1))
    return path


def run(path: Path) -> str:
    said = StringIO()
    call_command("import_consumers", str(path), stdout=said)
    return said.getvalue()


def assert_all_is_there_once(path: Path) -> None:
    """Every account is as the file says, and nothing of any kind is there besides."""
    assert f"0 accounts new, {ACCOUNTS} here already and the same, 0 not taken over" in run(path)
    kinds = (
        *(Consumer, Premise, ServiceConnection, Device, Meter, MeterAssignment, Reading, Entry),
        *(ConsumerFigures, DepositReceipt),
    )
    assert {kind.__name__: kind._default_manager.count() for kind in kinds} == {
        kind.__name__: ACCOUNTS for kind in kinds
    }
    assert LedgerTransaction.objects.count() == 2 * ACCOUNTS
    assert not ImportRow.objects.exists()
    assert_sound()


# ------------------------------------------------------------------ killed
def killed(path: Path, moment: str) -> None:
    """Run the command in a process of its own, which ends by SIGKILL at that moment."""
    database = connection.settings_dict
    place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@{place}"
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), moment],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr


@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        ("rows 2", 0),
        ("piece 1", 0),
        ("copy 3", 0),
        ("piece 2", CHUNK),
        (f"copy {COPIES + 1}", CHUNK),
        (f"copy {3 * COPIES}", 2 * CHUNK),
    ],
)
def test_killed_and_repeated(path: Path, moment: str, stored: int) -> None:
    """Kill -9 leaves whole chunks; the same file again adds the rest, once."""
    killed(path, moment)
    assert Consumer.objects.count() == Entry.objects.count() == stored
    assert f"{ACCOUNTS - stored} accounts new, {stored} here already" in run(path)
    assert_all_is_there_once(path)


@pytest.mark.night
@pytest.mark.parametrize("copy", range(1, 3 * COPIES + 1))
def test_killed_in_the_middle_of_each_copy(path: Path, copy: int) -> None:
    killed(path, f"copy {copy}")
    assert Consumer.objects.count() == (copy - 1) // COPIES * CHUNK
    run(path)
    assert_all_is_there_once(path)


@pytest.mark.parametrize("moment", ["end", "drop"])
def test_killed_after_the_last_account(path: Path, moment: str) -> None:
    """All is stored; the same file again finds it here, and leaves no row of the file behind."""
    killed(path, moment)
    assert Consumer.objects.count() == Entry.objects.count() == ACCOUNTS
    assert f"0 accounts new, {ACCOUNTS} here already" in run(path)
    assert_all_is_there_once(path)


def test_the_database_goes_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost connection is told in a sentence, with how to go on."""
    monkeypatch.setattr(command, "CHUNK", CHUNK)
    pieces: list[Piece] = []

    def loses_its_connection(*, piece: Piece, at: datetime) -> Any:
        pieces.append(piece)
        if len(pieces) == 2:
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE NONE")  # nobody else may end the owner's session
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return import_piece(piece=piece, at=at)

    with monkeypatch.context() as losing:
        losing.setattr(command, "import_piece", loses_its_connection)
        with pytest.raises(CommandError) as error:
            run(path)
    connection.close()
    assert str(error.value).startswith("The database gave up: ")
    said = f"{CHUNK} of {ACCOUNTS} accounts are done ({CHUNK} new and stored, 0 here already)."
    assert f"{said} Give the same file again" in str(error.value)
    run(path)
    assert_all_is_there_once(path)


def test_a_killed_command_s_import_goes_on_by_a_worker(
    path: Path, client_as: Callable[..., Client]
) -> None:
    """Nobody told that it ended; the page sees it, and offers to go on."""
    killed(path, "piece 2")
    admin = client_as(Role.ADMIN)
    assert "Go on" in admin.get("/cx/imports").content.decode()
    run_of_it = ImportRun.objects.get()
    address = f"/cx/imports/{run_of_it.pk}/resume"
    assert admin.post(address, {"form_key": str(uuid4())}).status_code == 302
    drain("DEFAULT")
    assert_all_is_there_once(path)


def test_a_command_at_work_is_left_to_it(path: Path, client_as: Callable[..., Client]) -> None:
    """Control: while its session lives, it is running, and nobody else goes on with it."""
    killed(path, "piece 2")
    admin, run_of_it = client_as(Role.ADMIN), ImportRun.objects.get()
    holds, ends = Event(), Event()
    other = Thread(target=lambda: hold_the_turn(holds, ends))
    other.start()
    try:
        assert holds.wait(timeout=30)
        page = admin.get("/cx/imports").content.decode()
        assert "Go on" not in page
        assert "Running" in page
        address = f"/cx/imports/{run_of_it.pk}/resume"
        assert admin.post(address, {"form_key": str(uuid4())}).status_code == 409
    finally:
        ends.set()
        other.join()
    assert Consumer.objects.count() == CHUNK


def hold_the_turn(holds: Event, ends: Event) -> None:
    """Be at work until told to end."""
    with in_turn(TURN):
        holds.set()
        ends.wait(timeout=60)
    connection.close()


# ------------------------------------------------------------------ two at once
def read_all(path: Path) -> list[ImportedAccount]:
    """The accounts of the file, as the command reads them."""
    today = clock.now().date()
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            reader = AccountReader(row["account_number"], [(line, row)], region="US", today=today)
            read = reader.read()
            assert read is not None
            found.append(read)
    return found


def importers(path: Path, count: int) -> list[Callable[[], Any]]:
    accounts, at = read_all(path), clock.now()
    return [lambda: import_accounts(accounts=accounts, by=None, at=at)] * count


def test_the_same_accounts_at_once(path: Path) -> None:
    """One stores them, the others find them here and the same."""
    outcomes = race(importers(path, 4))
    assert refusals(outcomes) == []
    counts = sorted((len(each.new), len(each.same)) for each in done(outcomes))
    assert counts == [(0, ACCOUNTS)] * 3 + [(ACCOUNTS, 0)]
    assert_all_is_there_once(path)


def test_without_the_guard_the_second_fails(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: without waiting for each other both look before either has stored anything."""
    monkeypatch.setattr(importing, "_wait_for_others", lambda: None)
    looked, look = Barrier(2), importing._known_accounts

    def look_together(numbers: Sequence[str]) -> Mapping[str, ImportedAccount]:
        found = look(numbers)
        looked.wait(timeout=30)
        return found

    with monkeypatch.context() as together:
        together.setattr(importing, "_known_accounts", look_together)
        outcomes = race(importers(path, 2))
    assert [type(error) for error in refusals(outcomes)] == [IntegrityError]
    assert_all_is_there_once(path)  # even then the constraints let nothing in twice


def test_a_second_command_waits_for_its_turn(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another import is told of, after a while; when it has ended the file is taken."""
    holds, ends = Event(), Event()
    other = Thread(target=lambda: hold_the_turn(holds, ends))
    other.start()
    assert holds.wait(timeout=30)
    with monkeypatch.context() as hasty:
        hasty.setattr(command, "PATIENCE", 0)
        with pytest.raises(CommandError, match="Another import is running"):
            run(path)
    assert not Consumer.objects.exists()
    ends.set()
    run(path)
    other.join()
    assert_all_is_there_once(path)


def test_two_commands_at_once_do_no_harm(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even without their turns the chunks wait for each other."""
    monkeypatch.setattr(command, "one_at_a_time", nullcontext)
    monkeypatch.setattr(command, "CHUNK", 10)
    outcomes = race([lambda: run(path)] * 2)
    assert refusals(outcomes) == []
    assert_all_is_there_once(path)
