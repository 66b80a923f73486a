"""The whole product on throw-away servers, with somebody who starts again what has ended.

The parts are those of ``./dev run``. A test ends them from outside, by process id; ``mind`` does
what compose's ``restart: unless-stopped`` does in production.
"""

import contextlib
import json
import math
import os
import random
import resource
import signal
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from smart360.local.environment import PYTHON, ROOT
from smart360.local.processes import Process, free_port
from smart360.local.product import SHARED_NAMES, Product
from smart360.local.servers import SUPERUSER, Postgres
from tests.faults.mailbox import Mailbox

PATIENCE = 300
LONGEST_WAIT = 600  # what has failed four times waits five minutes
EVERY_QUEUE = "MAIL PDF DEFAULT"
STARTS_AGAIN_AFTER = 0.2


class Rig:
    """One running product, its mail server, and who works there."""

    def __init__(self, folder: Path, mailbox: Mailbox) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in SHARED_NAMES}
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.mailbox = mailbox
        environment = kept | {
            "DJANGO_SETTINGS_MODULE": "smart360.settings.local",
            "PUBLIC_URL": self.address,
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
        }
        # Durable: what was committed must outlive the server that took it (R1).
        self.product = Product(folder, environment, is_durable=True)
        self.mended: list[str] = []
        self.cast: dict[str, Any] = {}
        self.paused: set[str] = set()

    # ------------------------------------------------------------------ begin and end
    def start(self, *, people: int, accounts: int) -> None:
        self.product.start_servers()
        self.product.prepare(with_demo=False)
        filled = self.manage(
            "shell", "-c", f"from tests.faults.fill import fill; fill({people}, {accounts})"
        )
        assert filled.returncode == 0, filled.stderr
        self.cast = json.loads(filled.stdout.splitlines()[-1])
        self.product.start_product(self.port)

    def part(self, name: str) -> Process:
        return next(each for each in self.product.processes if each.name == name)

    def children(self, name: str) -> list[int]:
        """The processes that a part has begun, the ones that do the work."""
        return children_of(self.part(name).running.pid)

    def command_of(self, name: str) -> list[str]:
        """How a part was started."""
        started = self.part(name).running.args
        assert isinstance(started, list)
        return [str(each) for each in started]

    # ------------------------------------------------------------------ the supervisor
    def mind(self) -> None:
        """Start again whatever has ended, as compose does; not what a test has stopped."""
        for place, part in enumerate(self.product.processes):
            if part.has_ended and part.name not in self.paused:
                self.mended.append(part.name)
                self.product.processes[place] = self._started_again(part)

    def _started_again(self, part: Process) -> Process:
        environment = dict(self.product.environment)
        if part.name == "web":
            environment["DB_POOL"] = "1"
        is_postgres = part.name == "postgres"
        postgres = Postgres(self.product.folder, is_durable=True) if is_postgres else None
        time.sleep(STARTS_AGAIN_AFTER)
        with (
            (self.product.folder / "log" / f"{part.name}.log").open("ab") as log,
            warnings.catch_warnings(),
        ):
            # The child only ties itself to us before it becomes its program: safe beside threads.
            warnings.simplefilter("ignore", DeprecationWarning)
            return Process(
                part.name,
                self.command_of(part.name),
                environment=environment,
                folder=Path("/") if is_postgres else ROOT,
                log=log,
                account=postgres.account if postgres else None,
                stop_with=part.stop_with,
            )

    def go_on(self, seconds: float) -> None:
        """Let the product work for a while, minded."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.mind()
            time.sleep(0.05)

    def wait_until(self, holds: Callable[[], bool], sentence: str, patience: float = 0) -> float:
        """Wait, minding; how long it took."""
        began = time.monotonic()
        while not holds():
            took = time.monotonic() - began
            assert took < (patience or PATIENCE), f"{sentence}; {self.what_is_owed()}"
            self.mind()
            time.sleep(0.05)
        return time.monotonic() - began

    # ------------------------------------------------------------------ killing
    def kill(self, name: str) -> None:
        """``kill -9`` of a part and, as its container ends with it, of all its children."""
        children = self.children(name)
        self.part(name).running.send_signal(signal.SIGKILL)
        for child in children:
            kill(child)

    def kill_parent(self, name: str) -> None:
        """``kill -9`` of a part alone; its children find out by themselves."""
        self.part(name).running.send_signal(signal.SIGKILL)

    def kill_child(self, name: str, chance: random.Random) -> bool:
        """``kill -9`` of one child; the part itself begins another."""
        children = self.children(name)
        return bool(children) and kill(chance.choice(children))

    def kill_back_end(self, chance: random.Random) -> bool:
        """``kill -9`` of a back-end of PostgreSQL, which ends all of them and recovers."""
        try:
            pids = [
                row[0]
                for row in self.ask(
                    "SELECT pid FROM pg_stat_activity WHERE usename = 'smart360_app'"
                    " ORDER BY state = 'active' DESC, pid"
                )
            ]
        except psycopg.Error:
            return False
        return bool(pids) and kill(chance.choice(pids))

    # ------------------------------------------------------------------ asking
    def ask(self, query: str, values: Any = None) -> list[tuple[Any, ...]]:
        """Look into the product's database from outside."""
        with psycopg.connect(self.superuser, connect_timeout=5, autocommit=True) as connection:
            rows: list[tuple[Any, ...]] = connection.execute(query, values).fetchall()
            return rows

    def tell(self, statement: str, values: Any = None) -> None:
        """Change something there, as an administrator could."""
        with psycopg.connect(self.superuser, connect_timeout=5, autocommit=True) as connection:
            connection.execute(statement, values)

    @property
    def superuser(self) -> str:
        postgres = Postgres(self.product.folder, is_durable=True)
        password = json.loads(postgres.secrets.read_text())[SUPERUSER]
        end = self.product.environment["DATABASE_URL"].rpartition("@")[2]
        return f"postgresql://{SUPERUSER}:{password}@{end}"

    def answers(self) -> bool:
        """Whether the database takes connections."""
        try:
            self.ask("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def what_is_owed(self) -> str:
        """What waits, for a failed test's message."""
        try:
            found = self.ask(
                "SELECT kind, state, attempts, last_error, next_at - now(), count(*)"
                " FROM owed_owedwork WHERE state <> 'DONE' GROUP BY 1, 2, 3, 4, 5 LIMIT 10"
            )
        except psycopg.Error as error:
            return str(error)
        return f"owed: {[tuple(map(str, row)) for row in found]}"

    def last_words(self, name: str) -> str:
        """The errors that a part has logged, for a failed test's message."""
        log = self.product.folder / "log" / f"{name}.log"
        errors = [line for line in log.read_text().splitlines() if '"level": "ERROR"' in line]
        return "\n".join(errors[-10:])

    def is_claimed(self, queue: str) -> bool:
        """Whether a worker is paying something of this queue right now."""
        try:
            return bool(
                self.ask(
                    "SELECT 1 FROM owed_owedwork WHERE queue = %s AND state = 'WAITING'"
                    " AND claimed_by IS NOT NULL LIMIT 1",
                    [queue],
                )
            )
        except psycopg.Error:
            return False

    def how_many_wait(self, queues: str = EVERY_QUEUE, before: datetime | None = None) -> float:
        """What waits in these queues, or what was owed before a moment; no end when nobody says."""
        query = (
            "SELECT count(*) FROM owed_owedwork WHERE state = 'WAITING' AND queue = ANY(%s)"
            " AND owed_at <= coalesce(%s, 'infinity'::timestamptz)"
        )
        try:
            return int(self.ask(query, [queues.split(), before])[0][0])
        except psycopg.Error:
            return math.inf

    def is_paid(self, queues: str = EVERY_QUEUE, before: datetime | None = None) -> bool:
        """Whether nothing waits any more in these queues, or nothing owed before a moment."""
        return self.how_many_wait(queues, before) == 0

    def has_less_than(self, left: float, queues: str) -> bool:
        """Whether something was paid since so many waited."""
        return self.how_many_wait(queues) < left

    def settle(self, queues: str = EVERY_QUEUE) -> float:
        """Wait until everything owed is paid or has failed for good; how long it took.

        Patience is for the next one only: all take as long as a busy machine takes for them.
        """
        began = time.monotonic()
        while left := self.how_many_wait(queues):
            is_less = partial(self.has_less_than, left, queues)
            self.wait_until(is_less, "nothing more was paid", LONGEST_WAIT)
        return time.monotonic() - began

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(PYTHON), "manage.py", *arguments],
            cwd=ROOT,
            env=self.product.environment,
            capture_output=True,
            text=True,
        )


def children_of(pid: int) -> list[int]:
    """All processes below one, as /proc tells."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name between brackets may hold anything; what counts comes after it.
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
    found, next_ones = [], [pid]
    while next_ones:
        above = next_ones.pop()
        below = [child for child, parent in parents.items() if parent == above]
        found += below
        next_ones += below
    return found


def kill(pid: int) -> bool:
    """``kill -9``; False when it was gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A process that hangs: there, and without a word."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def no_room(rig: Rig, name: str, size: int = 2000) -> Iterator[None]:
    """No file of a part can grow past ``size`` bytes: what a full disk does to a write."""
    pids = [rig.part(name).running.pid, *rig.children(name)]
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, limits[pid][1]))
    try:
        yield
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits[pid])
