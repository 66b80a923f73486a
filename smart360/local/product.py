"""What runs together: the servers, and on them web, workers and beat. Standard library only."""

import fcntl
import secrets
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NoReturn
from urllib.parse import urlsplit

from smart360.local.environment import PYTHON, ROOT, VENV
from smart360.local.processes import Process
from smart360.local.servers import (
    APPLICATION,
    OWNER,
    Postgres,
    Valkey,
    moved_folder,
    write_secret,
)
from smart360.local.terminal import give_up, say

LOG_LINES_SHOWN = 20
SHARED_NAMES = (
    "DATABASE_OWNER_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "STATE_DIR",
    "PUBLIC_URL",
    "DJANGO_SETTINGS_MODULE",
)


class Product:
    """The running parts of one checkout, with the environment that they share."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, is_durable: bool) -> None:
        """``folder`` keeps data, logs and secrets; nothing outside it is written."""
        self.folder = folder
        self.environment = {"PYTHONUNBUFFERED": "1", **environment}
        self.is_durable = is_durable
        self.processes: list[Process] = []

    def start_servers(self) -> None:
        """Start the servers that the environment does not name already."""
        self.folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        for name in ("DATABASE_OWNER_URL", "DATABASE_URL", "REDIS_URL"):
            if name in self.environment:
                need_answer(name, self.environment[name])
        if "DATABASE_URL" not in self.environment:
            self.environment.pop("DATABASE_OWNER_URL", None)
            postgres = Postgres(self.folder, is_durable=self.is_durable)
            self.processes.append(postgres.start())
            postgres.make_database()
            self.environment["DATABASE_OWNER_URL"] = postgres.url(OWNER)
            self.environment["DATABASE_URL"] = postgres.url(APPLICATION)
        if "REDIS_URL" not in self.environment:
            valkey = Valkey(self.folder, is_durable=self.is_durable)
            self.processes.append(valkey.start())
            self.environment["REDIS_URL"] = valkey.url
        self.environment.setdefault("STATE_DIR", str(self.folder))
        self.environment.setdefault("SECRET_KEY", kept_secret_key(self.folder))
        say(f"servers up in {time.monotonic() - began:.1f} s")

    @property
    def application_role(self) -> str:
        """The database role that the product runs as."""
        return urlsplit(self.environment["DATABASE_URL"]).username or ""

    def prepare(self, *, with_demo: bool) -> None:
        """Bring the database and the static files to this checkout's state."""
        began = time.monotonic()
        say("preparing database and static files: two or three minutes the first time")
        # Static files need no database: they are gathered while it migrates.
        static = self._begin("collectstatic", "collectstatic", "--noinput", "-v", "0")
        try:
            self._must("migrate", "--noinput", "-v", "0")
            self._must("grant_rights", "--role", self.application_role)
            if with_demo:
                self._must("load_demo")
            if static.wait():
                give_up(f"collectstatic failed:\n{self._last_lines('collectstatic')}")
        finally:
            static.stop()
        say(f"database and static files ready in {time.monotonic() - began:.1f} s")

    def manage(self, *arguments: str) -> int:
        """Run a Django command at this terminal; its exit code."""
        command = [str(PYTHON), "manage.py", *arguments]
        with subprocess.Popen(command, cwd=ROOT, env=self.environment) as running:
            try:
                return running.wait()
            except KeyboardInterrupt:
                let_end(running)
                raise

    def explain(self, *arguments: str) -> int:
        """Let Django say what a command does, without servers; nothing is asked of any."""
        nowhere = {
            "SECRET_KEY": "only-to-explain",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "STATE_DIR": str(self.folder),
        }
        self.environment = nowhere | self.environment
        return self.manage(*arguments)

    def _must(self, *arguments: str) -> None:
        if self.manage(*arguments):
            give_up(f"manage.py {arguments[0]} failed; see above")

    def _begin(self, name: str, *arguments: str) -> Process:
        """Start a Django command in the background, with a log of its own."""
        command = [str(PYTHON), "manage.py", *arguments]
        with self._log(name) as log:
            return Process(name, command, environment=self.environment, folder=ROOT, log=log)

    def start_product(self, port: int) -> None:
        """Start web, workers and beat, as production does, and wait until a page is served."""
        worker = "celery -A smart360.celery worker -l warning --without-gossip --without-mingle"
        beat = f"celery -A smart360.celery beat -l warning --pidfile= -s {self.folder / 'beat.db'}"
        self._start("web", web_command("smart360.wsgi", port), DB_POOL="1")
        self._start("worker-mail", f"{worker} -n mail@%h -c 2 -Q mail,default")
        self._start("worker-pdf", f"{worker} -n pdf@%h -c 1 -Q pdf")
        self._start("beat", beat)
        self._await_page(f"http://127.0.0.1:{port}/healthz")

    def _start(self, name: str, command: str, **more: str) -> None:
        program, *arguments = command.split(" ")
        environment = self.environment | more
        with self._log(name) as log:
            self.processes.append(
                Process(
                    name,
                    [str(VENV / "bin" / program), *arguments],
                    environment=environment,
                    folder=ROOT,
                    log=log,
                )
            )

    def _log(self, name: str) -> IO[bytes]:
        """A fresh log file; the one of the start before is kept beside it."""
        path = self.folder / "log" / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.replace(path.with_suffix(".log.before"))
        return path.open("wb")

    def _last_lines(self, name: str) -> str:
        lines = (self.folder / "log" / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES_SHOWN:])

    def _await_page(self, address: str) -> None:
        """Wait until the web server answers, whatever it answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self.give_up_on_an_end()
            try:
                urllib.request.urlopen(address, timeout=2).close()  # noqa: S310  (our own address)
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        give_up(f"the web server did not answer:\n{self._last_lines('web')}")

    def give_up_on_an_end(self) -> None:
        """Stop with the last lines of its log if a part has ended by itself."""
        for process in self.processes:
            if process.has_ended:
                ended = f"{process.name} ended with code {process.running.returncode}"
                give_up(f"{ended}:\n{self._last_lines(process.name)}")

    def watch(self) -> NoReturn:
        """Do nothing until a signal comes or a part ends by itself."""
        while True:
            time.sleep(0.5)
            self.give_up_on_an_end()

    def stop(self) -> None:
        """Stop everything: the product at once and together, then the servers below it."""
        product = [each for each in self.processes if each.name not in ("postgres", "valkey")]
        for process in product:
            process.ask_to_stop()
        for process in product:
            process.stop()
        for process in reversed(self.processes):
            process.stop()


def web_command(application: str, port: int) -> str:
    """The web server on loopback, as production has it (Dockerfile)."""
    workers = "-w 2 --threads 4 -k smart360.web.server.TimedWorker"
    limits = "--no-control-socket --max-requests 5000 --max-requests-jitter 500"
    return f"gunicorn {application} -b 127.0.0.1:{port} {workers} {limits}"


def let_end(running: subprocess.Popen[bytes]) -> None:
    """Let a command end in its own way before its servers go: it may have a last word to say.

    A Ctrl-C at the terminal has reached it already; any other signal is passed on.
    """
    for patience, insist in ((1, running.terminate), (30, running.kill)):
        try:
            running.wait(patience)
        except subprocess.TimeoutExpired:
            insist()
        else:
            return


def need_answer(name: str, url: str) -> None:
    """Say so at once if nobody listens where the environment points; never show the password."""
    parts = urlsplit(url)
    if not parts.hostname or parts.hostname.startswith("/"):
        return  # a socket file: the first connection will tell
    default = 6379 if parts.scheme.startswith("redis") else 5432
    try:
        socket.create_connection((parts.hostname, parts.port or default), 5).close()
    except OSError as error:
        place = f"{parts.hostname}:{parts.port or default}"
        give_up(f"{name} points to {place}, where nobody answers ({error.strerror or error})")


def kept_secret_key(folder: Path) -> str:
    """This checkout's own secret key, made at the first start."""
    path = folder / "secret_key"
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(48))
    return path.read_text()


class Held:
    """The state folder, held by one ``dev`` at a time."""

    def __init__(self, folder: Path) -> None:
        """Nothing is held yet."""
        self.folder = folder
        self.servers = folder / "servers.env"
        self.file: IO[str] | None = None

    def take(self) -> bool:
        """Hold the folder until this process ends; say whether it was free."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = self.folder / "lock"
        if not lock.exists() and any(self.folder.iterdir()):
            give_up(f"{self.folder} holds something else; --state wants a new or empty folder")
        self.file = lock.open("w")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.file.close()
            return False
        self.servers.unlink(missing_ok=True)  # what is written there belongs to a dev that is gone
        return True

    def tell_servers(self, product: Product) -> None:
        """Write down how to reach the servers, for a second terminal."""
        known = ((name, product.environment.get(name)) for name in SHARED_NAMES)
        write_secret(self.servers, "".join(f"{name}={value}\n" for name, value in known if value))

    def told_servers(self) -> dict[str, str]:
        """How to reach the servers of the ``dev`` that holds the folder now."""
        deadline = time.monotonic() + 30
        while not self.servers.exists():
            if time.monotonic() > deadline:
                give_up("another dev holds this folder and has not started its servers")
            time.sleep(0.1)
        lines = self.servers.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def forget(self) -> None:
        """Remove every trace of the data."""
        shutil.rmtree(moved_folder(self.folder), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
