"""The commands of ``./dev``. Standard library only: they run before anything is installed."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from smart360.local import checks
from smart360.local.environment import (
    LOCK_FILE,
    PYTHON,
    ROOT,
    find_browser,
    is_command,
    is_installed,
    missing_pdf_libraries,
    need_browser,
    set_up,
)
from smart360.local.processes import is_taken
from smart360.local.product import Held, Product
from smart360.local.servers import moved_folder
from smart360.local.terminal import Stopped, give_up, say

DEMO_PASSWORD = "smart360-demo"  # noqa: S105  (printed for everybody, refused in production)
TEMPLATE = "smart360_template"
"""The migrated database that the processes of the suite copy."""
DEMO_SIGN_INS = "cse, callcentre, recovery, billing, supervisor, dispatcher, technician, admin"


def run(arguments: list[str]) -> int:
    """Set up what is missing, start everything, print the address, wait for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="./dev run")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-demo", action="store_true", help="start with an empty database")
    add_state(parser)
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    if is_taken(chosen.port):
        give_up(f"port {chosen.port} is taken; choose another with --port N")
    set_up()
    with holding(chosen.state) as held:
        address = f"http://127.0.0.1:{chosen.port}"
        product = local_product(held.folder, address)
        with stopping(product):
            product.start_servers()
            held.tell_servers(product)
            product.prepare(with_demo=not chosen.no_demo)
            product.start_product(chosen.port)
            say(f"serving after {time.monotonic() - began:.0f} s:  {address}/")
            if not chosen.no_demo:
                say(f"sign in as {DEMO_SIGN_INS}; password {DEMO_PASSWORD}")
            say(f"logs in {held.folder / 'log'}; Ctrl-C stops everything, the data stays")
            product.watch()


def services(arguments: list[str]) -> int:
    """Start the servers alone and print how to reach them."""
    parser = argparse.ArgumentParser(prog="./dev services")
    add_state(parser)
    chosen = parser.parse_args(arguments)
    set_up()
    with holding(chosen.state) as held:
        product = local_product(held.folder, "http://127.0.0.1:8000")
        with stopping(product):
            product.start_servers()
            held.tell_servers(product)
            print(held.servers.read_text(), end="", flush=True)
            say(f"in another terminal: set -a; . {held.servers}; set +a   (Ctrl-C stops)")
            product.watch()


def manage(arguments: list[str]) -> int:
    """Run a Django command, on the running servers of this checkout or on its own."""
    state, arguments = default_state(), list(arguments)
    if arguments[:1] == ["--state"] and len(arguments) > 1:
        state, arguments = Path(arguments[1]).resolve(), arguments[2:]
    set_up()
    product = local_product(state, "http://127.0.0.1:8000")
    if only_explains(arguments):
        return product.explain(*arguments)
    held = Held(state)
    if not held.take():
        product.environment |= held.told_servers()
        return product.manage(*arguments)
    with stopping(product):
        product.start_servers()
        return product.manage(*arguments)


def only_explains(arguments: list[str]) -> bool:
    """Whether Django will only say what it can do: help is asked for, or no command is meant."""
    name = arguments[0] if arguments else "help"
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return not is_command(name) or not {"-h", "--help"}.isdisjoint(options)


def test(arguments: list[str]) -> int:
    """Run the suite on throw-away servers; pytest's arguments pass through."""
    set_up()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "smart360.settings.test"}
    for name in ("DATABASE_URL", "REDIS_URL"):  # a configured server is never tested upon
        environment.pop(name, None)
        if chosen := os.environ.get(f"TEST_{name}"):
            environment[name] = chosen
    environment.pop("DATABASE_OWNER_URL", None)
    if "not browser" not in arguments:
        environment["CHROMIUM"] = need_browser()
    if "--night" in arguments and not any(each.startswith("--timeout") for each in arguments):
        arguments = ["--timeout=14400", *arguments]  # one area of the corpus may take two hours
    if not any(each == "-n" or each.startswith(("-n", "--numprocesses")) for each in arguments):
        arguments = ["-n", "2", "--dist", "loadfile", *arguments]
    with throw_away(environment) as product:
        # The suite makes its own database as the owner, and takes the application's role in it.
        owner = product.environment.pop("DATABASE_OWNER_URL", None)
        product.environment["DATABASE_URL"] = owner or product.environment["DATABASE_URL"]
        product.environment["TEST_TEMPLATE"] = TEMPLATE
        for command in (("tests.template",), ("pytest", *arguments)):
            words = [str(PYTHON), "-m", *command]
            done = subprocess.run(words, cwd=ROOT, env=product.environment, check=False)
            if done.returncode != 0:
                break
        return done.returncode


def check(arguments: list[str]) -> int:
    """Run every check that needs no test, or the named ones; one line each."""
    set_up()
    with throw_away(dict(os.environ)) as product:
        return checks.run_all(product.environment, arguments)


def bench(arguments: list[str]) -> int:
    """Fill a database of its own with N accounts and N requests, once, and measure on it."""
    what = arguments[0] if arguments[:1] and arguments[0] in BENCHES else "pages"
    arguments = [each for place, each in enumerate(arguments) if place or each != what]
    set_up()
    if what != "pages":
        command = [str(PYTHON), "-m", BENCHES[what], *arguments]
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        usage="./dev bench [pages] [--rows N] [--complaints N] [--state DIR] [--load-only] [more]\n"
        "       ./dev bench rates|import|run|money [more]",
        description="Load N accounts and N requests, once, and measure on them.",
        epilog="Options that are not listed here pass through to `manage.py bench`.",
    )
    parser.add_argument("--rows", type=int, default=100_000, metavar="N")
    parser.add_argument("--complaints", type=int, default=0, metavar="N", help="beside them")
    parser.add_argument("--load-only", action="store_true", help="fill the database and stop")
    parser.add_argument(
        "--state", type=lambda text: Path(text).resolve(), metavar="DIR",
        help="default: .state-bench/N, kept for the next run",
    )  # fmt: skip
    chosen, others = parser.parse_known_args(arguments)
    folder = chosen.state or ROOT / ".state-bench" / str(chosen.rows)
    held = Held(folder)
    product = local_product(folder, "http://127.0.0.1:8000")
    with stopping(product):
        if held.take():
            product.start_servers()
        else:  # `./dev services` runs on it
            product.environment |= held.told_servers()
        product.environment |= {"DB_POOL": "1", "LOG_LEVEL": "ERROR"}  # as for the web, but quiet
        product.prepare(with_demo=False)
        sizes = ("--rows", str(chosen.rows), "--complaints", str(chosen.complaints))
        code = product.manage("load_bench", *sizes, "--standing")
        if code or chosen.load_only:
            return code
        return product.manage("bench", *others)


BENCHES = {
    "pages": "",
    "rates": "smart360.local.bench.rates",
    "import": "smart360.local.bench.importing",
    "run": "smart360.local.bench.invoices",
    "debt": "smart360.local.bench.debts",
    "money": "smart360.local.bench.money",
}
"""What `./dev bench` measures, and the module that does it on servers of its own."""


def reset(arguments: list[str]) -> int:
    """Forget all data of this checkout."""
    parser = argparse.ArgumentParser(prog="./dev reset")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    add_state(parser)
    chosen = parser.parse_args(arguments)
    with holding(chosen.state) as held:
        if not chosen.yes and input(f"Remove all data in {held.folder}? [y/N] ").lower() != "y":
            return 1
        held.forget()
    say("all data is gone; the next ./dev run begins anew")
    return 0


def doctor(arguments: list[str]) -> int:
    """Say what is here and what is missing; change nothing."""
    state = default_state()
    moved = moved_folder(state)
    data = next((each for each in (state, moved) if (each / "postgres").exists()), None)
    libraries = ", ".join(missing_pdf_libraries())
    free = shutil.disk_usage(ROOT).free // 2**30
    lines = {
        "Python": sys.version.split()[0],
        "environment": "in place" if is_installed() else f"not made yet from {LOCK_FILE.name}",
        "PDF libraries": f"missing: {libraries}" if libraries else "in place",
        "Chromium": find_browser() or "missing: needed by the browser tests only",
        "database": "DATABASE_URL"
        if "DATABASE_URL" in os.environ
        else f"embedded, {data or 'new'}",
        "broker": "REDIS_URL" if "REDIS_URL" in os.environ else "embedded",
        "free disk": f"{free} GB" + ("" if free >= 2 else ": too little, 2 GB are needed"),
    }
    for name, found in lines.items():
        print(f"{name:14} {found}")
    return 1 if libraries or free < 2 else 0


def setup(arguments: list[str]) -> int:
    """Make the environment and stop."""
    set_up()
    say("everything is in place")
    return 0


COMMANDS: Mapping[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "manage": manage,
    "services": services,
    "bench": bench,
    "reset": reset,
    "doctor": doctor,
    "setup": setup,
}


def main(arguments: list[str], explanation: str) -> int:
    """Run one command; a person sees sentences, never a traceback."""
    name = arguments[0] if arguments else "help"
    if name not in COMMANDS:
        print(explanation.strip())
        return 0 if name in ("help", "-h", "--help") else 2
    for stopping_signal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stopping_signal, interrupt)
    try:
        return COMMANDS[name](arguments[1:])
    except Stopped as stopped:
        print(f"dev: {stopped}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 0 if name in ("run", "services") else 130


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """Every signal that means stop ends in the same orderly way; a second one changes nothing."""
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def default_state() -> Path:
    """The folder with this checkout's data."""
    return ROOT / ".state"


def add_state(parser: argparse.ArgumentParser) -> None:
    """Let the person choose another folder for data and logs."""
    parser.add_argument(
        "--state", type=lambda text: Path(text).resolve(), default=default_state(), metavar="DIR"
    )


@contextmanager
def holding(folder: Path) -> Iterator[Held]:
    """Hold the state folder, or give up if another ``dev`` does."""
    held = Held(folder)
    if not held.take():
        give_up(f"another ./dev is running on {folder}; stop it, or choose --state DIR")
    try:
        yield held
    finally:
        held.servers.unlink(missing_ok=True)


@contextmanager
def stopping(product: Product) -> Iterator[None]:
    """Stop everything that was started, however the block ends."""
    try:
        yield
    finally:
        product.stop()
        say("stopped")


@contextmanager
def throw_away(environment: Mapping[str, str]) -> Iterator[Product]:
    """Servers whose data is gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="smart360-"))
    folder.chmod(0o755)  # the account that PostgreSQL runs as goes through it; secrets are 0600
    product = Product(folder, environment, is_durable=False)
    try:
        with stopping(product):
            product.start_servers()
            yield product
    finally:
        Held(folder).forget()


def local_product(folder: Path, address: str) -> Product:
    """The product with the settings of this machine, unless the environment says otherwise."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "smart360.settings.local",
        "PUBLIC_URL": address,
        **os.environ,
    }
    return Product(folder, environment, is_durable=True)
