"""``./dev run`` brings the whole product up, and takes all of it down again."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from smart360.local.environment import ROOT
from smart360.local.processes import free_port
from smart360.local.product import SHARED_NAMES
from tests.architecture.running import PATIENCE, new_state, programs_of, wait_until

PARTS = ("postgres -D", "valkey-server", "gunicorn", "-Q mail,default", "-Q pdf", "beat")


def is_running(part: str, state: Path) -> bool:
    return any(part in line for line in programs_of(state))


@pytest.fixture
def state() -> Iterator[Path]:
    with new_state() as folder:
        yield folder


@contextmanager
def running(state: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """``./dev run`` on an empty database, serving."""
    environment = {name: value for name, value in os.environ.items() if name not in SHARED_NAMES}
    said = state.parent / "said.txt"
    with said.open("w") as output:
        started = subprocess.Popen(
            [
                *(sys.executable, str(ROOT / "dev"), "run", "--no-demo"),
                *("--port", str(port), "--state", str(state)),
            ],
            env=environment,
            stdout=output,
            stderr=output,
            text=True,
        )
    try:
        wait_until(
            lambda: "serving after" in said.read_text() or started.poll() is not None,
            "dev run did not begin to serve",
        )
        assert started.poll() is None, said.read_text()
        yield started
    finally:
        started.kill()
        started.wait()
        wait_until(lambda: not programs_of(state), "a part of the product outlived dev")


def answer_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  (our own)
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.timeout(300)
def test_everything_runs_and_everything_stops(state: Path) -> None:
    port = free_port()
    with running(state, port) as product:
        assert answer_of(f"http://127.0.0.1:{port}/healthz") == 200
        assert answer_of(f"http://127.0.0.1:{port}/readyz") == 200
        assert answer_of(f"http://127.0.0.1:{port}/sign-in") == 200
        for part in PARTS:  # pages are served before the last worker has begun
            wait_until(partial(is_running, part, state), f"{part} did not begin")
        product.send_signal(signal.SIGINT)
        assert product.wait(PATIENCE) == 0
        assert programs_of(state) == []
    with running(state, port) as product:
        product.kill()
        wait_until(lambda: not programs_of(state), "kill -9 of dev left an orphan")


def test_a_port_that_is_taken_is_named(state: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, str(ROOT / "dev"), "run", "--port", str(port), "--state", str(state)],
            check=False,
            capture_output=True,
            text=True,
        )
    assert refused.returncode == 1
    assert f"port {port} is taken" in refused.stderr
